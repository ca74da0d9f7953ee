#!/usr/bin/python3
# After a hard end the data is checked: meanwhile a window says so, and nothing is written.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: checking.py BUILD UNITS [PICTURES]: speaks TAP
import fcntl
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import PATIENCE, App, until  # noqa: E402
from world import APP, COMMUNE, Hub, ctl, main, ok, run, shot  # noqa: E402

CHECKING = "Đang kiểm tra dữ liệu…"


def end_hard(data):
    with App(APP, "--data-dir", data) as app:
        app.find("label", "Tổng quan")
        app.kill()
    assert os.path.getsize(f"{data}/in-use") > 0


class Slow:
    """What opens the store waits, as with a check of many records, for whoever opened it first."""

    def __init__(self, data):
        self.file = open(f"{data}/opening", "r+b")

    def __enter__(self):
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self.file.close()


def content(data):
    names = sorted(os.path.join(folder, name) for folder, _, files in os.walk(data) for name in files)
    return names, run("sha256sum", *names)


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    data = f"{folder}/commune"
    try:
        ctl(data, "--by", "Lê Thị Thử", "enrol", hub.line(COMMUNE, "commune"))
        ctl(data, "--json", "--type", "assessment", "set", "criterion=1.2.2", "answer=yes", "explanation=Đủ")
        end_hard(data)
        before = content(data)
        with Slow(data):
            app = App(APP, "--data-dir", data, title=CHECKING)
            app.find("label", CHECKING)
            shot(app, "checking")
            assert not app.windows("^Minh Chứng$")
            assert content(data) == before
            ok("a window says that the data is checked, and nothing has been written")
        with app:
            until("the window", lambda: app.windows("^Minh Chứng$"))
            app.find("label", "Tổng quan")
            until("the other window gone", lambda: not app.windows(f"^{CHECKING}$"))
            app.close()
        ok("then the window is there, and the other one gone")
        end_hard(data)
        with Slow(data):
            app = App(APP, "--data-dir", data, title=CHECKING)
            app.key("ctrl+q", title=CHECKING)
            until("no window", lambda: not app.windows())
        app.process.wait(PATIENCE)
        assert app.process.returncode == 0, app.errors()
        assert os.path.getsize(f"{data}/in-use") == 0
        ok("who closes it while the data is checked has closed the program, in order")
    finally:
        hub.stop()


main(journey)
