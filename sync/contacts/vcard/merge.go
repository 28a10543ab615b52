package vcard

import (
	"slices"
	"strconv"
	"strings"

	"diapason/storage"
	"diapason/sync/contentline"
)

// merge writes what differs between two states of a card.
func (d *document) merge(before, after *storage.Card) {
	d.mergeName(before, after)
	d.mergeN(before, after)
	if before.Organization != after.Organization {
		d.mergePart("ORG", 1, map[int]string{0: after.Organization})
	}
	for _, t := range []struct{ name, before, after string }{
		{"NICKNAME", before.Nickname, after.Nickname}, {"TITLE", before.Title, after.Title}, {"NOTE", before.Note, after.Note},
	} {
		if t.before != t.after {
			d.mergeText(t.name, t.after)
		}
	}
	if before.Birthday != after.Birthday {
		d.mergeBirthday(after.Birthday)
	}
	for _, name := range []string{"TEL", "EMAIL", "URL"} {
		if b, a := *valuesOf(before, name), *valuesOf(after, name); !slices.Equal(b, a) {
			mergeValues(d, name, a, d.value, func(v storage.CardValue) (string, string) {
				if name == "URL" {
					return v.Type, string(contentline.AppendURI(nil, v.Value))
				}
				return v.Type, string(contentline.AppendText(nil, v.Value))
			}, nil)
		}
	}
	if !slices.Equal(before.Addresses, after.Addresses) {
		mergeValues(d, "ADR", after.Addresses, d.address, func(a storage.CardAddress) (string, string) {
			return a.Type, addressText(&a)
		}, d.changedAddress)
	}
	if !slices.Equal(before.Labels, after.Labels) {
		d.mergeLabels(after.Labels)
	}
}

// changes gives what differs between texts, by place.
func changes(before, after []*string) map[int]string {
	all := map[int]string{}
	for i := range before {
		if *before[i] != *after[i] {
			all[i] = *after[i]
		}
	}
	return all
}

// shown are the ways in which applications put together the text that is shown (FN).
var shown = []func(c *storage.Card) string{
	(*storage.Card).FullName,
	func(c *storage.Card) string {
		return joined(" ", c.Prefix, c.GivenName, c.MiddleName, c.FamilyName, c.Suffix)
	},
	func(c *storage.Card) string { return joined(" ", c.GivenName, c.MiddleName, c.FamilyName) },
	func(c *storage.Card) string { return joined(" ", c.FamilyName, c.GivenName) },
	func(c *storage.Card) string { return joined(", ", c.FamilyName, c.GivenName) },
}

func joined(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), separator)
}

// mergeName writes FN when what it is made of changes. One that a person chose is left, but where it would be taken for
// the name of a card that has none any more.
func (d *document) mergeName(before, after *storage.Card) {
	renamed := len(changes(nameParts(before), nameParts(after))) > 0
	others := before.Nickname != after.Nickname || before.Organization != after.Organization ||
		!slices.Equal(before.Emails, after.Emails) || !slices.Equal(before.Phones, after.Phones)
	if !renamed && (hasName(after) || !others) {
		return
	}
	old := d.text("FN")
	write := (*storage.Card).FullName
	if hasName(before) && hasName(after) && old != "" {
		i := slices.IndexFunc(shown, func(way func(*storage.Card) string) bool { return way(before) == old })
		if i < 0 {
			return
		}
		write = shown[i]
	}
	d.set("FN", string(contentline.AppendText(nil, write(after))))
}

// mergeN writes the parts of the name that change; all of them where the card has had no more than FN.
func (d *document) mergeN(before, after *storage.Card) {
	texts := changes(nameParts(before), nameParts(after))
	if l := d.first("N"); len(texts) > 0 && (l == nil || strings.Join(d.parts(l, len(nameParts(after))), "") == "") {
		texts = changes(nameParts(&storage.Card{}), nameParts(after))
	}
	d.mergePart("N", len(nameParts(after)), texts)
}

