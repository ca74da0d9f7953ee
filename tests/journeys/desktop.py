# The parts of a desktop that a screen in memory lacks: who shows notices, and who starts programs at login.
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import threading

from gi.repository import Gio, GLib

NOTIFICATIONS = """<node><interface name="org.freedesktop.Notifications">
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
<arg type="u" direction="out"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""


BACKGROUND = """<node><interface name="org.freedesktop.impl.portal.Background">
<method name="GetAppState"><arg type="a{sv}" direction="out"/></method>
<method name="NotifyBackground"><arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="u" direction="out"/><arg type="a{sv}" direction="out"/></method>
<method name="EnableAutostart"><arg type="s" direction="in"/><arg type="b" direction="in"/><arg type="as" direction="in"/>
<arg type="u" direction="in"/><arg type="b" direction="out"/></method>
<signal name="RunningApplicationsChanged"/>
</interface></node>"""


class Desktop:
    """On the bus of this journey, in a thread of its own."""
    def __init__(self):
        self.shown, self.started = [], None
        self.context = GLib.MainContext()
        ready = threading.Event()
        threading.Thread(target=self._serve, args=(ready,), daemon=True).start()
        assert ready.wait(10)

    def _serve(self, ready):
        self.context.push_thread_default()
        self.bus = Gio.DBusConnection.new_for_address_sync(
            os.environ["DBUS_SESSION_BUS_ADDRESS"],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        interface = Gio.DBusNodeInfo.new_for_xml(NOTIFICATIONS).interfaces[0]
        self.bus.register_object("/org/freedesktop/Notifications", interface, self._call, None, None)
        interface = Gio.DBusNodeInfo.new_for_xml(BACKGROUND).interfaces[0]
        self.bus.register_object("/org/freedesktop/portal/desktop", interface, self._call, None, None)
        Gio.bus_own_name_on_connection(self.bus, "org.freedesktop.impl.portal.desktop.journey", Gio.BusNameOwnerFlags.NONE, None, None)
        Gio.bus_own_name_on_connection(self.bus, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE,
                                       lambda *_: ready.set(), None)
        GLib.MainLoop(self.context).run()

    def _call(self, bus, sender, path, interface, method, parameters, invocation):
        values = parameters.unpack()
        if method == "Notify":
            self.shown.append({"title": values[3], "body": values[4], "actions": values[5]})
            invocation.return_value(GLib.Variant("(u)", (len(self.shown),)))
        elif method == "CloseNotification":
            invocation.return_value(None)
        elif method == "EnableAutostart":
            self.started = {"id": values[0], "is_on": values[1], "command": values[2]}
            invocation.return_value(GLib.Variant("(b)", (values[1],)))
        elif method == "NotifyBackground":
            invocation.return_value(GLib.Variant("(ua{sv})", (0, {"result": GLib.Variant("u", 2)})))
        elif method == "GetAppState":
            invocation.return_value(GLib.Variant("(a{sv})", ({},)))
        elif method == "GetCapabilities":
            invocation.return_value(GLib.Variant("(as)", (["actions", "body"],)))
        else:
            invocation.return_value(GLib.Variant("(ssss)", ("journey", "minhchung", "1", "1.2")))

    def click(self):
        """On the newest."""
        self.bus.emit_signal(None, "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "ActionInvoked",
                             GLib.Variant("(us)", (len(self.shown), "default")))
