#!/usr/bin/python3
# Two people of one commune edit the same while apart: both values stand, one click or a third value settles it.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: conflict.py BUILD UNITS [PICTURES]: speaks TAP
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until  # noqa: E402
from world import APP, COMMUNE, DISTRICT, Hub, ctl, main, make_pdf, menu, ok, records, refused, shot  # noqa: E402


def one_record(folder):
    return records(folder, "document-month")[0]


def apart(here, there, record, ours, theirs):
    """Both set the total without knowing of each other, then both sync: theirs is first at the district."""
    ctl(there, "set", record, f"total={theirs}")
    ctl(here, "set", record, f"total={ours}")
    ctl(there, "sync")
    ctl(here, "sync")
    assert one_record(here)["conflict"], one_record(here)


def district(folder, hub, plan):
    """What a commune has to settle is not the district's; what two reviewers say of it is."""
    one, other = f"{folder}/one", f"{folder}/other"
    for data, by in ((one, "Trần Văn Nội"), (other, "Võ Thị Vụ")):
        ctl(data, "--by", by, "enrol", hub.line(DISTRICT, "district"))
        ctl(data, "sync")
    assert json.loads(ctl(one, "--json", "status"))["conflict_records"] == 0
    ctl(one, "set", plan, "review.quality=90")
    ctl(other, "set", plan, "review.quality=70")
    ctl(one, "sync")
    ctl(other, "sync")
    ctl(one, "sync")
    with App(APP, "--data-dir", one) as app:
        app.find("push button", contains="Cần xem: 1 mục hai người cùng sửa")
        app.resize(1366, 768)
        app.key("ctrl+j")
        button = app.find("push button", contains=": 70")
        assert not app.find_now("push button", contains="there.pdf")
        shot(app, "conflict-reviewers")
        app.press(button)
        app.find("label", contains="Không có gì cần xử lý")
        app.close()
    ctl(one, "sync")
    assert json.loads(ctl(one, "--json", "status"))["conflict_records"] == 0
    ok("a district is asked for what its reviewers disagree on, not for what a commune has to settle")


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    here, there = f"{folder}/here", f"{folder}/there"
    try:
        ctl(here, "--by", "Lê Văn Bình, Công chức Tư pháp", "enrol", hub.line(COMMUNE, "commune"))
        ctl(there, "--by", "Đinh Thị Hà, Văn phòng", "enrol", hub.line(COMMUNE, "commune"))
        ctl(there, "--type", "document-month", "set", "month=2021-03", "total=100", "digital=90")
        ctl(there, "sync")
        ctl(here, "sync")
        record = one_record(here)["id"]
        apart(here, there, record, 120, 110)
        with App(APP, "--data-dir", here) as app:
            app.find("push button", contains="Cần xem: 1 mục hai người cùng sửa")
            app.resize(1366, 768)
            app.press(app.find("push button", "Xem những mục cần xử lý"))
            app.find("label", contains="Tổng số văn bản đi: 110")
            app.find("label", contains="Tổng số văn bản đi: 120")
            app.find("label", contains="Đinh Thị Hà")
            app.find("label", contains="Lê Văn Bình")
            shot(app, "conflict")
            ok("both values are shown, with their authors; the window goes on")
            app.press(app.find("push button", "Nội dung này đúng: Tổng số văn bản đi: 120"))
            app.find("label", contains="Không có gì cần xử lý")
            until("the value is settled", lambda: one_record(here)["body"]["total"] == 120 and not one_record(here)["conflict"])
            app.close()
        ctl(here, "sync")
        ctl(there, "sync")
        assert one_record(there)["body"]["total"] == 120 and not one_record(there)["conflict"]
        ok("one click settles it, on the other computer too")

        apart(here, there, record, 130, 140)
        with App(APP, "--data-dir", here, "--page", "documents") as app:
            app.find("push button", contains="Cần xem")
            app.resize(1366, 768)
            app.enter(app.find("text", "Tháng 3, Tổng VB đi"), "135")
            until("the value is settled", lambda: one_record(here)["body"]["total"] == 135 and not one_record(here)["conflict"])
            app.close()
        ok("typing a third value settles it as well")

        ctl(here, "sync")
        ctl(there, "sync")
        ctl(there, "delete", record)
        ctl(here, "set", record, "digital=95")
        ctl(there, "sync")
        ctl(here, "sync")
        with App(APP, "--data-dir", here) as app:
            app.find("push button", contains="Cần xem: ")
            app.resize(1366, 768)
            app.key("ctrl+j")
            app.find("label", contains="Máy này xóa, máy kia sửa")
            app.press(app.find("push button", "Giữ lại mục này"))
            app.find("label", contains="Không có gì cần xử lý")
            app.close()
        assert one_record(here)["body"]["digital"] == 95
        ok("an edit against a deletion keeps the item, and says so")

        ctl(here, "sync")
        ctl(there, "sync")
        ctl(there, "delete", record)
        ctl(there, "sync")
        ctl(here, "sync")
        assert not records(here, "document-month")
        with App(APP, "--data-dir", here) as app:
            app.find("push button", contains="Đồng bộ: ")
            app.resize(1366, 768)
            menu(app, "Mục đã xóa")
            app.find("label", contains="Người xóa: Đinh Thị Hà")
            shot(app, "deleted")
            app.press(app.find("push button", contains="Lấy lại "))
            until("the item back", lambda: records(here, "document-month"))
            app.kill()
        ctl(here, "sync")
        ctl(there, "sync")
        assert one_record(there)["body"] == one_record(here)["body"]
        ok("what another computer deleted is had back in one click, there as well")

        ctl(here, "--type", "plan", "set", "number=5", "summary=Cải cách hành chính")
        ctl(here, "sync")
        plan = records(here, "plan")[0]["id"]
        ctl(there, "sync")
        make_pdf(f"{folder}/here.pdf", "A")
        make_pdf(f"{folder}/there.pdf", "B")
        ctl(here, "--field", "signed_file", "attach", plan, f"{folder}/here.pdf")
        ctl(there, "--field", "signed_file", "attach", plan, f"{folder}/there.pdf")
        ctl(there, "sync")
        ctl(here, "sync")
        district(folder, hub, plan)
        ctl(here, "sync")
        with App(APP, "--data-dir", here) as app:
            app.find("push button", contains="Cần xem: 1 mục hai người cùng sửa")
            app.resize(1366, 768)
            app.key("ctrl+j")
            app.find("push button", contains="Nội dung này đúng: Bản kế hoạch đã ký (PDF): here.pdf (")
            app.find("push button", contains="Nội dung này đúng: Bản kế hoạch đã ký (PDF): there.pdf (")
            shot(app, "conflict-files")
            app.press(app.find("push button", contains="Giữ tất cả các tệp"))
            app.find("label", contains="Không có gì cần xử lý")
            app.close()
        ctl(here, "sync")
        ctl(there, "sync")
        for one in (here, there):
            settled = records(one, "plan")[0]
            assert not settled["conflict"] and {file["name"] for file in settled["body"]["signed_file"]} == {"here.pdf", "there.pdf"}, settled
        ok("files that two people attached apart are told apart by their names, and one click keeps them all")

        refused(here, plan, "summary=Sửa đổi", "review.quality=90")
        ctl(here, "sync")
        with App(APP, "--data-dir", here) as app:
            app.find("push button", contains="Cần xem: 1 mục không được nhận")
            app.resize(1366, 768)
            app.press(app.find("push button", "Xem những mục cần xử lý"))
            app.find("label", contains="Máy này không được phép ghi ở đây")
            shot(app, "refused")
            app.press(app.find("push button", contains="Rút lại Trích yếu"))
            app.find("label", contains="Không có gì cần xử lý")
            app.kill()
        until("nothing is refused", lambda: ctl(here, "sync") and not records(here, "plan")[0]["refused"])
        assert records(here, "plan")[0]["body"]["summary"] == "Cải cách hành chính"
        ok("what was refused is shown with its reason, and withdrawn in one click")
    finally:
        hub.stop()


main(journey)
