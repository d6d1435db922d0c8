#!/usr/bin/env bash
# Builds the native libraries into the folders that become the jars. Maven calls it: natives.sh main|test
#   main   the CPU's recurrent kernels; CUDA kernels and the stand-in for libcublas.so.12  -> target/classes/natives/linux_64
#   test   the CUDA kernels' emulation on the CPU; programs that check kernels            -> target/test-classes/natives/linux_64
# Environment, from Maven's properties: CAROUSEL_NATIVES=auto|off|required (carousel.natives), CAROUSEL_CUDA_ARCH=auto|
# native|all|none|list (carousel.cuda.arch), JAVA_HOME; and CUDACXX (which nvcc), CAROUSEL_TARGET (a folder beside target).
# What cannot be built is left out with one line, and an earlier build's library with it; with "required" the build fails
# with that line. CUDA kernels that are not asked for (none) are left out in both.
set -euo pipefail
shopt -s nullglob
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stage=${1:?usage: natives.sh main|test}
mode=${CAROUSEL_NATIVES:-auto}
arch=${CAROUSEL_CUDA_ARCH:-auto}
target=${CAROUSEL_TARGET:-target}
case $stage in
  main) classes=$target/classes/natives/linux_64 ;;
  test) classes=$target/test-classes/natives/linux_64 ;;
  *) echo "natives.sh: main or test, not '$stage'" >&2; exit 2 ;;
esac
case $mode in
  auto | off | required) ;;
  *) echo "carousel: carousel.natives is auto, off or required, not '$mode'" >&2; exit 2 ;;
esac
build=$target/native/$stage

# missing WHAT_AND_WHY CONSEQUENCE: says what is left out and what that means, or stops
missing() {
  if [ "$mode" = required ]; then
    echo "carousel: $1; the build stops here, for -Dcarousel.natives=required" >&2
    exit 1
  fi
  [ "$stage" = test ] || echo "carousel: $1; $2"
}

# without_all WHY: the same for everything
without_all() {
  missing "$1" "it will compute on the CPU only, and recurrent stacks by the slower stepwise plan"
  rm -f "$classes"/*
  exit 0
}

if [ "$mode" = off ]; then
  without_all "native libraries left out (-Dcarousel.natives=off)"
fi
if [ "$(uname -sm)" != "Linux x86_64" ]; then
  without_all "there are no native libraries for $(uname -sm), only for Linux on x86-64"
fi
for tool in cmake g++; do
  if ! "$tool" --version >/dev/null 2>&1; then
    without_all "no $tool found, native libraries left out (Debian: apt-get install cmake g++)"
  fi
done

options=(-DCAROUSEL_EMULATION=ON)
nvcc=''
if [ "$stage" = main ] && [ "$arch" = none ]; then
  options=(-DCAROUSEL_CUDA=OFF)
  echo "carousel: CUDA kernels left out (-Dcarousel.cuda.arch=none); it will compute on the CPU only"
elif [ "$stage" = main ]; then
  # the CUDA compiler: $CUDACXX, or on the path, or the newest in /usr/local
  installed=(/usr/local/cuda*/bin/nvcc)
  newest=$(printf '%s\n' "${installed[@]}" | sort -V | tail -n 1)
  nvcc=${CUDACXX:-$(command -v nvcc || echo "$newest")}
  if [ -n "$nvcc" ] && "$nvcc" --version >/dev/null 2>&1; then
    options=(-DCAROUSEL_CUDA=ON "-DCMAKE_CUDA_COMPILER=$nvcc" "-DCAROUSEL_CUDA_ARCH=$arch")
  else
    options=(-DCAROUSEL_CUDA=OFF)
    nvcc=''
    why="no nvcc found"
    if [ -n "${CUDACXX:-}" ]; then why="CUDACXX=$CUDACXX is no nvcc"; fi
    missing "$why, CUDA kernels left out (they need the CUDA toolkit, 12.4 or later)" "it will compute on the CPU only"
  fi
fi

# A build folder of other tools, or of a tree that was moved, cannot be used again.
java=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
tools="$PWD|$(cmake --version | head -n 1)|$(g++ --version | head -n 1)|$java|$nvcc|${nvcc:+$("$nvcc" --version | tail -n 1)}"
if [ "$tools" != "$(cat "$build/tools" 2>/dev/null)" ]; then
  rm -rf "$build"
  mkdir -p "$build"
  echo "$tools" >"$build/tools"
fi
generator=()
if [ ! -f "$build/CMakeCache.txt" ] && ninja --version >/dev/null 2>&1; then
  generator=(-G Ninja)
fi

log=$build/build.log
if ! {
  cmake "${generator[@]}" -S native -B "$build" "${options[@]}" \
    -DCAROUSEL_JAVA_HOME="$java" -DCAROUSEL_JNI_HEADERS="$PWD/target/native/headers" &&
    cmake --build "$build" --target "natives-$stage" --parallel "$(nproc)"
} >"$log" 2>&1; then
  grep -E -A4 'error|Error|FAILED' "$log" | head -n 40 >&2 || tail -n 20 "$log" >&2
  echo "carousel: the native libraries do not build; the whole log is $log" >&2
  exit 1
fi
sed -n 's/^-- \(carousel: \)/\1/p' "$log"

kernels=$build/jar/libcarousel_cuda.so
if [ -f "$kernels" ]; then
  glibc=$(objdump -T "$kernels" | grep -oE 'GLIBC_[0-9.]+' | sort -Vu | tail -n 1)
  { cat "$build/carousel_cuda.properties" && echo "glibc=${glibc#GLIBC_}"; } >"$build/jar/carousel_cuda.properties"
fi
mkdir -p "$classes"
for file in "$classes"/*; do
  [ -e "$build/jar/${file##*/}" ] || rm -f "$file" # of an earlier build
done
for file in "$build/jar"/*; do
  cmp -s "$file" "$classes/${file##*/}" || cp "$file" "$classes/"
done
