#!/usr/bin/python3
# The window on the demonstration, as one of its communes, with the demonstration's hub behind it.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: demonstration.py BUILD UNITS [PICTURES]: in run-demo.sh, or with a demonstration of its own; speaks TAP
import os
import subprocess
import sys
import tempfile

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
        app.find("label", contains="Cả năm 2021: 24 việc")
        shot(app, "demonstration-copies")
        app.close()
    ok("the window opens as one of the communes, synced, with its plan, counts and copies")


def with_demonstration():
    """What run-demo.sh itself prints is no TAP."""
    demo_program = f"{os.path.dirname(os.path.abspath(__file__))}/../run-demo.sh"
    with tempfile.TemporaryDirectory(prefix="minhchung-demo-") as folder:
        done = subprocess.run([demo_program, sys.argv[1], f"{folder}/demo", sys.executable, *sys.argv], stdout=subprocess.PIPE, text=True)
    print(*[line for line in done.stdout.splitlines() if line.startswith(("ok ", "not ok ", "1.."))], sep="\n")
    return done.returncode


if "DEMO" not in os.environ:
    sys.exit(with_demonstration())
main(journey)
