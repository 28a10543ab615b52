package storage

import (
	"slices"
	"strings"
)

// The plain fields of a card; FieldLabels is one too.
const (
	FieldFamilyName   Field = "familyName"
	FieldGivenName    Field = "givenName"
	FieldMiddleName   Field = "middleName"
	FieldPrefix       Field = "prefix"
	FieldSuffix       Field = "suffix"
	FieldNickname     Field = "nickname"
	FieldOrganization Field = "organization"
	FieldTitle        Field = "title"
	FieldBirthday     Field = "birthday"
	FieldNote         Field = "note"
)

// The families of typed fields: a field is one with a type, as TypedField writes it. FieldEmail and FieldPhone are
// families too.
const (
	FieldAddress Field = "address"
	FieldLink    Field = "link"
)

// plainCardFields are the fields of a card that hold one text, in the order of forms and reports.
var plainCardFields = []Field{
	FieldFamilyName, FieldGivenName, FieldMiddleName, FieldPrefix, FieldSuffix, FieldNickname, FieldOrganization,
	FieldTitle, FieldBirthday, FieldNote,
}

// cardFamilies are the families of typed fields, in the order of forms and reports.
var cardFamilies = []Field{FieldPhone, FieldEmail, FieldAddress, FieldLink}

// TypedField names the values of one type: TypedField(FieldPhone, "work") is "phone.work".
func TypedField(family Field, kind string) Field { return family + "." + Field(kind) }

// Family splits a typed field; the family of a plain one is the field itself, and its type "".
func (f Field) Family() (family Field, kind string) {
	name, kind, _ := strings.Cut(string(f), ".")
	return Field(name), kind
}

// Typed reports whether the field is one of a family: its type may be the empty one.
func (f Field) Typed() bool { return strings.Contains(string(f), ".") }

// CardFields lists the fields in which any of these cards has a value: plain ones, then each family's in the order in
// which its types come, then the labels.
func CardFields(cards ...*Card) []Field {
	var fields []Field
	for _, f := range plainCardFields {
		if slices.ContainsFunc(cards, func(c *Card) bool { return *c.text(f) != "" }) {
			fields = append(fields, f)
		}
	}
	for _, family := range cardFamilies {
		for _, c := range cards {
			for _, kind := range c.types(family) {
				if f := TypedField(family, kind); !slices.Contains(fields, f) {
					fields = append(fields, f)
				}
			}
		}
	}
	if slices.ContainsFunc(cards, func(c *Card) bool { return len(c.Labels) > 0 }) {
		fields = append(fields, FieldLabels)
	}
	return fields
}

// Values gives the texts of a field: none, one, or for typed fields and labels several. An address is written as vCard
// writes it: seven parts between semicolons (AddressText).
func (c *Card) Values(f Field) []string {
	if f == FieldLabels {
		return slices.Clone(c.Labels)
	}
	family, kind := f.Family()
	if family == FieldAddress {
		var texts []string
		for i := range c.Addresses {
			if c.Addresses[i].Type == kind {
				texts = append(texts, AddressText(&c.Addresses[i]))
			}
		}
		return texts
	}
	if list := c.list(family); list != nil {
		var texts []string
		for _, v := range *list {
			if v.Type == kind {
				texts = append(texts, v.Value)
			}
		}
		return texts
	}
	if s := c.text(f); s != nil && *s != "" {
		return []string{*s}
	}
	return nil
}

