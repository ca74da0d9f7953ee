#!/usr/bin/python3
# What GNOME's shell makes of the installed program: its name, its icon, its window, what a search finds; its chooser and its notices.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: shell.py BUILD UNITS [PICTURES]: speaks TAP; runs beside a gnome-shell --headless --unsafe-mode
import filecmp
import glob
import json
import os
import sys
import time

import pyatspi
from gi.repository import Gio, GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from activated import ID, is_running  # noqa: E402
from driver import App, seen, until, walk  # noqa: E402
from world import COMMUNE, Hub, ctl, main, make_pdf, ok, pictures, records, run  # noqa: E402

DATA = os.environ["MINHCHUNG_DATA"]
# The sandbox cannot see it: the shell's chooser hands over what lies there.
DOCUMENTS = f"{os.environ['HOME']}/Tài liệu"
APP_IN_SHELL = f"imports.gi.Shell.AppSystem.get_default().lookup_app('{ID}.desktop')"


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


def look(role, condition):
    """In any program but the shell itself."""
    return next((node for one in pyatspi.Registry.getDesktop(0) if one and one.name != "gnome-shell" for node in walk(one)
                 if node.getRoleName() == role and condition(node)), None)


def find(role, contains):
    return until(f"{role} {contains}", lambda: look(role, lambda node: contains in (node.name or "")))


def keys(*names):
    """Presses these together, as the keyboard of the machine would."""
    shell("""(names => {
      const {Clutter, GLib} = imports.gi;
      global.minhchungKeys ??= Clutter.get_default_backend().get_default_seat().create_virtual_device(Clutter.InputDeviceType.KEYBOARD_DEVICE);
      const press = (name, state) => global.minhchungKeys.notify_keyval(GLib.get_monotonic_time(), Clutter[`KEY_${name}`], state);
      names.forEach(name => press(name, Clutter.KeyState.PRESSED));
      names.reverse().forEach(name => press(name, Clutter.KeyState.RELEASED));
      return true;
    })(%s)""" % json.dumps(names))


def windows():
    return shell(f"{APP_IN_SHELL}.get_windows().map(w => w.get_title())")


def start():
    until("the shell to know the program", lambda: shell(f"{APP_IN_SHELL} !== null"))
    name, icon = shell(f"[{APP_IN_SHELL}.get_name(), {APP_IN_SHELL}.get_icon().to_string()]")
    assert name == "Minh Chứng" and ID in icon, (name, icon)
    shell(f"{APP_IN_SHELL}.activate(); true")
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


def enrol(hub, there):
    """The computer of the journey, and a second one of the same commune."""
    run("flatpak", "kill", ID)
    until("the program gone from the bus", lambda: not is_running())
    for folder, by in ((DATA, "Lê Thị Thử"), (there, "Đinh Thị Hà")):
        ctl(folder, "--by", by, "enrol", hub.line(COMMUNE, "commune"))
    settings = os.environ["MINHCHUNG_SETTINGS"]
    os.makedirs(os.path.dirname(settings), exist_ok=True)
    with open(settings, "w") as file:
        file.write("[minhchung]\ninterval=1\nbackground=true\n")


def typed_path():
    """The field for a path in the shell's chooser, which belongs to another program."""
    def focused(node):
        return node.getState().contains(pyatspi.STATE_FOCUSED) and node.getApplication().name == "xdg-desktop-portal-gnome"

    def pressed():
        keys("Control_L", "l")
        return until("the field", lambda: look("text", focused), 4)
    return until("the field for a path", pressed)


def attach():
    path = f"{DOCUMENTS}/tờ trình.pdf"
    os.makedirs(DOCUMENTS)
    make_pdf(path)
    shell(f"{APP_IN_SHELL}.activate(); true")
    find("label", "Tổng quan")
    until("the window has the keys", lambda: shell("global.display.focus_window?.get_title()") == "Minh Chứng")
    keys("Alt_L", "3")
    App.press(find("push button", "Đính kèm tệp"))
    field = typed_path()
    App.set_text(field, path)
    until("the path in it", lambda: App.text(field) == path)
    find("label", "Tất cả các tệp")
    picture("shell-chooser")
    keys("Return")
    find("label", "tờ trình.pdf")
    assert any(os.path.isfile(one) and filecmp.cmp(path, one, shallow=False) for one in glob.glob(f"{DATA}/**", recursive=True))
    ok("a file comes in through GNOME's chooser from a folder that the sandbox cannot see, byte for byte")


def notices():
    """What stands in the shell's list of messages."""
    return shell("Main.messageTray.getSources().flatMap(source => source.notifications.map(one => one.title))")


def notice(there):
    """Gives what it is about."""
    keys("Control_L", "w")
    until("the window gone", lambda: not windows())
    ctl(there, "--type", "document-month", "set", "month=2021-05", "total=77")
    ctl(there, "sync")
    until("what the other computer sent", lambda: records(DATA, "document-month"), 100)
    record = records(DATA, "document-month")[0]["id"]
    ctl(DATA, "set", record, "total=120")
    ctl(there, "set", record, "total=110")
    ctl(there, "sync")
    until("a notice in the shell", notices, 150)
    assert any("1 mục hai người cùng sửa" in title for title in notices()), notices()
    picture("shell-notice")
    shell("Main.messageTray.getSources()[0].notifications[0].activate(); true")
    find("label", "Tổng số văn bản đi: 110")
    picture("shell-notice-opened")
    ok("without its window it syncs, GNOME's shell shows what has to be settled, and a click leads there")


def journey(folder):
    until("the shell", lambda: shell("1 + 1") == 2)
    keys()   # A program learns of a keyboard before one of its keys can reach it.
    hub = Hub(f"{folder}/hub")
    hub.start()
    try:
        start()
        search()
        enrol(hub, f"{folder}/there")
        attach()
        notice(f"{folder}/there")
    except BaseException:
        picture("shell-failed")
        print("keys go to", shell("String(global.display.focus_window?.get_title())"), file=sys.stderr)
        print(seen(), file=sys.stderr)
        raise
    finally:
        hub.stop()


main(journey)
