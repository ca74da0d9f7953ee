#!/usr/bin/env bash
# Makes HUONG-DAN.pdf from guide/guide.txt and the drawings beside it.
# usage: guide.sh FILE.pdf
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
file=$(readlink -m "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${CC:-cc} -std=gnu11 -O1 -Wall -Wextra -o "$work/guide" "$here/guide/guide.c" \
  $(pkg-config --cflags --libs pangocairo librsvg-2.0) -lm
"$work/guide" "$here/guide/guide.txt" "$file"
