#!/usr/bin/env bash
# Builds the Debian packages minhchung-hub and minhchungctl on this machine's release; the tests run on the way.
# usage: build-deb.sh [FOLDER]      FOLDER (.) gets the packages
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
top=$(dirname "$here")
out=$(readlink -m "${1:-.}")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/minhchung/deb
version=$(sed -n "s/^ *version: '\(.*\)',$/\1/p" "$top/meson.build" | head -n 1)
start=$SECONDS
mkdir -p "$cache" "$out"
exec 9>"$cache/lock"
flock -n 9 || { echo "Another build of yours is under way: waiting for its end."; flock 9; }

source=$cache/minhchung-$version
rm -rf "$source"
"$here/copy-source.sh" "$source"
cp -r "$here/deb" "$source/debian"
cp "$top/resources/minhchung-hub.service" "$source/debian/"
chmod +x "$source/debian/rules" "$source/debian/prepare"
date=$(git -C "$top" log -1 --format=%cD 2>/dev/null || date -R)
cat >"$source/debian/changelog" <<C
minhchung ($version-1) unstable; urgency=medium

  * Version $version.

 -- Minh Chung <minhchung@localhost>  $date
C
rm -f "$cache"/*.deb
(cd "$source" && CC="$(command -v ccache >/dev/null && echo 'ccache ')gcc" DEB_BUILD_OPTIONS=parallel=2 \
  dpkg-buildpackage --build=binary --unsigned-changes --no-sign --no-check-builddeps) >"$cache/build.log" 2>&1 ||
  { tail -n 40 "$cache/build.log" >&2; echo "The whole log is in $cache/build.log." >&2; exit 1; }
for package in "$cache"/minhchung-hub_*.deb "$cache"/minhchungctl_*.deb; do
  cp "$package" "$out/"
  du -h --apparent-size "$out/$(basename "$package")"
done
echo "built and tested in $((SECONDS - start)) s"
