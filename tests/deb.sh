#!/usr/bin/env bash
# The Debian packages on a fresh Debian 12: dpkg -i in a root of its own with systemd running, a device enrols and
# syncs, a crash, a reinstallation, removal; what has been brought there stays.
# usage: deb.sh [FOLDER]      FOLDER (.) has the packages that ./dev deb makes
set -u
cd "$(dirname "$(readlink -f "$0")")/.."

skip() { echo "SKIP: $1"; echo "0 passed, 0 failed"; exit 0; }

folder=$(readlink -m "${1:-.}")
hub_deb=$(ls "$folder"/minhchung-hub_*.deb 2>/dev/null | sort -V | tail -n 1)
ctl_deb=$(ls "$folder"/minhchungctl_*.deb 2>/dev/null | sort -V | tail -n 1)
[ -n "$hub_deb" ] && [ -n "$ctl_deb" ] || skip "there are no packages in $folder; ./dev deb makes them."
[ "$(id -u)" = 0 ] || skip "a Debian root can only be made and started by root."
for program in mmdebstrap systemd-nspawn nsenter; do
  command -v "$program" >/dev/null || skip "$program is not installed on this machine."
done

dir=$(mktemp -d -t minhchung-deb-XXXXXX)
root=$dir/root
guest=
finish() {
  [ -z "$guest" ] || { kill -TERM "$guest"; wait "$guest"; } 2>/dev/null
  rm -rf --one-file-system "$dir"
}
trap finish EXIT

passed=0 failed=0
ok() { # description, command…
  local what=$1 start=$EPOCHREALTIME took status=0; shift
  "$@" >"$dir/out" 2>"$dir/err" || status=1
  took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
  if [ "$status" = 0 ]; then
    passed=$((passed + 1)); echo "ok $((passed + failed)) - $what ($took ms)"
  else
    failed=$((failed + 1)); echo "not ok $((passed + failed)) - $what"
    tail -n 20 "$dir/out" "$dir/err" | sed 's/^/# /'
  fi
}
# prints TEXT COMMAND…: the command succeeds and says so.
prints() { local text=$1; shift; "$@" >"$dir/said" 2>&1; local status=$?; cat "$dir/said"; [ "$status" = 0 ] && grep -qF -- "$text" "$dir/said"; }

depends=$(for deb in "$hub_deb" "$ctl_deb"; do dpkg-deb -f "$deb" Depends; dpkg-deb -f "$deb" Pre-Depends; done |
  tr ',' '\n' | sed -e 's/[(|].*//' -e 's/ //g' -e '/^$/d' | sort -u | paste -sd,)
flatpak/mirror.sh bookworm >"$dir/sources" && flatpak/mirror.sh --conf >"$dir/conf" || exit 1
ok "a Debian 12 with the packages' dependencies" mmdebstrap --quiet --mode=root --variant=minbase \
  --aptopt="$dir/conf" --include="systemd,systemd-sysv,dbus,$depends" bookworm "$root" "$dir/sources"
[ "$failed" = 0 ] || { echo "$passed passed, $failed failed"; exit 1; }
no_screen() { ! chroot "$root" dpkg-query -W -f '${Package}\n' | grep -E '^(libgtk|libadwaita|libx11|libwayland)'; }
ok "no toolkit and no screen is among them" no_screen
cp "$hub_deb" "$ctl_deb" "$root/opt/"

systemd-nspawn --quiet --register=no --keep-unit --private-network --boot --directory="$root" \
  </dev/null >"$dir/boot.log" 2>&1 &
guest=$!
leader=
for _ in $(seq 100); do
  leader=$(cat "/proc/$guest/task/$guest/children" 2>/dev/null | tr -d ' ')
  [ -n "$leader" ] && nsenter --target "$leader" --all test -S /run/dbus/system_bus_socket 2>/dev/null && break
  kill -0 "$guest" 2>/dev/null || break
  sleep 0.1
done
# in_guest COMMAND…: on the machine that has just been started.
in_guest() { nsenter --target "$leader" --all env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }
in_guest systemctl is-system-running --wait >"$dir/state" 2>&1
grep -qE '^(running|degraded)$' "$dir/state" || skip "systemd does not start in a container on this machine: $(tail -n 1 "$dir/boot.log")"

as_hub() { in_guest runuser -u minhchung-hub -- minhchung-hub "$@" --data /var/lib/minhchung-hub; }
ctl() { in_guest minhchungctl --data-dir /opt/commune --by "Đinh Thị Hà, Văn thư" "$@"; }
listens() { # [port]
  local _ port=${1:-8443}
  for _ in $(seq 100); do
    in_guest bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null && return 0
    sleep 0.1
  done
  in_guest journalctl --no-pager -u minhchung-hub | tail -n 20
  return 1
}
main_pid() { in_guest systemctl show -P MainPID minhchung-hub; }
owner() { [ "$(in_guest stat -c %U "/proc/$(main_pid)")" = minhchung-hub ]; }

ok "dpkg -i installs both" in_guest bash -c 'dpkg -i /opt/*.deb'
ok "the service runs at once" prints active in_guest systemctl is-active minhchung-hub
ok "and will at the next start of the machine" prints enabled in_guest systemctl is-enabled minhchung-hub
ok "it listens" listens
ok "and goes on doing so" listens
ok "as a user of its own" owner
ok "whose folder nobody else can read" prints "700 minhchung-hub" in_guest stat -c '%a %U' /var/lib/minhchung-hub
ok "it knows An Lão's units" prints "21609@2004-07-08" as_hub unit list
line=$(as_hub enrol --unit 21609@2004-07-08 --role commune --address https://127.0.0.1:8443)
ok "a device enrols" ctl enrol "$line"
ok "writes a plan" ctl --type plan set number=12 "summary=Kế hoạch cải cách hành chính"
ok "and brings it" ctl --json sync
ok "nothing waits" prints '"pending_records":0' ctl --json status
ok "the hub has the device" prints "21609" as_hub device list
ok "and proves its logs" as_hub verify
echo "# $(in_guest systemd-analyze --no-pager security minhchung-hub 2>/dev/null | tail -n 1 | tr -dc '[:print:]')"
crash() {
  local before; before=$(main_pid)
  [ "$before" -gt 1 ] || return 1
  in_guest kill -KILL "$before"
  for _ in $(seq 150); do
    [ "$(main_pid)" != 0 ] && [ "$(main_pid)" != "$before" ] && listens && return 0
    sleep 0.1
  done
  return 1
}
ok "killed, it comes back by itself" crash
other_port() {
  in_guest sed -i 's/^PORT=.*/PORT=9443/' /etc/minhchung-hub/hub.conf && in_guest systemctl restart minhchung-hub &&
    listens 9443 &&
    in_guest sed -i 's/^PORT=.*/PORT=8443/' /etc/minhchung-hub/hub.conf && in_guest systemctl restart minhchung-hub
}
ok "the port of /etc/minhchung-hub is obeyed" other_port
ok "installed over itself" in_guest bash -c 'dpkg -i /opt/minhchung-hub_*.deb'
ok "it listens again" listens
ok "sync finds the same hub" ctl --json sync
stopped() { ! in_guest systemctl is-active --quiet minhchung-hub; }
ok "dpkg -r removes it" in_guest dpkg -r minhchung-hub
ok "and stops it" stopped
ok "dpkg -P purges the settings" in_guest dpkg -P minhchung-hub
ok "but never what was brought there" in_guest test -s /var/lib/minhchung-hub/hub.db

[ "$failed" = 0 ] || in_guest journalctl --no-pager -u minhchung-hub | tail -n 40 | sed 's/^/# /'
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
