#!/usr/bin/python3
# The main job, in the real window against a real hub: a commune records evidence offline, one click brings it to the district.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: main-job.py BUILD UNITS [PICTURES]: speaks TAP
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until, xdo  # noqa: E402
from world import APP, COMMUNE, DISTRICT, HUB, Hub, ctl, main, make_pdf, ok, records, run, shot  # noqa: E402

SECRET = "Đặng Thị Kín"   # a citizen: no byte of this name may reach the hub


def first_run(app, line):
    app.set_text(app.find("text", "Dòng ghi danh"), line[:-7])
    app.press(app.find("push button", contains="Tiếp tục"))
    app.find("label", contains="Dòng ghi danh chưa đủ")
    ok("a cut enrolment line is told as such, in Vietnamese")
    app.set_text(app.find("text", "Dòng ghi danh"), line)
    app.press(app.find("push button", contains="Tiếp tục"))
    app.set_text(app.find("text", "Họ và tên"), "Lê Thị Thử")
    app.set_text(app.find("text", "Chức vụ"), "Công chức Văn phòng – Thống kê")
    shot(app, "first-run-person")
    app.press(app.find("push button", contains="Bắt đầu"))
    app.find("label", contains="Xã An Hưng")
    shot(app, "first-run-tour")
    app.press(app.find("push button", contains="Bắt đầu làm việc"))
    app.find("label", "Tổng quan")
    app.resize(1366, 768)
    time.sleep(0.5)
    ok("enrolled with the line, name and position; the window opens")


def plan(app):
    app.key("alt+3")
    for number, (content, product) in enumerate([("Ban hành kế hoạch tuyên truyền", "Kế hoạch"), ("Rà soát thủ tục hành chính", "Báo cáo"),
                                                 ("Niêm yết công khai thủ tục", "Biên bản")], 1):
        app.enter(app.find("text", "Mới, Nội dung"), content, leave="Tab")
        row = until("the line of the new task", lambda: app.find_now("text", f"{number}, Nội dung"))
        assert app.text(row) == content
        app.enter(app.find("text", f"{number}, Sản phẩm"), product, leave="Tab")
        app.enter(app.find("text", f"{number}, Thời hạn"), f"15/{number + 2}/2021", leave="Tab")
        until("a new empty line", lambda: app.find_now("text", "Mới, Nội dung"))
    ok("three tasks of a plan are typed")


def documents(app):
    app.key("alt+4")
    january = ["120", "100", "10", "6", "4"]
    app.click(app.find("text", "Tháng 1, Tổng VB đi"))
    for figure in january:
        xdo("type", "--delay", 15, figure)
        xdo("key", "Tab")
    until("the rate of January", lambda: app.find_now("label", "86,21%"))
    ok("counts of January are typed, the rate appears")
    app.copy("\n".join("\t".join(str(v) for v in (100 + month, 90 + month, 5, 5, 0)) for month in range(2, 13)) + "\n")
    app.click(app.find("text", "Tháng 2, Tổng VB đi"))
    app.key("ctrl+v")
    until("December", lambda: app.text(app.find_now("text", "Tháng 12, Tổng VB đi")) == "112")
    until("all saved", lambda: app.find_now("label", "Đã lưu"))
    shot(app, "documents")
    ok("eleven months are pasted from a spreadsheet")
    app.key("ctrl+z")
    until("no December", lambda: app.text(app.find_now("text", "Tháng 12, Tổng VB đi")) == "")
    app.click(app.find("text", "Tháng 2, Tổng VB đi"))
    app.key("ctrl+v")
    until("December", lambda: app.text(app.find_now("text", "Tháng 12, Tổng VB đi")) == "112")
    ok("one undo takes all of it away, pasting brings it back")
    app.enter(app.find("text", "Tháng 3, Mật"), "12x", leave="Tab")
    app.said("Chưa lưu được “12x”")
    app.enter(app.find("text", "Tháng 3, Mật"), "0", leave="Tab")
    ok("what is no number is not saved, and the screen says why")


def copies(app):
    app.key("alt+5")
    for number in range(1, 6):
        app.enter(app.find("text", f"Số {number}, Người yêu cầu"), f"{SECRET} {number}", leave="Tab")
        app.enter(app.find("text", f"Số {number}, Giấy tờ"), "Bằng tốt nghiệp", leave="Tab")
        app.enter(app.find("text", f"Số {number}, Số bản"), str(number), leave="Tab")
        app.find("label", contains=f"{number} việc")
        app.press(app.find("push button", contains="Dòng tiếp theo"))
    shot(app, "copies")
    ok("five certified copies are typed, numbers are proposed")


def attach(app, pdf):
    app.key("alt+3")
    # The plan's own form lies below the tasks.
    button = app.find("push button", contains="Đính kèm tệp")
    app.press(button)
    app.choose(pdf)
    # What stays, not the sentence that comes and goes: a slow machine would miss it.
    app.find("label", os.path.basename(pdf))
    ok("a PDF is attached through the file chooser")


