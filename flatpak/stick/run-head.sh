#!/bin/sh
# Minh Chứng in one file: unpacks the stick that follows these lines, installs from it, takes it away again.
set -eu
folder=$(mktemp -d "${TMPDIR:-/var/tmp}/minhchung.XXXXXX")
trap 'rm -rf "$folder"' EXIT
# From the file itself: it has to say what is wrong where the disk has no room for it.
installer=$(tail -n +@LINES@ "$0" 2>/dev/null | tar -x -O --occurrence=1 -f - ./install.sh 2>/dev/null) || :
[ -n "$installer" ] || installer='echo "Tệp cài bị cắt cụt: chép lại từ bản gốc. (This file is cut off: copy it again.)" >&2; exit 1'
# Of a copy that broke off the installer says that something is missing.
said=$(tail -n +@LINES@ "$0" | LC_ALL=C tar -x -f - -C "$folder" 2>&1) || rm -f "$folder/version"
case $said in *'No space left'*) export MINHCHUNG_FULL=yes ;; esac
status=0
MINHCHUNG_RUN=$$ sh -c "$installer" "$folder/install.sh" || status=$?
exit $status
