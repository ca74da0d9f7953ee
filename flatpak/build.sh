#!/usr/bin/env bash
# Builds the Flatpak with a runtime made of Debian packages and writes everything that an office needs to install it.
# usage: build.sh [--fresh] [--all-tests] [--no-bundles] [--gpg-home FOLDER --key ID] [--address URL] [FOLDER]
# FOLDER (./MinhChung-stick) becomes the stick; MinhChung-VERSION.run and the bundles are written beside it.
# Without bundles a first build is minutes shorter.  URL is where the district's machines will find the stick's content on the local network, for updates.
# Without --key a key for development is made on first use.  All that can be used again lies in
# ${XDG_CACHE_HOME:-~/.cache}/minhchung, nothing of it in the tree.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
top=$(dirname "$here")
id=vn.minhchung.MinhChung platform=vn.minhchung.Platform sdk=vn.minhchung.Sdk branch=48
cache=${XDG_CACHE_HOME:-$HOME/.cache}/minhchung
fresh='' all_tests='' bundles=yes gpg_home='' key='' address='' stick=''

while [ $# -gt 0 ]; do
  case $1 in
    --fresh) fresh=--fresh ;;
    --all-tests) all_tests=yes ;;
    --no-bundles) bundles='' ;;
    --gpg-home) gpg_home=$(readlink -f "$2"); shift ;;
    --key) key=$2 all_tests=yes; shift ;;
    --address) address=${2%/}; shift ;;
    -*) echo "usage: ./dev flatpak [--fresh] [--all-tests] [--no-bundles] [--gpg-home FOLDER --key ID] [--address URL] [FOLDER]" >&2; exit 2 ;;
    *) stick=$1 ;;
  esac
  shift
done
stick=$(readlink -m "${stick:-MinhChung-stick}")
version=$(sed -n "s/^ *version: '\(.*\)',$/\1/p" "$top/meson.build" | head -n 1)
beside=$(dirname "$stick")
mkdir -p "$cache" "$stick"
exec 9>"$cache/lock"
flock -n 9 || { echo "Another build of yours is under way: waiting for its end."; flock 9; }

# Nothing is installed for this person: the runtime that builds has an installation of its own.
export FLATPAK_USER_DIR=$cache/installation
start=$SECONDS
# said WHAT: one line with the seconds since the last one.
said() { printf '%-34s %4d s\n' "$1" $((SECONDS - start)); start=$SECONDS; }

"$here/runtime.sh" "$cache/runtime" $fresh || {
  echo "The runtime was not made: see above. Its packages come from Debian trixie; ${DEBIAN_MIRROR:-the mirror that apt names} must have them." >&2
  exit 1
}
said "runtime"

flatpak --user remote-add --if-not-exists --no-gpg-verify runtime "$cache/runtime/repo"
flatpak --user remote-modify --url="file://$cache/runtime/repo" runtime
for name in "$sdk" "$platform"; do
  flatpak --user install -y --noninteractive --or-update --no-related runtime "$name//$branch" >"$cache/install.log" 2>&1 ||
    { cat "$cache/install.log" >&2; exit 1; }
done
said "runtime installed for the build"

"$here/copy-source.sh" "$cache/source.new"
# Where the window is not built, its place as the program that starts is taken by the one without a screen.
command=minhchung
grep -qs "executable('minhchung'," "$top"/app/meson.build "$top"/meson.build || command=minhchungctl
# The Debian runtime takes the place of GNOME's, and brings what the other modules would build.  What meson makes lies in a
# folder that is kept, at the path where the manifest has it, so that a change of code alone is all that is built.  The hub, which
# the tests take from there, goes before its symbols are packed and not after; symbols are compressed once, by the repository.
kept=$cache/kept
jq --arg runtime "$platform" --arg sdk "$sdk" --arg branch "$branch" --arg command "$command" --arg kept "$kept" \
  '.runtime = $runtime | .sdk = $sdk | ."runtime-version" = $branch | .command = $command |
    .modules |= map(select(.name == "minhchung") |
      ["--bind-mount=/run/build/minhchung/_flatpak_build=" + $kept] as $folder |
      (."config-opts" | map(@sh) | join(" ")) as $options |
      del(.builddir, ."config-opts") | .buildsystem = "simple" |
      ."build-options" = { "build-args": $folder, "test-args": $folder, "no-debuginfo-compression": true } |
      ."build-commands" = [
        "[ -e _flatpak_build/build.ninja ] || meson setup _flatpak_build --prefix=/app --libdir=lib " + $options,
        "ninja -C _flatpak_build",
        "meson install -C _flatpak_build --no-rebuild",
        "rm -f /app/bin/minhchung-hub"
      ] |
      ."test-commands" |= map("cd _flatpak_build && " + . + " $(cat left-out)"))' \
  "$here/$id.json" >"$cache/source.new/flatpak/office.json"

