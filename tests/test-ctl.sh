#!/usr/bin/env bash
# minhchungctl and minhchung-hub as an administrator uses them: enrol, import, attach, sync, look on both sides.
# usage: test-ctl.sh CTL HUB UNITS.json
set -u
ctl=$1 hub=$2 units=$3
. "$(dirname "$(readlink -f "$0")")/two-ends.sh"

ok "minhchungctl says which version it is" "$ctl" --version
says "minhchungctl "; status=$?
ok "by its name" test "$status" = 0
ok "so does the hub" "$hub" --version
says "minhchung-hub "; status=$?
ok "by its name, too" test "$status" = 0
ok "a hub is made" "$hub" init --data "$dir/hub"
ok "what is no port is refused" fails_with "--port=99999: a port is" timeout 20 "$hub" serve --data "$dir/hub" --port 99999
ok "a file that holds no units is named" fails_with "$0: " "$hub" unit import "$0" --data "$dir/hub"
ok "a folder without an enrolment is named, with what to do" fails_with "No device is enrolled in $dir/none; enrol one with" "$ctl" --data-dir "$dir/none" status
ok "a second init leaves it alone" fails_with "There is a hub" "$hub" init --data "$dir/hub"
ok "units are imported" "$hub" unit import "$units" --data "$dir/hub"
ok "a word that no unit command is, is refused" fails_with "say: unit list, or unit import FILE" "$hub" unit lst --data "$dir/hub"
ok "and import without a file" fails_with "say: unit list, or unit import FILE" "$hub" unit import --data "$dir/hub"
ok "and a word too many after list" fails_with "“now” is one word too many" "$hub" unit list now --data "$dir/hub"
ok "after late as well" fails_with "“now” is one word too many" "$hub" device late now --data "$dir/hub"
ok "a device that is to be revoked is not listed instead" fails_with "say: device list, device late, or device revoke ID" \
  "$hub" device revok x --data "$dir/hub"
ok "and revoke without a device" fails_with "say: device list, device late, or device revoke ID" "$hub" device revoke --data "$dir/hub"
packaged() { # file of units: a start of the service as Debian's package does it
  STATE_DIRECTORY=$dir/packaged UNITS=$1 PATH=$(dirname "$hub"):$PATH sh "$(dirname "$0")/../flatpak/deb/prepare"
}
ok "a service whose units cannot be read does not start" fails_with "none.json" packaged "$dir/none.json"
ok "at its next start it has them" packaged "$units"
ok "and then has nothing to do" packaged "$dir/none.json"
[ ! -s "$dir/out" ]; status=$?
ok "or to say" test "$status" = 0
start
ok "a line is printed and a file written" "$hub" enrol --data "$dir/hub" --unit 21609@2004-07-08 --address "https://127.0.0.1:$port" --output "$dir/town.mcenrol"
line=$(cat "$dir/out")
ok "an unknown unit is refused" fails_with "There is no unit" "$hub" enrol --data "$dir/hub" --unit 99999 --address https://x
ok "a code that two units had, one of them today" "$hub" enrol --data "$dir/hub" --unit 21609 --address https://x
ok "a code of which no unit is left says which there were" fails_with "No unit 21610 is valid today" \
  "$hub" enrol --data "$dir/hub" --unit 21610 --address https://x
ok "a commune is no district" fails_with "has no units below it: say --role commune" \
  "$hub" enrol --data "$dir/hub" --unit 21610@2004-07-08 --role district --address https://x
ok "a district is no commune" fails_with "has units below it: say --role district" \
  "$hub" enrol --data "$dir/hub" --unit 542@2004-07-08 --address https://x
ok "an address with a blank is none" fails_with "Say where devices reach this hub" \
  "$hub" enrol --data "$dir/hub" --unit 21609@2004-07-08 --address "https://x y"
