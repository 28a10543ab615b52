package google

import (
	"context"
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
)

// listMax is how many phones or e-mails of a card lists show at most: a card that has as many may have more, which an
// update would erase.
const listMax = 100

// change is what one card becomes.
type change struct {
	at     int // its place in the call
	wanted storage.Card
	key    string
	mask   []string
	body   map[string]any
	name   string
	etag   string
	left   *storage.Problem
	told   bool // its receipt says what came of it
}

// changeOf computes what an update sends; an empty mask is nothing.
func (b *Book) changeOf(ctx context.Context, u book.Update) (*change, error) {
	var p person
	if err := p.read(u.Entry.Raw); err != nil { // the error may quote the card
		return nil, wrong(directory.Refused, errCard, "google.card")
	}
	c := &change{wanted: u.Card, key: u.Key, name: p.ResourceName, etag: p.ETag, body: map[string]any{"etag": p.ETag}}
	if from, has := p.contact(); has {
		c.body["metadata"] = map[string]any{"sources": []source{{Type: from.Type, ID: from.ID, ETag: from.ETag}}}
	}
	for _, field := range ownFields {
		values, changed, left := p.change(field, &u.Entry.Card, &u.Card)
		if left != nil {
			c.left = left
		} else if changed {
			c.mask, c.body[field] = append(c.mask, field), values
		}
	}
	if u.Key != "" && u.Key != p.key() {
		c.mask, c.body["clientData"] = append(c.mask, "clientData"), p.keyed(u.Key)
	}
	if in, out := labelsBetween(u.Entry.Card.Labels, u.Card.Labels); len(in)+len(out) > 0 {
		groups, err := b.regrouped(ctx, p.groups(), in, out)
		if err != nil {
			return nil, err
		}
		c.mask, c.body["memberships"] = append(c.mask, "memberships"), memberships(groups)
	}
	slices.Sort(c.mask)
	return c, nil
}

// change gives all values of a field as an update bears them, when it changes. Left says why it is left alone although
// it should.
func (p *person) change(field string, from, to *storage.Card) (values []value, changed bool, left *storage.Problem) {
	if !differs(field, from, to) {
		return nil, false, nil
	}
	switch field {
	case "organizations":
		for _, v := range p.values[field] { // Google fails to write them, and erases them when they are not written
			if v["startDate"] != nil || v["endDate"] != nil {
				return nil, false, storage.NewProblem("google.organizationDates")
			}
		}
	case "emailAddresses", "phoneNumbers":
		if len(p.values[field]) >= listMax {
			return nil, false, storage.NewProblem("google.manyValues")
		}
	}
	switch field {
	case "addresses":
		return p.addresses(to), true, nil
	case "emailAddresses", "phoneNumbers", "urls":
		i := slices.IndexFunc(lists, func(l list) bool { return l.field == field })
		return lists[i].write(p.values[field], *lists[i].of(to)), true, nil
	}
	return p.singled(field, to), true, nil
}

// plain are the members of the fields of which a card shows one value.
var plain = map[string][]struct {
	member string
	of     func(*storage.Card) string
}{
	"names": {
		{"familyName", func(c *storage.Card) string { return c.FamilyName }},
		{"givenName", func(c *storage.Card) string { return c.GivenName }},
		{"middleName", func(c *storage.Card) string { return c.MiddleName }},
		{"honorificPrefix", func(c *storage.Card) string { return c.Prefix }},
		{"honorificSuffix", func(c *storage.Card) string { return c.Suffix }},
	},
	"nicknames": {{"value", func(c *storage.Card) string { return c.Nickname }}},
	"organizations": {
		{"name", func(c *storage.Card) string { return c.Organization }},
		{"title", func(c *storage.Card) string { return c.Title }},
	},
	"biographies": {{"value", func(c *storage.Card) string { return c.Note }}},
	"birthdays":   {{"date", func(c *storage.Card) string { return c.Birthday }}},
}

// differs reports whether a field has other values in another card, in whatever order.
func differs(field string, from, to *storage.Card) bool {
	for _, m := range plain[field] {
		if m.of(from) != m.of(to) {
			return true
		}
	}
	for _, l := range lists {
		if l.field == field {
			return !sameValues(*l.of(from), *l.of(to))
		}
	}
	return field == "addresses" && !sameValues(from.Addresses, to.Addresses)
}

// sameValues compares values in whatever order.
func sameValues[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	left := map[T]int{}
	for _, v := range a {
		left[v]++
	}
	for _, v := range b {
		if left[v]--; left[v] < 0 {
			return false
		}
	}
	return true
}

