#!/usr/bin/python3
# Files dragged out of another program with the mouse, and let go over the evidence of a criterion, are attached to it.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: drop.py BUILD UNITS [PICTURES]: speaks TAP
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dragging import WIDTH, drag, other_program  # noqa: E402
from driver import App, until  # noqa: E402
from world import APP, COMMUNE, Hub, ctl, main, make_pdf, ok, records, run, shot  # noqa: E402

CRITERION = "Đủ nội dung theo hướng dẫn"


def names(data):
    return sorted(file["name"] for one in records(data, "assessment") for file in one["body"].get("files", []))


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
