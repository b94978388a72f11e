#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run_tests.sh FOLDER LABEL: runs the tests of one label and lists what was skipped and why.
set -uo pipefail
cd "$(dirname "$0")/.."
folder=$1 label=$2

ctest --test-dir "$folder" --label-regex "^$label\$" --output-on-failure --parallel "$(nproc)"
status=$?
log=$folder/Testing/Temporary/LastTest.log
skipped=$(grep -A1 -E '^[^ ]+: Skipped$' "$log" | grep -vE '^(--)?$|: Skipped$' | sort | uniq -c)
if [ -n "$skipped" ]; then
  echo "Skipped, with the reason:"
  echo "$skipped"
fi
exit $status
