#!/usr/bin/env bash
# Shows where Carousel's time goes, operation by operation, and what a step allocates.
# Usage: ./profile.sh [WORKLOADS] [THREADS] [SECONDS]   (a regular expression, 'train-S|train-M'; 1,2; 5)
# SKIP_BUILD=1 leaves Maven out; NICE=0 keeps an ordinary priority; JAVA_OPTS adds options.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [[ -z ${SKIP_BUILD:-} ]]; then
  mvn -B -ntp -q -f "$here/pom.xml" -pl carousel -am process-classes
fi
# shellcheck disable=SC2086
exec nice -n "${NICE:--5}" java -Xms512m -Xmx3g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED ${JAVA_OPTS:-} \
  -cp "$here/carousel/target/classes:$(cat "$here/carousel/target/cp.txt")" \
  peers.carousel.Profile "$here/workloads.csv" "${1:-train-S|train-M}" "${2:-1,2}" "${3:-5}"
