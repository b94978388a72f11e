#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up what tests/kernels need to be compiled for 64-bit ARM and run here: Debian's cross compiler and
# qemu, and in .deps/arm64 Highway and GoogleTest of that architecture, unpacked there and not installed.
# Where that cannot be had it says why and succeeds all the same: the NEON tests are skipped then. Done
# already: it costs nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup_common.sh

readonly PACKAGES=(g++-aarch64-linux-gnu qemu-user)
readonly ARM64_PACKAGES=(libhwy1 libhwy-dev libgtest-dev)
readonly ROOT=$PWD/.deps/arm64

skip() {
  say "the NEON tests will be skipped: $1"
  exit 0
}

# apt with lists of its own, of arm64 packages: the machine's own state stays as it is.
arm64_apt() {
  local state=$ROOT.apt
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  touch "$state/status"
  apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o APT::Sandbox::User= \
    -o Dir::State="$state" -o Dir::State::lists="$state/lists" -o Dir::State::status="$state/status" \
    -o Dir::Cache="$state/cache" -o Debug::NoLocking=1 "$@"
}

# Into a temporary folder first: what breaks off leaves nothing that looks whole.
unpack_arm64_packages() {
  local part=$ROOT.part name
  rm -rf "$part"
  mkdir -p "$part/packages"
  arm64_apt update >/dev/null 2>&1 || true  # sources without arm64 count as errors
  for name in "${ARM64_PACKAGES[@]}"; do
    (cd "$part/packages" && arm64_apt download "$name:arm64" >/dev/null 2>&1) || return 1
  done
  for name in "$part"/packages/*.deb; do
    dpkg-deb -x "$name" "$part"
  done
  rm -rf "$ROOT" "$ROOT.apt" "$part/packages"
  mv "$part" "$ROOT"
}

if [ "$(uname -m)" = aarch64 ]; then
  exit 0
fi
command -v dpkg-query >/dev/null || skip "this is not a Debian or Ubuntu system"
(install_packages "${PACKAGES[@]}") || skip "no ${PACKAGES[*]}"
if [ ! -d "$ROOT" ]; then
  say "fetching ${ARM64_PACKAGES[*]} for arm64 into .deps/arm64 (0.7 MB)"
  unpack_arm64_packages || skip "apt has no ${ARM64_PACKAGES[*]} for arm64"
fi
