#!/usr/bin/env bash
# What takes longer than a test may: thousands of rounds of killed programs, failing lines and cut power.
# usage: soak.sh BUILD [--rounds N] [--seed S]
set -u
here=$(dirname "$(readlink -f "$0")")
build=$(readlink -f "$1"); shift
export G_TEST_SRCDIR=$here G_TEST_BUILDDIR=$build/tests GIO_USE_PROXY_RESOLVER=dummy GIO_USE_VFS=local GSETTINGS_BACKEND=memory
export LC_ALL=C.UTF-8 TZ=Asia/Ho_Chi_Minh G_DEBUG=gc-friendly,fatal-warnings
case " $* " in *" --rounds "*) ;; *) set -- --rounds 2000 "$@" ;; esac
passed=0 failed=0
for program in test-rounds test-power; do
  # The test that shows that the rounds can fail belongs to ./dev test.
  if nice "$build/tests/$program" -s /faults/lying-disk "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
if EVERY_BYTE_STEP=13 nice "$build/tests/test-every-byte" -p /faults/every-byte; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
# A plan that still fits on the screen, more than once.
for _ in 1 2 3 4; do
  [ -x "$build/app/minhchung" ] || break
  env -u G_DEBUG JOURNEY_PATIENCE=60 KILLED_ROUNDS=12 UI_SCREEN=1366x768x24 nice "$here/with-display.sh" /usr/bin/python3 \
    "$here/journeys/killed.py" "$build" "$here/../resources/units/an-lao.json" | tee "$build/killed.log"
  if grep -q '^not ok' "$build/killed.log" || ! grep -q '^1\.\.[1-9]' "$build/killed.log"; then failed=$((failed + 1)); else passed=$((passed + 1)); fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
