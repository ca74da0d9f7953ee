#!/usr/bin/python3
# In the sandbox on a desktop without portals: paper, another program and the login, each with a sentence and a way that works.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: bare.py BUILD UNITS [PICTURES]: speaks TAP
import filecmp
import glob
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until, xdo  # noqa: E402
from world import APP, begin_trial, choose, main, make_pdf, ok, run, shot  # noqa: E402

PLACE = os.path.expanduser("~/MinhChung")


def print_month(app):
    app.key("alt+5")
    app.press(app.find("toggle button", "In sổ tháng"))
    app.press(app.find("menu item", "Tháng 12"))
    title = "Máy này thiếu dịch vụ in: lưu thành tệp PDF"
    until("the chooser", lambda: app.windows(f"^{title}$"))
    app.find("label", contains="xdg-desktop-portal-gtk")
    app.focus_window(title)
    shot(app, "bare-print")
    app.press(app.find("push button", "Lưu"))
    # What stays, not the sentence that comes and goes: a slow machine would miss it.
    paper = until("the pages", lambda: glob.glob(f"{PLACE}/*.pdf"))
    until("whole pages", lambda: b"%%EOF" in open(paper[0], "rb").read())
    shot(app, "bare-printed")
    assert os.path.basename(paper[0]) == "so-chung-thuc-ban-sao-2021-thang-12.pdf", paper
    text = run("pdftotext", "-layout", paper[0], "-")
    assert "SỔ CHỨNG THỰC BẢN SAO" in text and "Tháng 12 năm 2021" in text and "Cộng:" in text, text
    ok("without the service for printing it says so, and the month becomes a PDF in the folder that it sees")


def open_elsewhere(app, folder):
    kept, name = f"{folder}/minh-chung.pdf", "minh-chung.pdf"
    make_pdf(kept)
    os.link(kept, f"{PLACE}/{name}")
    app.key("alt+3")
    app.press(app.find("push button", contains="Đính kèm tệp"))
    choose(app, f"{PLACE}/{name}")
    app.find("label", name)
    os.unlink(f"{PLACE}/{name}")
    app.focus_window()
    app.tab_to(next(node for node in app.all("list item", name)))
    xdo("key", "Return")
    app.press(app.find("push button", "Mở bằng chương trình khác"))
    title = "Máy này thiếu dịch vụ mở tệp: lưu một bản sao"
    until("the chooser", lambda: app.windows(f"^{title}$"))
    app.focus_window(title)
    shot(app, "bare-open")
    app.press(app.find("push button", "Lưu"))
    until("the copy", lambda: filecmp.cmp(kept, f"{PLACE}/{name}", shallow=False))
    shot(app, "bare-opened")
    ok("without the service that opens files it says so, and a copy goes to the folder that it sees, byte for byte")


def start_at_login(app):
    app.key("ctrl+comma")
    control = app.find("check box", contains="Tự chạy khi đăng nhập")
    app.focus_window("Tùy chọn")
    app.tab_to(control)
    xdo("key", "space")
    app.find("label", contains="xin tự mở Minh Chứng")
    shot(app, "bare-login")
    ok("without the service for the login it says that it is not started")


def journey(folder):
    os.makedirs(PLACE, exist_ok=True)
    with App(APP) as app:
        begin_trial(app, "Công chức Tư pháp – Hộ tịch")
        print_month(app)
        open_elsewhere(app, folder)
        start_at_login(app)


main(journey)
