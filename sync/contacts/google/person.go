package google

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"diapason/storage"
	"diapason/sync/contacts/book"
)

// keyName is the name of our key in clientData. Every program that may read the contacts sees it.
const keyName = "diapason.contact"

// contactSource keeps what belongs to a person's own profile out of what is read: it is not the contact's.
const contactSource = "READ_SOURCE_TYPE_CONTACT"

// The fields that hold values of a card, in the order of masks.
var ownFields = []string{
	"names", "nicknames", "organizations", "emailAddresses", "phoneNumbers", "addresses", "urls", "birthdays", "biographies",
}

// readFields is the mask of every reading. A sync token serves only with the mask that it was given for.
var readFields = strings.Join(append(slices.Clone(ownFields), "memberships", "clientData", "metadata"), ",")

// value is one value of a field, with all its members.
type value map[string]any

// text gives a member as cards have it: its accents are composed, whichever device typed them.
func (v value) text(member string) string {
	s, _ := v[member].(string) // absent, or of another type: ""
	return norm.NFC.String(s)
}

// set writes a member; "" takes it away.
func (v value) set(member, text string) {
	if text == "" {
		delete(v, member)
		return
	}
	v[member] = text
}

func (v value) metadata() map[string]any {
	m, _ := v["metadata"].(map[string]any) // absent: nil
	return m
}

func (v value) primary() bool { return v.metadata()["primary"] == true }

// theirs reports whether a value is a profile's and not the contact's.
func (v value) theirs() bool {
	source, _ := v.metadata()["source"].(map[string]any)
	kind, told := source["type"]
	return told && kind != "CONTACT"
}

// outputOnly are the members that only answers bear.
var outputOnly = []string{
	"metadata", "formattedType", "canonicalForm", "displayName", "displayNameLastFirst", "formattedProtocol",
}

// sendable gives a value of a field as an update may bear it. The display name of an e-mail address is a person's text.
func (v value) sendable(field string) value {
	s := value{}
	for member, inner := range v {
		if !slices.Contains(outputOnly, member) || member == "displayName" && field == "emailAddresses" {
			s[member] = inner
		}
	}
	if field == "names" { // built by Google of the others
		delete(s, "unstructuredName")
	}
	return s
}

// person is a Person of the API.
type person struct {
	ResourceName string
	ETag         string
	Metadata     struct {
		Sources               []source
		Deleted               bool
		PreviousResourceNames []string
	}
	values map[string][]value
	raw    json.RawMessage
	fault  bool // all that is known of it is its name
}

// source is where a person's values come from.
type source struct {
	Type       string    `json:"type"`
	ID         string    `json:"id,omitempty"`
	ETag       string    `json:"etag,omitempty"`
	UpdateTime time.Time `json:"updateTime,omitzero"`
}

// UnmarshalJSON reads the fields of readFields.
func (p *person) UnmarshalJSON(raw []byte) error { return p.read(raw) }

// read is UnmarshalJSON without a way through encoding/json, which reads a text once more to find where it ends. The
// values are read as what any JSON is read as: that takes it half the time of a type of ours.
func (p *person) read(raw []byte) error {
	type known person // without that method
	whole := struct {
		*known
		Names, Nicknames, Organizations, EmailAddresses, PhoneNumbers, Addresses, Urls, Birthdays, Biographies []any
		Memberships, ClientData                                                                                []any
	}{known: (*known)(p)}
	if err := json.Unmarshal(raw, &whole); err != nil {
		return err
	}
	p.values = make(map[string][]value, len(ownFields)+2)
	for name, list := range map[string][]any{
		"names": whole.Names, "nicknames": whole.Nicknames, "organizations": whole.Organizations,
		"emailAddresses": whole.EmailAddresses, "phoneNumbers": whole.PhoneNumbers, "addresses": whole.Addresses,
		"urls": whole.Urls, "birthdays": whole.Birthdays, "biographies": whole.Biographies,
		"memberships": whole.Memberships, "clientData": whole.ClientData,
	} {
		if len(list) == 0 {
			continue
		}
		values := make([]value, len(list))
		for i, v := range list {
			members, is := v.(map[string]any)
			if !is && v != nil {
				return errors.New("a value of a field is no object")
			}
			values[i] = members
		}
		p.values[name] = ordered(values)
	}
	return nil
}

// ordered puts the values of a field into one order, because answers have none: the primary one, then by their text.
// Those of profiles are left out.
func ordered(list []value) []value {
	list = slices.DeleteFunc(list, func(v value) bool { return v == nil || v.theirs() })
	if len(list) < 2 {
		return list
	}
	type keyed struct {
		value
		key string
	}
	all := make([]keyed, len(list))
	for i, v := range list {
		raw, err := json.Marshal(v.sendable(""))
		if err != nil {
			panic(err) // it was read from JSON
		}
		all[i] = keyed{v, string(raw)}
	}
	slices.SortStableFunc(all, func(x, y keyed) int {
		if x.primary() != y.primary() {
			if x.primary() {
				return -1
			}
			return 1
		}
		return cmp.Compare(x.key, y.key)
	})
	for i := range all {
		list[i] = all[i].value
	}
	return list
}

// contact gives the source of the contact itself.
func (p *person) contact() (source, bool) {
	for _, s := range p.Metadata.Sources {
		if s.Type == "CONTACT" {
			return s, true
		}
	}
	return source{}, false
}

