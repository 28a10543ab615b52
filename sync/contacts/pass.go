package contacts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/directory"
	"diapason/sync/merge"
)

// slice is how many contacts one transaction treats: an edit made meanwhile waits that long.
const slice = 250

// phase is where a pass is.
type phase int

const (
	identifying phase = iota
	reading
	fetching
	sendingOff
)

// line is one contact and one card in a pass; either may be missing.
type line struct {
	contactID string // "" for a card of somebody new
	remoteID  string // "" for a contact without a card
	name      string
	revision  int
	asked     bool // the card was asked for one by one
	vanished  bool // a complete reading did not find it
	verdict
	changes []storage.FieldChange // there, else here: what is shown and what the hash identifies
	emptied [2]bool               // there, here: it loses a value
	// question tells why a person must say whom the card is about.
	candidates []string
	why        string
	done       bool // nothing is left to do about it in this pass
	due        bool // the plan that was judged changes something by it
	toSend     bool // that plan writes its card there
	applied    bool // what of it concerns this side is carried out
	dropped    bool // not carried out: the next pass asks for the card again
	refused    *storage.Problem
	rounds     int       // how often it changed there while we wrote
	lost       int       // how often nothing was applied of a call with it: from the first on it goes alone, after the others
	seenAt     time.Time // when its card was read again while we wrote
}

// pass is what one pass has read and means to do. It is in memory only: after a crash it is read and planned again.
type pass struct {
	s       *Service
	account *storage.Account
	book    book.Book
	caps    book.Capabilities
	rules   rules
	pair    pair

	phase   phase
	opening *storage.ContactBook // as it was when the pass began
	ask     []string
	cursor  book.Cursor
	whole   bool
	pages   int
	total   int
	state   string
	entries map[string]*book.Entry
	order   []string
	offsets []time.Duration
	// turned are the pages that were named as next ones, contradicted the cards told to be both there and deleted.
	turned       map[string]bool
	contradicted []string

	lines  []*line
	byID   map[string]*line // by contact
	echoed map[string]bool  // contacts whose cards were read and are what they were
	// awaited are the contacts that wait for an answer (awaitAnswers), moot the doubtful cards that need none any more.
	awaited  map[string]bool
	moot     []string
	missing  int
	fetched  map[string]bool
	linked   int
	planned  int // cards to write there, those of the run that are decided included: known once the plan is judged
	expired  bool
	identity string
	silent   int              // calls in a row of which nothing is known
	cause    *storage.Problem // of the last of them
	blamed   bool             // the cards at fault for the batch in flight are known
	// rehearsed tells that nothing is to be written, not even here.
	rehearsed bool
}

// pair identifies what a pass compares. When it differs from that of the pass before, the next one is a first one.
type pair struct {
	ID     string `json:"id"`
	Label  string `json:"label"`
	Fields string `json:"fields"` // SHA-256 of the field map
}

// pairID gives the account's name on its side from a pair that was kept.
func pairID(text string) string {
	var p pair
	if json.Unmarshal([]byte(text), &p) != nil {
		return ""
	}
	return p.ID
}

// String is the form in which a pair is kept.
func (p pair) String() string {
	raw, _ := json.Marshal(p) // of three texts: it cannot fail
	return string(raw)
}

// batchSize is how many cards one call writes, unless the book says that more are better: enough to be quick, few enough
// for a checkpoint every some seconds, and for few cards to be looked for when no answer comes.
const batchSize = 50

// newPass prepares a pass over an account's book.
func (s *Service) newPass(a *storage.Account, b book.Book) (*pass, error) {
	p, err := s.newPassOf(a)
	if err != nil {
		return nil, err
	}
	p.book, p.caps = b, b.Capabilities()
	p.rules.lacks = p.caps.Lacks
	return p, nil
}

// newPassOf prepares what a pass knows from the account alone.
func (s *Service) newPassOf(a *storage.Account) (*pass, error) {
	kind, known := s.kinds[a.Kind]
	if !known {
		return nil, storage.NewProblem("account.kind", "kind", a.Kind)
	}
	fields, err := fieldmap.Parse(a.Settings[SettingFields], kind.Fields())
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(fields.String()))
	return &pass{
		s: s, account: a,
		entries: map[string]*book.Entry{}, byID: map[string]*line{}, echoed: map[string]bool{},
		fetched: map[string]bool{},
		rules: rules{
			fields:      fieldmap.Params{Map: fields, Region: storage.PhoneRegion, Word: s.p.Word},
			neverDelete: a.Settings[SettingNeverDelete] == "true", offset: a.ClockOffset,
		},
		pair: pair{Label: LabelOf(a), Fields: hex.EncodeToString(sum[:8])},
	}, nil
}

