#!/usr/bin/env bash
# Hub or PC goes back in time, once in each way, by the real programs alone: nothing is lost or doubled, nobody is asked, the
# hub verifies.  All the rest of it, and all at once, is in client/test-time-travel.c.
# usage: test-time-travel.sh CTL HUB UNITS.json
set -u
ctl=$1 hub=$2 units=$3
. "$(dirname "$(readlink -f "$0")")/two-ends.sh"
# Each device shows just these numbers, each once.
shows() { # numbers, devices…
  local want=$1 name have; shift
  for name in "$@"; do
    have=$(echo $("$ctl" --data-dir "$dir/$name" --type certified-copy --log '*' --json list |
      sed -n 's/.*"number":\([0-9]*\).*/\1/p' | sort -n))
    [ "$have" = "$want" ] || { echo "$name shows $have instead of $want"; return 1; }
  done
}
verifies() { # rows
  "$hub" verify --data "$dir/hub" | grep "^$1 rows"
}
id_of() { # device
  "$ctl" --data-dir "$dir/$1" --json status | sed -n 's/.*"device":"\([^"]*\)".*/\1/p'
}
# The device's folder becomes what it was when it was copied.
put_back() { # device
  rm -rf "${dir:?}/$1"; cp -a "$dir/$1-then" "$dir/$1"
}

"$hub" init --data "$dir/hub" && "$hub" unit import "$units" --data "$dir/hub" >/dev/null
start
enrol a 21609@2004-07-08 commune && enrol b 21609@2004-07-08 commune && cp "$dir/line" "$dir/line-b"
save a 1; sync a b >/dev/null
"$hub" backup "$dir/backup" --data "$dir/hub"
save a 2; sync a b >/dev/null
ok "a hub that runs is not restored" fails_with "A hub is running" "$hub" restore "$dir/backup" --data "$dir/hub"
stop
ok "a backup is restored" "$hub" restore "$dir/backup" --data "$dir/hub"
start
ok "a colleague's PC syncs" sync b
ok "and the hub has all again" verifies 2

cp -a "$dir/a" "$dir/a-then"
save a 3; sync a b >/dev/null
put_back a
save a 4
ok "a PC whose folder was put back syncs" sync a b a
ok "both show all" shows "1 2 3 4" a b
ok "and the hub verifies" verifies 4

cp -a "$dir/b" "$dir/b2"
save b 5; save b2 6
ok "a PC and its clone sync" sync b b2 b
ok "both show all" shows "1 2 3 4 5 6" b b2
ok "and the hub verifies" verifies 6

for name in pc0 pc1 pc2; do cp -a "$dir/a" "$dir/$name"; done
save pc0 7; save pc1 8; save pc2 9
ok "PCs of one image sync" sync pc0 pc1 pc2 pc0 pc1
ok "all show all" shows "1 2 3 4 5 6 7 8 9" pc0 pc1 pc2
ok "and the hub verifies" verifies 9
ok "who looks after the hub sees which device is several computers" bash -c "
  '$hub' device list --data '$dir/hub' | grep 'TWO COMPUTERS SHARE IT' | grep -q '^$(id_of a) '"
ok "… and of nobody else is that said" test "$("$hub" device list --data "$dir/hub" | grep -c 'TWO COMPUTERS')" = 2

id=$(id_of b)
ok "a device is shut out" "$hub" device revoke "$id" --data "$dir/hub"
stop
ok "a backup from before is restored" "$hub" restore "$dir/backup" --data "$dir/hub"
start
ok "it stays out" fails_with "revoked" "$ctl" --data-dir "$dir/b" sync
ok "a colleague syncs" sync pc0
ok "and what it wrote is there" verifies 9
ok "with the line it came with before it is not let in" fails_with "forbidden" "$ctl" --data-dir "$dir/b" enrol "$dir/line-b"
"$hub" enrol --data "$dir/hub" --unit 21609@2004-07-08 --address "https://127.0.0.1:$port" --output "$dir/line" >/dev/null
save b 10
ok "listed as late" bash -c "'$hub' device late --data '$dir/hub' | grep -q 'device $id '"
ok "with a new line it is" "$ctl" --data-dir "$dir/b" enrol "$dir/line"
stop; start
ok "and stays in" sync b
ok "with what it wrote while it was out" verifies 10
stop

# The hub is lost with its keys and every backup: a new one takes its place.
rm -rf "${dir:?}/hub"
"$hub" init --data "$dir/hub" && "$hub" unit import "$units" --data "$dir/hub" >/dev/null
start
save b 11
ok "another hub is not taken for the one before" fails_with "wrong-key" "$ctl" --data-dir "$dir/b" sync
enrol b 21609@2004-07-08 commune
ok "with a line of the new hub it syncs" sync b
enrol a 21609@2004-07-08 commune
ok "and so does a colleague" sync a b a
ok "one shows all that both wrote" shows "1 2 3 4 5 6 10 11" a
ok "the other also what it holds of those that have not come yet" shows "1 2 3 4 5 6 7 8 9 10 11" b
ok "nothing waits" bash -c "'$ctl' --data-dir '$dir/b' status | grep '^0 records waiting'"
ok "and the new hub verifies" "$hub" verify --data "$dir/hub"
enrol c 21609@2004-07-08 commune; sync c >/dev/null
ok "from which a new PC has what both wrote" shows "1 2 3 4 5 6 10 11" c
stop

echo "1..$n"
