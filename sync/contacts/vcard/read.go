package vcard

import (
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/contentline"
)

// card gives what of a card we own.
func (d *document) card() storage.Card {
	c := storage.Card{
		Nickname: d.text("NICKNAME"), Title: d.text("TITLE"), Birthday: birthday(d.first("BDAY")), Note: d.note(),
		Organization: d.organization(), Labels: d.labels(),
	}
	if n := d.first("N"); n != nil {
		for i, part := range d.parts(n, len(nameParts(&c))) {
			*nameParts(&c)[i] = part
		}
	}
	for i := range d.lines {
		l := &d.lines[i]
		if v, ok := d.value(l); ok {
			list := valuesOf(&c, l.name)
			*list = append(*list, v)
		} else if a, ok := d.address(l); ok {
			c.Addresses = append(c.Addresses, a)
		}
	}
	d.nameFromFN(&c)
	return c
}

// nameParts are the places of the parts of N, in their order.
func nameParts(c *storage.Card) []*string {
	return []*string{&c.FamilyName, &c.GivenName, &c.MiddleName, &c.Prefix, &c.Suffix}
}

func hasName(c *storage.Card) bool {
	for _, part := range nameParts(c) {
		if *part != "" {
			return true
		}
	}
	return false
}

// addressParts are the places of the parts of ADR, in their order.
func addressParts(a *storage.CardAddress) []*string {
	return []*string{&a.POBox, &a.Extended, &a.Street, &a.City, &a.Region, &a.PostalCode, &a.Country}
}

// parts reads a structure of n parts. A part that is a list is read as people write one: many applications do not escape
// their commas.
func (d *document) parts(l *line, n int) []string {
	out := make([]string, n)
	for i, part := range contentline.Split(l.value, ';') {
		if i == n {
			break
		}
		if d.version == "2.1" {
			out[i] = read(part)
			continue
		}
		var texts []string
		for _, text := range contentline.Split(part, ',') {
			if text = read(text); text != "" {
				texts = append(texts, text)
			}
		}
		out[i] = strings.Join(texts, ", ")
	}
	return out
}

// nameFromFN takes the name from the text that is shown, for cards that have no other and are of a person.
func (d *document) nameFromFN(c *storage.Card) {
	shown := strings.Fields(d.text("FN"))
	text := strings.Join(shown, " ")
	if hasName(c) || text == "" || strings.EqualFold(d.text("KIND"), "org") || strings.EqualFold(d.text("X-ABSHOWAS"), "company") {
		return
	}
	others := []string{c.Nickname, c.Organization}
	for _, list := range [][]storage.CardValue{c.Emails, c.Phones} {
		for _, v := range list {
			others = append(others, v.Value)
		}
	}
	for _, other := range others {
		if strings.Join(strings.Fields(other), " ") == text {
			return
		}
	}
	last := len(shown) - 1
	c.GivenName, c.FamilyName = strings.Join(shown[:last], " "), shown[last]
}

func (d *document) organization() string {
	if l := d.first("ORG"); l != nil {
		return read(contentline.Split(l.value, ';')[0])
	}
	return ""
}

func (d *document) note() string {
	var notes []string
	for i := range d.lines {
		if d.lines[i].name == "NOTE" {
			if s := read(d.lines[i].value); s != "" {
				notes = append(notes, s)
			}
		}
	}
	return strings.Join(notes, "\n")
}

func (d *document) labels() (all []string) {
	seen := map[string]bool{}
	for i := range d.lines {
		if d.lines[i].name != "CATEGORIES" {
			continue
		}
		for _, s := range contentline.Split(d.lines[i].value, ',') {
			if s = read(s); s != "" && !seen[storage.SearchKey(s)] {
				seen[storage.SearchKey(s)] = true
				all = append(all, s)
			}
		}
	}
	return all
}

// valuesOf gives the list of a property's values, nil for one that has none.
func valuesOf(c *storage.Card, name string) *[]storage.CardValue {
	switch name {
	case "EMAIL":
		return &c.Emails
	case "TEL":
		return &c.Phones
	case "URL":
		return &c.Links
	}
	return nil
}

// value reads an e-mail, a phone or a link.
func (d *document) value(l *line) (v storage.CardValue, ok bool) {
	scheme := ""
	switch l.name {
	case "EMAIL":
		scheme = "mailto:"
	case "TEL":
		scheme = "tel:"
	case "URL":
	default:
		return v, false
	}
	v.Value = read(l.value)
	if n := len(scheme); n > 0 && len(v.Value) >= n && strings.EqualFold(v.Value[:n], scheme) {
		v.Value = contentline.Clean(v.Value[n:])
	}
	if v.Value == "" || l.name == "URL" && !isWeb(v.Value) {
		return v, false
	}
	v.Type = d.kind(l)
	return v, true
}

func isWeb(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

func (d *document) address(l *line) (a storage.CardAddress, ok bool) {
	if l.name != "ADR" {
		return a, false
	}
	for i, part := range d.parts(l, 7) {
		*addressParts(&a)[i] = part
		ok = ok || part != ""
	}
	a.Type = d.kind(l)
	return a, ok
}

// noYear is the year that Apple writes when there is none.
const noYear = "1604"

// birthday reads a day, with or without its year; "" for a text, and for a month or a year alone.
func birthday(l *line) string {
	if l == nil {
		return ""
	}
	s, _, _ := strings.Cut(strings.ToUpper(read(l.value)), "T")
	s = strings.TrimSpace(s)
	if short, ok := strings.CutPrefix(s, "--"); ok {
		short = strings.ReplaceAll(short, "-", "")
		if _, err := time.Parse("20060102", noYear+short); err != nil || len(short) != 4 {
			return ""
		}
		return "--" + short[:2] + "-" + short[2:]
	}
	s = strings.ReplaceAll(s, "-", "")
	day, err := time.Parse("20060102", s)
	if err != nil {
		return ""
	}
	if year := s[:4]; year == noYear || year == "0000" || year == l.param("X-APPLE-OMIT-YEAR") {
		return day.Format("--01-02")
	}
	return day.Format(time.DateOnly)
}

func (d *document) isGroup() bool {
	return strings.EqualFold(d.text("KIND"), "group") || strings.EqualFold(d.text("X-ADDRESSBOOKSERVER-KIND"), "group")
}

// keyName is the property that bears our key and, behind a space, the UID of the card that it was given to: a copy that
// somebody made of that card has another UID, and is not the one. One text, because services escape what they take for
// one.
const keyName = "X-DIAPASON-ID"

func (d *document) key() string {
	if key, uid, ok := strings.Cut(d.text(keyName), " "); ok && uid == d.text("UID") {
		return key
	}
	return ""
}
