#!/usr/bin/env bash
# Fills a folder with all that one stick needs: a signed repository with the application and its runtime, the
# installer, the guide, and what is inside with licences.
# usage: stick.sh CACHE FOLDER VERSION KEY GPG-HOME [ADDRESS]
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cache=$1 stick=$2 version=$3 key=$4 gpg_home=$5 address=${6:-}
id=vn.minhchung.MinhChung collection=vn.minhchung.Office
arch=$(flatpak --default-arch)
runtime=runtime/vn.minhchung.Platform/$arch/48
sign=(--gpg-sign="$key" ${gpg_home:+--gpg-homedir="$gpg_home"})
gpg=(gpg --batch ${gpg_home:+--homedir "$gpg_home"})

repo=$stick/repo
# A stick signed with another key starts anew: its old commits would not be believed.
"${gpg[@]}" --export "$key" >"$stick/key.gpg.new"
[ -s "$stick/key.gpg.new" ] || { echo "There is no key $key in ${gpg_home:-the keyring}." >&2; exit 1; }
cmp -s "$stick/key.gpg.new" "$stick/key.gpg" || rm -rf "$repo"
mv "$stick/key.gpg.new" "$stick/key.gpg"
[ -e "$repo/config" ] || ostree init --mode=archive-z2 --collection-id="$collection" --repo="$repo"

# add REPOSITORY REF: signs the newest commit of REF into the stick, unless it is there already.
add() {
  local source=$1 ref=$2
  flatpak build-commit-from "${sign[@]}" --no-update-summary --src-repo="$source" "$repo" "$ref" \
    >"$cache/stick.log" 2>&1 || { cat "$cache/stick.log" >&2; return 1; }
}
add "$cache/runtime/repo" "$runtime"
add "$cache/app" "app/$id/$arch/stable"
flatpak build-update-repo "${sign[@]}" --collection-id="$collection" --title="Minh Chứng" --default-branch=stable \
  --prune --prune-depth=0 "$repo" >/dev/null

for file in install.sh CaiDat.desktop; do cp "$here/stick/$file" "$stick/"; done
chmod +x "$stick/install.sh" "$stick/CaiDat.desktop"
echo "$version" >"$stick/version"
cp "$here/stick/SOURCES.txt" "$stick/"
guide_of=$(cat "$here/guide.sh" "$here"/guide/* "$here"/../resources/icons/hicolor/scalable/apps/*.svg | sha256sum)
if [ "$(cat "$cache/guide.of" 2>/dev/null)" != "$guide_of" ]; then
  "$here/guide.sh" "$cache/guide.pdf"
  echo "$guide_of" >"$cache/guide.of"
fi
cp "$cache/guide.pdf" "$stick/HUONG-DAN.pdf"

# Where the same content lies on the local network: for updates, and for a first installation by a double click.
rm -f "$stick/address" "$stick/MinhChung.flatpakref" "$stick/MinhChung.flatpakrepo"
if [ -n "$address" ]; then
  echo "$address" >"$stick/address"
  public=$(base64 -w0 "$stick/key.gpg")
  cat >"$stick/MinhChung.flatpakrepo" <<R
[Flatpak Repo]
Title=Minh Chứng
Url=$address/repo
DefaultBranch=stable
GPGKey=$public
R
  cat >"$stick/MinhChung.flatpakref" <<R
[Flatpak Ref]
Title=Minh Chứng
Name=$id
Branch=stable
IsRuntime=false
Url=$address/repo
SuggestRemoteName=minhchung
RuntimeRepo=$address/MinhChung.flatpakrepo
GPGKey=$public
R
fi

# What is inside, and under which licences.
ostree --repo="$repo" cat "$runtime" /files/share/packages.txt >"$stick/packages.txt"
echo "minhchung $version" >>"$stick/packages.txt"
commit=$(ostree --repo="$repo" rev-parse "$runtime")
if [ "$(cat "$cache/licences.of" 2>/dev/null)" != "$commit" ]; then
  rm -rf "$cache/licences"
  mkdir -p "$cache/licences"
  ostree --repo="$repo" checkout -U --subpath=/files/share/doc "$runtime" "$cache/licences/doc"
  ostree --repo="$repo" checkout -U --subpath=/files/share/common-licenses "$runtime" "$cache/licences/common-licenses"
  tar -C "$cache/licences" --sort=name --owner=0 --group=0 --mtime=@0 -czf "$cache/licences.tar.gz" doc common-licenses
  echo "$commit" >"$cache/licences.of"
fi
cp "$cache/licences.tar.gz" "$stick/licences.tar.gz"
cp "$here/../LICENSE" "$stick/LICENSE.txt"
rm -rf "$repo/.lock" "$repo/uncompressed-objects-cache"
"$here/checksums.sh" "$stick"
chmod -R a+rX "$stick"
