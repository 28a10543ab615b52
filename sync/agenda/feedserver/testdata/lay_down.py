"""Lays the events of a feed down as Radicale keeps a collection whose items it has parsed: one file per event, and what
it remembers of each. Its own way there, a PUT of the feed, takes minutes for 10,000 events.

Usage: lay_down.py FEED FOLDER; the collection is then read at /user/agenda/.
"""
import os
import pickle
import sys

from radicale import item, storage
from radicale.storage.multifilesystem.cache import CollectionPartCache

feed, folder = sys.argv[1:]
collection = os.path.join(folder, "collection-root", "user", "agenda")
cache = os.path.join(collection, ".Radicale.cache", "item")
os.makedirs(cache)
with open(os.path.join(collection, ".Radicale.props"), "w") as f:
    f.write('{"tag": "VCALENDAR"}')
with open(feed, encoding="utf-8", newline="") as f:
    head, *events = f.read().split("BEGIN:VEVENT\r\n")
for n, event in enumerate(events):
    event = event.removesuffix("END:VCALENDAR\r\n")
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//PYVOBJECT//NONSGML Version 1//EN\r\nBEGIN:VEVENT\r\n" + event + "END:VCALENDAR\r\n"
    raw = text.encode()
    name = "%d.ics" % n
    with open(os.path.join(collection, name), "wb") as f:
        f.write(raw)
    uid = next(line[4:] for line in event.split("\r\n") if line.startswith("UID:"))
    content = (uid, item.get_etag(text), text, name, "VEVENT", 0, 2**40)
    with open(os.path.join(cache, name), "wb") as f:
        pickle.dump((CollectionPartCache._item_cache_hash(raw), *content), f)
