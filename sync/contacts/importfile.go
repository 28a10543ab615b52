package contacts

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/match"
	"diapason/sync/contacts/vcard"
	"diapason/sync/merge"
)

// ImportParams say what becomes of the cards of a file.
type ImportParams struct {
	// CreateDoubtful creates a contact also of a card that may be about somebody who is here; else it is left aside.
	CreateDoubtful bool
	// DryRun tells what would be done, and does nothing.
	DryRun bool
}

// ImportReport tells what was done.
type ImportReport struct {
	Run *storage.Run // with a line for each card that was left aside; nil of a dry run
	// Created, Updated and Unchanged count contacts: cards about the same one are one.
	Created, Updated, Unchanged int
	// Kept are the texts of contacts that the file would have replaced by others: they stay.
	Kept []ImportKept
	// Aside are the cards that were not taken, in the order of the file.
	Aside []ImportAside
}

// ImportKept is a contact whose texts stay where the file says something else.
type ImportKept struct {
	ContactID string
	Name      string
	Fields    []storage.Field
}

// ImportAside is a card that was not taken.
type ImportAside struct {
	Line    int // on which it begins in the file, from 1
	Name    string
	Problem *storage.Problem
	// Candidates are the contacts that it may be about, when that is why.
	Candidates []ImportCandidate
}

// ImportCandidate is a contact that a card may be about.
type ImportCandidate struct{ ID, Name string }

// importSlice is how many contacts one transaction writes.
const importSlice = 200

// Bounds of a file: pictures are most of a large one, and are not kept; cards are held in memory, without them.
const (
	largestFile = 128 << 20 // octets
	mostCards   = 200_000
)

// fileSpace makes the identifiers of contacts that come from files with UIDs of their own, so that the same file finds
// them again.
var fileSpace = uuid.MustParse("6f0f3c5e-5d0e-4f6b-9a2e-3a1f7a8b9c10")

// ImportFile takes the cards of a .vcf file over. A card is known again by its UID, else by the one contact that bears one
// of its e-mails, else by its mobile and a compatible name; a contact that is here gets what it lacks and loses nothing.
// A card that may be about several contacts is left aside. It is one run, with its report in Activité, and can be undone
// as a whole.
func (s *Service) ImportFile(ctx context.Context, name string, r io.Reader, p ImportParams) (ImportReport, error) {
	im := &importing{s: s, p: p, byID: map[string]*imported{}}
	source := &patient{ctx: ctx, r: r, left: largestFile}
	if err := im.read(source); err != nil {
		return ImportReport{}, source.explain(err, name)
	}
	here := lookup{ctx, s} // a file can be long: no transaction is
	if err := im.recognise(here); err != nil {
		return ImportReport{}, err
	}
	if p.DryRun {
		err := im.each(here, im.cards, func(_, _ *storage.Contact) error { return nil })
		return im.finished(), err
	}
	return im.run(ctx, name)
}

// importing is one import.
type importing struct {
	s      *Service
	p      ImportParams
	cards  []*imported
	byID   map[string]*imported // without a UID: by what they say
	report ImportReport
}

// imported is somebody whom the file has a card of, or several.
type imported struct {
	id   string // by the UID; "" without one
	line int    // of the first card
	card storage.Card
	// found is the contact here, "" for nobody.
	found string
}

// patient reads a file until it is too large or somebody gives up.
type patient struct {
	ctx  context.Context // of this one reading
	r    io.Reader
	left int // octets
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.r.Read(b)
	if p.left -= n; p.left < 0 {
		return 0, storage.NewProblem("contacts.import.largeFile", "limit", strconv.Itoa(largestFile>>20))
	}
	return n, err
}

// explain puts into words why a file was not read to its end.
func (p *patient) explain(err error, name string) error {
	var said *storage.Problem
	switch {
	case p.ctx.Err() != nil:
		return p.ctx.Err()
	case !errors.As(err, &said):
		return storage.NewProblem("file.unreadable", "name", name).Because(err)
	case p.left == largestFile:
		return storage.NewProblem("contacts.import.emptyFile", "name", name).Because(err)
	}
	return err
}

