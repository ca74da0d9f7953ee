# Drives the real window as a person does: found through accessibility, acted on with mouse and keys.
# SPDX-License-Identifier: GPL-3.0-or-later
import itertools
import os
import re
import subprocess
import sys
import tempfile
import time

import pyatspi
from gi.repository import Atspi

# A program that is drawing does not answer; without this it would be taken for one that never does after 0.8 s.
Atspi.set_timeout(10_000, 30_000)
PATIENCE = float(os.environ.get("JOURNEY_PATIENCE", "15"))
# Inside a sandbox the program has another number than the one that started it has here: then it is the only one there is.
SANDBOX = "JOURNEY_SANDBOX" in os.environ
SCALE = int(os.environ.get("GDK_SCALE", "1"))   # accessibility counts in points, the screen in pixels


def until(what, condition, seconds=None):
    """Asks until the answer is true; widgets come and go meanwhile."""
    end = time.time() + (seconds or PATIENCE)
    last = None
    while time.time() < end:
        try:
            answer = condition()
            if answer:
                return answer
        except Exception as error:  # the tree changes under our hands
            last = error
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what} ({last})")


def xdo(*arguments):
    return subprocess.run(["xdotool", *map(str, arguments)], check=True, capture_output=True, text=True).stdout.strip()


def box(node):
    """Place and size in its window; nothing for what is not on screen."""
    try:
        extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    except NotImplementedError:
        return 0, 0, 0, 0
    return extents.x, extents.y, extents.width, extents.height


def walk(node):
    """All that is on screen; a page of a stack, a panel, has no size itself."""
    if node.getRoleName() not in ("application", "panel") and box(node)[2:] == (0, 0):
        return
    yield node
    for child in node:
        if child is not None:
            yield from walk(child)


def _described(node):
    states = node.getState()
    marks = [word for state, word in ((pyatspi.STATE_FOCUSED, "focused"), (pyatspi.STATE_SELECTED, "selected")) if states.contains(state)]
    if node.getRoleName() in ("push button", "toggle button", "menu item") and not states.contains(pyatspi.STATE_SENSITIVE):
        marks.append("insensitive")
    return f"{node.getRoleName()} “{node.name}”" + "".join(f" [{mark}]" for mark in marks) if node.name or marks else None


def seen(most=100):
    """What is on screen, in words, for the log of a machine that nobody can look at afterwards."""
    lines = []
    for program in pyatspi.Registry.getDesktop(0):
        nodes = []
        try:
            for node in walk(program):
                nodes += [text for text in [_described(node)] if text]
        except Exception as error:  # the tree changes under our hands
            nodes.append(f"… ({error})")
        # What came last lies on top.
        lines += [f"{program.name if program else '?'}:"] + [f"  {node}" for node in (nodes if len(nodes) <= most else ["…"] + nodes[-most:])]
    for window in subprocess.run(["xdotool", "search", "--onlyvisible", "--name", ""], capture_output=True, text=True).stdout.split():
        lines.append(f"window {window} {subprocess.run(['xdotool', 'getwindowname', window], capture_output=True, text=True).stdout.strip()}")
    lines.append("keys go to " + subprocess.run(["xdotool", "getwindowfocus"], capture_output=True, text=True).stdout.strip())
    return "\n".join(lines)


