package publication_test

import (
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/publication"
)

func TestChangedPublicAddressIsReadAtOnceUnlessSomebodyMustDecide(t *testing.T) {
	for _, tt := range []struct {
		name        string
		state, want storage.OpState
	}{
		{"stands there", "", storage.OpPending},
		{"waits for a decision", storage.OpBlocked, storage.OpBlocked},
	} {
		r := newRigOf(t, publication.Kind{})
		link := r.link("Gardien", "feed")
		a := &storage.Account{Kind: r.kind.ID, Name: "Nuage", Settings: map[string]string{publication.SettingURL: "http://nuage"}}
		err := r.store.Update(t.Context(), func(w storage.Writer) error { // without the engine: no lane carries it away
			if err := w.PutAccount(a); err != nil {
				return err
			}
			return w.PutPublication(&storage.Publication{
				LinkID: link, AccountID: a.ID, Name: "x.ics", State: tt.state, PublicURL: "https://old.example/x.ics", PublishedAt: time.Now(),
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		a.Settings[publication.SettingPublicURL] = "https://www.example.org/agendas/"
		courier, err := r.office.Open(r.kind, a, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := courier.Hurry(t.Context()); err != nil {
			t.Fatal(err)
		}
		err = r.store.View(t.Context(), func(tx storage.Reader) error {
			p, err := tx.Publication(link, a.ID)
			if err == nil && (p.PublicURL != "https://www.example.org/agendas/x.ics" || p.State != tt.want) {
				t.Errorf("%s: %q, %q", tt.name, p.PublicURL, p.State)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
