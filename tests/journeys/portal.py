#!/usr/bin/python3
# In the sandbox with the desktop's portals: files from places that the sandbox cannot see, paper, notices, the login.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: portal.py BUILD UNITS [PICTURES]: speaks TAP; DESKTOP_ENTRY is what the desktop starts
import configparser
import filecmp
import glob
import os
import shlex
import subprocess
import sys
import time

import pyatspi
from gi.repository import Gio

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from activated import ID, Activated  # noqa: E402
from desktop import Desktop  # noqa: E402
from dragging import WIDTH, drag, other_program  # noqa: E402
from driver import PATIENCE, App, until, walk, xdo  # noqa: E402
from world import APP, COMMUNE, HUB, Hub, ctl, main, make_pdf, menu, ok, pictures, records, run, shot  # noqa: E402

HOME = os.environ["HOME"]
DATA = os.environ["MINHCHUNG_DATA"]
# No permission of the sandbox reaches these: what goes in and out, a portal hands over.
DOCUMENTS, STICK = f"{HOME}/Tài liệu", f"{HOME}/usb stick"


def double_click(path):
    """As GNOME's files program opens a file with what is installed: the bus starts it, and the portal of documents hands the file over."""
    entry = Gio.DesktopAppInfo.new_from_filename(os.environ["DESKTOP_ENTRY"])
    assert entry.get_boolean("DBusActivatable")
    assert entry.launch([Gio.File.new_for_path(path)], None)
    Gio.bus_get_sync(Gio.BusType.SESSION, None).flush_sync()


def entry(path):
    """The command by which other desktops open a file with it."""
    desktop = configparser.RawConfigParser(strict=False)
    desktop.optionxform = str
    desktop.read(os.environ["DESKTOP_ENTRY"])
    words = shlex.split(desktop["Desktop Entry"]["Exec"])
    assert "--file-forwarding" in words, words
    return [path if word in ("%f", "%F", "%u", "%U") else word for word in words]


def portal():
    """The desktop's own dialog, which belongs to another program."""
    for app in pyatspi.Registry.getDesktop(0):
        if app and app.name == "xdg-desktop-portal-gtk":
            return next((window for window in app if window.getState().contains(pyatspi.STATE_SHOWING)), None)
    return None


def in_portal(role, name=None, contains=None):
    def look():
        return next((node for node in walk(portal()) if node.getRoleName() == role and (name is None or node.name == name) and
                     (contains is None or contains in (node.name or ""))), None)
    return until(f"{role} {name or contains} in the desktop's dialog", look)


def focus_portal():
    window = until("the desktop's dialog", portal)
    ids = until("its window", lambda: subprocess.run(["xdotool", "search", "--onlyvisible", "--name", f"^{window.name}$"],
                                                     capture_output=True, text=True).stdout.split())
    xdo("windowfocus", ids[-1])
    return window


def choose(app, path, button, picture):
    """Answers the desktop's chooser of files or folders with a path.  The button is pressed itself: a key would go to
    whatever has the focus once the dialog is gone."""
    focus_portal()
    # It opens on what was used last, where no folder can be chosen: home first, and there the folder or what holds it.
    below = os.path.relpath(path, HOME).split("/")[0]
    once_pressed(f"{below} in the home folder", "alt+Home", lambda: is_at_home(below))
    field = once_pressed("the field for a path", "ctrl+l", focused_text)
    app.set_text(field, path)
    until("the path in it", lambda: app.text(field) == path)
    if pictures:
        app.picture(f"{pictures}/{picture}.png")
    press_until_gone(app, button)


def once_pressed(what, key, condition):
    """A second press may undo the first: it is given time, and tried again only if it was lost."""
    def look():
        answer = condition()
        if not answer:
            xdo("key", key)
            answer = until(what, condition, PATIENCE / 4)
        return answer
    return until(what, look)


def is_at_home(below):
    """What was used last has a column for where it lies."""
    names = [(node.getRoleName(), node.name) for node in walk(portal()) if node.getRoleName() in ("table column header", "table cell")]
    return ("table cell", below) in names and ("table column header", "Location") not in names


def focused_text():
    return next((node for node in walk(portal()) if node.getRoleName() == "text" and
                 node.getState().contains(pyatspi.STATE_FOCUSED)), None)


