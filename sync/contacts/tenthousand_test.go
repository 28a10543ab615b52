package contacts_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/carddav"
	"diapason/sync/sandbox"
)

// many is how many contacts are in tune before all but one of them are gone on the other side.
const many = 10_000

// numbered is the card of a person, as a book shows it.
func numbered(n int) storage.Card {
	return storage.Card{
		GivenName: "Zoé", FamilyName: fmt.Sprintf("Morel%05d", n),
		Emails: []storage.CardValue{{Type: "home", Value: fmt.Sprintf("zoe%05d@lumen.test", n)}},
	}
}

// alsoInTune keeps what a pass over these cards would leave, with the place where the next reading begins; one has read the
// card of number 0. How long it takes to read ten thousand is for the benchmarks: it would take the race detector a minute.
func (r *rig) alsoInTune(cursor string, entries []book.Entry) {
	r.Helper()
	for part := range slices.Chunk(entries, 2500) {
		r.update(func(w storage.Writer) error {
			for _, e := range part {
				c := &storage.Contact{Card: e.Card.Clone()}
				c.Emails[0].Type = storage.TypePersonal
				if err := w.PutContact(c); err != nil {
					return err
				}
				if err := w.PutContactLink(&storage.ContactLink{
					ContactID: c.ID, AccountID: r.account, RemoteID: e.ID, ETag: e.ETag, RemoteAt: e.At, Ours: e.Card, Theirs: e.Card, SyncedAt: r.clock.now,
				}); err != nil {
					return err
				}
				if err := w.MarkContactSent(c.ID, r.account, c.Revision); err != nil {
					return err
				}
			}
			b, err := w.ContactBook(r.account)
			if err != nil {
				return err
			}
			b.Cursor, b.Count = cursor, many
			return w.PutContactBook(b)
		})
	}
}

// alive counts the contacts outside the trash.
func (r *rig) alive() (n int) {
	r.Helper()
	r.view(func(tx storage.Reader) (err error) {
		n, err = tx.CountContacts()
		return err
	})
	return n
}

// stopsFor makes a pass that must stop and ask a person because all contacts but one go, and have done nothing.
func (r *rig) stopsFor(reason string) {
	r.Helper()
	r.clock.now = r.clock.now.Add(time.Hour)
	run := r.sync()
	if run.State != storage.RunHeld || run.Guard == nil {
		r.Fatalf("the pass is %s: %v, %+v", run.State, run.Problem, run.Totals)
	}
	if !slices.ContainsFunc(run.Guard.Reasons, func(p *storage.Problem) bool { return p.Code == reason && p.Args["n"] == fmt.Sprint(many-1) }) {
		r.Fatalf("held for %v, not for %s of %d", run.Guard.Reasons, reason, many-1)
	}
	if n := r.alive(); n != many || run.Totals.Total != 0 {
		r.Fatalf("a held pass did something: %d contacts are left, %+v", n, run.Totals)
	}
}

// addTo makes the contact of a number at Google, as a person does, and gives its resource name.
func addTo(people *sandbox.People, label string, n int) string {
	return people.Add(anne, fmt.Sprintf(`{"names":[{"givenName":"Zoé","familyName":"Morel%05d"}],"emailAddresses":[{"type":"home","value":"zoe%05d@lumen.test"}],
		"memberships":[{"contactGroupMembership":{"contactGroupResourceName":"contactGroups/myContacts"}},{"contactGroupMembership":{"contactGroupResourceName":%q}}]}`, n, n, label))
}

func TestOneContactLeftOfTenThousandAtGoogleStopsThePassAndAsks(t *testing.T) {
	if testing.Short() {
		t.Skip("ten thousand contacts")
	}
	t.Parallel()
	r, people, _ := atGoogle(t)
	label := people.AddLabel(anne, "Diapason")
	addTo(people, label, 0)
	r.syncOK()
	names := make([]string, 0, many)
	for n := 1; n < many; n++ {
		names = append(names, addTo(people, label, n))
	}
	google, err := r.open(nil)
	if err != nil {
		t.Fatal(err)
	}
	var others []book.Entry
	var page book.Page
	for page.State == "" {
		if page, err = google.Read(t.Context(), book.Cursor{Page: page.Next}); err != nil {
			t.Fatal(err)
		}
		others = append(others, page.Entries...)
	}
	r.alsoInTune(page.State, slices.DeleteFunc(others, func(e book.Entry) bool { return e.Card.FamilyName == numbered(0).FamilyName }))
	if run := r.syncOK(); run.Totals.Total != 0 || r.alive() != many {
		t.Fatalf("not in tune: %+v, %d contacts", run.Totals, r.alive())
	}
	for _, name := range names {
		people.Remove(anne, name)
	}
	written := people.Writes(anne)
	r.stopsFor("contacts.guard.closed.here")          // 9,999 deletions are told
	r.clock.now = r.clock.now.Add(8 * 24 * time.Hour) // past the life of a sync token
	r.stopsFor("contacts.guard.vanished.here")        // they are not: a whole reading gives one card
	if n := people.Writes(anne) - written; n != 0 {
		t.Errorf("%d writings at Google", n)
	}
}

