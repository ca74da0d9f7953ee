#!/usr/bin/python3
# A disk that forgets: a file whose bytes are no longer what was attached is told at the file, and comes back from the district
# or from the original.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: damaged.py BUILD UNITS [PICTURES]: speaks TAP
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until  # noqa: E402
from world import APP, COMMUNE, Hub, ctl, main, make_pdf, ok, run, shot  # noqa: E402

CRITERION, OTHER = "Đủ nội dung theo hướng dẫn", "Hoàn thành kế hoạch tuyên truyền"


def damage(path):
    with open(path, "r+b") as file:
        file.seek(100)
        file.write(b"hong")


def is_whole(path):
    return run("sha256sum", path).split()[0] == os.path.basename(path)


def told(app):
    app.click(app.find("label", contains=CRITERION))
    app.find("label", contains="Tệp trên máy này bị hỏng. Hãy lấy lại từ huyện")


def brought_back(app):
    """Presses until it is said: the list may have been drawn anew between looking for the button and pressing it."""
    said = app.said_now("Máy này đã có lại “ke-hoach.pdf”")
    if said:
        return said
    button = app.find_now("push button", "Lấy “ke-hoach.pdf” từ huyện")
    if button:
        app.press(button)


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    data, pdf = f"{folder}/commune", f"{folder}/ke-hoach.pdf"
    make_pdf(pdf)
    digest = run("sha256sum", pdf).split()[0]
    here = f"{data}/evidence/{digest[:2]}/{digest}"
    try:
        ctl(data, "--by", "Lê Thị Thử", "enrol", hub.line(COMMUNE, "commune"))
        said = ctl(data, "--json", "--type", "assessment", "set", "criterion=1.2.2", "answer=yes", "explanation=Đủ")
        ctl(data, "attach", json.loads(said)["id"], pdf)
        ctl(data, "sync")
        damage(here)
        with App(APP, "--data-dir", data, "--page", "criteria") as app:
            app.find("label", contains=CRITERION)
            app.resize(1366, 768)
            told(app)
            shot(app, "damaged")
            ok("at the file stands that it is damaged, and what to do")
            until("the file brought back", lambda: brought_back(app))
            until("the file as before", lambda: not app.find_now("label", contains="bị hỏng"))
            assert is_whole(here)
            ok("one click brings it back from the district")
            app.click(app.find("label", contains=OTHER))
            damage(here)
            told(app)
            subprocess.run(["xclip", "-selection", "clipboard", "-t", "text/uri-list"], input=f"file://{pdf}\r\n".encode(), check=True)
            app.press(app.find("push button", contains="Dán"))
            until("the file as before", lambda: not app.find_now("label", contains="bị hỏng"))
            assert is_whole(here)
            app.close()
            assert "CRITICAL" not in app.errors(), app.errors()
        ok("attaching the original once more mends it as well")
    finally:
        hub.stop()


main(journey)
