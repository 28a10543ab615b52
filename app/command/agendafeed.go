package command

import (
	"context"
	"errors"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/subscription"
)

// feedAdd subscribes to the calendar of somebody else.
type feedAdd struct {
	Name string `name:"name" required:"" placeholder:"command.value.name"`
	Type string `name:"type" required:"" placeholder:"command.value.type"`
	// Address is the address itself or @FILE: who has it reads the calendar, and shells keep what is typed.
	Address       string `name:"address" required:"" placeholder:"command.value.secretAddress"`
	Establishment string `name:"establishment" placeholder:"command.value.id"`
	Resource      string `name:"resource" placeholder:"command.value.resource"`
	Every         int    `name:"every" default:"60" placeholder:"command.value.minutes"`
}

// Run keeps the feed and reads it for the first time.
func (c feedAdd) Run(s *session) error {
	return s.withAgenda(func(w *Workspace) (err error) {
		f := &storage.OutsideFeed{Name: strings.TrimSpace(c.Name), Every: time.Duration(c.Every) * time.Minute}
		if f.TypeID, err = typeID(s.ctx, w.Store, c.Type); err != nil {
			return err
		}
		if c.Establishment != "" {
			if f.EstablishmentID, err = establishmentID(s.ctx, w.Store, c.Establishment); err != nil {
				return err
			}
		}
		if c.Resource != "" {
			if f.ResourceID, err = resourceID(s.ctx, w.Store, c.Resource); err != nil {
				return err
			}
		}
		address := c.Address
		if path, isFile := strings.CutPrefix(address, "@"); isFile {
			if address, err = readSecret(path); err != nil {
				return err
			}
		}
		if err := w.Agenda.AddOutsideFeed(s.ctx, f, address); err != nil {
			return err
		}
		s.sayT("command.feed.added", "name", f.Name, "host", f.Host)
		return readFeed(s, f, w.Agenda.ReadOutsideFeed)
	})
}

// feedRead reads an outside feed now.
type feedRead struct {
	Feed  string `arg:"" name:"feed"`
	Trust bool   `name:"trust"`
}

// Run reads it whether it is due or not.
func (c feedRead) Run(s *session) error {
	return s.onFeed(c.Feed, func(w *Workspace, f *storage.OutsideFeed) error {
		if c.Trust {
			return readFeed(s, f, w.Agenda.TrustOutsideFeed)
		}
		return readFeed(s, f, w.Agenda.ReadOutsideFeed)
	})
}

// feedReading is what one reading did.
type feedReading struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	New       bool       `json:"new"` // the service gave something else than last time
	Created   int        `json:"created"`
	Updated   int        `json:"updated"`
	Unchanged int        `json:"unchanged"`
	Removed   int        `json:"removed"`
	Doubted   int        `json:"doubted"` // kept though the feed has them no more: too many at once
	Ours      int        `json:"ours"`    // of this agenda already
	SetAside  []setAside `json:"setAside"`
	Problem   string     `json:"problem"` // code; "" when it was read
}

// readFeed reads a feed and tells what that did. A service that does not give its calendar is a failure to be told, not
// a mistake of the command.
func readFeed(s *session, f *storage.OutsideFeed, read func(ctx context.Context, id string) (agenda.Reading, error)) error {
	got, err := read(s.ctx, f.ID)
	report := feedReading{
		ID: f.ID, Name: f.Name, New: err == nil && !got.NothingNew, Created: got.Created, Updated: got.Updated, Unchanged: got.Unchanged,
		Removed: got.Removed, Doubted: got.Doubted, Ours: got.Ours, SetAside: setAsideOf(got.SetAside),
	}
	var failed *subscription.Failure
	switch {
	case errors.As(err, &failed):
		report.Problem = failed.Problem.Code
		s.say(say.Problem(failed.Problem))
	case err != nil:
		return err
	case got.NothingNew:
		s.sayT("command.feed.nothingNew", "name", f.Name)
	default:
		s.sayT("command.feed.read", "name", f.Name, "created", words.Number(got.Created), "updated", words.Number(got.Updated),
			"unchanged", words.Number(got.Unchanged), "removed", words.Number(got.Removed))
	}
	s.sayAside(report.SetAside)
	if got.Doubted > 0 {
		s.say(words.N("command.feed.doubted", got.Doubted, "name", f.Name))
	}
	if err := s.document(report); err != nil {
		return err
	}
	if failed != nil || len(report.SetAside) > 0 || got.Doubted > 0 {
		return errFailures
	}
	return nil
}

