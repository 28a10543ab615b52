package say

import (
	"strings"
	"time"

	"diapason/assets/words"
	"diapason/storage"
)

// ScheduleKind gives what a schedule does: « Relecture », « Publication ».
func ScheduleKind(k storage.ScheduleKind) string { return words.T("schedule.kind." + string(k)) }

// Rule gives when a rule is due: « Toutes les 6 heures », « Chaque jour à 9 h », « Les jours ouvrés à 8 h 30 ».
func Rule(r storage.Rule) string {
	if r.Kind != storage.RuleInterval {
		return words.T("schedule.rule."+string(r.Kind), "time", Clock(r.At))
	}
	if r.Every%time.Hour != 0 {
		return words.N("schedule.rule.minutes", int(r.Every/time.Minute))
	}
	return words.N("schedule.rule.hours", int(r.Every/time.Hour))
}

// Zone gives a time zone's name for people, from its IANA one: « Paris », « La Réunion ».
func Zone(name string) string {
	if key := "zone." + name; words.Has(key) {
		return words.T(key)
	}
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return strings.ReplaceAll(name, "_", " ")
}

// Slot gives how a slot ended, or that it is under way: « Réussi », « En cours », « Manqué ».
func Slot(s storage.Slot) string {
	switch {
	case s.State != storage.SlotDone:
		return words.T("schedule.slot." + string(s.State))
	case s.Outcome == "": // kept by an earlier build
		return words.T("schedule.slot.done")
	}
	return words.T("schedule.outcome." + string(s.Outcome))
}
