#!/usr/bin/python3
# No network for months: the window writes a stick, the hub reads it, a double click on its answer takes that in.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: stick.py BUILD UNITS [PICTURES]: speaks TAP
import glob
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until, xdo  # noqa: E402
from world import APP, COMMUNE, DISTRICT, HUB, Hub, again, choose, ctl, main, make_pdf, menu, ok, records, run, shot  # noqa: E402


def write(app, stick):
    menu(app, "Gửi bằng USB")
    choose(app, stick)
    until("the stick written", lambda: app.find_now("label", contains="Có thể rút USB") or again(app), 60)
    shot(app, "stick-written")
    app.key("Return", title="Đã ghi xong – có thể rút USB")
    until("the message gone", lambda: app.root.childCount == 1)
    app.find("push button", contains="mục chờ gửi")
    ok("what waits is on the stick, and still says that it waits")


def too_early(folder):
    """Before there is an enrolment, a file that is opened is never passed over in silence."""
    for name, words in (("x.mcbundle", "Tệp này dành cho máy đã ghi danh"), ("x.mcenrol", "Không đọc được tệp ghi danh này")):
        with open(f"{folder}/{name}", "wb") as file:
            file.write(b"\xff\x00 nothing of ours")
        with App(APP, "--data-dir", f"{folder}/nobody", f"{folder}/{name}") as app:
            app.find("push button", contains="Dùng thử")
            app.find("label", contains=words)
            app.kill()
    assert not os.path.exists(f"{folder}/nobody")
    ok("a file that is opened before the enrolment is answered, and nothing is made of it")


def journey(folder):
    too_early(folder)
    hub = Hub(f"{folder}/hub")
    hub.start()
    data, stick, answer = f"{folder}/commune", f"{folder}/stick", f"{folder}/answer"
    os.mkdir(stick)
    os.mkdir(answer)
    try:
        ctl(data, "--by", "Lê Thị Thử", "enrol", hub.line(COMMUNE, "commune"))
    finally:
        hub.stop()
    make_pdf(f"{folder}/a.pdf")
    ctl(data, "--type", "document-month", "set", "month=2021-03", "total=100", "digital=90")
    record = records(data, "document-month")[0]["id"]
    ctl(data, "attach", record, f"{folder}/a.pdf")
    with App(APP, "--data-dir", data) as app:
        app.find("push button", contains="Đồng bộ: ")
        app.resize(1366, 768)
        write(app, stick)
        app.close()

    bundle = glob.glob(f"{stick}/*.mcbundle")
    assert len(bundle) == 1, bundle
    assert b"2021-03" not in open(bundle[0], "rb").read()
    run(HUB, "bundle", "read", bundle[0], "--reply", answer, "--data", hub.folder)
    assert "all chains, signatures and hashes hold" in run(HUB, "verify", "--data", hub.folder)
    ok("the hub takes it, the stick tells nobody else anything")

    reply = glob.glob(f"{answer}/*.mcbundle")[0]
    for time in ("first", "second"):
        with App(APP, "--data-dir", data, reply) as app:
            app.find("label", contains="Huyện xác nhận" if time == "first" else "Nhận lại tệp này")
            shot(app, "stick-answer")
            app.find("push button", contains="Đồng bộ: ")
            app.kill()
        assert not records(data, "document-month")[0]["pending"]
    ok("opening the answer settles everything, also when it is opened twice")

    with App(APP, "--data-dir", data) as app:
        app.find("push button", contains="Đồng bộ: ")
        app.resize(1366, 768)
        menu(app, "Gửi bằng USB")
        choose(app, stick)
        until("the stick written", lambda: app.find_now("label", contains="không có mục nào chờ gửi") or again(app), 60)
        shot(app, "stick-nothing-waits")
        assert not app.find_now("label", contains="lần sửa")
        app.kill()
    ok("with nothing to send the stick says so, and what it is good for")

    ctl(data, "--type", "document-month", "set", "month=2021-04", "total=7", "digital=7")
    ctl(data, "bundle", "write", f"{stick}/xa.mcbundle")
    district = f"{folder}/district"
    hub.start()
    try:
        ctl(district, "--by", "Trần Văn Thử", "enrol", hub.line(DISTRICT, "district"))
        with App(APP, "--data-dir", district, f"{stick}/xa.mcbundle") as app:
            app.find("label", contains="xa.reply.mcbundle")
            shot(app, "stick-carried")
            app.kill()
    finally:
        hub.stop()
    ctl(data, "bundle", "read", f"{stick}/xa.reply.mcbundle")
    assert not any(record["pending"] for record in records(data, "document-month"))
    ok("a district's PC hands a commune's stick on to the server, and its answer settles it at the commune")

    with open(reply, "r+b") as file:
        file.truncate(os.path.getsize(reply) - 40)
    with App(APP, "--data-dir", data, reply) as app:
        app.find("label", contains="Chưa nhận gì từ tệp này")
        shot(app, "stick-damaged")
        app.kill()
    ok("a cut answer is told as such, and nothing is taken from it")


main(journey)
