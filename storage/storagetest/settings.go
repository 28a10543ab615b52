package storagetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"diapason/storage"
)

var settingTests = []test{
	{"accounts read back in the order of their ids", func(t *testing.T, s *Suite) {
		b := account("b")
		b.Settings = map[string]string{"base-url": "http://127.0.0.1:1", "empty": ""}
		b.PausedUntil, b.Pause, b.LastOK = at(5), storage.NewProblem("paused"), at(4)
		fresh := account("")
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutAccount(b), w.PutAccount(account("a")), w.PutAccount(fresh))
		})
		if fresh.ID == "" {
			t.Error("the account has no identifier")
		}
		s.update(func(w storage.Writer) error { return w.DeleteAccount(fresh.ID) })
		got := get(s, storage.Reader.Accounts)
		same(t, "accounts", got, []*storage.Account{account("a"), b})
		one := get(s, func(r storage.Reader) (*storage.Account, error) { return r.Account("b") })
		same(t, "account", one, b)
	}},
	{"import profiles read back and are deleted", func(t *testing.T, s *Suite) {
		p := &storage.ImportProfile{
			Name: "Registre", Headers: []string{"Nom", "Ville"}, Fingerprint: "f",
			Columns: []storage.Field{storage.FieldName, ""}, Constants: map[storage.Field]string{storage.FieldCountry: "FR"},
			Options: map[string]string{"o": "1"}, UsedAt: at(1),
		}
		s.update(func(w storage.Writer) error { return w.PutProfile(p) })
		same(t, "profiles", get(s, storage.Reader.Profiles), []*storage.ImportProfile{p})
		s.update(func(w storage.Writer) error { return w.DeleteProfile(p.ID) })
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeleteProfile(p.ID) })
	}},
	{"schedules read back and are deleted", func(t *testing.T, s *Suite) {
		s.update(func(w storage.Writer) error { return w.PutAccount(account("a")) })
		want := &storage.Schedule{
			ID: "check:a", Kind: storage.ScheduleCheck, Account: "a", Zone: "Europe/Paris", Enabled: true, Edited: true,
			Rule:     storage.Rule{Kind: storage.RuleWorkingDays, At: 9 * 60},
			NextSlot: at(1), NextDue: at(2), Again: true, Missed: 2, LastOK: at(3), Since: at(4), MaxRuntime: time.Hour,
			Slots: []storage.Slot{
				{Planned: at(5), State: storage.SlotStarted, Started: at(6), RunID: "r"},
				{Planned: at(4), ByHand: true, State: storage.SlotDone, Started: at(4), Ended: at(5), Outcome: storage.OutcomeOK},
				{Planned: at(3), State: storage.SlotMissed, Problem: storage.NewProblem("p")},
			},
		}
		s.update(func(w storage.Writer) error { return w.PutSchedule(want) })
		same(t, "schedules", get(s, storage.Reader.Schedules), []*storage.Schedule{want})
		s.update(func(w storage.Writer) error { return w.DeleteSchedule("check:a") })
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeleteSchedule("check:a") })
	}},
	{"schedules go with their account, and none is without", func(t *testing.T, s *Suite) {
		put := func(id, account string) func(storage.Writer) error {
			return func(w storage.Writer) error { return w.PutSchedule(&storage.Schedule{ID: id, Account: account}) }
		}
		s.refused(storage.ErrNotFound, put("check:a", "a"))
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutAccount(account("a")), w.PutAccount(account("b")))
		})
		for id, account := range map[string]string{"check:a": "a", "publish:a": "a", "check:b": "b"} {
			s.update(put(id, account))
		}
		s.update(func(w storage.Writer) error { return w.DeleteAccount("a") })
		left := get(s, storage.Reader.Schedules)
		if len(left) != 1 || left[0].ID != "check:b" {
			t.Errorf("%d schedules are left", len(left))
		}
	}},
	{"a setting never set is empty", func(t *testing.T, s *Suite) {
		setting := func() string {
			return get(s, func(r storage.Reader) (string, error) { return r.Setting("lang") })
		}
		if got := setting(); got != "" {
			t.Errorf("setting is %q", got)
		}
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutSetting("lang", "fr"), w.PutSetting("theme", "dark"))
		})
		if got := setting(); got != "fr" {
			t.Errorf("setting is %q", got)
		}
		same(t, "settings", get(s, storage.Reader.Settings), map[string]string{"lang": "fr", "theme": "dark"})
		s.update(func(w storage.Writer) error { return w.PutSetting("lang", "") })
		same(t, "settings", get(s, storage.Reader.Settings), map[string]string{"theme": "dark"})
	}},
	{"numbers start at one, and one that was not kept is given again", func(t *testing.T, s *Suite) {
		next := func(name string) (n uint64) {
			s.update(func(w storage.Writer) (err error) { n, err = w.NextNumber(name); return err })
			return n
		}
		if a, b, other := next("run"), next("run"), next("other"); a != 1 || b != 2 || other != 1 {
			t.Errorf("numbers are %d, %d and %d", a, b, other)
		}
		undone := errors.New("undone")
		err := s.Update(context.Background(), func(w storage.Writer) error {
			if _, err := w.NextNumber("run"); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) || next("run") != 3 {
			t.Error("a number of an undone transaction was lost")
		}
	}},
	{"identifiers that cannot be keys are refused", func(t *testing.T, s *Suite) {
		s.put(place("e", "Hôtel"))
		bad := "a\x00b"
		writes := map[string]func(storage.Writer) error{
			"establishment": func(w storage.Writer) error { return w.PutEstablishment(place(bad, "Hôtel")) },
			"account":       func(w storage.Writer) error { return w.PutAccount(account(bad)) },
			"listing":       func(w storage.Writer) error { return w.PutListing(&storage.Listing{EstablishmentID: "e"}) },
			"operation":     func(w storage.Writer) error { return w.PutOperation(&storage.Operation{EstablishmentID: "e"}) },
			"setting":       func(w storage.Writer) error { return w.PutSetting("", "x") },
			"item":          func(w storage.Writer) error { return w.PutRunItem(&storage.RunItem{}) },
			"schedule":      func(w storage.Writer) error { return w.PutSchedule(&storage.Schedule{}) },
		}
		invalid := place("f", "Hôtel \xff")
		writes["name that is no text"] = func(w storage.Writer) error { return w.PutEstablishment(invalid) }
		for what, f := range writes {
			if err := s.Update(context.Background(), f); err == nil {
				t.Errorf("a bad identifier of %s was accepted", what)
			}
		}
	}},
}
