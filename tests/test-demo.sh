#!/usr/bin/env bash
# The demonstration, from enrolment to the district's score: the figures of the report, and no name at the hub.
# usage: test-demo.sh BUILD
set -u
here=$(dirname "$(readlink -f "$0")")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
ok() {
  local what=$1; shift
  n=$((n + 1))
  if "$@" >"$dir/out" 2>&1; then echo "ok $n - $what"; else echo "not ok $n - $what"; sed 's/^/# /' "$dir/out" | tail -n 20; fi
}

ok "ten communes and the district sync through a hub" "$here/run-demo.sh" "$1" "$dir/demo"
ok "the district has 84.31 of 100 points" grep -q '^{"points":"84.31","max":"100"' "$dir/demo/score.json"
for pair in 1:9.25 2:5 3:6.99 4:6.5 5:10.5 6:3 7:9.18 8:33.89; do
  ok "domain ${pair%%:*} has ${pair#*:}" grep -qE "\"code\":\"${pair%%:*}\",\"name\":\"[^\"]*\",\"points\":\"${pair#*:}\"" "$dir/demo/score.json"
done
ok "the plan that was attached is the one that is asked for" \
  bash -c "! '$1/app/minhchungctl' --data-dir '$dir/demo/21609' check | grep 'bản kế hoạch đã ký'"
ok "no citizen's name is at the hub" bash -c "! grep -raqF 'Người yêu cầu' '$dir/demo/hub' '$dir/demo/hub.log'"
ok "the name is on the commune's own machine" grep -aqF 'Người yêu cầu' "$dir/demo/21609/store.db"
echo "1..$n"
