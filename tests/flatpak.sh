#!/usr/bin/env bash
# The stick as an official uses it: a person other than root, an empty home, no network interface up: installed, tried,
# worked with in the real window, a later version from another path, an older one refused, uninstalled and back with
# everything still there; then a hub on loopback, one-click sync from inside the sandbox, updates fetched from the hub.
# usage: flatpak.sh [--portals | --shell] [STICK [BUILD [PICTURES]]]     ./MinhChung-stick (from ./dev flatpak), ./build (for the hub)
#        --portals: only what goes through the desktop's portals; --shell: only what GNOME's shell makes of it
#        flatpak.sh --possible                     ends with 1, and says why, where this cannot be tried at all
set -u
cd "$(dirname "$(readlink -f "$0")")/.."

id=vn.minhchung.MinhChung
if [ -z "${MINHCHUNG_INSIDE:-}" ]; then
  # What is missing is a mistake of the machine's, not a reason to pass: ./dev flatpak-test installs it.
  for program in flatpak bwrap ostree gpg dbus-daemon ip setpriv unshare Xvfb xdotool xclip import sqlite3; do
    command -v "$program" >/dev/null || { echo "$program is not installed on this machine." >&2; exit 2; }
  done
  # Root becomes nobody; anyone else stays who they are, with a network of their own.
  if [ "$(id -u)" = 0 ]; then person=$(id -u nobody) enter=(unshare --net --mount)
  else person=$(id -u) enter=(unshare --user --map-current-user --keep-caps --net)
  fi
  case ${1:-} in --portals|--shell) export MINHCHUNG_ONLY=${1#--}; shift ;; esac
  if ! "${enter[@]}" setpriv $([ "$(id -u)" != 0 ] || echo "--reuid=$person --regid=$person --clear-groups") \
       --inh-caps=-all --ambient-caps=-all bwrap --unshare-user --ro-bind / / true 2>/dev/null; then
    echo "SKIP: user namespaces are forbidden on this machine."
    echo "0 passed, 0 failed"
    [ "${1:-}" != --possible ]; exit
  fi
  [ "${1:-}" != --possible ] || exit 0
  stick=$(readlink -m "${1:-MinhChung-stick}") build=$(readlink -m "${2:-build}") pictures=${3:+$(readlink -m "$3")}
  [ -e "$stick/repo/summary.sig" ] || { echo "There is no stick in $stick; ./dev flatpak makes one." >&2; exit 1; }
  for program in sync/hub/minhchung-hub tests/drag-source; do
    [ -x "$build/$program" ] || { echo "There is no $program in $build; ninja -C $build makes one." >&2; exit 1; }
  done
  export MINHCHUNG_INSIDE=1 MINHCHUNG_PERSON=$person
  exec "${enter[@]}" "$(readlink -f "$0")" "$stick" "$build" "$pictures"
fi

stick=$1 build=$2 pictures=${3:-} person=$MINHCHUNG_PERSON
# Flatpak lets a sandbox have nothing of a home below /dev.
case ${TMPDIR:-} in /dev/*) export TMPDIR=/var/tmp ;; esac
dir=$(mktemp -d -t minhchung-flatpak-XXXXXX)
pids=()
made_runtime=
finish() {
  local pid started
  as flatpak kill "$id" >/dev/null 2>&1
  [ ! -d "$dir/gpg" ] || GNUPGHOME=$dir/gpg gpgconf --kill gpg-agent
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null; done
  # What a bus has started does not always end with it.
  for started in $(grep -lzs -e "^DBUS_STARTER_ADDRESS=unix:[a-z]*=$dir/" -e "^HOME=$dir/home$" /proc/[0-9]*/environ); do
    started=${started%/environ}
    kill -KILL "${started#/proc/}" 2>/dev/null
  done
  wait 2>/dev/null
  umount -l "$runtime_dir/doc" 2>/dev/null
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
# Desktops let every person use it: the document portal hands files out through it.
if [ -c /dev/fuse ] && [ "$(id -u)" = 0 ] && ! "${become[@]}" test -w /dev/fuse; then
  mknod -m 666 "$dir/fuse" c 10 229 && mount --bind "$dir/fuse" /dev/fuse
fi

