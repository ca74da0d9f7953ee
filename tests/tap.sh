#!/usr/bin/env bash
# What a test in shell speaks TAP with: a folder of its own, a hub that ends with it, a point for each command.
dir=$(mktemp -d)
pid=
finish() {
  [ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null
  rm -rf "$dir"
}
trap finish EXIT

# Whether a text stands in what the last command of ok printed.  No program is started to look: there are hundreds of these.
says() { # text
  local file said
  for file in "$dir/out" "$dir/err"; do
    IFS= read -r -d '' said <"$file"
    [[ $said != *"$1"* ]] || return 0
  done
  return 1
}

n=0
ok() { # description, command…
  local what=$1; shift
  n=$((n + 1))
  if "$@" >"$dir/out" 2>"$dir/err"; then
    echo "ok $n - $what"
  else
    echo "not ok $n - $what"
    sed 's/^/# /' "$dir/out" "$dir/err"
  fi
}