func TestOneCardLeftOfTenThousandAtACardDAVServerStopsThePassAndAsks(t *testing.T) {
	if testing.Short() {
		t.Skip("ten thousand cards")
	}
	t.Parallel()
	r := newRig(t)
	server := publicationtest.StartRadicale(t, publicationtest.InMemory).AddressBook("carnet", "Carnet")
	over := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(over.CloseIdleConnections)
	r.open = func(*storage.Account) (book.Book, error) {
		return carddav.Open(carddav.Params{BaseURL: server.URL, User: publicationtest.User, Password: publicationtest.Password, Transport: over})
	}
	r.clock.now = time.Now().UTC() // the server's clock is the machine's
	r.restart()
	// The server finds the cards in its own folder, which takes it a tenth of the time of as many writings.
	file := func(n int) string {
		return filepath.Join(server.Folder(), "collection-root", publicationtest.User, "carnet", fmt.Sprintf("zoe%05d.vcf", n))
	}
	add := func(n int) {
		card := numbered(n)
		text := fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:zoe%05d\r\nN:%s;%s;;;\r\nFN:%s\r\nEMAIL;TYPE=HOME:%s\r\nEND:VCARD\r\n",
			n, card.FamilyName, card.GivenName, card.FullName(), card.Emails[0].Value)
		if err := os.WriteFile(file(n), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	add(0)
	r.syncOK()
	for n := 1; n < many; n++ {
		add(n)
	}
	status, listed := server.Call("REPORT", "", `<?xml version="1.0"?><sync-collection xmlns="DAV:"><sync-token/>`+
		`<sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`, nil)
	var all struct {
		Token     string `xml:"sync-token"`
		Responses []struct {
			Href string `xml:"href"`
			ETag string `xml:"propstat>prop>getetag"`
		} `xml:"response"`
	}
	if err := xml.Unmarshal([]byte(listed), &all); err != nil || status != http.StatusMultiStatus || len(all.Responses) != many {
		t.Fatalf("%d, %v, %d cards", status, err, len(all.Responses))
	}
	var others []book.Entry
	for _, one := range all.Responses {
		var n int
		if _, err := fmt.Sscanf(filepath.Base(one.Href), "zoe%05d.vcf", &n); err != nil {
			t.Fatal(one.Href, err)
		}
		if n > 0 {
			others = append(others, book.Entry{ID: one.Href, ETag: one.ETag, Card: numbered(n)})
		}
	}
	r.alsoInTune("token "+all.Token, others)
	for n := 1; n < many; n++ {
		if err := os.Remove(file(n)); err != nil {
			t.Fatal(err)
		}
	}
	r.stopsFor("contacts.guard.closed.here") // 9,999 deletions are told
	r.update(func(w storage.Writer) error {  // the server forgets its tokens: a whole reading gives one card
		b, err := w.ContactBook(r.account)
		if err != nil {
			return err
		}
		b.Cursor = "token http://radicale.org/ns/sync/forgotten"
		return w.PutContactBook(b)
	})
	r.stopsFor("contacts.guard.vanished.here")
	if _, err := os.Stat(file(0)); err != nil {
		t.Error(err)
	}
}

// TestALieOfGooglesListDeletesNothing has lists answered with 200 that are empty, or end in the middle, once the token of
// the last reading has expired.
func TestALieOfGooglesListDeletesNothing(t *testing.T) {
	t.Parallel()
	r, people, _ := atGoogle(t)
	label := people.AddLabel(anne, "Diapason")
	for n := range 200 {
		addTo(people, label, n)
	}
	r.syncOK()
	list := "/v1/people/me/connections"
	for _, lie := range []struct {
		kind           sandbox.FaultKind
		state          storage.RunState
		problem, asked string
	}{
		{sandbox.EmptyList, storage.RunHeld, "", "contacts.guard.empty"},
		{sandbox.TruncatedList, storage.RunFailed, "contacts.incomplete", ""},
	} {
		r.clock.now = r.clock.now.Add(8 * 24 * time.Hour)
		people.Misbehave(sandbox.Fault{Kind: lie.kind, Path: list, Skip: 1}) // the first is refused for its token
		written := people.Writes(anne)
		run := r.sync()
		if run.State != lie.state || lie.problem != "" && run.Problem.Code != lie.problem {
			t.Fatalf("%s: %s, %v", lie.kind, run.State, run.Problem)
		}
		if lie.asked != "" && !slices.ContainsFunc(run.Guard.Reasons, func(p *storage.Problem) bool { return p.Code == lie.asked }) {
			t.Fatalf("%s: held for %v", lie.kind, run.Guard.Reasons)
		}
		if r.alive() != 200 || people.Writes(anne) != written || run.Totals.Total != 0 {
			t.Fatalf("%s did something: %d contacts, %+v", lie.kind, r.alive(), run.Totals)
		}
		people.Behave()
	}
	r.still() // the truth again: nothing was lost
	if r.alive() != 200 {
		t.Errorf("%d contacts", r.alive())
	}
}
