package doubles

import (
	"slices"
	"strings"

	"diapason/storage"
)

// region is the country of phone numbers without prefix.
const region = "FR"

// value is a text that the merged contact may keep.
type value struct {
	text string
	here [2]bool // which of the two says it
	on   bool
}

// choice is a field in which the two say something: one of two texts, or any of several values.
type choice struct {
	field  storage.Field
	texts  [2]string // of a field of one text
	chosen int
	values []value // of a field of several
}

// draft is two contacts about to become one. The first one stays: it takes the other one's place everywhere.
type draft struct {
	pair    [2]*storage.Contact
	choices []choice
}

// newDraft proposes to keep everything that the two say: of a field of one text what the first one says, or the other one
// where the first one says nothing.
func newDraft(a, b *storage.Contact) *draft {
	d := &draft{pair: [2]*storage.Contact{a, b}}
	taken := map[string]bool{} // values of a family that a field before has: « personal » and « other » may say the same
	for _, f := range fields(&a.Card, &b.Card) {
		here, there := a.Values(f), b.Values(f)
		if f.Typed() || f == storage.FieldLabels || f == storage.FieldNote {
			d.choices = append(d.choices, choice{field: f, values: union(f, here, there, taken)})
			continue
		}
		if len(here) == 1 && len(there) == 1 && here[0] != there[0] {
			d.choices = append(d.choices, choice{field: f, texts: [2]string{here[0], there[0]}})
		}
	}
	return d
}

// fields lists those of cards as people read them: the note, which may be long, last.
func fields(cards ...*storage.Card) []storage.Field {
	all := storage.CardFields(cards...)
	if i := slices.Index(all, storage.FieldNote); i >= 0 {
		all = append(slices.Delete(all, i, i+1), storage.FieldNote)
	}
	return all
}

// union gives the values of both sides, each once.
func union(f storage.Field, here, there []string, taken map[string]bool) []value {
	var all []value
	family, _ := f.Family()
	for side, texts := range [2][]string{here, there} {
		for _, text := range texts {
			key := f.ValueKey(text, region)
			same := func(v value) bool { return f.ValueKey(v.text, region) == key }
			if i := slices.IndexFunc(all, same); i >= 0 {
				all[i].here[side] = true
				continue
			}
			v := value{text: text, on: !taken[string(family)+"\x00"+key]}
			v.here[side] = true
			taken[string(family)+"\x00"+key] = true
			all = append(all, v)
		}
	}
	return all
}

// choose takes one side's text of a field, in place of the other's.
func (d *draft) choose(i, side int) { d.choices[i].chosen = side }

// tick takes a value, or leaves it.
func (d *draft) tick(i, n int, on bool) { d.choices[i].values[n].on = on }

// card is what the merged contact says.
func (d *draft) card() storage.Card {
	c := d.pair[0].Card.Clone()
	for _, f := range storage.CardFields(&d.pair[1].Card) {
		if len(c.Values(f)) == 0 {
			c.SetValues(f, d.pair[1].Values(f))
		}
	}
	for _, ch := range d.choices {
		switch texts := ch.taken(); {
		case ch.values == nil:
			c.SetValues(ch.field, []string{ch.texts[ch.chosen]})
		case ch.field == storage.FieldNote && len(texts) > 0:
			c.SetValues(ch.field, []string{strings.Join(texts, "\n")})
		default:
			c.SetValues(ch.field, texts)
		}
	}
	return c
}

// taken gives the values that are ticked.
func (ch *choice) taken() []string {
	var texts []string
	for _, v := range ch.values {
		if v.on {
			texts = append(texts, v.text)
		}
	}
	return texts
}

// holds reports whether it is about two contacts as they are now.
func (d *draft) holds(a, b *storage.Contact) bool {
	return d.pair[0].ID == a.ID && d.pair[1].ID == b.ID && d.pair[0].Revision == a.Revision && d.pair[1].Revision == b.Revision
}
