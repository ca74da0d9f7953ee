# The program as the session's bus starts it: from its service file, with no command of its own.
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import subprocess

from gi.repository import Gio, GLib

from driver import SANDBOX, App, until

ID = "vn.minhchung.MinhChung"


def ask_bus(method, *strings):
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    return bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
                         GLib.Variant(f"({'s' * len(strings)})", strings), None, Gio.DBusCallFlags.NONE, -1, None).unpack()[0]


def is_running():
    return ask_bus("NameHasOwner", ID)


class Started:
    """A process of which the bus knows, as far as a journey asks a process."""
    def __init__(self):
        until("the program on the bus", is_running)
        self.pid = ask_bus("GetConnectionUnixProcessID", ID)
        self.returncode = None

    def poll(self):
        self.returncode = None if is_running() else 0
        return self.returncode

    def wait(self, seconds=None):
        until("the program gone from the bus", lambda: not is_running(), seconds)
        return self.poll()

    def kill(self):
        if SANDBOX:
            subprocess.run(["flatpak", "kill", ID], capture_output=True)
        elif is_running():
            os.kill(self.pid, 9)


class Activated(App):
    """The window that comes of asking the desktop for something, with no program running yet.  What it prints, the bus has."""
    def __init__(self, ask):
        assert not is_running()
        self.ask = ask
        super().__init__()

    def _start(self, _):
        self.ask()
        return Started()

    def errors(self):
        return ""