# as COMMAND…: as the person, with nothing of this machine's environment.
as() {
  (cd "$home" && "${become[@]}" env -i HOME="$home" PATH=/usr/bin:/bin LANG=C.UTF-8 XDG_RUNTIME_DIR="$runtime_dir" \
    DBUS_SESSION_BUS_ADDRESS="${bus:-}" DBUS_SYSTEM_BUS_ADDRESS="${bus:-}" ${screen:+DISPLAY="$screen"} ${wayland:+"${wayland[@]}"} "$@")
}
ctl() { as flatpak run --command=minhchungctl "$id" "$@"; }
# Without a screen, where the installer talks to a terminal instead of waiting for an answer.
install_from() { local screen=; as sh "$1/install.sh"; }
install_file() { local screen=; as sh "$1"; }

screen= wayland=()
passed=0 failed=0
ok() { # description, command…
  local what=$1 start=$EPOCHREALTIME took; shift
  "$@" >"$dir/out" 2>"$dir/err"; local status=$?
  took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
  if [ "$status" = 0 ]; then
    passed=$((passed + 1)); echo "ok $((passed + failed)) - $what ($took ms)"
  else
    failed=$((failed + 1)); echo "not ok $((passed + failed)) - $what"
    tail -n 200 "$dir/out" "$dir/err" | sed 's/^/# /'
  fi
}
says() { grep -qF -- "$1" "$dir/said"; }
# prints TEXT COMMAND…: the command succeeds and says so.
prints() { local text=$1 status=0; shift; "$@" >"$dir/said" 2>&1 || status=1; cat "$dir/said"; [ "$status" = 0 ] && says "$text"; }
# refuses TEXT COMMAND…: the command fails and says so.
refuses() { local text=$1 status=0; shift; "$@" >"$dir/said" 2>&1 || status=1; cat "$dir/said"; [ "$status" = 1 ] && says "$text"; }

# start_bus NAME SERVICE…: a bus that can start these, what the person has installed, and nothing else; it plays both the
# session's and the system's part.
start_bus() {
  local name=$1 service; shift
  mkdir "$dir/$name.services" "$dir/$name.d"
  for service in "$@"; do ln -s "/usr/share/dbus-1/services/$service.service" "$dir/$name.services/"; done
  [ "$(id -u)" != 0 ] || chown "$person:$person" "$dir/$name.d"
  cat >"$dir/$name.conf" <<B
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=$dir/$name.d</listen><auth>EXTERNAL</auth><servicedir>$dir/$name.services</servicedir>
<servicedir>$home/.local/share/flatpak/exports/share/dbus-1/services</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
B
  as env XDG_CURRENT_DESKTOP=GNOME ${portals:+XDG_DESKTOP_PORTAL_DIR="$portals"} GTK_A11Y=atspi \
    dbus-daemon --config-file="$dir/$name.conf" --nofork --print-address=1 >"$dir/$name" 2>"$dir/$name.log" &
  pids+=($!)
  for _ in $(seq 100); do [ -s "$dir/$name" ] && break; sleep 0.05; done
  bus=$(head -n 1 "$dir/$name")
}
# end_bus NAME: with all that it has started; its portal of documents would keep the place of the next one's.
end_bus() {
  local started
  for started in $(grep -lzs -e "^DBUS_STARTER_ADDRESS=unix:[a-z]*=$dir/$1.d/" -e "^DBUS_SESSION_BUS_ADDRESS=unix:[a-z]*=$dir/$1.d/" /proc/[0-9]*/environ); do
    started=${started%/environ}
    kill -KILL "${started#/proc/}" 2>/dev/null
  done
  umount -l "$runtime_dir/doc" 2>/dev/null
}
# No portals, as on a bare machine.
portals=$dir/portals
start_bus bus org.a11y.Bus

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
ok "an unsigned stick is refused in words" refuses "summary.sig" install_from "$dir/bad"
cp "$dir/first stick/repo/summary.sig" "$dir/bad/repo/"
for file in summary summary.idx; do
  rm "$dir/bad/repo/$file"
  { cat "$dir/first stick/repo/$file"; echo; } >"$dir/bad/repo/$file"
