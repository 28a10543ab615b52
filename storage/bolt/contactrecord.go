package bolt

import (
	"diapason/storage"
)

// readContact reads the JSON of a contact exactly as encode writes it, as readReservation does: a pass over an address
// book reads thousands.
func readContact(b []byte, c *storage.Contact) bool {
	s := &scanner{rest: b, ok: true}
	s.open('{')
	s.text("id", &c.ID)
	s.number("revision", &c.Revision)
	s.card(&c.Card)
	s.time("createdAt", &c.CreatedAt)
	if s.name("changed") {
		c.Changed = map[storage.Field]storage.CardChange{}
		s.members(func(field string) {
			var change storage.CardChange
			s.open('{')
			s.time("at", &change.At)
			s.text("by", (*string)(&change.By))
			s.text("account", &change.AccountID)
			s.close('}')
			c.Changed[storage.Field(field)] = change
		})
	}
	s.time("trashedAt", &c.TrashedAt)
	s.text("mergedInto", &c.MergedInto)
	s.close('}')
	return s.ok && len(s.rest) == 0
}

// readContactLink is readContact for a link. One on which two sides took turns is left to encoding/json.
func readContactLink(b []byte, l *storage.ContactLink) bool {
	s := &scanner{rest: b, ok: true}
	s.open('{')
	s.text("contact", &l.ContactID)
	s.text("account", &l.AccountID)
	s.text("remote", &l.RemoteID)
	s.text("etag", &l.ETag)
	s.time("remoteAt", &l.RemoteAt)
	s.namedCard("ours", &l.Ours)
	s.namedCard("theirs", &l.Theirs)
	s.time("syncedAt", &l.SyncedAt)
	s.time("createdHere", &l.CreatedHere)
	s.time("leftAt", &l.LeftAt)
	s.time("missingSince", &l.MissingSince)
	list(s, "frozen", &l.Frozen, func(f *storage.Field) { *f = storage.Field(s.string()) })
	s.close('}')
	return s.ok && len(s.rest) == 0
}

func (s *scanner) namedCard(name string, c *storage.Card) {
	if s.name(name) {
		s.open('{')
		s.card(c)
		s.close('}')
	}
}

// card reads the members of a card, within the braces of what it is part of.
func (s *scanner) card(c *storage.Card) {
	s.text("familyName", &c.FamilyName)
	s.text("givenName", &c.GivenName)
	s.text("middleName", &c.MiddleName)
	s.text("prefix", &c.Prefix)
	s.text("suffix", &c.Suffix)
	s.text("nickname", &c.Nickname)
	s.text("organization", &c.Organization)
	s.text("title", &c.Title)
	s.cardValues("emails", &c.Emails)
	s.cardValues("phones", &c.Phones)
	list(s, "addresses", &c.Addresses, func(a *storage.CardAddress) {
		s.open('{')
		s.text("type", &a.Type)
		s.text("street", &a.Street)
		s.text("extended", &a.Extended)
		s.text("poBox", &a.POBox)
		s.text("postalCode", &a.PostalCode)
		s.text("city", &a.City)
		s.text("region", &a.Region)
		s.text("country", &a.Country)
		s.close('}')
	})
	s.cardValues("links", &c.Links)
	s.text("birthday", &c.Birthday)
	s.text("note", &c.Note)
	list(s, "labels", &c.Labels, func(label *string) { *label = s.string() })
}

func (s *scanner) cardValues(name string, to *[]storage.CardValue) {
	list(s, name, to, func(v *storage.CardValue) {
		s.open('{')
		s.text("type", &v.Type)
		s.text("value", &v.Value)
		s.close('}')
	})
}

// members reads an object that is not empty, as encode writes none, whose names are values themselves; value reads what
// stands after a name.
func (s *scanner) members(value func(name string)) {
	s.open('{')
	for s.ok {
		s.comma()
		name := s.string()
		s.take(':')
		value(name)
		s.begun = true
		if len(s.rest) > 0 && s.rest[0] == '}' {
			break
		}
	}
	s.close('}')
}
