#!/usr/bin/env bash
# Whatever is handed to the real programs: a clear error that names it, nothing stored is changed, and work goes on.
# usage: test-bad-input.sh CTL HUB SOURCE-ROOT
set -u
ctl=$1 hub=$2 root=$3
. "$(dirname "$(readlink -f "$0")")/tap.sh"
shopt -s globstar nullglob
pids=()
finish() {
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null; done
  chmod -R u+rwx "$dir"
  rm -rf "$dir"
}

fails_with() { # text, command…
  local text=$1 status=0; shift
  "$@" >"$dir/out" 2>"$dir/err" || status=$?
  # 1: refused in words, 2 ($usage): the command itself makes no sense; not ended by a signal, not hanging.
  [ "$status" = "${usage:-1}" ] && says "$text"
}
town() {
  timeout 60 "$ctl" --data-dir "$dir/town" "$@"
}
# Everything that is kept: what was written, and the files.
stored() {
  local file files=("$dir/town/account.json")
  sqlite3 "$dir/town/store.db" "SELECT * FROM change; SELECT id, type, body FROM record; SELECT sha256, size, have FROM evidence;"
  for file in "$dir/town/evidence/"**; do [ ! -f "$file" ] || files+=("$file"); done
  sha256sum "${files[@]}"
}
# The folder to the letter, or at least all that is kept in it.
unchanged() {
  diff -rq "$dir/town" "$dir/then" || { stored >"$dir/after"; cmp "$dir/before" "$dir/after"; }
}
# What fails_with says, and that nothing is stored or lost by it.  What is stored is the same for all that are refused one after
# another: whoever changes something in between says so with "changed".
refused() { # description, text, command…
  local what=$1 text=$2; shift 2
  [ -e "$dir/then" ] || { stored >"$dir/before"; cp -a "$dir/town" "$dir/then"; }
  ok "$what" fails_with "$text" "$@"
  ok "… and nothing stored is changed" unchanged
}
changed() {
  rm -rf "$dir/then"
}

serve() { # folder
  "$hub" serve --data "$dir/$1" --listen 127.0.0.1 --port 0 --port-file "$dir/$1.port" 2>>"$dir/$1.log" &
  pids+=($!)
  for _ in {1..400}; do [ -s "$dir/$1.port" ] && break; sleep 0.05; done
}
line() { # folder, more options
  local folder=$1; shift
  "$hub" enrol --data "$dir/$folder" --unit 21609@2004-07-08 --address "https://127.0.0.1:$(<"$dir/$folder.port")" "$@" 2>/dev/null
}

for name in hub other; do
  "$hub" init --data "$dir/$name" >"$dir/out" && "$hub" unit import "$root/resources/units/an-lao.json" --data "$dir/$name" >"$dir/out"
done
# The other one only writes lines.
serve hub
ok "a device is enrolled" town --by "Hà" enrol "$(line hub)"
ok "and has a record" town --type plan --json set number=1 "summary=Kế hoạch"
plan=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$dir/out")

# enrolment lines
good=$(line hub)
refused "a cut line" bad-line town enrol "${good%????}"
refused "a line with a letter changed" bad-line town enrol "${good:0:60}$( [ "${good:60:1}" = A ] && echo B || echo A)${good:61}"
refused "no line at all" bad-line town enrol "xin chào"
expired=$(line hub)
sqlite3 "$dir/hub/hub.db" "UPDATE enrolment SET expires_us = 1 WHERE used_by IS NULL"
refused "an expired line" "expired; ask the district for a new one [secret-expired]" town enrol "$expired"
used=$(line hub)
ok "a line lets another PC in" timeout 60 "$ctl" --data-dir "$dir/second" --by Ba enrol "$used"
refused "a used line" "ask the district for a new one [secret-used]" town enrol "$used"
mixed=$("$hub" enrol --data "$dir/other" --unit 21609@2004-07-08 --address "https://127.0.0.1:$(<"$dir/hub.port")" 2>/dev/null)
refused "a line with another hub's key" wrong-key town enrol "$mixed"
away=$("$hub" enrol --data "$dir/other" --unit 21609@2004-07-08 --address "https://127.0.0.1:1" 2>/dev/null)
usage=2 refused "a word that is no field" "has the fields: number, " town set "$plan" colour=red
usage=2 refused "a type that is not in the pack" "“colour” in the pack: --type is one of " town --type colour set number=1
refused "a line to where nobody is" unreachable town enrol "$away"

