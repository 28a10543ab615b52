package timetable_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/sync/timetable"
)

// zones are those whose rules differ most: north and south, half hours, midnight changes, a lost day, negative summer
// time (Dublin), Ramadan (Casablanca), and the overseas ones.
var zones = []string{
	"UTC", "Europe/Paris", "Europe/Brussels", "Europe/Dublin", "Europe/Istanbul", "America/New_York", "America/Sao_Paulo",
	"America/St_Johns", "Africa/Casablanca", "Africa/Cairo", "Asia/Beirut", "Asia/Kathmandu", "Asia/Gaza",
	"Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "Indian/Reunion",
	"America/Martinique", "America/Miquelon", "Pacific/Tahiti", "Antarctica/Troll",
}

func anyRule(t *rapid.T) storage.Rule {
	switch rapid.SampledFrom([]storage.RuleKind{storage.RuleInterval, storage.RuleDaily, storage.RuleWorkingDays}).Draw(t, "kind") {
	case storage.RuleInterval:
		return every(time.Duration(rapid.IntRange(1, 168).Draw(t, "hours")) * time.Hour)
	case storage.RuleDaily:
		return storage.Rule{Kind: storage.RuleDaily, At: rapid.IntRange(0, 1439).Draw(t, "at")}
	default:
		return storage.Rule{Kind: storage.RuleWorkingDays, At: rapid.IntRange(0, 1439).Draw(t, "at")}
	}
}

// anyInstant is between 1970 and 2037, to the second; half of them are within two days of a change of the zone's clocks.
func anyInstant(t *rapid.T, z *time.Location) time.Time {
	at := time.Unix(rapid.Int64Range(0, 2_140_000_000).Draw(t, "unix"), 0)
	if _, end := at.In(z).ZoneBounds(); rapid.Bool().Draw(t, "near a change") && !end.IsZero() {
		at = end.Add(time.Duration(rapid.IntRange(-172800, 172800).Draw(t, "seconds")) * time.Second)
	}
	return at.UTC()
}

func TestTimetableProperties(t *testing.T) {
	rapid.Check(t, timetableProperties)
}

func FuzzTimetable(f *testing.F) { f.Fuzz(rapid.MakeFuzz(timetableProperties)) }

func timetableProperties(t *rapid.T) {
	name := rapid.SampledFrom(zones).Draw(t, "zone")
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	rule, start := anyRule(t), anyInstant(t, z)
	off := timetable.DaysOff(z)
	slot := timetable.Next(rule, z, start)
	if !slot.After(start) {
		t.Fatalf("%s is not after %s", slot, start)
	}
	// No slot lies between: from any instant before it, the same one follows.
	between := start.Add(time.Duration(rapid.Int64Range(0, int64(slot.Sub(start))-1).Draw(t, "between")))
	if again := timetable.Next(rule, z, between); !again.Equal(slot) {
		t.Fatalf("after %s: %s; after %s: %s", start, slot, between, again)
	}
	for range 5 {
		next := timetable.Next(rule, z, slot)
		if !next.After(slot) {
			t.Fatalf("%s follows %s", next, slot)
		}
		if rule.Kind == storage.RuleInterval {
			if next.Sub(slot) != rule.Every {
				t.Fatalf("%s between %s and %s", next.Sub(slot), slot, next)
			}
			slot = next
			continue
		}
		day := storage.DateOf(next.In(z))
		if day == storage.DateOf(slot.In(z)) {
			t.Fatalf("twice on %s: %s and %s", day, slot.In(z), next.In(z))
		}
		if rule.Kind == storage.RuleWorkingDays && off(day) {
			t.Fatalf("%s is no working day", day)
		}
		shown := next.In(z).Hour()*60 + next.In(z).Minute()
		if begun, _ := next.In(z).ZoneBounds(); shown != rule.At && !begun.Equal(next) {
			t.Fatalf("the clock shows %s, and none was changed then", next.In(z))
		}
		if earlier := next.Add(-time.Hour).In(z); storage.DateOf(earlier) == day && earlier.Hour()*60+earlier.Minute() == rule.At {
			t.Fatalf("%s is the second time that the clock shows it", next.In(z))
		}
		slot = next
	}
}

func TestJitterIsTheSameForTheSameJobAndShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := anyRule(t)
		workspace, job := rapid.String().Draw(t, "workspace"), rapid.String().Draw(t, "job")
		j := timetable.Jitter(workspace, job, rule)
		if j != timetable.Jitter(workspace, job, rule) {
			t.Fatal("it changes")
		}
		if j < 0 || j >= 10*time.Minute || j*10 >= timetable.Period(rule) {
			t.Fatalf("%s of %s", j, timetable.Period(rule))
		}
	})
	spread := map[time.Duration]bool{}
	for _, job := range []string{"check:a", "check:b", "publish:a", "publish:b"} {
		spread[timetable.Jitter("espace", job, daily(9, 0))] = true
	}
	if len(spread) < 4 {
		t.Errorf("four jobs leave at %d instants", len(spread))
	}
}

func TestLatestIsTheLastSlotThatIsDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		rule := anyRule(t)
		next := timetable.Next(rule, z, anyInstant(t, z))
		now := next.Add(time.Duration(rapid.Int64Range(0, int64(40*24*time.Hour)).Draw(t, "late")))
		slot, passed := timetable.Latest(rule, z, next, now)
		if slot.After(now) || slot.Before(next) || !timetable.Next(rule, z, slot).After(now) {
			t.Fatalf("%s at %s, beginning with %s", slot, now, next)
		}
		for range passed {
			next = timetable.Next(rule, z, next)
		}
		if !next.Equal(slot) {
			t.Fatalf("%d slots after the first is %s, not %s", passed, next, slot)
		}
	})
}
