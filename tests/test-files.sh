#!/usr/bin/env bash
# What the desktop, the system and the handbook's reader take from us as files, checked by the tools that will read it.
# usage: test-files.sh RESOURCES; a tool that is missing makes its tests SKIP.
set -u
resources=$1
id=vn.minhchung.MinhChung
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

n=0
ok() { # tool, description, command…
  local tool=$1 what=$2; shift 2
  n=$((n + 1))
  if ! command -v "$tool" >/dev/null; then
    echo "ok $n - $what # SKIP there is no $tool"
  elif "$@" >"$dir/out" 2>&1; then
    echo "ok $n - $what"
  else
    echo "not ok $n - $what"
    sed 's/^/# /' "$dir/out"
  fi
}

no_words() { # command that must end well and say nothing
  "$@" >"$dir/said" 2>&1 && [ ! -s "$dir/said" ] || { cat "$dir/said"; return 1; }
}

# A drawing that is the size it says and not one colour.
draws() { # file, side
  local svg=$1 side=$2
  rsvg-convert --format png --output "$dir/icon.png" "$svg" || return 1
  [ "$(od -An -tu1 -j16 -N8 "$dir/icon.png" | tr -s ' ')" = " 0 0 0 $side 0 0 0 $side" ] || { echo "not $side × $side"; return 1; }
  [ "$(stat -c %s "$dir/icon.png")" -gt 150 ] || { echo "nothing is drawn"; return 1; }
}

# GTK recolours a symbolic icon by its fills; a stroke would stay dark on dark.
fills_only() { # file
  ! grep -nE 'stroke|Gradient|opacity' "$1"
}

# The desktop entry opens what the MIME package defines and what the metainfo promises, no more and no less.
same_types() {
  sed -n 's/^MimeType=//p' "$resources/$id.desktop" | tr ';' '\n' | grep . | sort >"$dir/desktop"
  sed -n 's/.*<mime-type type="\([^"]*\)".*/\1/p' "$resources/$id.xml" | sort >"$dir/mime"
  sed -n 's/.*<mediatype>\(.*\)<\/mediatype>.*/\1/p' "$resources/$id.metainfo.xml" | sort >"$dir/metainfo"
  [ -s "$dir/desktop" ] && cmp "$dir/desktop" "$dir/mime" && cmp "$dir/desktop" "$dir/metainfo"
}

type_of() { # file: by name and by content, as file managers do
  XDG_DATA_HOME=$dir/data XDG_DATA_DIRS=$dir/none gio info -a standard::content-type "$1" | sed -n 's/.*content-type: //p'
}

known() { # name of the file, content, type
  printf "$2" >"$dir/$1"
  [ "$(type_of "$dir/$1")" = "$3" ] || { echo "$1: $(type_of "$dir/$1")"; return 1; }
}

