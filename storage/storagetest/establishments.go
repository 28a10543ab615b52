package storagetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"diapason/storage"
)

var establishmentTests = []test{
	{"a new one gets an identifier, a revision and its times", func(t *testing.T, s *Suite) {
		a, b := place("", "Hôtel A"), place("", "Hôtel B")
		a.CreatedAt, a.UpdatedAt = time.Time{}, time.Time{}
		s.put(a, b)
		if a.ID == "" || b.ID <= a.ID {
			t.Errorf("identifiers are %q and %q", a.ID, b.ID)
		}
		if a.Revision != 1 || a.CreatedAt.IsZero() || a.UpdatedAt.IsZero() {
			t.Errorf("revision %d, created %v, updated %v", a.Revision, a.CreatedAt, a.UpdatedAt)
		}
	}},
	{"every property reads back", func(t *testing.T, s *Suite) {
		e := everything(t)
		s.put(e)
		got := get(s, func(r storage.Reader) (*storage.Establishment, error) { return r.Establishment(e.ID) })
		same(t, "establishment", got, e)
	}},
	{"what is read is a copy, what was put may be changed", func(t *testing.T, s *Suite) {
		e := place("e", "Hôtel")
		e.Labels = []string{"Paris"}
		s.put(e)
		e.Labels[0], e.Name = "Lyon", "Autre"
		got := get(s, func(r storage.Reader) (*storage.Establishment, error) { return r.Establishment("e") })
		if got.Name != "Hôtel" || got.Labels[0] != "Paris" {
			t.Errorf("the kept one changed to %q, %v", got.Name, got.Labels)
		}
	}},
	{"one that does not exist is ErrNotFound", func(t *testing.T, s *Suite) {
		reads := map[string]func(storage.Reader) error{
			"Establishment":             func(r storage.Reader) error { _, err := r.Establishment("x"); return err },
			"EstablishmentByIdentifier": func(r storage.Reader) error { _, err := r.EstablishmentByIdentifier("x"); return err },
			"Row":                       func(r storage.Reader) error { _, err := r.Row("x"); return err },
		}
		for name, f := range reads {
			if err := s.View(context.Background(), f); !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("%s gives %v", name, err)
			}
		}
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeleteEstablishment("x") })
	}},
	{"a write from an old reading is ErrConflict", func(t *testing.T, s *Suite) {
		e := place("e", "Hôtel")
		s.put(e)
		stale := e.Clone()
		e.Name = "Hôtel du Port"
		s.put(e)
		stale.Name = "Hôtel de la Gare"
		s.refused(storage.ErrConflict, func(w storage.Writer) error { return w.PutEstablishment(stale) })
		invented := place("neuf", "Hôtel")
		invented.Revision = 3
		s.refused(storage.ErrConflict, func(w storage.Writer) error { return w.PutEstablishment(invented) })
		got := get(s, func(r storage.Reader) (*storage.Establishment, error) { return r.Establishment("e") })
		if got.Name != "Hôtel du Port" || got.Revision != 2 {
			t.Errorf("kept %q at revision %d", got.Name, got.Revision)
		}
	}},
	{"an invalid one is refused with its problems", func(t *testing.T, s *Suite) {
		err := s.Update(context.Background(), func(w storage.Writer) error {
			return w.PutEstablishment(&storage.Establishment{ID: "e"})
		})
		var ps storage.Problems
		if !errors.As(err, &ps) || len(ps) != 2 {
			t.Errorf("update gives %v", err)
		}
	}},
	{"the user's own code is unique, and free again once given up", func(t *testing.T, s *Suite) {
		a, b := place("a", "Hôtel A"), place("b", "Hôtel B")
		a.Identifier = "H1"
		s.put(a, b)
		b.Identifier = "H1"
		err := s.refused(storage.ErrDuplicate, func(w storage.Writer) error { return w.PutEstablishment(b) })
		var p *storage.Problem
		if !errors.As(err, &p) || p.Field != storage.FieldIdentifier {
			t.Errorf("the problem is %v, not beside the field", err)
		}
		a.Identifier = "H2"
		s.put(a, b)
		for code, id := range map[string]string{"H1": "b", "H2": "a"} {
			got := get(s, func(r storage.Reader) (*storage.Establishment, error) { return r.EstablishmentByIdentifier(code) })
			if got.ID != id {
				t.Errorf("%s is the code of %q, want %q", code, got.ID, id)
			}
		}
	}},
	{"found by name, natural key, status and label, which follow every edit", findEdited},
	{"a name is found by its beginning, as far as asked", func(t *testing.T, s *Suite) {
		s.put(place("a", "Hôtel du Port"), place("b", "HOTEL DU PARC"), place("c", "Auberge du Port"))
		tests := []struct {
			prefix string
			limit  int
			want   []string
		}{
			{"hotel du p", 0, []string{"b", "a"}},
			{"hotel du p", 1, []string{"b"}},
			{"hotel du port", 0, []string{"a"}},
			{"port", 0, nil},
			{"", 0, []string{"c", "b", "a"}},
		}
		for _, tt := range tests {
			got := get(s, func(r storage.Reader) ([]string, error) { return r.EstablishmentIDsByName(tt.prefix, tt.limit) })
			same(t, tt.prefix, got, tt.want)
		}
	}},
	{"pages follow one another without gap", func(t *testing.T, s *Suite) {
		es, ids := numbered(25)
		s.put(es...)
		for _, size := range []int{1, 7, 25, 100, 0} {
			var got []string
			for last := ""; ; {
				page := get(s, func(r storage.Reader) ([]*storage.Establishment, error) { return r.Establishments(last, size) })
				if size > 0 && len(page) > size {
					t.Fatalf("a page of %d holds %d", size, len(page))
				}
				if len(page) == 0 {
					break
				}
				for _, e := range page {
					got = append(got, e.ID)
				}
				last = got[len(got)-1]
			}
			same(t, "ids", got, ids)
		}
		if n := get(s, storage.Reader.CountEstablishments); n != 25 {
			t.Errorf("count is %d", n)
		}
	}},
	{"deleting takes its listings and operations along, and nothing else", deleteEstablishment},
}

