package contacts_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/contacts/fieldmap"
)

// companies keeps some establishments: two of one name, some archived, and more than one transaction reads.
func (r *rig) companies() {
	r.Helper()
	r.update(func(w storage.Writer) error {
		all := []*storage.Establishment{
			{Name: "Hôtel Lumen", Status: storage.StatusActive},
			{Name: "Grand Café", Status: storage.StatusActive},
			{Name: "Grand Cafe", Status: storage.StatusClosed},
			{Name: "Le Phare", Status: storage.StatusDraft},
			{Name: "Le Phare", Status: storage.StatusArchived},
			{Name: "Ancienne Poste", Status: storage.StatusArchived},
		}
		for i := range 300 {
			all = append(all, &storage.Establishment{Name: fmt.Sprint("Gîte ", i), Status: storage.StatusActive})
		}
		for i, e := range all {
			e.Identifier = fmt.Sprint("E", i)
			if err := w.PutEstablishment(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestTheOptionRecognisesTheCompanyOfACard is the option of the table of correspondences: what belongs to a company fills the
// professional fields when exactly one known company bears its name, else it is told in the note.
func TestTheOptionRecognisesTheCompanyOfACard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		option bool
		there  string
		known  bool
	}{
		"the option is off":                             {false, "Hôtel Lumen", false},
		"one company bears the name":                    {true, "Hôtel Lumen", true},
		"one company bears the name, written otherwise": {true, "HOTEL  LUMEN", true},
		"two companies bear the name":                   {true, "Grand Café", false},
		"one of two is archived":                        {true, "Le Phare", true},
		"the only one is archived":                      {true, "Ancienne Poste", false},
		"nobody bears the name":                         {true, "Hôtel Lumière", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.fields = func() fieldmap.Map {
				m := fieldmap.Google()
				m.KnownCompany = c.option
				return m
			}
			r.restart()
			r.companies()
			card := storage.Card{
				GivenName: "Zoé", FamilyName: "Morel", Organization: c.there, Title: "Directrice",
				Phones: []storage.CardValue{{Type: "work", Value: "01 42 88 89 86"}, {Type: "main", Value: "06 12 34 56 79"}},
				Emails: []storage.CardValue{{Type: "work", Value: "zoe@lumen.test"}},
			}
			r.shelf.put("a", card, "")
			r.syncOK()
			got := r.living()[0].Card
			want := storage.Card{GivenName: "Zoé", FamilyName: "Morel"}
			if c.known {
				want.Organization, want.Title = c.there, "Directrice"
				want.Phones = []storage.CardValue{
					{Type: storage.TypeProfessional, Value: "01 42 88 89 86"}, {Type: storage.TypeProfessionalMobile, Value: "06 12 34 56 79"},
				}
				want.Emails = []storage.CardValue{{Type: storage.TypeProfessional, Value: "zoe@lumen.test"}}
			} else {
				want.Note = "organization\u00a0: " + c.there + "\ntitle\u00a0: Directrice\nphone.professional\u00a0: 01 42 88 89 86\n" +
					"phone.professionalMobile\u00a0: 06 12 34 56 79\nemail.professional\u00a0: zoe@lumen.test"
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			r.still()
			if !c.known {
				return
			}
			// And back: what is edited here goes to the company's fields there.
			r.edit(r.living()[0].ID, func(card *storage.Card) { card.Title = "Gérante" })
			r.syncOK()
			if there := r.shelf.cards["a"].Card; there.Title != "Gérante" || there.Organization != c.there || len(there.Phones) != 2 {
				t.Errorf("there: %+v", there)
			}
			r.still()
		})
	}
}

func TestSomebodyNewOfAKnownCompanyFillsTheProfessionalFieldsToo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.fields = func() fieldmap.Map {
		m := fieldmap.Google()
		m.KnownCompany = true
		return m
	}
	r.restart()
	r.companies()
	for range 2 { // whose is the card?
		r.save(storage.Card{GivenName: "Zoé", Emails: []storage.CardValue{{Type: storage.TypePersonal, Value: "zoe@home.test"}}})
	}
	r.shelf.put("a", storage.Card{
		GivenName: "Zoé", Organization: "Hôtel Lumen", Title: "Directrice", Emails: []storage.CardValue{{Type: "home", Value: "zoe@home.test"}},
	}, "")
	r.sync()
	if err := r.service.Decide(r.ctx, r.questions()[0].ID, contacts.Answer{Somebody: true}); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.living() {
		if c.Organization == "Hôtel Lumen" && c.Title == "Directrice" && c.Note == "" {
			return
		}
	}
	t.Errorf("%+v", r.living())
}
