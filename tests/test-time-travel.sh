#!/usr/bin/env bash
# Hub or PC goes back in time, with the real programs: nothing is lost, nothing doubled, nobody is asked, the hub verifies.
# usage: test-time-travel.sh CTL HUB UNITS.json
set -u
ctl=$1 hub=$2 units=$3
. "$(dirname "$(readlink -f "$0")")/two-ends.sh"
# The numbers that a device shows, each once, in order.
numbers() { # device
  echo $("$ctl" --data-dir "$dir/$1" --type certified-copy --log '*' --json list | sed -n 's/.*"number":\([0-9]*\).*/\1/p' | sort -n)
}
shows() { # numbers, devices…
  local want=$1 name have; shift
  for name in "$@"; do
    have=$(numbers "$name")
    [ "$have" = "$want" ] || { echo "$name shows $have instead of $want"; return 1; }
  done
}
verifies() { # rows
  "$hub" verify --data "$dir/hub" | grep "^$1 rows"
}
waits() { # device: how many changes wait
  "$ctl" --data-dir "$dir/$1" --json status | grep -q "\"pending_changes\":$2"
}

"$hub" init --data "$dir/hub" && "$hub" unit import "$units" --data "$dir/hub" >/dev/null
start
enrol a 21609@2004-07-08 commune && enrol b 21609@2004-07-08 commune && enrol d 542@2004-07-08 district
save a 1; sync a b d >/dev/null
"$hub" backup "$dir/backup-1" --data "$dir/hub"
save a 2; save b 3; sync a b d >/dev/null
"$hub" backup "$dir/backup-2" --data "$dir/hub"
# One more PC comes, works and is lost for good; what it wrote lives on its colleagues' PCs alone.
enrol e 21609@2004-07-08 commune
save e 4; sync e a b d >/dev/null
printf '%%PDF-1.4\nbiên lai\n' >"$dir/file.pdf"
record=$("$ctl" --data-dir "$dir/e" --type plan --json set "number=5" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
"$ctl" --data-dir "$dir/e" attach "$record" "$dir/file.pdf" >/dev/null
sync e a b d >/dev/null
save a 6; sync a b d >/dev/null
rm -rf "$dir/e"

ok "the hub has everything" verifies 7
ok "a hub that runs is not restored" fails_with "A hub is running" "$hub" restore "$dir/backup-1" --data "$dir/hub"
stop
cp -a "$dir/backup-1" "$dir/backup-bad"; rm "$dir/backup-bad/hub.key"
ok "a backup without the hub's key is refused" fails_with "There is no hub.key" "$hub" restore "$dir/backup-bad" --data "$dir/hub"
"$hub" init --data "$dir/other"
cp "$dir/other/hub.key" "$dir/backup-bad/hub.key"
ok "a backup with another key is refused" fails_with "is not the one that this store was made with" "$hub" restore "$dir/backup-bad" --data "$dir/hub"
"$hub" backup "$dir/backup-other" --data "$dir/other"
ok "a backup of another hub is refused" fails_with "backup of another hub" "$hub" restore "$dir/backup-other" --data "$dir/hub"
ok "after all that the hub is as it was" verifies 7

for backup in 2 1; do
  ok "backup $backup is restored" "$hub" restore "$dir/backup-$backup" --data "$dir/hub"
  start
  ok "a colleague's PC syncs" sync b
  ok "the hub has all again, of the lost PC too" verifies 7
  ok "the others sync, one of them new in that backup" sync a d b
  ok "all show all" shows "1 2 3 4 6" a b d
  ok "and the hub verifies" verifies 7
  stop
done

# The store is copied back behind the hub's back.
rm -f "$dir/hub/hub.db"*; cp "$dir/backup-1/hub.db" "$dir/hub/hub.db"
start
ok "a hub that was copied back syncs" sync d a b
ok "and has all again" verifies 7
stop
grep -q . "$dir/hub/head"
# The whole machine goes back, with what the hub keeps outside its store.
cp -a "$dir/hub" "$dir/hub-then"
start
save a 7; sync a b d >/dev/null
stop
rm -rf "$dir/hub"; cp -a "$dir/hub-then" "$dir/hub"
start
ok "a machine that went back as a whole syncs" sync b a d
ok "and has all again" verifies 8
ok "all show all" shows "1 2 3 4 6 7" a b d

# A PC goes back: its whole folder, and its database alone.
cp -a "$dir/a" "$dir/a-then"
save a 8; sync a b >/dev/null
rm -rf "$dir/a"; cp -a "$dir/a-then" "$dir/a"
save a 9
ok "a PC whose folder was put back syncs" sync a b d a
ok "all show all" shows "1 2 3 4 6 7 8 9" a b d
save a 10; sync a b >/dev/null
rm -f "$dir/a/store.db"*; cp "$dir/a-then/"store.db* "$dir/a/"
save a 11
ok "a PC whose database was put back syncs" sync a b d a
ok "all show all" shows "1 2 3 4 6 7 8 9 10 11" a b d
ok "and the hub verifies" verifies 12

# A PC is cloned, and both go on.
cp -a "$dir/b" "$dir/b2"
save b 12; save b2 13
ok "a PC and its clone sync" sync b b2 b b2 d
save b 14; save b2 15
ok "and again" sync b2 b b2 d a
ok "all show all" shows "1 2 3 4 6 7 8 9 10 11 12 13 14 15" a b b2 d
ok "and the hub verifies" verifies 16

# A disk image with an enrolled PC on it is given to ten.
want="1 2 3 4 6 7 8 9 10 11 12 13 14 15" pcs=
save a 16; want="$want 16"
for i in 0 1 2 3 4 5 6 7 8 9; do
  cp -a "$dir/a" "$dir/pc$i"; pcs="$pcs pc$i"
done
for i in 0 1 2 3 4 5 6 7 8 9; do save "pc$i" "2$i"; want="$want 2$i"; done
ok "ten PCs of one image sync" sync $pcs
for i in 0 1 2 3 4 5 6 7 8 9; do save "pc$i" "3$i"; want="$want 3$i"; done
ok "and again, each twice" sync $pcs $pcs d
ok "all show all" shows "$want" $pcs d
ok "and the hub verifies" verifies 37
ok "nothing waits" waits pc9 0

# Who was shut out stays so, whatever backup is restored; what he had sent before stays too.
id=$("$ctl" --data-dir "$dir/b" --json status | sed -n 's/.*"device":"\([^"]*\)".*/\1/p')
ok "a device is shut out" "$hub" device revoke "$id" --data "$dir/hub"
stop
ok "a backup from before is restored" "$hub" restore "$dir/backup-1" --data "$dir/hub"
start
ok "it stays out" fails_with "revoked" "$ctl" --data-dir "$dir/b" sync
ok "a colleague syncs" sync pc0 d
ok "and what it wrote is there" verifies 37
ok "those rows are counted as late" bash -c "'$hub' verify --data '$dir/hub' | grep -q 'came after their device was shut out'"
ok "and listed, none of another device" bash -c "'$hub' device late --data '$dir/hub' | grep -q 'device $id ' &&
  ! '$hub' device late --data '$dir/hub' | grep -qv 'device $id '"
stop

echo "1..$n"
