#!/bin/sh
# Prints the metainfo of a release whose pictures lie at SITE/screenshots/.  Without a site it names neither site nor pictures:
# an address that nobody has set up would be a promise that nobody keeps.
# usage: metainfo.sh FILE [SITE]
set -eu
site=${2:-}
if [ -n "$site" ]; then
  sed "/<!-- resources/d; s#https://minhchung\.example#${site%/}#" "$1"
else
  sed '/<!-- resources/d; /<url type="homepage">/d; /<screenshots>/,/<\/screenshots>/d' "$1"
fi