class App:
    def __init__(self, *command, title="Minh Chứng"):
        self.process = self._start(command)
        try:
            self.root = until("the program on the accessibility bus", self._find)
            until("a window", lambda: self._window(title))
        except BaseException:
            self._tell()
            self.kill()
            raise

    def _start(self, command):
        self.stderr = tempfile.TemporaryFile("w+", errors="replace")
        return subprocess.Popen(command, stderr=self.stderr)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        ended = self.process.poll()
        if kind:
            self._tell()
        if ended is None:
            if kind and "JOURNEY_PICTURE" in os.environ:
                self.picture(os.environ["JOURNEY_PICTURE"])
            self.kill()

    def _tell(self):
        """What there is to know when a journey fails."""
        ended = self.process.poll()
        print(f"the program {'runs' if ended is None else f'ended with {ended}'} and said: {self.errors()}\n{seen()}", file=sys.stderr)

    def _find(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the program ended with {self.process.returncode}: {self.errors()}")
        for app in self.programs():
            if app.childCount and (SANDBOX or app.get_process_id() == self.process.pid):
                return app
        return None

    @staticmethod
    def programs():
        """All but the desktop's own dialogs, and what files are dragged from."""
        return [app for app in pyatspi.Registry.getDesktop(0) if app and app.name not in ("xdg-desktop-portal-gtk", "drag-source")]

    def _window(self, title="Minh Chứng"):
        # The largest of its title: a tooltip is a window of the same program, and has its title too.
        ids = self.windows(f"^{re.escape(title)}$")
        return max(ids, key=lambda one: self.place(one)[2] * self.place(one)[3]) if ids else None

    def windows(self, pattern=""):
        """The program's windows whose title fits, the topmost last."""
        own = () if SANDBOX else ("--all", "--pid", self.process.pid)
        found = subprocess.run(["xdotool", "search", "--onlyvisible", *map(str, own), "--name", pattern], capture_output=True, text=True)
        return found.stdout.split()   # with nothing found it fails

    @staticmethod
    def place(window):
        place = dict(line.split("=") for line in xdo("getwindowgeometry", "--shell", window).splitlines())
        return tuple(int(place[key]) for key in ("X", "Y", "WIDTH", "HEIGHT"))

    def errors(self):
        self.stderr.seek(0)
        lines = self.stderr.read().splitlines(True)
        # On a bus without portals GTK and Flatpak each say so.
        return "".join(line for line in lines if not (SANDBOX and "portal" in line))

    def kill(self):
        self.process.kill()
        self.process.wait()
        if SANDBOX:
            # The next one is found by being the only one.
            until("the program gone from the accessibility bus", lambda: not self.programs())

    def close(self):
        """Ctrl+Q, and waits until the program has ended by itself."""
        self.key("ctrl+q")
        self.process.wait(PATIENCE)
        assert self.process.returncode == 0, self.process.returncode

    # finding

    def find_now(self, role=None, name=None, contains=None):
        for node in walk(self.root):
            if role and node.getRoleName() != role:
                continue
            if name is not None and node.name != name:
                continue
            if contains is not None and contains not in (node.name or ""):
                continue
            if box(node)[2] > 0:
                return node
        return None

    def all(self, role, contains):
        return [node for node in walk(self.root) if node.getRoleName() == role and contains in (node.name or "")]

    def find(self, role=None, name=None, contains=None, seconds=None):
        return until(f"{role} {name or contains}", lambda: self.find_now(role, name, contains), seconds)

    def said_now(self, words):
        """A sentence at the foot of the window.  It goes by itself after some seconds, less than a walk through the whole window may
        take on a busy machine: so only what lies on top is asked, where that is known to be the sentence."""
        if SANDBOX:   # later versions of libadwaita have their layers in another order
            return self.find_now("label", contains=words)
        node = self.root[0]
        while node.childCount == 1:
            node = node[0]
        nodes = itertools.islice(walk(node[-1]), 10) if node.childCount else ()
        return next((one for one in nodes if one.getRoleName() == "label" and words in (one.name or "")), None)

    def said(self, words):
        return until(f"“{words}” at the foot of the window", lambda: self.said_now(words))

    @staticmethod
    def text(node):
        text = node.queryText()
        return text.getText(0, text.characterCount)

    # acting

    def focus_window(self, title="Minh Chứng"):
        window = until(f"the window “{title}”", lambda: self._window(title))
        xdo("windowfocus", window)
        return window

    @staticmethod
    def title_of(node):
        """The title of the window that a widget is in."""
        while node.parent is not None and node.parent.getRoleName() != "application":
            node = node.parent
        return node.name or "Minh Chứng"

    def resize(self, width, height):
        xdo("windowsize", self.focus_window(), width * SCALE, height * SCALE)

    def key(self, *keys, title="Minh Chứng"):
        self.focus_window(title)
        xdo("key", *keys)

    def click(self, node):
        window = self.focus_window(self.title_of(node))
        if SANDBOX:
            # Later versions of GTK tell places without the padding of what is around them: a click would miss.
            self.tab_to(node)
            return
        left, top, _, below = self.place(window)
        self._scroll_to(node, left, top, below // SCALE)
        x, y, width, height = box(node)
        x, y = left + (x + width // 2 + 3) * SCALE, top + (y + height // 2 + 3) * SCALE
        # A tooltip may lie over it; it goes as soon as the pointer moves.
        until(f"nothing over {node.name}", lambda: self._is_free(window, x, y))
        xdo("click", 1)

    @staticmethod
    def _scroll_to(node, left, top, below):
        """Turns the wheel over what the node lies in until it can be seen."""
        for _ in range(60):
            x, y, width, height = box(node)
            if 50 < y + height // 2 < below - 20:
                return
            xdo("mousemove", left + (x + width // 2) * SCALE, top + below // 2 * SCALE, "click", 4 if y < 50 else 5)
            time.sleep(0.1)

    @staticmethod
    def tab_to(node):
        """Goes from field to field as people do who have no mouse."""
        name = node.name
        for _ in range(400):
            if node.getState().contains(pyatspi.STATE_FOCUSED):
                return
            assert not node.getState().contains(pyatspi.STATE_DEFUNCT), f"“{name}” went away while Tab led to it"
            xdo("key", "Tab")
            time.sleep(0.03)
        raise AssertionError(f"Tab does not lead to “{name}”")

    def _is_free(self, window, x, y):
        xdo("mousemove", x + 1, y, "mousemove", x, y)
        others = set(self.windows()) - {window}
        small = [one for one in map(self.place, others) if one[2] * one[3] < self.place(window)[2] * self.place(window)[3]]
        return not any(left <= x < left + width and top <= y < top + height for left, top, width, height in small)

    @staticmethod
    def press(node):
        action = node.queryAction()
        for i in range(action.nActions):
            if action.getName(i) == "click":
                assert action.doAction(i)
                return
        raise AssertionError(f"{node} cannot be pressed")

    @staticmethod
    def set_text(node, text):
        assert node.queryEditableText().setTextContents(text)

    def enter(self, node, text, leave="Return"):
        """Types into a field and leaves it.  Letters beyond ASCII go in through accessibility: xdotool loses some."""
        self.click(node)
        time.sleep(0.1)
        if text.isascii():
            xdo("key", "ctrl+a")
            xdo("type", "--delay", 15, text)
        else:
            self.set_text(node, text)
        until(f"“{text}” in the field", lambda: self.text(node) == text)
        if leave:
            xdo("key", leave)

    def choose(self, path, picture=None):
        """Answers the file chooser.  In a sandbox without portals it is the program's own, and says why."""
        until("the file chooser", lambda: self.root.childCount > 1)
        time.sleep(0.5)
        xdo("windowfocus", self.windows()[-1])
        xdo("key", "ctrl+l")
        time.sleep(0.3)
        if SANDBOX:
            # Whole at once: what it proposes while one types gets in the way.
            self.set_text(until("the field for a path", self._focused_text), path)
        else:
            xdo("key", "ctrl+a")
            xdo("type", "--delay", 15, path)
        time.sleep(0.3)
        if picture:
            self.picture(picture)
        xdo("key", "Return")
        if SANDBOX:
            self._confirm()

    def _confirm(self):
        """The first Return may only go to the folder.  One too many would press what has the focus behind the chooser."""
        def is_open():
            return self.find_now("label", contains="xdg-desktop-portal")

        def is_closed():
            if is_open():
                time.sleep(1)
                if is_open():
                    xdo("key", "Return")
            return not is_open()
        until("the end of the chooser", is_closed)

    def _focused_text(self):
        return next((node for node in walk(self.root) if node.getRoleName() in ("text", "entry") and
                     node.getState().contains(pyatspi.STATE_FOCUSED)), None)

    @staticmethod
    def copy(text):
        """Puts text on the clipboard, as a spreadsheet does."""
        subprocess.run(["xclip", "-selection", "clipboard"], input=text, text=True, check=True)
        # It goes to the background before the display has heard of it.
        until("the clipboard", lambda: subprocess.run(["xclip", "-selection", "clipboard", "-o"], capture_output=True,
                                                      text=True, timeout=10).stdout == text)

    def centre(self, title):
        """Where a window manager would put a dialog; there is none here."""
        window, main = self.focus_window(title), self.place(self._window())
        _, _, width, height = self.place(window)
        xdo("windowmove", window, main[0] + max(main[2] - width, 0) // 2, main[1] + max(main[3] - height, 0) // 3)

    def picture(self, path):
        time.sleep(0.4)
        subprocess.run(["import", "-window", "root", path], check=True)
