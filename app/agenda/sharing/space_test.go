package sharing

import (
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/agenda/publication"
	"diapason/sync/agenda/publication/webdav"
)

func TestStandingTellsHowALinkStandsOnAnAccount(t *testing.T) {
	wrong := storage.NewProblem("publication.full")
	on := &storage.Account{Name: "Nuage", Enabled: true}
	off := &storage.Account{Name: "Nuage"}
	paused := &storage.Account{Name: "Nuage", Enabled: true, Pause: storage.NewProblem("publication.auth")}
	sent := storage.Publication{Published: "x", PublishedAt: now}
	with := func(f func(*storage.Publication)) *storage.Publication {
		p := sent
		f(&p)
		return &p
	}
	tests := []struct {
		name string
		p    *storage.Publication
		a    *storage.Account
		want standing
		code string
	}{
		{"nothing there", nil, on, standingNone, ""},
		{"asked for", &storage.Publication{State: storage.OpPending}, on, standingWaiting, ""},
		{"under way for the first time", &storage.Publication{State: storage.OpInflight}, on, standingWaiting, ""},
		{"there", &sent, on, standingPublished, ""},
		{"there, a change waits", with(func(p *storage.Publication) { p.State = storage.OpPending }), on, standingPublished, ""},
		{"refused", with(func(p *storage.Publication) { p.State, p.Problem = storage.OpRetry, wrong }), on, standingFailed, "publication.full"},
		{"there, its address shows something else", with(func(p *storage.Publication) { p.Problem = wrong }), on, standingFailed, "publication.full"},
		{"the account waits", &storage.Publication{State: storage.OpPending}, paused, standingFailed, "publication.auth"},
		{"there, the account waits", &sent, paused, standingPublished, ""},
		{"the account is off", &storage.Publication{State: storage.OpPending}, off, standingFailed, "sharing.spaceOff"},
		{"being taken away", with(func(p *storage.Publication) { p.State, p.Leaving = storage.OpPending, true }), on, standingLeaving, ""},
	}
	for _, tt := range tests {
		got, problem := standingOf(tt.p, tt.a)
		code := ""
		if problem != nil {
			code = problem.Code
		}
		if got != tt.want || code != tt.code {
			t.Errorf("%s: %s %q, want %s %q", tt.name, got, code, tt.want, tt.code)
		}
	}
}

// publishing gives the board a program that publishes over WebDAV, and an account on a server that nobody asks.
func (b *bench) publishing() *storage.Account {
	b.t.Helper()
	kept, err := secrets.Open(secrets.Params{Workspace: b.t.TempDir(), KeyDir: b.t.TempDir()})
	if err != nil {
		b.t.Fatal(err)
	}
	store := b.p.Store.(storage.Store)
	office := publication.NewOffice(publication.OfficeParams{Store: store, Feeds: b.agenda, Clock: clock{}})
	kind := webdav.Kind()
	engine := sync.New(sync.Params{Store: store, Secrets: kept, Couriers: []sync.CourierKind{{
		ID: kind.ID, Settings: kind.Settings, Open: func(a *storage.Account, secrets map[string]string) (sync.Courier, error) {
			return office.Open(kind, a, secrets)
		},
	}}})
	b.t.Cleanup(engine.Stop)
	b.p.Publications, b.p.Accounts = office, engine
	a := &storage.Account{Kind: kind.ID, Name: "Nuage", Settings: map[string]string{publication.SettingURL: "https://nuage.example/dav/"}}
	if err := engine.AddAccountWith(b.t.Context(), a, map[string]string{publication.SecretPassword: "lune"}); err != nil {
		b.t.Fatal(err)
	}
	b.until("the account is offered", func() bool { return b.space() != nil })
	return a
}

func TestLinkIsGivenOnceItStandsAtItsPublicAddress(t *testing.T) {
	b := open(t)
	b.made()
	a := b.publishing()
	b.setReach(Internet)
	if b.address() != "" || !b.asksPublic(b.space()) {
		t.Fatalf("before: address %q, public address asked for: %t", b.address(), b.asksPublic(b.space()))
	}
	b.setPublic(b.space(), "https://nuage.example/agendas")
	b.until("the public address", func() bool { return !b.asksPublic(b.space()) })
	b.publish(b.space())
	b.until("what is asked for is shown", func() bool {
		is, _ := standingOf(b.published(a.ID), b.space())
		return is == standingWaiting
	})
	if b.address() != "" || b.reach != Internet {
		t.Errorf("a link is given before it stands there: %q, reach %s", b.address(), b.reach)
	}
	store := b.p.Store.(storage.Store)
	err := store.Update(t.Context(), func(w storage.Writer) error { // as the lane keeps it
		p, err := w.Publication(b.draft.ID, a.ID)
		if err != nil {
			return err
		}
		p.State, p.Published, p.PublishedAt = "", p.Wanted+"x", now.Add(-4*time.Minute)
		return w.PutPublication(p)
	})
	if err != nil {
		t.Fatal(err)
	}
	b.until("the link", func() bool { return b.address() != "" })
	b.setReach(Computer)
	b.open(b.draft.ID)
	b.until("the reach that it has", func() bool { return b.reach == Internet && b.address() != "" })
	if p := b.published(a.ID); b.address() != "https://nuage.example/agendas/"+p.Name || b.urls.Public != b.address() {
		t.Errorf("the link is %q, recommended to Google: %q", b.address(), b.urls.Public)
	}
	b.withdraw(b.space())
	b.until("the removal", func() bool {
		is, _ := standingOf(b.published(a.ID), b.space())
		return is == standingLeaving
	})
	if b.address() != "" || b.urls.Public != "" {
		t.Errorf("a link that goes away is still given: %q", b.address())
	}
}

func TestPublicationSaysWhenItWas(t *testing.T) {
	open(t)
	if got := publishedSince(now.Add(-4*time.Minute), now); got != "Publié aujourd’hui à 9\u00a0h\u00a041" {
		t.Errorf("today: %q", got)
	}
	if got := publishedSince(now.AddDate(0, 0, -2), now); got != "Publié\u00a0: 17\u00a0nov., 9\u00a0h\u00a045" {
		t.Errorf("two days ago: %q", got)
	}
}
