package fieldmap

import (
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/merge"
)

// Params is what receiving must know beside the table.
type Params struct {
	Map    Map
	Region string // of phone numbers without prefix, alpha-2
	// Word names a field of ours for people, in the workspace's language: « Téléphone professionnel ».
	Word func(storage.Field) string
	// Known reports whether exactly one company here bears a name, whatever its accents and capitals; nil: none is known.
	Known func(company string) bool
}

// In puts what changed in a book into a contact's card, by the table, and reports whether the card changed. there is the
// whole card of the book, to know its company.
func In(c *storage.Card, there *storage.Card, changes []merge.Delta, p Params) bool {
	sure := p.sure(there)
	changed := false
	for _, r := range changes {
		row, travels := p.Map.of(r.Field)
		if !travels || row.Receive == ReceiveIgnore {
			continue
		}
		if row.Receive == ReceiveNote && !sure {
			changed = p.note(c, row.Ours, r.Added) || changed
			continue
		}
		changed = p.field(c, row.Ours, r) || changed
	}
	return changed
}

// sure reports whether the company of a card is known here, so that nothing of it goes to the note.
func (p Params) sure(there *storage.Card) bool {
	return p.Map.KnownCompany && p.Known != nil && there.Organization != "" && p.Known(there.Organization)
}

// OneWay tells of the book's fields that never go into our field, for this card of it: the two sides cannot disagree
// about them.
func (p Params) OneWay(there *storage.Card) func(storage.Field) bool {
	sure := p.sure(there)
	return func(f storage.Field) bool {
		row, travels := p.Map.of(f)
		return !travels || row.Receive == ReceiveIgnore || row.Receive == ReceiveNote && !sure
	}
}

// field takes values out of a field and puts others in; one that stands there already, in another writing, stays.
func (p Params) field(c *storage.Card, f storage.Field, r merge.Delta) bool {
	before := c.Values(f)
	has := func(list []string, text string) bool {
		key := f.ValueKey(text, p.Region)
		return slices.ContainsFunc(list, func(s string) bool { return f.ValueKey(s, p.Region) == key })
	}
	after := slices.DeleteFunc(slices.Clone(before), func(s string) bool { return has(r.Removed, s) })
	if !f.Typed() && f != storage.FieldLabels && len(r.Added) > 0 {
		after = nil // one text only: the new one takes its place
	}
	for _, s := range r.Added {
		if !has(after, s) {
			after = append(after, s)
		}
	}
	if slices.Equal(before, after) {
		return false
	}
	c.SetValues(f, after)
	return true
}

// note adds a line for each value that neither the field nor the note says yet.
func (p Params) note(c *storage.Card, f storage.Field, texts []string) bool {
	changed := false
	for _, s := range texts {
		s = shown(f, s)
		key := f.ValueKey(s, p.Region)
		said := slices.ContainsFunc(c.Values(f), func(own string) bool { return f.ValueKey(shown(f, own), p.Region) == key }) ||
			slices.ContainsFunc(strings.Split(c.Note, "\n"), func(line string) bool { return p.says(line, f, key) })
		if said {
			continue
		}
		if c.Note != "" && !strings.HasSuffix(c.Note, "\n") {
			c.Note += "\n"
		}
		c.Note += p.Word(f) + separator + s
		changed = true
	}
	return changed
}

// separator stands between the name of a field and its value on a line of the note: a no-break space and a colon.
const separator = "\u00a0: "

// says reports whether a line of a note says a value of a field, under any name of the field: it may have been written
// in another language.
func (p Params) says(line string, f storage.Field, key string) bool {
	_, value, labelled := strings.Cut(line, ": ")
	return labelled && f.ValueKey(value, p.Region) == key
}

// shown writes an address on one line for people; other texts are theirs already.
func shown(f storage.Field, s string) string {
	if family, _ := f.Family(); family != storage.FieldAddress {
		return s
	}
	a := storage.ParseAddress(s)
	var parts []string
	for _, part := range []string{a.Extended, a.Street, a.POBox, strings.TrimSpace(a.PostalCode + " " + a.City), a.Region, a.Country} {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}