ok desktop-file-validate "the desktop entry is valid" no_words desktop-file-validate --warn-kde "$resources/$id.desktop"
# As it is built, with the site of a release and without one.
valid_metainfo() { # site
  "$resources/metainfo.sh" "$resources/$id.metainfo.xml" ${1:+"$1"} >"$dir/$id.metainfo.xml" &&
    ! grep -F minhchung.example "$dir/$id.metainfo.xml" &&
    [ "$(grep -cF "<image type=\"source\">$1/screenshots/" "$dir/$id.metainfo.xml")" = "${1:+5}" -o -z "$1" ] &&
    { appstreamcli validate --no-net --no-color "$dir/$id.metainfo.xml" >"$dir/said" || only_misses_home; }
}
# From AppStream 1.0 on that there is no home page is a warning, which is the point here.
only_misses_home() {
  cat "$dir/said"
  ! grep -E '^[EW]:' "$dir/said" | grep -qv url-homepage-missing && grep -q url-homepage-missing "$dir/said"
}
# Every word of it is one that the builder knows.
known_words() {
  flatpak-builder --show-manifest "$resources/../flatpak/$id.json" >"$dir/manifest" 2>"$dir/said" && [ ! -s "$dir/said" ] ||
    { cat "$dir/said"; return 1; }
}
# What is fetched is named by what is in it, and an archive says its version.
well_pinned() {
  jq -e '[.modules[].sources[] | select(.type != "dir" and .type != "shell")] | length > 0 and all(
    if .type == "archive" then (.url | test("^https://[^ ]+-[0-9]+([.][0-9]+)+[.]tar[.](gz|xz)$")) and (.sha256 | test("^[0-9a-f]{64}$"))
    elif .type == "git" then (.url | test("^https://[^ ]+[.]git$")) and (.commit | test("^[0-9a-f]{40}$"))
    else false end)' "$resources/../flatpak/$id.json"
}
# The bus finds the program by the name that the desktop asks for, and it is the one that the entry starts.
activatable() {
  grep -qx 'DBusActivatable=true' "$resources/$id.desktop" && grep -qx 'Name=@id@' "$resources/$id.service.in" &&
    grep -qx 'Exec=@program@ --gapplication-service' "$resources/$id.service.in"
}
ok appstreamcli "the metainfo is valid" appstreamcli validate --no-net --no-color "$resources/$id.metainfo.xml"
ok appstreamcli "the metainfo of a release is valid and names its site" valid_metainfo https://city.example/mc
ok appstreamcli "the metainfo of an office is valid and names none" valid_metainfo ''
ok flatpak-builder "the manifest says nothing that flatpak-builder does not know" known_words
ok jq "what the manifest fetches is pinned by its content" well_pinned
ok grep "the session's bus can start the program" activatable
ok xmllint "all XML is well-formed" \
  xmllint --noout "$resources"/*.xml "$resources"/icons/hicolor/*/apps/*.svg
ok grep "entry, MIME package and metainfo name the same types" same_types
ok rsvg-convert "the icon draws" draws "$resources/icons/hicolor/scalable/apps/$id.svg" 128
ok rsvg-convert "the symbolic icon draws" draws "$resources/icons/hicolor/symbolic/apps/$id-symbolic.svg" 16
ok grep "the symbolic icon can be recoloured" fills_only "$resources/icons/hicolor/symbolic/apps/$id-symbolic.svg"

mkdir -p "$dir/data/mime/packages"
cp "$resources/$id.xml" "$dir/data/mime/packages/"
ok update-mime-database "the MIME package is taken" no_words env XDG_DATA_HOME="$dir/data" update-mime-database "$dir/data/mime"
line='# Minh Chứng: tệp ghi danh cho 21609@2004-07-08 (dùng một lần)\nMC1-AbCd\n'
ok update-mime-database "an enrolment file is known by its name" known town.mcenrol x application/vnd.minhchung.enrolment
ok update-mime-database "an enrolment file is known by its content" known town "$line" application/vnd.minhchung.enrolment
ok update-mime-database "a bundle is known by its name" known town.mcbundle x application/vnd.minhchung.bundle
ok update-mime-database "a bundle is known by its content" known bundle 'MCBUN1\r\n\001\002' application/vnd.minhchung.bundle

# The program itself may not be installed here.
sed "s|^ExecStart=minhchung-hub |ExecStart=true |" "$resources/minhchung-hub.service" >"$dir/minhchung-hub.service"
# A sandbox may have the tool without the units that every other unit rests on.
analyze=systemd-analyze
[ -e /usr/lib/systemd/system/sysinit.target ] || [ -e /lib/systemd/system/sysinit.target ] || analyze=sysinit.target
ok "$analyze" "the hub's unit has no key that systemd does not know" \
  no_words systemd-analyze verify --man=no "$dir/minhchung-hub.service"

# The handbook's reader (ui/mc-help.c) knows a title, headings, paragraphs, lists of one line an item, bold, italic,
# code and links between pages: nothing else may stand in a page, or a person sees the marks.
well_marked() { # page
  awk -v page="${1##*/}" '
    function bad(why) { print page ":" NR ": " why; failed = 1 }
    NR == 1 && !/^# [^ ]/ { bad("the first line is the title") }
    NR > 1 && /^# / { bad("a second title") }
    /^#/ && !/^##? [^ #]/ { bad("only # and ## are headings") }
    /^[*+>|`~=]+( |$)/ || /^(---|___)/ || /^[0-9]+\)/ { bad("a mark that is not drawn") }
    /^[ \t]/ || /[ \t]$/ || /\t/ { bad("blanks at an end of the line") }
    /!\[/ || /<[a-zA-Z\/]/ || /__/ { bad("pictures and HTML are not drawn") }
    is_item && NF && !/^(- |[0-9]+\. |#)/ { bad("an item of a list is one line") }
    { is_item = /^(- |[0-9]+\. )/ }
    { text = text (NF && !is_item && !/^#/ ? " " : "\n") $0 }
    END {
      if (NR < 15 || NR > 50) bad(NR " lines; 15 to 50 are read")
      n = split(text, paragraphs, "\n")
      for (i = 1; i <= n; i++)
        {
          if (gsub(/\*\*/, "", paragraphs[i]) % 2 || gsub(/\*/, "", paragraphs[i]) % 2 || gsub(/`/, "", paragraphs[i]) % 2)
            bad("a pair of marks is not closed in:" substr(paragraphs[i], 1, 60))
        }
      exit failed
    }' "$1"
}