ok "a cut line is refused" fails_with "bad-line" "$ctl" --data-dir "$dir/town" enrol "${line%???}"
ok "a device enrols from the file" "$ctl" --data-dir "$dir/town" --by "Đinh Thị Hà, Văn thư" enrol "$dir/town.mcenrol"
ok "the same line does not let a second one in" fails_with "secret-used" "$ctl" --data-dir "$dir/two" enrol "$line"

import_text() { # command…, the table on its input
  cat >"$dir/table.csv"
  "$@" import "$dir/table.csv"
}
printf 'month;total;digital;digital_with_paper;paper_only;classified\r\n1/2021;100;90;5;5;0\r\n 02/2021 ;1.000;950;20;30;0\r\n' >"$dir/months.csv"
ok "two months are imported" "$ctl" --data-dir "$dir/town" --type document-month import "$dir/months.csv"
printf 'sep=;\r\nmonth;total\r\n1/2021;1.234,00\r\n' >"$dir/sep.csv"
ok "as a spreadsheet says and shows it" "$ctl" --data-dir "$dir/town" --type document-month import "$dir/sep.csv"
ok "the number is whole" "$ctl" --data-dir "$dir/town" --type document-month list
says '"total":1234}'; status=$?
ok "and the right one" test "$status" = 0
ok "it is corrected" "$ctl" --data-dir "$dir/town" --type document-month set month=1/2021 total=100
printf 'month,total\n3/2021,many\n' >"$dir/bad.csv"
ok "a wrong line is named and nothing imported" fails_with "bad.csv:2" "$ctl" --data-dir "$dir/town" --type document-month import "$dir/bad.csv"
ok "a type is not taken for what to list" fails_with "“list” takes nothing after it, but “document-month” is there" \
  "$ctl" --data-dir "$dir/town" list document-month
ok "nor is a second record passed over" fails_with "“show” takes only RECORD after it, but “b” is there" "$ctl" --data-dir "$dir/town" show a b
ok "nor a year" fails_with "“book” takes only YEAR after it, but “2022” is there" \
  "$ctl" --data-dir "$dir/town" --type certified-copy book 2021 2022
ok "nor a word after missing" fails_with "say: evidence missing, or" "$ctl" --data-dir "$dir/town" evidence missing now
ok "nor one beside an option" fails_with "“receipts” takes only [RECORD] [--verify] after it" "$ctl" --data-dir "$dir/town" receipts a b --verify
ok "a word that demo does not know makes nothing up" fails_with "demo, or demo review" "$ctl" --data-dir "$dir/town" demo reviews
ok "nothing is made up where somebody wrote" fails_with "There are records here already" "$ctl" --data-dir "$dir/town" demo
ok "the months are there" "$ctl" --data-dir "$dir/town" --type document-month --json list
[ "$(wc -l <"$dir/out")" = 2 ] && says '"total":1000'; status=$?
month=$(sed -n 's/.*"id":"\([^"]*\)".*"2021-01".*/\1/p' "$dir/out")
ok "with the figures that were typed" test "$status" = 0
ok "a reviewer's field is none for a commune" fails_with "“review.quality” is for the reviewer to say" \
  "$ctl" --data-dir "$dir/town" --type plan set number=11 review.quality=90
ok "a month does not become another one" fails_with "month says which record this is and stays “2021-01”" \
  "$ctl" --data-dir "$dir/town" set "$month" month=3/2021
