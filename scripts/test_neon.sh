#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test_neon.sh FOLDER: compiles dyt/kernels and its tests for 64-bit ARM in FOLDER and runs them under qemu.
# One slow test of ctest; exit code 77 means skipped. scripts/setup_neon.sh provides for it.
#
#   JOBS=N            compilers at once (default 2)
#   NEON_FILTER=...   another choice of tests, as GoogleTest takes it
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1

# As GoogleTest says it, so that scripts/run_tests.sh lists it.
skip() {
  printf 'scripts/test_neon.sh: Skipped\n%s\n' "$1"
  exit 77
}

[ "$(uname -m)" != aarch64 ] || skip "this machine is ARM itself: the tests of kernels are its NEON tests"
for program in aarch64-linux-gnu-g++ qemu-aarch64; do
  command -v $program >/dev/null || skip "no $program: run scripts/setup_neon.sh, which says why"
done
[ -d .deps/arm64 ] || skip "no .deps/arm64: run scripts/setup_neon.sh, which says why"

if [ ! -f "$folder/build.ninja" ]; then
  cmake -S . -B "$folder" -G Ninja --toolchain cmake/toolchains/aarch64.cmake -DDYT_KERNELS_ONLY=ON \
    -DDYT_WITH_CUDA=OFF -DDYT_ARM64_ROOT="$PWD/.deps/arm64"
fi
ninja -C "$folder" -j "${JOBS:-2}" --quiet kernels_test example_inference_c

emulated=(qemu-aarch64 -L /usr/aarch64-linux-gnu)
# Long double is software on ARM and that software is emulated: the long sweeps stay away.
"${emulated[@]}" "$folder/tests/kernels/kernels_test" --gtest_brief=1 --gtest_filter="${NEON_FILTER:--*Slow*}"
"${emulated[@]}" "$folder/tests/examples/example_inference_c" >/dev/null