// mergePart writes parts of a structure, and leaves its other parts.
func (d *document) mergePart(name string, n int, texts map[int]string) {
	if len(texts) == 0 {
		return
	}
	parts := make([]string, 0, n)
	if l := d.first(name); l != nil {
		parts = contentline.Split(l.value, ';')
	}
	for len(parts) < n {
		parts = append(parts, "")
	}
	for i, text := range texts {
		parts[i] = string(contentline.AppendText(nil, text))
	}
	if name != "N" && strings.Join(parts, "") == "" {
		first := d.first(name)
		d.remove(func(l *line) bool { return l == first })
		return
	}
	d.set(name, strings.Join(parts, ";"))
}

// mergeText writes a text of one line; the first takes the place of all.
func (d *document) mergeText(name, text string) {
	first := d.first(name)
	d.remove(func(l *line) bool { return l.name == name && (l != first || text == "") })
	if text != "" {
		d.set(name, string(contentline.AppendText(nil, text)))
	}
}

func (d *document) mergeBirthday(day string) {
	if day == "" {
		d.remove(func(l *line) bool { return l.name == "BDAY" })
		return
	}
	l := line{written: "BDAY", name: "BDAY"}
	old := d.first("BDAY")
	if old != nil {
		l = *old
	}
	l.params = without(l.params, "VALUE", "X-APPLE-OMIT-YEAR", "CALSCALE", "LANGUAGE")
	short, yearless := strings.CutPrefix(day, "--")
	switch {
	case d.version == "4.0":
		day = strings.ReplaceAll(day, "-", "")
		if yearless {
			day = "--" + strings.ReplaceAll(short, "-", "")
		}
	case yearless: // 3.0 has no such day: the way of Apple, which others understand
		l.params = append(l.params, readParam("X-APPLE-OMIT-YEAR="+noYear))
		day = noYear + "-" + short
	}
	if old != nil {
		*old = d.written(l, day)
	} else {
		d.add(d.written(l, day))
	}
}

// typed is a value with its type.
type typed interface {
	storage.CardValue | storage.CardAddress
}

// mergeValues makes the lines of a property say the wanted values. A line stays whose value is wanted; one whose value is
// wanted under another type, then one whose type is wanted with another value, is changed; the others go.
func mergeValues[T typed](
	d *document, name string, wanted []T, value func(*line) (T, bool), split func(T) (kind, text string),
	change func(l *line, to T) string,
) {
	wanted = slices.Clone(wanted)
	done := map[*byte]bool{} // lines, by the first octet of what they were
	pair := func(fit func(a, b T) bool, do func(l *line, to T)) {
		for i := range d.lines {
			l := &d.lines[i]
			v, ok := value(l)
			if !ok || l.name != name || done[l.id()] {
				continue
			}
			if at := slices.IndexFunc(wanted, func(w T) bool { return fit(v, w) }); at >= 0 {
				do(l, wanted[at])
				wanted, done[l.id()] = slices.Delete(wanted, at, at+1), true
			}
		}
	}
	kindOf := func(v T) string { kind, _ := split(v); return kind }
	textOf := func(v T) string { _, text := split(v); return text }
	type retyped struct {
		line *byte
		kind string
	}
	var later []retyped
	pair(func(a, b T) bool { return a == b }, func(*line, T) {})
	pair(func(a, b T) bool { return textOf(a) == textOf(b) }, func(l *line, to T) {
		later = append(later, retyped{l.id(), kindOf(to)})
	})
	pair(func(a, b T) bool { return kindOf(a) == kindOf(b) }, func(l *line, to T) {
		text := textOf(to)
		if change != nil {
			text = change(l, to)
		}
		l.params = without(l.params, "VALUE", "LABEL")
		*l = d.written(*l, text)
	})
	d.remove(func(l *line) bool {
		_, ours := value(l)
		return ours && l.name == name && !done[l.id()]
	})
	for _, r := range later {
		d.giveKind(slices.IndexFunc(d.lines, func(l line) bool { return l.id() == r.line }), r.kind)
	}
	for _, w := range wanted {
		kind, text := split(w)
		l := line{written: name, name: name}
		l.params = d.retype(&l, kind)
		d.addTyped(l, kind, text)
	}
}