ok "a field is said once" fails_with "month is there twice" "$ctl" --data-dir "$dir/town" --type document-month set month=1/2021 month=3/2021
ok "what no type is, is not an empty list" fails_with "There is no record type “document”" "$ctl" --data-dir "$dir/town" --type document list
ok "nor a check without a fault" fails_with "There is no record type “document”" "$ctl" --data-dir "$dir/town" --type document check
ok "nor is what no log is" fails_with "“21610” is no log: --log is" "$ctl" --data-dir "$dir/town" --log 21610 list
ok "for the checks as well" fails_with "“21610” is no log: --log is" "$ctl" --data-dir "$dir/town" --log 21610 check
ok "all logs are checked" "$ctl" --data-dir "$dir/town" --log '*' --json check
says '"check":"has-evidence"'; status=$?
ok "and what is not right is told" test "$status" = 0
{ echo 'month,total'; for i in {1..30}; do echo "$i/2021,x"; done; } >"$dir/worse.csv"
ok "of many faults the first are told" fails_with "worse.csv: … and " "$ctl" --data-dir "$dir/town" --type document-month import "$dir/worse.csv"
[ "$(wc -l <"$dir/err")" = 22 ]; status=$?
ok "and the others counted" test "$status" = 0
ok "a month in another spelling is the same month" "$ctl" --data-dir "$dir/town" --type document-month set month=1/2021 incoming_paper=3
points=("$ctl" --data-dir "$dir/town" --type assessment)
ok "what no criterion is, is named with those that are" fails_with "“9.9” is no criterion of this pack, which has: 1.1, 1.1.1, " \
  "${points[@]}" set criterion=9.9 answer=yes
ok "nor does it come in with a table" fails_with "“9.9” is no criterion" import_text "${points[@]}" <<<$'criterion,answer\n9.9,yes'
ok "what is no answer is told what would be" fails_with "“đủ” is none of the choices of “Kết quả thực hiện”: Có, Không" \
  "${points[@]}" set criterion=1.2.2 answer=đủ
ok "a count is whole" fails_with "3,5" "${points[@]}" set criterion=1.5 answer=3,5
ok "in a table, too" fails_with ":3: Kết quả thực hiện: “3,5” is" import_text "${points[@]}" <<<$'criterion;answer\n1.2.2;có\n1.5;3,5'
ok "nothing was written" "${points[@]}" list
[ ! -s "$dir/out" ]; status=$?
ok "of all these" test "$status" = 0
ok "what is counted takes no answer" fails_with "1.1.2 takes no answer: its points come from records" "${points[@]}" set criterion=1.1.2 answer=1
ok "a yes in Vietnamese" "${points[@]}" set criterion=1.2.2 answer=có
says '"answer":"yes"'; status=$?
ok "is a yes" test "$status" = 0
ok "a choice by its title" "${points[@]}" set criterion=1.1.1 answer="ban hành chậm hoặc thiếu nhiệm vụ"
says '"answer":"late"'; status=$?
ok "is that choice" test "$status" = 0
ok "a count and a percentage in a table" import_text "${points[@]}" <<<$'criterion;answer\n1.5; 3 \n1.1.3;87,36'
ok "are scored" "$ctl" --data-dir "$dir/town" score
grep -q '^1.2.2 *0.5 /' "$dir/out" && grep -q '^1.1.1 *0.25 /' "$dir/out" && grep -q '^1.5 *1 /' "$dir/out"; status=$?
ok "as the rules say" test "$status" = 0
ok "so there are still two" "$ctl" --data-dir "$dir/town" --type document-month list
[ "$(wc -l <"$dir/out")" = 2 ]; status=$?
ok "and not three" test "$status" = 0
ok "a record without its key is refused" fails_with "month is missing" "$ctl" --data-dir "$dir/town" --type document-month set total=3
ok "a task without a plan would be nowhere" fails_with "there is none yet: write that first" \
  "$ctl" --data-dir "$dir/town" --type plan-task set order=1 content=Rà
