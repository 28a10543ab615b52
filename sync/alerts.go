package sync

import (
	"context"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/timetable"
)

// AlertPlace tells where people see to an alert.
type AlertPlace string

// The places.
const (
	AlertAccount  AlertPlace = "account"  // the account waits for them, or does not answer
	AlertRun      AlertPlace = "run"      // a run failed: its report says why
	AlertSchedule AlertPlace = "schedule" // slots passed while nothing ran
)

// Alert is a state that has lasted too long to stay unseen: an account that waits for the user, or work that has not
// succeeded for more than two of its periods.
type Alert struct {
	ID         string // the same as long as the state lasts
	Place      AlertPlace
	AccountID  string
	ScheduleID string // "" when the account as a whole is concerned
	RunID      string // the last run, "" without
	Problem    *storage.Problem
	LastOK     time.Time // zero: it never succeeded
}

// quietPeriod stands for the period of an account that nothing comes back on: it may fail for a day before an alert.
const quietPeriod = 12 * time.Hour

// Alerts lists what has been blocked, or without success, for too long. It asks nobody and writes nothing.
func (e *Engine) Alerts(ctx context.Context) ([]Alert, error) {
	var jobs []*job
	var accounts []*storage.Account
	err := e.store.View(ctx, func(tx storage.Reader) (err error) {
		if accounts, err = e.watched(tx); err != nil {
			return err
		}
		jobs, err = e.jobsOf(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	now := e.clock.Now()
	var alerts []Alert
	for _, a := range accounts {
		period := quietPeriod
		var own []*job
		for _, j := range jobs {
			if j.Account == a.ID && j.Enabled {
				own, period = append(own, j), min(period, timetable.Period(j.Rule))
			}
		}
		if alert := alertOf(a, period, now); alert != nil {
			alerts = append(alerts, *alert)
			continue // it explains why its schedules do not succeed
		}
		for _, j := range own {
			if alert := j.alert(now); alert != nil {
				alerts = append(alerts, *alert)
			}
		}
	}
	return alerts, nil
}

// watched lists the accounts that alerts tell of: those that something may come back on by itself.
func (e *Engine) watched(tx storage.Reader) ([]*storage.Account, error) {
	all, err := tx.Accounts()
	return slices.DeleteFunc(all, func(a *storage.Account) bool {
		_, known := e.kinds[a.Kind]
		return !a.Enabled || !known && e.couriers[a.Kind].Pass == nil
	}), err
}

// alertOf gives the alert of an account as a whole.
func alertOf(a *storage.Account, period time.Duration, now time.Time) *Alert {
	alert := &Alert{ID: "account:" + a.ID, Place: AlertAccount, AccountID: a.ID, LastOK: a.LastOK}
	switch {
	case a.Pause != nil && a.PausedUntil.IsZero():
		alert.Problem = storage.NewProblem("alert.blocked", "account", a.Name)
	case !a.FailingSince.IsZero() && now.Sub(a.FailingSince) > 2*period:
		alert.Problem = storage.NewProblem("alert.failing", "account", a.Name)
	default:
		return nil
	}
	return alert
}

// alert gives the alert of a schedule. What is under way, or about to be launched, is given the time it takes.
func (j *job) alert(now time.Time) *Alert {
	since := latest(j.LastOK, j.Since, j.account.CreatedAt)
	if j.NextDue.IsZero() || !j.NextDue.After(now) || now.Before(timetable.Overdue(j.Rule, j.zone, since)) {
		return nil
	}
	last := j.Last()
	switch {
	case last == nil:
	case last.State == storage.SlotStarted && now.Sub(last.Started) < j.longest():
		return nil
	case last.Outcome == storage.OutcomeHeld:
		return nil // its run asks for agreement by itself
	}
	alert := &Alert{
		ID: "schedule:" + j.ID, Place: AlertSchedule, AccountID: j.Account, ScheduleID: j.ID, LastOK: j.LastOK,
		Problem: storage.NewProblem("alert.missed", "account", j.account.Name),
	}
	switch {
	case last == nil || last.State == storage.SlotMissed:
	case j.Kind == storage.SchedulePublish:
		alert.Place, alert.Problem = AlertRun, storage.NewProblem("alert.publish", "account", j.account.Name)
	case j.Kind == storage.ScheduleContacts:
		alert.Place, alert.Problem = AlertRun, storage.NewProblem("alert.contacts", "account", j.account.Name)
	default:
		alert.Place, alert.Problem = AlertRun, storage.NewProblem("alert.check", "account", j.account.Name)
	}
	if last != nil {
		alert.RunID = last.RunID
	}
	if alert.RunID == "" && alert.Place == AlertRun {
		alert.Place = AlertSchedule
	}
	return alert
}

func latest(times ...time.Time) time.Time {
	var last time.Time
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}
