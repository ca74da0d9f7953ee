#!/usr/bin/env bash
# Stores that version 1 of the formats made are opened by today's programs with everything in them, and go on working.
# usage: test-upgrade.sh CTL HUB DATA.tar.gz
set -u
ctl=$1 hub=$2 data=$3
. "$(dirname "$(readlink -f "$0")")/tap.sh"
prints() { # text, command…
  local text=$1; shift
  "$@" >"$dir/out" 2>"$dir/err" && says "$text"
}
town() {
  "$ctl" --data-dir "$dir/device" "$@"
}

tar -xzf "$data" -C "$dir"
ok "a hub of version 1 verifies" prints "2 rows" "$hub" verify --data "$dir/hub"
ok "a store of version 1 opens" prints "1 records waiting" town status
ok "with its records, personal fields too" prints "Đinh Văn Thành" town --type certified-copy list
ok "and takes new ones" town --type certified-copy set number=3 "document=Giấy"
"$hub" serve --data "$dir/hub" --listen 127.0.0.1 --port 0 --port-file "$dir/port" 2>"$dir/hub.log" &
pid=$!
for _ in $(seq 200); do [ -s "$dir/port" ] && break; sleep 0.05; done
sed -i "s|https://127.0.0.1:[0-9]*|https://127.0.0.1:$(cat "$dir/port")|" "$dir/device/account.json"
ok "the two sync" prints "Sent 2 changes" town sync
ok "what was sent by now is proven" prints "2 items" town receipts --verify
kill -TERM "$pid"; wait "$pid"; pid=
ok "and the hub verifies" prints "4 rows" "$hub" verify --data "$dir/hub"

echo "1..$n"