def press_until_gone(app, name):
    """While the desktop still looks what a path is, a press does nothing."""
    def gone():
        if not portal():
            return True
        app.press(next(node for node in walk(portal()) if node.getRoleName() == "push button" and node.name == name and
                       node.getState().contains(pyatspi.STATE_SENSITIVE)))
        return until("the dialog gone", lambda: not portal(), 2)
    until(f"the dialog gone after “{name}”", gone)


def enrol(hub, folder):
    path = f"{DOCUMENTS}/ghi danh.mcenrol"
    with open(path, "w") as file:
        file.write(hub.line(COMMUNE, "commune") + "\n")
    with Activated(lambda: double_click(path)) as app:
        app.press(app.find("push button", contains="Tiếp tục"))
        app.set_text(app.find("text", "Họ và tên"), "Lê Thị Thử")
        app.press(app.find("push button", contains="Bắt đầu"))
        app.find("label", contains="Xã An Hưng")
        shot(app, "portal-enrolled")
        app.press(app.find("push button", contains="Bắt đầu làm việc"))
        app.find("label", "Tổng quan")
        app.close()
    ok("a double click on an enrolment file outside the sandbox enrols")


def is_kept(path):
    """Whether the same bytes are among the evidence."""
    return any(os.path.isfile(one) and filecmp.cmp(path, one, shallow=False) for one in glob.glob(f"{DATA}/**", recursive=True))


def attach(app):
    pdf = f"{DOCUMENTS}/tờ trình.pdf"
    make_pdf(pdf)
    app.key("alt+3")
    app.press(app.find("push button", contains="Đính kèm tệp"))
    choose(app, pdf, "Mở", "portal-chooser")
    # What stays, not the sentence that comes and goes: a slow machine would miss it.
    app.find("label", "tờ trình.pdf")
    assert is_kept(pdf)
    ok("a file is attached from a folder that the sandbox cannot see, through the desktop's chooser, byte for byte")


def drop(app):
    """GTK hands dropped files to a sandbox through the portal for transfers; without it the paths would be of no use inside."""
    path = f"{DOCUMENTS}/biên bản.pdf"
    make_pdf(path, "Bien ban kiem tra CCHC 2021")
    app.resize(WIDTH, 760)
    app.focus_window()
    app.tab_to(app.find("push button", contains="Bỏ “tờ trình.pdf”"))   # which brings the list into sight
    source, window = other_program([path])
    try:
        drag(app, window, app.find("label", "tờ trình.pdf"))
        app.find("label", "biên bản.pdf")
    finally:
        source.kill()
        source.wait()
    shot(app, "portal-dropped")
    assert is_kept(path)
    app.resize(1366, 768)
    ok("a file dragged from a program outside the sandbox is attached, byte for byte")


def back_up(app):
    menu(app, "Sao lưu")
    choose(app, STICK, "Chọn", "portal-folder")
    app.find("label", contains="Có thể rút USB", seconds=60)
    app.key("Return", title="Đã sao lưu xong")
    until("the window of the backup gone", lambda: app.root.childCount == 1)
    assert glob.glob(f"{STICK}/MinhChung-sao-luu-*/backup.json"), os.listdir(STICK)
    ok("a backup is written to a stick that the sandbox cannot see")


def print_month(app):
    app.key("alt+5")
    app.enter(app.find("text", "Số 1, Người yêu cầu"), "Nguyen Van A", leave="Tab")
    app.enter(app.find("text", "Số 1, Giấy tờ"), "Bang tot nghiep", leave="Tab")
    app.find("label", contains="1 việc")
    button = app.find("toggle button", "In sổ tháng")
    app.press(button)
    app.press(app.find("menu item", "Tháng 12"))
    focus_portal()
    cell = in_portal("table cell", contains="File")
    cell.queryComponent().grabFocus()
    if pictures:
        app.picture(f"{pictures}/portal-print.png")
    app.press(in_portal("push button", "Print"))
    paper = until("the pages", lambda: glob.glob(f"{HOME}/**/output.pdf", recursive=True))
    until("whole pages", lambda: b"%%EOF" in open(paper[0], "rb").read())
    assert "Nguyen Van A" in run("pdftotext", "-layout", paper[0], "-"), paper
    ok("a month is printed to a file through the desktop's print dialog")


