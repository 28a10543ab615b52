package command

import (
	"cmp"
	"context"
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
	c.Language = cmp.Or(c.Language, words.Lang()) // this process's: another one may carry it out
	at, err := addLink.run(s, c)
	if err != nil {
		return err
	}
	s.sayT("command.link.added", "name", at.Label)
	return tellAddress(s, at.Address)
}

// addLink keeps a new link.
var addLink = operation[linkAdd, addressedLink]{
	"agenda.link.add", func(ctx context.Context, w *Workspace, c linkAdd) (addressedLink, error) {
		l, err := c.link(ctx, w)
		if err == nil {
			err = w.Agenda.AddLink(ctx, l)
		}
		if err != nil {
			return addressedLink{}, err
		}
		return addressOf(ctx, w, l)
	},
}

// link reads the command line.
func (c linkAdd) link(ctx context.Context, w *Workspace) (*storage.FeedLink, error) {
	owner, err := personID(ctx, w.Store, c.Person)
	if err != nil {
		return nil, err
	}
	l := w.Agenda.Draft(owner)
	l.Label, l.Mine, l.Detail, l.Reminders = strings.TrimSpace(c.Name), c.Mine, storage.FeedDetail(c.Detail), c.Reminder
	l.MonthsBack, l.MonthsAhead, l.KeepCancelled = c.Back, c.Ahead, c.KeepCancelled
	l.Language = c.Language
	if l.TypeIDs, err = eachID(ctx, w.Store, c.Type, typeID); err != nil {
		return nil, err
	}
	if l.EstablishmentIDs, err = eachID(ctx, w.Store, c.Establishment, establishmentID); err != nil {
		return nil, err
	}
	l.ResourceIDs, err = eachID(ctx, w.Store, c.Resource, resourceID)
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

// addressedLink is a link with where it is read.
type addressedLink struct {
	Label   string
	Address linkAddress
}

// addressOf finds out where a link is read.
func addressOf(ctx context.Context, w *Workspace, l *storage.FeedLink) (addressedLink, error) {
	u, err := w.Agenda.URLs(ctx, l.ID)
	return addressedLink{l.Label, linkAddress{ID: l.ID, URL: u.Loopback, LAN: u.LAN, Public: u.Public, Webcal: u.Webcal}}, err
}

// tellAddress says where a link is read.
func tellAddress(s *session, at linkAddress) error {
	for _, address := range []string{at.URL, at.LAN, at.Public} {
		if address == "" {
			continue
		}
		if err := s.line(address); err != nil {
			return err
		}
	}
	return s.document(at)
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
	listed, err := listLinks.run(s, c)
	if err != nil {
		return err
	}
	all := []linkStatus{}
	for _, l := range listed.Links {
		if l.Lost != nil {
			s.say(say.Problem(l.Lost))
		}
		all = append(all, l.Status)
		if err := s.line(l.Status.cells(listed.Now)...); err != nil {
			return err
		}
	}
	if len(all) == 0 {
		s.sayT("command.link.none")
	}
	return s.document(map[string]any{"links": all})
}

// listedLinks are the links at a moment.
type listedLinks struct {
	Now   time.Time
	Links []listedLink
}

type listedLink struct {
	Status linkStatus
	Lost   *storage.Problem // why its address cannot be told; nil
}

// listLinks gives the links.
var listLinks = operation[linkList, listedLinks]{
	"agenda.link.list", func(ctx context.Context, w *Workspace, c linkList) (listedLinks, error) {
		listed := listedLinks{Now: w.Clock.Now()}
		links, err := w.Agenda.Links(ctx)
		if err != nil {
			return listed, err
		}
		for _, l := range links {
			one, err := c.status(ctx, w, l)
			if err != nil {
				return listed, err
			}
			listed.Links = append(listed.Links, one)
		}
		return listed, nil
	},
}

func (c linkList) status(ctx context.Context, w *Workspace, l agenda.Link) (listedLink, error) {
	one := listedLink{Status: linkStatus{
		ID: l.ID, Name: l.Label, Person: personStatus{l.Owner.ID, l.Owner.Name}, Types: filled(l.TypeIDs),
		Establishments: filled(l.EstablishmentIDs), Resources: filled(l.ResourceIDs), Mine: l.Mine, Detail: l.Detail,
		Language: l.Language, Back: l.MonthsBack, Ahead: l.MonthsAhead, Created: l.CreatedAt, Revoked: instantOf(l.RevokedAt),
		Readings: append([]storage.FeedReading{}, l.Readings...),
	}}
	if !c.URLs || one.Status.Revoked != nil {
		return one, nil
	}
	u, err := w.Agenda.URLs(ctx, l.ID)
	if errors.As(err, &one.Lost) { // with the keyring of another machine: the others are listed all the same
		return one, nil
	}
	one.Status.URL = &u.Loopback
	return one, err
}

// filled gives a list that is never null in a document.
func filled(list []string) []string { return append([]string{}, list...) }

// cells puts a link in words.
func (l linkStatus) cells(now time.Time) []string {
	state := words.T("command.link.works")
	if l.Revoked != nil {
		state = words.T("command.link.revokedOn", "when", say.MomentWithin(l.Revoked.Local(), now))
	}
	read := words.T("command.link.neverRead")
	if len(l.Readings) > 0 {
		last := l.Readings[0]
		read = words.T("command.link.read", "client", last.Client, "when", say.MomentWithin(last.At.Local(), now))
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
	l, err := revokeLink.run(s, c)
	if err != nil {
		return err
	}
	s.sayT("command.link.revoked", "name", l.Label)
	return s.document(map[string]any{"id": l.ID, "revoked": true})
}

// namedLink is a link that something was done to.
type namedLink struct{ ID, Label string }

// revokeLink ends a link.
var revokeLink = operation[linkRevoke, namedLink]{
	"agenda.link.revoke", func(ctx context.Context, w *Workspace, c linkRevoke) (namedLink, error) {
		l, err := linkOf(ctx, w, c.Link)
		if err != nil {
			return namedLink{}, err
		}
		return namedLink{l.ID, l.Label}, w.Agenda.RevokeLink(ctx, l.ID)
	},
}

// linkRegenerate gives a link another address.
type linkRegenerate struct {
	Link string `arg:"" name:"link"`
}

// Run makes another token; the address of before is revoked.
func (c linkRegenerate) Run(s *session) error {
	at, err := regenerateLink.run(s, c)
	if err != nil {
		return err
	}
	s.sayT("command.link.regenerated", "name", at.Label)
	return tellAddress(s, at.Address)
}

// regenerateLink gives a link another token.
var regenerateLink = operation[linkRegenerate, addressedLink]{
	"agenda.link.regenerate", func(ctx context.Context, w *Workspace, c linkRegenerate) (addressedLink, error) {
		l, err := linkOf(ctx, w, c.Link)
		if err == nil {
			err = w.Agenda.RegenerateLink(ctx, l.ID)
		}
		if err != nil {
			return addressedLink{}, err
		}
		return addressOf(ctx, w, l)
	},
}

// linkOf finds a link by its id, or by its name when exactly one that works bears it.
func linkOf(ctx context.Context, w *Workspace, text string) (*storage.FeedLink, error) {
	links, err := w.Agenda.Links(ctx)
	if err != nil {
		return nil, err
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
		return nil, err
	}
	for _, l := range links {
		if l.ID == id {
			return l.FeedLink, nil
		}
	}
	return nil, storage.ErrNotFound
}