printf 'order;content\n1;Rà soát\n2;Niêm yết\n' >"$dir/tasks.csv"
ok "nor are tasks imported" fails_with "there is none yet: write that first" "$ctl" --data-dir "$dir/town" --type plan-task import "$dir/tasks.csv"
ok "a plan is written" "$ctl" --data-dir "$dir/town" --type plan --json set "number=12" "summary=Kế hoạch cải cách hành chính"
plan=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$dir/out")
ok "now they are" "$ctl" --data-dir "$dir/town" --type plan-task import "$dir/tasks.csv"
ok "and belong to it" "$ctl" --data-dir "$dir/town" --json --type plan-task list
[ "$(grep -c "\"parent\":\"$plan\"" "$dir/out")" = 2 ]; status=$?
ok "both" test "$status" = 0
printf '%%PDF-1.4\nminh chung\n' >"$dir/plan.pdf"
ok "a file is attached" "$ctl" --data-dir "$dir/town" attach "$plan" "$dir/plan.pdf"
ok "… and once more" "$ctl" --data-dir "$dir/town" attach "$plan" "$dir/plan.pdf" "$dir/plan.pdf"
ok "… it is there once" "$ctl" --data-dir "$dir/town" --json show "$plan"
[ "$(grep -o '"files":\[[^]]*\]' "$dir/out" | head -n 1 | grep -o sha256 | wc -l)" = 1 ]; status=$?
ok "… and not three times" test "$status" = 0
: >"$dir/empty.pdf"
ok "an empty file is refused" fails_with "is empty" "$ctl" --data-dir "$dir/town" attach "$plan" "$dir/empty.pdf"
ok "a device is refused" fails_with "is not a file" "$ctl" --data-dir "$dir/town" attach "$plan" /dev/null
ok "a folder is refused" fails_with "is not a file" "$ctl" --data-dir "$dir/town" attach "$plan" "$dir"
ok "a certified copy is written" "$ctl" --data-dir "$dir/town" --type certified-copy set number=1 requester="Đinh Văn Thành" document="Bằng tốt nghiệp"
ok "it is found without diacritics" "$ctl" --data-dir "$dir/town" --search "dinh thanh" list
says "Thành"; status=$?
ok "and shown with its name here" test "$status" = 0

ok "a text that a spreadsheet would run" "$ctl" --data-dir "$dir/town" --type plan set number=12 signer="+84 905" symbol="'=KH" bases="@ ''a"
ok "goes into a table" "$ctl" --data-dir "$dir/town" --type plan export "$dir/plans.csv"
ok "which a spreadsheet reads as it is meant" test "$(head -c 3 "$dir/plans.csv" | od -An -tx1 | tr -d ' ')" = efbbbf
ok "with the files that are attached" grep -q '""sha256""' "$dir/plans.csv"
ok "and comes back from it" "$ctl" --data-dir "$dir/town" --type plan import "$dir/plans.csv"
says "0 records"; status=$?
ok "as it was" test "$status" = 0
copies=("$ctl" --data-dir "$dir/town" --type certified-copy)
ok "a line of the register is dated" "${copies[@]}" set number=2 certified_on=4/1/2021 copies=3 fee=6000 document="Giấy khai sinh"
line=$(sed -n 's/^\([^ ]*\) .*/\1/p' "$dir/out")
ok "another is void" "${copies[@]}" set number=3 certified_on=5/1/2021 copies=9 void=true void_reason="ghi nhầm"
ok "a year of two figures is none" fails_with "four figures" "${copies[@]}" close 21 31/12/2021 "Trần Văn Ký"
ok "the register of a year is closed" "${copies[@]}" --json close 2021 31/12/2021 "Trần Văn Ký" "Chủ tịch"
says '"lines":2,"void":1,"copies":3,"fees":6000,"missing":1,"closed_on":"2021-12-31"'; status=$?
ok "with its sums, the void line out of them" test "$status" = 0
ok "a line of that year is refused" fails_with "is closed" "${copies[@]}" set number=4 certified_on=30/12/2021
ok "an edit as well" fails_with "is closed" "${copies[@]}" set "$line" copies=5
ok "a line of the next year is not" "${copies[@]}" set number=9 certified_on=3/1/2022
ok "it is opened again with a reason" "${copies[@]}" --json reopen 2021 "sót một việc"
says '"closed_on":""'; status=$?
ok "and is open" test "$status" = 0
ok "so that the line can be edited" "${copies[@]}" set "$line" copies=5
ok "a type without a book is told" fails_with "is no register" "$ctl" --data-dir "$dir/town" --type plan book 2021
ok "without a plan of an earlier year nothing is copied" "$ctl" --data-dir "$dir/town" last-plan
says "no plan of an earlier year"; status=$?
ok "and that is said" test "$status" = 0