def start_at_login(app, desktop):
    app.key("ctrl+comma")
    control = app.find("check box", contains="Tự chạy khi đăng nhập")
    app.focus_window("Tùy chọn")
    app.tab_to(control)
    xdo("key", "space")
    until("the desktop asked", lambda: desktop.started)
    assert desktop.started["is_on"] and desktop.started["id"] == ID, desktop.started
    assert desktop.started["command"] == ["flatpak", "run", "--command=minhchung", ID, "--background"], desktop.started
    app.key("Escape", title="Tùy chọn")
    until("the preferences gone", lambda: not app.windows("^Tùy chọn$"))
    ok("the desktop is asked, by its portal, to start the program at login")


def disagree(there, record, here_total, there_total):
    ctl(DATA, "set", record, f"total={here_total}")
    ctl(there, "set", record, f"total={there_total}")
    ctl(there, "sync")


def notice(app, desktop, there):
    """Gives what another one can be about."""
    app.key("ctrl+w")
    until("the window gone", lambda: not app.windows("^Minh Chứng$"))
    for month in ("2021-05", "2021-06"):
        ctl(there, "--type", "document-month", "set", f"month={month}", "total=77")
    ctl(there, "sync")
    # What comes to the program by itself is the next thing to see, and a minute apart: no need to wait for two.
    ctl(DATA, "sync")
    one, other = (record["id"] for record in records(DATA, "document-month"))
    disagree(there, one, 120, 110)
    until("a word from the desktop", lambda: desktop.shown, 150)
    assert "1 mục hai người cùng sửa" in desktop.shown[0]["title"], desktop.shown
    desktop.click()
    app.find("label", contains="Tổng số văn bản đi: 110")
    shot(app, "portal-notice")
    ok("without its window it syncs, tells through the portal what has to be settled, and a click leads there")
    return other


def notice_later(app, desktop, there, record):
    """It still stands on the desktop when the program has ended."""
    app.key("Escape", title="Cần xem")
    until("the list gone", lambda: not app.windows("^Cần xem$"))
    app.key("ctrl+w")
    until("the window gone", lambda: not app.windows("^Minh Chứng$"))
    disagree(there, record, 130, 140)
    until("another word from the desktop", lambda: len(desktop.shown) == 2, 150)
    assert "2 mục hai người cùng sửa" in desktop.shown[1]["title"], desktop.shown
    app.kill()
    with Activated(desktop.click) as again:
        again.find("label", contains="Tổng số văn bản đi: 140")
        shot(again, "portal-notice-later")
        again.close()
    ok("a click on the notice of a program that has ended starts it, and leads there too")


def answer(hub):
    """The stick goes to the district, and its answer is opened by a double click."""
    bundle = f"{DOCUMENTS}/goi"
    os.makedirs(bundle)
    ctl(DATA, "--type", "document-month", "set", "month=2021-07", "total=9")
    inside = f"{HOME}/MinhChung"
    os.makedirs(inside, exist_ok=True)
    ctl(DATA, "bundle", "write", inside)
    written = glob.glob(f"{inside}/*.mcbundle")
    assert len(written) == 1, written
    run(HUB, "bundle", "read", written[0], "--reply", STICK, "--data", hub.folder)
    reply = glob.glob(f"{STICK}/*.mcbundle")[0]
    with App(*entry(reply)) as app:
        app.find("label", contains="Huyện xác nhận")
        shot(app, "portal-bundle")
        # What the desktop started does not end with the command that asked for it.
        run("flatpak", "kill", ID)
        app.process.wait(60)
    ok("a double click on the district's answer on a stick takes it in")


def journey(folder):
    for path in (DOCUMENTS, STICK):
        os.makedirs(path)
    desktop = Desktop()
    hub = Hub(f"{folder}/hub")
    hub.start()
    there = f"{folder}/there"
    try:
        enrol(hub, folder)
        ctl(there, "--by", "Đinh Thị Hà, Văn phòng", "enrol", hub.line(COMMUNE, "commune"))
        settings = os.environ["MINHCHUNG_SETTINGS"]
        os.makedirs(os.path.dirname(settings), exist_ok=True)
        with open(settings, "w") as file:
            file.write("[minhchung]\ninterval=1\n")
        with App(APP) as app:
            app.find("label", "Tổng quan")
            app.resize(1366, 768)
            attach(app)
            drop(app)
            back_up(app)
            print_month(app)
            start_at_login(app, desktop)
            notice_later(app, desktop, there, notice(app, desktop, there))
        answer(hub)
    finally:
        hub.stop()


main(journey)