all_well_marked() {
  local status=0 page
  [ -e "$resources/help/index.md" ] || { echo "no handbook"; return 1; }
  for page in "$resources"/help/*.md; do well_marked "$page" || status=1; done
  return $status
}

# Every link leads to a page; every page is built into the program and one link away from the contents.
linked() {
  local status=0 page target
  for page in "$resources"/help/*.md; do
    for target in $(grep -oE '\]\([^)]*\)' "$page" | sed 's/^](//; s/)$//'); do
      [[ $target == *.md && -e $resources/help/$target ]] || { echo "${page##*/}: $target leads nowhere"; status=1; }
    done
    grep -qF "<file>help/${page##*/}</file>" "$resources/mc-ui.gresource.xml" || { echo "${page##*/} is not built in"; status=1; }
    [ "${page##*/}" = index.md ] || grep -qF "](${page##*/})" "$resources/help/index.md" ||
      { echo "index.md does not lead to ${page##*/}"; status=1; }
  done
  return $status
}

# What the handbook says of criterion 7.1, 7.7, 7.8 and 1.1.2 is what the pack scores by.
agrees() {
  local pack=$resources/packs/binh-dinh-2878-2021.json
  rule() { # code
    awk -v code="\"$1\"" 'index($0, "\"code\": " code) { on = 1 } on { print } on && /"text"/ { exit }' "$pack" | tr -d ' \n'
  }
  [[ $(rule 7.1) == *'{"from":"0","to":"90","points":"0"},{"from":"90","to":"95","points":"0.5"},{"from":"95","points":"1"}'* ]] &&
    grep -qF 'Từ 90% đến dưới 95%: **0,5 điểm**' "$resources/help/ty-le-van-ban.md" &&
    grep -qF 'Từ 95% trở lên: **1 điểm**' "$resources/help/ty-le-van-ban.md" || { echo "7.1"; return 1; }
  [[ $(rule 7.7) == *'{"from":"0","to":"35","points":"0"},{"from":"35","to":"70","points":"0.5"},{"from":"70","points":"1"}'* ]] &&
    grep -qF 'Từ 35% đến dưới 70%: 0,5 điểm' "$resources/help/chung-thuc.md" &&
    grep -qF 'Từ 70% trở lên: 1 điểm' "$resources/help/chung-thuc.md" || { echo "7.7"; return 1; }
  [[ $(rule 7.8) == *'"max":"0.5"'*'"kind":"ratio_to_target"'*'"target":"50"'* ]] &&
    grep -qF 'Tiêu chí 7.8 tối đa 0,5 điểm' "$resources/help/mot-cua.md" &&
    grep -qF 'Từ 50% trở lên' "$resources/help/mot-cua.md" || { echo "7.8"; return 1; }
  [[ $(rule 1.1.2) == *'"max":"0.5"'*'"kind":"ratio"'* ]] &&
    grep -qF 'Tiêu chí 1.1.2 tối đa 0,5 điểm' "$resources/help/ke-hoach.md" || { echo "1.1.2"; return 1; }
}

ok awk "the handbook has only marks that its reader draws" all_well_marked
ok grep "the handbook's links lead to pages, its contents to all, and all are built in" linked
ok awk "the handbook and the pack give the same points" agrees

echo "1..$n"
