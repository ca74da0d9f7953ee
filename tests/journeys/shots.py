#!/usr/bin/python3
# Pictures of every screen, with the demonstration of a commune where everything is filled in.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: shots.py BUILD UNITS PICTURES [light|dark] [WIDTHxHEIGHT]: in run-demo.sh, which says where the demonstration lies
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import signed  # noqa: E402
from driver import App, until, xdo  # noqa: E402
from world import APP, HUB, Hub, again, build, ctl, menu, pictures, refused, run  # noqa: E402

theme = sys.argv[4] if len(sys.argv) > 4 else "light"
width, height = (int(n) for n in (sys.argv[5] if len(sys.argv) > 5 else "1366x768").split("x"))
demo = os.environ["DEMO"]
here = os.path.dirname(os.path.abspath(__file__))
COMMUNE = f"{demo}/21610"
number = 0
failed = []

# Criteria that are answered by a word, not counted: code, answer, explanation.
ANSWERS = [
    ("1.2.1", "yes", "Gửi đủ bốn báo cáo, đúng hạn."), ("1.2.2", "yes", "Đủ nội dung theo đề cương của huyện."),
    ("1.3.2", "100", "Đã xử lý xong hai vấn đề nêu trong kết luận kiểm tra."), ("1.4.1", "100", "Hoàn thành kế hoạch tuyên truyền."),
    ("1.4.2", "4", "Phát thanh, tờ rơi, họp thôn, trang thông tin."), ("1.7", "yes", "Hai cuộc đối thoại, tháng 4 và tháng 10."),
    ("1.6", "100", "Hoàn thành 14/14 nhiệm vụ được giao."), ("3.2.1", "100", "Niêm yết đủ 127 thủ tục."),
    ("5.1", "100", "21/21 người đúng vị trí."), ("2.1", "100", "Một nghị quyết, đúng trình tự."),
]


def shot(app, name):
    """The picture is taken when it is the same twice: on a busy machine what was asked for may still be drawn."""
    global number
    number += 1
    path, before = f"{pictures}/{number:02d}-{name}.png", None
    xdo("mousemove", width * 2, height * 2)

    def unmoved():
        nonlocal before
        app.picture(path)
        seen = run("identify", "-format", "%#", path)
        unmoved, before = seen == before, seen
        return unmoved
    until(f"nothing moving in {name}", unmoved)
    print(f"{number:02d}-{name}", flush=True)


def settings(folder):
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/settings.ini", "w") as file:
        file.write(f"[minhchung]\nlanguage=vi\ntheme={2 if theme == 'dark' else 1}\n")


def still():
    """Nothing moves: a picture of a busy machine shows what one of an idle machine does."""
    folder = f"{os.environ['XDG_CONFIG_HOME']}/gtk-4.0"
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/settings.ini", "w") as file:
        file.write("[Settings]\ngtk-enable-animations=0\ngtk-cursor-blink=0\n")


def turn_to(app, number, title):
    """The page is there when its title is in the header too, not only in the list of pages."""
    app.key(f"alt+{number}")
    until(f"the page {title}", lambda: len([node for node in app.all("label", title) if node.name == title]) > 1)


def gone(app, role, contains):
    until(f"{role} {contains} gone", lambda: not app.find_now(role, contains=contains))


def details(app, title):
    """The details are there when their title is, which may stand in a list too."""
    app.find("push button", "Đóng phần chi tiết")
    until(f"the details {title}", lambda: app.find_now("label", title))


def fill():
    """What the demonstration leaves to the commune's own days: records with files, some of them not right yet."""
    photo, plan = f"{demo}/niem-yet.png", f"{demo}/ke-hoach.pdf"
    if os.path.exists(photo):
        return
    run("rsvg-convert", "--output", photo, f"{here}/../data/niem-yet.svg")
    sets = [
        ("communication", ["published_on=12/03/2021", "heading=Phát thanh về nộp hồ sơ trực tuyến", "reach=1200", "minutes=15"], photo),
        ("communication", ["published_on=20/05/2021", "heading=Tờ rơi hướng dẫn chứng thực bản sao điện tử", "reach=450"], plan),
        ("communication", ["published_on=02/08/2021", "heading=Lồng ghép họp thôn: bảy lý do nên nộp hồ sơ qua bưu điện"], None),
        ("posting", ["decision_number=1234/QĐ-UBND", "procedures=127", "posted_on=15/09/2021"], photo),
    ]
    for kind, fields, file in sets:
        said = ctl(COMMUNE, "--json", "--type", kind, "set", *fields)
        if file:
            ctl(COMMUNE, "attach", json.loads(said)["id"], file)
    for code, answer, explanation in ANSWERS:
        said = ctl(COMMUNE, "--json", "--type", "assessment", "set", f"criterion={code}", f"answer={answer}", f"explanation={explanation}")
        ctl(COMMUNE, "attach", json.loads(said)["id"], plan)
    for name, changed in (("da-ky.pdf", False), ("bi-sua.pdf", True)):
        signed.make(f"{demo}/{name}", "Trần Văn Ký", changed=changed)
        ctl(COMMUNE, "attach", json.loads(said)["id"], f"{demo}/{name}")
    tasks = [json.loads(line)["id"] for line in ctl(COMMUNE, "--json", "--type", "plan-task", "list").splitlines()]
    for task in tasks[:4]:
        ctl(COMMUNE, "attach", task, plan)
    ctl(COMMUNE, "set", tasks[1], "lead=Tư pháp – Hộ tịch")
    run(f"{build}/tests/last-year", COMMUNE)
    for month in range(1, 12):
        ctl(COMMUNE, "--type", "onestop-month", "set", f"month={month}/2021", "field=Tất cả lĩnh vực", f"carried={month % 4}",
            f"received_online={6 + month}", f"received_in_person={40 + 3 * month}", "received_post=2",
            "settled_early=12", f"settled_on_time={36 + 4 * month - (month + 1) % 4 + month % 4}", "settled_late=0",
            f"open_in_time={(month + 1) % 4}", "open_late=0", "returned=0")


