#!/usr/bin/python3
# Files dragged out of another program with the mouse, and let go over the evidence of a criterion, are attached to it.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: drop.py BUILD UNITS [PICTURES]: speaks TAP
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, box, until, xdo  # noqa: E402
from world import APP, COMMUNE, Hub, build, ctl, main, make_pdf, ok, records, run, shot  # noqa: E402

CRITERION = "Đủ nội dung theo hướng dẫn"
WIDTH = 1100   # the window; the other program stands beside it


def names(data):
    return sorted(file["name"] for one in records(data, "assessment") for file in one["body"].get("files", []))


def other_program(files):
    process = subprocess.Popen([f"{build}/tests/drag-source", *files])
    window = until("the other program", lambda: subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Tệp để kéo$"],
                                                               capture_output=True, text=True).stdout.split())[0]
    xdo("windowmove", window, WIDTH + 20, 200)
    return process, window


def move(x, y, steps=8):
    """As a hand does: not all at once."""
    place = dict(line.split("=") for line in xdo("getmouselocation", "--shell").splitlines())
    begin_x, begin_y = int(place["X"]), int(place["Y"])
    for step in range(1, steps + 1):
        xdo("mousemove", begin_x + (x - begin_x) * step // steps, begin_y + (y - begin_y) * step // steps)
        time.sleep(0.05)


def drag(app, window, target):
    left, top, width, height = App._place(window)
    own_left, own_top, _, _ = App._place(app._window())
    x, y, wide, high = box(target)
    move(left + width // 2, top + height // 2)
    xdo("mousedown", 1)
    try:
        move(left + width // 2 - 40, top + height // 2 + 10)
        move(own_left + x + wide // 2, own_top + y + high // 2, 16)
        # The two programs talk while the mouse rests.
        for wobble in range(10):
            xdo("mousemove_relative", "--", 1 if wobble % 2 else -1, 0)
            time.sleep(0.1)
        shot(app, "drag")
    finally:
        xdo("mouseup", 1)


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    data, one, two = f"{folder}/commune", f"{folder}/ke-hoach.pdf", f"{folder}/biên bản.pdf"
    make_pdf(one)
    make_pdf(two, "Bien ban")
    source = None
    try:
        ctl(data, "--by", "Lê Thị Thử", "enrol", hub.line(COMMUNE, "commune"))
        with App(APP, "--data-dir", data, "--page", "criteria") as app:
            app.find("label", contains=CRITERION)
            app.resize(WIDTH, 760)
            app.click(app.find("label", contains=CRITERION))
            target = app.find("label", contains="Chưa có tệp")
            source, window = other_program([one, two])
            drag(app, window, target)
            until("two files", lambda: names(data) == ["biên bản.pdf", "ke-hoach.pdf"])
            app.find("label", "ke-hoach.pdf")
            shot(app, "dropped")
            ok("two files dragged with the mouse from another program are attached where they were dropped")
            app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc")
            digest = run("sha256sum", two).split()[0]
            assert [d for d, _, files in os.walk(hub.folder) if digest in files]
            app.close()
            assert "CRITICAL" not in app.errors(), app.errors()
        ok("and go to the district as any other")
    finally:
        if source:
            source.kill()
            source.wait()
        hub.stop()


main(journey)
