#!/usr/bin/python3
# What a commune does once a year: mistakes in the register, closing it, opening it again, and a plan from last year's.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: year.py BUILD UNITS [PICTURES]: speaks TAP
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pyatspi  # noqa: E402
from driver import App, until, xdo  # noqa: E402
from world import APP, COMMUNE, DISTRICT, Hub, ctl, main, ok, records, run, shot  # noqa: E402

LAST_YEAR = os.path.join(os.path.abspath(sys.argv[1]), "tests/last-year")


def fill(data):
    for number, (date, name, copies) in enumerate((("4/1/2021", "Nguyen Van Mot", 2), ("12/3/2021", "Tran Thi Hai", 1),
                                                   ("8/7/2021", "Le Van Ba", 4)), 1):
        ctl(data, "--type", "certified-copy", "set", f"number={number}", "volume=1", f"certified_on={date}", f"requester={name}",
            "document=Bằng tốt nghiệp", "signer=Trần Văn Ký", "signer_title=Chủ tịch UBND", f"copies={copies}", "form=paper",
            f"fee={copies * 2000}")


def line(data, number):
    return next(one["body"] for one in records(data, "certified-copy") if one["body"]["number"] == number)


def edit_line(app, data):
    """The line in focus is that of the arrows, whatever was clicked before."""
    app.click(app.find("label", "Le Van Ba"))
    app.find("label", "Số: 3")
    app.click(app.find("label", "Le Van Ba"))
    xdo("key", "Down")
    xdo("key", "F2")
    app.find("label", "Số: 2")
    time.sleep(0.8)   # where the cursor is cannot be asked: what is typed tells
    xdo("key", "ctrl+a")
    xdo("type", "--delay", 15, "Tran Thi Ha")
    xdo("key", "Tab")
    until("the name of line 2", lambda: line(data, 2)["requester"] == "Tran Thi Ha")
    shot(app, "f2")
    ok("F2 opens the line in focus with the cursor in its first text, and what is typed is saved")


def void_line(app, data):
    app.click(app.find("label", "Tran Thi Ha"))
    app.find("label", "Số: 2")
    app.click(app.find("label", "Tran Thi Ha"))
    xdo("key", "Delete")
    app.focus_window("Bỏ số 2?")
    accept = app.find("push button", contains="Bỏ số này")
    enabled = pyatspi.STATE_SENSITIVE
    assert not [node for node in app.all("push button", "Bỏ số này") if app.title_of(node) == "Bỏ số 2?" and
                enabled in node.getState().getStates()], accept
    app.centre("Bỏ số 2?")
    shot(app, "void")
    xdo("type", "--delay", 15, "ghi nham nguoi")
    time.sleep(0.3)
    xdo("key", "Return")
    until("line 2 void", lambda: line(data, 2).get("void") is True and line(data, 2)["void_reason"] == "ghi nham nguoi")
    app.find("label", contains="Đã bỏ: ghi nham nguoi")
    app.find("label", "Số: 2 (đã bỏ)")
    app.find("label", contains="Cả năm 2021: 2 việc, 6 bản")
    shot(app, "voided")
    ok("Delete asks for a reason, the void line stays in the register with it, and counts in no total")
    app.key("ctrl+z")
    app.find("label", contains="Cả năm 2021: 3 việc, 7 bản")
    until("line 2 in use", lambda: not line(data, 2).get("void"))
    ok("undo takes that back")
    app.press(app.find("push button", contains="Bỏ số này"))
    app.focus_window("Bỏ số 2?")
    app.set_text(until("the reason", lambda: next(node for node in app.all("text", "Lý do bỏ số") if app.title_of(node) == "Bỏ số 2?")),
                 "ghi nhầm người")
    xdo("key", "Return")
    until("line 2 void again", lambda: line(data, 2).get("void_reason") == "ghi nhầm người")
    ok("the button in the details does the same")


def answer(app, title, words):
    """The dialog asks for lines; the first has the cursor."""
    app.focus_window(title)
    app.centre(title)
    for name, text in words.items():
        app.set_text(until(name, lambda: next(node for node in app.all("text", name) if app.title_of(node) == title)), text)
    time.sleep(0.3)


