#!/usr/bin/env bash
# Makes HUONG-DAN.pdf from guide/guide.txt and the drawings beside it, one of which shows the program's icon.
# usage: guide.sh FILE.pdf
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
file=$(readlink -m "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${CC:-cc} -std=gnu11 -O1 -Wall -Wextra -o "$work/guide" "$here/guide/guide.c" \
  $(pkg-config --cflags --libs pangocairo librsvg-2.0) -lm
# A drawing may only show what lies beside it.
cp "$here"/guide/*.svg "$here/guide/guide.txt" "$here/../resources/icons/hicolor/scalable/apps/vn.minhchung.MinhChung.svg" "$work/"
"$work/guide" "$work/guide.txt" "$file"