# a server that is no hub: plain HTTP, and TLS with somebody else's key
/usr/bin/python3 - "$dir" <<'PY' &
import http.server, ssl, subprocess, sys, threading
folder = sys.argv[1]
class Page(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = b"<html><body>Please sign in</body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST = answer
    def log_message(self, *rest):
        pass
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=portal", "-keyout", folder + "/key.pem", "-out", folder + "/cert.pem"], check=True, capture_output=True)
plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
secret = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/cert.pem", folder + "/key.pem")
secret.socket = context.wrap_socket(secret.socket, server_side=True)
threading.Thread(target=plain.serve_forever, daemon=True).start()
with open(folder + "/portal.tmp", "w") as out:
    out.write("%d %d\n" % (plain.server_port, secret.server_port))
import os
os.rename(folder + "/portal.tmp", folder + "/portal")
secret.serve_forever()
PY
pids+=($!)
for _ in {1..400}; do [ -s "$dir/portal" ] && break; sleep 0.05; done
read -r plain secure <"$dir/portal"
for port in "$plain" "$secure"; do
  there=$("$hub" enrol --data "$dir/hub" --unit 21609@2004-07-08 --address "https://127.0.0.1:$port" 2>/dev/null)
  refused "a server that is no hub ($([ "$port" = "$plain" ] && echo HTTP || echo TLS)) at the enrolment" "127.0.0.1:$port" town enrol "$there"
done
cp "$dir/town/account.json" "$dir/account.json"
sed -i "s/127.0.0.1:[0-9]*/127.0.0.1:$secure/" "$dir/town/account.json"
changed
refused "a server that is no hub at a sync" "127.0.0.1:$secure" town sync
cp "$dir/account.json" "$dir/town/account.json"
changed

# tables
csv() { # text that the error must have, description; the table on standard input
  cat >"$dir/table.csv"
  refused "$2" "$1" town --type document-month import "$dir/table.csv"
}
csv "empty" "an empty table" </dev/null
csv "not text" "a table of noise" < <(head -c 3000 "$ctl")
csv "never closed" "a quote that is never closed" < <(printf 'month,total\n"1/2021,5\n')
csv "table.csv:2" "a word for a number" < <(printf 'month,total\n1/2021,many\n')
csv "no field" "a column that there is not" < <(printf 'month,surprise\n1/2021,5\n')
csv "table.csv:3" "a month that there is not" < <(printf 'month,total\n1/2021,5\n13/2021,5\n')
csv "more than 256 columns" "too many columns" < <(printf 'month'; printf ',a%.0s' $(seq 300); echo)
csv "more than 200000 rows" "too many rows" < <(echo month,total; yes 1/2021,5 | head -n 200001)
csv "more cells than columns" "a comma in a number without quotes" < <(printf 'month,total\n1/2021,7,5\n')
csv "a column that has no name" "a figure under no title" < <(printf 'month,,total\n1/2021,3,5\n')
csv "is there twice" "a column twice" < <(printf 'month,total,total\n1/2021,5,6\n')
csv "Line 2 is of the same" "a month twice" < <(printf 'month,total\n1/2021,5\n01/2021,6\n')
csv "twelve digits" "a number beyond all sums" < <(printf 'month,total\n1/2021,9223372036854775807\n')
printf 'criterion;self\n1.1.1;-0,5\n' >"$dir/table.csv"
refused "points below nothing" "at least 0" town --type assessment import "$dir/table.csv"
printf 'criterion,review.appraised\n1.1.1,5\n' >"$dir/table.csv"
refused "what only a reviewer says" "for the reviewer to say" town --type assessment import "$dir/table.csv"
printf 'number;requester;certified_on\n1;A;3/1/2020\n' >"$dir/table.csv"
ok "a line of 2020" town --type certified-copy import "$dir/table.csv"
ok "… and the year closed" town --type certified-copy close 2020 31/12/2020 "Ký"
changed
printf 'number;requester;certified_on\n801;A;3/1/2022\n2;B;4/1/2020\n' >"$dir/table.csv"
refused "a line that cannot be saved" "Nothing was imported; line 3: The register of 2020 is closed" town --type certified-copy import "$dir/table.csv"
refused "a table that is a folder" "$dir/town" town --type document-month import "$dir/town"
refused "a table that is not there" "nowhere.csv" town --type document-month import "$dir/nowhere.csv"

refused "a table without end" "more than 67108864 bytes" town --type document-month import /dev/zero
refused "a line without end" "more than 16384 bytes" town enrol /dev/zero
refused "a pack without end" "more than 4194304 bytes" town pack check /dev/zero
refused "units without end" "more than 4194304 bytes" timeout 60 "$hub" unit import /dev/zero --data "$dir/hub"
refused "a hub that devices would not reach safely" "--address https://HOST:PORT" "$hub" init --data "$dir/third" --address http://hub
ok "… is not made" test ! -e "$dir/third"
refused "an address with more than a name and a port" "--address https://HOST:PORT" "$hub" enrol --data "$dir/hub" --unit 21609@2004-07-08 \
  --address https://me:secret@hub/path
refused "a line that is good for ever" "3650 days at most" "$hub" enrol --data "$dir/hub" --unit 21609@2004-07-08 \
  --address https://127.0.0.1:1 --days 99999999
for days in 0 -1; do
  refused "a line that is good for $days days" "one day at least" "$hub" enrol --data "$dir/hub" --unit 21609@2004-07-08 --days $days
done
refused "a word too many, as if it were done too" "“two” is one word too many" "$hub" device revoke one two --data "$dir/hub"
refused "… where a command has no words" "“now” is one word too many" "$hub" serve now --data "$dir/other"
mkdir "$dir/there"
refused "a backup where something is" "File exists" "$hub" backup "$dir/there" --data "$dir/hub"
limited() { (trap '' XFSZ; ulimit -f 64; exec "$@"); }
refused "a backup for which there is no room" "$dir/small: " limited "$hub" backup "$dir/small" --data "$dir/hub"
ok "… leaves nothing that looks like one" test ! -e "$dir/small"

# evidence
: >"$dir/empty.pdf"
refused "an empty file" "is empty" town attach "$plan" "$dir/empty.pdf"
refused "a folder" "is not a file" town attach "$plan" "$dir"
mkfifo "$dir/pipe"
refused "a pipe" "is not a file" town attach "$plan" "$dir/pipe"
refused "a device" "is not a file" town attach "$plan" /dev/zero
refused "a file that is not there" "nowhere.pdf" town attach "$plan" "$dir/nowhere.pdf"
truncate -s 513M "$dir/huge.pdf"
refused "a huge file" "larger than 512 MB" town attach "$plan" "$dir/huge.pdf"
rm "$dir/huge.pdf"
if [ "$(id -u)" != 0 ]; then
  echo x >"$dir/locked.pdf"
  chmod 000 "$dir/locked.pdf"
  refused "a file that may not be read" "locked.pdf" town attach "$plan" "$dir/locked.pdf"
fi
mkdir -p "$dir/"$'line\nfeed'
odd="$dir/"$'line\nfeed/a\nb\x01\xff.pdf'
printf '%%PDF-1.4 odd\n' >"$odd"
ok "a name with line feeds and no UTF-8 is taken, on one line" town attach "$plan" "$odd"
ok "… as one line of text" bash -c "'$ctl' --data-dir '$dir/town' --json show '$plan' | grep -q 'a b.*pdf'"

# text as people type it
ok "a decimal comma among blanks is taken" town --type assessment --json set criterion=1.1.1 "self= 0,25 "
score=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$dir/out")
ok "… and means what it says" bash -c "'$ctl' --data-dir '$dir/town' --json show '$score' | grep -qE '0[.]25'"
ok "text in NFD is taken" town --type certified-copy --json set number=1 $'document=  Ba\xcc\x86\xcc\x80ng to\xcc\x82\xcc\x81t nghie\xcc\xa3\xcc\x82p '
copy=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$dir/out")
ok "… and kept in one form" bash -c "'$ctl' --data-dir '$dir/town' --json show '$copy' | grep -qF 'Bằng tốt nghiệp\"'"

# stores
store() { # description, text, what now; then the store is put back
  ok "$1" fails_with "$2" town status
  ok "… and what now" fails_with "$3" town status
  ok "… and the file is left as it is" cmp "$dir/town/store.db" "$dir/broken.db"
  rm -f "$dir/town"/store.db*
  cp "$dir/whole.db" "$dir/town/store.db"
  ok "… and the whole one opens again" town status
}
sqlite3 "$dir/town/store.db" "PRAGMA wal_checkpoint(TRUNCATE)" >"$dir/out"
cp "$dir/town/store.db" "$dir/whole.db"
rm -f "$dir/town"/store.db-*
head -c 5000 "$dir/whole.db" >"$dir/broken.db"; cp "$dir/broken.db" "$dir/town/store.db"
store "a cut store" store.db "bring a backup back"
head -c 20000 "$ctl" >"$dir/broken.db"; cp "$dir/broken.db" "$dir/town/store.db"
store "a store that is no database" store.db "bring a backup back"
cp "$dir/whole.db" "$dir/broken.db"
sqlite3 "$dir/broken.db" "PRAGMA user_version = 9999; PRAGMA wal_checkpoint(TRUNCATE)" >"$dir/out"; cp "$dir/broken.db" "$dir/town/store.db"
store "a store of a newer version" "format 9999" "; install the newer version"

# a hub's store: cut, emptied, another program's
for how in cut emptied foreign; do
  rm -rf "$dir/broken"
  cp -a "$dir/other" "$dir/broken"
  rm -f "$dir/broken"/hub.db-*
  case $how in
    cut) head -c 9000 "$dir/other/hub.db" >"$dir/broken/hub.db" ;;
    emptied) : >"$dir/broken/hub.db" ;;
    foreign) rm "$dir/broken/hub.db"; sqlite3 "$dir/broken/hub.db" "CREATE TABLE moz_places (id INTEGER)" ;;
  esac
  sha256sum "$dir/broken/hub.db" >"$dir/sum"
  ok "a hub's store that is $how" fails_with "hub.db" timeout 20 "$hub" serve --data "$dir/broken" --listen 127.0.0.1 --port 0
  ok "… and what now" fails_with "bring a backup back with: minhchung-hub restore FOLDER" timeout 20 "$hub" verify --data "$dir/broken"
  ok "… and it is left as it is" sha256sum --check "$dir/sum"
