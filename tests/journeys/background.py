#!/usr/bin/python3
# Nobody looks: the desktop tells what a sync brought to settle and what is due, once; closed, the window goes on syncing.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: background.py BUILD UNITS [PICTURES]: speaks TAP
import os
import subprocess
import sys
import time

from gi.repository import Gio, GLib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from activated import ID, Activated, is_running  # noqa: E402
from desktop import Desktop  # noqa: E402
from driver import App, until, xdo  # noqa: E402
from world import APP, COMMUNE, Hub, ctl, main, ok, records, shot  # noqa: E402


def autostart():
    return f"{os.environ['XDG_CONFIG_HOME']}/autostart/{ID}.desktop"


def switch(app, name):
    """Turns a switch of the preferences with the keyboard."""
    app.key("ctrl+comma")
    control = app.find("check box", name)
    app.focus_window("Tùy chọn")
    app.tab_to(control)
    xdo("key", "space")


def leave_preferences(app):
    app.key("Escape", title="Tùy chọn")
    until("the preferences gone", lambda: not app.windows("^Tùy chọn$"))


def turn_on(app):
    switch(app, "Tự chạy khi đăng nhập và đồng bộ ngầm")
    until("the file for the login", lambda: os.path.exists(autostart()))
    shot(app, "preferences-background")
    leave_preferences(app)
    entry = GLib.KeyFile()
    entry.load_from_file(autostart(), GLib.KeyFileFlags.NONE)
    assert entry.get_string("Desktop Entry", "Exec") == f'"{APP}" --background', entry.to_data()
    assert subprocess.run(["desktop-file-validate", autostart()], capture_output=True).returncode == 0
    ok("one switch in the preferences writes the file that starts it at login")


def close(app):
    app.key("ctrl+w")
    until("the window gone", lambda: not app.windows())
    assert is_running() and app.process.poll() is None


def sync_without_window(app, here, there):
    close(app)
    ctl(there, "--type", "document-month", "set", "month=2021-05", "total=77", "digital=70")
    ctl(there, "sync")
    until("the figures of the other computer", lambda: any(one["body"]["total"] == 77 for one in records(here, "document-month")), 90)
    ok("closed, it goes on syncing by itself")


def settle(app, here, there, desktop):
    record = next(one["id"] for one in records(here, "document-month") if one["body"]["total"] == 100)
    ctl(here, "set", record, "total=120")
    ctl(there, "set", record, "total=110")
    ctl(there, "sync")
    until("a word from the desktop", lambda: desktop.shown, 100)
    assert len(desktop.shown) == 1 and "1 mục hai người cùng sửa" in desktop.shown[0]["title"], desktop.shown
    assert "default" in desktop.shown[0]["actions"], desktop.shown
    ok("what a sync brought to settle is told while nobody looks")
    desktop.click()
    app.find("label", contains="Tổng số văn bản đi: 110")
    shot(app, "notification-clicked")
    ok("a click on it leads to the place")
    app.press(app.find("push button", "Nội dung này đúng: Tổng số văn bản đi: 120"))
    app.find("label", contains="Không có gì cần xử lý")
    assert len(desktop.shown) == 1, desktop.shown
    ok("it is settled there, and no other notice comes")


def click_later(here, there):
    """A notice outlives the program: the desktop has the bus start it, from its service file, and says which action."""
    record = next(one["id"] for one in records(here, "document-month") if one["body"]["total"] == 120)
    ctl(here, "set", record, "total=130")
    ctl(there, "set", record, "total=140")
    ctl(there, "sync")
    ctl(here, "sync")
    with open(f"{os.environ['BUS_SERVICES']}/{ID}.service", "w") as file:
        file.write(f"[D-BUS Service]\nName={ID}\nExec={APP} --gapplication-service\n")
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReloadConfig", None, None,
                  Gio.DBusCallFlags.NONE, -1, None)
    with Activated(lambda: bus.call_sync(ID, "/" + ID.replace(".", "/"), "org.freedesktop.Application", "ActivateAction",
                                         GLib.Variant("(sava{sv})", ("show", [GLib.Variant("s", "attention")], {})), None,
                                         Gio.DBusCallFlags.NONE, -1, None)) as app:
        app.find("label", contains="Tổng số văn bản đi: 140")
        app.resize(1366, 768)
        shot(app, "notification-clicked-later")
        app.close()
    os.unlink(f"{os.environ['BUS_SERVICES']}/{ID}.service")
    ok("a click on a notice of a program that has ended starts it, and leads to the place")


def log_in_again():
    """As the desktop does it at login: from the file."""
    entry = GLib.KeyFile()
    entry.load_from_file(autostart(), GLib.KeyFileFlags.NONE)
    words = GLib.shell_parse_argv(entry.get_string("Desktop Entry", "Exec"))[1]
    process = subprocess.Popen(words)
    until("the program", is_running)
    assert subprocess.run(words, timeout=30).returncode == 0
    return process


def window():
    return subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Minh Chứng$"], capture_output=True, text=True).stdout.split()


def quit_window():
    xdo("windowfocus", window()[0])
    xdo("key", "ctrl+q")
    time.sleep(1)


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    here, there = f"{os.environ['XDG_DATA_HOME']}/minhchung", f"{folder}/there"
    desktop = Desktop()
    try:
        os.makedirs(f"{os.environ['XDG_CONFIG_HOME']}/minhchung")
        with open(f"{os.environ['XDG_CONFIG_HOME']}/minhchung/settings.ini", "w") as file:
            file.write("[minhchung]\ninterval=1\n")
        ctl(here, "--by", "Lê Văn Bình, Công chức Tư pháp", "enrol", hub.line(COMMUNE, "commune"))
        ctl(there, "--by", "Đinh Thị Hà, Văn phòng", "enrol", hub.line(COMMUNE, "commune"))
        ctl(there, "--type", "document-month", "set", "month=2021-03", "total=100", "digital=90")
        ctl(there, "sync")
        ctl(here, "sync")
        assert subprocess.run([APP, "--background", "--data-dir", f"{folder}/none"], timeout=60).returncode == 0
        ok("started at login with nothing to sync, it ends at once")
        with App(APP) as app:
            app.find("push button", contains="Đồng bộ: ")
            app.resize(1366, 768)
            turn_on(app)
            sync_without_window(app, here, there)
            settle(app, here, there, desktop)
            app.close()
            assert "CRITICAL" not in app.errors(), app.errors()
        assert not is_running()
        ok("Ctrl+Q ends it")
        click_later(here, there)
        process = log_in_again()
        assert not window()
        ok("started from the file it shows nothing, started twice it runs once")
        assert subprocess.run([APP], timeout=30).returncode == 0
        until("the window", window)
        ok("opened from the menu its window comes")
        until("the end", lambda: process.poll() is not None or quit_window())
        assert process.returncode == 0
        with App(APP) as app:
            app.find("push button", contains="Đồng bộ: ")
            app.resize(1366, 768)
            switch(app, "Tự chạy khi đăng nhập và đồng bộ ngầm")
            until("the file gone", lambda: not os.path.exists(autostart()))
            leave_preferences(app)
            app.key("ctrl+w")
            assert app.process.wait(60) == 0
        ok("turned off, the file goes, and closing ends the program")
    finally:
        hub.stop()

main(journey)
