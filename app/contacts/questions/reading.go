package questions

import (
	"errors"
	"slices"
	"time"

	"diapason/storage"
)

// field is a field of a comparison: its name in the book, what people know it by, and what both sides say, as
// Card.Values gives it.
type field struct {
	theirs, name storage.Field
	here, there  []string
	// same tells of a doubtful card that both say this.
	same bool
}

// candidate is a contact that a doubtful card may be about.
type candidate struct {
	*storage.Contact
	// linked tells that it has another card in this account already: it cannot be the answer.
	linked bool
}

// detail is everything that is shown of the question in front.
type detail struct {
	item
	contact *storage.Contact // of a conflict and of a refusal; nil when it is gone
	fields  []field          // of a conflict
	same    int              // fields that both sides say alike
	// hereAt and thereAt are when the two sides were last changed; zero when not known.
	hereAt, thereAt time.Time
	card            storage.Card // the doubtful card, in our fields
	candidates      []candidate
}

// namer tells which field of ours a field of an account's book is about.
type namer func(a *storage.Account, theirs storage.Field) storage.Field

// list reads the questions of an account ("": all), in the order of the desk.
func list(tx storage.Reader, accountID string) ([]item, error) {
	asked, err := tx.ContactQuestions(accountID)
	if err != nil {
		return nil, err
	}
	accounts := map[string]*storage.Account{}
	items := make([]item, 0, len(asked))
	for _, q := range asked {
		if accounts[q.AccountID] == nil {
			if accounts[q.AccountID], err = tx.Account(q.AccountID); err != nil {
				return nil, err
			}
		}
		items = append(items, item{q, accounts[q.AccountID]})
	}
	order(items)
	return items, nil
}

// examine reads what is shown of a question.
func examine(tx storage.Reader, it item, name namer) (*detail, error) {
	d := &detail{item: it}
	if it.Kind == storage.QuestionMatch {
		return d, d.doubt(tx, name)
	}
	if len(it.ContactIDs) == 0 {
		return d, nil
	}
	c, err := tx.Contact(it.ContactIDs[0])
	if err == nil {
		d.contact = c
	} else if !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	if it.Kind == storage.QuestionConflict {
		return d, d.conflict(tx, name)
	}
	return d, nil
}

// conflict reads the fields in conflict and counts the others.
func (d *detail) conflict(tx storage.Reader, name namer) error {
	for _, c := range d.Conflicts {
		f := field{theirs: c.Field, name: name(d.account, c.Field), here: lines(c.Here), there: lines(c.There)}
		d.fields = append(d.fields, f)
		at := c.HereAt
		if at.IsZero() && d.contact != nil { // the clocks could not be compared: what is known here is shown all the same
			at = d.contact.Changed[f.name].At
		}
		if at.After(d.hereAt) {
			d.hereAt = at
		}
		if c.ThereAt.After(d.thereAt) {
			d.thereAt = c.ThereAt
		}
	}
	link, err := tx.ContactLink(d.ContactIDs[0], d.AccountID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, f := range storage.CardFields(&link.Ours, &link.Theirs) {
		asked := slices.ContainsFunc(d.Conflicts, func(c storage.ContactConflict) bool { return c.Field == f })
		if ours := link.Ours.Values(f); !asked && len(ours) > 0 && alike(f, ours, link.Theirs.Values(f)) {
			d.same++
		}
	}
	return nil
}

// lines gives the texts of a field of a conflict.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return split(text)
}

// doubt reads a doubtful card in our fields, and whom it may be about.
func (d *detail) doubt(tx storage.Reader, name namer) error {
	if d.There != nil {
		for _, f := range storage.CardFields(d.There) {
			ours := name(d.account, f)
			d.card.SetValues(ours, append(d.card.Values(ours), d.There.Values(f)...))
		}
	}
	for _, id := range d.ContactIDs {
		c, err := tx.Contact(id)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if !c.TrashedAt.IsZero() {
			continue
		}
		l, err := tx.ContactLink(id, d.AccountID)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		d.candidates = append(d.candidates, candidate{c, err == nil && l.LeftAt.IsZero()})
	}
	return nil
}

// candidate gives the one of an id; nil when it cannot be the answer.
func (d *detail) candidate(id string) *candidate {
	for i := range d.candidates {
		if c := &d.candidates[i]; c.ID == id && !c.linked {
			return c
		}
	}
	return nil
}

// beside sets the doubtful card and a contact side by side, what they share first.
func (d *detail) beside(c *storage.Card) []field {
	var same, rest []field
	for _, f := range storage.CardFields(&d.card, c) {
		if f == storage.FieldLabels {
			continue
		}
		row := field{theirs: f, name: f, here: c.Values(f), there: d.card.Values(f)}
		if row.same = share(f, row.here, row.there); row.same {
			same = append(same, row)
		} else {
			rest = append(rest, row)
		}
	}
	return append(same, rest...)
}
