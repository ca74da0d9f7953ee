#!/usr/bin/python3
# What is typed wrong in each form: it stays where it was typed, is explained there, and nothing of it is saved; what is only
# typed otherwise, with a decimal comma or with letters and marks apart, is saved as everyone else has it.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: mistyped.py BUILD UNITS [PICTURES]: speaks TAP
import os
import sys
import time
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pyatspi  # noqa: E402
from driver import App, box, until, xdo  # noqa: E402
from world import APP, COMMUNE, DISTRICT, Hub, ctl, main, ok, records, shot  # noqa: E402

LONG = "x" * 10000
NUMBERS = ("12x", "1e400", "-5", "1,5", LONG)


def bodies(data, kind):
    return [record["body"] for record in records(data, kind)]


def focused(node):
    return node.getState().contains(pyatspi.STATE_FOCUSED)


def is_marked(node):
    """In words, for whoever sees no colour."""
    return node.description.startswith("Chưa lưu được")


def put(app, node, text):
    """Into a field that the keyboard is in: typed, or pasted where it is long or not ASCII."""
    time.sleep(0.3)   # libadwaita's rows do not tell that the keyboard is in them
    xdo("key", "ctrl+a")
    if text.isascii() and len(text) < 40:
        xdo("type", "--delay", 15, "--", text)
    else:
        app.copy(text)
        xdo("key", "ctrl+v")
    until(f"“{text[:20]}” in {node.name}", lambda: app.text(node).replace("\n", "") == text)


def is_said_below(app, node, text):
    """Whoever looks at the row sees why, without a mouse."""
    x, y, _, height = box(node)
    for label in app.all("label", f"“{text[:10]}"):
        left, top, _, _ = box(label)
        if x <= left < x + 60 and y + height <= top < y + height + 40:
            return True
    return False


def refused(app, data, node, texts, kind, field, back="shift+Tab", said=True):
    """Leaves the field with Tab and comes back; each text stays, marked, and is not in the store."""
    for text in texts:
        put(app, node, text)
        xdo("key", "Tab")
        until(f"“{text[:20]}” marked in {node.name}", lambda: is_marked(node))
        if said:
            until(f"“{text[:10]}” explained at {node.name}", lambda: is_said_below(app, node, text))
        assert app.text(node) == text
        time.sleep(0.3)
        assert not any(field in body and body[field] not in (None, "") for body in bodies(data, kind)), bodies(data, kind)
        xdo("key", back)


def in_table(app, data):
    app.key("alt+4")
    cell = app.find("text", "Tháng 1, Tổng VB đi")
    until("the focus in the first cell", lambda: focused(cell))
    refused(app, data, cell, NUMBERS, "document-month", "total", said=False)
    app.find("label", contains="⚠ Tháng 1, Tổng VB đi: ")
    shot(app, "1-table")
    ok("in a table letters, powers, signs, fractions and ten thousand letters stay where they were typed, and are explained below it")
    put(app, cell, "1.234")
    xdo("key", "Tab")
    until("the number", lambda: [body.get("total") for body in bodies(data, "document-month")] == [1234])
    until("no mark", lambda: not is_marked(cell))
    ok("a point between thousands is a number, and the mark goes")


def pasted_in_table(app, data):
    """A block of words over figures, by mistake, into a month that has nothing yet."""
    app.key("alt+4")
    cell = app.find("text", "Tháng 2, Tổng VB đi")
    app.click(cell)
    app.copy("Tổng\tĐiện tử\nhai\tba\n")
    xdo("key", "ctrl+v")
    app.said("4 ô không đọc được")
    until("the words in the cell", lambda: app.text(cell) == "Tổng")
    assert len(bodies(data, "document-month")) == 1, bodies(data, "document-month")
    ok("of a block in which nothing can be read, nothing is saved, no empty month either")


def in_plan(app, data):
    app.key("alt+3")
    issued = app.find("text", "Ngày ban hành")
    app.click(issued)
    refused(app, data, issued, ("31/02/2021", "hom qua", "1e400"), "plan", "issued")
    shot(app, "2-plan")
    put(app, issued, "5/1")
    xdo("key", "Tab")
    until("the date", lambda: [body.get("issued") for body in bodies(data, "plan")] == ["2021-01-05"])
    ok("a day that no month has is refused in a form; a date without its year is of the plan's")
    summary = app.find("text", "Trích yếu")
    words = "Kế hoạch cải cách hành chính năm 2021 của xã"
    put(app, summary, unicodedata.normalize("NFD", words))
    xdo("key", "Tab")
    until("the words", lambda: [body.get("summary") for body in bodies(data, "plan")] == [words])
    until("the words as everyone has them", lambda: app.text(summary) == words)
    ok("letters and marks that come apart are saved together")
    xdo("key", "shift+Tab")
    put(app, summary, LONG)
    xdo("key", "Tab")
    time.sleep(0.5)
    shot(app, "3-long")
    assert [len(body.get("summary", "")) for body in bodies(data, "plan")] in ([len(words)], [len(LONG)])
    assert app.text(summary) == LONG
    ok("ten thousand letters are kept, whole")