// singled writes the value that a card shows of a field, and carries the others through. A value without any of its
// members that we own goes, unless something else is in it.
func (p *person) singled(field string, to *storage.Card) []value {
	all := make([]value, 0, len(p.values[field])+1)
	for _, v := range p.values[field] {
		all = append(all, v.sendable(field))
	}
	if len(all) == 0 {
		all = append(all, value{})
	}
	shown := all[0]
	said := false
	for _, m := range plain[field] {
		text := m.of(to)
		said = said || text != ""
		if field != "birthdays" {
			shown.set(m.member, text)
			continue
		}
		clear(shown) // a text that a person typed would contradict the date
		if d, is := date(text); is {
			shown["date"] = d
		}
	}
	if !said && (field == "biographies" || field == "nicknames" || bare(shown)) {
		return all[1:]
	}
	return all
}

// bare reports whether nothing is in a value but what says of which sort it is.
func bare(v value) bool {
	for member := range v {
		if member != "type" && member != "contentType" && member != "current" {
			return false
		}
	}
	return true
}

// write gives all values of a list: those wanted, each with what else Google knows of it, and those that a card cannot
// hold.
func (l list) write(there []value, wanted []storage.CardValue) []value {
	free := slices.Clone(there)
	out := make([]value, len(wanted))
	take := func(fits func(had, want storage.CardValue) bool) {
		for i, want := range wanted {
			if out[i] != nil {
				continue
			}
			for k, v := range free {
				if had, owned := l.read(v); owned && fits(had, want) {
					out[i] = v.sendable(l.field)
					free = slices.Delete(free, k, k+1)
					break
				}
			}
		}
	}
	take(func(had, want storage.CardValue) bool { return had == want })
	take(func(had, want storage.CardValue) bool { return had.Value == want.Value })
	for i, want := range wanted {
		if out[i] == nil {
			out[i] = value{}
		}
		out[i].set("value", want.Value)
		out[i].set("type", want.Type)
	}
	for _, v := range free {
		if _, owned := l.read(v); !owned {
			out = append(out, v.sendable(l.field))
		}
	}
	return out
}

// addresses gives all addresses: one that stays as it is goes as it came, with the text that Google shows of it.
func (p *person) addresses(to *storage.Card) []value {
	free := slices.Clone(p.values["addresses"])
	out := []value{}
	for _, want := range to.Addresses {
		i := slices.IndexFunc(free, func(v value) bool {
			had, owned := address(v)
			return owned && had == want
		})
		if i >= 0 {
			out = append(out, free[i].sendable("addresses"))
			free = slices.Delete(free, i, i+1)
			continue
		}
		v := value{}
		for member, text := range map[string]string{
			"type": want.Type, "streetAddress": want.Street, "extendedAddress": want.Extended, "poBox": want.POBox,
			"postalCode": want.PostalCode, "city": want.City, "region": want.Region, "country": want.Country,
		} {
			v.set(member, text)
		}
		out = append(out, v)
	}
	for _, v := range free {
		if _, owned := address(v); !owned {
			out = append(out, v.sendable("addresses"))
		}
	}
	return out
}

// keyed gives clientData with our key, and what other programs keep there.
func (p *person) keyed(key string) []value {
	out := []value{}
	for _, d := range p.values["clientData"] {
		if d.text("key") != keyName {
			out = append(out, d.sendable("clientData"))
		}
	}
	return append(out, value{"key": keyName, "value": key})
}

// labelsBetween gives the labels that one card has and another has not.
func labelsBetween(from, to []string) (in, out []string) {
	without := func(list, known []string) (rest []string) {
		for _, name := range list {
			if !slices.ContainsFunc(known, func(k string) bool { return storage.SearchKey(k) == storage.SearchKey(name) }) {
				rest = append(rest, name)
			}
		}
		return rest
	}
	return without(to, from), without(from, to)
}

// regrouped gives the groups of a card after labels were put on and taken off; labels that are not there yet are made.
func (b *Book) regrouped(ctx context.Context, groups, in, out []string) ([]string, error) {
	if err := b.recentLabels(ctx); err != nil {
		return nil, err
	}
	for _, name := range out {
		resource := b.labelNamed(name)
		groups = slices.DeleteFunc(groups, func(g string) bool { return g == resource })
	}
	for _, name := range in {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		resource := b.labelNamed(name)
		if resource == "" {
			var err error
			if resource, err = b.makeLabel(ctx, name, nil); err != nil {
				return nil, err
			}
		}
		if !slices.Contains(groups, resource) {
			groups = append(groups, resource)
		}
	}
	if len(groups) == 0 { // a contact is always in one
		groups = append(groups, allContactsGroup)
	}
	return groups, nil
}

func memberships(groups []string) []value {
	list := make([]value, len(groups))
	for i, g := range groups {
		list[i] = value{"contactGroupMembership": map[string]any{"contactGroupResourceName": g}}
	}
	return list
}
