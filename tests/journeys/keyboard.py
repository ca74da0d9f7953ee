#!/usr/bin/python3
# Without a mouse, and for a screen reader: every page by keys, every widget with a name and a role; enrolment from a file.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: keyboard.py BUILD UNITS [PICTURES]: speaks TAP
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pyatspi  # noqa: E402
from driver import App, box, seen, until, walk, xdo  # noqa: E402
from world import APP, COMMUNE, Hub, ctl, main, make_pdf, ok, records, shot  # noqa: E402

PAGES = ["Tổng quan", "Tiêu chí & minh chứng", "Kế hoạch CCHC", "Tỷ lệ văn bản", "Chứng thực bản sao", "Một cửa, bưu chính", "Hồ sơ khác"]
ACTIVE = ("push button", "toggle button", "check box", "combo box", "text", "entry", "list item", "table", "tree table", "list")
CRITERION = ("1.2.2", "Đủ nội dung theo hướng dẫn")
# What GTK calls a widget that nobody has named.
NAMELESS = ("", "GtkImage", "GtkButton", "GtkEntry", "GtkText", "GtkListBox", "GtkCheckButton", "GtkDropDown", "GtkMenuButton",
            "GtkToggleButton")


def all_below(node):
    for child in node:
        if child is not None:
            yield child
            yield from all_below(child)


def nameless(app):
    """Active widgets on screen that a screen reader could only call by their kind."""
    found = []
    for node in walk(app.root):
        role = node.getRoleName()
        if role not in ACTIVE or (node.name or "").strip() not in NAMELESS:
            continue
        # A line of a list is called by what stands in it.
        if role == "list item" and any(child.name for child in all_below(node)):
            continue
        # The inner part of a field: the reader comes to the field.
        parents = []
        parent = node.parent
        while parent is not None and parent.getRoleName() != "application" and len(parents) < 4:
            parents.append(parent.getRoleName())
            parent = parent.parent
        if role == "text" and any(one in ("push button", "toggle button", "entry", "text", "combo box", "list item") for one in parents):
            continue
        found.append((role, node.name, parents))
    return found


def check_names(app, where):
    """The tree changes while a page is loading: what counts is what it comes to."""
    bad = []

    def all_named():
        bad[:] = nameless(app)
        return not bad

    try:
        until(f"names for all on {where}", all_named)
    except AssertionError:
        raise AssertionError(f"on {where} without a name: {bad}") from None


def check_twins(app, where):
    """Two buttons of one page that do different things must not be called the same; one that lies in another is the same one."""
    places = {}
    for node in walk(app.root):
        if node.getRoleName() == "push button" and (node.parent is None or node.parent.name != node.name):
            places.setdefault(node.name, []).append(box(node))
    twins = {name: found for name, found in places.items() if len(found) > 1 and name}
    assert not twins, f"on {where} called the same: {twins}"


def enrol_from_file(folder, hub, data):
    path = f"{folder}/xa an hung.mcenrol"
    with open(path, "w") as file:
        file.write(hub.line(COMMUNE, "commune") + "\n")
    with App(APP, "--data-dir", data, path) as app:
        text = app.find("text", "Dòng ghi danh")
        until("the line of the file", lambda: app.text(text).startswith("MC1-"))
        ok("a .mcenrol file that is opened brings its line")
        app.press(app.find("push button", contains="Tiếp tục"))
        app.set_text(app.find("text", "Họ và tên"), "Lê Thị Thử")
        app.press(app.find("push button", contains="Bắt đầu"))
        app.press(app.find("push button", contains="Bắt đầu làm việc"))
        app.find("label", "Xã An Hưng")
        app.close()
    other = f"{folder}/other"
    with App(APP, "--data-dir", other, path) as app:
        app.press(app.find("push button", contains="Tiếp tục"))
        app.set_text(app.find("text", "Họ và tên"), "Người khác")
        app.press(app.find("push button", contains="Bắt đầu"))
        app.find("label", contains="đã dùng")
        app.close()
    ok("the same line on another computer is told to be used up, the program goes on")


