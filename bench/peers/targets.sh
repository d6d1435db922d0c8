#!/usr/bin/env bash
# Measures everything that targets.csv names, in one run, and says which targets are met; README.md says how.
# Usage: ./targets.sh [options of run.sh]     20 minutes on 2 idle cores
#        ./targets.sh --report [--out DIR]    says it again of what DIR has
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
workloads=$(awk -F, '!/^#/ && NF { print $2 }' "$here/targets.csv" | sort -u | paste -sd'|')
exec "$here/run.sh" --workloads "$workloads" --peers torch,carousel,carousel-stepwise,onednn,ort,dl4j \
  --rounds 6 --max-rounds 9 "$@"
