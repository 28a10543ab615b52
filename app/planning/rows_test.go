package planning

import (
	"errors"
	"strings"
	"testing"
	"time"

	"diapason/assets/words"
	"diapason/storage"
)

var paris, _ = time.LoadLocation("Europe/Paris")

var now = time.Date(2026, 11, 19, 9, 45, 0, 0, paris)

func french(t *testing.T) {
	t.Helper()
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
}

func TestSchedulesAreGroupedByAccountAndSaidInWords(t *testing.T) {
	french(t)
	accounts := []*storage.Account{{ID: "a", Name: "Alpha", Enabled: true}, {ID: "b", Name: "Bêta"}}
	schedules := []*storage.Schedule{
		{
			ID: "check:a", Kind: storage.ScheduleCheck, Account: "a", Enabled: true,
			Rule:    storage.Rule{Kind: storage.RuleInterval, Every: time.Hour},
			NextDue: now.Add(20 * time.Minute), LastOK: now.Add(-40 * time.Minute),
			Slots: []storage.Slot{{State: storage.SlotDone, Started: now.Add(-40 * time.Minute), Outcome: storage.OutcomeOK}},
		},
		{
			ID: "publish:a", Kind: storage.SchedulePublish, Account: "a", Zone: "Indian/Reunion", Enabled: true, Missed: 2,
			Rule: storage.Rule{Kind: storage.RuleWorkingDays, At: 8*60 + 30}, NextDue: now.Add(23 * time.Hour),
		},
		{
			ID: "check:b", Kind: storage.ScheduleCheck, Account: "b", Enabled: true, Zone: "Europe/Paris",
			Rule: storage.Rule{Kind: storage.RuleDaily, At: 540}, NextDue: now,
			Slots: []storage.Slot{{State: storage.SlotMissed, Planned: now.Add(-24 * time.Hour)}},
		},
		{ID: "check:gone", Account: "gone"},
	}
	got := groups(schedules, accounts, nil, now)
	if len(got) != 2 || len(got[0].rows) != 2 || len(got[1].rows) != 1 || got[1].works {
		t.Fatalf("groups %+v", got)
	}
	plain := func(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }
	tests := []struct {
		row                    row
		rule, next, last, note string
	}{
		{got[0].rows[0], "Toutes les heures", "Aujourd’hui, 10 h 05", "Aujourd’hui, 9 h 05", ""},
		{got[0].rows[1], "Les jours ouvrés à 8 h 30, heure de La Réunion", "Demain, 8 h 45", "", "2 passages manqués depuis"},
		{got[1].rows[0], "Chaque jour à 9 h, heure de Paris", "", "Hier, 9 h 45", ""}, // nothing is planned while it is off
	}
	for _, tt := range tests {
		r := tt.row
		if plain(r.rule) != tt.rule || plain(r.next) != tt.next || plain(r.last) != tt.last || plain(r.note) != tt.note {
			t.Errorf("%s: rule %q, next %q, last %q, note %q", r.schedule.ID, r.rule, r.next, r.last, r.note)
		}
	}
}

