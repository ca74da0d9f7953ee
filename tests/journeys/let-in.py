#!/usr/bin/python3
# A computer that the district shut out says so, works on, and is let in again by the file that the district sends, also where
# that file starts the program, and where the district has a new server: nothing of what was written in between is lost.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: let-in.py BUILD UNITS [PICTURES]: speaks TAP
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until  # noqa: E402
from world import APP, COMMUNE, HUB, Hub, ctl, main, ok, run, shot  # noqa: E402


def status(folder):
    return json.loads(ctl(folder, "--json", "status"))


def line_file(hub, path):
    run(HUB, "enrol", "--data", hub.folder, "--unit", COMMUNE, "--address", f"https://127.0.0.1:{hub.port}", "--output", path)
    return path


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    # The person's own enrolment: a file by double click goes to the window that is open.
    os.environ["XDG_DATA_HOME"] = f"{folder}/share"
    here = f"{folder}/share/minhchung"
    try:
        ctl(here, "--by", "Lê Văn Bình", "enrol", hub.line(COMMUNE, "commune"))
        ctl(here, "--type", "plan", "set", "number=1", "summary=Trước khi bị thu hồi quyền")
        ctl(here, "sync")
        with App(APP) as app:
            app.find("push button", contains="Đã đồng bộ")
            app.resize(1366, 768)
            spare = line_file(hub, f"{folder}/spare.mcenrol")
            subprocess.run([APP, spare], check=True)
            app.said("Máy này đã được ghi danh")
            ok("a line that is not needed is not used up")

            run(HUB, "device", "revoke", status(here)["device"], "--data", hub.folder)
            ctl(here, "--type", "plan", "set", "number=2", "summary=Viết khi bị thu hồi quyền")
            app.press(app.find("push button", contains="Đồng bộ"))
            app.find("push button", contains="Hãy gọi cho huyện")
            shot(app, "shut-out")
            ok("who is shut out is told")

            subprocess.run([APP, spare], check=True)
            app.said("đã nhận lại máy này")
            shot(app, "let-in")
            until("all is at the hub", lambda: status(here)["pending_records"] == 0)
            ok("a new line lets it in again, with what it wrote meanwhile")
            app.close()

        run(HUB, "device", "revoke", status(here)["device"], "--data", hub.folder)
        ctl(here, "--type", "plan", "set", "number=3", "summary=Viết khi lại bị thu hồi quyền")
        with App(APP, line_file(hub, f"{folder}/cold.mcenrol")) as app:
            app.said("đã nhận lại máy này")
            until("all is at the hub", lambda: status(here)["pending_records"] == 0)
            ok("so does one that starts the program")
            app.resize(1366, 768)

            port = hub.port
            hub.stop()
            hub = Hub(f"{folder}/new-hub")
            hub.port = port
            hub.start()
            ctl(here, "--type", "plan", "set", "number=4", "summary=Viết khi huyện thay máy chủ")
            app.press(app.find("push button", contains="Đồng bộ"))
            app.find("push button", contains="Hãy gọi cho huyện")
            shot(app, "other-server")
            subprocess.run([APP, line_file(hub, f"{folder}/new.mcenrol")], check=True)
            app.said("đã nhận lại máy này")
            until("all is at the new hub", lambda: status(here)["pending_records"] == 0 and
                  run(HUB, "verify", "--data", hub.folder).startswith("4 rows"))
            shot(app, "new-server")
            ok("and one of a new server, which is given all")

            # The server is gone for good, and the one after it is at another address.
            hub.stop()
            hub = Hub(f"{folder}/last-hub")
            hub.start()
            last = line_file(hub, f"{folder}/last.mcenrol")
            hub.stop()
            ctl(here, "--type", "plan", "set", "number=5", "summary=Viết khi máy chủ của huyện hỏng hẳn")
            subprocess.run([APP, last], check=True)
            app.find("label", contains="Ghi danh lại máy này?")
            app.find("label", contains="Máy chủ của huyện không trả lời")
            shot(app, "no-answer")
            app.press(app.find("push button", contains="Ghi danh lại"))
            app.find("label", contains="Máy này vẫn được ghi danh như trước")
            shot(app, "stays")
            app.key("Escape", title="Chưa ghi danh lại được")
            until("the word is read", lambda: not app.find_now("label", contains="Máy này vẫn được ghi danh như trước"))
            ok("where no server answers it says so, and stays enrolled as it was")

            hub.start()
            subprocess.run([APP, last], check=True)
            app.find("label", contains="Ghi danh lại máy này?")
            app.key("Escape", title="Ghi danh lại máy này?")
            until("the question is gone", lambda: not app.find_now("label", contains="Ghi danh lại máy này?"))
            subprocess.run([APP, last], check=True)
            app.press(app.find("push button", contains="Ghi danh lại"))
            app.said("đã nhận lại máy này")
            until("all is at the last hub", lambda: status(here)["pending_records"] == 0 and
                  run(HUB, "verify", "--data", hub.folder).startswith("5 rows"))
            ok("a person who says so is enrolled at the server after the one that is gone")
            app.close()
    finally:
        hub.stop()


main(journey)