def close_year(app, data):
    app.press(app.find("push button", contains="Khóa sổ năm 2021"))
    app.focus_window("Khóa sổ năm 2021?")
    app.find("label", contains="Cả năm có 2 việc, 6 bản, lệ phí 12.000 đồng. Có 1 số đã bỏ.")
    answer(app, "Khóa sổ năm 2021?", {"Ngày khóa sổ": "31/12/2021", "Người ký khóa sổ": "Trần Văn Ký"})
    shot(app, "close")
    xdo("key", "Return")
    app.find("label", contains="Sổ năm 2021 đã khóa ngày 31/12/2021 với 2 việc")
    book = until("the closing", lambda: records(data, "certified-copy-book")[0]["body"])
    assert (book["closed_on"], book["rows_total"], book["copies_total"], book["fees_total"], book["first_number"], book["last_number"]) == \
        ("2021-12-31", 2, 6, 12000, 1, 3), book
    app.find("label", contains="Dòng mới: số 1 năm")
    app.find("label", contains="dòng này chỉ xem, không sửa được")
    shot(app, "closed")
    ok("the year is closed with its sums, and the next line is number 1 of a later year")
    app.enter(app.find("text", contains="Số 1, Ngày"), "30/12/2021", leave="Tab")
    app.find("label", contains="Sổ của năm đó đã khóa")
    shot(app, "refused")
    assert len(records(data, "certified-copy")) == 3
    ok("a line of the closed year is refused in words, and not written")
    app.enter(app.find("text", contains="Số 1, Ngày"), "4/1/2022", leave="Tab")
    until("a line of 2022", lambda: next(one["body"] for one in records(data, "certified-copy")
                                         if one["body"].get("certified_on") == "2022-01-04")["number"] == 1)
    ok("one of the next year is written, with number 1 and the date that was typed, not the one that was proposed")


def reopen(app, data):
    app.press(app.find("push button", contains="Mở lại sổ"))
    answer(app, "Mở lại sổ năm 2021?", {"Lý do mở lại sổ": "sót một việc ngày 31/12"})
    shot(app, "reopen")
    xdo("key", "Return")
    until("the register open", lambda: not app.find_now("label", contains="Sổ năm 2021 đã khóa"))
    book = records(data, "certified-copy-book")[0]["body"]
    assert not book.get("closed_on") and book["note"].endswith("sót một việc ngày 31/12"), book
    app.key("ctrl+z")
    app.find("label", contains="Sổ năm 2021 đã khóa")
    ok("the register is opened again with a reason, which is kept; undo closes it again")


def plan(app, data):
    app.key("alt+3")
    app.press(app.find("push button", contains="Lấy từ kế hoạch năm 2020"))
    app.focus_window("Chép 3 nhiệm vụ từ kế hoạch năm 2020?")
    app.centre("Chép 3 nhiệm vụ từ kế hoạch năm 2020?")
    shot(app, "plan-copy")
    xdo("key", "Return")
    until("the tasks", lambda: app.text(app.find_now("text", "3, Nội dung")) == "Vận động người dân nộp hồ sơ trực tuyến")
    tasks = [one["body"] for one in records(data, "plan-task")]
    assert [(one["deadline"], one["state"]) for one in tasks] == \
        [("2021-01-31", "planned"), ("2021-06-30", "planned"), ("2021-11-30", "planned")], tasks
    shot(app, "plan-copied")
    ok("last year's tasks become this year's: a year later, none done, what was given up left out")
    app.key("ctrl+z")
    until("no task", lambda: records(data, "plan-task") == [])
    assert records(data, "plan") == []
    ok("one step of undo takes all of them away")
    app.press(app.find("push button", contains="Lấy từ kế hoạch năm 2020"))
    app.focus_window("Chép 3 nhiệm vụ từ kế hoạch năm 2020?")
    xdo("key", "Return")
    until("the tasks again", lambda: len(records(data, "plan-task")) == 3)
    head = records(data, "plan")
    assert [one["body"]["symbol"] for one in head] == ["KH-UBND"], head
    assert {one["parent"] for one in records(data, "plan-task")} == {head[0]["id"]}, records(data, "plan-task")
    ok("copied once more they are parts of a plan that is there")


def refuses(folder, *arguments):
    try:
        ctl(folder, *arguments)
    except Exception as error:
        assert "is closed" in error.stderr, error.stderr
    else:
        raise AssertionError(f"the closed register took {arguments}")


def sync(app):
    app.key("F5")
    app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc", seconds=60)


