package google_test

import (
	"encoding/json"
	"testing"
	"time"

	"diapason/sync/contacts/book"
	"diapason/sync/contacts/book/booktest"
	"diapason/sync/sandbox"
)

// lag is what Google takes here to show what was written.
const lag = 5 * time.Minute

func TestGoogleIsAnAddressBookLikeAnyOther(t *testing.T) {
	booktest.Run(t, func(t *testing.T) booktest.Rig {
		r := newRig(t, booktest.Label, sandbox.PeopleParams{Assumptions: sandbox.PeopleAssumptions{Lag: lag}})
		return booktest.Rig{
			Open:    func(t *testing.T, label string) book.Book { return r.open(label) },
			Outside: page{r},
			Writes:  func(*testing.T) int { return r.Writes(anne) },
			Expire:  func(*testing.T) { r.now = r.now.Add(8 * 24 * time.Hour) },
			Settle:  func(*testing.T) { r.now = r.now.Add(lag) },
			Phone:   [2]string{"home", "mobile"}, Email: [2]string{"home", "work"},
			Address: [2]string{"home", "work"}, Link: [2]string{"homePage", "work"},
		}
	})
}

// page is Google's own page, where a person writes.
type page struct{ r *rig }

func (p page) Add(t *testing.T, familyName string) string {
	t.Helper()
	return p.r.Add(anne, p.named(familyName, `,"relations":[{"person":"Bruno","type":"spouse"}]`))
}

func (p page) named(familyName, more string) string {
	name, err := json.Marshal(familyName)
	if err != nil {
		p.r.t.Fatal(err)
	}
	return `{"names":[{"familyName":` + string(name) + `}]` + more + `}`
}

func (p page) Rename(_ *testing.T, id, familyName string) {
	p.r.Edit(anne, id, p.named(familyName, ""))
}
func (p page) Delete(_ *testing.T, id string) { p.r.Remove(anne, id) }

func (p page) Label(_ *testing.T, id, label string, on bool) {
	resource := p.r.Labels(anne)[label]
	if resource == "" {
		resource = p.r.AddLabel(anne, label)
	}
	p.r.Label(anne, id, resource, on)
}

func (p page) FamilyName(_ *testing.T, id string) string {
	c, _ := p.r.Contact(anne, id) // gone: ""
	return c.First("names", "familyName")
}

func (p page) Foreign(_ *testing.T, id string) string {
	c, _ := p.r.Contact(anne, id) // gone: ""
	return c.First("relations", "person")
}