def dialog(app, name, title, show):
    show()
    app.centre(title)
    shot(app, name)
    app.key("Escape", title=title)
    until(f"{title} closed", lambda: app._window(title) is None)


def criteria(app):
    app.key("alt+2")
    app.find("label", contains="Đủ nội dung theo hướng dẫn")
    shot(app, "criteria")
    app.click(app.find("label", contains="Đủ nội dung theo hướng dẫn"))
    app.find("push button", "Đóng phần chi tiết")
    shot(app, "criterion")


def pages(app):
    app.find("label", "Tổng quan")
    app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc")
    shot(app, "overview")
    criteria(app)
    app.key("alt+3")
    app.find("text", "1, Nội dung")
    shot(app, "plan")
    app.press(app.find("push button", contains="2: minh chứng"))
    details(app, "Nhiệm vụ 2")
    shot(app, "plan-task")
    app.key("alt+4")
    app.find("text", "Tháng 1, Tổng VB đi")
    shot(app, "documents")
    app.press(app.find("push button", contains="Tháng 3: minh chứng"))
    details(app, "Tháng 3")
    app.find("text", "Tổng số văn bản đi")
    shot(app, "documents-month")
    app.key("alt+5")
    app.find("label", contains="Cả năm")
    shot(app, "copies")
    app.key("alt+6")
    for name, title, field in (("electronic-copies", "Bản sao điện tử", "Số hồ sơ"), ("one-stop", "Một cửa", "Kỳ trước"),
                               ("post", "Bưu chính công ích", "Gửi hồ sơ")):
        app.click(app.find(name=title))
        app.find("text", contains=f"Tháng 12, {field}")
        shot(app, name)


def records(app):
    turn_to(app, 7, "Hồ sơ khác")
    app.find("label", "0 mục")
    shot(app, "records")
    app.key("alt+1")
    app.click(app.find("label", contains="Tuyên truyền cải cách hành chính"))
    app.find("label", contains="3 mục")
    shot(app, "communication")
    app.click(app.find("label", contains="Phát thanh về"))
    app.find("label", "niem-yet.png")
    shot(app, "communication-form")
    app.click(app.find("label", "niem-yet.png"))
    app.find("push button", "Đóng phần xem trước")
    shot(app, "photo")
    app.press(app.find("push button", "Đóng phần xem trước"))
    app.key("alt+2")
    app.click(app.find("label", contains="Đủ nội dung theo hướng dẫn"))
    app.click(app.find("label", "ke-hoach.pdf"))
    app.find("push button", "Đóng phần xem trước")
    shot(app, "preview")
    app.press(app.find("push button", "Đóng phần xem trước"))
    app.click(app.find("label", contains="Xây dựng, ban hành"))
    for file, words in (("da-ky.pdf", "còn nguyên"), ("bi-sua.pdf", "đã bị sửa")):
        app.click(app.find("label", file))
        app.find("label", contains=words)
        shot(app, f"signature-{file[:-4]}")
        app.press(app.find("push button", "Đóng phần xem trước"))


