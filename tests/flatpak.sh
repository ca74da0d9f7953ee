#!/usr/bin/env bash
# The stick as an official uses it: a person other than root, an empty home, no network interface up; then a hub on
# loopback, a later version from another path, an older one refused, uninstalled and back with everything still there.
# usage: flatpak.sh [STICK [BUILD]]      ./MinhChung-stick (from ./dev flatpak) and ./build (for the hub)
set -u
cd "$(dirname "$(readlink -f "$0")")/.."

skip() { echo "SKIP: $1"; echo "0 passed, 0 failed"; exit 0; }

id=vn.minhchung.MinhChung
if [ -z "${MINHCHUNG_INSIDE:-}" ]; then
  stick=$(readlink -m "${1:-MinhChung-stick}") build=$(readlink -m "${2:-build}")
  [ -e "$stick/repo/summary.sig" ] || skip "there is no stick in $stick; ./dev flatpak makes one."
  for program in flatpak bwrap ostree gpg dbus-daemon ip setpriv unshare; do
    command -v "$program" >/dev/null || skip "$program is not installed on this machine."
  done
  # Root becomes nobody; anyone else stays who they are, with a network of their own.
  if [ "$(id -u)" = 0 ]; then person=$(id -u nobody) enter=(unshare --net)
  else person=$(id -u) enter=(unshare --user --map-current-user --keep-caps --net)
  fi
  "${enter[@]}" setpriv $([ "$(id -u)" != 0 ] || echo "--reuid=$person --regid=$person --clear-groups") \
    --inh-caps=-all --ambient-caps=-all bwrap --unshare-user --ro-bind / / true 2>/dev/null ||
    skip "user namespaces are forbidden on this machine."
  export MINHCHUNG_INSIDE=1 MINHCHUNG_PERSON=$person
  exec "${enter[@]}" "$(readlink -f "$0")" "$stick" "$build"
fi

stick=$1 build=$2 person=$MINHCHUNG_PERSON
dir=$(mktemp -d -t minhchung-flatpak-XXXXXX)
pids=()
made_runtime=
finish() {
  local pid
  as flatpak kill "$id" >/dev/null 2>&1
  [ ! -d "$dir/gpg" ] || GNUPGHOME=$dir/gpg gpgconf --kill gpg-agent
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null; done
  wait 2>/dev/null
  [ -z "$made_runtime" ] || rm -rf "$made_runtime"
  rm -rf "$dir"
}
trap finish EXIT

home=$dir/home
mkdir -p "$home" "$dir/first stick" "$dir/second"
if [ "$(id -u)" = 0 ]; then
  become=(setpriv --reuid="$person" --regid="$person" --clear-groups --inh-caps=-all --ambient-caps=-all)
else
  become=(setpriv --inh-caps=-all --ambient-caps=-all)
fi
# Portals look for files below this very path.
runtime_dir=/run/user/$person
if [ ! -d "$runtime_dir" ] && mkdir -p -m 700 "$runtime_dir" 2>/dev/null; then
  made_runtime=$runtime_dir
elif [ ! -w "$runtime_dir" ]; then
  runtime_dir=$dir/run; mkdir -m 700 "$runtime_dir"
fi
[ "$(id -u)" != 0 ] || chown -R "$person:$person" "$home" "$runtime_dir"
chmod 755 "$dir"

# as COMMAND…: as the person, with nothing of this machine's environment.
as() {
  (cd "$home" && "${become[@]}" env -i HOME="$home" PATH=/usr/bin:/bin LANG=C.UTF-8 XDG_RUNTIME_DIR="$runtime_dir" \
    DBUS_SESSION_BUS_ADDRESS="${bus:-}" DBUS_SYSTEM_BUS_ADDRESS="${bus:-}" ${screen:+DISPLAY="$screen"} "$@")
}
ctl() { as flatpak run --command=minhchungctl "$id" "$@"; }

screen=
passed=0 failed=0
ok() { # description, command…
  local what=$1 start=$EPOCHREALTIME took; shift
  "$@" >"$dir/out" 2>"$dir/err"; local status=$?
  took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
  if [ "$status" = 0 ]; then
    passed=$((passed + 1)); echo "ok $((passed + failed)) - $what ($took ms)"
  else
    failed=$((failed + 1)); echo "not ok $((passed + failed)) - $what"
    tail -n 20 "$dir/out" "$dir/err" | sed 's/^/# /'
  fi
}
says() { grep -qF -- "$1" "$dir/said"; }
# prints TEXT COMMAND…: the command succeeds and says so.
prints() { local text=$1 status=0; shift; "$@" >"$dir/said" 2>&1 || status=1; cat "$dir/said"; [ "$status" = 0 ] && says "$text"; }
# refuses TEXT COMMAND…: the command fails and says so.
refuses() { local text=$1 status=0; shift; "$@" >"$dir/said" 2>&1 || status=1; cat "$dir/said"; [ "$status" = 1 ] && says "$text"; }

