#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Reads what `inlay run` prints and writes the label of the best class: the first line "score  class  label".
set -euo pipefail
while read -r score class label; do
  if [[ $score =~ ^-?[0-9.]+$ && $class =~ ^[0-9]+$ ]]; then
    printf '%s\n' "${label:-$class}"
    exit 0
  fi
done
exit 1