done
flatpak/checksums.sh "$dir/bad"
ok "a changed list of contents is refused" refuses "Chưa cài được" install_from "$dir/bad"
cp --remove-destination "$dir/first stick/repo"/summary* "$dir/bad/repo/"
# As an old stick reads it: Flatpak takes it as it comes.
rot() {
  local file
  file=$(find "$dir/bad/repo/objects" -name '*.filez' -size +400k | LC_ALL=C sort | head -n 1)
  cp --remove-destination "$dir/first stick${file#"$dir/bad"}" "$file" && printf '\0\0\0\0' | dd of="$file" bs=1 seek=5000 conv=notrunc status=none &&
    cp "$dir/first stick/checksums" "$dir/bad/" && ! cmp -s "$dir/first stick${file#"$dir/bad"}" "$file"
}
ok "a stick rots in one place" rot
ok "and is refused in words" refuses "hỏng hoặc thiếu tệp (repo/objects/" install_from "$dir/bad"
: >"$dir/bad/checksums"
ok "as one whose list of checksums is empty" refuses "hỏng hoặc thiếu tệp (checksums)" install_from "$dir/bad"
rm -rf "$dir/bad"
ok "install.sh installs from a path with a blank" prints "Đã cài Minh Chứng $version" install_from "$dir/first stick"
ok "application and runtime are there" prints "$id" as flatpak list --user --columns=application,version,branch,size
ok "minhchungctl starts inside the sandbox" prints "enrol" ctl --help
ok "without an enrolment it says so" refuses "No device is enrolled in" ctl status
ok "installing again changes nothing" prints "đã có trên máy này" install_from "$dir/first stick"
# A terminal of its own, as the file manager opens one for “Run as a Program”: it would close with the installer.
terminal() { # PROGRAM [ARGUMENT…]
  local screen=
  as timeout 300 python3 -c 'if True:
    import os, pty, sys
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    said = b""
    while "Nhấn Enter".encode() not in said:
        said += os.read(terminal, 4096)
    assert os.waitpid(pid, os.WNOHANG) == (0, 0)
    print(said.decode())
    os.write(terminal, b"\n")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$@"
}
ok "in a terminal of its own it waits until its answer has been read" prints "đã có trên máy này" terminal sh "$dir/first stick/install.sh"
allowed() {
  as flatpak info --user --show-permissions "$id" >"$dir/said" && cat "$dir/said" &&
    grep -qxF 'filesystems=~/MinhChung:create;' "$dir/said" && ! grep -qE '^(devices=.*all|.*session-bus.*)' "$dir/said"
}
ok "one folder of the person is open to it, no more" allowed
exported() { # what the desktop sees of it
  local name
  for name in applications/$id.desktop dbus-1/services/$id.service icons/hicolor/scalable/apps/$id.svg icons/hicolor/symbolic/apps/$id-symbolic.svg \
              mime/packages/$id.xml; do
    [ -e "$home/.local/share/flatpak/exports/share/$name" ] || { echo "$name is not exported"; return 1; }
  done
  grep -q '^MimeType=.*vnd.minhchung.enrolment.*vnd.minhchung.bundle' "$home/.local/share/flatpak/exports/share/applications/$id.desktop"
}
ok "entry, icons and file types are there for the desktop" exported