// everything gives an establishment with all properties set.
func everything(t testing.TB) *storage.Establishment {
	t.Helper()
	e := place("complet", "")
	e.Origins = map[storage.Field]storage.Origin{}
	values := map[storage.Field]string{
		storage.FieldStatus: "TEMPORARILY_CLOSED", storage.FieldName: "Hôtel <complet> & cie", storage.FieldZip: "75014",
		storage.FieldCountry: "FR", storage.FieldLat: "48.8566", storage.FieldLng: "2.3522",
		storage.FieldPhone: "01 42 88 89 85", storage.FieldCellphone: "0612345678", storage.FieldFax: "01 42 88 89 86",
		storage.FieldWebsite: "example.org", storage.FieldEmail: "a@example.org",
		storage.FieldOpeningHours: "Mo=08:00-12:00&14:00-18:00;Fr=18:00-02:00", storage.FieldSpecialHours: "2026-12-24=09:00-14:00;2026-12-25",
		storage.FieldFacebook: "facebook.com/a", storage.FieldInstagram: "instagram.com/a",
		storage.FieldLinkedIn: "linkedin.com/a", storage.FieldYouTube: "youtube.com/a",
		storage.FieldLegalIdent: "73282932000074", storage.FieldOpeningDate: "2020-01-01",
		storage.FieldReopenDate: "2026-12-01", storage.FieldAddressDisplay: "FALSE", storage.FieldAutoSync: "TRUE",
		storage.FieldStars: "3", storage.FieldRooms: "20", storage.FieldCapacity: "40",
		storage.FieldPhotos: "https://example.org/a.jpg;https://example.org/b.jpg",
	}
	for i, f := range storage.Fields {
		v, ok := values[f]
		if !ok {
			v = "valeur de " + string(f)
		}
		if err := e.SetValue(f, v); err != nil {
			t.Fatal(err)
		}
		e.Origins[f] = storage.Origin{At: at(i / 10), Actor: storage.ActorImport, RunID: "run"}
	}
	e.Origins[storage.FieldName] = storage.Origin{At: at(99).Add(1234567), Actor: storage.ActorUser}
	return e
}

