package planning

import (
	"strconv"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/timetable"
)

// row is one schedule as the page shows it.
type row struct {
	schedule *storage.Schedule
	account  string // as shown
	works    bool   // the account is switched on
	kind     string
	rule     string // with the zone, where it matters
	about    string // what people should know before they switch it on; "" when nothing
	next     string // "" while nothing is planned
	last     string // when the last slot ran, "" before the first
	slot     *storage.Slot
	note     string // what passed without a run
	ok       string // last success
}

// group is the schedules of one account.
type group struct {
	account string
	works   bool
	rows    []row
}

// groups puts the schedules, which come by account, into words.
func groups(schedules []*storage.Schedule, accounts []*storage.Account, kinds directory.Kinds, now time.Time) []group {
	byID := make(map[string]*storage.Account, len(accounts))
	for _, a := range accounts {
		byID[a.ID] = a
	}
	var out []group
	before := ""
	for _, s := range schedules {
		a := byID[s.Account]
		if a == nil {
			continue
		}
		if s.Account != before || len(out) == 0 {
			before = s.Account
			out = append(out, group{account: say.Account(a, kinds), works: a.Enabled})
		}
		g := &out[len(out)-1]
		g.rows = append(g.rows, rowOf(s, g.account, a.Enabled, now))
	}
	return out
}

func rowOf(s *storage.Schedule, account string, works bool, now time.Time) row {
	r := row{
		schedule: s, account: account, works: works, kind: say.ScheduleKind(s.Kind), rule: ruleText(s),
		slot: s.Last(), ok: say.Moment(s.LastOK, now),
	}
	if s.Enabled && works {
		r.next = say.Moment(s.NextDue, now)
	}
	if r.slot != nil {
		at := r.slot.Started
		if at.IsZero() {
			at = r.slot.Planned
		}
		r.last = say.Moment(at, now)
	}
	if s.Kind == storage.ScheduleContacts {
		r.about = words.T("planning.contacts")
	}
	if s.Missed > 0 {
		r.note = words.N("planning.missed", s.Missed)
	}
	return r
}

// ruleText gives a rule, with its zone when it is by the clock on the wall.
func ruleText(s *storage.Schedule) string {
	if s.Rule.Kind == storage.RuleInterval {
		return say.Rule(s.Rule)
	}
	return words.T("planning.rule", "rule", say.Rule(s.Rule), "zone", say.Zone(s.Zone))
}

// draft is a rule being changed.
type draft struct {
	kind  storage.RuleKind
	hours string // as typed
	at    string // as typed
	zone  string
}

// draftOf begins with what a schedule has; what its rule does not use is proposed.
func draftOf(s *storage.Schedule) draft {
	d := draft{kind: s.Rule.Kind, hours: "6", at: say.Clock(8*60 + 30), zone: s.Zone}
	if s.Rule.Kind == storage.RuleInterval {
		d.hours = strconv.Itoa(max(1, int(s.Rule.Every/time.Hour)))
	} else {
		d.at = say.Clock(s.Rule.At)
	}
	if d.zone == "" {
		d.zone = "UTC"
	}
	return d
}

// rule reads a draft; the error is a problem of the field that the kind uses.
func (d draft) rule() (storage.Rule, error) {
	r := storage.Rule{Kind: d.kind}
	if d.kind == storage.RuleInterval {
		hours, err := strconv.Atoi(strings.TrimSpace(d.hours))
		if err != nil {
			hours = 0 // refused below, with the limits
		}
		r.Every = time.Duration(min(hours, 1000)) * time.Hour
	} else {
		at, err := say.ReadClock(d.at)
		if err != nil {
			return r, err
		}
		r.At = at
	}
	return r, (&storage.Schedule{Rule: r, Zone: d.zone}).Validate()
}

// hint tells what a valid draft comes to: the night it would be due in, or the days that it leaves out; and when it is
// next due.
func (d draft) hint(now time.Time) (warning, days, next string) {
	r, err := d.rule()
	if err != nil {
		return "", "", ""
	}
	zone, err := time.LoadLocation(d.zone)
	if err != nil {
		return "", "", ""
	}
	if timetable.AtNight(r) {
		warning = words.T("planning.night")
	}
	if r.Kind == storage.RuleWorkingDays {
		days = words.T("planning.days.weekends")
		if region := timetable.Holidays(zone); region != "" {
			days = words.T("planning.days.holidays", "region", storage.CountryName(region, words.Lang()))
		}
	}
	return warning, days, words.T("planning.first", "when", say.MomentWithin(timetable.Next(r, zone, now), now))
}

// zonesFor lists the zones on offer, with one that is used though it is not among them.
func zonesFor(used string) []string {
	for _, z := range sync.Zones {
		if z == used {
			return sync.Zones
		}
	}
	return append([]string{used}, sync.Zones...)
}
