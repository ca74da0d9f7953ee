#!/usr/bin/python3
# A trial, a backup from the menu, work after it, and back: what was there is there again, what was later stands aside.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: backup.py BUILD UNITS [PICTURES]: speaks TAP
# With JOURNEY_SANDBOX the program runs in a sandbox without portals: its own chooser says so and shows ~/MinhChung.
import glob
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import SANDBOX, App, until, xdo  # noqa: E402
from world import APP, again, begin_trial, choose, main, make_pdf, menu, ok, run, shot  # noqa: E402

PLACE = os.path.expanduser("~/MinhChung")
FIRST, LATER = "Soan ke hoach tuyen truyen", "Viet sau khi sao luu"


def trial(app):
    begin_trial(app, "Công chức Văn phòng")
    time.sleep(0.5)
    shot(app, "trial-overview")
    ok("the trial begins, with nothing enrolled anywhere")


def add_task(app, words):
    app.key("alt+3")
    app.enter(app.find("text", "Mới, Nội dung"), words, leave="Tab")
    until("saved", lambda: app.find_now("label", "Đã lưu"))
    until("a line of its own", lambda: words in tasks(app))


def tasks(app):
    return [app.text(node) for node in app.all("text", contains=", Nội dung")]


def attach(app, pdf):
    app.key("alt+3")
    app.press(app.find("push button", contains="Đính kèm tệp"))
    choose(app, pdf, "chooser")
    # What stays, not the sentence that comes and goes: a slow machine would miss it.
    app.find("label", os.path.basename(pdf))
    ok("a file is attached" + (" through the program's own chooser, which says what is missing" if SANDBOX else ""))


def back_up(app):
    menu(app, "Sao lưu")
    choose(app, PLACE)
    until("the chooser to close, or a second Return", lambda: app.find_now("label", contains="Có thể rút USB") or again(app), 60)
    app.find("label", contains="Có thể rút USB", seconds=60)
    shot(app, "backed-up")
    app.key("Return", title="Đã sao lưu xong")
    until("the window of the backup gone", lambda: app.root.childCount == 1)
    assert glob.glob(f"{PLACE}/MinhChung-sao-luu-*/backup.json"), os.listdir(PLACE)
    ok("one click and a folder: everything is backed up, and the window says that the stick may go")


def restore(app):
    menu(app, "Khôi phục")
    choose(app, PLACE)
    until("the question", lambda: app.find_now("label", contains="Bản sao lưu của") or again(app), 60)
    shot(app, "restore-question")
    xdo("windowfocus", app.windows()[-1])
    xdo("key", "Return")
    app.find("label", contains="được giữ trong thư mục", seconds=120)
    shot(app, "restored")
    xdo("windowfocus", app.windows()[-1])
    xdo("key", "Escape")
    until("the message gone", lambda: app.root.childCount == 1)


def journey(folder):
    os.makedirs(PLACE, exist_ok=True)
    pdf = f"{PLACE}/minh-chung.pdf"
    make_pdf(pdf)
    with App(APP) as app:
        trial(app)
        add_task(app, FIRST)
        ok("a task is typed")
        attach(app, pdf)
        back_up(app)
        add_task(app, LATER)
        ok("another task is typed after the backup")
        restore(app)
        app.resize(1366, 768)
        app.key("alt+3")
        until("the first task", lambda: FIRST in tasks(app))
        assert LATER not in tasks(app), tasks(app)
        ok("the backup is back: the first task is there, the later one is not")
        app.close()
    data = os.environ["MINHCHUNG_DATA"] if SANDBOX else os.path.join(os.environ["XDG_DATA_HOME"], "minhchung")
    aside = glob.glob(data + ".before-*")
    assert len(aside) == 1 and LATER.encode() in run("sqlite3", "-readonly", f"{aside[0]}/store.db", "SELECT body FROM record").encode()
    ok("what was typed after the backup stands aside, whole")
    with App(APP) as app:
        app.resize(1366, 768)
        app.key("alt+3")
        until("the first task", lambda: FIRST in tasks(app))
        app.close()
    ok("closed and started again: still there")


main(journey)