# Whatever is asked, --json answers in it: one object a line, or none where there is nothing to tell.
in_json() { # what must be said, command…
  local text=$1; shift
  "$ctl" --data-dir "$dir/town" --json "$@" >"$dir/out" 2>"$dir/err" || return 1
  python3 -c 'import json, sys; assert all(isinstance(json.loads(line), dict) for line in sys.stdin)' <"$dir/out" 2>"$dir/err" || return 1
  says "$text"
}
ok "in JSON: the records as a table" in_json '"total":1000' --type document-month export
ok "in JSON: a table that goes to a file" in_json '"exported":2' --type document-month export "$dir/table.csv"
ok "in JSON: a file that is attached" in_json '"sha256":"' attach "$plan" "$dir/months.csv"
ok "in JSON: the receipts" in_json '"receipts":0,"items":0' receipts --verify
ok "in JSON: what the hub refused, as a file" in_json '"exported":' refused --export "$dir/refused.json"
ok "in JSON: last year's plan" in_json '"copied":0' last-plan
for one in status list score check refused "evidence missing" deleted receipts log; do
  # shellcheck disable=SC2086
  ok "in JSON: $one" in_json "" $one
done
ok "in JSON: an option that is none" fails_with "Unknown option --nosuch" "$ctl" --json --nosuch
says '{"error":"failed","message":"Unknown option --nosuch"}'; status=$?
ok "too" test "$status" = 0
ok "receipts of no record are none" fails_with "There is no record x" "$ctl" --data-dir "$dir/town" receipts x
ok "a day with a time as it is typed" "$ctl" --data-dir "$dir/town" --type certified-copy --json set number=1 certified_on=5/4/2021 "received_at=5/4/2021 8h30"
says '"received_at":"2021-04-05T08:30:00+07:00"'; status=$?
ok "can be compared" test "$status" = 0
ok "so that it does not come after that day" bash -c "! '$ctl' --data-dir '$dir/town' --type certified-copy check | grep -q not-before-received"
ok "what is no field of files takes none" fails_with "is no field of files" "$ctl" --data-dir "$dir/town" --field number attach "$plan" "$dir/plan.pdf"
ok "a command without what it needs says what it needs" fails_with "say: show RECORD" "$ctl" --data-dir "$dir/town" show