func findEdited(t *testing.T, s *Suite) {
	e := place("e", "Hôtel du Port")
	e.Address = storage.Address{Street: "12, quai du Port", Zip: "13002", City: "Marseille"}
	e.Labels = []string{"Côte", "Été", "hôtel du port"}
	s.put(e, place("autre", "Auberge"))
	type finder = func(storage.Reader) ([]string, error)
	byKey := func(name string) finder {
		return func(r storage.Reader) ([]string, error) {
			return r.EstablishmentIDsByNaturalKey(storage.NaturalKey(name, "13002", "12 QUAI DU PORT"))
		}
	}
	byName := func(p string) finder {
		return func(r storage.Reader) ([]string, error) { return r.EstablishmentIDsByName(p, 0) }
	}
	byStatus := func(st storage.Status) finder {
		return func(r storage.Reader) ([]string, error) { return r.EstablishmentIDsByStatus(st) }
	}
	byLabel := func(l string) finder {
		return func(r storage.Reader) ([]string, error) { return r.EstablishmentIDsByLabel(l) }
	}
	before := map[string]finder{
		"natural key": byKey("hotel DU port"), "name": byName("hotel"), "label": byLabel("ÉTÉ"),
		"label with accent": byLabel("cote"), "label like the name": byLabel("Hôtel du port"),
	}
	after := map[string]finder{
		"natural key": byKey("Hôtel de la Gare"), "name": byName("hotel de la"), "status": byStatus(storage.StatusArchived),
		"label": byLabel("hiver"),
	}
	check := func(when string, finders map[string]finder, want ...string) {
		t.Helper()
		for by, f := range finders {
			same(t, when+", by "+by, get(s, f), want)
		}
	}
	check("before the edit", before, "e")
	check("before the edit", after)
	same(t, "active", get(s, byStatus(storage.StatusActive)), []string{"autre", "e"})
	e.Name, e.Labels, e.Status = "Hôtel de la Gare", []string{"Hiver"}, storage.StatusArchived
	s.put(e)
	delete(before, "name") // the new name begins with the same word
	check("after the edit", before)
	check("after the edit", after, "e")
	same(t, "active", get(s, byStatus(storage.StatusActive)), []string{"autre"})
	s.update(func(w storage.Writer) error { return w.DeleteEstablishment("e") })
	check("once deleted", after)
}

func deleteEstablishment(t *testing.T, s *Suite) {
	s.put(place("a", "Hôtel A"), place("b", "Hôtel B"))
	s.update(func(w storage.Writer) error {
		if err := errors.Join(w.PutAccount(account("one")), w.PutAccount(account("two"))); err != nil {
			return err
		}
		for _, e := range []string{"a", "b"} {
			for _, acc := range []string{"one", "two"} {
				err := errors.Join(
					w.PutListing(&storage.Listing{EstablishmentID: e, AccountID: acc, NextCheck: at(1)}),
					w.PutOperation(&storage.Operation{EstablishmentID: e, AccountID: acc, State: storage.OpPending, CreatedAt: at(0)}),
				)
				if err != nil {
					return err
				}
			}
		}
		return w.AppendJournal(&storage.JournalEntry{EstablishmentID: "a", At: at(0), Action: storage.JournalCreate})
	})
	s.update(func(w storage.Writer) error { return w.DeleteEstablishment("a") })
	s.view(func(r storage.Reader) error {
		if n, err := r.CountEstablishments(); n != 1 || err != nil {
			t.Errorf("%d establishments are left, %v", n, err)
		}
		for _, acc := range []string{"one", "two"} {
			if ls, err := r.ListingsByAccount(acc, "", 0); len(ls) != 1 || err != nil {
				t.Errorf("%d listings are left on %s, %v", len(ls), acc, err)
			}
			if os, err := r.Operations(acc, 0); len(os) != 1 || err != nil {
				t.Errorf("%d operations are left on %s, %v", len(os), acc, err)
			}
			if ls, err := r.ListingsDue(acc, at(2), 0); len(ls) != 1 || err != nil {
				t.Errorf("%d listings are due on %s, %v", len(ls), acc, err)
			}
		}
		counts, err := r.CountOperations()
		same(t, "operations", counts, map[storage.OpState]int{storage.OpPending: 2})
		if js, err := r.Journal(storage.JournalQuery{EstablishmentID: "a"}); len(js) != 1 || err != nil {
			t.Errorf("%d journal entries are left, %v", len(js), err)
		}
		return err
	})
}
