#!/usr/bin/env bash
# What came is proven, what was refused is seen, withdrawn and taken elsewhere, and files of others come, by the real programs.
# usage: test-proof.sh CTL HUB UNITS.json
set -u
ctl=$1 hub=$2 units=$3
. "$(dirname "$(readlink -f "$0")")/two-ends.sh"
prints() { # text, command…
  local text=$1; shift
  "$@" >"$dir/out" 2>"$dir/err" && says "$text"
}
town() {
  "$ctl" --data-dir "$dir/a" "$@"
}
above() {
  "$ctl" --data-dir "$dir/d" "$@"
}

"$hub" init --data "$dir/hub" && "$hub" unit import "$units" --data "$dir/hub" >/dev/null
start
enrol a 21609@2004-07-08 commune && enrol d 542@2004-07-08 district

# Receipts, before the files are through.
record=$(town --type plan --json set number=5 | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
head -c 700000 /dev/urandom >"$dir/file.bin"
sha=$(sha256sum "$dir/file.bin" | cut -d' ' -f1)
ok "a file is attached" town attach "$record" "$dir/file.bin"
ok "it syncs" sync a
ok "each change and the file are receipted" prints "$sha" town receipts
[ "$(wc -l <"$dir/out")" = 3 ]; status=$?
ok "once" test "$status" = 0
ok "their signatures hold" prints "3 items" town receipts --verify
ok "those of one record alone" prints "file.bin" town receipts "$record"
stop
ok "and with the hub gone too" prints "every signature of the hub holds" town receipts --verify
sqlite3 "$dir/a/store.db" "UPDATE receipt SET time_us = time_us - 86400000000 WHERE number = 1"
ok "one that was made a day older does not" fails_with "does not hold" town receipts --verify
sqlite3 "$dir/a/store.db" "UPDATE receipt SET time_us = time_us + 86400000000 WHERE number = 1"
start

# Files of others.
ok "the district syncs" sync d
ok "it knows of the file and does not have it" prints "$sha" above evidence missing
mkdir -p "$dir/d/evidence"
head -c 300001 "$dir/file.bin" >"$dir/d/evidence/coming-$sha"
ok "it goes on after what came before a cut" above evidence fetch "$sha"
ok "and has the file, to the byte" cmp "$dir/file.bin" "$dir/d/evidence/$(echo "$sha" | cut -c1-2)/$sha"
ok "nothing is missing" test -z "$(above evidence missing)"
printf 'x' >"$dir/small.txt"
small=$(sha256sum "$dir/small.txt" | cut -d' ' -f1)
town attach "$record" "$dir/small.txt" >/dev/null; sync a d >/dev/null
printf 'y' >"$dir/d/evidence/coming-$small"
ok "what came of another file is not taken for it" above evidence fetch "$small"
ok "and it comes whole at once" cmp "$dir/small.txt" "$dir/d/evidence/$(echo "$small" | cut -c1-2)/$small"
ok "an unknown file is refused" fails_with "No record here names" above evidence fetch "$(printf '%064d' 0)"

# What is refused, which a commune's own program would not even write.
role() {
  sed -i "s/\(\"role\" *: *\)\"$1\"/\\1\"$2\"/" "$dir/a/account.json"
}
role commune district
note=$(town --type review-note --json set "text=Đã xem" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
town set "$note" "text=Đã xem kỹ" >/dev/null
role district commune
town --type certified-copy set number=9 document=Y >/dev/null
ok "a reviewer's note of a commune is refused" prints "refused 2" sync a
ok "and said why" prints "forbidden" town refused
[ "$(wc -l <"$dir/out")" = 2 ]; status=$?
ok "of each save" test "$status" = 0
ok "other lines went on" prints '"pending_changes":0' town --json status
ok "it is written to a file" prints "2 saves" town refused --export "$dir/export.json"
grep -q 'Đã xem kỹ' "$dir/export.json"; status=$?
ok "with what was typed" test "$status" = 0
for change in $(town refused | sed 's/ .*//'); do
  ok "it is withdrawn" town refused withdraw "$change"
done
ok "that syncs" prints "refused 0" sync a
ok "and nothing is refused any more" prints "0 saves" town refused --export "$dir/export.json"

# A device that was shut out.
device=$(town --json status | sed -n 's/.*"device":"\([^"]*\)".*/\1/p')
town --type certified-copy set number=10 document=Z >/dev/null
"$hub" device revoke "$device" --data "$dir/hub"
ok "a device that was shut out is told so" fails_with "revoked" sync a
ok "and can take its work elsewhere" prints "1 saves" town refused --export "$dir/export.json"
ok "the hub verifies" "$hub" verify --data "$dir/hub"
stop

echo "1..$n"
