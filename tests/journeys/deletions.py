#!/usr/bin/python3
# Somebody deleted a whole register by mistake: the other computer asks once before it lets it go, and can bring it back.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: deletions.py BUILD UNITS [PICTURES]: speaks TAP
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until  # noqa: E402
from world import APP, COMMUNE, Hub, ctl, main, ok, records, shot  # noqa: E402

COUNT = 12
QUESTION = "Xóa nhiều mục cùng lúc như vậy có thể là nhầm"


def meetings(folder):
    return records(folder, "communication")


def delete_all(here, there):
    for one in meetings(there):
        ctl(there, "delete", one["id"])
    ctl(there, "sync")
    ctl(here, "sync")
    assert not meetings(there) and len(meetings(here)) == COUNT, (len(meetings(there)), len(meetings(here)))


def asked(app):
    app.find("push button", contains=f"Cần xem: {COUNT} mục bị xóa ở máy khác")
    app.resize(1366, 768)
    app.press(app.find("push button", "Xem những mục cần xử lý"))
    app.find("label", contains=QUESTION)
    app.find("label", contains="Người xóa: Đinh Thị Hà")
    app.find("label", contains=f"và {COUNT - 3} mục nữa")


def beside(here, there):
    """What is answered first takes its question away, and no other: the button that one is about to press is still the same."""
    for number in range(1, COUNT + 1):
        ctl(there, "--type", "communication", "set", f"published_on={number:02d}/04/2021", f"heading=Tờ rơi lần {number}")
    ctl(there, "--type", "document-month", "set", "month=2021-03", "total=100")
    ctl(there, "sync")
    ctl(here, "sync")
    month = records(here, "document-month")[0]["id"]
    ctl(there, "set", month, "total=110")
    ctl(here, "set", month, "total=120")
    delete_all(here, there)
    with App(APP, "--data-dir", here) as app:
        asked(app)
        right = app.find("push button", "Nội dung này đúng: Tổng số văn bản đi: 120")
        app.press(app.find("push button", "Giữ lại tất cả các mục bị xóa"))
        until("the question gone", lambda: not app.find_now("label", contains=QUESTION))
        app.find("push button", contains="Đồng bộ: Cần xem: 1 mục hai người cùng sửa")
        app.press(right)
        app.find("label", contains="Không có gì cần xử lý")
        app.close()
        assert "CRITICAL" not in app.errors(), app.errors()
    assert records(here, "document-month")[0]["body"]["total"] == 120
    ok("one answer leaves the other questions as they stand")


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    here, there = f"{folder}/here", f"{folder}/there"
    try:
        ctl(here, "--by", "Lê Văn Bình, Công chức Tư pháp", "enrol", hub.line(COMMUNE, "commune"))
        ctl(there, "--by", "Đinh Thị Hà, Văn phòng", "enrol", hub.line(COMMUNE, "commune"))
        for number in range(1, COUNT + 1):
            ctl(there, "--type", "communication", "set", f"published_on={number:02d}/03/2021", f"heading=Phát thanh lần {number}")
        ctl(there, "sync")
        ctl(here, "sync")
        delete_all(here, there)
        with App(APP, "--data-dir", here) as app:
            asked(app)
            shot(app, "deletions")
            ok("the button says so, one question names who, when, and what it is about; nothing is gone yet")
            app.press(app.find("push button", "Giữ lại tất cả các mục bị xóa"))
            app.find("label", contains="Không có gì cần xử lý")
            app.close()
        ctl(here, "sync")
        ctl(there, "sync")
        assert len(meetings(there)) == len(meetings(here)) == COUNT
        ok("kept, they are back on the computer that deleted them, too")

        delete_all(here, there)
        with App(APP, "--data-dir", here) as app:
            asked(app)
            app.press(app.find("push button", "Xóa hẳn tất cả các mục này"))
            app.find("label", contains="Không có gì cần xử lý")
            app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc")
            app.close()
            assert "CRITICAL" not in app.errors(), app.errors()
        assert not meetings(here)
        ok("deleted for good, they are gone here as well")

        beside(here, there)
    finally:
        hub.stop()


main(journey)
