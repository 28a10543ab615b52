package command

import (
	"errors"
	"strings"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda"
)

// linkAdd makes a subscription link.
type linkAdd struct {
	Person        string   `name:"person" required:"" placeholder:"command.value.person"`
	Name          string   `name:"name" required:"" placeholder:"command.value.name"`
	Type          []string `name:"type" placeholder:"command.value.type" sep:"none"`
	Establishment []string `name:"establishment" placeholder:"command.value.id" sep:"none"`
	Resource      []string `name:"resource" placeholder:"command.value.resource" sep:"none"`
	Mine          bool     `name:"mine"`
	Detail        string   `name:"detail" enum:"busy,title,full" default:"title" placeholder:"command.value.detail"`
	Language      string   `name:"language" enum:",fr,en" default:"" placeholder:"command.value.lang"`
	Back          int      `name:"back" default:"1" placeholder:"command.value.months"`
	Ahead         int      `name:"ahead" default:"12" placeholder:"command.value.months"`
	Reminder      []int    `name:"reminder" placeholder:"command.value.minutes" sep:"none"`
	KeepCancelled bool     `name:"keep-cancelled"`
}

// Run keeps the link and tells its address, the only time that it is not asked for.
func (c linkAdd) Run(s *session) error {
	return s.withAgenda(func(w *Workspace) error {
		l, err := c.link(s, w)
		if err != nil {
			return err
		}
		if err := w.Agenda.AddLink(s.ctx, l); err != nil {
			return err
		}
		s.sayT("command.link.added", "name", l.Label)
		return tellAddress(s, w, l.ID)
	})
}

// link reads the command line.
func (c linkAdd) link(s *session, w *Workspace) (*storage.FeedLink, error) {
	owner, err := personID(s, w.Store, c.Person)
	if err != nil {
		return nil, err
	}
	l := w.Agenda.Draft(owner)
	l.Label, l.Mine, l.Detail, l.Reminders = strings.TrimSpace(c.Name), c.Mine, storage.FeedDetail(c.Detail), c.Reminder
	l.MonthsBack, l.MonthsAhead, l.KeepCancelled = c.Back, c.Ahead, c.KeepCancelled
	if c.Language != "" {
		l.Language = c.Language
	}
	if l.TypeIDs, err = eachID(s, w.Store, c.Type, typeID); err != nil {
		return nil, err
	}
	if l.EstablishmentIDs, err = eachID(s, w.Store, c.Establishment, establishmentID); err != nil {
		return nil, err
	}
	l.ResourceIDs, err = eachID(s, w.Store, c.Resource, resourceID)
	return l, err
}

// linkAddress is where a link is read; empty where it is not.
type linkAddress struct {
	ID     string `json:"id"`
	URL    string `json:"url"`    // for programs of this machine
	LAN    string `json:"lan"`    // for those of the local network
	Public string `json:"public"` // for everybody: where it is published
	Webcal string `json:"webcal"`
}

// tellAddress says where a link is read.
func tellAddress(s *session, w *Workspace, id string) error {
	u, err := w.Agenda.URLs(s.ctx, id)
	if err != nil {
		return err
	}
	for _, address := range []string{u.Loopback, u.LAN, u.Public} {
		if address == "" {
			continue
		}
		if err := s.line(address); err != nil {
			return err
		}
	}
	return s.document(linkAddress{ID: id, URL: u.Loopback, LAN: u.LAN, Public: u.Public, Webcal: u.Webcal})
}

// linkStatus is one link in a list; the instants are null while there is none.
type linkStatus struct {
	ID             string                `json:"id"`
	Name           string                `json:"name"`
	Person         personStatus          `json:"person"`
	Types          []string              `json:"types"`
	Establishments []string              `json:"establishments"`
	Resources      []string              `json:"resources"`
	Mine           bool                  `json:"mine"`
	Detail         storage.FeedDetail    `json:"detail"`
	Language       string                `json:"language"`
	Back           int                   `json:"back"`
	Ahead          int                   `json:"ahead"`
	Created        time.Time             `json:"created"`
	Revoked        *time.Time            `json:"revoked"`
	Readings       []storage.FeedReading `json:"readings"`
	// URL is the link itself; only with --urls, and null without.
	URL *string `json:"url"`
}

type personStatus struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// linkList lists the links.
type linkList struct {
	URLs bool `name:"urls"`
}