// giveKind changes the type of the value of a line.
func (d *document) giveKind(i int, kind string) {
	l := d.lines[i]
	l.params = d.retype(&l, kind)
	label := d.label(&l)
	shared := 0
	for j := range d.lines {
		if l.group != "" && strings.EqualFold(d.lines[j].group, l.group) && !isRemark(&d.lines[j]) {
			shared++
		}
	}
	switch {
	case label != nil && shared > 1, label == nil && !isWords(kind) && l.group == "":
		l.group = d.freeGroup()
		if isWords(kind) {
			l.group = ""
		}
	case label != nil && isWords(kind):
		at := label.id()
		d.lines[i] = d.written(l, l.value)
		d.remove(func(l *line) bool { return l.id() == at })
		return
	case label != nil:
		*label = d.labelLine(l.group, kind)
		d.lines[i] = d.written(l, l.value)
		return
	}
	d.lines[i] = d.written(l, l.value)
	if !isWords(kind) {
		d.lines = slices.Insert(d.lines, i+1, d.labelLine(l.group, kind))
	}
}

func (d *document) addTyped(l line, kind, text string) {
	if isWords(kind) {
		d.add(d.written(l, text))
		return
	}
	l.group = d.freeGroup()
	d.add(d.written(l, text), d.labelLine(l.group, kind))
}

// freeGroup names a group that the card does not have.
func (d *document) freeGroup() string {
	for n := 1; ; n++ {
		name := "item" + strconv.Itoa(n)
		if !slices.ContainsFunc(d.lines, func(l line) bool { return strings.EqualFold(l.group, name) }) {
			return name
		}
	}
}

// changedAddress gives an address's text in which the parts that stay are as they were written.
func (d *document) changedAddress(l *line, to storage.CardAddress) string {
	parts := contentline.Split(l.value, ';')
	for len(parts) < len(addressParts(&to)) {
		parts = append(parts, "")
	}
	from := d.parts(l, len(addressParts(&to)))
	for i, text := range addressParts(&to) {
		if from[i] != *text {
			parts[i] = string(contentline.AppendText(nil, *text))
		}
	}
	return strings.Join(parts, ";")
}

func addressText(a *storage.CardAddress) string {
	var parts []string
	for _, part := range addressParts(a) {
		parts = append(parts, string(contentline.AppendText(nil, *part)))
	}
	return strings.Join(parts, ";")
}

// mergeLabels takes the labels away that are not wanted any more and adds the new ones to the first line of them.
func (d *document) mergeLabels(wanted []string) {
	there := map[string]bool{}
	var empty []*byte
	for i := range d.lines {
		l := &d.lines[i]
		if l.name != "CATEGORIES" {
			continue
		}
		all := contentline.Split(l.value, ',')
		kept := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !slices.Contains(wanted, read(s)) })
		for _, s := range kept {
			there[read(s)] = true
		}
		if len(kept) == 0 {
			empty = append(empty, l.id())
		} else if len(kept) < len(all) {
			*l = d.written(*l, strings.Join(kept, ","))
		}
	}
	d.remove(func(l *line) bool { return slices.Contains(empty, l.id()) })
	var fresh []string
	for _, s := range wanted {
		if !there[s] {
			fresh = append(fresh, string(contentline.AppendText(nil, s)))
		}
	}
	if len(fresh) == 0 {
		return
	}
	if l := d.first("CATEGORIES"); l != nil {
		fresh = slices.Insert(fresh, 0, l.value)
	}
	d.set("CATEGORIES", strings.Join(fresh, ","))
}
