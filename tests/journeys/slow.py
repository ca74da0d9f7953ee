#!/usr/bin/python3
# Over a line as slow as some communes have: progress in words, typing goes on, one click stops it, the next sync goes on after it.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: slow.py BUILD UNITS [PICTURES]: speaks TAP
import os
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until  # noqa: E402
from world import APP, COMMUNE, HUB, Hub, ctl, main, ok, records, run, shot  # noqa: E402

FILES, FILE_BYTES, SLOW = 3, 400_000, 8_000   # bytes a second


class Line:
    """Between a computer and the hub: what is sent comes through at so many bytes a second, 0 = at once."""

    def __init__(self, port):
        self.port, self.rate, self.sent = port, 0, 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.own_port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            near, _ = self.server.accept()
            far = socket.create_connection(("127.0.0.1", self.port))
            for source, sink, is_up in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._carry, args=(source, sink, is_up), daemon=True).start()

    def _carry(self, source, sink, is_up):
        try:
            while data := source.recv(4096):
                if is_up:
                    self.sent += len(data)
                    if self.rate:
                        time.sleep(len(data) / self.rate)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            sink.close()


def enrol(folder, hub, line):
    words = run(HUB, "enrol", "--data", hub.folder, "--unit", COMMUNE, "--role", "commune", "--address",
                f"https://127.0.0.1:{line.own_port}").strip()
    ctl(folder, "--by", "Lê Thị Thử", "enrol", words)
    ctl(folder, "sync")
    ctl(folder, "--type", "plan", "set", "number=5", "summary=Cải cách hành chính")
    plan = records(folder, "plan")[0]["id"]
    for number in range(FILES):
        path = f"{folder}/anh-{number}.bin"
        with open(path, "wb") as file:
            file.write(os.urandom(FILE_BYTES))
        ctl(folder, "--field", "signed_file", "attach", plan, path)


def waiting(folder):
    return int(run("sqlite3", "-readonly", f"{folder}/store.db", "SELECT count(*) FROM evidence WHERE confirmed = 0"))


def sending(app):
    app.find("push button", contains=f"Đồng bộ: Đang gửi 0/{FILES} tệp")
    app.find("push button", "Dừng đồng bộ")
    ok("while it takes long the button says how many files have gone, and can be stopped")
    app.enter(app.find("text", "Tháng 1, Tổng VB đi"), "120", leave="Tab")
    app.enter(app.find("text", "Tháng 1, Điện tử"), "100", leave="Tab")


def at_rest(line):
    before = line.sent
    time.sleep(1)
    return line.sent == before


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    line, data = Line(hub.port), f"{folder}/commune"
    try:
        enrol(data, hub, line)
        line.rate = SLOW
        with App(APP, "--data-dir", data, "--page", "documents") as app:
            app.find("text", "Tháng 1, Tổng VB đi")
            app.resize(1366, 768)
            sending(app)
            until("the month on disk", lambda: [one["body"].get("digital") for one in records(data, "document-month")] == [100])
            app.find("push button", contains="Đồng bộ: Đang gửi")
            shot(app, "slow")
            ok("meanwhile a month is typed and is on disk, the sync goes on")
            app.press(app.find("push button", "Dừng đồng bộ"))
            app.find("push button", contains="chờ gửi")
            until("what was on its way arrived", lambda: at_rest(line))
            sent = line.sent
            time.sleep(5)   # longer than a sync takes to follow a save
            assert app.find_now("push button", "Dừng đồng bộ") is None and line.sent == sent and waiting(data) > 0
            ok("one click stops it for good: the button says what waits, what was typed a moment ago does not begin it again")
            line.rate, line.sent = 0, 0
            app.press(app.find("push button", contains="Đồng bộ: "))
            app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc")
            until("all files at the district", lambda: waiting(data) == 0)
            assert line.sent < (FILES + 0.3) * FILE_BYTES, line.sent
            app.close()
            assert "CRITICAL" not in app.errors(), app.errors()
        ok("on a good line the next click sends the rest")
    finally:
        hub.stop()


main(journey)