def everywhere(app, hub, other, folder):
    """The commune's other computer knows nothing of the closing yet, and writes."""
    said = json.loads(ctl(other, "--json", "--type", "certified-copy", "set", "number=4", "certified_on=30/12/2021", "requester=Do Van Bon",
                          "volume=1"))["id"]
    first = next(one["id"] for one in records(other, "certified-copy") if one["body"]["number"] == 1)
    ctl(other, "set", first, "document=Giấy khai sinh")
    sync(app)
    ctl(other, "sync")
    book = json.loads(ctl(other, "--json", "--type", "certified-copy", "book", "2021"))
    assert (book["closed_on"], book["closed_by"]) == ("2021-12-31", "Lê Thị Thử, Tư pháp – Hộ tịch"), book
    assert book["late"] == sorted([said, first]) and book["lines"] == 4, book
    assert line(other, 2)["void"] is True and len(records(other, "plan-task")) == 3
    refuses(other, "--type", "certified-copy", "set", "number=5", "certified_on=30/12/2021")
    refuses(other, "set", said, "document=Bằng lái xe")
    ok("the closing and the plan reach the commune's other computer: it is closed there too, and what it wrote before is kept and named")
    app.key("alt+5")
    sync(app)
    app.find("label", contains="khóa ngày 31/12/2021 với 2 việc, nay có 3 việc")
    app.find("label", contains="Người khóa: Lê Thị Thử, Tư pháp – Hộ tịch")
    app.find("label", "⚠ ghi sau khi khóa sổ")
    app.find("label", "⚠ sửa sau khi khóa sổ")
    app.find("label", "(được bảo mật)")
    shot(app, "late")
    ok("the register says so of the lines themselves, and who closed it")
    ctl(other, "--type", "certified-copy", "reopen", "2021", "cộng thêm việc số 4")
    ctl(other, "sync")
    app.key("F5")
    until("the register open", lambda: not app.find_now("label", contains="Sổ năm 2021 đã khóa"))
    assert not app.find_now("label", "⚠ ghi sau khi khóa sổ")
    ctl(other, "--type", "certified-copy", "close", "2021", "31/12/2021", "Trần Văn Ký")
    ctl(other, "sync")
    app.key("F5")
    app.find("label", contains="Sổ năm 2021 đã khóa ngày 31/12/2021 với 3 việc. ")
    app.find("label", contains="Người khóa: Đinh Thị Hà, Văn phòng")
    assert not app.find_now("label", "⚠ ghi sau khi khóa sổ")
    ok("opened again on one computer it is open on the other; closed once more, nothing is late")
    district = f"{folder}/district"
    ctl(district, "--by", "Phòng Nội vụ", "enrol", hub.line(DISTRICT, "district"))
    ctl(district, "sync")
    assert records(district, "certified-copy-book", COMMUNE)[0]["body"]["rows_total"] == 3
    ok("the district has the sums")


def two_years(app, data):
    """Number 1 of 2021 and number 1 of 2022 are two lines."""
    ctl(data, "--type", "certified-copy", "set", "number=1", "certified_on=4/1/2022", "document=Hộ chiếu")
    lines = [one["body"] for one in records(data, "certified-copy") if one["body"]["number"] == 1]
    assert sorted((one["certified_on"], one["document"]) for one in lines) == \
        [("2021-01-04", "Giấy khai sinh"), ("2022-01-04", "Hộ chiếu")], lines
    app.key("F5")   # what another program wrote is read with the next sync
    app.find("label", "Hộ chiếu")
    order = [node.name for node in app.all("label", "") if node.name in ("Hộ chiếu", "Le Van Ba", "Do Van Bon")]
    assert order[0] == "Hộ chiếu", order
    ok("two lines with one number, of two years, are told apart, and the newer year is above")


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    data = f"{folder}/commune"
    try:
        ctl(data, "--by", "Lê Thị Thử, Tư pháp – Hộ tịch", "enrol", hub.line(COMMUNE, "commune"))
        fill(data)
        other = f"{folder}/other"
        ctl(data, "sync")
        ctl(other, "--by", "Đinh Thị Hà, Văn phòng", "enrol", hub.line(COMMUNE, "commune"))
        ctl(other, "sync")
        run(LAST_YEAR, data)
        with App(APP, "--data-dir", data, "--page", "copies") as app:
            app.find("label", contains="Cả năm 2021: 3 việc, 7 bản")
            app.resize(1366, 768)
            edit_line(app, data)
            void_line(app, data)
            close_year(app, data)
            reopen(app, data)
            plan(app, data)
            everywhere(app, hub, other, folder)
            two_years(app, data)
            app.close()
            assert "CRITICAL" not in app.errors() and "WARNING" not in app.errors(), app.errors()
            ok("no warning was printed")
    finally:
        hub.stop()


main(journey)
