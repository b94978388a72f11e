# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the set-up scripts: how they speak, and Debian packages.

say() { printf 'setup: %s\n' "$*"; }
fail() {
  printf 'setup: FAILED: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '       %s\n' "$line" >&2; done
  exit 1
}

missing_packages() {
  local name
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
  done
}

# install_packages NAME...: those that are not there yet.
install_packages() {
  command -v dpkg-query >/dev/null || fail "this is not a Debian or Ubuntu system" \
    "install by hand what stands for: $*" "then run cmake --preset release yourself"
  local missing
  missing=$(missing_packages "$@" | tr '\n' ' ')
  if [ -z "$missing" ]; then
    return
  fi
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing: $missing" \
      "run as root: apt-get install $missing"
    as_root=(sudo)
  fi
  say "installing Debian packages: $missing"
  "${as_root[@]}" apt-get update -qq || fail "apt-get update" "check the network and /etc/apt"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    $missing >/dev/null || fail "apt-get install $missing" "run it by hand to see why"
}
