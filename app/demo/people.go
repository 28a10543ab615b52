package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"diapason/assets/demo"
	"diapason/storage"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/vcard"
)

// people is how many contacts the demonstration invents, beside those that come twice.
const people = 312

// cast is what contacts are put together from: assets/demo/people.json, and the establishments that they work for.
type cast struct {
	GivenNames, FamilyNames, Functions, Groups, Streets []string

	Towns     [][2]string // postcode, name
	Note      string      // of those that come twice
	employers []employer
}

// employer is what a contact says of one of the twelve establishments.
type employer struct{ name, domain, phone string }

// readCast reads what contacts are put together from.
func readCast() (*cast, error) {
	all := &cast{}
	if err := json.Unmarshal(demo.People, all); err != nil {
		return nil, fmt.Errorf("demonstration's people: %w", err)
	}
	var texts []map[storage.Field]string
	if err := json.Unmarshal(demo.Establishments, &texts); err != nil {
		return nil, fmt.Errorf("demonstration's establishments: %w", err)
	}
	for _, e := range texts {
		_, domain, _ := strings.Cut(e[storage.FieldEmail], "@")
		all.employers = append(all.employers, employer{e[storage.FieldName], domain, e[storage.FieldPhone]})
	}
	return all, nil
}

// invent makes the contact of a number, always the same one. Mobile numbers are of the range that Arcep keeps for fiction;
// those by which contacts are recognised are of the one that PTS keeps for it in Sweden, which tables of numbers take for valid.
func invent(n int, all *cast) storage.Card {
	works := all.employers[n%len(all.employers)]
	c := storage.Card{
		GivenName: all.GivenNames[n%len(all.GivenNames)], FamilyName: all.FamilyNames[n*5%len(all.FamilyNames)],
		Organization: works.name, Title: all.Functions[n%len(all.Functions)], Labels: []string{all.Groups[n%len(all.Groups)]},
		Phones: []storage.CardValue{{Type: storage.TypePersonalMobile, Value: fmt.Sprintf("06 39 98 %02d %02d", n/100, n%100)}},
	}
	if i := slices.Index(append(twice, stranger), n); i >= 0 {
		c.Phones[0].Value = fmt.Sprintf("+46 70 174 06 %02d", 10+i)
	}
	local := strings.NewReplacer(" ", "-").Replace(storage.SearchKey(c.GivenName + "." + c.FamilyName))
	if n%7 != 3 {
		c.Emails = append(c.Emails, storage.CardValue{Type: storage.TypePersonal, Value: fmt.Sprintf("%s%d@courriel.example", local, n)})
	}
	if n%3 == 0 {
		c.Emails = append(c.Emails, storage.CardValue{Type: storage.TypeProfessional, Value: local + "@" + works.domain})
		c.Phones = append(c.Phones, storage.CardValue{Type: storage.TypeProfessional, Value: works.phone})
	}
	if n%4 == 0 {
		town := all.Towns[n%len(all.Towns)]
		c.Addresses = []storage.CardAddress{{
			Type: storage.TypePersonal, Street: fmt.Sprintf("%d %s", 1+n%90, all.Streets[n%len(all.Streets)]), PostalCode: town[0], City: town[1],
		}}
	}
	return c
}

// again gives the contact of a number as somebody typed it in a second time: with another writing of the name, and the
// same e-mail or mobile.
func again(n int, all *cast) storage.Card {
	c := invent(n, all)
	second := storage.Card{GivenName: string([]rune(c.GivenName)[:1]) + ".", FamilyName: strings.ToUpper(c.FamilyName), Organization: c.Organization}
	if n%2 == 0 {
		second.Emails = c.Emails[:1]
	} else {
		second.Phones = c.Phones[:1]
	}
	second.Note = all.Note
	return second
}

// twice are the numbers of the contacts that are there a second time: those with an even number share an e-mail with it, the
// others a mobile.
var twice = []int{8, 19, 26, 41, 54, 75, 82, 97, 110, 133, 152, 187}

// stranger is the number of a contact whose mobile somebody of another name bears on Google.
const stranger = 17

// cards writes all contacts as a file of cards.
func cards(w io.Writer) error {
	all, err := readCast()
	if err != nil {
		return err
	}
	add := func(uid string, c storage.Card) error {
		return vcard.Encode(w, vcard.New{UID: uid, Card: fieldmap.Out(&c, fieldmap.VCard())})
	}
	for n := range people {
		if err := add(fmt.Sprintf("demo-%d@diapason.example", n), invent(n, all)); err != nil {
			return err
		}
	}
	for _, n := range twice {
		if err := add(fmt.Sprintf("demo-again-%d@diapason.example", n), again(n, all)); err != nil {
			return err
		}
	}
	return nil
}

// person writes a contact as Google shows one that its owner typed there: what is personal only.
func person(c *storage.Card) (string, error) {
	fields := map[string]any{"names": []any{map[string]any{"givenName": c.GivenName, "familyName": c.FamilyName}}}
	var emails, phones []any
	for _, v := range c.Emails {
		if v.Type == storage.TypePersonal {
			emails = append(emails, map[string]any{"value": v.Value, "type": "home"})
		}
	}
	for _, v := range c.Phones {
		if v.Type == storage.TypePersonalMobile {
			phones = append(phones, map[string]any{"value": v.Value, "type": "mobile"})
		}
	}
	for field, list := range map[string][]any{"emailAddresses": emails, "phoneNumbers": phones} {
		if len(list) > 0 {
			fields[field] = list
		}
	}
	raw, err := json.Marshal(fields)
	return string(raw), err
}
