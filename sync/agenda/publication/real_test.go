package publication_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/publication"
	"diapason/sync/agenda/publication/caldav"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/agenda/publication/sftp"
	"diapason/sync/agenda/publication/webdav"
)

// event gives a feed of one event.
func event(title string) string {
	return strings.ReplaceAll("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Diapason//essai//FR\nBEGIN:VEVENT\nUID:a@example.org\n"+
		"DTSTAMP:20261101T080000Z\nDTSTART:20261201T090000Z\nDTEND:20261201T100000Z\nSUMMARY:"+title+"\nEND:VEVENT\nEND:VCALENDAR\n", "\n", "\r\n")
}

// peer is a real server that publications are carried to on the machine's own clock.
type peer struct {
	kind     publication.Kind
	settings map[string]string
	secrets  map[string]string
	server   *publicationtest.Server
	// shows gives what can be read there now, under the name of the publication; "" when nothing.
	shows func(name string) string
}

func transport(t *testing.T) *http.Transport {
	t.Helper()
	tr := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func davPeer(t *testing.T, p publicationtest.DAVParams) *peer {
	d := publicationtest.StartDAV(t, p)
	return &peer{
		kind: webdav.KindOver(transport(t)), server: d.Server,
		settings: map[string]string{
			publication.SettingURL: d.URL, publication.SettingUser: publicationtest.User, publication.SettingPublicURL: d.Public,
		},
		secrets: map[string]string{publication.SecretPassword: publicationtest.Password},
		shows: func(name string) string {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			res, err := client.Get(d.Public + name)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != http.StatusOK {
				return ""
			}
			return string(body)
		},
	}
}

func sftpPeer(t *testing.T) *peer {
	s := publicationtest.StartSFTP(t, "")
	return &peer{
		kind: sftp.Kind(), server: s.Server,
		settings: map[string]string{publication.SettingURL: s.URL, publication.SettingUser: s.User},
		secrets:  map[string]string{publication.SecretKey: s.Key},
		shows: func(name string) string {
			body, err := os.ReadFile(filepath.Join(s.Files, name))
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			return string(body)
		},
	}
}

func calendarPeer(t *testing.T, c *publicationtest.Collection) *peer {
	return &peer{
		kind: caldav.KindOver(transport(t)), server: c.Server,
		settings: map[string]string{publication.SettingURL: c.URL, publication.SettingUser: publicationtest.User},
		secrets:  map[string]string{publication.SecretPassword: publicationtest.Password},
		shows:    func(string) string { return c.Feed() },
	}
}

// meet adds the peer's account; a server that shows a key has it confirmed by the person.
func (r *rig) meet(p *peer) {
	r.Helper()
	a := &storage.Account{Kind: p.kind.ID, Name: "Espace", Settings: p.settings}
	if err := r.engine.AddAccountWith(r.Context(), a, p.secrets); err != nil {
		r.Fatal(err)
	}
	r.account = a.ID
	err := r.engine.TestAccount(r.Context(), a.ID)
	var problem *storage.Problem
	if errors.As(err, &problem) && problem.Code == "publication.hostUnknown" {
		err = r.engine.AcceptIdentity(r.Context(), a.ID)
	}
	if err != nil {
		r.Fatal(err)
	}
}

// comes waits, on the machine's clock, until the publication is as f wants it.
func (r *rig) comes(link string, f func(*storage.Publication) bool) *storage.Publication {
	r.Helper()
	changed := make(chan struct{}, 1)
	remove := r.store.OnChange(func(storage.Changes) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer remove()
	for {
		var p *storage.Publication
		err := r.store.View(r.Context(), func(tx storage.Reader) (err error) {
			p, err = tx.Publication(link, r.account)
			return err
		})
		if errors.Is(err, storage.ErrNotFound) {
			p, err = nil, nil
		}
		if err != nil {
			r.Fatal(err)
		}
		if f(p) {
			return p
		}
		<-changed
	}
}

func done(p *storage.Publication) bool { return p != nil && p.State == "" && p.Problem == nil }

func says(code string) func(*storage.Publication) bool {
	return func(p *storage.Publication) bool { return p != nil && p.Problem != nil && p.Problem.Code == code }
}

func TestPublicationSurvivesTheRestartOfARealServer(t *testing.T) {
	for kind, start := range map[string]func(*testing.T) *peer{
		"Apache mod_dav":      func(t *testing.T) *peer { return davPeer(t, publicationtest.DAVParams{}) },
		"OpenSSH sftp-server": sftpPeer,
		"Radicale":            func(t *testing.T) *peer { return calendarPeer(t, publicationtest.StartCalendar(t, "")) },
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			p := start(t)
			r := newRigOf(t, p.kind)
			r.meet(p)
			link := r.link("Équipe", event("Visite"))
			r.publish(link)
			name := r.comes(link, done).Name
			if !strings.Contains(p.shows(name), "SUMMARY:Visite") {
				t.Fatal("the first feed does not stand there")
			}
			p.server.Stop()
			r.write(link, event("Concert"))
			if err := r.office.Again(t.Context(), link, r.account); err != nil { // does not wait for more changes
				t.Fatal(err)
			}
			r.comes(link, says("publication.offline"))
			p.server.Start()
			r.comes(link, done)
			if got := p.shows(name); !strings.Contains(got, "SUMMARY:Concert") || strings.Contains(got, "SUMMARY:Visite") {
				t.Errorf("after the restart it shows %q", got)
			}
			if err := r.office.Withdraw(t.Context(), link, r.account); err != nil {
				t.Fatal(err)
			}
			r.comes(link, func(p *storage.Publication) bool { return p == nil })
			if got := p.shows(name); strings.Contains(got, "VEVENT") {
				t.Errorf("after the removal it shows %q", got)
			}
		})
	}
}

