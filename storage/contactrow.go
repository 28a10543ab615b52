package storage

import (
	"slices"
	"strings"
)

// Row computes what a list shows of a contact that is linked to these accounts, sorted.
func (c *Contact) Row(accounts []string) ContactRow {
	r := ContactRow{
		ID: c.ID, Name: c.FullName(), Organization: c.Organization, Email: c.mainEmail(), Phone: c.mainPhone(),
		Labels: slices.Clone(c.Labels), Accounts: accounts, Trashed: !c.TrashedAt.IsZero(), ChangedAt: c.CreatedAt,
		Search: c.searched(),
	}
	for _, change := range c.Changed {
		if change.At.After(r.ChangedAt) {
			r.ChangedAt = change.At
		}
	}
	r.Sort = SearchKey(r.Name)
	if family := SearchKey(c.FamilyName); family != "" {
		r.Sort = family + "\x00" + SearchKey(c.GivenName) // those of one family together, before longer names
	}
	if r.Sort == "" {
		r.Sort = strings.ToLower(r.Name) // nothing but signs
	}
	return r
}

// mainEmail gives the first personal or professional e-mail, else the first one.
func (c *Card) mainEmail() string {
	return firstOf(c.Emails, TypePersonal, TypeProfessional)
}

// mainPhone gives the first mobile, else the first number that is no fax, else the first one.
func (c *Card) mainPhone() string {
	i := slices.IndexFunc(c.Phones, func(v CardValue) bool {
		return v.Type == TypePersonalMobile || v.Type == TypeProfessionalMobile
	})
	if i < 0 {
		i = slices.IndexFunc(c.Phones, func(v CardValue) bool { return v.Type != TypePersonalFax && v.Type != TypeProfessionalFax })
	}
	if i >= 0 {
		return c.Phones[i].Value
	}
	return firstOf(c.Phones)
}

// firstOf gives the first value of one of these types, else the first one, "" when there is none.
func firstOf(list []CardValue, types ...string) string {
	if len(list) == 0 {
		return ""
	}
	return list[max(0, slices.IndexFunc(list, func(v CardValue) bool { return slices.Contains(types, v.Type) }))].Value
}

// searched gives everything that a search finds, in its searched form: names, company, e-mails, and the digits of the
// phone numbers as they were typed, with and without the country's prefix.
func (c *Card) searched() string {
	parts := []string{c.GivenName, c.FamilyName, c.MiddleName, c.Nickname, c.Organization}
	for _, v := range c.Emails {
		parts = append(parts, v.Value)
	}
	for _, v := range c.Phones {
		typed, full := digitsOf(v.Value), digitsOf(PhoneKey(v.Value, ""))
		parts = append(parts, typed)
		if full != typed {
			parts = append(parts, full)
		}
		if national, french := strings.CutPrefix(full, "33"); french && "0"+national != typed {
			parts = append(parts, "0"+national)
		}
	}
	return SearchKey(strings.Join(parts, " "))
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
