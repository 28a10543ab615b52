package command

import (
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
)

// scheduleList lists what comes back by itself.
type scheduleList struct{}

// Run lists the schedules, those that are switched off too.
func (scheduleList) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		all, err := w.Engine.Schedules(s.ctx)
		if err != nil {
			return err
		}
		list := make([]scheduleStatus, 0, len(all))
		for _, k := range all {
			list = append(list, scheduleOf(k))
			if err := s.scheduleLine(w, k); err != nil {
				return err
			}
		}
		return s.document(map[string]any{"schedules": list})
	})
}

// scheduleEnable switches a schedule on, with another rule when one is given.
type scheduleEnable struct {
	Schedule    string `arg:"" name:"schedule"`
	Hours       int    `name:"hours" placeholder:"command.value.hours" xor:"rule"`
	Daily       string `name:"daily" placeholder:"command.value.clock" xor:"rule"`
	WorkingDays string `name:"working-days" placeholder:"command.value.clock" xor:"rule"`
	Zone        string `name:"zone" placeholder:"command.value.zone"`
}

// Run switches it on.
func (c scheduleEnable) Run(s *session) error {
	return changeSchedule(s, c.Schedule, func(k *storage.Schedule) error {
		k.Enabled = true
		if c.Zone != "" {
			k.Zone = c.Zone
		}
		kind, at := storage.RuleDaily, c.Daily
		if c.WorkingDays != "" {
			kind, at = storage.RuleWorkingDays, c.WorkingDays
		}
		switch {
		case c.Hours != 0:
			k.Rule = storage.Rule{Kind: storage.RuleInterval, Every: time.Duration(c.Hours) * time.Hour}
		case at != "":
			minutes, err := say.ReadClock(at)
			if err != nil {
				return err
			}
			k.Rule = storage.Rule{Kind: kind, At: minutes}
		}
		return nil
	})
}

// scheduleDisable switches a schedule off; its rule stays.
type scheduleDisable struct {
	Schedule string `arg:"" name:"schedule"`
}

// Run switches it off.
func (c scheduleDisable) Run(s *session) error {
	return changeSchedule(s, c.Schedule, func(k *storage.Schedule) error {
		k.Enabled = false
		return nil
	})
}

// changeSchedule keeps a change of a schedule and tells what it is now.
func changeSchedule(s *session, text string, change func(*storage.Schedule) error) error {
	return s.withWorkspace(func(w *Workspace) error {
		k, err := findSchedule(s, w, text)
		if err != nil {
			return err
		}
		if err := change(k); err != nil {
			return err
		}
		if err := w.Engine.PutSchedule(s.ctx, k); err != nil {
			return err
		}
		if k, err = findSchedule(s, w, k.ID); err != nil {
			return err
		}
		if err := s.scheduleLine(w, k); err != nil {
			return err
		}
		return s.document(scheduleOf(k))
	})
}

// findSchedule finds a schedule by its id, or by its account when that has one only.
func findSchedule(s *session, w *Workspace, text string) (*storage.Schedule, error) {
	all, err := w.Engine.Schedules(s.ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range all {
		if k.ID == text {
			return k, nil
		}
	}
	a, err := findAccount(s, w.Store, text)
	if err != nil {
		return nil, err
	}
	var found *storage.Schedule
	for _, k := range all {
		if k.Account != a.ID {
			continue
		}
		if found != nil {
			return nil, storage.NewProblem("command.ambiguousSchedule", "account", a.Name)
		}
		found = k
	}
	if found == nil {
		return nil, storage.NewProblem("command.unknownSchedule", "account", a.Name)
	}
	return found, nil
}

// scheduleLine says what a schedule is: its id, whose it is, what it does, when, and when next.
func (s *session) scheduleLine(w *Workspace, k *storage.Schedule) error {
	var account *storage.Account
	err := w.Store.View(s.ctx, func(tx storage.Reader) (err error) {
		account, err = tx.Account(k.Account)
		return err
	})
	if err != nil {
		return err
	}
	next := words.T("command.schedule.off")
	if k.Enabled && !k.NextDue.IsZero() {
		next = say.MomentWithin(k.NextDue.Local(), w.Clock.Now())
	}
	return s.line(k.ID, account.Name, say.ScheduleKind(k.Kind), say.Rule(k.Rule), next)
}