done

# A hub that has lost its store keeps its keys: with a new one no device would know it any more.
rm -rf "$dir/broken"
cp -a "$dir/other" "$dir/broken"
rm -f "$dir/broken"/hub.db*
(cd "$dir/broken" && find . -type f -exec sha256sum {} +) >"$dir/sum"
kept() { (cd "$dir/broken" && sha256sum --quiet --check "$dir/sum" && [ ! -e hub.db ]); }
ok "a hub that has lost its store" fails_with "has lost its store" timeout 20 "$hub" serve --data "$dir/broken" --listen 127.0.0.1 --port 0
ok "… and what now" fails_with "restore FOLDER --data $dir/broken" timeout 20 "$hub" init --data "$dir/broken" --address https://127.0.0.1:1
ok "… and its keys are what they were" kept
ok "… until a backup is back" bash -c "'$hub' backup '$dir/saved' --data '$dir/other' && '$hub' restore '$dir/saved' --data '$dir/broken'"
ok "… and devices know it" bash -c "'$hub' verify --data '$dir/broken' && cmp '$dir/broken/hub.key' '$dir/other/hub.key'"

# Who is shut out is known, or the hub says that it is not.
mkdir "$dir/broken/revoked"
ok "a list of who is shut out that cannot be read" fails_with "$dir/broken/revoked" timeout 20 "$hub" device list --data "$dir/broken"
rmdir "$dir/broken/revoked"
if [ "$(id -u)" != 0 ]; then
  chmod 000 "$dir/broken"
  ok "a folder of another user" fails_with "as the user that the hub runs as" timeout 20 "$hub" device list --data "$dir/broken"
  chmod 700 "$dir/broken"
