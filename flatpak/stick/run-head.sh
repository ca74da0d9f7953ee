#!/bin/sh
# Minh Chứng in one file: unpacks the stick that follows these lines, installs from it, takes it away again.
set -eu
folder=$(mktemp -d "${TMPDIR:-/var/tmp}/minhchung.XXXXXX")
trap 'rm -rf "$folder"' EXIT
# Of a copy that broke off, or on a full disk, the installer says that something is missing.
tail -n +@LINES@ "$0" | tar -x -f - -C "$folder" || rm -f "$folder/version"
status=0
MINHCHUNG_RUN=$$ sh "$folder/install.sh" || status=$?
exit $status
