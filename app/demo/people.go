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

// Names and functions that exist; together with the invented establishments they are nobody's.
var (
	givenNames = strings.Fields(`Adèle Agathe Alix Anaïs Apolline Basile Bastien Bérénice Blanche Capucine Célestin Clémence Côme Diane Edgar
		Éléonore Elio Émile Faustine Félix Gabin Garance Hermine Hippolyte Honoré Ismaël Jade Joséphine Léonie Lino Madeleine Malo Margaux
		Maxence Nine Octave Ondine Philippine Prune Rosalie`)
	familyNames = strings.Fields(`Abadie Aubertin Barthès Beaumont Belloc Cassagne Chaumont Courtin Delorme Desroches Estève Fabrègue Ferrand
		Gardelle Gauvain Hautefeuille Issartel Joubert Kervella Lacombe Lafarge Lanoix Marsac Mazières Montbrun Noirot Orsini Pagès Peyrolles
		Quémener Rastoul Ribeyrolles Sabatier Salvetat Taillandier Tournebise Ubald Vaugelas Vernhes Villard Wagon Ybert Zeller`)
	functions = []string{"Responsable d’accueil", "Comptable", "Photographe", "Libraire", "Architecte", "Juriste", "Guide", "Fleuriste", "Journaliste", "Interprète"}
	groups    = []string{"Clients", "Fournisseurs", "Presse", "Équipe", "Partenaires"}
	streets   = []string{"rue des Brumes", "quai des Songes", "place de l’Horloge", "rue du Phare", "allée des Tilleuls"}
	towns     = [][2]string{{"13002", "Marseille"}, {"67000", "Strasbourg"}, {"69002", "Lyon"}, {"44000", "Nantes"}, {"75004", "Paris"}}
)

// employer is what a contact says of one of the twelve establishments.
type employer struct{ name, domain, phone string }

// employers reads the establishments of the demonstration.
func employers() ([]employer, error) {
	var texts []map[storage.Field]string
	if err := json.Unmarshal(demo.Establishments, &texts); err != nil {
		return nil, fmt.Errorf("demonstration's establishments: %w", err)
	}
	list := make([]employer, len(texts))
	for i, e := range texts {
		_, domain, _ := strings.Cut(e[storage.FieldEmail], "@")
		list[i] = employer{e[storage.FieldName], domain, e[storage.FieldPhone]}
	}
	return list, nil
}

// invent makes the contact of a number, always the same one. Mobile numbers are of the range that Arcep keeps for fiction;
// those by which contacts are recognised are of the one that PTS keeps for it in Sweden, which tables of numbers take for valid.
func invent(n int, all []employer) storage.Card {
	works := all[n%len(all)]
	c := storage.Card{
		GivenName: givenNames[n%len(givenNames)], FamilyName: familyNames[n*5%len(familyNames)],
		Organization: works.name, Title: functions[n%len(functions)], Labels: []string{groups[n%len(groups)]},
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
		town := towns[n%len(towns)]
		c.Addresses = []storage.CardAddress{{
			Type: storage.TypePersonal, Street: fmt.Sprintf("%d %s", 1+n%90, streets[n%len(streets)]), PostalCode: town[0], City: town[1],
		}}
	}
	return c
}

// again gives the contact of a number as somebody typed it in a second time: with another writing of the name, and the
// same e-mail or mobile.
func again(n int, all []employer) storage.Card {
	c := invent(n, all)
	second := storage.Card{GivenName: string([]rune(c.GivenName)[:1]) + ".", FamilyName: strings.ToUpper(c.FamilyName), Organization: c.Organization}
	if n%2 == 0 {
		second.Emails = c.Emails[:1]
	} else {
		second.Phones = c.Phones[:1]
	}
	second.Note = "Vu au salon, à rappeler."
	return second
}

// twice are the numbers of the contacts that are there a second time: those with an even number share an e-mail with it, the
// others a mobile.
var twice = []int{8, 19, 26, 41, 54, 75, 82, 97, 110, 133, 152, 187}

// stranger is the number of a contact whose mobile somebody of another name bears on Google.
const stranger = 17

// cards writes all contacts as a file of cards.
func cards(w io.Writer) error {
	all, err := employers()
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