func TestPublicationSurvivesTheFullDiskOfARealServer(t *testing.T) {
	t.Parallel()
	p := davPeer(t, publicationtest.DAVParams{Disk: "512k"})
	r := newRigOf(t, p.kind)
	r.meet(p)
	small, large := event("Visite"), event("Concert "+strings.Repeat("x", 400_000))
	filler := r.link("Photos", event(strings.Repeat("y", 250_000)))
	link := r.link("Équipe", small)
	r.publish(filler)
	r.comes(filler, done)
	r.publish(link)
	published := r.comes(link, done)
	if published.VerifiedAt.IsZero() {
		t.Error("the public address was not read")
	}
	r.write(link, large)
	if err := r.office.Again(t.Context(), link, r.account); err != nil {
		t.Fatal(err)
	}
	r.comes(link, says("publication.full"))
	if got := p.shows(published.Name); got != small {
		t.Errorf("%d bytes instead of the old feed", len(got))
	}
	if err := r.office.Withdraw(t.Context(), filler, r.account); err != nil {
		t.Fatal(err)
	}
	r.comes(filler, func(p *storage.Publication) bool { return p == nil })
	if err := r.engine.TestAccount(t.Context(), r.account); err != nil { // « Tester » does not wait for the next try
		t.Fatal(err)
	}
	r.comes(link, done)
	if got := p.shows(published.Name); got != large {
		t.Errorf("%d bytes instead of the new feed", len(got))
	}
}

// fill lets another application put events into a calendar until its disk is full, and gives their names and those that did not fit.
func fill(t *testing.T, c *publicationtest.Collection) (names []string) {
	t.Helper()
	for size := 40_000; size > 0; size /= 10 { // large ones first, then what fits beside them
		for i := 0; ; i++ {
			name := fmt.Sprintf("photo-%d-%d", size, i)
			body := strings.ReplaceAll(event(strings.Repeat("y", size)), "a@example.org", name)
			status, _ := c.Call(http.MethodPut, name+".ics", body, nil)
			names = append(names, name+".ics") // also the one that was answered 500: it may stand there
			if status != http.StatusCreated {
				break
			}
		}
	}
	return names
}

func TestPublicationSurvivesTheFullDiskOfARealCalendar(t *testing.T) {
	t.Parallel()
	c := publicationtest.StartCalendar(t, "512k")
	p := calendarPeer(t, c)
	r := newRigOf(t, p.kind)
	r.meet(p)
	link := r.link("Équipe", event("Visite"))
	r.publish(link)
	before := r.comes(link, done)
	photos := fill(t, c)

	r.write(link, event("Concert"))
	if err := r.office.Again(t.Context(), link, r.account); err != nil { // does not wait for more changes
		t.Fatal(err)
	}
	full := r.comes(link, says("publication.storesNothing"))
	if full.State != storage.OpRetry || !full.PublishedAt.Equal(before.PublishedAt) {
		t.Errorf("%q, published %v", full.State, full.PublishedAt)
	}
	if status, body := c.Call(http.MethodGet, before.Events["a@example.org"].Path, "", nil); status != http.StatusOK || !strings.Contains(body, "SUMMARY:Visite") {
		t.Errorf("the old event: %d %q", status, body)
	}

	for _, name := range photos {
		if status, _ := c.Call(http.MethodDelete, name, "", nil); status != http.StatusOK && status != http.StatusNotFound {
			t.Fatalf("%s was not removed: %d", name, status)
		}
	}
	r.engine.Stop()
	r.ahead = time.Until(full.NotBefore) + time.Minute // the next try is due, and nobody asks for it
	r.compose(0)
	r.comes(link, done)
	got := c.Feed()
	if strings.Count(got, "BEGIN:VEVENT") != 1 || !strings.Contains(got, "SUMMARY:Concert") {
		t.Errorf("once there is room it shows %.2000q", got)
	}
}

func TestPublicAddressThatShowsALoginPageIsSaid(t *testing.T) {
	p := davPeer(t, publicationtest.DAVParams{Login: true})
	r := newRigOf(t, p.kind)
	r.meet(p)
	link := r.link("Équipe", event("Visite"))
	r.publish(link)
	got := r.comes(link, says("publication.public.page"))
	if got.Published != publication.Hash([]byte(event("Visite"))) || !got.VerifiedAt.IsZero() {
		t.Errorf("%+v", got)
	}
	if why := r.pause(); why != nil {
		t.Errorf("the account waits: %v", why)
	}
}
