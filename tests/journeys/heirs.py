#!/usr/bin/python3
# A commune that took over another one's work finds what that one wrote, by whose it was, and reads all that was entered in it, while
# nothing there can be changed by a click.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: heirs.py BUILD UNITS [PICTURES]: speaks TAP
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import App, until  # noqa: E402
from world import APP, COMMUNE, DISTRICT, HUB, Hub, ctl, main, ok, run, shot  # noqa: E402

HEIR = "21699@2022-01-01"


def table(merged):
    code, valid_from = COMMUNE.split("@")
    old = {"code": code, "valid_from": valid_from, "name": "Xã An Hưng", "kind": "commune", "parent": DISTRICT}
    if merged:
        old |= {"valid_to": "2021-12-31", "successors": [HEIR]}
    code, valid_from = HEIR.split("@")
    return {"units": [old, {"code": code, "valid_from": valid_from, "name": "Xã An Mới", "kind": "commune", "parent": DISTRICT}]}


def unit_import(hub, path, merged):
    with open(path, "w") as file:
        json.dump(table(merged), file)
    run(HUB, "unit", "import", path, "--data", hub.folder)


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    old, heir = f"{folder}/old", f"{folder}/heir"
    try:
        unit_import(hub, f"{folder}/units.json", False)
        ctl(old, "--by", "Lê Văn Bình", "enrol", hub.line(COMMUNE, "commune"))
        said = ctl(old, "--json", "--type", "plan", "set", "number=1", "summary=Kế hoạch của xã Gò Găng")
        ctl(old, "set", json.loads(said)["id"], "number=15")
        ctl(old, "sync")
        ctl(heir, "--by", "Đinh Thị Hà", "enrol", hub.line(HEIR, "commune"))
        ctl(heir, "--type", "plan", "set", "number=2", "summary=Kế hoạch của xã mới")
        ctl(heir, "sync")
        # Declared when its computer was enrolled long ago.
        unit_import(hub, f"{folder}/units.json", True)
        with App(APP, "--data-dir", heir) as app:
            app.find("push button", contains="Đã đồng bộ")
            app.resize(1366, 768)
            until("the old one's log is here", lambda: "Gò Găng" in ctl(heir, "--log", COMMUNE, "--json", "--type", "plan", "list"))
            app.key("ctrl+k")
            app.set_text(app.find("entry", "Tìm trong tất cả"), "ke hoach cua xa")
            app.find("label", contains="Xã An Hưng – Kế hoạch")
            shot(app, "heir-search")
            ok("what was taken over is found, and whose it was")
            app.set_text(app.find("entry", "Tìm trong tất cả"), "go gang")
            until("only that is left", lambda: not app.find_now("label", contains="Kế hoạch của xã mới"))
            app.key("Return", title="Tìm trong tất cả")
            app.find("label", contains="Lê Văn Bình")
            app.find("label", contains="Kế hoạch của xã Gò Găng")
            shot(app, "heir-record")
            assert not app.find_now("push button", contains="Lấy lại"), "it can be changed"
            ok("all that was entered there is read, and not changed")
            app.key("Escape", title="Xã An Hưng")
            app.key("Escape", title="Tìm trong tất cả")
            until("both closed", lambda: app.root.childCount == 1)
            app.close()
    finally:
        hub.stop()


main(journey)
