# Reads a calendar from standard input with python-icalendar and tells its events as JSON, one per line.
import datetime
import json
import sys

import icalendar


def when(value, tzid):
    if not isinstance(value, datetime.datetime):
        return {"wall": value.strftime("%Y%m%d"), "zone": ""}
    if value.tzinfo is None:
        return {"wall": value.strftime("%Y%m%dT%H%M%S"), "zone": "floating"}
    utc = value.astimezone(datetime.timezone.utc)
    return {
        "wall": value.strftime("%Y%m%dT%H%M%S"),
        "zone": tzid or "UTC",
        "utc": utc.strftime("%Y%m%dT%H%M%SZ"),
    }


def several(event, name):
    value = event.get(name, [])
    return value if isinstance(value, list) else [value]


def times(event, name):
    all = []
    for value in several(event, name):
        tzid = value.params.get("TZID", "")
        values = [d.dt for d in value.dts] if hasattr(value, "dts") else [value.dt]
        all += [when(v, tzid) for v in values]
    return all


def parties(event, name):
    return [
        {"address": str(p), "name": p.params.get("CN", ""), "answer": p.params.get("PARTSTAT", "")}
        for p in several(event, name)
    ]


def alarms(event):
    return [
        {"seconds": int(a["TRIGGER"].dt.total_seconds()), "text": str(a["DESCRIPTION"])}
        for a in event.subcomponents
    ]


def tell(event):
    text = {
        key: str(event.get(name, ""))
        for key, name in {
            "uid": "UID", "summary": "SUMMARY", "description": "DESCRIPTION", "location": "LOCATION", "url": "URL",
            "color": "COLOR", "status": "STATUS", "class": "CLASS", "transparency": "TRANSP",
        }.items()
    }
    dates = {
        key: times(event, name)
        for key, name in {
            "stamp": "DTSTAMP", "created": "CREATED", "modified": "LAST-MODIFIED", "start": "DTSTART", "end": "DTEND",
            "recurrence": "RECURRENCE-ID", "extra": "RDATE", "except": "EXDATE",
        }.items()
    }
    rule = event["RRULE"].to_ical().decode() if "RRULE" in event else ""
    categories = [str(c) for value in several(event, "CATEGORIES") for c in value.cats]
    return {
        **text, **dates, "rule": rule, "sequence": int(event["SEQUENCE"]), "categories": categories,
        "organizer": parties(event, "ORGANIZER"), "attendees": parties(event, "ATTENDEE"), "alarms": alarms(event),
    }


calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
print(json.dumps({"name": str(calendar.get("NAME", ""))}))
for event in calendar.walk("VEVENT"):
    if event.errors:
        sys.exit("python-icalendar finds errors: %s" % event.errors)
    print(json.dumps(tell(event)))
