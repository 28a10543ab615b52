// Package match recognises, among the contacts here, the one that a card is about which no link speaks of: by our own key,
// by exactly one e-mail, by exactly one mobile with a compatible name. Everything else is a question for
// a person, or somebody new; never a guess. Pure but for the look-ups it is given.
package match

import (
	"errors"
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/contacts/book"
)

// Lookup finds contacts outside the trash. storage.Reader's methods fit.
type Lookup interface {
	Contact(id string) (*storage.Contact, error)
	ContactIDsByEmail(key string) ([]string, error)
	ContactIDsByMobile(e164 string) ([]string, error)
}

// By tells how a contact was recognised.
type By string

// The ways; the text is the translation key "contact.matchedBy." + By.
const (
	ByKey    By = "key"
	ByEmail  By = "email"
	ByMobile By = "mobile"
)

// Why tells why a person must be asked.
type Why string

// The reasons; the text is the translation key "contact.ask." + Why.
const (
	SeveralEmails  Why = "severalEmails"  // several contacts bear one of the card's e-mails
	SeveralMobiles Why = "severalMobiles" // several contacts of a compatible name bear one of its mobiles
	OtherName      Why = "otherName"      // the one contact that bears its mobile is called otherwise
	SeveralCards   Why = "severalCards"   // several cards of the book were recognised as the same contact
	LinkedAlready  Why = "linkedAlready"  // the contact is tied to another card of the book
)

// Result is what was found about one card.
type Result struct {
	ContactID  string // "" when nobody was recognised for sure
	By         By
	Candidates []string // when a person must be asked: the contacts it may be
	Why        Why
}

// New reports whether the card is about somebody whom nobody here resembles.
func (r Result) New() bool { return r.ContactID == "" && len(r.Candidates) == 0 }

// Params is what recognising must know.
type Params struct {
	Lookup Lookup
	// Linked tells the card that a contact is tied to in this book, "" when it is not.
	Linked func(contactID string) (remoteID string, err error)
}

// Find recognises the cards of a book that no link speaks of, all together, because two of them may be about the same
// contact. The results are in the same positions. Deleted and unreadable entries are for the caller to leave out.
func Find(entries []book.Entry, p Params) ([]Result, error) {
	results := make([]Result, len(entries))
	f := finder{Params: p, crowds: map[string]*crowd{}}
	for i := range entries {
		r, err := f.find(&entries[i])
		if err != nil {
			return nil, err
		}
		if results[i], err = p.free(r, entries[i].ID); err != nil {
			return nil, err
		}
	}
	return results, p.alone(entries, results)
}

// find recognises one card.
func (f *finder) find(e *book.Entry) (Result, error) {
	if e.Key != "" {
		c, err := f.contact(e.Key)
		if err != nil {
			return Result{}, err
		}
		if c != nil {
			return Result{ContactID: c.ID, By: ByKey}, nil
		}
	}
	var keys []string
	for _, v := range e.Card.Emails {
		keys = append(keys, storage.EmailKey(v.Value))
	}
	ids, many, err := f.bearers(keys, "email", f.Lookup.ContactIDsByEmail, e)
	switch {
	case err != nil:
		return Result{}, err
	case len(ids) == 1 && many == nil:
		return Result{ContactID: ids[0], By: ByEmail}, nil
	case len(ids)+len(many) > 0:
		return Result{Candidates: merged(ids, many), Why: SeveralEmails}, nil
	}
	return f.byMobile(e)
}

// byMobile recognises a card by its mobile numbers.
func (f *finder) byMobile(e *book.Entry) (Result, error) {
	var keys []string
	for _, v := range e.Card.Phones {
		if key, mobile := storage.MobileKey(v.Value, storage.PhoneRegion); mobile {
			keys = append(keys, key)
		}
	}
	ids, many, err := f.bearers(keys, "mobile", f.Lookup.ContactIDsByMobile, e)
	if err != nil || len(ids) == 0 && many == nil {
		return Result{}, err
	}
	var namesakes []string
	for _, id := range ids {
		c, err := f.contact(id)
		if err != nil {
			return Result{}, err
		}
		if c != nil && Compatible(&c.Card, &e.Card) {
			namesakes = append(namesakes, id)
		}
	}
	switch {
	case len(namesakes) == 1 && many == nil:
		return Result{ContactID: namesakes[0], By: ByMobile}, nil
	case len(namesakes) == 0 && many == nil:
		return Result{Candidates: ids, Why: OtherName}, nil
	}
	return Result{Candidates: merged(namesakes, many), Why: SeveralMobiles}, nil
}

// contact gives a contact outside the trash, nil when there is none.
func (p Params) contact(id string) (*storage.Contact, error) {
	c, err := p.Lookup.Contact(id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && !c.TrashedAt.IsZero() {
		return nil, nil
	}
	return c, err
}

// free asks about a contact that is tied to another card already.
func (p Params) free(r Result, remoteID string) (Result, error) {
	if r.ContactID == "" {
		return r, nil
	}
	linked, err := p.Linked(r.ContactID)
	if err != nil || linked == "" || linked == remoteID {
		return r, err
	}
	return Result{Candidates: []string{r.ContactID}, Why: LinkedAlready}, nil
}

// alone keeps one card per contact: the one that bears our key, else the one whose name is the contact's. When that is
// not one card, all of them are a question.
func (p Params) alone(entries []book.Entry, results []Result) error {
	by := map[string][]int{}
	for i, r := range results {
		if r.ContactID != "" {
			by[r.ContactID] = append(by[r.ContactID], i)
		}
	}
	for id, group := range by {
		if len(group) == 1 {
			continue
		}
		c, err := p.Lookup.Contact(id)
		if err != nil {
			return err
		}
		certain := slices.DeleteFunc(slices.Clone(group), func(i int) bool { return results[i].By != ByKey })
		if len(certain) == 0 {
			certain = slices.DeleteFunc(slices.Clone(group), func(i int) bool { return !sameName(&c.Card, &entries[i].Card) })
		}
		for _, i := range group {
			if len(certain) != 1 || certain[0] != i {
				results[i] = Result{Candidates: []string{id}, Why: SeveralCards}
			}
		}
	}
	return nil
}

// nameWords gives the words of a card's name, whatever their accents, capitals and order.
func nameWords(c *storage.Card) []string {
	words := strings.Fields(storage.SearchKey(c.GivenName + " " + c.MiddleName + " " + c.FamilyName))
	slices.Sort(words)
	return slices.Compact(words)
}

// sameName reports whether two cards bear the same name, in any order of its words.
func sameName(a, b *storage.Card) bool { return slices.Equal(nameWords(a), nameWords(b)) }

// Compatible reports whether two cards may be about the same person, as far as names tell: one has none, or all the
// words of one name are in the other ("Morel" and "Zoé Morel"), initials standing for what they begin.
func Compatible(a, b *storage.Card) bool {
	short, long := nameWords(a), nameWords(b)
	if len(short) > len(long) {
		short, long = long, short
	}
	rest := slices.Clone(long)
	for _, w := range short {
		i := slices.IndexFunc(rest, func(other string) bool { return w == other || initial(w, other) || initial(other, w) })
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return true
}

// initial reports whether a word is the first letter of another one, with or without its point.
func initial(word, other string) bool {
	letter := strings.TrimSuffix(word, ".")
	return len([]rune(letter)) == 1 && strings.HasPrefix(other, letter)
}
