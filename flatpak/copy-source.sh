#!/usr/bin/env bash
# Copies what git knows of the tree, or would know, so that no build folder or private file comes along.
# usage: copy-source.sh FOLDER
set -euo pipefail
top=$(dirname "$(dirname "$(readlink -f "$0")")")
folder=$1
rm -rf "$folder"
mkdir -p "$folder"
cd "$top"
git ls-files -z --cached --others --exclude-standard |
  while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
  tar -c --null -T - -f - | tar -x -C "$folder" -f -
