#!/usr/bin/env bash
# A hub and its devices, by the real programs, for tests in shell.  $ctl and $hub are set by whoever takes this in.
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/tap.sh"

fails_with() { # text, command…
  local text=$1; shift
  ! "$@" >"$dir/out" 2>"$dir/err" && says "$text"
}

start() {
  rm -f "$dir/port"
  "$hub" serve --data "$dir/hub" --listen 127.0.0.1 --port "${port:-0}" --port-file "$dir/port" 2>>"$dir/hub.log" &
  pid=$!
  for _ in {1..200}; do [ -s "$dir/port" ] && break; sleep 0.05; done
  port=$(<"$dir/port")
}
stop() {
  kill -TERM "$pid"; wait "$pid"; pid=
}
enrol() { # name, unit, role
  "$hub" enrol --data "$dir/hub" --unit "$2" --role "$3" --address "https://127.0.0.1:$port" --output "$dir/line" >/dev/null &&
    "$ctl" --data-dir "$dir/$1" enrol "$dir/line" >/dev/null
}
save() { # device, number
  "$ctl" --data-dir "$dir/$1" --type certified-copy set "number=$2" "document=Bằng $2" >/dev/null
}
sync() { # devices…
  local name
  for name in "$@"; do "$ctl" --data-dir "$dir/$name" sync || return 1; done
}
