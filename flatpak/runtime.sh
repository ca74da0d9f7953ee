#!/usr/bin/env bash
# Makes the runtime and the SDK of the office build from Debian packages, as Flatpak runtimes in one repository.
# usage: runtime.sh FOLDER [--fresh]
# FOLDER/repo is the repository.  Nothing is done while its recipe (this file and the lists in runtime/) is unchanged,
# unless --fresh asks for the newest security updates.  Needs root for the time of unpacking the packages.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
folder=$1 fresh=${2:-}
suite=trixie branch=48 name=vn.minhchung arch=$(flatpak --default-arch)
keep_languages="en vi" locales="en_US vi_VN"

# words FILE: the lines of a list without its comments.
words() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1"; }

recipe=$(cat "$here/runtime.sh" "$here"/runtime/* | sha256sum | cut -d' ' -f1)
if [ -z "$fresh" ] && [ "$(cat "$folder/recipe" 2>/dev/null)" = "$recipe" ]; then
  age=$((($(date +%s) - $(stat -c %Y "$folder/recipe")) / 86400))
  echo "Runtime: the one of $age days ago is used (./dev flatpak --fresh takes the newest security updates)."
  exit 0
fi
if [ "$(id -u)" != 0 ]; then
  echo "The runtime has to be made once by root: sudo $0 '$folder'" >&2
  exit 1
fi
mkdir -p "$folder"
work=$(mktemp -d "$folder/work.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT

# unpack: makes $work/platform and $work/sdk, two unpacked Debian systems of which the second holds the first.
unpack() {
  local platform sdk
  platform=$(words "$here/runtime/platform.txt" | paste -sd,)
  sdk=$(words "$here/runtime/sdk.txt" | paste -sd' ')
  "$here/mirror.sh" "$suite" >"$work/sources.list"
  "$here/mirror.sh" --conf >"$work/apt.conf"
  cat >"$work/locales.sh" <<S
for l in $locales; do chroot "\$1" localedef -i "\$l" -f UTF-8 "\$l.UTF-8"; done
S
  cat >"$work/fork.sh" <<S
set -e
cp -ax "\$1" "$work/platform"
chroot "\$1" env DEBIAN_FRONTEND=noninteractive apt-get install -qqy $sdk
S
  mmdebstrap --quiet --mode=root --variant=minbase --format=directory \
    --aptopt="$work/apt.conf" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --customize-hook="sh '$work/locales.sh' \"\$1\"" --customize-hook="sh '$work/fork.sh' \"\$1\"" \
    --include="$platform" "$suite" "$work/sdk" "$work/sources.list" >"$work/log" 2>&1 ||
    { tail -n 40 "$work/log" >&2; return 1; }
}

# trim KIND ROOT: takes away what a sandbox does not use.
trim() {
  local kind=$1 usr=$2/usr line found lang
  words "$here/runtime/cut.txt" | while read -r line; do
    case $line in
      platform:*) [ "$kind" = platform ] || continue; line=${line#platform:} ;;
    esac
    for found in "$usr"/$line; do rm -rf "$found"; done
  done
  for found in "$usr"/share/locale/*/; do
    lang=$(basename "$found")
    case " $keep_languages " in *" ${lang%%[_@]*} "*) ;; *) rm -rf "$found" ;; esac
  done
}

# settings ROOT: moves those parts of /etc to usr/etc that flatpak does not provide from the host or by itself.
settings() {
  local root=$1 wanted
  mkdir -p "$root/usr/etc"
  for wanted in alternatives ca-certificates.conf dconf debian_version fonts gai.conf gnutls gss gtk-4.0 inputrc \
                ld.so.conf ld.so.conf.d locale.alias locale.conf mime.types nsswitch.conf os-release profile \
                protocols rpc services ssl terminfo X11 xattr.conf xdg; do
    [ ! -e "$root/etc/$wanted" ] || cp -a "$root/etc/$wanted" "$root/usr/etc/"
  done
}

# letters ROOT: the font cache lies in the runtime, whose files all carry the time 0: a cache that fontconfig keeps in
# the person's own folder would never notice fonts that come with a new runtime.  Fonts of the host come after.
letters() {
  local root=$1 conf=$1/etc/fonts/fonts.conf
  python3 - "$conf" <<'PY'
import re, sys
path = sys.argv[1]
text = open(path, encoding="utf-8").read()
ours = ("<cachedir>/usr/share/fontconfig/cache</cachedir>\n"
        "\t<cachedir>/run/host/fonts-cache</cachedir>\n"
        "\t<cachedir>/run/host/user-fonts-cache</cachedir>\n"
        "\t<dir>/app/share/fonts</dir>\n"
        '\t<include ignore_missing="yes">/run/host/font-dirs.xml</include>')
text, count = re.subn(r"<cachedir>/var/cache/fontconfig</cachedir>", ours, text)
if count != 1:
    sys.exit("fonts.conf has no cache folder to replace")
open(path, "w", encoding="utf-8").write(text)
PY
  find "$root/usr/share/fonts" -exec touch -h -d @0 {} +
  chroot "$root" fc-cache -s -f
  ls "$root"/usr/share/fontconfig/cache/* >/dev/null
}

# export KIND: puts $work/KIND into the repository as the runtime or the SDK.
export_kind() {
  local kind=$1 root=$work/$1 out=$work/$1.out full
  case $kind in platform) full=$name.Platform ;; *) full=$name.Sdk ;; esac
  chroot "$root" dpkg-query -W -f '${Package} ${Version} ${source:Package} ${source:Version}\n' \
    >"$root/usr/share/packages.txt"
  letters "$root"
  trim "$kind" "$root"
  settings "$root"
  ln -sfn ../sbin/ldconfig "$root/usr/bin/ldconfig"  # flatpak looks for it in /app/bin and /usr/bin only
  if [ "$kind" = sdk ]; then
    mkdir -p "$root/usr/etc/flatpak-builder"
    cp "$here/runtime/defaults.json" "$root/usr/etc/flatpak-builder/"
  fi
  mkdir -p "$out/files"
  mv "$root/usr" "$out/usr"
  find "$out/usr" -type f -perm /6000 -exec chmod ug-s {} +
  find "$out/usr" -type d -perm /7000 -exec chmod ug-s,-t {} +
  chmod -R u+rwX,go+rX "$out/usr"
  cat >"$out/metadata" <<M
[Runtime]
name=$full
runtime=$name.Platform/$arch/$branch
sdk=$name.Sdk/$arch/$branch

[Environment]
GI_TYPELIB_PATH=/app/lib/girepository-1.0
XDG_DATA_DIRS=/app/share:/usr/share:/run/host/user-share:/run/host/share
M
  flatpak build-export --no-update-summary --runtime --arch="$arch" --subject="$full $branch, from Debian $suite" \
    "$folder/repo.new" "$out" "$branch" >/dev/null
  echo "Runtime: $full $branch, $(du -sm "$out/usr" | cut -f1) MB"
}

start=$SECONDS
echo "Runtime: unpacking Debian $suite (once, some minutes) …"
unpack
rm -rf "$folder/repo.new"
ostree init --mode=archive-z2 --repo="$folder/repo.new"
export_kind platform
export_kind sdk
flatpak build-update-repo "$folder/repo.new" >/dev/null
rm -rf "$folder/repo"
mv "$folder/repo.new" "$folder/repo"
echo "$recipe" >"$folder/recipe"
echo "Runtime: made in $((SECONDS - start)) s, $(du -sm "$folder/repo" | cut -f1) MB in the cache"
