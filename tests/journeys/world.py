# What a journey needs around the window: a hub, other devices, files; and the words of a TAP test.
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

from driver import SANDBOX, until, xdo

build, units = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
pictures = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else None
APP, CTL, HUB = (f"{build}/{name}" for name in ("app/minhchung", "app/minhchungctl", "sync/hub/minhchung-hub"))
COMMUNE, DISTRICT = "21610@2004-07-08", "542@2004-07-08"   # Xã An Hưng, huyện An Lão

steps = 0


def ok(what):
    global steps
    steps += 1
    print(f"ok {steps} {what}", flush=True)


def place_of(error):
    """The last line of a journey that an error went through, not of what all journeys share."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if os.path.basename(frame.filename) not in ("driver.py", "world.py")]
    return f"{frames[-1].name}, line {frames[-1].lineno}" if frames else "the beginning"


def main(journey):
    """Runs a journey in a folder of its own, which is gone afterwards."""
    global steps
    failed = False
    folder = tempfile.mkdtemp(prefix="minhchung-journey-")
    try:
        journey(folder)
    except Exception as error:
        traceback.print_exc()
        failed = True
        steps += 1
        # Why, in this line too: it may be all of the log that is kept.
        print(f"not ok {steps} the journey ended early in {place_of(error)}: {' '.join(str(error).split())[:300]}")
    finally:
        print(f"1..{steps}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)


def shot(app, name):
    if pictures:
        app.picture(f"{pictures}/{name}.png")


def menu(app, item):
    app.key("F10")
    app.press(app.find("menu item", contains=item))


def choose(app, path, name=None):
    """Answers the file chooser, and takes a picture of it."""
    app.choose(path, name and pictures and f"{pictures}/{name}.png")


def begin_trial(app, position):
    """From the first run to the overview."""
    app.press(app.find("push button", contains="Dùng thử"))
    app.set_text(app.find("text", "Họ và tên"), "Lê Thị Thử")
    app.set_text(app.find("text", "Chức vụ"), position)
    app.press(app.find("push button", contains="Bắt đầu"))
    app.press(app.find("push button", contains="Bắt đầu làm việc", seconds=120))
    app.find("label", "Tổng quan")
    app.resize(1366, 768)


def again(app):
    """A chooser of folders opens the folder with the first Return and takes it with the second."""
    if not SANDBOX and app.find_now("push button", contains="Chọn"):
        xdo("key", "Return")
        time.sleep(1)
    return None


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def ctl(folder, *arguments):
    return run(CTL, "--data-dir", folder, *arguments)


def refused(folder, record, *arguments):
    """Sets what the hub will refuse of a commune, which says so itself otherwise."""
    with open(f"{folder}/account.json") as file:
        own = file.read()
    with open(f"{folder}/account.json", "w") as file:
        file.write(re.sub(r'("role"\s*:\s*)"commune"', r'\1"district"', own))
    ctl(folder, "set", record, *arguments)
    with open(f"{folder}/account.json", "w") as file:
        file.write(own)


def records(folder, kind, log=None):
    out = ctl(folder, "--json", "--type", kind, *(["--log", log] if log else []), "list")
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


class Hub:
    def __init__(self, folder):
        self.folder, self.port, self.process = folder, 0, None
        run(HUB, "init", "--data", folder)
        run(HUB, "unit", "import", units, "--data", folder)

    def start(self):
        port_file = f"{self.folder}.port"
        if os.path.exists(port_file):
            os.unlink(port_file)
        with open(f"{self.folder}.log", "a") as log:
            self.process = subprocess.Popen([HUB, "serve", "--data", self.folder, "--listen", "127.0.0.1", "--port", str(self.port),
                                             "--port-file", port_file], stderr=log)
        self.port = int(until("the hub's port", lambda: os.path.exists(port_file) and open(port_file).read().strip()))

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def log_text(self):
        with open(f"{self.folder}.log") as log:
            return log.read()

    def line(self, unit, role):
        return run(HUB, "enrol", "--data", self.folder, "--unit", unit, "--role", role, "--address",
                   f"https://127.0.0.1:{self.port}").strip()


def make_pdf(path, words="Ke hoach CCHC 2021 - ban da ky"):
    """A PDF of one page that another program can open."""
    stream = f"BT /F1 28 Tf 72 740 Td ({words}) Tj ET"
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
               f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
               "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"]
    out, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    with open(path, "wb") as file:
        file.write(out)