// read reads the cards, and puts those of one UID together.
func (im *importing) read(r io.Reader) error {
	for p, err := range vcard.Decode(r) {
		if err != nil {
			return err
		}
		if len(im.cards)+len(im.report.Aside) == mostCards {
			return storage.NewProblem("contacts.import.tooMany", "limit", strconv.Itoa(mostCards))
		}
		card := im.s.received(p.Card)
		fault := p.Fault
		if fault == nil && p.Group {
			fault = storage.NewProblem("contacts.import.group")
		}
		if ps := card.Validate(); fault == nil && len(ps) > 0 {
			fault = ps[0]
		}
		if fault != nil {
			im.leave(ImportAside{Line: p.Line, Name: cmp.Or(card.FullName(), p.UID), Problem: fault})
			continue
		}
		c := &imported{id: fileID(cmp.Or(p.Key, p.UID)), line: p.Line, card: card}
		key := cmp.Or(c.id, contentHash(&storage.Contact{Card: card})) // without a UID, the same card twice is one
		if first := im.byID[key]; first != nil {
			im.s.Unite(&first.card, &card)
			continue
		}
		im.byID[key] = c
		im.cards = append(im.cards, c)
	}
	return nil
}

// received gives a card of a file in our types.
func (s *Service) received(there storage.Card) storage.Card {
	var card storage.Card
	var all []merge.Delta
	for _, f := range storage.CardFields(&there) {
		all = append(all, merge.Delta{Field: f, Added: there.Values(f)})
	}
	fieldmap.In(&card, &there, all, fieldmap.Params{Map: fieldmap.VCard(), Region: storage.PhoneRegion, Word: s.p.Word})
	card.Tidy()
	return card
}

// fileID gives the identifier of a contact from the UID of a card: what we exported ourselves says its own.
func fileID(uid string) string {
	uid = strings.TrimSpace(uid)
	if uid == "" {
		return ""
	}
	if id, err := uuid.Parse(strings.TrimPrefix(uid, "urn:uuid:")); err == nil {
		return id.String()
	}
	return uuid.NewSHA1(fileSpace, []byte(uid)).String()
}

// Unite adds to a card what another one says more. Texts that differ stay as they are, but the note, which gets the
// other one's at its end; the fields that keep their text are given.
func (s *Service) Unite(card, other *storage.Card) (kept []storage.Field) {
	for _, f := range storage.CardFields(other) {
		texts, added := card.Values(f), other.Values(f)
		has := func(text string) bool {
			key := f.ValueKey(text, storage.PhoneRegion)
			return slices.ContainsFunc(texts, func(own string) bool { return f.ValueKey(own, storage.PhoneRegion) == key })
		}
		added = slices.DeleteFunc(added, has)
		switch {
		case len(added) == 0:
		case f.Typed() || f == storage.FieldLabels || len(texts) == 0:
			card.SetValues(f, append(texts, added...))
		case f == storage.FieldNote:
			if !strings.Contains(card.Note, added[0]) {
				card.Note += "\n\n" + added[0]
			}
		default:
			kept = append(kept, f)
		}
	}
	return kept
}

func (im *importing) leave(a ImportAside) { im.report.Aside = append(im.report.Aside, a) }