def dialogs(app):
    app.key("alt+3")
    app.press(app.find("push button", contains="2: minh chứng"))
    dialog(app, "history", "Ai đã sửa gì", lambda: app.press(app.find("push button", "Ai đã sửa gì")))
    app.key("ctrl+k")
    app.set_text(app.find("entry", "Tìm trong tất cả"), "tuyen truyen")
    app.find("label", contains="Ban hành kế hoạch tuyên truyền cải cách")
    dialog(app, "search", "Tìm trong tất cả", lambda: None)
    dialog(app, "preferences", "Tùy chọn", lambda: app.key("ctrl+comma"))
    dialog(app, "shortcuts", "Phím tắt", lambda: app.key("ctrl+question"))
    dialog(app, "handbook", "Kế hoạch CCHC", lambda: app.key("F1"))
    app.key("F10")
    app.find("menu item", contains="Giới thiệu")
    shot(app, "menu")
    app.press(app.find("menu item", contains="Giới thiệu"))
    dialog(app, "about", "Giới thiệu Minh Chứng", lambda: None)


def colleague():
    """A second computer of the commune, where the same is edited, and a register is deleted by mistake."""
    there = f"{demo}/21610-second"
    with open(f"{demo}/port") as port:
        address = f"https://127.0.0.1:{port.read().strip()}"
    line = run(HUB, "enrol", "--data", f"{demo}/hub", "--unit", "21610@2004-07-08", "--role", "commune", "--address", address).strip()
    ctl(there, "--by", "Đinh Thị Hà, Văn phòng", "enrol", line)
    ctl(there, "sync")
    return there


def first_of(folder, kind, place=0):
    return json.loads(ctl(folder, "--json", "--type", kind, "list").splitlines()[place])["id"]


def to_settle(app):
    """Two values of one field, an edit that the district refuses, and many deletions, all at once."""
    there = colleague()
    month, plan = first_of(there, "document-month", 4), first_of(COMMUNE, "plan")
    ctl(there, "set", month, "total=118")
    ctl(COMMUNE, "set", month, "total=112")
    for line in ctl(there, "--json", "--type", "certified-copy", "list").splitlines():
        ctl(there, "delete", json.loads(line)["id"])
    ctl(there, "sync")
    refused(COMMUNE, plan, "review.quality=90")
    app.key("alt+1")
    app.key("F5")
    app.find("push button", contains="Đồng bộ: Cần xem")
    shot(app, "overview-to-settle")
    app.key("ctrl+j")
    app.find("label", contains="bị xóa ở máy khác")
    app.centre("Cần xem")
    shot(app, "to-settle")
    for name in ("Giữ lại tất cả các mục bị xóa", "Nội dung này đúng: Tổng số văn bản đi: 112", "Rút lại"):
        app.press(app.find("push button", contains=name))
        gone(app, "push button", name)
    app.find("label", contains="Không có gì cần xử lý")
    dialog(app, "settled", "Cần xem", lambda: None)
    app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc")


def proofs(app):
    for item, name, title in (("Biên nhận", "receipts", "Biên nhận"), ("Nhật ký đồng bộ", "sync-log", "Nhật ký đồng bộ")):
        menu(app, item)
        until(f"the window {title}", lambda: app._window(title))
        # What it lists comes from the disk: a line has the year in it.
        until(f"a line in {title}", lambda: any(app.title_of(node) == title for node in app.all("label", "/20")))
        dialog(app, name, title, lambda: None)


def once_a_year(app):
    """The register's mistakes and its closing, each taken back, and the question before last year's tasks are copied."""
    app.key("alt+5")
    app.click(app.find("label", "Bằng tốt nghiệp"))
    app.find("push button", contains="Bỏ số này")
    app.click(app.find("label", "Bằng tốt nghiệp"))
    xdo("key", "F2")
    time.sleep(1)   # where the cursor is cannot be asked
    shot(app, "copies-edit")
    app.press(app.find("push button", contains="Bỏ số này"))
    until("the question", lambda: app.root.childCount > 1)
    title = next(app.title_of(node) for node in app.all("text", "Lý do bỏ số") if app.title_of(node) != "Minh Chứng")
    app.set_text(next(node for node in app.all("text", "Lý do bỏ số") if app.title_of(node) == title), "Ghi nhầm người yêu cầu")
    app.centre(title)
    shot(app, "copies-void")
    app.key("Return", title=title)
    app.find("label", contains="(đã bỏ)")
    app.press(app.find("push button", "Đóng phần chi tiết"))
    gone(app, "push button", "Đóng phần chi tiết")
    shot(app, "copies-voided")
    app.press(app.find("push button", contains="Khóa sổ năm"))
    app.find("label", contains="Khóa sổ xong")
    app.centre("Khóa sổ năm 2021?")
    shot(app, "copies-close")
    app.key("Return", title="Khóa sổ năm 2021?")
    app.find("label", contains="Sổ năm 2021 đã khóa")
    shot(app, "copies-closed")
    app.press(app.find("push button", contains="Mở lại sổ"))
    dialog(app, "copies-reopen", "Mở lại sổ năm 2021?", lambda: app.focus_window("Mở lại sổ năm 2021?"))
    app.key("ctrl+z")
    gone(app, "label", "Sổ năm 2021 đã khóa")
    app.key("ctrl+z")
    gone(app, "label", "Đã bỏ:")
    app.key("alt+3")
    app.press(app.find("push button", contains="Lấy từ kế hoạch năm 2020"))
    dialog(app, "plan-last-year", "Chép 3 nhiệm vụ từ kế hoạch năm 2020?", lambda: None)


