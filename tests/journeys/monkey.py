#!/usr/bin/python3
# Somebody who clicks and types anything anywhere: the program neither ends nor complains, and what is stored stays whole.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: monkey.py BUILD UNITS [SECONDS [SEED]]: speaks TAP.  A seed gives the same acts; how fast the window answers is its own affair.
import os
import random
import re
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, xdo  # noqa: E402
from world import APP, COMMUNE, DISTRICT, HUB, Hub, ctl, main, ok, run  # noqa: E402

SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 60
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else int(time.time())
KEYS = ["Tab", "shift+Tab", "Return", "space", "Escape", "Up", "Down", "Left", "Right", "Home", "End", "Prior", "Next", "BackSpace",
        "Delete", "F1", "F2", "F6", "F9", "F10", "shift+F10", "Menu", "ctrl+a", "ctrl+c", "ctrl+v", "ctrl+x", "ctrl+z", "ctrl+shift+z",
        "ctrl+f", "ctrl+k", "ctrl+s", "ctrl+n", "ctrl+p", "ctrl+comma", "ctrl+question", "ctrl+r", "ctrl+d", "ctrl+Return", "alt+Left",
        "alt+Up", "alt+Down", "ctrl+Up", "ctrl+Down", "ctrl+Home", "ctrl+End", "ctrl+Tab", "F5", "F11", "ctrl+o", "ctrl+h", "ctrl+j", "ctrl+w"]
PAGES = [f"alt+{number}" for number in range(1, 8)]
WORDS = ["12", "1.234,5", "0", "-3", "31/12/2021", "32/13/2021", "an", "abc", "99999999999999999999", "  7 ", "%", "a" * 60]
TABLES = ["1\t2\t3\n4\t5\t6\n", "x\n" * 3000, "\u202eabc\u202c", "Nguye\u0302\u0303n", "\t" * 500]
COMPLAINT = re.compile(r"CRITICAL|WARNING|ERROR|runtime error|AddressSanitizer")
# GTK 4.8's own: where a window opens under a button that is held down, where one closes that has a menu open.
KNOWN = re.compile("Broken accounting of active state|GDK_IS_MONITOR")


def point(app, chance, window):
    """Somewhere in the window, but not on the buttons that end or hide it."""
    left, top, width, height = app.place(window)
    while True:
        x, y = chance.randrange(max(width, 1)), chance.randrange(max(height, 1))
        if y > 45 or x < width - 140 or width < 300:
            return left + x, top + y


def act(app, chance):
    """Does one thing and says what."""
    # A menu or a dialog lies on top.
    window = chance.choice(app.windows()[-2:])
    x, y = point(app, chance, window)
    kind = chance.choices(["click", "double click", "right click", "drag", "wheel", "resize", "key", "type", "page", "paste"],
                          [30, 4, 4, 3, 6, 1, 30, 12, 8, 2])[0]
    what = f"{x},{y}"
    if kind in ("click", "double click", "right click"):
        xdo("mousemove", x, y, "click", "--repeat", 2 if kind == "double click" else 1, "--delay", 40, 3 if kind == "right click" else 1)
    elif kind == "drag":
        to = point(app, chance, window)
        what += f" to {to[0]},{to[1]}"
        xdo("mousemove", x, y, "mousedown", 1, "mousemove", *to, "mouseup", 1)
    elif kind == "wheel":
        xdo("mousemove", x, y, "click", "--repeat", chance.randrange(1, 9), chance.choice((4, 5)))
    elif kind == "resize":
        size = chance.choice([(1366, 768), (1024, 700), (700, 500), (360, 400), (1366, 500)])
        what = f"{size[0]}x{size[1]}"
        xdo("windowsize", window, *size)
    else:
        xdo("windowfocus", window)
        what = chance.choice({"key": KEYS, "type": WORDS, "page": PAGES, "paste": TABLES}[kind])
        if kind == "type":
            xdo("type", "--delay", 8, what)
        elif kind == "paste":
            subprocess.run(["xclip", "-selection", "clipboard"], input=what.encode(), check=True)
            xdo("key", "ctrl+v")
            what = repr(what[:20])
        else:
            xdo("key", what)
    if chance.random() < 0.2:
        time.sleep(chance.random() * 0.5)
    return f"{kind} {what}"


def complaints(app):
    return [line for line in app.errors().splitlines() if COMPLAINT.search(line) and not KNOWN.search(line)]


def play(app, chance, end):
    """Until the time is over or the program has ended; how many things were done."""
    done = []
    while time.time() < end and app.process.poll() is None:
        try:
            done.append(act(app, chance))
        except (subprocess.CalledProcessError, IndexError):
            pass   # the window that was there a moment ago
    if app.process.poll() not in (None, 0) or complaints(app):
        print("# what was done last:", *done[-40:], sep="\n#   ")
        raise AssertionError(f"it ended with {app.process.poll()} and said {app.errors()[-6000:]}")
    return len(done)


def journey(folder):
    print(f"# seed {SEED}", flush=True)
    chance = random.Random(SEED)
    end, n_acts, n_starts = time.time() + SECONDS, 0, 0
    hub = Hub(f"{folder}/hub")
    hub.start()
    data = f"{folder}/pc"
    try:
        ctl(data, "--by", "Lê Thị Thử", "enrol", hub.line(*chance.choice([(COMMUNE, "commune"), (DISTRICT, "district")])))
        ctl(data, "demo")
        ctl(data, "sync")
        while time.time() < end:
            with App(APP, "--data-dir", data) as app:
                n_acts += play(app, chance, end)
                n_starts += 1
        ok(f"{n_acts} things done in {n_starts} starts: it never ended badly and complained of nothing")
        with sqlite3.connect(f"{data}/store.db") as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        ctl(data, "list")
        ctl(data, "sync")
    finally:
        hub.stop()
    run(HUB, "verify", "--data", f"{folder}/hub")
    ok("what is stored is whole, and so is what came to the district")


main(journey)
