#!/usr/bin/python3
# In the sandbox on a desktop without portals: paper and the login, each with a sentence and a way that works.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: bare.py BUILD UNITS [PICTURES]: speaks TAP
import glob
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until, xdo  # noqa: E402
from world import APP, main, ok, run, shot  # noqa: E402

PLACE = os.path.expanduser("~/MinhChung")


def trial(app):
    app.press(app.find("push button", contains="Dùng thử"))
    app.set_text(app.find("text", "Họ và tên"), "Lê Thị Thử")
    app.set_text(app.find("text", "Chức vụ"), "Công chức Tư pháp – Hộ tịch")
    app.press(app.find("push button", contains="Bắt đầu"))
    app.press(app.find("push button", contains="Bắt đầu làm việc", seconds=120))
    app.find("label", "Tổng quan")
    app.resize(1366, 768)


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
    app.find("label", contains="Mở tệp đó để in")
    shot(app, "bare-printed")
    paper = glob.glob(f"{PLACE}/*.pdf")
    assert len(paper) == 1, os.listdir(PLACE)
    text = run("pdftotext", "-layout", paper[0], "-")
    assert "SỔ CHỨNG THỰC BẢN SAO" in text and "Tháng 12 năm 2021" in text and "Cộng:" in text, text
    ok("without the service for printing it says so, and the month becomes a PDF in the folder that it sees")


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
        trial(app)
        print_month(app)
        start_at_login(app)
        app.close()


main(journey)