kill -TERM "$pid"; wait "$pid"; pid=
ok "with the hub stopped, sync says so" fails_with "unreachable" "$ctl" --data-dir "$dir/town" sync
ok "and fourteen records wait" "$ctl" --data-dir "$dir/town" --json status
says '"pending_records":14'; status=$?
ok "as status says" test "$status" = 0
start
ok "with the hub back, everything goes" "$ctl" --data-dir "$dir/town" --json sync
ok "the log is shown" "$ctl" --data-dir "$dir/town" --json log 2
says '"outcome":"ok"' && says '"outcome":"unreachable"'; status=$?
ok "it says what went and what did not" test "$status" = 0
ok "nothing waits" "$ctl" --data-dir "$dir/town" --json status
says '"pending_records":0'; status=$?
ok "as status says again" test "$status" = 0
sha=$(sha256sum "$dir/plan.pdf" | cut -d' ' -f1)
ok "the file is at the hub under its hash" cmp "$dir/plan.pdf" "$dir/hub/evidence/${sha:0:2}/$sha"
ok "a district is enrolled" enrol huyen 542@2004-07-08 district
ok "and receives" "$ctl" --data-dir "$dir/huyen" sync
ok "it says nothing in the commune's place" fails_with "The record belongs to Thị trấn An Lão" "$ctl" --data-dir "$dir/huyen" set "$plan" summary=x
ok "and deletes nothing there" fails_with "The record belongs to Thị trấn An Lão" "$ctl" --data-dir "$dir/huyen" delete "$plan"
ok "nor does it attach" fails_with "The record belongs to Thị trấn An Lão" "$ctl" --data-dir "$dir/huyen" attach "$plan" "$dir/plan.pdf"
ok "what is its own to say it says" "$ctl" --data-dir "$dir/huyen" set "$plan" review.quality=85
ok "what is not made up is not reviewed for a show" "$ctl" --data-dir "$dir/huyen" demo review
says "0 made-up records"; status=$?
ok "none of it" test "$status" = 0
ok "an auditor is enrolled" enrol tra 542@2004-07-08 auditor
ok "and writes nothing at all" fails_with "an auditor's computer" "$ctl" --data-dir "$dir/tra" --type plan set number=1
ok "no name of a citizen is at the hub" bash -c "! grep -raqE 'Thành|Đinh Văn' '$dir/hub' '$dir/hub.log'"
ok "the hub proves its logs" "$hub" verify --data "$dir/hub"
ok "a copy of the hub is made" "$hub" backup "$dir/copy" --data "$dir/hub"
ok "and proves itself" bash -c "cp -a '$dir/hub/evidence' '$dir/copy/' && '$hub' verify --data '$dir/copy'"
mkdir "$dir/one" "$dir/two" "$dir/answers"
ok "a second computer of the commune is enrolled" enrol second 21609@2004-07-08 commune
ok "and has something to send" save second 77
ok "one writes a bundle" "$ctl" --data-dir "$dir/town" bundle write "$dir/one/huyen.mcbundle"
ok "the other one of the same name" "$ctl" --data-dir "$dir/second" bundle write "$dir/two/huyen.mcbundle"
ok "the hub takes both" "$hub" bundle read "$dir/one/huyen.mcbundle" "$dir/two/huyen.mcbundle" --reply "$dir/answers" --data "$dir/hub"
ok "the one finds its answer" "$ctl" --data-dir "$dir/town" bundle read "$dir/answers/huyen.reply.mcbundle"
ok "and so does the other" "$ctl" --data-dir "$dir/second" bundle read "$dir/answers/huyen-2.reply.mcbundle"
ok "what it sent is there" "$ctl" --data-dir "$dir/second" --json status
says '"pending_records":0'; status=$?
ok "by that answer" test "$status" = 0
mkdir "$dir/stick"
ok "everything is copied to a stick" "$ctl" --data-dir "$dir/town" backup "$dir/stick"
ok "a later record is written" "$ctl" --data-dir "$dir/town" --type plan set number=13 "summary=Viết sau khi sao lưu"
ok "an empty folder is no backup" fails_with "no backup" "$ctl" --data-dir "$dir/town" restore "$dir/copy/evidence"
ok "the stick's content comes back" "$ctl" --data-dir "$dir/town" restore "$dir/stick"
says "town.before-"; status=$?
ok "and what was here stands aside" test "$status" = 0
ok "without the later record" bash -c "! '$ctl' --data-dir '$dir/town' --type plan list | grep -q 'sau khi'"
ok "it can be brought back too" bash -c "'$ctl' --data-dir '$dir'/town.before-* --type plan list | grep -q 'sau khi'"
ok "a restored device syncs on" "$ctl" --data-dir "$dir/town" --json sync
ok "and the hub still proves its logs" "$hub" verify --data "$dir/hub"
cp "$dir/town/store.db" "$dir/whole.db"
head -c 3000 "$dir/whole.db" >"$dir/town/store.db"; rm -f "$dir/town/store.db-wal" "$dir/town/store.db-shm"
ok "a cut store is refused in words" fails_with "store.db" "$ctl" --data-dir "$dir/town" status

echo "1..$n"
