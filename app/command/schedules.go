package command

import (
	"time"

	"diapason/app/say"
	"diapason/storage"
)

// scheduleStatus is one schedule; its instants are null while there is none.
type scheduleStatus struct {
	ID      string      `json:"id"`
	Kind    string      `json:"kind"`
	Account string      `json:"account"`
	Rule    ruleStatus  `json:"rule"`
	Enabled bool        `json:"enabled"`
	Next    *time.Time  `json:"next"`
	Last    *slotStatus `json:"last"`
	LastOK  *time.Time  `json:"lastOk"`
	Missed  int         `json:"missed"`
}

// ruleStatus is a rule: hours for an interval, a time of day and its zone for the others.
type ruleStatus struct {
	Kind  string  `json:"kind"`
	Hours float64 `json:"hours,omitempty"`
	At    string  `json:"at,omitempty"`
	Zone  string  `json:"zone"`
}

// slotStatus is the last slot; its outcome is empty while it is under way.
type slotStatus struct {
	Planned time.Time `json:"planned"`
	State   string    `json:"state"`
	Outcome string    `json:"outcome"`
	Run     string    `json:"run"`
}

type alertStatus struct {
	Account string `json:"account"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// scheduleOf reports a schedule.
func scheduleOf(k *storage.Schedule) scheduleStatus {
	r := scheduleStatus{
		ID: k.ID, Kind: string(k.Kind), Account: k.Account, Enabled: k.Enabled, Next: instantOf(k.NextDue), LastOK: instantOf(k.LastOK),
		Rule: ruleStatus{Kind: string(k.Rule.Kind), Zone: k.Zone}, Missed: k.Missed,
	}
	if k.Rule.Kind == storage.RuleInterval {
		r.Rule.Hours = k.Rule.Every.Hours()
	} else {
		r.Rule.At = storage.ClockText(k.Rule.At)
	}
	if last := k.Last(); last != nil {
		r.Last = &slotStatus{Planned: last.Planned, State: string(last.State), Outcome: string(last.Outcome), Run: last.RunID}
	}
	return r
}

// instantOf gives nil for no instant.
func instantOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// plan adds what comes back by itself, and what has lasted too long.
func (r *statusReport) plan(s *session, w *Workspace) error {
	schedules, err := w.Engine.Schedules(s.ctx)
	if err != nil {
		return err
	}
	for _, k := range schedules {
		r.Schedules = append(r.Schedules, scheduleOf(k))
	}
	alerts, err := w.Engine.Alerts(s.ctx)
	for _, a := range alerts {
		r.Alerts = append(r.Alerts, alertStatus{Account: a.AccountID, Code: a.Problem.Code, Message: say.Problem(a.Problem)})
	}
	return err
}
