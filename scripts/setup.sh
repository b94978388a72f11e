#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up what the build needs: Debian packages, and LibTorch 2.11.0 in .deps/torch. Done already: it
# costs under two seconds and changes nothing.
#
#   LIBTORCH_ROOT=FOLDER   use this LibTorch 2.11.x and download none
#   TORCH=small|full       without or with the GPU libraries (default: full where an NVIDIA driver is)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup_common.sh

readonly TORCH_VERSION=2.11.0
readonly PACKAGES=(g++ cmake ninja-build ccache mold python3-pip
  libcli11-dev libtomlplusplus-dev nlohmann-json3-dev libboost-dev libssl-dev libxxhash-dev zlib1g-dev
  libarchive-dev libcurl4-openssl-dev libjpeg-dev libpng-dev
  libhwy-dev pkg-config libbenchmark-dev libgtest-dev gnuplot-nox clang-format)

torch_kind() {
  if [ -n "${TORCH:-}" ]; then
    echo "$TORCH"
  elif [ -e /proc/driver/nvidia/version ]; then
    echo full
  else
    echo small
  fi
}

# Into a temporary folder first: a download that breaks off leaves nothing that looks whole.
install_torch() {
  if [ -n "${LIBTORCH_ROOT:-}" ]; then
    [ -d "$LIBTORCH_ROOT/include/torch" ] || [ -d "$LIBTORCH_ROOT/torch/include/torch" ] ||
      fail "LIBTORCH_ROOT=$LIBTORCH_ROOT holds no LibTorch" \
        "name the folder that holds include/ and lib/, or unset it"
    return
  fi
  local kind mark=.deps/torch/complete
  kind=$(torch_kind)
  case "$kind" in small | full) ;; *) fail "TORCH=$kind" "say TORCH=small or TORCH=full" ;; esac
  if [ "$(cat $mark 2>/dev/null)" = "$TORCH_VERSION $kind" ]; then
    return
  fi
  local wanted=("torch==$TORCH_VERSION") options=()
  if [ "$kind" = small ]; then
    # libtorch_cpu.so is linked to these two even where there is no GPU.
    wanted+=(nvidia-cuda-cupti==13.0.85 nvidia-cuda-runtime==13.0.96)
    options=(--no-deps)
    say "fetching LibTorch $TORCH_VERSION without GPU libraries (0.6 GB, 1.3 GB on disk)"
  else
    say "fetching LibTorch $TORCH_VERSION with GPU libraries (about 5 GB on disk)"
  fi
  rm -rf .deps/torch.part
  mkdir -p .deps
  # The libraries are the same for every Python; a fixed version keeps new Pythons out of the matter.
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --only-binary=:all: --python-version 3.12 "${options[@]}" --target .deps/torch.part \
    "${wanted[@]}" || fail "pip could not fetch ${wanted[*]}" \
    "check the network and the disk (df -h .), then run make again" \
    "or name a LibTorch that is there: LIBTORCH_ROOT=FOLDER make"
  rm -rf .deps/torch
  echo "$TORCH_VERSION $kind" >.deps/torch.part/complete
  mv .deps/torch.part .deps/torch
}

install_packages "${PACKAGES[@]}"
install_torch