def carried(app):
    """By stick, and a backup: the folder is chosen, the message at the end is what counts."""
    for item, name, words in (("Gửi bằng USB", "stick-written", "Có thể rút USB"), ("Sao lưu", "backed-up", "Có thể rút USB")):
        folder = f"{demo}/{name}"
        os.makedirs(folder)
        menu(app, item)
        app.choose(folder)
        until(f"the end of {name}", lambda: app.find_now("label", contains=words) or again(app))
        title = next(app.title_of(node) for node in app.all("label", words))
        app.centre(title)
        shot(app, name)
        app.key("Return", title=title)
        until("the message gone", lambda: app.root.childCount == 1)


def first_run(app, line):
    """On a hub of its own, so that nothing has been entered for the unit yet."""
    app.find("text", "Dòng ghi danh")
    shot(app, "first-run-line")
    app.set_text(app.find("text", "Dòng ghi danh"), line[:-9])
    app.press(app.find("push button", contains="Tiếp tục"))
    app.find("label", contains="Dòng ghi danh chưa đủ")
    shot(app, "first-run-wrong-line")
    app.set_text(app.find("text", "Dòng ghi danh"), line)
    app.press(app.find("push button", contains="Tiếp tục"))
    app.set_text(app.find("text", "Họ và tên"), "Lê Thị Thử")
    app.set_text(app.find("text", "Chức vụ"), "Công chức Văn phòng – Thống kê")
    shot(app, "first-run-person")
    app.press(app.find("push button", contains="Bắt đầu"))
    app.find("label", contains="Mọi thứ đã sẵn sàng")
    shot(app, "first-run-tour")
    app.press(app.find("push button", contains="Bắt đầu làm việc"))
    app.find("label", "Tổng quan")
    app.resize(width, height)
    for number, (name, title) in enumerate((("overview", "Tổng quan"), ("criteria", "Tiêu chí & minh chứng"), ("plan", "Kế hoạch CCHC"),
                                            ("documents", "Tỷ lệ văn bản"), ("copies", "Chứng thực bản sao")), 1):
        turn_to(app, number, title)
        shot(app, f"empty-{name}")


def states(app):
    """The hub is stopped by whoever started it; the button says what that means."""
    app.key("alt+4")
    pane = app.find_now("push button", "Đóng phần chi tiết")
    if pane:   # in a small window it lies over the months
        app.press(pane)
        gone(app, "push button", "Đóng phần chi tiết")
    app.enter(app.find("text", "Tháng 2, Đến ĐT"), "31", leave="Tab")
    os.kill(int(os.environ["DEMO_HUB"]), 15)
    app.enter(app.find("text", "Tháng 3, Đến ĐT"), "27", leave="Tab")
    app.key("F5")
    app.find("push button", contains="Máy chủ không trả lời")
    shot(app, "state-offline")
    app.enter(app.find("text", "Tháng 4, Đến ĐT"), "12x", leave="Tab")
    app.said("“12x”")
    # The sentence goes by itself, sooner than two pictures of a large screen are taken: time stands still meanwhile.
    time.sleep(0.3)
    app.process.send_signal(signal.SIGSTOP)
    shot(app, "mistake")
    app.process.send_signal(signal.SIGCONT)


def alone(app):
    """What a step that failed has left open would lie over the next one's."""
    for _ in range(5):
        if app.root.childCount == 1:
            break
        xdo("windowfocus", app.windows()[-1], "key", "Escape")
        time.sleep(0.5)


def parts(app, *each):
    for part in each:
        try:
            part(app)
        except Exception as error:  # also what the accessibility bus raises
            app.picture(f"{pictures}/failed-{part.__name__}.png")
            print(f"failed: {part.__name__}: {error}", flush=True)
            failed.append(part.__name__)
            alone(app)


def main():
    os.makedirs(pictures, exist_ok=True)
    still()
    fill()
    settings(COMMUNE)
    settings(f"{demo}/fresh")
    hub = Hub(f"{demo}/hub-of-nothing")
    hub.start()
    try:
        with App(APP, "--data-dir", f"{demo}/fresh") as app:
            parts(app, lambda app: first_run(app, hub.line("21613@2004-07-08", "commune")))
    finally:
        hub.stop()
    with App(APP, "--data-dir", COMMUNE) as app:
        app.resize(width, height)
        parts(app, pages, records, dialogs, proofs, carried, to_settle, once_a_year, states)
        print(app.errors())
    sys.exit(1 if failed else 0)


main()
