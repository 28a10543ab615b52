package bolt

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"diapason/storage"
)

// appendContact writes the JSON of a contact byte for byte as encoding/json does, in a quarter of its time: a pass over an
// address book writes thousands. It gives false for what encoding/json would refuse.
func appendContact(b []byte, c *storage.Contact) ([]byte, bool) {
	w := &composer{b: b, ok: true}
	w.open('{')
	w.name("id").string(c.ID)
	w.name("revision").number(c.Revision)
	w.card(&c.Card)
	w.name("createdAt").time(c.CreatedAt)
	if len(c.Changed) > 0 {
		fields := make([]storage.Field, 0, len(c.Changed))
		for f := range c.Changed {
			fields = append(fields, f)
		}
		slices.Sort(fields)
		w.name("changed").open('{')
		for _, f := range fields {
			change := c.Changed[f]
			w.comma().string(string(f))
			w.b = append(w.b, ':')
			w.open('{')
			w.name("at").time(change.At)
			w.name("by").string(string(change.By))
			w.text("account", change.AccountID)
			w.close('}')
		}
		w.close('}')
	}
	w.moment("trashedAt", c.TrashedAt)
	w.text("mergedInto", c.MergedInto)
	w.close('}')
	return w.b, w.ok
}

// appendContactLink is appendContact for a link; it gives false, too, for one on which two sides took turns.
func appendContactLink(b []byte, l *storage.ContactLink) ([]byte, bool) {
	w := &composer{b: b, ok: len(l.Turns) == 0}
	w.open('{')
	w.name("contact").string(l.ContactID)
	w.name("account").string(l.AccountID)
	w.name("remote").string(l.RemoteID)
	w.text("etag", l.ETag)
	w.moment("remoteAt", l.RemoteAt)
	for _, side := range []struct {
		name string
		card *storage.Card
	}{{"ours", &l.Ours}, {"theirs", &l.Theirs}} {
		w.name(side.name).open('{')
		w.card(side.card)
		w.close('}')
	}
	w.name("syncedAt").time(l.SyncedAt)
	w.moment("createdHere", l.CreatedHere)
	w.moment("leftAt", l.LeftAt)
	w.moment("missingSince", l.MissingSince)
	each(w, "frozen", l.Frozen, func(f *storage.Field) { w.string(string(*f)) })
	w.close('}')
	return w.b, w.ok
}

// composer writes compact JSON, as scanner reads it.
type composer struct {
	b     []byte
	ok    bool
	begun bool // something stands before, in this object or array: a comma comes first
}

func (w *composer) open(c byte)  { w.b, w.begun = append(w.b, c), false }
func (w *composer) close(c byte) { w.b, w.begun = append(w.b, c), true }

func (w *composer) comma() *composer {
	if w.begun {
		w.b = append(w.b, ',')
	}
	w.begun = true
	return w
}

func (w *composer) name(name string) *composer {
	w.comma()
	w.b = append(append(append(w.b, '"'), name...), '"', ':')
	return w
}

func (w *composer) number(n int) { w.b = strconv.AppendInt(w.b, int64(n), 10) }

func (w *composer) time(t time.Time) {
	if y := t.Year(); y < 0 || y > 9999 { // encoding/json refuses it
		w.ok = false
	}
	w.b = append(t.AppendFormat(append(w.b, '"'), time.RFC3339Nano), '"')
}

func (w *composer) string(s string) {
	if !plain(s) {
		var escaped bytes.Buffer
		enc := json.NewEncoder(&escaped)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(s); err != nil {
			w.ok = false
		}
		w.b = append(w.b, bytes.TrimSuffix(escaped.Bytes(), []byte("\n"))...)
		return
	}
	w.b = append(append(append(w.b, '"'), s...), '"')
}

// plain reports whether a text stands in JSON as it is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return utf8.ValidString(s) && !strings.Contains(s, "\u2028") && !strings.Contains(s, "\u2029")
}

// text and moment write a member unless it is empty.
func (w *composer) text(name, s string) {
	if s != "" {
		w.name(name).string(s)
	}
}

func (w *composer) moment(name string, t time.Time) {
	if !t.IsZero() {
		w.name(name).time(t)
	}
}

// each writes an array unless it is empty.
func each[T any](w *composer, name string, list []T, item func(*T)) {
	if len(list) == 0 {
		return
	}
	w.name(name).open('[')
	for i := range list {
		w.comma()
		item(&list[i])
		w.begun = true
	}
	w.close(']')
}

// card writes the members of a card, within the braces of what it is part of.
func (w *composer) card(c *storage.Card) {
	w.text("familyName", c.FamilyName)
	w.text("givenName", c.GivenName)
	w.text("middleName", c.MiddleName)
	w.text("prefix", c.Prefix)
	w.text("suffix", c.Suffix)
	w.text("nickname", c.Nickname)
	w.text("organization", c.Organization)
	w.text("title", c.Title)
	value := func(v *storage.CardValue) {
		w.open('{')
		w.text("type", v.Type)
		w.name("value").string(v.Value)
		w.close('}')
	}
	each(w, "emails", c.Emails, value)
	each(w, "phones", c.Phones, value)
	each(w, "addresses", c.Addresses, func(a *storage.CardAddress) {
		w.open('{')
		w.text("type", a.Type)
		w.text("street", a.Street)
		w.text("extended", a.Extended)
		w.text("poBox", a.POBox)
		w.text("postalCode", a.PostalCode)
		w.text("city", a.City)
		w.text("region", a.Region)
		w.text("country", a.Country)
		w.close('}')
	})
	each(w, "links", c.Links, value)
	w.text("birthday", c.Birthday)
	w.text("note", c.Note)
	each(w, "labels", c.Labels, func(label *string) { w.string(*label) })
}
