#!/usr/bin/env bash
# The rules of the house that a machine can see.  Prints every breach; exit 1 if there is one.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

status=0
rule() { # title, lines
  [ -n "$2" ] || return 0
  printf '%s\n' "$1" "$2" >&2
  status=1
}

rule "GTK below ui:" "$(grep -rnE '#include <(gtk|gdk|adwaita)' app/core app/report sync 2>/dev/null)"
rule "Network in the core:" "$(grep -rnE '#include <(libsoup|sodium|gnutls/(gnutls|x509|abstract))' app/core app/report 2>/dev/null)"
rule "The core looks upwards:" "$(grep -rnE '#include "(wire|client|hub|ui|report)/' app/core 2>/dev/null)"
rule "The wire looks upwards:" "$(grep -rnE '#include "(client|hub)/' sync/wire 2>/dev/null)"
rule "Client and hub see each other:" "$(grep -rnE '#include "hub/' sync/client 2>/dev/null; grep -rnE '#include "client/' sync/hub 2>/dev/null)"
rule "Dialog classes outside ui/mc-dialogs.c:" \
  "$(grep -rnE 'Adw(MessageDialog|AlertDialog)|GtkFile(ChooserNative|Dialog)\b' ui --include='*.c' 2>/dev/null | grep -v 'ui/mc-dialogs.c')"
rule "JSON that may be a stranger's, read without core/mc-json.h:" \
  "$(grep -rnE 'json_object_get_(string|int)_member_with_default' app ui sync --include='*.c' 2>/dev/null)"
rule "JSON that SQLite may not take (core/mc-json.h):" \
  "$(grep -rnE 'json_to_string|json_generator_' app ui sync --include='*.c' 2>/dev/null | grep -v 'app/core/mc-json.c')"
rule "Threads that let go of what is not theirs (core/mc-worker.h):" "$(grep -rn 'g_task_run_in_thread (' app ui sync --include='*.c' 2>/dev/null)"
rule "Left open in the code:" \
  "$(grep -rnE '\b(TODO|FIXME|XXX|HACK)\b' app ui sync resources po docs --include='*.[ch]' --include='*.md' --include='*.sql' 2>/dev/null)"
rule "Absolute path of a build machine:" \
  "$(git grep -nE '(^|[^A-Za-z0-9_.])/(work|root|home/[a-z]+)/' -- app ui sync tests docs resources po README.md 2>/dev/null | grep -v 'tests/lint.sh')"
rule "Tabs or blanks at the end of a line:" "$(grep -rnE '[[:blank:]]+$|	' app ui sync tests --include='*.[ch]' 2>/dev/null)"
rule "Files without a licence line:" \
  "$(find app ui sync tests -name '*.[ch]' | while read -r f; do head -n 4 "$f" | grep -q SPDX || head -n 1 "$f" | grep -q 'pragma once' || echo "$f"; done)"

rule "Stories of failure without a test of that number:" \
  "$(for number in $(seq -w 25); do grep -qrE "\"(/stories/)?$number-[a-z]" tests/stories tests/faults || echo "$number"; done)"

# What a program aims for, or how long it waits, is no bound on a stranger.
aims='MC_PROTOCOL_VERSION|MC_GROUPS_RAW_BYTES|MC_RUN_RAW_BYTES|MC_PAGE_BYTES|MC_BUNDLE_PART_BYTES|MC_BUNDLE_REPLY_BYTES|MC_STALL_SECONDS'
rule "A bound that no test stands on both sides of:" \
  "$(sed -n 's/^#define \(MC_[A-Z_]*\) .*/\1/p' app/core/mc-limits.h | grep -vxE "$aims" | while read -r name; do
       grep -rqw "$name" tests --include='test-*.c' || echo "$name"; done)"

if [ -f po/vi.po ]; then
  stats=$(LC_ALL=C msgfmt --check --statistics -o /dev/null po/vi.po 2>&1) || rule "po/vi.po:" "$stats"
  case "$stats" in *fuzzy*|*untranslated*) rule "Vietnamese is not complete:" "$stats" ;; esac
fi

rule "The handbook names a button, a page or a field that is called otherwise:" "$(/usr/bin/python3 - <<'PY'
import glob, re
names = set()
with open("po/vi.po") as po:
    for text in re.findall(r'^msgstr(?:\[\d\])? ((?:"(?:[^"\\]|\\.)*"\s*)+)', po.read(), re.M):
        names.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)).replace("_", "").lower())
with open("resources/packs/binh-dinh-2878-2021.json") as pack:
    names.update(name.lower() for name in re.findall(r'"title": "([^"]*)"', pack.read()))
a_key = re.compile(r"Ctrl|Alt|Shift|Enter|Tab|Esc|Delete|Page|F\d|Mũi tên")
for path in sorted(glob.glob("resources/help/*.md")):
    with open(path) as page:
        said = re.findall(r"(?:[Bb]ấm|[Nn]út|[Cc]họn|(?<!thư )[Mm]ục|[Pp]hần)\s+(?:hoặc\s+)?\*\*([^*]+)\*\*", page.read())
    for name in (" ".join(name.split()) for name in said):
        # “Khóa sổ năm …”: what follows is not always the same.
        start = name.removesuffix("…").strip().lower()
        if not (a_key.match(name) or name.lower() in names or name.endswith("…") and any(n.startswith(start) for n in names)):
            print(f"{path}: {name}")
PY
)"

for script in dev .ci/run tests/*.sh; do
  bash -n "$script" || status=1
done

exit $status
