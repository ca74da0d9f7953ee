#!/usr/bin/env bash
# What ./dev run does: a demonstration hub with ten communes' changes, and the window enrolled as one of them.
# Without a display the same happens on a virtual one, and hands do the main job there.
# usage: run-window.sh BUILD [FOLDER]
set -eu
here=$(dirname "$(readlink -f "$0")")
build=$(readlink -f "$1")
dir=${2:-$(mktemp -d -t minhchung-demo-XXXXXX)}
mkdir -p "$dir"
dir=$(readlink -f "$dir")

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  echo "Making a demonstration in $dir; then the window opens as Xã An Hưng. The hub runs as long as the window is open."
  exec "$here/run-demo.sh" "$build" "$dir" "$build/app/minhchung" --data-dir "$dir/21610"
fi

echo "There is no display: the demonstration goes to $dir, the window to a virtual screen, where hands do the main job."
mkdir -p "$dir/pictures"
export UI_SCREEN=1366x768x24 JOURNEY_PATIENCE=${JOURNEY_PATIENCE:-60}
units=$here/../resources/units/an-lao.json status=0
"$here/with-display.sh" "$here/run-demo.sh" "$build" "$dir" \
  /usr/bin/python3 "$here/journeys/demonstration.py" "$build" "$units" "$dir/pictures" || status=1
"$here/with-display.sh" /usr/bin/python3 "$here/journeys/main-job.py" "$build" "$units" "$dir/pictures" >"$dir/main-job.tap" || status=1
cat "$dir/main-job.tap"
echo "Pictures of the window: $dir/pictures"
echo "What was done and checked: $dir/main-job.tap"
echo "The district's score from the ten communes: $dir/score.txt and $dir/score.json"
tail -n 1 "$dir/score.txt"
exit $status