def pages(app):
    for number, name in enumerate(PAGES, 1):
        app.key(f"alt+{number}")
        until(f"the page {name}", lambda: any(node.name == name and node.getRoleName() == "label" for node in walk(app.root)))
        check_names(app, name)
        check_twins(app, name)
    ok("all seven pages by Alt and a figure; every active widget on them has a name, no two buttons of a page the same")


def has_focus(node):
    return node.getState().contains(pyatspi.STATE_FOCUSED)


def sections(app):
    """Tab walks over the sections; the one that is shown stays marked."""
    app.key("alt+3")
    rows = [app.find("list item", name) for name in PAGES]
    app.tab_to(rows[-1])
    for _ in range(20):
        if not any(has_focus(row) for row in rows):
            break
        xdo("key", "Tab")
        time.sleep(0.1)
    until("the section of the page marked", lambda: [row.name for row in rows if row.getState().contains(pyatspi.STATE_SELECTED)] == [PAGES[2]])
    ok("Tab over the sections leaves the one marked whose page is shown")


def type_a_month(app, data):
    app.key("alt+4")
    cell = app.find("text", "Tháng 1, Tổng VB đi")
    until("the focus in the first cell", lambda: "focused" in [pyatspi.stateToString(state) for state in cell.getState().getStates()])
    xdo("key", "ctrl+a")
    for figure in ("120", "100", "10", "6", "4"):
        xdo("type", "--delay", 15, figure)
        xdo("key", "Tab")
    until("the month", lambda: [one["body"].get("classified") for one in records(data, "document-month")] == [4])
    ok("a month is typed with nothing but keys")


def type_lines(app, data):
    """The register, line after line, faster than anything is read: Enter leads from cell to cell and into the next line, past the
    choice at its end; each line has its own number and what was typed in it."""
    app.key("alt+5")
    cell = app.find("text", "Số 1, Người yêu cầu")
    until("the focus in the first line", lambda: has_focus(cell))
    for number in range(1, 13):
        for text in (f"A{number:02d}", "Bang", str(number + 1), "", "2000", ""):
            xdo(*(("type", "--delay", 2, "--args", 1, text) if text else ()), "key", "Return")
    app.find("text", "Số 13, Người yêu cầu")
    until("twelve lines", lambda: len(records(data, "certified-copy")) == 12)
    found = sorted([one["body"].get(name) for name in ("number", "requester", "copies", "fee", "form")]
                   for one in records(data, "certified-copy"))
    assert found == [[number, f"A{number:02d}", number + 1, 2000, "paper"] for number in range(1, 13)], found
    ok("twelve lines of the register are typed without a pause, with nothing but Enter between the cells")
    app.key("alt+4")


def windows(app):
    for key, name in (("F1", "Tỷ lệ văn bản"), ("ctrl+k", "Tìm trong tất cả"), ("ctrl+comma", "Tùy chọn"), ("ctrl+question", "Phím tắt")):
        app.key(key)
        app.focus_window(name)
        check_names(app, name)
        app.key("Escape", title=name)
        until(f"{name} closed", lambda: app._window(name) is None)
    ok("handbook, search and preferences open by a key and close by Escape")
    app.key("F5")
    app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc")
    ok("F5 syncs")


def from_menu(app, item):
    """F10 and the arrows, as far as the item."""
    app.key("F10")
    node = app.find("menu item", contains=item)
    for _ in range(40):
        if has_focus(node):
            xdo("key", "Return")
            return
        xdo("key", "Down")
        time.sleep(0.05)
    raise AssertionError(f"the arrows do not lead to “{item}”: {seen()}")


def menu_windows(app):
    for item, name in (("Biên nhận", "Biên nhận"), ("Nhật ký đồng bộ", "Nhật ký đồng bộ")):
        from_menu(app, item)
        app.focus_window(name)
        until(f"a line in {name}", lambda: any(app.title_of(node) == name for node in app.all("label", "/20")))
        check_names(app, name)
        shot(app, f"keyboard-{item}")
        app.key("Escape", title=name)
        until(f"{name} closed", lambda: app._window(name) is None)
    ok("the receipts and the log of syncs open from the menu by its arrows, and close by Escape")


