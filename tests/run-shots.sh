#!/usr/bin/env bash
# Pictures of every screen, in Vietnamese, light and dark, at 1366×768, at twice the pixels, and in a small window.
# usage: run-shots.sh BUILD [FOLDER [SET…]]: all sets, or only those of light, dark, small, light-2x, dark-2x that are named
set -eu
here=$(dirname "$(readlink -f "$0")")
build=$(readlink -f "$1")
out=${2:-$(mktemp -d -t minhchung-shots-XXXXXX)}
shift $(($# < 2 ? $# : 2))
sets=" ${*:-light dark small light-2x dark-2x} "
mkdir -p "$out"
out=$(readlink -f "$out")
units=$here/../resources/units/an-lao.json status=0
# As long as it takes beside other work: each step goes on as soon as what it waits for is there.
export JOURNEY_PATIENCE=${JOURNEY_PATIENCE:-180}

draw() { # folder, theme, size in points, scale
  local demo screen
  [[ $sets == *" $1 "* ]] || return 0
  demo=$(mktemp -d -t minhchung-demo-XXXXXX)
  screen=$((${3%x*} * $4))x$((${3#*x} * $4))
  echo "Drawing $1 …"
  mkdir -p "$out/$1"
  UI_SCREEN=${screen}x24 GDK_SCALE=$4 "$here/with-display.sh" "$here/run-demo.sh" "$build" "$demo/all" \
    /usr/bin/python3 "$here/journeys/shots.py" "$build" "$units" "$out/$1" "$2" "$3" >"$out/$1/log.txt" 2>&1 || status=1
  grep '^failed' "$out/$1/log.txt" || true
  rm -rf "$demo"
}

draw light light 1366x768 1
draw dark dark 1366x768 1
draw small light 1024x700 1
draw light-2x light 1366x768 2
draw dark-2x dark 1366x768 2
echo "$(find "$out" -name '*.png' | wc -l) pictures in $out"
exit $status