# Another manifest, SDK (with its meson and compiler) or --fresh starts anew.  A file has a new time only where its content is
# new, whatever the times in the tree are: ninja goes by that.
made_of=$( (flatpak --user info --show-commit "$sdk//$branch"; cat "$cache/source.new/flatpak/office.json") | sha256sum)
[ -z "$fresh" ] && [ "$(cat "$cache/kept.of" 2>/dev/null)" = "$made_of" ] || { rm -rf "$kept"; all_tests=yes; }
# What follows a build that was killed, or out of power, believes nothing of what that has left.
[ -e "$cache/kept.of" ] || rm -rf "$cache/app" "$cache/state/cache"
rm -f "$cache/kept.of"
mkdir -p "$kept" "$cache/source"
# A change of code alone is tested without the two suites that take as long as all the others; ./dev flatpak-test leaves nothing out.
left_out='--no-suite programs --no-suite at-size'
[ -z "$all_tests" ] || left_out=''
echo "$left_out" >"$kept/left-out"
rsync --recursive --links --perms --checksum --delete "$cache/source.new/" "$cache/source/"
rm -rf "$cache/source.new"

[ -e "$cache/app/config" ] || ostree init --mode=archive-z2 --repo="$cache/app"
# So it is enough to wait for the disk once, at the end, and not at every object.
for repo in "$cache/app" "$cache/state/cache"; do
  [ ! -e "$repo/config" ] || ostree config --repo="$repo" set core.fsync false
done
# Its cache never has what comes from a folder.
# Every build that failed has left its tree there.
rm -rf "$cache/state/build"
status=0
flatpak-builder --user --disable-rofiles-fuse --disable-updates --disable-cache --force-clean --ccache --jobs=2 \
  --state-dir="$cache/state" --repo="$cache/app" --default-branch=stable --subject="Minh Chung $version" \
  "$cache/stage" "$cache/source/flatpak/office.json" >"$cache/build.log" 2>&1 || status=$?
sync --file-system "$cache"
echo "$made_of" >"$cache/kept.of"
[ "$status" = 0 ] ||
  { tail -n 60 "$cache/build.log" >&2
    # What a test failed of is said far above its end, between a hundred lines of GLib's.
    grep -aE '^▶ .*(FAIL|ERROR)|^not ok|Bail out|^(\*\* )?ERROR:|-(CRITICAL|WARNING) \*\*' "$cache/build.log" | tail -n 12 >&2
    echo "The whole log is in $cache/build.log." >&2; exit 1; }
grep -E '^ *(Ok|Fail|Skipped|Timeout|Expected Fail):' "$cache/build.log" | tr -s ' ' | paste -sd' ' || true
said "application built and tested"

if [ -z "$key" ]; then
  gpg_home=${gpg_home:-$cache/signing}
  mkdir -p -m 700 "$gpg_home"
  who='Minh Chung, development'
  gpg --homedir "$gpg_home" --batch --list-secret-keys "$who" >/dev/null 2>&1 ||
    gpg --homedir "$gpg_home" --batch --quiet --passphrase '' --quick-gen-key "$who" ed25519 sign never
  key=$(gpg --homedir "$gpg_home" --batch --with-colons --list-secret-keys "$who" 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
fi
runtime_bundle=$beside/MinhChung-$version-1-runtime.flatpak app_bundle=$beside/MinhChung-$version-2-app.flatpak
# The runtime's bundle is a minute of compression: made once a runtime.
write_bundles() {
  local commit
  commit=$(ostree --repo="$cache/runtime/repo" rev-parse "runtime/$platform/$(flatpak --default-arch)/$branch")
  mkdir -p "$cache/bundle"
  if [ ! -e "$cache/bundle/$commit.flatpak" ]; then
    rm -f "$cache"/bundle/*
    flatpak build-bundle --runtime "$cache/runtime/repo" "$cache/bundle/part" "$platform" "$branch"
    mv "$cache/bundle/part" "$cache/bundle/$commit.flatpak"
  fi
  cp --reflink=auto "$cache/bundle/$commit.flatpak" "$runtime_bundle"
  flatpak build-bundle "$cache/app" "$app_bundle" "$id" stable
}
# Beside the stick: both read what was built and tested, and neither needs the other.
rm -f "$runtime_bundle" "$app_bundle"
writing=
[ -z "$bundles" ] || { write_bundles & writing=$!; }

"$here/stick.sh" "$cache" "$stick" "$version" "$key" "$gpg_home" "$address"
said "stick written"

run=$beside/MinhChung-$version.run
"$here/pack-run.sh" "$stick" "$run"
said "one-file installer written"

if [ -n "$writing" ]; then
  wait "$writing" || { echo "The bundles were not written: see above." >&2; exit 1; }
  said "bundles written"
fi

echo
du -sh --apparent-size "$stick" "$run" ${bundles:+"$runtime_bundle" "$app_bundle"}
echo "Signed with $key. Copy the folder $stick to a stick; HUONG-DAN.pdf in it says the rest."
