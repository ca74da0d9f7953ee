#!/usr/bin/python3
# What waits goes by itself: when the hub is there again, and at once when the cable is back in.  Nobody clicks.
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: back.py BUILD UNITS [PICTURES]: speaks TAP.  In a network of its own where the system lets it have one.
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
OWN_NETWORK = ["unshare", "--map-current-user", "--keep-caps", "--net"]
OUT, IN, REST = "ip route del default && ip addr del 127.0.0.1/8 dev lo", "ip addr add 127.0.0.1/8 dev lo", "ip route add default dev lo"


def network(command):
    return subprocess.run(["sh", "-c", command], capture_output=True).returncode == 0


if "JOURNEY_NETWORK" not in os.environ:
    possible = subprocess.run([*OWN_NETWORK, "sh", "-c", f"ip link set lo up && {REST}"], capture_output=True).returncode == 0
    os.environ["JOURNEY_NETWORK"] = "own" if possible else "shared"
    if possible:
        os.execvp(OWN_NETWORK[0], [*OWN_NETWORK, sys.executable, *sys.argv])
elif os.environ["JOURNEY_NETWORK"] == "own":
    assert network(f"ip link set lo up && {REST}")

from driver import App, until  # noqa: E402
from world import APP, COMMUNE, Hub, ctl, main, ok, records, shot  # noqa: E402


def type_total(app, month, figure):
    app.enter(app.find("text", f"Tháng {month}, Tổng VB đi"), figure, leave="Tab")


def synced(app, folder):
    app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc")
    assert '"pending_records":0' in ctl(folder, "--json", "status").replace(" ", "")


def hub_comes_back(app, hub, folder):
    hub.stop()
    type_total(app, 1, "120")
    app.find("push button", contains="1 mục chờ gửi – Máy chủ không trả lời – đã lưu trên máy này")
    hub.start()
    synced(app, folder)
    ok("the hub is there again: what waited has gone by itself")


def network_comes_back(app, hub, folder):
    if os.environ["JOURNEY_NETWORK"] != "own":
        ok("the cable is back # SKIP no network of one's own here")
        return
    # Also ends what stands open between the two, which would only wait for an answer.
    hub.stop()
    assert network(OUT)
    type_total(app, 2, "130")
    app.find("push button", contains="1 mục chờ gửi – Mất mạng – đã lưu trên máy này")
    shot(app, "no-network")
    # Each attempt in vain puts the next one off; after these it would be minutes.
    for _ in range(5):
        app.key("F5")
        app.find("push button", contains="đã lưu trên máy này")
        time.sleep(0.3)
    assert network(IN)
    hub.start()
    began = time.time()
    assert network(REST)
    synced(app, folder)
    took = time.time() - began
    assert took < 25, took
    ok("the cable is back in: what waited goes at once, by itself")


def journey(folder):
    hub = Hub(f"{folder}/hub")
    hub.start()
    data = f"{folder}/commune"
    try:
        ctl(data, "--by", "Lê Thị Thử", "enrol", hub.line(COMMUNE, "commune"))
        with App(APP, "--data-dir", data, "--page", "documents") as app:
            app.find("push button", contains="Đồng bộ: Đã đồng bộ lúc")
            app.resize(1366, 768)
            hub_comes_back(app, hub, data)
            network_comes_back(app, hub, data)
            app.close()
            assert "CRITICAL" not in app.errors(), app.errors()
        assert len(records(data, "document-month")) == 2
    finally:
        hub.stop()


main(journey)
