// Package form is the card of a contact as people fill it in, without a window: which lines there are, in which order,
// and what becomes of what is typed there. It validates nothing: storage does.
package form

import (
	"slices"
	"strings"

	"diapason/storage"
)

// Line is one text of a card: a plain field, or one value of a typed one.
type Line struct {
	Field storage.Field
	Text  string
	// Address holds the value of a line of the family of addresses; Text is not used then.
	Address storage.CardAddress
}

// Form is a card in lines. Labels are one line, separated by commas.
type Form struct {
	Lines  []*Line
	Labels string

	card storage.Card // as it was opened: what has no line stays
}

// always are the lines that every card shows, in order.
var always = []storage.Field{
	storage.FieldGivenName, storage.FieldFamilyName,
	"phone.personalMobile", "phone.personal", "email.personal",
	storage.FieldOrganization, storage.FieldTitle, "phone.professionalMobile", "phone.professional", "email.professional",
	storage.FieldNote,
}

// order is where the lines of every known field stand.
var order = []storage.Field{
	storage.FieldPrefix, storage.FieldGivenName, storage.FieldMiddleName, storage.FieldFamilyName, storage.FieldSuffix, storage.FieldNickname,
	"phone.personalMobile", "phone.personal", "phone.personalFax", "email.personal", "address.personal", "link.personal", storage.FieldBirthday,
	storage.FieldOrganization, storage.FieldTitle, "phone.professionalMobile", "phone.professional", "phone.professionalFax",
	"email.professional", "address.professional", "link.professional",
	"phone.other", "email.other", "address.other", "link.other",
}

// Addable are the fields that a line can be added for, in order.
func Addable() []storage.Field { return slices.Clone(order) }

// Of makes the form of a card.
func Of(c *storage.Card) *Form {
	f := &Form{card: c.Clone(), Labels: strings.Join(c.Labels, ", ")}
	fields := slices.Clone(always)
	for _, field := range storage.CardFields(c) {
		if !slices.Contains(fields, field) && field != storage.FieldLabels {
			fields = append(fields, field)
		}
	}
	slices.SortStableFunc(fields, func(a, b storage.Field) int { return rank(a) - rank(b) })
	for _, field := range fields {
		texts := c.Values(field)
		if len(texts) == 0 {
			texts = []string{""}
		}
		for _, text := range texts {
			f.Lines = append(f.Lines, newLine(field, text))
		}
	}
	return f
}

func newLine(field storage.Field, text string) *Line {
	l := &Line{Field: field, Text: text}
	if l.IsAddress() {
		l.Text, l.Address = "", storage.ParseAddress(text)
	}
	return l
}

// rank orders the lines: the known fields, then those of types that people typed, then the note.
func rank(f storage.Field) int {
	switch i := slices.Index(order, f); {
	case f == storage.FieldNote:
		return len(order) + 1
	case i >= 0:
		return i
	}
	return len(order)
}

// IsAddress reports whether the line is an address.
func (l *Line) IsAddress() bool {
	family, _ := l.Field.Family()
	return family == storage.FieldAddress
}

// value gives what a line says, "" when it is empty.
func (l *Line) value() string {
	if !l.IsAddress() {
		if l.Field == storage.FieldNote {
			return strings.TrimRight(l.Text, "\n ")
		}
		return strings.TrimSpace(l.Text)
	}
	a := l.Address
	a.Type = ""
	if a == (storage.CardAddress{}) {
		return ""
	}
	return storage.AddressText(&a)
}

// Add puts one more line for a field after those of the same field, and gives its place. A plain field has one line
// only: that one's place then.
func (f *Form) Add(field storage.Field) int {
	last := -1
	for i, l := range f.Lines {
		if l.Field == field {
			last = i
		}
	}
	if last >= 0 && (!field.Typed() || f.Lines[last].value() == "") {
		return last
	}
	place := f.after(field)
	f.Lines = slices.Insert(f.Lines, place, newLine(field, ""))
	return place
}

// Follow takes over what the card says by now, except in the fields that were filled in otherwise here: those stay as they
// are typed. A line that stays is the same one.
func (f *Form) Follow(now *storage.Card) {
	before, mine := f.card, f.Card()
	f.card = now.Clone()
	if slices.Equal(mine.Labels, before.Labels) && !slices.Equal(mine.Labels, now.Labels) {
		f.Labels = strings.Join(now.Labels, ", ")
	}
	for _, field := range storage.CardFields(&before, now) {
		untouched := slices.Equal(mine.Values(field), before.Values(field))
		if field != storage.FieldLabels && untouched && !slices.Equal(before.Values(field), now.Values(field)) {
			f.put(field, now.Values(field))
		}
	}
}

// put gives the lines of a field other texts. A field that every card shows keeps a line.
func (f *Form) put(field storage.Field, texts []string) {
	if len(texts) == 0 && slices.Contains(always, field) {
		texts = []string{""}
	}
	n := 0
	f.Lines = slices.DeleteFunc(f.Lines, func(l *Line) bool {
		if l.Field != field {
			return false
		}
		if n++; n > len(texts) {
			return true
		}
		fresh := newLine(field, texts[n-1])
		l.Text, l.Address = fresh.Text, fresh.Address
		return false
	})
	for _, text := range texts[min(n, len(texts)):] {
		f.Lines = slices.Insert(f.Lines, f.after(field), newLine(field, text))
	}
}

// after gives the place behind the lines of a field.
func (f *Form) after(field storage.Field) int {
	place := 0
	for i, l := range f.Lines {
		if rank(l.Field) <= rank(field) {
			place = i + 1
		}
	}
	return place
}

// Card gives the card as it was filled in.
func (f *Form) Card() storage.Card {
	c := f.card.Clone()
	texts := map[storage.Field][]string{}
	for _, field := range storage.CardFields(&f.card) {
		texts[field] = nil
	}
	for _, l := range f.Lines {
		if v := l.value(); v != "" {
			texts[l.Field] = append(texts[l.Field], v)
		}
	}
	delete(texts, storage.FieldLabels)
	for _, field := range sortedFields(texts) {
		if !slices.Equal(c.Values(field), texts[field]) {
			c.SetValues(field, texts[field])
		}
	}
	c.Labels = nil
	for _, name := range strings.Split(f.Labels, ",") {
		if name = strings.Join(strings.Fields(name), " "); name != "" && !slices.Contains(c.Labels, name) {
			c.Labels = append(c.Labels, name)
		}
	}
	return c
}

// sortedFields gives the fields in the order of the lines, so that new values come in one order.
func sortedFields(texts map[storage.Field][]string) []storage.Field {
	fields := make([]storage.Field, 0, len(texts))
	for f := range texts {
		fields = append(fields, f)
	}
	slices.SortFunc(fields, func(a, b storage.Field) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(string(a), string(b))
	})
	return fields
}

// Changed reports whether something was filled in otherwise.
func (f *Form) Changed() bool {
	now := f.Card()
	fields := storage.CardFields(&f.card, &now)
	return slices.ContainsFunc(fields, func(field storage.Field) bool {
		return !slices.Equal(now.Values(field), f.card.Values(field))
	})
}