# Root of a sandbox may give nothing away.
elif chown -R nobody "$dir/broken" 2>/dev/null; then
  ok "root writes nothing into the folder of the service's user" fails_with "runuser -u nobody -- minhchung-hub" \
    timeout 20 "$hub" enrol --data "$dir/broken" --unit 21609@2004-07-08
  ok "… not by a restore either" fails_with "runuser -u nobody -- minhchung-hub" timeout 20 "$hub" restore "$dir/saved" --data "$dir/broken"
  ok "… and all that is in it is still his" bash -c "! find '$dir/broken' ! -user nobody | grep -q ."
fi

# packs, as whoever writes one finds out
pack=$root/resources/packs/binh-dinh-2878-2021.json
broken() { # sed expression → $dir/pack.json
  sed "$1" "$pack" >"$dir/pack.json"
  ! cmp -s "$pack" "$dir/pack.json"
}
ok "the pack that is delivered holds together" bash -c "'$ctl' pack check '$pack' | grep -q '82 criteria.*nothing wrong'"
head -c 3000 "$pack" >"$dir/pack.json"
ok "a cut pack: the line where it ends" fails_with "pack.json:" "$ctl" pack check "$dir/pack.json"
ok "… by its number" bash -c "'$ctl' pack check '$dir/pack.json' 2>&1 | grep -qE ':[0-9]+:[0-9]+'"
ok "(a pack with a wrong year)" broken 's/"year": *[0-9]*/"year": "2021"/'
ok "… is not of the shape, and where" fails_with "year" "$ctl" pack check "$dir/pack.json"
ok "(a pack with a broken expression)" broken '0,/"numerator": *"[^"]*"/s//"numerator": "sum(nothing"/'
ok "… and which one" fails_with "plan_tasks_done" "$ctl" pack check "$dir/pack.json"
ok "(a pack that calls its answers otherwise)" broken 's/"assessment"/"self-report"/g'
ok "… has criteria that nobody can answer" fails_with "criterion 1.1.1 has no measure, so it is answered in a record of the type “assessment”" \
  "$ctl" pack check "$dir/pack.json"
ok "no pack at all" fails_with "Is a directory" "$ctl" pack check "$dir"

ok "after all this, everything goes to the hub" town sync
ok "and the hub proves its logs" "$hub" verify --data "$dir/hub"

echo "1..$n"
