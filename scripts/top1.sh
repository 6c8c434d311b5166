#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Reads what `inlay run` prints and writes the label of the best class.
set -euo pipefail
while read -r line; do
  if [[ $line =~ ^1[.:]?[[:space:]] ]]; then
    fields=($line)
    printf '%s\n' "${fields[1]}"
    exit 0
  fi
done
exit 1