// begin reads what is remembered of the book, and which companies are known.
func (p *pass) begin(ctx context.Context) error {
	view := func(f func(storage.Reader) error) error { return p.s.view(ctx, f) }
	if err := p.rules.learn(view); err != nil {
		return err
	}
	return view(func(tx storage.Reader) error {
		b, st, err := bookOf(tx, p.account.ID)
		if err != nil {
			return err
		}
		p.opening, p.ask, p.cursor.Since = b, slices.Clone(st.Ask), b.Cursor
		p.linked, err = tx.CountContactLinks(p.account.ID)
		return err
	})
}

// identify makes sure that the account there is the one it was last time.
func (p *pass) identify(ctx context.Context) error {
	id, err := p.whose(ctx)
	if err != nil {
		return err
	}
	p.know(id)
	return nil
}

// whose asks the account who it is; the error says when that is another one than last time.
func (p *pass) whose(ctx context.Context) (id string, err error) {
	is, err := p.book.Identity(ctx)
	if err != nil {
		return "", theirs(err)
	}
	if other := sync.OtherAccount(p.account, is.ID); other != nil {
		return "", theirs(&directory.Error{Class: directory.Auth, Problem: other, Err: errors.New("another account answers")})
	}
	return is.ID, nil
}

// know takes the account's identity, and tells from it whether this pass is a first one.
func (p *pass) know(id string) {
	p.identity, p.pair.ID = id, id
	if p.rules.first = p.opening.Pair != p.pair.String(); p.rules.first {
		p.cursor = book.Cursor{}
	}
	p.phase = reading
}

// readPage reads one page. A reading that has expired begins anew, whole.
func (p *pass) readPage(ctx context.Context) error {
	sent := p.s.p.Clock.Now()
	cursor := p.cursor
	var ours error
	cursor.Known = func(ctx context.Context, ids []string) (versions map[string]string, err error) {
		versions, ours = p.known(ctx, ids)
		return versions, ours
	}
	page, err := p.book.Read(ctx, cursor)
	if ours != nil {
		return ours
	}
	if errors.Is(err, book.ErrExpired) && p.cursor.Since != "" {
		p.cursor, p.entries, p.order, p.pages, p.expired = book.Cursor{}, map[string]*book.Entry{}, nil, 0, true
		p.turned, p.contradicted = nil, nil
		p.phase = identifying // a complete reading is made of an account that is known for sure
		return nil
	}
	if err != nil {
		return theirs(err)
	}
	if p.pages == 0 {
		p.total = page.Total
	}
	p.pages++
	p.whole = page.Whole
	if !page.ServerTime.IsZero() {
		took := p.s.p.Clock.Now().Sub(sent)
		p.offsets = append(p.offsets, page.ServerTime.Sub(sent.Add(took/2)))
	}
	if err := p.take(&page); err != nil {
		return err
	}
	if p.cursor.Page = page.Next; page.Next != "" {
		return nil
	}
	p.state, p.phase = page.State, fetching
	if len(p.offsets) > 0 {
		sorted := slices.Sorted(slices.Values(p.offsets))
		p.rules.offset = sorted[len(sorted)/2].Round(time.Second)
	}
	if p.whole && p.total >= 0 && p.present() < p.total {
		return storage.NewProblem("contacts.incomplete", "found", fmt.Sprint(p.present()), "total", fmt.Sprint(p.total))
	}
	if err := p.mistrust(ctx); err != nil {
		return err
	}
	return p.assemble(ctx)
}

func (p *pass) enter(e *book.Entry) {
	if _, known := p.entries[e.ID]; !known {
		p.order = append(p.order, e.ID)
	}
	p.entries[e.ID] = e
}

// present counts the cards that the reading found.
func (p *pass) present() int {
	n := 0
	for _, e := range p.entries {
		if !e.Deleted {
			n++
		}
	}
	return n
}

// toFetch lists the cards that must be read one by one before anything can be said about their contacts.
func (p *pass) toFetch() []string {
	var ids []string
	for _, l := range p.lines {
		if l.fetch && l.remoteID != "" && !p.fetched[l.remoteID] && !l.done {
			ids = append(ids, l.remoteID)
		}
	}
	return ids
}

