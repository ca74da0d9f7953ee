#!/usr/bin/env bash
# Packs a stick into one file that installs itself.
# usage: pack-run.sh STICK FILE.run
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
stick=$1 file=$2
head=$here/stick/run-head.sh
sed "s/@LINES@/$(($(wc -l <"$head") + 1))/g" "$head" >"$file.part"
tar -C "$stick" --sort=name --owner=0 --group=0 -cf - . >>"$file.part"
chmod +x "$file.part"
mv "$file.part" "$file"
