// Package fieldmap says which field of a contact travels to which field of an outside address book, and back: the rows
// that people edit under « Règles de synchronisation », with a default for Google Contacts and one for CardDAV. Pure
// functions; merging is package merge's.
//
// A value whose type no row speaks of (a text that a person typed, such as « Standard de nuit ») travels both ways under
// that very type.
package fieldmap

import (
	"encoding/json"
	"fmt"
	"slices"

	"diapason/storage"
)

// Receive tells what becomes of a value that comes from the book.
type Receive string

// The ways to receive; the text is the translation key "contact.receive." + Receive.
const (
	ReceiveField  Receive = "field"  // into our field
	ReceiveNote   Receive = "note"   // a line of the note, because the field cannot be told for sure
	ReceiveIgnore Receive = "ignore" // it stays there
)

// Row ties a field of ours to one of the book.
type Row struct {
	Ours    storage.Field `json:"ours"`
	Theirs  storage.Field `json:"theirs"`
	Send    bool          `json:"send"`
	Receive Receive       `json:"receive"`
}

// Map is a whole table. A field of ours has one row that sends at most, a field of theirs one row at most.
type Map struct {
	Rows []Row `json:"rows"`
	// KnownCompany lets what would go to the note go into its field instead, when the card's company is known here.
	KnownCompany bool `json:"knownCompany,omitempty"`
}

func both(ours, theirs storage.Field) Row {
	return Row{Ours: ours, Theirs: theirs, Send: true, Receive: ReceiveField}
}

func noted(ours, theirs storage.Field, send bool) Row {
	return Row{Ours: ours, Theirs: theirs, Send: send, Receive: ReceiveNote}
}

// names are the rows of what is the same in every book.
func names() []Row {
	var rows []Row
	for _, f := range []storage.Field{
		storage.FieldFamilyName, storage.FieldGivenName, storage.FieldMiddleName, storage.FieldPrefix, storage.FieldSuffix,
		storage.FieldNickname, storage.FieldBirthday,
	} {
		rows = append(rows, both(f, f))
	}
	return rows
}

// Google is the default for Google Contacts: what belongs to a company goes there, and comes back as lines of the note,
// because Google does not tell for sure which company a card is about.
func Google() Map {
	return Map{Rows: append(
		names(),
		both("phone.personal", "phone.home"),
		both("phone.personalMobile", "phone.mobile"),
		both("phone.personalFax", "phone.homeFax"),
		noted("phone.professional", "phone.work", true),
		noted("phone.professionalMobile", "phone.main", true),
		noted("phone.professionalMobile", "phone.workMobile", false),
		both("phone.professionalFax", "phone.workFax"),
		both("phone.other", "phone.other"),
		both("email.personal", "email.home"),
		noted("email.professional", "email.work", true),
		both("email.other", "email.other"),
		both("address.personal", "address.home"),
		both("address.professional", "address.work"),
		both("address.other", "address.other"),
		both("link.personal", "link.homePage"),
		both("link.professional", "link.work"),
		both("link.other", "link.other"),
		noted(storage.FieldOrganization, storage.FieldOrganization, true),
		noted(storage.FieldTitle, storage.FieldTitle, true),
		Row{Ours: storage.FieldNote, Theirs: storage.FieldNote, Receive: ReceiveIgnore},
		Row{Ours: storage.FieldLabels, Theirs: storage.FieldLabels, Receive: ReceiveIgnore},
	)}
}

// VCard is the default for CardDAV: everything travels both ways.
func VCard() Map {
	return Map{Rows: append(
		names(),
		both("phone.personal", "phone.home"),
		both("phone.personalMobile", "phone.cell"),
		both("phone.personalFax", "phone.home,fax"),
		both("phone.professional", "phone.work"),
		both("phone.professionalMobile", "phone.work,cell"),
		both("phone.professionalFax", "phone.work,fax"),
		both("phone.other", "phone."),
		both("email.personal", "email.home"),
		both("email.professional", "email.work"),
		both("email.other", "email."),
		both("address.personal", "address.home"),
		both("address.professional", "address.work"),
		both("address.other", "address."),
		both("link.personal", "link.home"),
		both("link.professional", "link.work"),
		both("link.other", "link."),
		both(storage.FieldOrganization, storage.FieldOrganization),
		both(storage.FieldTitle, storage.FieldTitle),
		both(storage.FieldNote, storage.FieldNote),
		both(storage.FieldLabels, storage.FieldLabels),
	)}
}

