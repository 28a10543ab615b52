package storage

import (
	"encoding/json"
	"strconv"
	"time"
)

// RuleKind tells how a rule counts.
type RuleKind string

// The rule kinds; the text is the translation key "schedule.rule." + RuleKind.
const (
	RuleInterval    RuleKind = "interval"    // every Every
	RuleDaily       RuleKind = "daily"       // each day at At
	RuleWorkingDays RuleKind = "workingDays" // each day at At, except weekends and the zone's public holidays
)

// Rule says when a schedule is due, in the schedule's zone.
type Rule struct {
	Kind  RuleKind      `json:"kind"`
	Every time.Duration `json:"every,omitempty"`
	At    int           `json:"at,omitempty"` // minutes since midnight, 0 to 1439
}

// Limits of a rule by the hour that people choose; a directory may ask for shorter ones.
const (
	LeastEvery = time.Hour
	MostEvery  = 7 * 24 * time.Hour
)

// ScheduleKind tells what a schedule does.
type ScheduleKind string

// The schedule kinds; the text is the translation key "schedule.kind." + ScheduleKind.
const (
	ScheduleCheck   ScheduleKind = "check"   // re-read the listings of an account
	SchedulePublish ScheduleKind = "publish" // send what waits to be synchronised with an account
	// ScheduleContacts puts the contacts and the address book of an account in tune, both ways.
	ScheduleContacts ScheduleKind = "contacts"
)

// SlotState tells where a slot is.
type SlotState string

// The slot states. A slot is kept as started before anything of it leaves; one that is done or missed never runs again.
const (
	SlotStarted SlotState = "started"
	SlotDone    SlotState = "done"
	SlotMissed  SlotState = "missed" // it passed while nothing ran, too long ago to be caught up on
)

// Outcome sums up what a slot that is done brought about; the text is the translation key "schedule.outcome." + Outcome.
type Outcome string

// The outcomes.
const (
	OutcomeOK        Outcome = "ok"
	OutcomePartly    Outcome = "partly"    // some of it failed
	OutcomeFailed    Outcome = "failed"    // nothing succeeded
	OutcomeNothing   Outcome = "nothing"   // there was nothing to do
	OutcomeWaiting   Outcome = "waiting"   // all there was to do waits already, from an earlier run
	OutcomeHeld      Outcome = "held"      // the guard stopped it: somebody must decide
	OutcomeCancelled Outcome = "cancelled" // by somebody
	OutcomeTooLong   Outcome = "tooLong"   // cancelled after MaxRuntime
)

// Succeeded reports whether an outcome shows that the account answers.
func (o Outcome) Succeeded() bool { return o == OutcomeOK || o == OutcomePartly || o == OutcomeNothing }

// Slot is one planned run of a schedule. Schedule and Planned are its identity.
type Slot struct {
	Planned time.Time `json:"planned"`          // nominal instant; of a run asked for by hand, when it was
	ByHand  bool      `json:"byHand,omitempty"` // outside the timetable
	State   SlotState `json:"state"`
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	RunID   string    `json:"run,omitempty"` // "" when there was nothing to do
	Outcome Outcome   `json:"outcome,omitempty"`
	// Problem says why nothing could be asked for.
	Problem *Problem `json:"problem,omitempty"`
}

// KeptSlots is how many slots a schedule remembers.
const KeptSlots = 40