# The window, on a screen in memory, worked with as a person does.
start_screen() { # NAME
  # In a network of its own a server does not notice which numbers others have, and would take their sockets away.
  local number=100
  while [ -e "/tmp/.X11-unix/X$number" ]; do number=$((number + 1)); done
  Xvfb ":$number" -screen 0 1366x768x24 -ac -nolisten tcp -noreset >"$dir/$1.log" 2>&1 &
  pids+=($!)
  for _ in $(seq 200); do [ -e "/tmp/.X11-unix/X$number" ] && break; sleep 0.05; done
  screen=:$number
}
start_screen screen
data=$home/.var/app/$id/data/minhchung
mkdir -p "$dir/build/app" "$dir/build/sync/hub" "$dir/build/tests" "$dir/pictures" "$dir/journeys"
cp "$build/sync/hub/minhchung-hub" "$dir/build/sync/hub/"
cp "$build/tests/drag-source" "$dir/build/tests/"
cp tests/journeys/*.py resources/units/an-lao.json "$dir/journeys/"
for program in minhchung minhchungctl; do
  printf '#!/bin/sh\nexec flatpak run --die-with-parent --command=%s %s "$@"\n' "$program" "$id" >"$dir/build/app/$program"
done
chmod -R a+rX "$dir/build" "$dir/journeys"
chmod a+x "$dir"/build/app/*
chmod 777 "$dir/pictures"
# The home as on the first day, whatever a journey has left; with a folder that is the same inside and outside.
first_day() {
  as flatpak kill "$id" >/dev/null 2>&1
  rm -rf "$home/.var/app/$id" "$home/MinhChung" "$home/Tài liệu" "$home/usb stick" "$home/.config/autostart" "$home/.local/share/recently-used.xbel"
  as mkdir -p "$home/.var/app/$id/data/tmp"
}
first_day
# journey NAME: in the sandbox; what it prints is TAP of its own.
journey() {
  local status=0 ended=
  echo "# journey $1"
  as env TMPDIR="$home/.var/app/$id/data/tmp" MINHCHUNG_DATA="$data" JOURNEY_SANDBOX=1 JOURNEY_PATIENCE="${JOURNEY_PATIENCE:-60}" TZ=Asia/Ho_Chi_Minh \
    JOURNEY_PICTURE="$dir/pictures/$1-failed.png" DESKTOP_ENTRY="${DESKTOP_ENTRY:-}" \
    MINHCHUNG_SETTINGS="$home/.var/app/$id/config/minhchung/settings.ini" \
    /usr/bin/python3 "$dir/journeys/$1.py" "$dir/build" "$dir/journeys/an-lao.json" "$dir/pictures" >"$dir/said" 2>"$dir/said.err" || status=1
  sed 's/^/#   /' "$dir/said"
  ended=$(grep -c '^not ok' "$dir/said")
  [ "$status" = 0 ] && [ "$ended" = 0 ] && grep -q '^1\.\.' "$dir/said" && return 0
  tail -n 200 "$dir/said.err" >&2
  return 1
}
# With portals: those of Debian, and for the login a back end that writes down what it is asked for.
# Says why not, if they cannot be had.
why_no_portals() {
  local program
  for program in xdg-desktop-portal xdg-desktop-portal-gtk xdg-document-portal; do
    [ -x "/usr/libexec/$program" ] || { echo "there is no $program"; return; }
  done
  "${become[@]}" test -w /dev/fuse || echo "/dev/fuse is missing, or not the person's to use"
}
with_portals() {
  local before=$bus screen_before=$screen status=0
  # A screen names one accessibility bus, which belongs to one session.
  start_screen portal-screen
  mkdir "$dir/portals"
  cp /usr/share/xdg-desktop-portal/portals/gtk.portal "$dir/portals/"
  printf '[portal]\nDBusName=org.freedesktop.impl.portal.desktop.journey\nInterfaces=org.freedesktop.impl.portal.Background;\nUseIn=gnome\n' \
    >"$dir/portals/journey.portal"
  chmod -R a+rX "$dir/portals"
  start_bus desktop org.a11y.Bus org.freedesktop.portal.Desktop org.freedesktop.portal.Documents org.freedesktop.portal.Flatpak \
    org.freedesktop.impl.portal.desktop.gtk org.freedesktop.impl.portal.PermissionStore
  ip link set lo up
  DESKTOP_ENTRY=$home/.local/share/flatpak/exports/share/applications/$id.desktop journey portal || status=1
  first_day
  end_bus desktop
  ip link set lo down
  bus=$before screen=$screen_before
  return "$status"
}
# GNOME's shell with its own portals: the nearest to an official's screen that a machine without one has.
why_no_shell() {
  command -v gnome-shell >/dev/null || { echo "there is no gnome-shell"; return; }
  [ -x /usr/libexec/xdg-desktop-portal-gnome ] || { echo "there is no xdg-desktop-portal-gnome"; return; }
  [ "$(id -u)" = 0 ] || echo "only root can hide the machine's logind from it"
}
bus_call() { as gdbus call --session --timeout "${patience:-5}" "$@"; }
end_shell() {
  local process
  for process in $(grep -lzs "^HOME=$home$" /proc/[0-9]*/environ); do
    process=${process%/environ}
    [ "$(cat "$process/comm" 2>/dev/null)" != gnome-shell ] || kill -KILL "${process#/proc/}"
  done
  sleep 1
}
# The shell of Debian 12 now and then stops for good while it starts: its JavaScript runs between fork and exec.
start_shell() {
  local attempt end
  for attempt in 1 2 3 4; do
    as env GSETTINGS_BACKEND=memory gnome-shell --headless --virtual-monitor 1366x768 --wayland --no-x11 \
      --wayland-display="minhchung-$attempt" --unsafe-mode >"$dir/shell.out" 2>&1 &
    wayland[0]=WAYLAND_DISPLAY=minhchung-$attempt
    end=$((SECONDS + 40))
    while [ "$SECONDS" -lt "$end" ]; do
      patience=3 bus_call -d org.gnome.Shell -o /org/gnome/Shell -m org.gnome.Shell.Eval 'Main.layoutManager._startingUp' 2>/dev/null |
        grep -q "true, 'false'" && return 0
      sleep 1
    done
    end_shell
  done
  cat "$dir/shell.out"
  return 1
}
with_shell() {
  local before=$bus screen_before=$screen portals= status=0
  screen=
  wayland=(WAYLAND_DISPLAY= XDG_SESSION_TYPE=wayland XDG_CURRENT_DESKTOP=GNOME
    XDG_DATA_DIRS="$home/.local/share/flatpak/exports/share:/usr/local/share:/usr/share")
  first_day
  # It would ask a logind for the session that there is not.
  [ ! -d /run/systemd ] || mount -t tmpfs none /run/systemd
  start_bus shell org.a11y.Bus org.freedesktop.portal.Desktop org.freedesktop.portal.Documents org.freedesktop.portal.Flatpak \
    org.freedesktop.impl.portal.desktop.gtk org.freedesktop.impl.portal.desktop.gnome org.freedesktop.impl.portal.PermissionStore
  ip link set lo up
  { start_shell && bus_call -d org.freedesktop.DBus -o /org/freedesktop/DBus -m org.freedesktop.DBus.UpdateActivationEnvironment \
      "{'WAYLAND_DISPLAY': '${wayland[0]#*=}'}" && journey shell; } || status=1
  [ "$status" = 0 ] || tail -n 30 "$dir/shell.out" >&2
  first_day
  end_shell
  ip link set lo down
  [ ! -d /run/systemd ] || umount /run/systemd
  bus=$before screen=$screen_before wayland=()
  return "$status"
}
why=$(why_no_portals)
if [ -n "$why" ]; then
  echo "# SKIP with the desktop's portals: $why"
