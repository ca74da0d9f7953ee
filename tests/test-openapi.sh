#!/usr/bin/env bash
# The running hub answers as resources/openapi.yaml says, by the word of validators that are not ours.
# usage: test-openapi.sh CTL HUB SOURCE-ROOT NODE-FOLDER
set -u
ctl=$1 hub=$2 root=$3 modules=$4
if ! [ -d "$modules/node_modules/openapi-response-validator" ]; then
  if [ -n "${MC_NEEDS_NPM:-}" ]; then
    echo "not ok 1 - the validators from npm are not installed (./dev test installs them where the registry can be reached)"
  else
    echo "ok 1 - openapi # SKIP the validators from npm are not installed (./dev test installs them where the registry can be reached)"
  fi
  echo "1..1"
  exit 0
fi

dir=$(mktemp -d)
pid=
finish() {
  [ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null
  rm -rf "$dir"
}
trap finish EXIT
need() {
  "$@" >"$dir/out" 2>&1 || { echo "Bail out! $*"; sed 's/^/# /' "$dir/out"; exit 1; }
}

need "$hub" init --data "$dir/hub"
need "$hub" unit import "$root/resources/units/an-lao.json" --data "$dir/hub"
"$hub" serve --data "$dir/hub" --listen 127.0.0.1 --port 0 --port-file "$dir/port" 2>"$dir/hub.log" &
pid=$!
for _ in $(seq 200); do [ -s "$dir/port" ] && break; sleep 0.05; done
line() {
  "$hub" enrol --data "$dir/hub" --unit 21609@2004-07-08 --address "https://127.0.0.1:$(cat "$dir/port")"
}

# A file at the hub, put there by the real client.
printf 'minh chung 0123456789\n' >"$dir/evidence.txt"
need "$ctl" --data-dir "$dir/town" --by Hà enrol "$(line)"
need "$ctl" --data-dir "$dir/town" --type plan --json set number=1 summary=x
plan=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$dir/out")
need "$ctl" --data-dir "$dir/town" attach "$plan" "$dir/evidence.txt"
need "$ctl" --data-dir "$dir/town" sync
# A log that is long enough for a stretch of it, and a stick with what came later.
page=$(head -c 45000 /dev/urandom | base64 -w 0)
for number in $(seq 2 51); do
  need "$ctl" --data-dir "$dir/town" --type plan set "number=$number" "summary=$page"
  # A stretch ends where a signature stands.
  [ $((number % 10)) != 0 ] || need "$ctl" --data-dir "$dir/town" sync
done
need "$ctl" --data-dir "$dir/town" sync
need "$ctl" --data-dir "$dir/town" --type plan set number=200 summary=y
need "$ctl" --data-dir "$dir/town" bundle write "$dir/town.mcbundle"
cp "$root/tests/openapi/hold.mjs" "$modules/"
node "$modules/hold.mjs" "$root/resources/openapi.yaml" "$(line)" "$dir/evidence.txt" "$dir/town.mcbundle"
