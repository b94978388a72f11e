#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up what make test-python runs in: the virtual environment .deps/python with the packages of
# tests/python/requirements.txt (4.7 GB on disk; the small LibTorch of setup.sh cannot be imported, it
# lacks the GPU libraries that Python's part is linked to). Done already: it changes nothing.
#
#   PYTHON=PROGRAM   the Python to make it with, 3.10 or newer (default: python3)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup_common.sh

readonly REQUIREMENTS=tests/python/requirements.txt
readonly ENVIRONMENT=.deps/python
readonly MARK=$ENVIRONMENT/complete
readonly PYTHON=${PYTHON:-python3}

python_version() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

check_python() {
  command -v "$PYTHON" >/dev/null || fail "there is no $PYTHON" \
    "install Python 3.10 or newer (Debian: apt-get install python3), or name one: PYTHON=PROGRAM make test-python"
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || fail \
    "$PYTHON is Python $(python_version "$PYTHON"), PyTorch needs 3.10 or newer" \
    "name another one: PYTHON=PROGRAM make test-python"
}

# venv makes the environment; torch.compile compiles against Python.h.
has_venv_and_headers() {
  "$PYTHON" -c 'import ensurepip, venv, os, sysconfig, sys
sys.exit(not os.path.isfile(os.path.join(sysconfig.get_path("include"), "Python.h")))' 2>/dev/null
}

install_venv_and_headers() {
  if has_venv_and_headers; then
    return
  fi
  local name
  name=python$(python_version "$PYTHON")
  case "$(readlink -f "$(command -v "$PYTHON")")" in
    /usr/bin/*) install_packages "$name-venv" "$name-dev" ;;
  esac
  has_venv_and_headers || fail "$PYTHON has no venv module or no Python.h" \
    "install both (Debian: apt-get install python3-venv python3-dev), or name another Python: PYTHON=PROGRAM make test-python"
}

# The mark is removed first and written last: what breaks off in between never looks whole.
make_environment() {
  say "making $ENVIRONMENT with PyTorch for the Python tests (4.7 GB on disk, a minute or more)"
  rm -f $MARK
  rm -rf $ENVIRONMENT
  "$PYTHON" -m venv $ENVIRONMENT || fail "$PYTHON -m venv $ENVIRONMENT" "its words stand above"
  $ENVIRONMENT/bin/python -m pip install --quiet --disable-pip-version-check --only-binary=:all: \
    -r $REQUIREMENTS || fail "pip could not install $REQUIREMENTS for Python $(python_version "$PYTHON")" \
    "check the network and the disk (df -h .), then run make test-python again" \
    "if there is no wheel for this Python, name another: PYTHON=PROGRAM make test-python"
  printf '%s\n' "$wanted" >$MARK
}

check_python
wanted="python $(python_version "$PYTHON")
$(cat $REQUIREMENTS)"
# The second half: the Python that it was made with may be gone.
if [ "$(cat $MARK 2>/dev/null)" != "$wanted" ] || ! python_version $ENVIRONMENT/bin/python >/dev/null; then
  install_venv_and_headers
  make_environment
fi
