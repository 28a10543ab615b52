package contacts_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/carddav"
)

// crashing is a book whose process ends before or after a call that writes.
type crashing struct {
	book.Book
	call  string
	after bool
}

func (c *crashing) around(call string, after bool) {
	if c.call == call && c.after == after {
		c.call = ""
		panic(errCrash)
	}
}

func (c *crashing) Create(ctx context.Context, cards []book.New) ([]book.Receipt, error) {
	c.around("create", false)
	defer c.around("create", true)
	return c.Book.Create(ctx, cards)
}

func (c *crashing) Update(ctx context.Context, cards []book.Update) ([]book.Receipt, error) {
	c.around("update", false)
	defer c.around("update", true)
	return c.Book.Update(ctx, cards)
}

func (c *crashing) Delete(ctx context.Context, cards []book.Entry) ([]book.Receipt, error) {
	c.around("delete", false)
	defer c.around("delete", true)
	return c.Book.Delete(ctx, cards)
}

// radicale is a real address book, as another application of the same person uses it.
type radicale struct {
	*publicationtest.Collection
	r *rig
}

// cards gives the text of every card that stands there, by address.
func (c radicale) cards() map[string]string {
	c.r.Helper()
	body := `<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getetag/></prop></propfind>`
	_, listed := c.Call("PROPFIND", "", body, http.Header{"Depth": {"1"}})
	all := map[string]string{}
	for _, part := range strings.Split(listed, "<href>")[1:] {
		href, _, _ := strings.Cut(part, "</href>")
		if name := path.Base(href); strings.HasSuffix(name, ".vcf") {
			_, all[name] = c.Call(http.MethodGet, name, "", nil)
		}
	}
	return all
}

// of gives the address and the text of the card that says something.
func (c radicale) of(text string) (name, card string) {
	c.r.Helper()
	for name, card := range c.cards() {
		if strings.Contains(card, text) {
			return name, card
		}
	}
	c.r.Fatalf("no card says %q", text)
	return "", ""
}

// readings is a way to a server that counts the calls for cards.
type readings struct {
	*http.Transport
	reads atomic.Int64
}

func (c *readings) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == "REPORT" && req.GetBody != nil {
		if body, err := req.GetBody(); err == nil {
			if raw, err := io.ReadAll(body); err == nil && bytes.Contains(raw, []byte("addressbook-multiget")) {
				c.reads.Add(1)
			}
		}
	}
	return c.Transport.RoundTrip(req)
}

func TestARealCardDAVServerIsKeptInTuneThroughEditsDeletionsAndCrashes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	server := radicale{publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet"), r}
	over := &readings{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	t.Cleanup(over.CloseIdleConnections)
	faulty := &crashing{}
	r.open = func(*storage.Account) (book.Book, error) {
		b, err := carddav.Open(carddav.Params{
			BaseURL: server.URL, User: publicationtest.User, Password: publicationtest.Password, Transport: over,
		})
		faulty.Book = b
		return faulty, err
	}
	r.clock.now = time.Now().UTC() // the server's clock is the machine's
	r.restart()
	put := func(name, card string) {
		t.Helper()
		if status, answer := server.Call(http.MethodPut, name, card, http.Header{"Content-Type": {"text/vcard"}}); status/100 != 2 {
			t.Fatal(status, answer)
		}
	}
	for i := range 12 {
		r.save(person(i))
	}
	put("ali.vcf", "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:ali\r\nN:Ben Salah;Ali;;;\r\nFN:Ali Ben Salah\r\nX-OURS-NOT:left alone\r\nEND:VCARD\r\n")
	r.syncOK()
	if len(server.cards()) != 13 || len(r.living()) != 13 {
		t.Fatalf("%d cards, %d contacts", len(server.cards()), len(r.living()))
	}
	here := map[string]*storage.Contact{}
	for _, c := range r.all() {
		here[c.FamilyName] = c
	}
	for _, call := range []string{"create", "update", "delete"} {
		for _, after := range []bool{false, true} {
			n := len(server.cards())
			r.save(person(100 + n))
			r.edit(here["Ben Salah"].ID, func(c *storage.Card) { c.Title = call + " au bar" })
			if n++; call == "delete" {
				n--
				victim := here["Morel0000"]
				if after {
					victim = here["Morel0001"]
				}
				r.trash(victim.ID)
			}
			faulty.call, faulty.after = call, after
			r.syncOK()
			r.syncOK()
			_, ali := server.of("Ben Salah")
			if got := len(server.cards()); got != n || !strings.Contains(ali, call+" au bar") || !strings.Contains(ali, "X-OURS-NOT:left alone") {
				t.Fatalf("%s, after %v: %d cards, want %d; %s", call, after, got, n, ali)
			}
		}
	}
	name, card := server.of("Morel0011")
	put(name, strings.Replace(card, "END:VCARD", "NICKNAME:Zo\r\nEND:VCARD", 1))
	gone, _ := server.of("Morel0010")
	if status, _ := server.Call(http.MethodDelete, gone, "", nil); status/100 != 2 {
		t.Fatal(status)
	}
	r.syncOK()
	if r.contact(here["Morel0011"].ID).Nickname != "Zo" || r.contact(here["Morel0010"].ID).TrashedAt.IsZero() {
		t.Error("an edit or a deletion there did not travel")
	}
	for i := range 3 { // what we wrote is told by the next reading, and not read again
		r.edit(here[fmt.Sprintf("Morel%04d", 5+i)].ID, func(c *storage.Card) { c.Title = "Au bar" })
	}
	if run := r.syncOK(); run.Totals.Sent != 3 {
		t.Errorf("%+v", run.Totals)
	}
	before := r.all()
	reads := over.reads.Load()
	if run := r.syncOK(); run.Totals.Total != 0 || over.reads.Load() != reads {
		t.Errorf("our own cards: %+v, %d readings of cards", run.Totals, over.reads.Load()-reads)
	}
	if run := r.syncOK(); run.Totals.Total != 0 {
		t.Errorf("a second pass did something: %+v", run.Totals)
	}
	for i, c := range r.all() {
		if c.Revision != before[i].Revision {
			t.Errorf("a second pass wrote %s", c.FullName())
		}
	}
}