// recognise finds out whom the cards are about, all together: two of them may be about the same contact.
func (im *importing) recognise(here match.Lookup) error {
	var strangers []*imported
	var entries []book.Entry
	for _, c := range im.cards {
		known, err := im.known(here, c.id)
		if err != nil {
			return err
		}
		if c.found = known; known == "" {
			strangers = append(strangers, c)
			entries = append(entries, book.Entry{Card: c.card})
		}
	}
	results, err := match.Find(entries, match.Params{
		Lookup: here, Linked: func(string) (string, error) { return "", nil },
	})
	if err != nil {
		return err
	}
	doubtful := map[*imported]bool{}
	for i, r := range results {
		c := strangers[i]
		namesake, err := im.namesake(here, c, r)
		if err != nil {
			return err
		}
		if c.found = namesake; namesake != "" || r.New() {
			continue
		}
		said, candidates, err := im.candidates(here, c, append(r.Candidates, r.ContactID))
		switch {
		case err != nil:
			return err
		case said != "":
			c.found = said // it says nothing that is not here
		case !im.p.CreateDoubtful:
			doubtful[c] = true
			im.leave(ImportAside{
				Line: c.line, Name: c.card.FullName(), Candidates: candidates, Problem: storage.NewProblem("contacts.import.doubtful"),
			})
		}
	}
	im.cards = slices.DeleteFunc(im.cards, func(c *imported) bool { return doubtful[c] })
	return nil
}

// namesake gives the contact that was recognised, when it may bear the card's name: couples and companies share e-mails.
func (im *importing) namesake(here match.Lookup, card *imported, r match.Result) (string, error) {
	if r.ContactID == "" {
		return "", nil
	}
	c, err := here.Contact(r.ContactID)
	if err != nil || !match.Compatible(&c.Card, &card.card) {
		return "", err
	}
	return c.ID, nil
}

// known gives the contact that bears the identifier of a card: in the trash too, and the one that took its place when
// duplicates were merged. "" for none.
func (im *importing) known(here match.Lookup, id string) (string, error) {
	for range 100 { // longer chains of merges would be a circle
		if id == "" {
			return "", nil
		}
		c, err := here.Contact(id)
		if errors.Is(err, storage.ErrNotFound) {
			return "", nil
		}
		if err != nil || c.MergedInto == "" {
			return id, err
		}
		id = c.MergedInto
	}
	return "", nil
}

// candidates names the contacts that a card may be about. said is the first one that says all that the card says.
func (im *importing) candidates(here match.Lookup, card *imported, ids []string) (said string, all []ImportCandidate, err error) {
	for _, id := range ids {
		if id == "" {
			continue
		}
		c, err := here.Contact(id)
		if err != nil {
			return "", nil, err
		}
		now := c.Card.Clone()
		if kept := im.s.Unite(&now, &card.card); said == "" && len(kept) == 0 && len(differences(&c.Card, &now)) == 0 {
			said = id
		}
		all = append(all, ImportCandidate{id, c.FullName()})
	}
	return said, all, nil
}

// each tells f what becomes of each card, and counts it: before is nil for a new contact.
func (im *importing) each(here match.Lookup, cards []*imported, f func(before, after *storage.Contact) error) error {
	for _, c := range cards {
		before, err := im.standing(here, c)
		if err != nil {
			return err
		}
		after := &storage.Contact{ID: c.id, Card: c.card.Clone()}
		if before != nil {
			after = before.Clone()
			if kept := im.s.Unite(&after.Card, &c.card); len(kept) > 0 {
				im.report.Kept = append(im.report.Kept, ImportKept{before.ID, before.FullName(), kept})
			}
			after.TrashedAt = time.Time{} // who imports a card wants its contact
		}
		if ps := after.Validate(); len(ps) > 0 { // the two together may be too much
			im.leave(ImportAside{Line: c.line, Name: c.card.FullName(), Problem: ps[0]})
			continue
		}
		switch {
		case before == nil:
			im.report.Created++
		case sameContact(before, after):
			im.report.Unchanged++
			continue
		default:
			im.report.Updated++
		}
		if err := f(before, after); err != nil {
			return err
		}
	}
	return nil
}

// standing gives the contact that a card was found to be about, nil when there is none any more.
func (im *importing) standing(here match.Lookup, c *imported) (*storage.Contact, error) {
	if c.found == "" {
		return nil, nil
	}
	now, err := here.Contact(c.found)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	return now, err
}
