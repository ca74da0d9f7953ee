#!/usr/bin/python3
# Evidence as officials bring it: pasted pictures and files, broken ones too; looked at; taken back.  On a trial, without a hub.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: evidence.py BUILD UNITS [PICTURES]: speaks TAP
import json
import os
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, box, until, walk, xdo  # noqa: E402
from world import APP, ctl, main, make_pdf, ok, records, shot  # noqa: E402

CRITERION = "Đủ nội dung theo hướng dẫn"


def trial(app, data):
    app.press(app.find("push button", contains="Dùng thử"))
    app.set_text(app.find("text", "Họ và tên"), "Lê Thị Thử")
    app.press(app.find("push button", contains="Bắt đầu"))
    app.press(app.find("push button", contains="Bắt đầu làm việc"))
    app.find("push button", contains="Đồng bộ: Dùng thử – không gửi đi")
    assert len(records(data, "document-month")) == 12
    ok("a trial is made without a hub, with a year of made-up figures")
    app.press(app.find("push button", contains="Đồng bộ: "))
    app.find("label", contains="không được gửi đi")
    app.key("Escape", title="Kết thúc dùng thử và ghi danh?")
    until("the question gone", lambda: app.root.childCount == 1)
    ok("the button says that a trial sends nothing, and asks whether to end it")


def put_on_clipboard(kind, data):
    subprocess.run(["xclip", "-selection", "clipboard", "-t", kind], input=data, check=True)


def paste(app, *paths):
    put_on_clipboard("text/uri-list", "".join(f"file://{path}\r\n" for path in paths).encode())
    app.press(app.find("push button", contains="Dán"))


def assessment(data):
    return next((one["body"] for one in records(data, "assessment") if one["body"].get("criterion") == "1.2.2"), {})


def names(data):
    return [file["name"] for file in assessment(data).get("files", [])]


def bring(app, folder, data):
    app.key("alt+2")
    app.click(app.find("label", contains=CRITERION))
    photo, pdf = f"{folder}/ảnh bảng niêm yết.png", f"{folder}/ke-hoach.pdf"
    subprocess.run(["rsvg-convert", "--output", photo, f"{os.path.dirname(os.path.abspath(__file__))}/../data/niem-yet.svg"], check=True)
    make_pdf(pdf)
    with open(photo, "rb") as file:
        put_on_clipboard("image/png", file.read())
    app.press(app.find("push button", contains="Dán"))
    until("a picture", lambda: len(names(data)) == 1)
    assert names(data)[0].startswith("anh-"), names(data)
    ok("a picture is pasted")
    paste(app, pdf, photo)
    until("two more", lambda: len(names(data)) == 3)
    ok("two files are pasted from the files program, through what dropped files go through as well")
    return pdf


def broken(app, folder, pdf, data):
    empty, bad = f"{folder}/rong.pdf", f"{folder}/hong.pdf"
    open(empty, "w").close()
    with open(bad, "w") as file:
        file.write("%PDF-1.4\nkhông phải PDF\n")
    for path, words in ((empty, "Chưa đính kèm “rong.pdf”"), (folder, f"Chưa đính kèm “{os.path.basename(folder)}”"),
                        (f"{folder}/khong-co.pdf", "Chưa đính kèm “khong-co.pdf”"), (pdf, "đã có ở đây rồi")):
        paste(app, path)
        app.said(words)
        assert len(names(data)) == 3, names(data)
    ok("an empty file, a folder, a file that is gone and one that is there already: a sentence each, nothing stored")
    paste(app, bad)
    until("the file", lambda: len(names(data)) == 4)
    app.click(app.find("label", "hong.pdf"))
    app.find("label", contains="Không xem được tệp này ở đây")
    app.press(app.find("push button", "Đóng phần xem trước"))
    ok("a file that is no PDF is kept, the preview says that it cannot show it")


def look(app):
    for name in ("ke-hoach.pdf", "ảnh bảng niêm yết.png"):
        app.click(app.find("label", name))
        picture = until(f"the picture of {name}", lambda: next(
            (node for node in walk(app.root) if node.name == name and node.getRoleName() in ("image", "icon") and box(node)[3] > 100), None))
        assert box(picture)[2] > 300, box(picture)
        shot(app, f"evidence-{name}")
        app.press(app.find("push button", "Đóng phần xem trước"))
    ok("a PDF and a photograph are shown beside the record")


def normalise(app, data):
    app.enter(app.find("text", contains="Điểm tự chấm"), " 0,25 ", leave="Tab")
    until("the points", lambda: str(assessment(data).get("self")) in ("0.25", "0,25"))
    ok("a decimal comma with spaces around is a number")
    words = unicodedata.normalize("NFD", "  Đủ bốn báo cáo  ")
    app.enter(app.find("text", "Giải trình"), words, leave="Tab")
    until("the words", lambda: assessment(data).get("explanation") == unicodedata.normalize("NFC", words.strip()))
    ok("decomposed letters are put together, spaces at the ends go")
    assert "1.2.2" in ctl(data, "--search", "bon bao cao", "list")


def history(app, data):
    app.enter(app.find("text", "Giải trình"), "Nội dung sai", leave="Tab")
    until("the wrong words", lambda: assessment(data).get("explanation") == "Nội dung sai")
    app.press(app.find("push button", "Ai đã sửa gì"))
    row = app.find("label", contains="Giải trình: Đủ bốn báo cáo")
    while row.getRoleName() != "list item":
        row = row.parent
    app.press(next(node for node in walk(row) if node.getRoleName() == "push button"))
    until("the former words", lambda: assessment(data).get("explanation") == "Đủ bốn báo cáo")
    ok("history shows who changed what, and brings an earlier version back")


def journey(folder):
    data = f"{folder}/trial"
    with App(APP, "--data-dir", data) as app:
        trial(app, data)
        app.resize(1366, 768)
        pdf = bring(app, folder, data)
        broken(app, folder, pdf, data)
        look(app)
        normalise(app, data)
        history(app, data)
        app.close()
        assert "CRITICAL" not in app.errors(), app.errors()
    ok("the program ends as it should")


main(journey)
