#!/usr/bin/env bash
# Writes down what is in every file of a stick; its installer reads them all before anything is installed.
# usage: checksums.sh FOLDER
set -euo pipefail
cd "$1"
rm -f checksums
sums=$(find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
printf '%s\n' "$sums" >checksums
