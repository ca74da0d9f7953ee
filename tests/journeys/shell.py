#!/usr/bin/python3
# What GNOME's shell makes of the installed program: its name, its icon, its window, and what a search finds.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: shell.py BUILD UNITS [PICTURES]: speaks TAP; runs beside a gnome-shell --headless --unsafe-mode
import json
import os
import sys
import time

import pyatspi
from gi.repository import Gio, GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from activated import ID  # noqa: E402
from driver import seen, until, walk  # noqa: E402
from world import main, ok, pictures  # noqa: E402


def shell(javascript):
    """What an expression comes to inside the shell."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    is_fine, answer = bus.call_sync("org.gnome.Shell", "/org/gnome/Shell", "org.gnome.Shell", "Eval", GLib.Variant("(s)", (javascript,)),
                                    None, Gio.DBusCallFlags.NONE, 30000, None).unpack()
    assert is_fine, answer
    return json.loads(answer) if answer else None


def picture(name):
    if not pictures:
        return
    time.sleep(1)
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    taken = bus.call_sync("org.gnome.Shell.Screenshot", "/org/gnome/Shell/Screenshot", "org.gnome.Shell.Screenshot", "Screenshot",
                          GLib.Variant("(bbs)", (False, False, f"{pictures}/{name}.png")), None, Gio.DBusCallFlags.NONE, 30000, None)
    assert taken.unpack()[0]


def find(role, contains):
    """In any program but the shell itself."""
    def look():
        return next((node for one in pyatspi.Registry.getDesktop(0) if one and one.name != "gnome-shell" for node in walk(one)
                     if node.getRoleName() == role and contains in (node.name or "")), None)
    return until(f"{role} {contains}", look)


def windows():
    return shell(f"imports.gi.Shell.AppSystem.get_default().lookup_app('{ID}.desktop').get_windows().map(w => w.get_title())")


def start():
    app = f"imports.gi.Shell.AppSystem.get_default().lookup_app('{ID}.desktop')"
    until("the shell to know the program", lambda: shell(f"{app} !== null"))
    name, icon = shell(f"[{app}.get_name(), {app}.get_icon().to_string()]")
    assert name == "Minh Chứng" and ID in icon, (name, icon)
    shell(f"{app}.activate(); true")
    until("its window", lambda: windows() == ["Minh Chứng"])
    find("push button", "Dùng thử")
    shell("Main.overview.hide(); true")
    until("no overview", lambda: not shell("Main.overview.visible"))
    picture("shell-window")
    ok("GNOME's shell shows it by its name and icon, and starts it")


def search():
    found = shell("imports.gi.Shell.AppSystem.search('certified').flat()")
    assert f"{ID}.desktop" in found, found
    shell("Main.overview.show(); Main.overview.searchEntry.set_text('certified'); true")
    picture("shell-search")
    shell("Main.overview.hide(); true")
    until("no overview", lambda: not shell("Main.overview.visible"))
    ok("a search in the shell finds it by a word of its work")


def journey(folder):
    until("the shell", lambda: shell("1 + 1") == 2)
    try:
        start()
        search()
    except BaseException:
        print(seen(), file=sys.stderr)
        raise


main(journey)