def offline(app, hub):
    until("everything synced", lambda: app.find_now("push button", contains="Đồng bộ: Đã đồng bộ lúc"), 30)
    hub.stop()
    app.key("alt+4")
    for month, figure in ((2, "31"), (3, "27"), (4, "40")):
        app.enter(app.find("text", f"Tháng {month}, Đến ĐT"), figure)
    app.find("push button", contains="Đồng bộ: 3 mục chờ gửi")
    # The sync that follows a save by itself finds no hub, and says so once.
    app.find("push button", contains="3 mục chờ gửi – Máy chủ không trả lời – đã lưu trên máy này", seconds=30)
    shot(app, "offline")
    ok("with the hub stopped: 3 mục chờ gửi")
    hub.start()
    app.press(app.find("push button", contains="Đồng bộ: "))
    app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc", seconds=30)
    shot(app, "synced")
    ok("hub started, one click: Đã đồng bộ lúc …")


SEALED = {"certified-copy": ("requester", "note", "service_code")}   # only the commune's own devices can read these


def compare_records(here, there):
    counts = {"plan": 1, "plan-task": 3, "document-month": 12, "certified-copy": 5}
    for kind, count in counts.items():
        own = {one["id"]: one for one in records(here, kind)}
        others = {one["id"]: one for one in records(there, kind, COMMUNE)}
        assert len(own) == count, (kind, len(own))
        assert own.keys() == others.keys(), kind
        if kind == "document-month":   # most were pasted twice, with an undo between
            assert sorted(one["body"].get("month", "") for one in own.values()) == [f"2021-{month:02}" for month in range(1, 13)], own
        for one in own:
            mine, theirs = (json.loads(ctl(folder, "--json", "show", one))["body"] for folder in (here, there))
            for field in SEALED.get(kind, ()):
                mine.pop(field, None)
                theirs.pop(field, None)
            assert mine == theirs, (kind, mine, theirs)


def compare(hub, folder, district):
    ctl(district, "--by", "Phòng Nội vụ", "enrol", hub.line(DISTRICT, "district"))
    ctl(district, "sync")
    compare_records(folder, district)
    ok("minhchungctl show says the same at the commune and at the district, field by field")
    device = json.loads(ctl(folder, "--json", "status"))["device"]
    sent = [int(n) for n in re.findall(rf"sync device={device} changes=(\d+) refused=0 .* outcome=ok", hub.log_text())]
    wrote = int(run("sqlite3", "-readonly", f"{folder}/store.db", f"SELECT count(*) FROM change WHERE device = '{device}'"))
    assert sum(sent) == wrote and f"device={device}" in hub.log_text(), (sent, wrote)
    assert "all chains, signatures and hashes hold" in run(HUB, "verify", "--data", hub.folder)
    ok(f"the hub's log counts the {wrote} changes that the commune wrote, none refused; its chains hold")


def same_evidence(hub, folder, pdf):
    digest = run("sha256sum", pdf).split()[0]
    for side in (folder, hub.folder):
        held = [os.path.join(d, f) for d, _, files in os.walk(side) for f in files if f == digest]
        assert held, side
        assert run("sha256sum", held[0]).split()[0] == digest, held
    ok("sha256sum of the evidence is the same on both sides, and that of the signed file")


def no_name(hub, folder):
    for d, _, files in os.walk(hub.folder):
        for name in files:
            with open(os.path.join(d, name), "rb") as file:
                assert SECRET.encode() not in file.read(), name
    assert SECRET not in hub.log_text()
    assert SECRET in json.dumps(records(folder, "certified-copy"), ensure_ascii=False)
    ok("no citizen's name is in the hub's folder or log; the commune reads it")


def killed(folder):
    with App(APP, "--data-dir", folder, "--page", "plan") as app:
        app.find("label", "Đã lưu")
        app.resize(1366, 768)
        time.sleep(0.6)
        app.enter(app.find("text", "1, Chủ trì"), "Van phong HDND", leave=None)
        time.sleep(1.0)
        app.kill()
    with App(APP, "--data-dir", folder, "--page", "plan") as app:
        until("the text that was being typed", lambda: app.text(app.find_now("text", "1, Chủ trì")) == "Van phong HDND")
        app.resize(1366, 768)
        time.sleep(0.5)
        app.enter(app.find("text", "1, Chủ trì"), "Van phong UBND", leave="Tab")
        until("saved", lambda: app.find_now("label", "Đã lưu"))
        app.key("ctrl+z")
        until("undone", lambda: app.text(app.find_now("text", "1, Chủ trì")) == "Van phong HDND")
        app.close()
    ok("typed text survives kill -9 within a second; undo brings the former text back; Ctrl+Q ends the program")


def search(folder):
    with App(APP, "--data-dir", folder) as app:
        app.find("label", "Tổng quan")
        app.resize(1366, 768)
        time.sleep(0.5)
        app.key("ctrl+k")
        app.set_text(app.find("entry", "Tìm trong tất cả"), "niem yet")
        app.find("label", contains="Niêm yết công khai thủ tục")
        app.key("Escape", title="Tìm trong tất cả")
        until("the search closed", lambda: app.root.childCount == 1)
        app.close()
    ok("search finds without diacritics")


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    data, pdf = f"{folder}/commune", f"{folder}/ke-hoach-da-ky.pdf"
    make_pdf(pdf)
    try:
        with App(APP, "--data-dir", data) as app:
            first_run(app, hub.line(COMMUNE, "commune"))
            plan(app)
            documents(app)
            copies(app)
            attach(app, pdf)
            offline(app, hub)
            app.close()
            assert "CRITICAL" not in app.errors() and "WARNING" not in app.errors(), app.errors()
            ok("no warning was printed")
        compare(hub, data, f"{folder}/district")
        same_evidence(hub, data, pdf)
        no_name(hub, data)
        killed(data)
        search(data)
    finally:
        hub.stop()


main(journey)