// readPerson reads a person as it came.
func readPerson(raw json.RawMessage) (person, error) {
	var p person
	if err := p.read(raw); err != nil {
		var name struct{ ResourceName string }
		if json.Unmarshal(raw, &name) != nil {
			name.ResourceName = ""
		}
		p = person{ResourceName: name.ResourceName, fault: true}
	}
	if p.ResourceName == "" {
		return person{}, errors.New("a person without name")
	}
	p.raw = raw
	return p, nil
}

// entry gives what the contacts know of a person.
func (b *Book) entry(p *person) book.Entry {
	switch {
	case p.fault:
		return book.Entry{ID: p.ResourceName, InScope: b.label == "", Fault: storage.NewProblem("google.card")}
	case p.Metadata.Deleted:
		return book.Entry{ID: p.ResourceName, Former: p.Metadata.PreviousResourceNames, Deleted: true}
	}
	from, _ := p.contact() // absent: the time is not told
	e := book.Entry{
		ID: p.ResourceName, Former: p.Metadata.PreviousResourceNames, ETag: p.ETag, At: from.UpdateTime,
		Card: p.card(), Raw: bytes.Clone(p.raw), Key: p.key(), InScope: b.label == "",
	}
	for _, group := range p.groups() {
		if group == b.labels.scope && b.label != "" {
			e.InScope = true
			continue
		}
		if name := b.labels.names[group]; name != "" {
			e.Card.Labels = append(e.Card.Labels, name)
		}
	}
	slices.Sort(e.Card.Labels)
	return e
}

// key gives our key; "" when it bears none.
func (p *person) key() string {
	for _, d := range p.values["clientData"] {
		if d.text("key") == keyName {
			return d.text("value")
		}
	}
	return ""
}

// groups lists the resource names of the groups that it is in.
func (p *person) groups() []string {
	var list []string
	for _, m := range p.values["memberships"] {
		membership, _ := m["contactGroupMembership"].(map[string]any) // another sort of membership
		if name, is := membership["contactGroupResourceName"].(string); is {
			list = append(list, name)
		}
	}
	return list
}

// first gives the value that a card shows of a field of which it shows one.
func (p *person) first(field string) value {
	if list := p.values[field]; len(list) > 0 {
		return list[0]
	}
	return value{}
}

// card reads what of it we own, its labels excepted.
func (p *person) card() storage.Card {
	name, company := p.first("names"), p.first("organizations")
	c := storage.Card{
		FamilyName: name.text("familyName"), GivenName: name.text("givenName"), MiddleName: name.text("middleName"),
		Prefix: name.text("honorificPrefix"), Suffix: name.text("honorificSuffix"),
		Nickname:     p.first("nicknames").text("value"),
		Organization: company.text("name"), Title: company.text("title"),
		Birthday: birthday(p.first("birthdays")), Note: p.first("biographies").text("value"),
	}
	for _, l := range lists {
		for _, v := range p.values[l.field] {
			if one, owned := l.read(v); owned {
				*l.of(&c) = append(*l.of(&c), one)
			}
		}
	}
	for _, v := range p.values["addresses"] {
		if a, owned := address(v); owned {
			c.Addresses = append(c.Addresses, a)
		}
	}
	return c
}

// list is a field of typed values.
type list struct {
	field string
	of    func(*storage.Card) *[]storage.CardValue
}

var lists = []list{
	{"emailAddresses", func(c *storage.Card) *[]storage.CardValue { return &c.Emails }},
	{"phoneNumbers", func(c *storage.Card) *[]storage.CardValue { return &c.Phones }},
	{"urls", func(c *storage.Card) *[]storage.CardValue { return &c.Links }},
}

// read gives a value as a card has it; false when a card cannot hold it. It is carried through then.
func (l list) read(v value) (storage.CardValue, bool) {
	text := v.text("value")
	if l.field == "urls" && !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
		return storage.CardValue{}, false
	}
	return storage.CardValue{Type: v.text("type"), Value: text}, text != ""
}

func address(v value) (storage.CardAddress, bool) {
	a := storage.CardAddress{
		Street: v.text("streetAddress"), Extended: v.text("extendedAddress"), POBox: v.text("poBox"),
		PostalCode: v.text("postalCode"), City: v.text("city"), Region: v.text("region"), Country: v.text("country"),
	}
	if a == (storage.CardAddress{}) { // typed as one text
		a.Street = v.text("formattedValue")
	}
	owned := a != storage.CardAddress{}
	a.Type = v.text("type")
	return a, owned
}

// birthday gives a date as a card has it; "" when Google knows no day of it.
func birthday(v value) string {
	date, _ := v["date"].(map[string]any) // a text that a person typed
	number := func(part string) int {
		n, _ := date[part].(float64) // absent: 0, which is Google's word for unknown
		return int(n)
	}
	year, month, day := number("year"), number("month"), number("day")
	switch {
	case month == 0 || day == 0:
		return ""
	case year == 0:
		return fmt.Sprintf("--%02d-%02d", month, day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day)
}

// date gives a birthday as Google has it; false when it is none.
func date(birthday string) (map[string]any, bool) {
	parts := strings.Split(strings.Replace(birthday, "--", "0-", 1), "-")
	if len(parts) != 3 {
		return nil, false
	}
	var numbers [3]int
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			return nil, false
		}
		numbers[i] = n
	}
	d := map[string]any{"month": numbers[1], "day": numbers[2]}
	if numbers[0] != 0 {
		d["year"] = numbers[0]
	}
	return d, true
}
