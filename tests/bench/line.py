# line.py: a first push, small syncs and a cut on a bad line, beside what Debian has for the same work.
#
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Everything on one side runs in one network namespace, everything on the other in another; bad-line is all that joins
# them.  The floor is one POST of the same bytes over TLS: no sync can take less.

import glob
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

PROFILES = {  # kbit/s up and down, delay and jitter in ms, loss in per cent, queue in ms
    "P2": (512, 1000, 150, 20, 1, 500),
    "P3": (4000, 16000, 30, 5, 0.1, 300),
}
RECORDS, FILES, FILE_BYTES = 1000, 50, 200000
ROUNDS = 5  # of what is short: one packet lost is a good part of it
FAR = "10.77.0.2"

# Measured on this line with the same amount of data on another day (peers without a Debian package).
RECORDED = [
    ("CouchDB 3.4.3, tuned", 231.9, 11.95, "7.4 s", "6.3 s, 18 kB"),
    ("PouchDB 9 to express-pouchdb", 286.4, 15.52, "4.8 s", "6.0 s"),
    ("ODK Central, Collect's protocol", 561.9, 12.63, "–", "about 10 turns"),
]


class Line:
    """Two namespaces and the line between them."""

    address = FAR

    def __init__(self, program, profile):
        self.near, self.far = f"mc-near-{os.getpid()}", f"mc-far-{os.getpid()}"
        for name in (self.near, self.far):
            subprocess.run(["ip", "netns", "add", name], check=True)
        figures = [str(figure) for figure in PROFILES[profile]]
        self.process = subprocess.Popen([program, self.near, self.far, *figures], stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("There is no line")

    def inside(self, side, command):
        return ["ip", "netns", "exec", side, *command]

    def run(self, side, command, **options):
        return subprocess.run(self.inside(side, command), **options)

    def start(self, side, command, **options):
        return subprocess.Popen(self.inside(side, command), **options)

    def passed(self):
        """What passed since the last call."""
        self.process.send_signal(signal.SIGUSR1)
        return json.loads(self.process.stdout.readline())

    def reach(self, port):
        return f"{FAR}:{port}"

    def cut(self):
        """Cuts the line, or mends it."""
        self.process.send_signal(signal.SIGUSR2)

    def close(self):
        self.process.terminate()
        self.process.wait()
        for name in (self.near, self.far):
            subprocess.run(["ip", "netns", "del", name])


def stop(process):
    process.terminate()
    process.wait()


def wait_for(what, seconds=30):
    for _ in range(int(seconds / 0.05)):
        value = what()
        if value:
            return value
        time.sleep(0.05)
    raise RuntimeError("waited in vain")


class Side:
    """Our hub at the far end and a device at the near one."""

    def __init__(self, bench, line, folder):
        self.bench, self.line = bench, line
        self.hub_dir, self.device = os.path.join(folder, "hub"), os.path.join(folder, "device")
        port_file = os.path.join(folder, "port")
        for words in (["init"], ["unit", "import", bench.units]):
            subprocess.run([bench.hub, "--data", self.hub_dir, *words], check=True, stdout=subprocess.DEVNULL)
        self.log = open(os.path.join(folder, "hub.log"), "w")
        self.hub = line.start(line.far, [bench.hub, "serve", "--data", self.hub_dir, "--listen", line.address, "--port", "0",
                                         "--port-file", port_file], stdout=self.log, stderr=self.log)
        port = wait_for(lambda: os.path.exists(port_file) and open(port_file).read().strip())
        answer = subprocess.run([bench.hub, "--data", self.hub_dir, "enrol", "--unit", "21609@2004-07-08", "--role", "commune",
                                 "--address", f"https://{line.reach(port)}"], check=True, stdout=subprocess.PIPE, text=True)
        self.ctl("enrol", answer.stdout.strip())
        self.database = glob.glob(os.path.join(self.hub_dir, "*.db"))[0]

    def ctl_command(self, *words):
        return self.line.inside(self.line.near, [self.bench.ctl, "--data-dir", self.device, "--json",
                                                 "--by", "Đinh Thị Hà, Tư pháp", *words])

    def ctl(self, *words):
        done = subprocess.run(self.ctl_command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{words[0]}: {done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def fill(self, count, first=1, files=0):
        self.bench.run("bench-fill", self.device, str(count), str(first), str(files), str(FILE_BYTES))

    def edit(self, count):
        self.bench.run("bench-fill", self.device, "edit", str(count))

    def arrived(self):
        """Changes in the hub's logs."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5) as database:
            return database.execute("SELECT count(*) FROM change").fetchone()[0]

    def change_bytes(self):
        with sqlite3.connect(f"file:{os.path.join(self.device, 'store.db')}?mode=ro", uri=True) as database:
            return [row[0] for row in database.execute("SELECT bytes FROM change ORDER BY number")]

    def sync(self):
        self.line.passed()
        start = time.monotonic()
        report = self.ctl("sync")
        return time.monotonic() - start, self.line.passed(), report

    def close(self):
        stop(self.hub)
        self.log.close()


def text_and_files(side, folder):
    """The body of the floor: all changes as well as zstd can, then the files."""
    packed = subprocess.run(["zstd", "-19", "-c"], input=b"\n".join(side.change_bytes()), stdout=subprocess.PIPE, check=True).stdout
    path = os.path.join(folder, "body")
    with open(path, "wb") as body:
        body.write(packed)
        for name in sorted(glob.glob(os.path.join(side.device, "evidence", "**"), recursive=True)):
            if os.path.isfile(name):
                with open(name, "rb") as file:
                    shutil.copyfileobj(file, body)
    return path


FLOOR_SERVER = """
import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        left = int(self.headers["Content-Length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, 65536)))
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *arguments): pass
server = http.server.HTTPServer((sys.argv[1], 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
"""


def floor(line, folder, body):
    key, certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "certificate.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=floor", "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    server = line.start(line.far, [sys.executable, "-c", FLOOR_SERVER, line.address, certificate, key], stdout=subprocess.PIPE, text=True)
    address = line.reach(int(server.stdout.readline()))
    line.passed()
    start = time.monotonic()
    line.run(line.near, ["curl", "-sk", "-H", "Expect:", "--data-binary", f"@{body}", f"https://{address}/"], check=True)
    seconds = time.monotonic() - start
    stop(server)
    return seconds, line.passed()


def lay_out(side, folder):
    """The same data as files, for those that sync files."""
    source = os.path.join(folder, "source")
    os.makedirs(os.path.join(source, "records"))
    os.makedirs(os.path.join(source, "evidence"))
    for number, change in enumerate(side.change_bytes()):
        with open(os.path.join(source, "records", f"{number:05}.json"), "wb") as file:
            file.write(change)
    for name in glob.glob(os.path.join(side.device, "evidence", "**"), recursive=True):
        if os.path.isfile(name):
            shutil.copy(name, os.path.join(source, "evidence"))
    return source


def edit_ten(source):
    for name in sorted(os.listdir(os.path.join(source, "records")))[:10]:
        path = os.path.join(source, "records", name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace('"copies":', '"copies": 1'))


def timed(line, command, **options):
    line.passed()
    start = time.monotonic()
    line.run(line.near, command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    return time.monotonic() - start, line.passed()


def rsync(line, folder, source):
    target = os.path.join(folder, "rsync")
    os.makedirs(target)
    settings = os.path.join(folder, "rsyncd.conf")
    with open(settings, "w") as file:
        file.write(f"use chroot = no\nuid = {os.getuid()}\ngid = {os.getgid()}\n[d]\npath = {target}\nread only = no\n")
    server = line.start(line.far, ["rsync", "--daemon", "--no-detach", "--address", FAR, "--config", settings])
    wait_for(lambda: line.run(line.far, ["bash", "-c", f"</dev/tcp/{FAR}/873"], stderr=subprocess.DEVNULL).returncode == 0)
    command = ["rsync", "-az", source + "/", f"rsync://{FAR}/d/"]
    first = timed(line, command)
    nothing = timed(line, command)
    edit_ten(source)
    ten = timed(line, command)
    stop(server)
    return first, nothing, ten


def fossil(line, folder, source):
    environment = {**os.environ, "HOME": folder, "USER": "bench"}
    there, here, work = (os.path.join(folder, name) for name in ("there.fossil", "here.fossil", "work"))

    def do(*words, cwd=None):
        done = subprocess.run(["fossil", *words], cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"fossil {words[0]}: {done.stdout}{done.stderr}")

    do("init", there)
    do("user", "password", "bench", "bench", "-R", there)
    server = line.start(line.far, ["fossil", "server", there, "--port", "8088"], env=environment,
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: line.run(line.far, ["bash", "-c", f"</dev/tcp/{FAR}/8088"], stderr=subprocess.DEVNULL).returncode == 0)
    line.run(line.near, ["fossil", "clone", f"http://bench:bench@{FAR}:8088/", here, "--save-http-password"], check=True,
             env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    os.makedirs(work)
    do("open", here, "--nosync", cwd=work)
    do("settings", "autosync", "off", cwd=work)

    def commit(text):
        shutil.copytree(source, work, dirs_exist_ok=True)
        do("add", ".", cwd=work)
        do("commit", "-m", text, "--no-warnings", "--allow-fork", cwd=work)

    commit("first")
    command = ["fossil", "push", "-R", here]
    first = timed(line, command, env=environment)
    nothing = timed(line, command, env=environment)
    edit_ten(source)
    commit("ten")
    ten = timed(line, command, env=environment)
    stop(server)
    return first, nothing, ten


def first_push(bench, line, folder):
    """Our first push; how long until the hub had all text; the body of the floor."""
    side = Side(bench, line, folder)
    side.fill(RECORDS, files=FILES)
    body = text_and_files(side, folder)
    source = lay_out(side, folder)
    text = []

    def watch(start):
        while side.arrived() < RECORDS + FILES and time.monotonic() - start < 600:
            time.sleep(0.05)
        text.append(time.monotonic() - start)

    line.passed()
    start = time.monotonic()
    watcher = threading.Thread(target=watch, args=[start])
    watcher.start()
    report = side.ctl("sync")
    seconds = time.monotonic() - start
    passed = line.passed()
    watcher.join()
    return side, source, body, (seconds, passed, report), text[0]


def cut(bench, folder):
    """Kills the device and the line in the middle of a first push; what was sent once more."""
    line = bench.new_line("P3")
    try:
        whole, parts = Side(bench, line, os.path.join(folder, "whole")), Side(bench, line, os.path.join(folder, "parts"))
        whole.fill(RECORDS, files=FILES)
        parts.fill(RECORDS, files=FILES)
        _, uncut, _ = whole.sync()
        line.passed()
        device = subprocess.Popen(parts.ctl_command("sync"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        sent = 0
        while sent < uncut["up"] / 2:
            time.sleep(0.1)
            sent += line.passed()["up"]
        line.cut()
        device.kill()
        device.wait()
        time.sleep(1)
        line.cut()
        # The hub notices by itself that nothing comes any more.
        _, rest, _ = parts.sync()
        total = sent + line.passed()["up"] + rest["up"]
        whole.close()
        parts.close()
    finally:
        line.close()
    return total - uncut["up"]


def edit_and_sync(side):
    side.edit(10)
    return side.sync()


def measure(bench, profile):
    folder = bench.folder
    line = bench.new_line(profile)
    try:
        bench.say(f"first push on {profile} …")
        ours_dir = os.path.join(folder, "ours")
        os.makedirs(ours_dir)
        side, source, body, (seconds, passed, report), text = first_push(bench, line, ours_dir)
        nothing, empty, empty_report = side.sync()
        tens = sorted((edit_and_sync(side) for _ in range(ROUNDS)), key=lambda round: round[0])
        ten, ten_passed, ten_report = tens[ROUNDS // 2]
        side.close()
        bench.say("floor …")
        least, floor_passed = floor(line, folder, body)
        rows = [("floor: one POST over TLS", least, floor_passed["up"], "", ""),
                ("Minh Chứng", seconds, passed["up"], f"{nothing:.2f} s, {empty['turns']} turns",
                 f"{ten:.2f} s, {ten_passed['up'] + ten_passed['down']:,} B")]
        for name, peer in (("rsync", rsync), ("fossil", fossil)):
            if isinstance(line, Line) and shutil.which(name):
                bench.say(f"{name} …")
                shutil.copytree(source, os.path.join(folder, f"{name}-source"))
                (first, one), (idle, two), (small, three) = peer(line, folder, os.path.join(folder, f"{name}-source"))
                rows.append((name, first, one["up"], f"{idle:.2f} s, {two['up'] + two['down']:,} B",
                             f"{small:.2f} s, {three['up'] + three['down']:,} B"))
    finally:
        line.close()

    bench.ratio(f"first push of {RECORDS:,} records and {FILES} files / one POST: time", "s", seconds, least, 1.05)
    bench.ratio("first push / one POST: bytes sent", "MB", passed["up"] / 1e6, floor_passed["up"] / 1e6, 1.05)
    bench.figure("all text at the district after", "s", text, 6)
    bench.figure(f"ten edits from cold, median of {ROUNDS}", "s", ten, 1.1)
    bench.figure(f"ten edits from cold, worst of {ROUNDS}", "s", tens[-1][0], 0)
    bench.figure("ten edits, payload both ways", "bytes", ten_report["bytes_sent"] + ten_report["bytes_received"], 3072)
    bench.figure("nothing new: turns", "", empty_report["turns"], 1)
    bench.figure("nothing new, payload both ways", "bytes", empty_report["bytes_sent"] + empty_report["bytes_received"], 600)
    bench.figure("nothing new", "s", nothing, 0)
    bench.say("cut in the middle …")
    # TCP takes what a relay in this process holds as arrived, and all that is lost with it: there it is only told.
    again = [cut(bench, os.path.join(folder, f"cut-{number}")) for number in range(ROUNDS)]
    bench.figure(f"cut and kill -9 in the middle (P3), sent again, worst of {ROUNDS}", "bytes", max(again),
                 131072 if isinstance(line, Line) else 0)
    bench.figure("the same, median", "bytes", sorted(again)[ROUNDS // 2], 0)
    side_by_side(profile, rows)


def side_by_side(profile, rows):
    print(f"\n{profile}: {PROFILES[profile][0]}/{PROFILES[profile][1]} kbit/s, {PROFILES[profile][2]} ms one way, "
          f"{PROFILES[profile][4]} % loss; {RECORDS:,} records, {FILES} files of {FILE_BYTES // 1000} kB\n")
    print(f"{'':<34}{'first push':>12}{'sent':>12}   {'nothing new':<22}{'ten edits'}")
    for name, seconds, sent, nothing, ten in rows:
        print(f"{name:<34}{seconds:>10.1f} s{sent / 1e6:>9.2f} MB   {nothing:<22}{ten}")
    for name, seconds, sent, nothing, ten in RECORDED:
        print(f"{name + ' (recorded)':<34}{seconds:>10.1f} s{sent:>9.2f} MB   {nothing:<22}{ten}")
