package questions

import (
	"slices"

	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/merge"
)

// item is a question, and the account that it is about.
type item struct {
	*storage.ContactQuestion
	account *storage.Account
}

// answered tells whether a person has said all that the next pass needs.
func (it *item) answered() bool {
	return it.Kind == storage.QuestionConflict && len(contacts.OpenFields(it.ContactQuestion)) == 0 // any other ends with its answer
}

// desk is what lies before a person: what waits first, then what was answered and waits for the next pass.
type desk struct {
	items []item
	// current is the question in front, and place where it lies, for when it is gone.
	current string
	place   int
	// sides are the choices made and not applied yet, by question and field; picks the candidates chosen, by question. They
	// survive a new reading.
	sides map[string]map[storage.Field]merge.Side
	picks map[string]string
}

func newDesk() *desk {
	return &desk{sides: map[string]map[storage.Field]merge.Side{}, picks: map[string]string{}}
}

// kinds are the kinds of questions in the order of the desk: first what can be answered with what is seen.
var kinds = []storage.ContactQuestionKind{storage.QuestionConflict, storage.QuestionMatch, storage.QuestionRefused}

// order puts questions in the order of the desk: what waits before what was answered, alike ones together, the oldest first.
func order(items []item) {
	slices.SortStableFunc(items, func(a, b item) int {
		switch {
		case a.answered() == b.answered():
			return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind)
		case b.answered():
			return -1
		}
		return 1
	})
}

// pick gives the question that is in front among some: the wanted one, else the one that took its place.
func pick(items []item, wanted string, place int) int {
	if i := slices.IndexFunc(items, func(it item) bool { return it.ID == wanted }); i >= 0 {
		return i
	}
	return min(place, len(items)-1)
}

// take lays questions on the desk, that of an index in front, and forgets choices about those that are gone.
func (d *desk) take(items []item, front int) {
	d.items, d.current, d.place = items, "", 0
	if front >= 0 {
		d.current, d.place = items[front].ID, front
	}
	there := map[string]*item{}
	for i := range items {
		there[items[i].ID] = &items[i]
	}
	for id, sides := range d.sides {
		if there[id] == nil {
			delete(d.sides, id)
			continue
		}
		for f := range sides {
			if !slices.ContainsFunc(there[id].Conflicts, func(c storage.ContactConflict) bool { return c.Field == f }) {
				delete(sides, f)
			}
		}
	}
	for id := range d.picks {
		if there[id] == nil {
			delete(d.picks, id)
		}
	}
}

// front gives the question in front; nil when there is none.
func (d *desk) front() *item {
	if d.current == "" {
		return nil
	}
	return &d.items[d.place]
}

// waiting counts the questions that a person has not answered.
func (d *desk) waiting() int {
	n := 0
	for i := range d.items {
		if !d.items[i].answered() {
			n++
		}
	}
	return n
}

// conflicts counts the unanswered questions about fields, and gives the accounts that they are about.
func (d *desk) conflicts() (n int, accounts []*storage.Account) {
	for i := range d.items {
		it := &d.items[i]
		if it.Kind != storage.QuestionConflict || it.answered() {
			continue
		}
		n++
		if !slices.ContainsFunc(accounts, func(a *storage.Account) bool { return a.ID == it.account.ID }) {
			accounts = append(accounts, it.account)
		}
	}
	return n, accounts
}

// pending gives the accounts whose next pass has answers to bring about, and how many.
func (d *desk) pending() (n int, accounts []string) {
	for i := range d.items {
		it := &d.items[i]
		if !it.answered() {
			continue
		}
		n++
		if !slices.Contains(accounts, it.AccountID) {
			accounts = append(accounts, it.AccountID)
		}
	}
	return n, accounts
}

// beside gives the question before or after the one in front; "" at either end.
func (d *desk) beside(by int) string {
	if to := d.place + by; d.current != "" && to >= 0 && to < len(d.items) {
		return d.items[to].ID
	}
	return ""
}

// after gives the next unanswered question behind the one in front, round the desk; "" when there is no other.
func (d *desk) after() string {
	for n := 1; n < len(d.items); n++ {
		if it := &d.items[(d.place+n)%len(d.items)]; !it.answered() {
			return it.ID
		}
	}
	return ""
}

// side gives what is chosen about a field: now, or by an answer before.
func (d *desk) side(it *item, f storage.Field) merge.Side {
	if side := d.sides[it.ID][f]; side != merge.SideNone {
		return side
	}
	return merge.Side(it.Decided[f])
}

// choose notes what is chosen about a field.
func (d *desk) choose(it *item, f storage.Field, side merge.Side) {
	if d.sides[it.ID] == nil {
		d.sides[it.ID] = map[storage.Field]merge.Side{}
	}
	d.sides[it.ID][f] = side
}

// answer gives the sides of all fields; false while one is missing, or when it is the answer that was given before.
func (d *desk) answer(it *item) (sides map[storage.Field]merge.Side, ready bool) {
	sides = map[storage.Field]merge.Side{}
	for _, c := range it.Conflicts {
		side := d.side(it, c.Field)
		if side == merge.SideNone {
			return nil, false
		}
		sides[c.Field] = side
		ready = ready || string(side) != it.Decided[c.Field]
	}
	return sides, ready
}
