package agenda_test

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/feedserver"
)

func TestTheAdministratorOwnsNoLink(t *testing.T) {
	r := newRig(t)
	var administrator *storage.Person
	r.must(r.store.View(r.ctx, func(tx storage.Reader) error {
		all, err := tx.Persons()
		for _, p := range all {
			if p.Administrator {
				administrator = p
			}
		}
		return err
	}))
	l := r.Draft(administrator.ID)
	l.Label = "Lien"
	checkCode(t, "the administrator's link", r.AddLink(r.ctx, l), "feedLink.owner.administrator")
	mine := r.link("Le mien")
	mine.OwnerID = administrator.ID
	checkCode(t, "a link given to the administrator", r.ChangeLink(r.ctx, mine), "feedLink.owner.administrator")
}

func TestRegeneratedAndRevokedLinksAreGone(t *testing.T) {
	r := newRig(t)
	r.save(r.reservation("Chœur", "2026-03-05T18:00"))
	r.must(r.Start(r.ctx))
	l := r.link("Lien")
	r.until(l, func(a answer) bool { return a.status == http.StatusOK })
	old, err := r.URLs(r.ctx, l.ID)
	r.must(err)

	r.must(r.RegenerateLink(r.ctx, l.ID))
	r.until(l, func(a answer) bool { return a.status == http.StatusOK && strings.Contains(a.body, "Chœur") })
	if a := r.fetch(old.Loopback); a.status != http.StatusGone || a.body == "" && a.status == http.StatusOK {
		t.Errorf("the old address answers %d", a.status)
	}
	fresh, err := r.URLs(r.ctx, l.ID)
	r.must(err)
	if fresh.Loopback == old.Loopback {
		t.Fatal("the token is the same")
	}

	r.must(r.RevokeLink(r.ctx, l.ID))
	for end := time.Now().Add(patience); r.fetch(fresh.Loopback).status != http.StatusGone; {
		if time.Now().After(end) {
			t.Fatal("a revoked link is still answered")
		}
		time.Sleep(time.Millisecond) // between two looks, until it is gone
	}
	_, err = r.URLs(r.ctx, l.ID)
	var p *storage.Problem
	if !errors.As(err, &p) || p.Code != "feedLink.revoked" {
		t.Errorf("the address of a revoked link: %v", err)
	}
	if a := r.fetch(strings.Replace(fresh.Loopback, "/agenda/", "/agenda/a", 1)); a.status != http.StatusNotFound {
		t.Errorf("an unknown address answers %d", a.status)
	}

	r.clock.advance(31 * 24 * time.Hour)
	r.restart()
	if a := r.fetch(fresh.Loopback); a.status != http.StatusNotFound {
		t.Errorf("a month later: %d", a.status)
	}
}

func TestReadingsAreNotedOnTheLink(t *testing.T) {
	r := newRig(t)
	r.must(r.Start(r.ctx))
	l := r.link("Lien")
	r.until(l, func(a answer) bool { return a.status == http.StatusOK })
	r.get(l, "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0")
	d, err := r.Test(r.ctx, l.ID) // is no reading
	r.must(err)
	if d.Near.Problem != nil || d.Near.Status != http.StatusOK || d.Near.Bytes == 0 {
		t.Errorf("the test of a good link: %+v", d.Near)
	}
	r.Stop() // writes the last ones down
	links, err := r.Links(r.ctx)
	r.must(err)
	clients := map[string]storage.FeedReading{}
	for _, reading := range links[0].Readings {
		clients[reading.Client] = reading
	}
	if got := clients["Thunderbird"]; got.From == "" || !got.At.Equal(r.clock.Now()) {
		t.Errorf("readings %v", links[0].Readings)
	}
	if _, noted := clients["Diapason"]; noted {
		t.Error("our own test is noted as a reading")
	}
}

