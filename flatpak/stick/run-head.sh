#!/bin/sh
# Minh Chứng in one file: unpacks the stick that follows these lines, installs from it, takes it away again.
set -eu
folder=$(mktemp -d "${TMPDIR:-/var/tmp}/minhchung.XXXXXX")
trap 'rm -rf "$folder"' EXIT
tail -n +@LINES@ "$0" | tar -x -f - -C "$folder"
status=0
sh "$folder/install.sh" || status=$?
exit $status
