#!/usr/bin/python3
# Dark style at once, another language from the next start on, and both are remembered.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: preferences.py BUILD UNITS [PICTURES]: speaks TAP
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until, xdo  # noqa: E402
from world import APP, COMMUNE, Hub, ctl, main, ok, shot  # noqa: E402


def brightness(app):
    """0 to 1, of what is on screen now."""
    out = subprocess.run(["import", "-window", app.focus_window(), "-colorspace", "gray", "-format", "%[fx:mean]", "info:"],
                         check=True, capture_output=True, text=True).stdout
    return float(out)


def row_of(app, title):
    node = app.find("label", title)
    while node.getRoleName() not in ("list item", "combo box"):
        node = node.parent
    return node


def choose(app, title, choice, *keys):
    """Opens a list of choices, goes to one by keys, and takes it."""
    app.click(row_of(app, title))
    until(f"“{choice}” to choose", lambda: app.all("label", choice))
    xdo("key", *keys, "Return")
    until(f"{choice} chosen", lambda: len(app.all("label", choice)) == 1)


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    data = f"{folder}/commune"
    try:
        ctl(data, "--by", "Lê Thị Thử", "enrol", hub.line(COMMUNE, "commune"))
        with App(APP, "--data-dir", data) as app:
            app.find("label", "Tổng quan")
            app.resize(1366, 768)
            until("a light window", lambda: brightness(app) > 0.8)
            app.key("ctrl+comma")
            app.focus_window("Tùy chọn")
            choose(app, "Kiểu màu", "Tối", "Down", "Down")
            shot(app, "preferences-dark")
            choose(app, "Ngôn ngữ", "English", "Down")
            app.key("Escape", title="Tùy chọn")
            until("the preferences closed", lambda: app._window("Tùy chọn") is None)
            until("a dark window", lambda: brightness(app) < 0.3)
            assert app.find_now("label", "Tổng quan")
            ok("dark takes effect at once, the language not before the next start")
            app.close()
        with App(APP, "--data-dir", data) as app:
            app.find("label", "Overview")
            assert not app.find_now("label", "Tổng quan")
            until("a dark window", lambda: brightness(app) < 0.3)
            shot(app, "english-dark")
            ok("both are remembered: English, and dark")
            app.key("ctrl+comma")
            app.focus_window("Preferences")
            choose(app, "Language", "Tiếng Việt", "Up")
            choose(app, "Style", "Light", "Up")
            app.key("Escape", title="Preferences")
            until("the preferences closed", lambda: app._window("Preferences") is None)
            until("a light window", lambda: brightness(app) > 0.8)
            app.close()
            assert "CRITICAL" not in app.errors(), app.errors()
        with App(APP, "--data-dir", data) as app:
            app.find("label", "Tổng quan")
            app.close()
        ok("and back again")
    finally:
        hub.stop()


main(journey)
