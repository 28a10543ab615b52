package storage

import "slices"

// Card is what a contact says, here or in an outside address book. The shape is the same in both; the types of its
// values are not: a Contact's are the Types of this package, a book's are the book's own words (Google's "workMobile",
// vCard's "cell", any text that a person typed there).
type Card struct {
	FamilyName string `json:"familyName,omitempty"`
	GivenName  string `json:"givenName,omitempty"`
	MiddleName string `json:"middleName,omitempty"`
	Prefix     string `json:"prefix,omitempty"` // "Dr", "Mme"
	Suffix     string `json:"suffix,omitempty"`
	Nickname   string `json:"nickname,omitempty"`
	// Organization is the company's name, Title the function there.
	Organization string `json:"organization,omitempty"`
	Title        string `json:"title,omitempty"`

	Emails    []CardValue   `json:"emails,omitempty"`
	Phones    []CardValue   `json:"phones,omitempty"`
	Addresses []CardAddress `json:"addresses,omitempty"`
	Links     []CardValue   `json:"links,omitempty"` // as typed: whoever opens one makes sure that it is http or https

	// Birthday is "1980-02-29", or "--02-29" when the year is not known.
	Birthday string `json:"birthday,omitempty"`
	Note     string `json:"note,omitempty"`
	// Labels are names of groups, unique in a card whatever their accents and capitals.
	Labels []string `json:"labels,omitempty"`
}

// CardValue is a typed value: an e-mail address, a phone number, a link.
type CardValue struct {
	Type  string `json:"type,omitempty"`
	Value string `json:"value"`
}

// CardAddress is a typed postal address.
type CardAddress struct {
	Type       string `json:"type,omitempty"`
	Street     string `json:"street,omitempty"` // lines separated by \n
	Extended   string `json:"extended,omitempty"`
	POBox      string `json:"poBox,omitempty"`
	PostalCode string `json:"postalCode,omitempty"`
	City       string `json:"city,omitempty"`
	Region     string `json:"region,omitempty"`
	Country    string `json:"country,omitempty"` // as written by people
}

// The types of a contact's values here; the text is the translation key "contact.type." + the type. An unknown one is a
// text that a person typed, shown as it is.
const (
	TypePersonal           = "personal"     // of e-mails, landlines, addresses, links
	TypeProfessional       = "professional" // idem
	TypePersonalMobile     = "personalMobile"
	TypeProfessionalMobile = "professionalMobile"
	TypePersonalFax        = "personalFax"
	TypeProfessionalFax    = "professionalFax"
	TypeOther              = "other"
)

// Clone gives a copy that shares nothing with c.
func (c *Card) Clone() Card {
	d := *c
	d.Emails, d.Phones, d.Links = slices.Clone(c.Emails), slices.Clone(c.Phones), slices.Clone(c.Links)
	d.Addresses, d.Labels = slices.Clone(c.Addresses), slices.Clone(c.Labels)
	return d
}

// FullName gives the name for people: given name, family name; else the nickname, the company, an e-mail, a phone.
func (c *Card) FullName() string {
	name := c.GivenName
	if name != "" && c.FamilyName != "" {
		name += " "
	}
	if name += c.FamilyName; name != "" {
		return name
	}
	if c.Nickname != "" {
		return c.Nickname
	}
	if c.Organization != "" {
		return c.Organization
	}
	for _, values := range [][]CardValue{c.Emails, c.Phones} {
		if len(values) > 0 {
			return values[0].Value
		}
	}
	return ""
}
