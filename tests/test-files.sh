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
ok appstreamcli "the metainfo is valid" appstreamcli validate --no-net --no-color "$resources/$id.metainfo.xml"
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
ok systemd-analyze "the hub's unit has no key that systemd does not know" \
  no_words systemd-analyze verify --man=no "$dir/minhchung-hub.service"

echo "1..$n"