# One bus plays both parts: no portals, no services, as on a bare machine.
as dbus-daemon --session --nofork --print-address=1 >"$dir/bus" 2>"$dir/bus.log" &
pids+=($!)
for _ in $(seq 100); do [ -s "$dir/bus" ] && break; sleep 0.05; done
bus=$(head -n 1 "$dir/bus")

cp -a --reflink=auto "$stick/." "$dir/first stick/"
chmod -R a+rX "$dir/first stick"
version=$(cat "$stick/version")

no_network() { ! ip -o link show up | grep -q .; }
ok "no network interface is up" no_network
ok "the person is not root" test "$person" != 0
ok "the home is empty" test -z "$(ls -A "$home")"

mkdir "$dir/bad"
cp -al "$dir/first stick/." "$dir/bad/"
rm "$dir/bad/repo/summary.sig"
ok "an unsigned stick is refused in words" refuses "summary.sig" as sh "$dir/bad/install.sh"
cp "$dir/first stick/repo/summary.sig" "$dir/bad/repo/"
for file in summary summary.idx; do
  rm "$dir/bad/repo/$file"
  { cat "$dir/first stick/repo/$file"; echo; } >"$dir/bad/repo/$file"
done
ok "a changed list of contents is refused" refuses "Chưa cài được" as sh "$dir/bad/install.sh"
rm -rf "$dir/bad"
ok "install.sh installs from a path with a blank" prints "Đã cài Minh Chứng $version" as sh "$dir/first stick/install.sh"
ok "application and runtime are there" prints "$id" as flatpak list --user --columns=application,version,branch,size
ok "minhchungctl starts inside the sandbox" prints "enrol" ctl --help
ok "without an enrolment it says so" refuses "account" ctl status
ok "installing again changes nothing" prints "đã có trên máy này" as sh "$dir/first stick/install.sh"
allowed() {
  as flatpak info --user --show-permissions "$id" >"$dir/said" && cat "$dir/said" && ! grep -q '^filesystems=' "$dir/said"
}
ok "no folder of the person is open to it" allowed

hub=$build/sync/hub/minhchung-hub
if [ -x "$hub" ] && ip link set lo up 2>/dev/null; then
  serve() {
    rm -f "$dir/port"
    "$hub" serve --data "$dir/hub" --listen 127.0.0.1 --port "${port:-0}" --port-file "$dir/port" 2>>"$dir/hub.log" &
    hub_pid=$!
    pids+=("$hub_pid")
    for _ in $(seq 200); do [ -s "$dir/port" ] && break; sleep 0.05; done
    port=$(cat "$dir/port")
  }
  ok "a hub is made" "$hub" init --data "$dir/hub"
  ok "it knows its units" "$hub" unit import resources/units/an-lao.json --data "$dir/hub"
  serve
  line=$("$hub" enrol --data "$dir/hub" --unit 21609@2004-07-08 --address "https://127.0.0.1:$port")
  ok "the sandbox enrols" ctl --by "Đinh Thị Hà, Văn thư" enrol "$line"
  kill -TERM "$hub_pid"; wait "$hub_pid"
  ok "with the hub stopped a plan is written" ctl --type plan set number=12 "summary=Kế hoạch cải cách hành chính"
  ok "and sync says that the hub is away" refuses "unreachable" ctl sync
  ok "one record waits" prints '"pending_records":1' ctl --json status
  serve
  enrolled=yes
else
  echo "# no hub in $build or no right to loopback: the part with a hub is left out"
  enrolled=
fi

# The window, on a screen in memory.
if [ "$(as flatpak info --user --show-metadata "$id" | sed -n 's/^command=//p')" != minhchung ]; then
  echo "# the stick was built without the window: no picture"
elif ! command -v Xvfb >/dev/null || ! command -v xdotool >/dev/null; then
  echo "# Xvfb or xdotool is not installed: no picture"
else
  Xvfb -displayfd 3 -screen 0 1366x768x24 -ac -nolisten tcp 3>"$dir/screen" >"$dir/xvfb.log" 2>&1 &
  pids+=($!)
  for _ in $(seq 200); do [ -s "$dir/screen" ] && break; sleep 0.05; done
  screen=:$(cat "$dir/screen")
  as flatpak run "$id" >"$dir/window.log" 2>&1 &
  window() { # the window is there and something is drawn in it
    local _ colours
    for _ in $(seq 300); do
      if DISPLAY=$screen xdotool search --onlyvisible --name '.' >/dev/null 2>&1; then
        DISPLAY=$screen import -window root "$dir/window.png" 2>/dev/null
        colours=$(identify -format %k "$dir/window.png" 2>/dev/null || echo 0)
        [ "$colours" -gt 40 ] && { echo "$colours colours"; return 0; }
      fi
      sleep 0.1
    done
    cat "$dir/window.log"
    return 1
  }
  ok "the window opens" window
  [ -z "${MINHCHUNG_PICTURE:-}" ] || cp "$dir/window.png" "$MINHCHUNG_PICTURE"
  ok "and closes when it is asked to" as flatpak kill "$id"
  sed 's/^/# /' "$dir/window.log" | head -n 10
  screen=
