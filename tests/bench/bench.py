#!/usr/bin/python3
# bench.py BUILD [line | load]: runs the measuring programs, prints their figures against the bounds, keeps them as JSON.
#
# SPDX-License-Identifier: GPL-3.0-or-later

import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

here = os.path.dirname(os.path.realpath(__file__))
root = os.path.dirname(os.path.dirname(here))
build = os.path.realpath(sys.argv[1])
programs = os.path.join(build, "tests", "bench")
ctl = os.path.join(build, "app", "minhchungctl")
hub = os.path.join(build, "sync", "hub", "minhchung-hub")
units = os.path.join(root, "resources", "units", "an-lao.json")
results = []

WINDOW_ROUNDS = 7
LINES = 100000


def say(text):
    print("\033[2K" + text if sys.stderr.isatty() else text, file=sys.stderr, flush=True)


def run(name, *arguments, display=False, env=None, told=None):
    """Runs one program; each line that it prints is a figure, or says what it does now.  @told is told each as soon as it is there."""
    command = [os.path.join(programs, name), *arguments]
    figures = []
    if display:
        command = [os.path.join(root, "tests", "with-display.sh"), *command]
    with tempfile.TemporaryFile("w+") as errors, \
         subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env={**os.environ, **(env or {})}) as process:
        for line in process.stdout:
            if line.startswith("{"):
                figures.append(json.loads(line))
                if told is not None:
                    told(figures[-1])
            elif line.startswith("# "):
                say(f"{line[2:].rstrip()} …")
        if process.wait() != 0:
            errors.seek(0)
            print(errors.read(), file=sys.stderr)
            sys.exit(f"{name} failed with status {process.returncode}")
    return figures


def measure(name, *arguments, **options):
    say(f"{name} …")
    results.extend(run(name, *arguments, told=lambda result: say(f"  {in_words(result)}"), **options))


def figure(name, unit, measured, bound):
    results.append({"name": name, "unit": unit, "measured": measured, "bound": bound})


def ratio(name, unit, measured, baseline, bound):
    results.append({"name": name, "unit": unit, "measured": measured, "baseline": baseline,
                    "ratio": measured / baseline, "bound": bound})


def window(folder):
    say("window …")
    ours, empty = [], []
    for number in range(WINDOW_ROUNDS + 1):
        for program, figures, arguments in (("bench-window", ours, [folder]), ("bench-empty", empty, [])):
            # The start is told through a shell that becomes the program, so that the screen's own start is not counted.
            script = 'BENCH_START=$(/usr/bin/python3 -c "import time; print(time.monotonic_ns() // 1000)") exec "$@"'
            done = subprocess.run([os.path.join(root, "tests", "with-display.sh"), "bash", "-c", script, "-",
                                   os.path.join(programs, program), *arguments],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            if not lines:
                sys.exit(f"{program} drew no frame")
            # The first round only warms the disk cache.
            if number > 0:
                figures.append(lines[0])

    def median(figures, key):
        return statistics.median(figure[key] for figure in figures)

    ratio("first frame with 100,000 records / empty AdwApplicationWindow", "ms", median(ours, "first_frame_ms"),
          median(empty, "first_frame_ms"), 1.5)
    ratio("memory (PSS) at rest / empty AdwApplicationWindow", "MiB", median(ours, "pss_kib") / 1024,
          median(empty, "pss_kib") / 1024, 2)
    ratio("memory (RSS) at rest / empty AdwApplicationWindow", "MiB", median(ours, "rss_kib") / 1024,
          median(empty, "rss_kib") / 1024, 2)


def number(value):
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.3g}" if value < 100 else f"{value:,.0f}"


def is_met(result):
    if not result.get("bound"):
        return None
    figure = result.get("ratio", result["measured"])
    return figure <= result["bound"] if result["bound"] > 0 else figure >= -result["bound"]


def verdict(result):
    met = is_met(result)
    if met is None:
        return ""
    sign = "≤" if result["bound"] > 0 else "≥"
    times = " ×" if "ratio" in result else ""
    return f"{sign} {number(abs(result['bound']))}{times}  {'met' if met else 'NOT MET'}"


def figures_of(result):
    figures = f"{number(result['measured'])} {result['unit']}"
    return f"{result['ratio']:.2f} ×  ({figures} / {number(result['baseline'])} {result['unit']})" if "ratio" in result else figures


def in_words(result):
    return f"{result['name']}: {figures_of(result)}  {verdict(result)}".rstrip()


def table(title):
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"\n{title} · {datetime.date.today()} · {machine}\n")
    width = max(len(result["name"]) for result in results)
    for result in results:
        print(f"{result['name']:<{width}}  {figures_of(result):<34} {verdict(result)}")
    path = os.path.join(build, f"{title.replace(' ', '-')}.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"date": str(datetime.date.today()), "machine": machine, "figures": results}, file, indent=1,
                  ensure_ascii=False)
    print(f"\n{path}")


def bench():
    with tempfile.TemporaryDirectory(prefix="mc-bench-") as folder:
        store = os.path.join(folder, "store")
        say(f"making {LINES:,} records …")
        run("bench-fill", store, str(LINES))
        if os.path.exists(os.path.join(programs, "bench-window")):
            window(store)
            measure("bench-register", store, display=True)
        measure("bench-save", store)
    if os.path.exists(hub):
        measure("bench-sync", hub, units)
    table("bench")


def new_line(profile):
    import line
    import inside_line

    if os.geteuid() == 0 and os.path.exists("/dev/net/tun"):
        return line.Line(os.path.join(programs, "bad-line"), profile)
    return inside_line.InsideLine(line.PROFILES[profile])


def bad_line(profile):
    global folder
    import line

    if os.geteuid() != 0:
        say("A line between network namespaces needs root: this one is shaped inside one process.  It has the rate and\n"
            "the delay, but loses nothing; headers are not counted, and rsync and fossil are left out.")
    with tempfile.TemporaryDirectory(prefix="mc-bench-") as folder:
        line.measure(sys.modules[__name__], profile)
    table("bench line")


if __name__ == "__main__":
    what = sys.argv[2] if len(sys.argv) > 2 else ""
    if what == "":
        bench()
    elif what == "line":
        bad_line(sys.argv[3] if len(sys.argv) > 3 else "P2")
    elif what == "load":
        measure("bench-load", hub, *sys.argv[3:4])
        table("bench load")
    else:
        sys.exit(f"There is no bench “{what}”")
