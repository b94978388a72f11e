#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
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
# A program that could use a GPU loads the CUDA operators; who has none does not wait for nvcc.
targets=("$target")
if [ "$target" = dyt_cli ] && [ -e /proc/driver/nvidia/version ] &&
  grep -q '^build dyt_ops_cuda: phony' "$folder/build.ninja"; then
  targets+=(dyt_ops_cuda)
fi
echo "build: compiling ${targets[*]} with $jobs jobs (from nothing it takes several minutes)"
python3 scripts/build_progress.py ninja -C "$folder" -j "$jobs" "${targets[@]}" || {
  echo "build: FAILED: the compiler's message stands above. If it was killed, memory ran out: make JOBS=1" >&2
  exit 1
}
if [ -x "$folder/cli/dyt" ]; then
  mkdir -p bin
  ln -sfn "../$folder/cli/dyt" bin/dyt
fi
