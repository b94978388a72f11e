#!/usr/bin/env bash
# build.sh FOLDER JOBS TARGET: configures where needed, builds, links the command, where it is built, as bin/dyt.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1 jobs=$2 target=$3

# LibTorch's headers take up to 2 GB a compiler; do not start more of them than the memory holds.
memory_gb=$(awk '/MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
most=$((memory_gb / 2 > 0 ? memory_gb / 2 : 1))
if [ "$jobs" -gt "$most" ]; then jobs=$most; fi

if [ ! -f "$folder/build.ninja" ]; then
  echo "build: configuring $folder"
  log=$(cmake --preset release -B "$folder" ${LIBTORCH_ROOT:+-DLIBTORCH_ROOT="$LIBTORCH_ROOT"} 2>&1) || {
    echo "$log"
    echo "build: FAILED: cmake could not configure; the reason stands above. After mending it: make clean, then again" >&2
    exit 1
  }
fi
echo "build: compiling $target with $jobs jobs (the first time this takes several minutes)"
ninja -C "$folder" -j "$jobs" --quiet "$target" || {
  echo "build: FAILED: the compiler's words stand above. If it was killed, memory ran out: make JOBS=1" >&2
  exit 1
}
if [ -x "$folder/cli/dyt" ]; then
  mkdir -p bin
  ln -sfn "../$folder/cli/dyt" bin/dyt
fi