func TestALoopbackLinkIsNotOfferedToServersOfTheInternet(t *testing.T) {
	near := agenda.URLs{Loopback: "http://127.0.0.1:27463/agenda/x.ics", Webcal: "webcal://127.0.0.1:27463/agenda/x.ics"}
	public := near
	public.Public, public.Webcal = "https://example.com/x.ics", "webcal://example.com/x.ics"
	lan := near
	lan.LAN = "http://192.0.2.7:27463/agenda/x.ics"
	plain := near
	plain.Public = "http://example.com/x.ics"
	for _, tt := range []struct {
		name string
		urls agenda.URLs
		want map[agenda.Target]string
	}{
		{"near", near, map[agenda.Target]string{agenda.TargetApple: near.Webcal, agenda.TargetThunderbird: near.Loopback}},
		{"lan", lan, map[agenda.Target]string{agenda.TargetApple: near.Webcal, agenda.TargetThunderbird: near.Loopback, agenda.TargetAndroid: lan.LAN}},
		{"public", public, map[agenda.Target]string{
			agenda.TargetApple: public.Webcal, agenda.TargetGoogle: public.Public, agenda.TargetThunderbird: near.Loopback, agenda.TargetAndroid: public.Public,
		}},
		{"public without encryption", plain, map[agenda.Target]string{
			agenda.TargetApple: near.Webcal, agenda.TargetThunderbird: near.Loopback, agenda.TargetAndroid: plain.Public,
		}},
	} {
		for _, o := range tt.urls.Offers() {
			if o.URL != tt.want[o.Target] || (o.URL == "") != (o.Why != nil) {
				t.Errorf("%s, %s: %q, %v", tt.name, o.Target, o.URL, o.Why)
			}
		}
	}
}

func TestAPortThatLinksHoldIsWaitedForAndOneThatTheyDoNotIsExchanged(t *testing.T) {
	r := newRig(t)
	c, err := r.Configuration(r.ctx)
	r.must(err)
	other, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", itoa(c.Port)))
	r.must(err)
	r.must(r.Start(r.ctx))
	s := r.Serving()
	if s.Refused != nil || s.Port == c.Port || s.Port == 0 {
		t.Fatalf("no link holds the port yet: %+v", s)
	}
	r.must(other.Close())

	l := r.link("Lien")
	r.Stop()
	other, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", itoa(s.Port)))
	r.must(err)
	t.Cleanup(func() { r.must(other.Close()) })
	r.must(r.Start(r.ctx))
	var taken *feedserver.PortTaken
	if s := r.Serving(); !errors.As(s.Refused, &taken) || s.Port != 0 {
		t.Errorf("a link holds the port: %+v", s)
	}
	u, err := r.URLs(r.ctx, l.ID)
	if r.must(err); u.Loopback != "" {
		t.Error("an address is given that another program answers")
	}
	d, err := r.Test(r.ctx, l.ID)
	if r.must(err); d.Near.Problem == nil || d.Near.Problem.Code != "agenda.offer.notServed" {
		t.Errorf("the test says %+v", d.Near)
	}
	r.must(r.Configure(r.ctx, agenda.Configuration{Port: taken.Free}))
	if s := r.Serving(); s.Refused != nil || s.Port != taken.Free {
		t.Errorf("on the port that was offered: %+v", s)
	}
}

func TestTheTestOfALinkSaysWhatIsWrong(t *testing.T) {
	r := newRig(t)
	r.must(r.Start(r.ctx))
	l := r.link("Lien")
	good := r.until(l, func(a answer) bool { return a.status == http.StatusOK })
	reply := make(chan func(http.ResponseWriter), 1)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { (<-reply)(w) })}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	r.must(err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() { r.must(server.Close()); <-served })
	account := &storage.Account{Name: "Hébergement", Kind: "agenda.webdav"}
	r.must(r.store.Update(r.ctx, func(tx storage.Writer) error {
		if err := tx.PutAccount(account); err != nil {
			return err
		}
		return tx.PutPublication(&storage.Publication{
			LinkID: l.ID, AccountID: account.ID, Name: "x.ics", PublicURL: "http://" + listener.Addr().String() + "/x.ics", PublishedAt: time.Now(),
		})
	}))
	send := func(status int, kind, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			if _, err := w.Write([]byte(body)); err != nil {
				t.Error(err)
			}
		}
	}
	const ics = "text/calendar; charset=utf-8"
	for _, tt := range []struct {
		code string
		send func(http.ResponseWriter)
	}{
		{"", send(200, ics, good.body)},
		{"agenda.test.closed", send(401, "text/html", "Login")},
		{"agenda.test.unknown", send(404, "text/html", "Not found")},
		{"agenda.test.revoked", send(410, "text/html", "Gone")},
		{"agenda.test.status", send(503, "text/html", "Later")},
		{"agenda.test.noCalendar", send(200, "text/html", "<html>Login</html>")},
		{"agenda.test.unreadable", send(200, ics, good.body[:len(good.body)/2])},
		{"agenda.test.type", send(200, "text/plain", good.body)},
		{"agenda.test.old", send(200, ics, strings.Replace(good.body, "END:VCALENDAR", "X-OLD:1\r\nEND:VCALENDAR", 1))},
	} {
		reply <- tt.send
		d, err := r.Test(r.ctx, l.ID)
		r.must(err)
		if got := d.Public.Problem; (got == nil) != (tt.code == "") || got != nil && got.Code != tt.code {
			t.Errorf("want %s, got %v", tt.code, got)
		}
	}
}
