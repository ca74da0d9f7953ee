#!/usr/bin/env bash
# A demonstration on this machine: a hub with An Lão's units, ten communes and the district, all by real programs.
# usage: run-demo.sh BUILD [FOLDER [COMMAND…]]; without FOLDER a temporary one, which is kept and named at the end.
# COMMAND runs while the hub does, with the folder in $DEMO and the hub's process in $DEMO_HUB.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
build=$(readlink -f "$1")
dir=${2:-$(mktemp -d -t minhchung-demo-XXXXXX)}
mkdir -p "$dir"
hub=$build/sync/hub/minhchung-hub ctl=$build/app/minhchungctl
units=resources/units/an-lao.json

"$hub" init --data "$dir/hub"
"$hub" unit import "$units" --data "$dir/hub" >/dev/null
"$hub" serve --data "$dir/hub" --listen 127.0.0.1 --port 0 --port-file "$dir/port" 2>"$dir/hub.log" &
pid=$!
# COMMAND may have stopped it already.
trap 'kill -TERM $pid 2>/dev/null || true; wait $pid 2>/dev/null || true' EXIT
for _ in $(seq 200); do [ -s "$dir/port" ] && break; sleep 0.05; done
address=https://127.0.0.1:$(cat "$dir/port")

enrol() { # folder, unit, role, by
  local line
  line=$("$hub" enrol --data "$dir/hub" --unit "$2@2004-07-08" --role "$3" --address "$address")
  "$ctl" --data-dir "$dir/$1" --by "$4" enrol "$line" >/dev/null
}

rsvg-convert --format pdf --output "$dir/ke-hoach.pdf" tests/data/ke-hoach.svg
for code in 21609 21610 21613 21616 21619 21622 21625 21628 21631 21634; do
  enrol "$code" "$code" commune "Công chức Văn phòng – Thống kê (minh họa)"
  "$ctl" --data-dir "$dir/$code" demo >/dev/null
  plan=$("$ctl" --data-dir "$dir/$code" --type plan --json list | sed -n 's/^{"id":"\([^"]*\)".*/\1/p')
  "$ctl" --data-dir "$dir/$code" --field signed_file attach "$plan" "$dir/ke-hoach.pdf" >/dev/null
  echo "$code: $("$ctl" --data-dir "$dir/$code" sync)"
done
enrol 542 542 district "Phòng Nội vụ (minh họa)"
"$ctl" --data-dir "$dir/542" sync
"$ctl" --data-dir "$dir/542" demo
"$ctl" --data-dir "$dir/542" demo review
"$ctl" --data-dir "$dir/542" sync
"$ctl" --data-dir "$dir/21609" sync
"$ctl" --data-dir "$dir/542" score >"$dir/score.txt"
"$ctl" --data-dir "$dir/542" --json score >"$dir/score.json"
"$hub" verify --data "$dir/hub"
tail -n 1 "$dir/score.txt"
echo "The scores are in $dir/score.txt and score.json, the hub in $dir/hub, each unit in the folder of its code."
if [ $# -gt 2 ]; then
  shift 2
  DEMO=$dir DEMO_HUB=$pid "$@"
fi