def pasted_in_plan(app, data):
    """A whole file by mistake."""
    ctl(data, "--type", "plan-task", "set", "order=1", "content=Nhiem vu co san")
    # The window shows it, and is at rest again.
    until("the task from elsewhere", lambda: app.find_now("text", "1, Nội dung"))
    content = app.find("text", "Mới, Nội dung")
    app.click(content)
    app.copy("\n".join(f"Dong {i}" for i in range(300)))
    xdo("key", "ctrl+v")
    app.said("nhiều nhất 200 dòng")
    app.copy("Viec mot\tSan pham\n" + "y" * 60000 + "\tSan pham\n")
    xdo("key", "ctrl+v")
    app.said("đoạn này quá dài")
    assert [body.get("content") for body in bodies(data, "plan-task")] == ["Nhiem vu co san"], bodies(data, "plan-task")
    shot(app, "3-pasted")
    ok("three hundred lines in a table of tasks, and a cell of sixty thousand letters: a sentence, and nothing of it is pasted")


def in_criterion(app, data):
    app.key("alt+2")
    app.click(app.find("label", contains="Đủ nội dung theo hướng dẫn"))
    own = app.find("text", contains="Điểm tự chấm")
    app.click(own)
    refused(app, data, own, ("nua diem", "1e400"), "assessment", "self")
    shot(app, "4-criterion")
    for text in ("0,25", "0.25"):
        put(app, own, text)
        xdo("key", "Tab")
        until("the points", lambda: [str(body.get("self")) for body in bodies(data, "assessment")] == ["0.25"])
        until("as it is shown", lambda: app.text(own) == "0,25")
        xdo("key", "shift+Tab")
    ok("points take a comma and a point, and are shown with a comma")


def in_register(app, data):
    app.key("alt+5")
    number = next(node for node in until("the new line", lambda: app.all("text", "Số 1, ")))
    app.click(number)
    refused(app, data, number, ("mot", "1e400"), "certified-copy", "number", said=False)
    shot(app, "5-register")
    ok("the new line of the register refuses what is no number")


def in_records(app, data):
    app.key("alt+1")
    app.key("alt+7")
    add = app.find("push button", contains="Thêm mục")
    app.press(add)
    opened = app.find("text", contains="Ngày mở sổ")
    app.click(opened)
    refused(app, data, opened, ("31/02/2021", "0/0/0", LONG), "certified-copy-book", "opened_on")
    shot(app, "6-records")
    ok("a form of other records refuses a day that there is not")


def in_search(app, data):
    """Whatever is typed there: something is found, or it is said that nothing was."""
    ctl(data, "--type", "assessment", "set", "criterion=1.7", "answer=yes", "explanation=Gặp gỡ, đối thoại ngày 05/3")
    app.key("ctrl+k")
    app.focus_window("Tìm trong tất cả")
    entry = app.find("entry", "Tìm trong tất cả")
    for text, found in (("y" * 10000, False), ("'\"*)(q", False), (unicodedata.normalize("NFD", "gặp gỡ"), True), ("1e400 OR", False),
                        ("gap go", True)):
        put(app, entry, text)
        if found:
            until("what was found", lambda: [node for node in app.all("label", "1.7") if app.title_of(node) == "Tìm trong tất cả"])
            until("nothing said", lambda: not app.find_now("label", "Không tìm thấy"))
        else:
            app.find("label", "Không tìm thấy")
    app.key("Escape", title="Tìm trong tất cả")
    until("the search closed", lambda: app._window("Tìm trong tất cả") is None)
    ok("the search takes ten thousand letters, quotes and letters apart from their marks, and says where it finds nothing")


def in_review(folder, hub):
    """What the district's reviewer types beside a criterion, by keys."""
    data = f"{folder}/district"
    ctl(data, "--by", "Trần Văn Thử", "enrol", hub.line(DISTRICT, "district"))
    with App(APP, "--data-dir", data) as app:
        app.find("label", "Tổng quan")
        app.resize(1366, 768)
        app.key("alt+2")
        app.click(app.find("label", contains="Đủ nội dung theo hướng dẫn"))
        points = app.find("text", contains="Điểm thẩm định")
        app.click(points)
        refused(app, data, points, ("nua diem", "31/02/2021", "1e400", LONG), "assessment", "review.appraised")
        shot(app, "7-review")
        put(app, points, "0,25")
        xdo("key", "Tab")
        until("the points", lambda: [str(body.get("review.appraised")) for body in bodies(data, "assessment")] == ["0.25"])
        app.close()
        assert "CRITICAL" not in app.errors(), app.errors()
    ok("the district's points refuse what is no number, and take a comma")


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    data = f"{folder}/commune"
    try:
        ctl(data, "--by", "Lê Thị Thử", "enrol", hub.line(COMMUNE, "commune"))
        with App(APP, "--data-dir", data) as app:
            app.find("label", "Tổng quan")
            app.resize(1366, 768)
            for part in (in_table, pasted_in_table, in_plan, pasted_in_plan, in_criterion, in_register, in_records):
                part(app, data)
            app.key("alt+1")
            in_search(app, data)
            app.close()
            assert "CRITICAL" not in app.errors(), app.errors()
        in_review(folder, hub)
    finally:
        hub.stop()


main(journey)
