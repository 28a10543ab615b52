// Package timetable says at which instants a schedule is due: every n hours, each day at a time, working days at a time,
// in a time zone, with the changes to and from daylight saving time decided once for all. Everything here is a pure
// function of its arguments: what was run already is kept, and decided upon, by the engine.
//
// An instant of a timetable is a slot. It is nominal: the engine leaves a little later, by Jitter, so that a thousand
// installations do not call a directory in the same second.
package timetable

import (
	"hash/fnv"
	"time"
	_ "time/tzdata" // the zones' rules, on systems that have none

	"diapason/storage"
)

// day is the period of what is due by the clock on the wall.
const day = 24 * time.Hour

// farthest is how many days are looked at for a working day; no calendar has that many holidays in a row.
const farthest = 60

// Next gives the first slot of a rule after an instant, in UTC. A rule by the hour counts from the epoch, whatever the
// zone. A rule by the clock has one slot per civil day at most: a time that daylight saving skips is due just after the
// change, and one that comes twice is due the first time.
func Next(rule storage.Rule, zone *time.Location, after time.Time) time.Time {
	if rule.Kind == storage.RuleInterval {
		return nextMultiple(rule.Every, after)
	}
	free := func(storage.Date) bool { return false }
	if rule.Kind == storage.RuleWorkingDays {
		free = DaysOff(zone)
	}
	at := time.Duration(rule.At) * time.Minute
	today := after.In(zone)
	for i := -1; i <= farthest; i++ {
		date := time.Date(today.Year(), today.Month(), today.Day()+i, 0, 0, 0, 0, time.UTC)
		if free(storage.DateOf(date)) {
			continue
		}
		slot, exists := first(date, at, zone)
		if exists && slot.After(after) {
			return slot.UTC()
		}
	}
	return time.Time{} // not reached: a week has working days
}

// nextMultiple gives the first whole multiple of a span, since the epoch, after an instant.
func nextMultiple(every time.Duration, after time.Time) time.Time {
	every = max(every, time.Minute)
	epoch := time.Unix(0, 0).UTC()
	n := after.Sub(epoch) / every
	slot := epoch.Add(n * every)
	for !slot.After(after) { // once, or twice before 1970
		slot = slot.Add(every)
	}
	return slot
}

// first gives the first instant at which the clocks of a zone show a time of a date; where they skip it, the instant of
// the change. It does not exist when the zone has no such date at all (Samoa had no 30 December 2011).
//
// time.Date is no help here: what it gives for a skipped time is not guaranteed.
func first(date time.Time, at time.Duration, zone *time.Location) (time.Time, bool) {
	shown := date.Add(at) // as if the zone were UTC
	const widest = 26 * time.Hour
	for t := shown.Add(-widest).In(zone); ; {
		_, offset := t.Zone()
		_, end := t.ZoneBounds()
		candidate := shown.Add(-seconds(offset))
		if end.IsZero() || candidate.Before(end) { // not before the bounds' start: the loop below would have stopped
			return candidate, true
		}
		_, then := end.Zone()
		if skips := end.Add(seconds(then)).After(shown); skips {
			// Only the change to summer time moves within the day.
			landed := storage.DateOf(end.In(zone))
			return end, landed == storage.DateOf(date)
		}
		t = end
	}
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// Period gives the usual time from one slot of a rule to the next.
func Period(rule storage.Rule) time.Duration {
	if rule.Kind == storage.RuleInterval {
		return max(rule.Every, time.Minute)
	}
	return day
}

// Grace gives how late a slot that passed while nothing ran may still be caught up on: a day, three for what is due
// weekly or more rarely.
func Grace(rule storage.Rule) time.Duration {
	if Period(rule) >= 7*day {
		return 3 * day
	}
	return day
}

// Latest gives the last slot that is due at an instant, beginning with a slot known to be the next one; and how many
// slots that passes over. The zero time, when not even that one is due.
func Latest(rule storage.Rule, zone *time.Location, next, now time.Time) (slot time.Time, passed int) {
	if next.After(now) {
		return time.Time{}, 0
	}
	if rule.Kind == storage.RuleInterval { // perhaps a hundred thousand of them
		every := Period(rule)
		slot = nextMultiple(every, now.Add(-every))
		if slot.Before(next) {
			return next, 0 // kept under another rule
		}
		return slot, int(slot.Sub(next) / every)
	}
	for slot = next; ; passed++ {
		later := Next(rule, zone, slot)
		if later.After(now) {
			return slot, passed
		}
		slot = later
	}
}

// Overdue gives the instant from which a job without success since another instant has failed for more than two
// periods: its second slot since then has passed, and so has the time to run it.
func Overdue(rule storage.Rule, zone *time.Location, since time.Time) time.Time {
	second := Next(rule, zone, Next(rule, zone, since))
	return second.Add(min(Period(rule)/2, time.Hour))
}

// Jitter gives by how much a job's slots are put off: always the same for the same workspace and job, less than a tenth
// of the period and than ten minutes.
func Jitter(workspace, job string, rule storage.Rule) time.Duration {
	within := min(Period(rule)/10, 10*time.Minute)
	h := fnv.New64a()
	h.Write([]byte(workspace + "\x00" + job))
	return time.Duration(h.Sum64() % uint64(within)).Truncate(time.Second)
}

// AtNight reports whether a rule is due between one and four o'clock, when clocks are changed in most zones: a time to
// advise against.
func AtNight(rule storage.Rule) bool {
	return rule.Kind != storage.RuleInterval && rule.At >= 60 && rule.At < 4*60
}