// feedStatus is one outside feed in a list; the instants are null while there is none.
type feedStatus struct {
	ID            string     `json:"id"`
	Name          string     `json:"name"`
	Host          string     `json:"host"`
	Type          string     `json:"type"`
	Establishment string     `json:"establishment"`
	Resource      string     `json:"resource"`
	Color         string     `json:"color"`
	Minutes       int        `json:"minutes"` // between two readings
	Enabled       bool       `json:"enabled"`
	Reservations  int        `json:"reservations"`
	LastOK        *time.Time `json:"lastOk"`
	Next          *time.Time `json:"next"`
	Problem       string     `json:"problem"` // code; "" for none
}

type feedList struct{}

// Run lists the outside feeds, without their addresses: those are secrets.
func (feedList) Run(s *session) error {
	return s.withAgenda(func(w *Workspace) error {
		feeds, err := w.Agenda.OutsideFeeds(s.ctx)
		if err != nil {
			return err
		}
		all := []feedStatus{}
		for _, f := range feeds {
			status := feedStatus{
				ID: f.ID, Name: f.Name, Host: f.Host, Type: f.TypeID, Establishment: f.EstablishmentID, Resource: f.ResourceID,
				Color: f.Color, Minutes: int(f.Every.Minutes()), Enabled: f.Enabled, Reservations: f.Reservations,
				LastOK: instantOf(f.LastOK), Next: instantOf(f.NextRead),
			}
			state := words.T("command.feed.neverRead")
			if !f.LastOK.IsZero() {
				state = words.T("command.feed.lastRead", "when", say.MomentWithin(f.LastOK.Local(), w.Clock.Now()))
			}
			if f.Problem != nil {
				status.Problem, state = f.Problem.Code, say.Problem(f.Problem)
			}
			all = append(all, status)
			if err := s.line(f.ID, f.Name, f.Host, words.Number(f.Reservations), state); err != nil {
				return err
			}
		}
		if len(all) == 0 {
			s.sayT("command.feed.none")
		}
		return s.document(map[string]any{"feeds": all})
	})
}

// feedRemove ends a subscription.
type feedRemove struct {
	Feed string `arg:"" name:"feed"`
}

// Run removes the feed with what was read from it; nothing changes at the service.
func (c feedRemove) Run(s *session) error {
	return s.onFeed(c.Feed, func(w *Workspace, f *storage.OutsideFeed) error {
		removed, err := w.Agenda.RemoveOutsideFeed(s.ctx, f.ID)
		if err != nil {
			return err
		}
		s.say(words.N("command.feed.removed", len(removed.Reservations), "name", f.Name))
		return s.document(map[string]any{"id": f.ID, "removed": true, "reservations": len(removed.Reservations)})
	})
}

// onFeed opens the workspace and finds an outside feed by its id, or by its name when exactly one bears it.
func (s *session) onFeed(text string, f func(*Workspace, *storage.OutsideFeed) error) error {
	return s.withAgenda(func(w *Workspace) error {
		feeds, err := w.Agenda.OutsideFeeds(s.ctx)
		if err != nil {
			return err
		}
		byID := map[string]*storage.OutsideFeed{}
		var all []named
		for _, feed := range feeds {
			byID[feed.ID] = feed.OutsideFeed
			all = append(all, named{feed.ID, feed.Name})
		}
		id, err := oneOf(all, text, "command.unknownFeed", "command.ambiguousFeed")
		if err != nil {
			return err
		}
		return f(w, byID[id])
	})
}
