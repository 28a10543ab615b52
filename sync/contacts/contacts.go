// Package contacts keeps people's contacts and puts outside address books in tune with them: edits with their journal and
// undo, questions and their answers, and the pass, which reads a book, merges and writes both ways.
//
// A pass is carried by the engine's lane of its account (Courier), so that pace, pauses, breakers and words are those of
// every other account. What it read is held in memory: after a crash it is read again, which harms nothing. What it is
// about to write is on the disk before the call (inflight), and what came of it is kept with the links, contacts, journal
// and report in one transaction: a creation without an answer is looked for by our key before anything is sent again.
//
// How fields travel is fieldmap's, how cards merge is package merge's, who is whom is match's, and how a book is talked
// to is below package book.
package contacts

import (
	"context"
	"log/slog"
	stdsync "sync"
	"time"

	"github.com/google/uuid"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/directory"
	"diapason/sync/oauth"
)

// Settings of an account that the pass obeys, whatever its kind.
const (
	SettingLabel       = "label"        // what the cards in tune bear there; AllCards: all of them are
	SettingFields      = "fields"       // the field map, as fieldmap writes it; "" is the kind's
	SettingNeverDelete = "never-delete" // "true": what goes to the trash here stays there
)

// Kind is a sort of address book.
type Kind struct {
	ID            string              // dotted: "contacts.carddav"
	Settings      []directory.Setting // its own, secrets included; Settings gives those of every kind
	RatePerSecond float64             // calls; 0: no limit
	// Rate is RatePerSecond where each account has its own; nil: they do not.
	Rate   func(a *storage.Account) float64
	Fields func() fieldmap.Map // the field map that nobody edited
	// Consent is what a person must consent to in a browser; nil: nothing.
	Consent *oauth.Consent
	// Open makes the connection of an account, without I/O. Problems with its settings are *storage.Problem.
	Open func(a *storage.Account, secrets map[string]string) (book.Book, error)
}

// Params are what a Service is made of.
type Params struct {
	Store storage.Store
	// Secrets keeps the accounts' passwords and tokens.
	Secrets sync.Secrets
	Clock   sync.Clock
	Log     *slog.Logger // nil: silent
	Kinds   []Kind
	// Word names a field for people, in the workspace's language; nil: the field's own name.
	Word func(storage.Field) string
}

// Service is one workspace's contacts. Its methods write to the disk: they may be called from any goroutine except the
// interface's.
type Service struct {
	p     Params
	kinds map[string]Kind
	jobs  *sync.Jobs // nil: nothing shows progress

	mu    stdsync.Mutex
	last  time.Time            // of an edit: two never have the same time
	shown map[string]*sync.Job // of the passes under way, by run
}

// New makes the service of a workspace; it runs nothing by itself.
func New(p Params) *Service {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Clock == nil {
		p.Clock = sync.WallClock{}
	}
	if p.Word == nil {
		p.Word = func(f storage.Field) string { return string(f) }
	}
	s := &Service{p: p, kinds: map[string]Kind{}, shown: map[string]*sync.Job{}}
	for _, k := range p.Kinds {
		s.kinds[k.ID] = k
	}
	return s
}

// ReportTo has passes enter the list of running jobs. It is called once, by composition, before the engine starts.
func (s *Service) ReportTo(jobs *sync.Jobs) { s.jobs = jobs }

// CourierKinds gives the kinds of accounts that the engine's lanes carry passes for.
func (s *Service) CourierKinds() []sync.CourierKind {
	kinds := make([]sync.CourierKind, len(s.p.Kinds))
	for i, k := range s.p.Kinds {
		kinds[i] = sync.CourierKind{
			ID: k.ID, Settings: append(append([]directory.Setting{}, k.Settings...), Settings()...), RatePerSecond: k.RatePerSecond, Rate: k.Rate,
			Consent: k.Consent, Open: func(a *storage.Account, secrets map[string]string) (sync.Courier, error) {
				return s.open(k, a, secrets)
			},
			Pass: s.pass,
		}
	}
	return kinds
}

// Settings are those that accounts of every kind have.
func Settings() []directory.Setting {
	return []directory.Setting{
		{Name: SettingLabel, Optional: true}, {Name: SettingFields, Optional: true}, {Name: SettingNeverDelete, Optional: true},
	}
}

// LabelOf gives the label that an account's cards bear; "" when all of its cards are in tune.
func LabelOf(a *storage.Account) string {
	switch label := a.Settings[SettingLabel]; label {
	case "":
		return DefaultLabel
	case AllCards:
		return ""
	default:
		return label
	}
}

// AllCards is the label that stands for all cards.
const AllCards = "*"

// DefaultLabel is what the cards in tune bear, when nobody chose another one.
const DefaultLabel = "Diapason"

// now is the present moment. It is later than that of every edit before, so that the last one can be told.
func (s *Service) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.p.Clock.Now().UTC()
	if !now.After(s.last) {
		now = s.last.Add(time.Millisecond)
	}
	s.last = now
	return now
}

// view and update run f in a transaction.
func (s *Service) view(ctx context.Context, f func(storage.Reader) error) error {
	return s.p.Store.View(ctx, f)
}

func (s *Service) update(ctx context.Context, f func(storage.Writer) error) error {
	return s.p.Store.Update(ctx, f)
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	return id.String(), nil
}