fi

# A later version, on another stick, by another signer.
export GNUPGHOME=$dir/gpg
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-gen-key 'Test' ed25519 sign never 2>/dev/null
key=$(gpg --batch --with-colons --list-secret-keys 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
later() {
  local repo=$dir/second/repo ref=app/$id/$(flatpak --default-arch)/stable
  cp -a --reflink=auto "$stick/." "$dir/second/" &&
  rm -rf "$repo" && ostree init --mode=archive-z2 --collection-id=vn.minhchung.Office --repo="$repo" &&
  flatpak build-commit-from --gpg-sign="$key" --no-update-summary --src-repo="$stick/repo" "$repo" \
    "runtime/vn.minhchung.Platform/$(flatpak --default-arch)/48" &&
  flatpak build-commit-from --gpg-sign="$key" --no-update-summary --force --timestamp=NOW \
    --subject="Minh Chung 99.1" --src-repo="$stick/repo" "$repo" "$ref" &&
  flatpak build-update-repo --gpg-sign="$key" --collection-id=vn.minhchung.Office --default-branch=stable "$repo" &&
  gpg --batch --export "$key" >"$dir/second/key.gpg" && echo 99.1 >"$dir/second/version" && chmod -R a+rX "$dir/second"
}
ok "a later version is put on another stick" later
mv "$dir/first stick" "$dir/first stick away"
ok "it installs over the old one" prints "từ bản $version lên bản 99.1" as sh "$dir/second/install.sh"
ok "the old stick is then refused, with a sentence" refuses "mới hơn" as sh "$dir/first stick away/install.sh"
ok "and the later version stays" prints "Minh Chung 99.1" as flatpak info --user "$id"
if [ -n "$enrolled" ]; then
  ok "what waited still waits" prints '"pending_records":1' ctl --json status
  ok "uninstalling works" as flatpak uninstall --user -y --noninteractive "$id"
  ok "and leaves the data" test -s "$home/.var/app/$id/data/minhchung/store.db"
  ok "installed again" prints "Đã cài Minh Chứng" as sh "$dir/second/install.sh"
  ok "the plan is there" prints "Kế hoạch cải cách hành chính" ctl --type plan list
  ok "one click brings it to the hub" ctl --json sync
  ok "nothing waits any more" prints '"pending_records":0' ctl --json status
  ok "the hub proves what it has" "$hub" verify --data "$dir/hub"
fi

# The same content on a web server of the local network: the next update comes without a stick.
if [ -n "$enrolled" ] && command -v python3 >/dev/null; then
  mkdir "$dir/web"
  (cd "$dir/second" && exec python3 -u -m http.server --bind 127.0.0.1 0) >"$dir/web/log" 2>&1 &
  pids+=($!)
  for _ in $(seq 100); do grep -q 'port ' "$dir/web/log" && break; sleep 0.05; done
  url=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$dir/web/log" | head -n 1)
  echo "$url" >"$dir/second/address"
  ok "a stick that names a web server installs" prints "đã có trên máy này" as sh "$dir/second/install.sh"
  ok "and leaves its address behind" prints "$url/repo" as flatpak remotes --user --columns=name,url
  next() {
    flatpak build-commit-from --gpg-sign="$key" --no-update-summary --force --timestamp=NOW \
      --subject="Minh Chung 99.2" --src-repo="$stick/repo" "$dir/second/repo" "app/$id/$(flatpak --default-arch)/stable" &&
    flatpak build-update-repo --gpg-sign="$key" --collection-id=vn.minhchung.Office --default-branch=stable "$dir/second/repo"
  }
  ok "a newer version is put on the web server" next
  ok "flatpak update brings it" as flatpak update --user -y --noninteractive
  ok "and it is there" prints "Minh Chung 99.2" as flatpak info --user "$id"
  ok "with the data" prints "Kế hoạch cải cách hành chính" ctl --type plan list
fi

run=$(dirname "$stick")/MinhChung-$version.run
if [ -e "$run" ]; then
  as flatpak uninstall --user -y --noninteractive --all >/dev/null 2>&1
  cp --reflink=auto "$run" "$dir/one file.run"
  chmod a+rx "$dir/one file.run"
  ok "the one file installs itself" prints "Đã cài Minh Chứng $version" as sh "$dir/one file.run"
  ok "and starts" prints "enrol" ctl --help
fi

echo "# $(du -sm "$stick" | cut -f1) MB the stick, $(du -sm "$home/.local/share/flatpak" | cut -f1) MB installed"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
