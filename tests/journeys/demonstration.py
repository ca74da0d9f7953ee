#!/usr/bin/python3
# The window on the demonstration, as one of its communes, with the demonstration's hub behind it.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: demonstration.py BUILD UNITS PICTURES: in run-demo.sh; speaks TAP
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App  # noqa: E402
from world import APP, main, ok, shot  # noqa: E402


def journey(folder):
    with App(APP, "--data-dir", f"{os.environ['DEMO']}/21610") as app:
        app.find("label", "Xã An Hưng")
        app.resize(1366, 768)
        app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc")
        shot(app, "demonstration-overview")
        app.key("alt+3")
        app.find("text", "6, Nội dung")
        shot(app, "demonstration-plan")
        app.key("alt+4")
        app.find("label", contains="Tỷ lệ cả năm")
        shot(app, "demonstration-documents")
        app.key("alt+5")
        app.find("label", contains="Cả năm: 24 việc")
        shot(app, "demonstration-copies")
        app.close()
    ok("the window opens as one of the communes, synced, with its plan, counts and copies")


main(journey)