def press_by_keys(app, node):
    app.tab_to(node)
    xdo("key", "space")


def history_and_preview(app):
    """From the details of a criterion, which has a file by now."""
    app.focus_window()
    history = app.find("push button", "Ai đã sửa gì")
    press_by_keys(app, history)
    app.focus_window("Ai đã sửa gì")
    until("a line of the history", lambda: any(app.title_of(node) == "Ai đã sửa gì" for node in app.all("label", "Lê Thị Thử")))
    check_names(app, "Ai đã sửa gì")
    shot(app, "keyboard-history")
    app.key("Escape", title="Ai đã sửa gì")
    until("the history closed", lambda: app._window("Ai đã sửa gì") is None)
    app.focus_window()
    until("the keyboard back on its button", lambda: has_focus(history))
    row = next(node for node in app.all("list item", "ke-hoach.pdf"))
    app.tab_to(row)
    xdo("key", "Return")
    close = app.find("push button", "Đóng phần xem trước")
    check_names(app, "the preview")
    shot(app, "keyboard-preview")
    app.tab_to(close)
    xdo("key", "Escape")
    until("the preview closed", lambda: not app.find_now("push button", "Đóng phần xem trước"))
    ok("history and preview of a file open and close by keys; the keyboard is back where it was")


def settle(app, folder, data):
    """Two people edited the same month: the value is chosen by keys."""
    there = f"{folder}/there"
    month = next(one["id"] for one in records(data, "document-month") if one["body"].get("total") == 120)
    ctl(there, "sync")
    ctl(there, "set", month, "total=130")
    ctl(there, "sync")
    ctl(data, "set", month, "total=125")
    app.key("F5")
    app.find("push button", contains="Đồng bộ: Cần xem: 1 mục hai người cùng sửa")
    app.key("ctrl+j")
    app.focus_window("Cần xem")
    choice = app.find("push button", "Nội dung này đúng: Tổng số văn bản đi: 125")
    check_names(app, "Cần xem")
    press_by_keys(app, choice)
    app.find("label", contains="Không có gì cần xử lý")
    shot(app, "keyboard-settled")
    app.key("Escape", title="Cần xem")
    until("the value", lambda: [one["body"]["total"] for one in records(data, "document-month") if one["id"] == month] == [125])
    ok("what two people edited is settled by keys")


def place_is_kept(app, folder, hub, data):
    """What another computer sent comes while somebody is in a row of the files."""
    there, pdf = f"{folder}/there", f"{folder}/ke-hoach.pdf"
    make_pdf(pdf)
    record = json.loads(ctl(data, "--json", "--type", "assessment", "set", f"criterion={CRITERION[0]}"))["id"]
    ctl(data, "attach", record, pdf)
    app.key("alt+2")
    app.click(app.find("label", contains=CRITERION[1]))
    button = app.find("push button", "Bỏ “ke-hoach.pdf”")
    app.focus_window()
    app.tab_to(button)
    ctl(there, "--by", "Đinh Thị Hà, Văn phòng", "enrol", hub.line(COMMUNE, "commune"))
    ctl(there, "--type", "document-month", "set", "month=2021-03", "total=100")
    ctl(there, "sync")
    xdo("key", "F5")
    until("what the other computer sent", lambda: len(records(data, "document-month")) == 2)
    app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc")
    time.sleep(0.5)   # what comes is shown a moment later
    states = button.getState()
    assert states.contains(pyatspi.STATE_FOCUSED) and not states.contains(pyatspi.STATE_DEFUNCT), seen()
    ok("a sync that brings something leaves the keyboard where it was")


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    data = f"{folder}/commune"
    try:
        enrol_from_file(folder, hub, data)
        with App(APP, "--data-dir", data) as app:
            app.find("label", "Tổng quan")
            app.resize(1366, 768)
            pages(app)
            sections(app)
            type_a_month(app, data)
            type_lines(app, data)
            windows(app)
            menu_windows(app)
            place_is_kept(app, folder, hub, data)
            history_and_preview(app)
            settle(app, folder, data)
            app.close()
            assert "CRITICAL" not in app.errors(), app.errors()
    finally:
        hub.stop()


main(journey)
