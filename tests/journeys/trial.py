#!/usr/bin/python3
# Who has tried the program begins to work with it: the file or the line from the district ends the trial, nothing of which gets to
# the district or is lost.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: trial.py BUILD UNITS [PICTURES]: speaks TAP
import glob
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until  # noqa: E402
from world import APP, COMMUNE, HUB, Hub, begin_trial, ctl, main, ok, records, run, shot  # noqa: E402

QUESTION = "Kết thúc dùng thử và ghi danh?"


def question_gone(app):
    until("the question is gone", lambda: not app.find_now("label", contains=QUESTION))


def asked_by_the_button(app):
    app.press(app.find("push button", contains="Dùng thử – không gửi đi"))
    app.find("label", contains=QUESTION)
    shot(app, "trial-end")
    app.key("Escape", title=QUESTION)
    question_gone(app)
    assert app.find_now("push button", contains="Dùng thử – không gửi đi")
    ok("the button of a trial asks whether to end it, and no leaves everything")


def enrolled_by_the_file(app, path, here):
    subprocess.run([APP, path], check=True)
    app.find("label", contains=QUESTION)
    app.press(app.find("push button", contains="Ghi danh"))
    app.press(app.find("push button", contains="Tiếp tục"))
    app.set_text(app.find("text", "Họ và tên"), "Lê Văn Bình")
    app.press(app.find("push button", contains="Bắt đầu"))
    app.press(app.find("push button", contains="Bắt đầu làm việc"))
    app.find("push button", contains="Đã đồng bộ")
    app.resize(1366, 768)
    shot(app, "trial-ended")
    assert records(here, "plan-task") == []
    ok("the file from the district ends it, and brings its line to the first run")


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    # The person's own enrolment: a file by double click goes to the window that is open.
    os.environ["XDG_DATA_HOME"] = f"{folder}/share"
    here, path = f"{folder}/share/minhchung", f"{folder}/xa.mcenrol"
    run(HUB, "enrol", "--data", hub.folder, "--unit", COMMUNE, "--address", f"https://127.0.0.1:{hub.port}", "--output", path)
    try:
        with App(APP) as app:
            begin_trial(app, "Văn thư")
            made_up = len(records(here, "plan-task"))
            asked_by_the_button(app)
            enrolled_by_the_file(app, path, here)
            ctl(here, "--type", "plan", "set", "number=1", "summary=Việc thật")
            ctl(here, "sync")
            assert run(HUB, "verify", "--data", hub.folder).startswith("1 rows")
            aside = glob.glob(f"{here}.before-*")
            assert len(aside) == 1 and made_up > 0 and len(records(aside[0], "plan-task")) == made_up, aside
            ok("the district has what was written since, and what was tried is aside, whole")
            app.close()
    finally:
        hub.stop()


main(journey)