// fetchSome reads some cards again.
func (p *pass) fetchSome(ctx context.Context, ids []string) error {
	ids = ids[:min(len(ids), max(p.caps.GetMax, 1))]
	entries, err := p.book.Get(ctx, ids)
	if err != nil {
		return theirs(err)
	}
	now := map[string]string{} // names asked for → names of today
	for i := range entries {
		p.enter(&entries[i])
		for _, id := range append([]string{entries[i].ID}, entries[i].Former...) {
			now[id] = entries[i].ID
		}
	}
	for _, id := range ids {
		p.fetched[id] = true
	}
	for _, l := range p.lines {
		if !p.fetched[l.remoteID] || !l.fetch {
			continue
		}
		if name, answered := now[l.remoteID]; answered {
			l.remoteID, p.fetched[name] = name, true
		} else {
			l.drop() // the book says nothing about it
		}
	}
	return nil
}

// reweigh weighs lines again, from what is kept and read now.
func (p *pass) reweigh(ctx context.Context, lines []*line) error {
	p.rules.now = p.s.p.Clock.Now().UTC()
	for part := range slices.Chunk(lines, slice) {
		err := p.s.view(ctx, func(tx storage.Reader) error {
			decided, err := p.decisions(tx)
			if err != nil {
				return err
			}
			for _, l := range part {
				if err := p.weighLine(tx, l, decided[l.contactID]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// weighLine weighs one line.
func (p *pass) weighLine(tx storage.Reader, l *line, decided map[storage.Field]merge.Side) error {
	if len(l.candidates) > 0 {
		return nil
	}
	c, link, err := p.standing(tx, l.contactID)
	if err != nil {
		return err
	}
	e := p.entries[l.remoteID]
	l.verdict = p.rules.weigh(c, link, e, p.fetched[l.remoteID], decided)
	if e == nil && link != nil && l.asked && !p.fetched[l.remoteID] {
		l.verdict = verdict{fetch: true}
	}
	if l.there == createThere && link == nil && p.awaited[l.contactID] {
		if l.verdict = (verdict{later: true}); !l.asked { // told once
			l.reason = storage.NewProblem("contacts.awaitsAnswer")
		}
	}
	p.describe(l, c, e)
	return nil
}

// standing gives a contact and its link; nil where there is none.
func (p *pass) standing(tx storage.Reader, contactID string) (*storage.Contact, *storage.ContactLink, error) {
	if contactID == "" {
		return nil, nil, nil
	}
	c, err := tx.Contact(contactID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	l, err := tx.ContactLink(contactID, p.account.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return c, nil, nil
	}
	return c, l, err
}

// describe writes what a line comes to, for people, the guard and the hash.
func (p *pass) describe(l *line, c *storage.Contact, e *book.Entry) {
	l.changes, l.emptied, l.revision = nil, [2]bool{}, 0
	if c != nil {
		l.name, l.revision = c.FullName(), c.Revision
	} else if e != nil {
		l.name = e.Card.FullName()
	}
	switch l.there {
	case createThere:
		l.changes = differences(&storage.Card{}, &l.send)
	case updateThere:
		l.changes = differences(&e.Card, &l.send)
		l.emptied[0] = slices.ContainsFunc(l.changes, func(d storage.FieldChange) bool { return d.After == "" })
	}
	if l.keep != nil && c != nil && (l.here == updateHere || l.here == restoreHere) {
		changes := differences(&c.Card, &l.keep.Card)
		l.emptied[1] = slices.ContainsFunc(changes, func(d storage.FieldChange) bool { return d.After == "" })
		l.changes = append(l.changes, changes...)
	}
	if l.keep != nil && l.here == createHere {
		l.changes = append(l.changes, differences(&storage.Card{}, &l.keep.Card)...)
	}
}

// decisions gives the fields that people were asked about, by contact, with the side that they chose.
func (p *pass) decisions(tx storage.Reader) (map[string]map[storage.Field]merge.Side, error) {
	questions, err := tx.ContactQuestions(p.account.ID)
	if err != nil {
		return nil, err
	}
	all := map[string]map[storage.Field]merge.Side{}
	for _, q := range questions {
		if q.Kind != storage.QuestionConflict || len(q.ContactIDs) == 0 {
			continue
		}
		sides := map[storage.Field]merge.Side{}
		for _, c := range q.Conflicts {
			sides[c.Field] = merge.Side(q.Decided[c.Field])
		}
		all[q.ContactIDs[0]] = sides
	}
	return all, nil
}

// hash identifies exactly what a plan does, no more and no less.
func (p *pass) hash() string {
	var texts []string
	for _, l := range p.lines {
		if l.there == "" && l.here == "" {
			continue
		}
		raw, _ := json.Marshal([]any{l.contactID, l.remoteID, l.there, l.here, l.changes, l.name}) // texts only: it cannot fail
		texts = append(texts, string(raw))
	}
	slices.Sort(texts)
	sum := sha256.New()
	fmt.Fprintln(sum, p.missing)
	for _, text := range texts {
		fmt.Fprintln(sum, text)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
