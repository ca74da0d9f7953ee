# Another program to drag files out of, and the hand that does it.
# SPDX-License-Identifier: GPL-3.0-or-later
import subprocess
import time

from driver import App, box, until, xdo
from world import build, shot

WIDTH = 1100   # the window; the other program stands beside it


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
    left, top, width, height = App.place(window)
    own_left, own_top, _, _ = App.place(app._window())
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