// Schedule is a job that comes back. Its instants are kept, so that a restart, a sleep of the machine or a clock set
// back loses nothing and repeats nothing.
type Schedule struct {
	ID      string       `json:"id"` // Kind + ":" + account ID
	Kind    ScheduleKind `json:"kind"`
	Account string       `json:"account,omitempty"`
	Rule    Rule         `json:"rule"`
	Zone    string       `json:"zone,omitempty"` // IANA name; "" is UTC
	Enabled bool         `json:"enabled"`
	// Edited tells that a person chose the rule; else it follows what the directory declares.
	Edited bool `json:"edited,omitempty"`
	// NextSlot is the next slot's nominal instant, NextDue when it leaves: a little later, by the jitter. Both are zero
	// while nothing is planned.
	NextSlot time.Time `json:"nextSlot,omitzero"`
	NextDue  time.Time `json:"nextDue,omitzero"`
	// Slots are the last ones, newest first, KeptSlots at most.
	Slots []Slot `json:"slots,omitempty"`
	// Again asks for one more run after the one that is running.
	Again bool `json:"again,omitempty"`
	// Missed counts the slots that nothing ran for since the last one that did.
	Missed int       `json:"missed,omitempty"`
	LastOK time.Time `json:"lastOk,omitzero"`
	// Since is when it was last switched on or given another rule: what it has not done before then is no failure.
	Since      time.Time     `json:"since,omitzero"`
	MaxRuntime time.Duration `json:"maxRuntime,omitempty"` // 0: the engine's
}

// ScheduleID names the schedule of a kind on an account.
func ScheduleID(kind ScheduleKind, accountID string) string { return string(kind) + ":" + accountID }

// Running gives the slot that is under way, nil when none is.
func (s *Schedule) Running() *Slot {
	if len(s.Slots) > 0 && s.Slots[0].State == SlotStarted {
		return &s.Slots[0]
	}
	return nil
}

// Last gives the last slot, nil before the first.
func (s *Schedule) Last() *Slot {
	if len(s.Slots) == 0 {
		return nil
	}
	return &s.Slots[0]
}

// Taken reports whether the slot planned for an instant was started, done or missed: it never runs again.
func (s *Schedule) Taken(planned time.Time) bool {
	for _, slot := range s.Slots {
		if !slot.ByHand && slot.Planned.Equal(planned) {
			return true
		}
	}
	return false
}

// Take enters a slot as the newest.
func (s *Schedule) Take(slot Slot) {
	s.Slots = append([]Slot{slot}, s.Slots[:min(len(s.Slots), KeptSlots-1)]...)
}

// Location loads the schedule's zone.
func (s *Schedule) Location() (*time.Location, error) { return time.LoadLocation(s.Zone) }

// Validate returns Problems about what a person chose.
func (s *Schedule) Validate() error {
	var ps Problems
	switch s.Rule.Kind {
	case RuleInterval:
		if s.Rule.Every < LeastEvery || s.Rule.Every > MostEvery {
			ps = append(ps, NewProblem("schedule.every", "least", strconv.Itoa(int(LeastEvery.Hours())),
				"most", strconv.Itoa(int(MostEvery.Hours()))))
		}
	case RuleDaily, RuleWorkingDays:
		if s.Rule.At < 0 || s.Rule.At >= 24*60 {
			ps = append(ps, NewProblem("schedule.at"))
		}
	default:
		ps = append(ps, NewProblem("schedule.rule"))
	}
	if _, err := s.Location(); err != nil || s.Zone == "Local" {
		ps = append(ps, NewProblem("schedule.zone", "value", s.Zone).Because(err))
	}
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// UnmarshalJSON also reads the schedules of earlier builds: an interval, when it is next due, and what ran last.
func (s *Schedule) UnmarshalJSON(raw []byte) error {
	type plain Schedule
	read := struct {
		*plain
		Every    time.Duration `json:"every"`
		LastRun  time.Time     `json:"lastRun"`
		LastSlot time.Time     `json:"lastSlot"`
	}{plain: (*plain)(s)}
	if err := json.Unmarshal(raw, &read); err != nil {
		return err
	}
	if s.Rule.Kind != "" {
		return nil
	}
	s.Rule, s.Enabled = Rule{Kind: RuleInterval, Every: read.Every}, true
	s.NextSlot, s.NextDue = time.Time{}, time.Time{} // planned anew: its instants were not yet those of a timetable
	if !read.LastRun.IsZero() {
		s.Slots = []Slot{{Planned: read.LastSlot, State: SlotDone, Started: read.LastRun, Ended: read.LastRun}} // outcome unknown
		s.Since = read.LastRun
	}
	return nil
}
