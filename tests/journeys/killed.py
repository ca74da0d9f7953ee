#!/usr/bin/python3
# The window is killed at random moments: while it starts, while somebody types, while it syncs; the hub too.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: killed.py BUILD UNITS: speaks TAP.  KILLED_ROUNDS (6) and KILLED_SEED say how often and what is tried.
import os
import random
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until, xdo  # noqa: E402
from world import APP, COMMUNE, DISTRICT, HUB, Hub, ctl, main, ok, run  # noqa: E402

ROUNDS = int(os.environ.get("KILLED_ROUNDS", "6"))
SEED = int(os.environ.get("KILLED_SEED", random.randrange(1 << 31)))
STORE = os.path.join(os.environ["XDG_DATA_HOME"], "minhchung")
chance = random.Random(SEED)


def ask(sql, *arguments):
    with sqlite3.connect(f"{STORE}/store.db", timeout=30) as store:
        return store.execute(sql, arguments).fetchall()


def is_stored(words):
    """As a change, or as a draft that the next start makes one."""
    return ask("SELECT 1 FROM change WHERE instr (CAST (bytes AS TEXT), ?)", words) or \
        ask("SELECT 1 FROM draft WHERE instr (value, ?)", words)


def kill_hub(hub):
    hub.process.kill()
    hub.process.wait()
    hub.start()


def type_and_kill(app, words, hub):
    """True if the person may count on it: it was on the screen for a second, or the program said that it is saved."""
    app.key("alt+3")
    app.enter(app.find("text", "Mới, Nội dung"), words, leave=None)
    how = chance.randrange(3)
    if how == 0:                    # mid-word, before the second is over
        time.sleep(chance.random() * 0.9)
        return False
    if how == 1:                    # nothing was left or pressed: typed text alone
        time.sleep(1.5)
        until("the draft", lambda: is_stored(words), 20)
        return True
    xdo("key", "Tab")
    until("saved", lambda: app.find_now("label", "Đã lưu"))
    app.key("F5")
    time.sleep(chance.random() * 1.5)
    if chance.randrange(2):
        kill_hub(hub)
        time.sleep(chance.random() * 0.5)
    return True


def killed_rounds(hub):
    told, tried = [], []
    for number in range(ROUNDS):
        words = f"Viec so {SEED % 1000} {number} het"
        if chance.randrange(4) == 0:
            process = subprocess.Popen([APP], stderr=subprocess.DEVNULL)
            time.sleep(chance.random() * 3)
            process.kill()
            process.wait()
        else:
            with App(APP) as app:
                tried.append(words)
                counts = type_and_kill(app, words, hub)
                app.kill()
            if counts:
                assert is_stored(words), f"seed {SEED}, round {number}: “{words}” is gone"
                told.append(words)
        assert ask("PRAGMA integrity_check") == [("ok",)], f"seed {SEED}, round {number}"
    return told, tried


def half_typed():
    """What is no number is no change, and stands where it was typed after a kill, marked."""
    with App(APP) as app:
        app.key("alt+4")
        app.enter(app.find("text", "Tháng 5, Tổng VB đi"), "chung tu", leave=None)
        until("the draft", lambda: is_stored("chung tu"), 20)
        app.kill()
    with App(APP) as app:
        app.key("alt+4")
        cell = app.find("text", "Tháng 5, Tổng VB đi")
        until("the text in its cell", lambda: App.text(cell) == "chung tu")
        assert "chung tu" in cell.description, cell.description
        assert not ask("SELECT 1 FROM change WHERE instr (CAST (bytes AS TEXT), 'chung tu')")
        app.enter(cell, "12")
        until("saved", lambda: ask("SELECT 1 FROM draft") == [] and app.find_now("label", "Đã lưu"))
        app.close()
    ok("half a number is in its cell again, and no change before it is corrected")


def journey(folder):
    print(f"# seed {SEED}, {ROUNDS} rounds", flush=True)
    hub = Hub(f"{folder}/hub")
    hub.start()
    try:
        ctl(STORE, "--by", "Lê Thị Thử, Văn thư", "enrol", hub.line(COMMUNE, "commune"))
        ctl(STORE, "status")
        told, tried = killed_rounds(hub)
        ok(f"of {len(tried)} texts, the {len(told)} that a person could count on are on the disk after the kill")
        with App(APP) as app:
            app.find("label", "Tổng quan")
            app.key("alt+3")
            until("the plan", lambda: app.all("text", ", Nội dung"))
            app.close()
        half_typed()
        ctl(STORE, "sync")
        district = f"{folder}/district"
        ctl(district, "--by", "Phòng Nội vụ", "enrol", hub.line(DISTRICT, "district"))
        ctl(district, "sync")
        there = ctl(district, "--json", "--log", "*", "list").splitlines()
        arrived = {words: sum(words in line for line in there) for words in tried}
        lost = [words for words in told if arrived[words] == 0]
        doubled = [words for words in tried if arrived[words] > 1]
        print(f"# saved {len(told)}, arrived {sum(1 for n in arrived.values() if n)}, lost {len(lost)}, doubled {len(doubled)}", flush=True)
        assert not lost and not doubled, (lost, doubled)
        ok("all of them are at the district, none twice")
        run(HUB, "verify", "--data", hub.folder)
        ok("the hub proves its logs")
    finally:
        hub.stop()


main(journey)
