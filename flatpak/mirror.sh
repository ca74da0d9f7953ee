#!/usr/bin/env bash
# Prints the lines of a sources.list for a Debian suite, from the mirrors that this machine's apt uses; with --conf, how
# apt reaches them (a proxy, say).  Where apt knows no Debian mirror, DEBIAN_MIRROR and DEBIAN_SECURITY_MIRROR say it.
# usage: mirror.sh SUITE | --conf
set -euo pipefail
if [ "$1" = --conf ]; then
  apt-config dump Acquire | grep -E '^Acquire::(https?|Check-|Retries|ForceIPv)' || true
  echo 'APT::Install-Recommends "false";'
  exit 0
fi
targets=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages')
main=${DEBIAN_MIRROR:-$(awk '$1 == "Debian" { print $2; exit }' <<<"$targets")}
security=${DEBIAN_SECURITY_MIRROR:-$(awk '$1 == "Debian-Security" { print $2; exit }' <<<"$targets")}
[ -n "$main" ] || { echo "apt on this machine names no Debian mirror: set DEBIAN_MIRROR." >&2; exit 1; }
echo "deb $main $1 main"
[ -z "$security" ] || echo "deb $security $1-security main"