// SetValues replaces the texts of a field. Values of other types keep their place; the new ones come where the first of
// the old ones was, else last. Several texts for a plain field are a mistake of the caller: the first one is kept.
func (c *Card) SetValues(f Field, texts []string) {
	if f == FieldLabels {
		c.Labels = slices.Clone(texts)
		return
	}
	family, kind := f.Family()
	if family == FieldAddress {
		fresh := make([]CardAddress, len(texts))
		for i, s := range texts {
			fresh[i] = ParseAddress(s)
			fresh[i].Type = kind
		}
		c.Addresses = replaced(c.Addresses, fresh, func(a CardAddress) bool { return a.Type == kind })
		return
	}
	if list := c.list(family); list != nil {
		fresh := make([]CardValue, len(texts))
		for i, s := range texts {
			fresh[i] = CardValue{Type: kind, Value: s}
		}
		*list = replaced(*list, fresh, func(v CardValue) bool { return v.Type == kind })
		return
	}
	if s := c.text(f); s != nil {
		*s = ""
		if len(texts) > 0 {
			*s = texts[0]
		}
	}
}

// replaced gives a list with its members of a kind taken out, and fresh ones where the first of them was.
func replaced[T any](list, fresh []T, old func(T) bool) []T {
	at := slices.IndexFunc(list, old)
	kept := slices.DeleteFunc(slices.Clone(list), old)
	if at < 0 {
		at = len(kept)
	}
	if list = slices.Insert(kept, at, fresh...); len(list) == 0 {
		return nil
	}
	return list
}

// ValueKey is the form in which two texts of a field are the same value.
func (f Field) ValueKey(text, region string) string {
	switch family, _ := f.Family(); family {
	case FieldPhone:
		return PhoneKey(text, region)
	case FieldEmail:
		return EmailKey(text)
	case FieldLabels:
		return SearchKey(text)
	case FieldNote:
		return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	}
	return textKey(text)
}

// text gives the place of a plain field; nil when there is no such field.
func (c *Card) text(f Field) *string {
	switch f {
	case FieldFamilyName:
		return &c.FamilyName
	case FieldGivenName:
		return &c.GivenName
	case FieldMiddleName:
		return &c.MiddleName
	case FieldPrefix:
		return &c.Prefix
	case FieldSuffix:
		return &c.Suffix
	case FieldNickname:
		return &c.Nickname
	case FieldOrganization:
		return &c.Organization
	case FieldTitle:
		return &c.Title
	case FieldBirthday:
		return &c.Birthday
	case FieldNote:
		return &c.Note
	}
	return nil
}

// list gives the values of a family; nil for addresses and plain fields.
func (c *Card) list(family Field) *[]CardValue {
	switch family {
	case FieldPhone:
		return &c.Phones
	case FieldEmail:
		return &c.Emails
	case FieldLink:
		return &c.Links
	}
	return nil
}

// types gives the types that a family has values of, as they come.
func (c *Card) types(family Field) []string {
	var kinds []string
	add := func(kind string) {
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	if list := c.list(family); list != nil {
		for _, v := range *list {
			add(v.Type)
		}
		return kinds
	}
	for i := range c.Addresses {
		add(c.Addresses[i].Type)
	}
	return kinds
}

// addressEscape writes the parts of an address without semicolons and ends of lines of their own.
var addressEscape = strings.NewReplacer(`\`, `\\`, ";", `\;`, "\n", `\n`)

// AddressText writes an address, without its type, in the seven parts of RFC 6350, section 6.3.1.
func AddressText(a *CardAddress) string {
	parts := []string{a.POBox, a.Extended, a.Street, a.City, a.Region, a.PostalCode, a.Country}
	for i, p := range parts {
		parts[i] = addressEscape.Replace(p)
	}
	return strings.Join(parts, ";")
}

// ParseAddress reads what AddressText wrote; parts that are missing are empty, and further ones are left out.
func ParseAddress(s string) CardAddress {
	var a CardAddress
	parts := []*string{&a.POBox, &a.Extended, &a.Street, &a.City, &a.Region, &a.PostalCode, &a.Country}
	n := 0
	var b strings.Builder
	for i := 0; i <= len(s) && n < len(parts); i++ {
		switch {
		case i == len(s) || s[i] == ';':
			*parts[n] = b.String()
			n++
			b.Reset()
		case s[i] == '\\' && i+1 < len(s):
			i++
			if s[i] == 'n' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return a
}
