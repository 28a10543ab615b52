"""A window of another program from which a file is dragged: dragsource.py X Y FILE...

Prints "ready" when it can be grabbed, "begin" when the drag begins, "accepted" when the window under the pointer takes
it, "refused" when it does not, and "end" when the drag is over.
"""
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402


def say(word):
    print(word, flush=True)


def begin(widget, context):
    context.connect("action-changed", lambda c, action: say("accepted" if int(action) else "refused"))
    say("begin")


x, y, files = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
window = Gtk.Window(type=Gtk.WindowType.POPUP)
window.set_size_request(80, 80)
window.move(x, y)
box = Gtk.EventBox()
box.add(Gtk.Label(label="drag"))
window.add(box)
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
box.connect("drag-begin", begin)
box.connect("drag-data-get", lambda w, c, data, info, time: data.set_uris([GLib.filename_to_uri(f) for f in files]))
box.connect("drag-end", lambda w, c: say("end"))
window.connect("map-event", lambda w, e: say("ready"))
window.show_all()
Gtk.main()