// Run lists the links, without what opens them unless that is asked for: lists are copied into mails.
func (c linkList) Run(s *session) error {
	return s.withAgenda(func(w *Workspace) error {
		links, err := w.Agenda.Links(s.ctx)
		if err != nil {
			return err
		}
		all := []linkStatus{}
		for _, l := range links {
			status, err := c.status(s, w, l)
			if err != nil {
				return err
			}
			all = append(all, status)
			if err := s.line(status.cells(w.Clock.Now())...); err != nil {
				return err
			}
		}
		if len(all) == 0 {
			s.sayT("command.link.none")
		}
		return s.document(map[string]any{"links": all})
	})
}

func (c linkList) status(s *session, w *Workspace, l agenda.Link) (linkStatus, error) {
	status := linkStatus{
		ID: l.ID, Name: l.Label, Person: personStatus{l.Owner.ID, l.Owner.Name}, Types: filled(l.TypeIDs),
		Establishments: filled(l.EstablishmentIDs), Resources: filled(l.ResourceIDs), Mine: l.Mine, Detail: l.Detail,
		Language: l.Language, Back: l.MonthsBack, Ahead: l.MonthsAhead, Created: l.CreatedAt, Revoked: instantOf(l.RevokedAt),
		Readings: append([]storage.FeedReading{}, l.Readings...),
	}
	if !c.URLs || status.Revoked != nil {
		return status, nil
	}
	u, err := w.Agenda.URLs(s.ctx, l.ID)
	var lost *storage.Problem
	if errors.As(err, &lost) { // with the keyring of another machine: the others are listed all the same
		s.say(say.Problem(lost))
		return status, nil
	}
	status.URL = &u.Loopback
	return status, err
}

// filled gives a list that is never null in a document.
func filled(list []string) []string { return append([]string{}, list...) }

// cells puts a link in words.
func (l linkStatus) cells(now time.Time) []string {
	state := words.T("command.link.works")
	if l.Revoked != nil {
		state = words.T("command.link.revokedOn", "when", say.Moment(l.Revoked.Local(), now))
	}
	read := words.T("command.link.neverRead")
	if len(l.Readings) > 0 {
		last := l.Readings[0]
		read = words.T("command.link.read", "client", last.Client, "when", say.Moment(last.At.Local(), now))
	}
	cells := []string{l.ID, l.Name, l.Person.Name, state, read}
	if l.URL != nil {
		cells = append(cells, *l.URL)
	}
	return cells
}

// linkRevoke ends a link.
type linkRevoke struct {
	Link string `arg:"" name:"link"`
}

// Run ends the link: whoever reads it is told that it was revoked.
func (c linkRevoke) Run(s *session) error {
	return s.onLink(c.Link, func(w *Workspace, l *storage.FeedLink) error {
		if err := w.Agenda.RevokeLink(s.ctx, l.ID); err != nil {
			return err
		}
		s.sayT("command.link.revoked", "name", l.Label)
		return s.document(map[string]any{"id": l.ID, "revoked": true})
	})
}

// linkRegenerate gives a link another address.
type linkRegenerate struct {
	Link string `arg:"" name:"link"`
}

// Run makes another token; the address of before is revoked.
func (c linkRegenerate) Run(s *session) error {
	return s.onLink(c.Link, func(w *Workspace, l *storage.FeedLink) error {
		if err := w.Agenda.RegenerateLink(s.ctx, l.ID); err != nil {
			return err
		}
		s.sayT("command.link.regenerated", "name", l.Label)
		return tellAddress(s, w, l.ID)
	})
}

// onLink opens the workspace and finds a link by its id, or by its name when exactly one that works bears it.
func (s *session) onLink(text string, f func(*Workspace, *storage.FeedLink) error) error {
	return s.withAgenda(func(w *Workspace) error {
		links, err := w.Agenda.Links(s.ctx)
		if err != nil {
			return err
		}
		var all []named
		for _, l := range links {
			name := l.Label
			if !l.RevokedAt.IsZero() {
				name = "" // only its id tells it from the link that replaced it
			}
			all = append(all, named{l.ID, name})
		}
		id, err := oneOf(all, text, "command.unknownLink", "command.ambiguousLink")
		if err != nil {
			return err
		}
		for _, l := range links {
			if l.ID == id {
				return f(w, l.FeedLink)
			}
		}
		return storage.ErrNotFound
	})
}