func TestTroubleIsToldBeneathASchedule(t *testing.T) {
	french(t)
	slot := func(o storage.Outcome, p *storage.Problem) *storage.Slot {
		return &storage.Slot{State: storage.SlotDone, Outcome: o, Problem: p}
	}
	tests := []struct {
		name string
		row  row
		want string
	}{
		{"all well", row{slot: slot(storage.OutcomeOK, nil), ok: "Hier"}, ""},
		{"nothing yet", row{}, ""},
		{"of an earlier build", row{slot: slot("", nil), ok: "Hier"}, ""},
		{"missed", row{note: "2 manqués", slot: slot(storage.OutcomeFailed, nil)}, "2 manqués"},
		{"not asked for", row{slot: slot(storage.OutcomeFailed, storage.NewProblem("schedule.unknown"))}, "retiré"},
		{"failed", row{slot: slot(storage.OutcomeFailed, nil), ok: "Hier, 9 h"}, "Dernière réussite"},
	}
	for _, tt := range tests {
		if got := tt.row.trouble(); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

func TestDraftIsReadAsPeopleTypeIt(t *testing.T) {
	tests := []struct {
		draft draft
		want  storage.Rule
		code  string
	}{
		{draft{kind: storage.RuleInterval, hours: " 6 "}, storage.Rule{Kind: storage.RuleInterval, Every: 6 * time.Hour}, ""},
		{draft{kind: storage.RuleInterval, hours: "0"}, storage.Rule{}, "schedule.every"},
		{draft{kind: storage.RuleInterval, hours: "169"}, storage.Rule{}, "schedule.every"},
		{draft{kind: storage.RuleInterval, hours: "99999999999"}, storage.Rule{}, "schedule.every"},
		{draft{kind: storage.RuleInterval, hours: "six"}, storage.Rule{}, "schedule.every"},
		{draft{kind: storage.RuleDaily, at: "8h30", zone: "Europe/Paris"}, storage.Rule{Kind: storage.RuleDaily, At: 510}, ""},
		{draft{kind: storage.RuleDaily, at: "24:00", zone: "Europe/Paris"}, storage.Rule{}, "schedule.at"},
		{draft{kind: storage.RuleDaily, at: "midi", zone: "Europe/Paris"}, storage.Rule{}, "hours.clock"},
		{draft{kind: storage.RuleWorkingDays, at: "9", zone: "Europe/Lutece"}, storage.Rule{}, "schedule.zone"},
	}
	for _, tt := range tests {
		got, err := tt.draft.rule()
		var p *storage.Problem
		var ps storage.Problems
		code := ""
		if errors.As(err, &ps) {
			code = ps[0].Code
		} else if errors.As(err, &p) {
			code = p.Code
		}
		if code != tt.code || tt.code == "" && got != tt.want {
			t.Errorf("%+v: %+v, %v", tt.draft, got, err)
		}
	}
}

func TestDraftBeginsWithWhatThereIs(t *testing.T) {
	french(t)
	for _, s := range []*storage.Schedule{
		{Zone: "Europe/Paris", Rule: storage.Rule{Kind: storage.RuleInterval, Every: 12 * time.Hour}},
		{Zone: "Indian/Reunion", Rule: storage.Rule{Kind: storage.RuleWorkingDays, At: 9*60 + 5}},
		{Zone: "Asia/Kathmandu", Rule: storage.Rule{Kind: storage.RuleDaily}},
	} {
		d := draftOf(s)
		got, err := d.rule()
		if err != nil || got != s.Rule || d.zone != s.Zone {
			t.Errorf("%+v becomes %+v, %+v, %v", s.Rule, d, got, err)
		}
		if !strings.Contains(strings.Join(zonesFor(d.zone), " "), s.Zone) {
			t.Errorf("%s is not on offer", s.Zone)
		}
	}
}

func TestHintWarnsOfTheNightAndNamesTheHolidays(t *testing.T) {
	french(t)
	tests := []struct {
		draft         draft
		warned        bool
		days, nextDay string
	}{
		{draft{kind: storage.RuleDaily, at: "2h30", zone: "Europe/Paris"}, true, "", "demain"},
		{draft{kind: storage.RuleDaily, at: "10h", zone: "Europe/Paris"}, false, "", "aujourd’hui"},
		{draft{kind: storage.RuleWorkingDays, at: "9h", zone: "Europe/Paris"}, false, "France", "demain"},
		{draft{kind: storage.RuleWorkingDays, at: "9h", zone: "Asia/Tokyo"}, false, "ne sont pas connus", "demain"},
		{draft{kind: storage.RuleInterval, hours: "2"}, false, "", "aujourd’hui"},
		{draft{kind: storage.RuleDaily, at: "?", zone: "Europe/Paris"}, false, "", ""},
	}
	for _, tt := range tests {
		warning, days, next := tt.draft.hint(now)
		if (warning != "") != tt.warned || !strings.Contains(days, tt.days) || (tt.days == "") != (days == "") ||
			!strings.Contains(next, tt.nextDay) || (tt.nextDay == "") != (next == "") {
			t.Errorf("%+v: %q, %q, %q", tt.draft, warning, days, next)
		}
	}
}