// Parse reads a table from an account's setting; an empty one gives the default.
func Parse(text string, fallback Map) (Map, error) {
	if text == "" {
		return fallback, nil
	}
	var m Map
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return Map{}, storage.NewProblem("contacts.fields.unreadable").Because(err)
	}
	return m, m.Validate()
}

// String writes the table as Parse reads it.
func (m Map) String() string {
	text, err := json.Marshal(m)
	if err != nil { // it holds texts and booleans only
		panic(fmt.Sprintf("field map: %v", err))
	}
	return string(text)
}

// Validate refuses a table in which a value would have two ways to go, or would change its family.
func (m Map) Validate() error {
	sent, received := map[storage.Field]bool{}, map[storage.Field]bool{}
	for _, r := range m.Rows {
		ours, _ := r.Ours.Family()
		theirs, _ := r.Theirs.Family()
		switch {
		case ours != theirs:
			return storage.NewProblem("contacts.fields.family", "ours", string(r.Ours), "theirs", string(r.Theirs))
		case received[r.Theirs]:
			return storage.NewProblem("contacts.fields.twice", "field", string(r.Theirs))
		case r.Send && sent[r.Ours]:
			return storage.NewProblem("contacts.fields.twice", "field", string(r.Ours))
		case !slices.Contains([]Receive{ReceiveField, ReceiveNote, ReceiveIgnore}, r.Receive):
			return storage.NewProblem("contacts.fields.receive", "value", string(r.Receive))
		}
		received[r.Theirs] = true
		sent[r.Ours] = sent[r.Ours] || r.Send
	}
	return nil
}

// of gives the row of a field of the book; for one that no row speaks of, the row it travels by under its own type, and
// false when it does not travel.
func (m Map) of(theirs storage.Field) (Row, bool) {
	for _, r := range m.Rows {
		if r.Theirs == theirs {
			return r, true
		}
	}
	if !theirs.Typed() || slices.ContainsFunc(m.Rows, func(r Row) bool { return r.Ours == theirs }) {
		return Row{}, false
	}
	return both(theirs, theirs), true
}

// Here gives the field of ours that a field of the book is about, whether it travels or not; the field itself when no row
// speaks of it.
func (m Map) Here(theirs storage.Field) storage.Field {
	for _, r := range m.Rows {
		if r.Theirs == theirs {
			return r.Ours
		}
	}
	return theirs
}

// sends gives the field of the book that a field of ours goes to; false when it stays here.
func (m Map) sends(ours storage.Field) (storage.Field, bool) {
	spoken := false
	for _, r := range m.Rows {
		if r.Ours == ours && r.Send {
			return r.Theirs, true
		}
		spoken = spoken || r.Ours == ours || r.Theirs == ours
	}
	return ours, !spoken && ours.Typed()
}

// Out gives what the book shall show of a contact, in the book's types.
func Out(c *storage.Card, m Map) storage.Card {
	var out storage.Card
	for _, f := range storage.CardFields(c) {
		if theirs, goes := m.sends(f); goes {
			out.SetValues(theirs, append(out.Values(theirs), c.Values(f)...))
		}
	}
	return out
}

// Owned gives what of a card of the book the table speaks of: what is sent or received. The rest is the book's own.
func Owned(card *storage.Card, m Map) storage.Card {
	var owned storage.Card
	for _, f := range storage.CardFields(card) {
		if r, travels := m.of(f); travels && (r.Send || r.Receive != ReceiveIgnore) {
			owned.SetValues(f, card.Values(f))
		}
	}
	return owned
}