elif [ "${MINHCHUNG_ONLY:-}" != shell ]; then
  ok "files, paper, notices and the login through the desktop's portals" with_portals
  cat "$dir/out"
fi
# Last of all: what the shell's session leaves behind keeps the buses of the others from reaching assistive technology.
in_shell() {
  why=${why:-$(why_no_shell)}
  if [ -n "$why" ]; then
    echo "# SKIP in GNOME's shell: $why"
    return
  fi
  ok "window, search, chooser and notices in GNOME's shell" with_shell
  cat "$dir/out"
}
[ "${MINHCHUNG_ONLY:-}" != shell ] || in_shell
if [ -n "${MINHCHUNG_ONLY:-}" ]; then
  [ -z "$pictures" ] || { mkdir -p "$pictures" && cp "$dir"/pictures/*.png "$pictures/"; }
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]; exit
fi
start_time() { # PICTURE [ARGUMENT…]: until something is drawn in the window
  local picture=$dir/pictures/$1.png _ colours; shift
  as flatpak run "$id" "$@" >"$dir/window.log" 2>&1 &
  for _ in $(seq 600); do
    if DISPLAY=$screen xdotool search --onlyvisible --name 'Minh Chứng' >/dev/null 2>&1; then
      DISPLAY=$screen import -window root "$picture" 2>/dev/null
      colours=$(identify -format %k "$picture" 2>/dev/null || echo 0)
      [ "$colours" -gt 40 ] && { as flatpak kill "$id"; wait $!; return 0; }
    fi
    sleep 0.05
  done
  cat "$dir/window.log"
  return 1
}
ok "the window opens and something is drawn in it" start_time start
ok "paper and the login where the desktop has no portals" journey bare
cat "$dir/out"
first_day
ok "first run, work, a backup and back, in the sandbox" journey backup
cat "$dir/out"
saved() { as sqlite3 -readonly "$data/store.db" "SELECT count(*) FROM change" && [ -s "$data/account.json" ]; }
ok "what was entered is in the person's folder" saved
before=$(as sqlite3 -readonly "$data/store.db" "SELECT count(*) FROM change")
same() { [ "$(as sqlite3 -readonly "$data/store.db" "SELECT count(*) FROM change")" = "$before" ]; }

# A later version, on another stick, by another signer.
export GNUPGHOME=$dir/gpg
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-gen-key 'Test' ed25519 sign never 2>/dev/null
key=$(gpg --batch --with-colons --list-secret-keys 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
# put VERSION REPO: the application as that version, signed into the repository.
put() {
  flatpak build-commit-from --gpg-sign="$key" --no-update-summary --force --timestamp=NOW --subject="Minh Chung $1" \
    --src-repo="$stick/repo" "$2" "app/$id/$(flatpak --default-arch)/stable" &&
    flatpak build-update-repo --gpg-sign="$key" --collection-id=vn.minhchung.Office --default-branch=stable "$2"
}
later() {
  local repo=$dir/second/repo
  cp -a --reflink=auto "$stick/." "$dir/second/" &&
  rm -rf "$repo" && ostree init --mode=archive-z2 --collection-id=vn.minhchung.Office --repo="$repo" &&
  flatpak build-commit-from --gpg-sign="$key" --no-update-summary --src-repo="$stick/repo" "$repo" \
    "runtime/vn.minhchung.Platform/$(flatpak --default-arch)/48" &&
  put 99.1 "$repo" && gpg --batch --export "$key" >"$dir/second/key.gpg" && echo 99.1 >"$dir/second/version" &&
  flatpak/checksums.sh "$dir/second" &&
  chmod -R a+rX "$dir/second"
}
ok "a later version is put on another stick" later
mv "$dir/first stick" "$dir/first stick away"
ok "it installs over the old one" prints "từ bản $version lên bản 99.1" install_from "$dir/second"
ok "the old stick is then refused, with a sentence" refuses "mới hơn" install_from "$dir/first stick away"
ok "and the later version stays" prints "Minh Chung 99.1" as flatpak info --user "$id"
ok "with everything that was entered" same
# What the first version of the formats left: the later program finds it when it is started.
older=$home/.var/app/$id/data/older
as mkdir -p "$older"
tar -xzf tests/data/version-1.tar.gz -C "$dir" device && cp -a "$dir/device/." "$older/"
[ "$(id -u)" != 0 ] || chown -R "$person:$person" "$older"
format_of() { as sqlite3 -readonly "$1" "PRAGMA user_version"; }
changes_of() { as sqlite3 -readonly -quote "$1" "SELECT * FROM change ORDER BY 1, 2, 3"; }
older_changes=$(changes_of "$older/store.db")
migrated() {
  echo "format $(format_of "$older/store.db"), beside it $(cd "$older" && ls store.db.format-*): format $(format_of "$older/store.db.format-1")"
  [ "$(format_of "$older/store.db")" = "$(format_of "$data/store.db")" ] && [ "$(format_of "$older/store.db.format-1")" = 1 ] &&
    [ -n "$older_changes" ] && [ "$(changes_of "$older/store.db.format-1")" = "$older_changes" ]
}
ok "data of the first version: format 1" test "$(format_of "$older/store.db")" = 1
ok "the later program opens its window on them" start_time older --data-dir "$older"
ok "they are of today's format, and the copy beside them is what they were" migrated
sed 's/^/#   /' "$dir/out"
ok "with every record, personal fields too" prints "Đinh Văn Thành" ctl --data-dir "$older" --type certified-copy list
ok "and what was not sent still waits" prints '"pending_records":1' ctl --data-dir "$older" --json status
ok "uninstalling works" as flatpak uninstall --user -y --noninteractive "$id"
ok "and leaves the data" same
ok "installed again" prints "Đã cài Minh Chứng" install_from "$dir/second"
ok "the data are read" prints "Soan ke hoach tuyen truyen" ctl --type plan-task list
newer_data() { # as an older program meets them
  as sqlite3 "$data/store.db" "PRAGMA user_version = 99" && refuses "this program knows up to" ctl status &&
    as sqlite3 "$data/store.db" "PRAGMA user_version = $(as sqlite3 -readonly "$data/store.db.was" "PRAGMA user_version")"
}
as sqlite3 "$data/store.db" ".backup '$data/store.db.was'"
ok "data of a newer program are refused in words, and are as they were" newer_data
ok "still no network interface is up" no_network

# With a hub on loopback.
hub=$build/sync/hub/minhchung-hub
ip link set lo up || { echo "Loopback cannot be brought up." >&2; exit 1; }
serve() {
  rm -f "$dir/port"
  "$hub" serve --data "$dir/hub" --listen 127.0.0.1 --port "${port:-0}" --port-file "$dir/port" \
    --flatpak "$dir/second" --flatpak-port 0 --flatpak-port-file "$dir/flatpak-port" 2>>"$dir/hub.log" &
  hub_pid=$!
  pids+=("$hub_pid")
  for _ in $(seq 200); do [ -s "$dir/port" ] && break; sleep 0.05; done
  port=$(cat "$dir/port")
}
town=$home/.var/app/$id/data/town
ctl_town() { ctl --data-dir "$town" "$@"; }
ok "a hub is made" "$hub" init --data "$dir/hub"
ok "it knows its units" "$hub" unit import resources/units/an-lao.json --data "$dir/hub"
serve
line=$("$hub" enrol --data "$dir/hub" --unit 21609@2004-07-08 --address "https://127.0.0.1:$port" --output "$dir/town.mcenrol")
ok "the sandbox enrols at a hub with a key of its own" ctl_town --by "Đinh Thị Hà, Văn thư" enrol "$line"
kill -TERM "$hub_pid"; wait "$hub_pid"
ok "with the hub stopped a plan is written" ctl_town --type plan set number=12 "summary=Kế hoạch cải cách hành chính"
ok "and sync says that the hub is away" refuses "unreachable" ctl_town sync
ok "one record waits" prints '"pending_records":1' ctl_town --json status
serve
ok "with the hub back, sync brings it" ctl_town --json sync
ok "nothing waits any more" prints '"pending_records":0' ctl_town --json status
ok "the hub proves what it has" "$hub" verify --data "$dir/hub"
ok "the main job in the window, with one-click sync, in the sandbox" journey main-job
cat "$dir/out"

# The same content from the hub: the next update comes without a stick.
url=http://127.0.0.1:$(cat "$dir/flatpak-port")/flatpak
echo "$url" >"$dir/second/address"
flatpak/checksums.sh "$dir/second"
ok "a stick that names the hub installs" prints "đã có trên máy này" install_from "$dir/second"
ok "and leaves its address behind" prints "$url/repo" as flatpak remotes --user --columns=name,url
next() { put 99.2 "$dir/second/repo" && chmod -R a+rX "$dir/second"; }
ok "a newer version is put in the hub's folder" next
ok "flatpak update fetches it from the hub" as flatpak update --user -y --noninteractive
ok "and it is there" prints "Minh Chung 99.2" as flatpak info --user "$id"
ok "with the data" prints "Soan ke hoach tuyen truyen" ctl --type plan-task list

run=$(dirname "$stick")/MinhChung-$version.run
if [ -e "$run" ]; then
  as flatpak uninstall --user -y --noninteractive --all >/dev/null 2>&1
  as flatpak remote-add --user --gpg-import="$dir/first stick away/key.gpg" elsewhere "file://$dir/first%20stick%20away/repo"
  ok "it is installed from elsewhere, as bundles are" as flatpak install --user -y --noninteractive elsewhere "$id"
  ok "the stick installs over that, too" prints "đã có trên máy này" install_from "$dir/first stick away"
  ok "and is where it comes from, from now on" prints minhchung as flatpak info --user --show-origin "$id"
  as flatpak uninstall --user -y --noninteractive --all >/dev/null 2>&1
  cp --reflink=auto "$run" "$dir/one file.run"
  chmod a+rx "$dir/one file.run"
  head -c 30000000 "$run" >"$dir/part.run"
  chmod a+r "$dir/part.run"
  ok "a copy of the one file that broke off is refused in words" refuses "Bộ cài không đủ tệp" install_file "$dir/part.run"
  in_little_room() { local screen=; as env TMPDIR="$dir/little" sh "$dir/one file.run"; }
  mkdir "$dir/little"
  if mount -t tmpfs -o size=1m,mode=1777 none "$dir/little" 2>/dev/null; then
    ok "where it has no room to unpack it says so" refuses "cần 900 MB trống" in_little_room
    ok "in a few lines" test "$(wc -l <"$dir/said")" -lt 5
    umount "$dir/little"
  fi
  head -c 3000 "$run" >"$dir/part.run"
  ok "so does one that broke off in the first moment" refuses "bị cắt cụt" install_file "$dir/part.run"
  ok "the one file installs itself" prints "Đã cài Minh Chứng $version" terminal "$dir/one file.run"
  ok "and starts" prints "enrol" ctl --help
fi
in_shell
[ -z "$pictures" ] || { mkdir -p "$pictures" && cp "$dir"/pictures/*.png "$pictures/"; }

echo "# $(du -sm "$stick" | cut -f1) MB the stick, $(du -sm "$home/.local/share/flatpak" | cut -f1) MB installed"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
