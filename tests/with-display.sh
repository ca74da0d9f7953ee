#!/usr/bin/env bash
# with-display.sh COMMAND…: runs it with a private X server, session bus, home and accessibility, software drawing.
# UI_SCREEN=1366x768x24 is the screen; GDK_SCALE=2 with a larger one gives pictures at 2×.
set -u
# GNOME's SDK, in which the Flatpak is built as well, has no X server; ./dev installs one.
command -v Xvfb >/dev/null || { echo "1..0 # SKIP there is no Xvfb"; exit 0; }
dir=$(mktemp -d -t minhchung-ui-XXXXXX)
mkdir -p "$dir"/home "$dir"/config "$dir"/data "$dir"/cache "$dir"/services
mkdir -m 700 "$dir/run"
Xvfb -displayfd 9 -screen 0 "${UI_SCREEN:-1366x768x24}" -nolisten tcp -noreset 9>"$dir/display" >"$dir/xvfb.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$dir"' EXIT
for _ in $(seq 200); do [ -s "$dir/display" ] && break; sleep 0.05; done
DISPLAY=:$(tr -d '\n' <"$dir/display")
export DISPLAY XDG_RUNTIME_DIR=$dir/run HOME=$dir/home XDG_CONFIG_HOME=$dir/config XDG_DATA_HOME=$dir/data XDG_CACHE_HOME=$dir/cache
export GDK_BACKEND=x11 GSK_RENDERER=cairo GDK_DEBUG=gl-disable GSETTINGS_BACKEND=memory ADW_DISABLE_PORTAL=1 GTK_USE_PORTAL=0
export LC_ALL=C.UTF-8
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS LANGUAGE
# A bus that can start nothing but accessibility: no portal, no keyring prompt, whatever is installed.
if [ -e /usr/share/dbus-1/services/org.a11y.Bus.service ]; then
  ln -s /usr/share/dbus-1/services/org.a11y.Bus.service "$dir/services/"
else
  # As where the Flatpak is built: GTK would warn that nobody can listen.
  export GTK_A11Y=none
fi
# A test that installs a service of its own writes it here.
export BUS_SERVICES=$dir/services
cat >"$dir/bus.conf" <<EOF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=$dir/run</listen><auth>EXTERNAL</auth><servicedir>$dir/services</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
EOF
# What the bus and what it starts have to say is of use only where something failed.
status=0
dbus-run-session --config-file="$dir/bus.conf" -- sh -c 'exec "$@" >&3 2>&4 3>&- 4>&-' sh "$@" 3>&1 4>&2 >"$dir/bus.log" 2>&1 || status=$?
[ "$status" = 0 ] || cat "$dir/bus.log" >&2
exit $status
