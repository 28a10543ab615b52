package storage

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of a card, beside MaxText and MaxNotes. An outside book may hold more: such a card is not taken over.
const (
	MaxCardValues = 500 // of one family: e-mails, phones, addresses, links, labels
)

// Validate gives every problem of a card that would be a contact; nil when it may be kept. What a person typed as an
// e-mail, a phone number or a link is not judged: cards come from elsewhere, and one odd value must not keep a whole
// contact out. No problem quotes the card: contacts do not belong into a log.
func (c *Card) Validate() Problems {
	var ps Problems
	if c.empty() {
		ps.note("", NewProblem("contact.empty"))
	}
	for _, f := range plainCardFields {
		limit := MaxText
		if f == FieldNote {
			limit = MaxNotes
		}
		ps.note(f, checkLength(*c.text(f), limit))
	}
	if c.Birthday != "" && !readableBirthday(c.Birthday) {
		ps.note(FieldBirthday, NewProblem("contact.birthday.unreadable"))
	}
	for _, family := range []Field{FieldPhone, FieldEmail, FieldLink} {
		list := *c.list(family)
		ps.note(family, checkCount(len(list)))
		for _, v := range list {
			ps.note(TypedField(family, v.Type), checkValue(v.Value, v.Type))
		}
	}
	ps.note(FieldAddress, checkCount(len(c.Addresses)))
	for i := range c.Addresses {
		a := &c.Addresses[i]
		ps.note(TypedField(FieldAddress, a.Type), checkValue(strings.Join(a.parts(), ""), a.Type))
	}
	ps.note(FieldLabels, checkCount(len(c.Labels)))
	for _, l := range c.Labels {
		ps.note(FieldLabels, checkValue(l, ""))
	}
	if twice(c.Labels, SearchKey) {
		ps.note(FieldLabels, NewProblem("contact.label.twice"))
	}
	return ps
}

// empty reports whether nothing but labels is in it.
func (c *Card) empty() bool {
	fields := CardFields(c)
	return len(fields) == 0 || len(fields) == 1 && fields[0] == FieldLabels
}

func checkCount(n int) *Problem {
	if n > MaxCardValues {
		return NewProblem("contact.tooMany", "count", strconv.Itoa(n), "limit", strconv.Itoa(MaxCardValues))
	}
	return nil
}

// checkValue wants a value that says something, and bounds it and its type.
func checkValue(text, kind string) *Problem {
	if strings.TrimSpace(text) == "" {
		return NewProblem("contact.value.missing")
	}
	if p := checkLength(kind, MaxName); p != nil {
		return p
	}
	return checkLength(text, MaxText)
}

// readableBirthday wants "1980-02-29" or "--02-29".
func readableBirthday(s string) bool {
	if day, ok := strings.CutPrefix(s, "--"); ok {
		s = "2000-" + day // a leap year
	}
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// parts lists the texts of an address, without its type.
func (a *CardAddress) parts() []string {
	return []string{a.Street, a.Extended, a.POBox, a.PostalCode, a.City, a.Region, a.Country}
}

// Sound refuses what no person can have typed: a mistake of the caller.
func (c *Card) Sound() error {
	texts := slices.Clone(c.Labels)
	for _, f := range plainCardFields {
		texts = append(texts, *c.text(f))
	}
	for _, list := range [][]CardValue{c.Emails, c.Phones, c.Links} {
		for _, v := range list {
			texts = append(texts, v.Type, v.Value)
		}
	}
	for i := range c.Addresses {
		texts = append(append(texts, c.Addresses[i].Type), c.Addresses[i].parts()...)
	}
	if !slices.ContainsFunc(texts, func(s string) bool { return !utf8.ValidString(s) }) {
		return nil
	}
	return errors.New("a text of the card is not UTF-8")
}

// Tidy drops what says nothing: values, addresses and labels of spaces alone, and labels that come again. It is for cards
// that come from elsewhere; Validate refuses what it drops.
func (c *Card) Tidy() {
	blank := func(s string) bool { return strings.TrimSpace(s) == "" }
	for _, list := range []*[]CardValue{&c.Emails, &c.Phones, &c.Links} {
		*list = slices.DeleteFunc(*list, func(v CardValue) bool { return blank(v.Value) })
	}
	c.Addresses = slices.DeleteFunc(c.Addresses, func(a CardAddress) bool { return blank(strings.Join(a.parts(), "")) })
	seen := map[string]bool{}
	c.Labels = slices.DeleteFunc(c.Labels, func(l string) bool {
		key := SearchKey(l)
		again := blank(l) || seen[key]
		seen[key] = true
		return again
	})
}

// EmailKeys gives the EmailKey of each e-mail, once.
func (c *Card) EmailKeys() []string {
	var keys []string
	for _, v := range c.Emails {
		if k := EmailKey(v.Value); k != "" && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// MobileKeys gives the E.164 form of each number that one person carries along, once, whatever its type says; see
// MobileKey.
func (c *Card) MobileKeys(region string) []string {
	var keys []string
	for _, v := range c.Phones {
		if k, ok := MobileKey(v.Value, region); ok && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}
