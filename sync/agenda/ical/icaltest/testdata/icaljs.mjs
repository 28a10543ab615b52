// Reads a calendar from standard input with ical.js and tells its events as JSON, one per line.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

ICAL.design.icalendar.property.name = { defaultType: "text" }; // of RFC 7986, which it does not know

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const zones = new Map(calendar.getAllSubcomponents("vtimezone").map((c) => {
  const zone = new ICAL.Timezone(c);
  return [zone.tzid, zone];
}));
const digits = (t) => t.toICALString().replace("Z", "");

// when tells a time on the clock of its zone, and in UTC by what the file says of that zone.
function when(property) {
  const t = property.getFirstValue();
  if (t.isDate) return { wall: digits(t), zone: "" };
  const id = property.getParameter("tzid");
  if (!id) return { wall: digits(t), zone: t.zone === ICAL.Timezone.utcTimezone ? "UTC" : "floating", utc: t.toICALString() };
  const zone = zones.get(id);
  if (!zone) return { wall: digits(t), zone: "undescribed" };
  t.zone = zone;
  return { wall: digits(t), zone: id, utc: t.convertToZone(ICAL.Timezone.utcTimezone).toICALString() };
}

const party = (p) => ({ address: p.getFirstValue(), name: p.getParameter("cn") ?? "", answer: p.getParameter("partstat") ?? "" });

function event(c) {
  const text = (name) => c.getFirstPropertyValue(name) ?? "";
  const list = (name, tell) => c.getAllProperties(name).map(tell);
  return {
    sequence: c.getFirstPropertyValue("sequence"),
    uid: text("uid"), summary: text("summary"), description: text("description"), location: text("location"),
    url: text("url"), color: text("color"), status: text("status"), class: text("class"), transparency: text("transp"),
    rule: text("rrule").toString(),
    stamp: list("dtstamp", when), created: list("created", when), modified: list("last-modified", when),
    start: list("dtstart", when), end: list("dtend", when), recurrence: list("recurrence-id", when),
    extra: list("rdate", when), except: list("exdate", when),
    categories: list("categories", (p) => p.getValues()).flat(),
    organizer: list("organizer", party), attendees: list("attendee", party),
    alarms: c.getAllSubcomponents("valarm").map((a) => ({
      seconds: a.getFirstPropertyValue("trigger").toSeconds(), text: a.getFirstPropertyValue("description"),
    })),
  };
}

console.log(JSON.stringify({ name: calendar.getFirstPropertyValue("name") ?? "" }));
for (const c of calendar.getAllSubcomponents("vevent")) console.log(JSON.stringify(event(c)));
