package booktest

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

// Personal is what a card of Private says, and what no error may.
var Personal = []string{"Kirikipu", "kirikipu", "Zébuline", "buline", "secret-lumen", "699887766", "oursins", "Rigodon", "Babouchka"}

// Private is a card that nobody else may learn anything of.
func Private() storage.Card {
	return storage.Card{
		FamilyName: "Kirikipu", GivenName: "Zébuline", Nickname: "Babouchka", Note: "Allergie aux oursins",
		Emails: []storage.CardValue{{Type: "home", Value: "kirikipu@secret-lumen.test"}},
		Phones: []storage.CardValue{{Type: "home", Value: "+33699887766"}}, Labels: []string{"Rigodon"},
	}
}

// Says gives everything that an error says, to people, to a log and to the journal.
func Says(err error) string {
	var all []string
	for e := err; e != nil; e = errors.Unwrap(e) {
		all = append(all, e.Error())
		var classed *directory.Error
		if errors.As(e, &classed) {
			raw, err := json.Marshal(classed.Problem)
			if err != nil {
				raw = []byte(err.Error())
			}
			all = append(all, string(raw), classed.Answer, classed.RequestID)
		}
	}
	return strings.Join(all, "\n")
}

// forgetting is the call that forgets where the book is: it comes last.
const forgetting = "the Identity"

// RunDiscreet has every call of a book that was opened and has read a card of Private answered by a service that quotes what it is
// asked, in every way there is, and wants no error to pass anything of it on. Turn has calls reach that service from then on.
func RunDiscreet(t *testing.T, b book.Book, e book.Entry, turn func(to http.Handler), secrets ...string) {
	var gossip sandbox.Gossip
	turn(&gossip)
	ctx, card := t.Context(), Private()
	card.FamilyName = "Kirikipu-Rigodon"
	update := []book.Update{{Entry: e, Card: card, Key: "k"}}
	two := []book.New{{Key: "k1", Card: Private()}, {Key: "k2", Card: Private()}}
	calls := map[string]func() ([]book.Receipt, error){
		"Read":       func() ([]book.Receipt, error) { _, err := b.Read(ctx, book.Cursor{}); return nil, err },
		"Get":        func() ([]book.Receipt, error) { _, err := b.Get(ctx, []string{e.ID}); return nil, err },
		"Probe":      func() ([]book.Receipt, error) { _, err := b.Probe(ctx, []string{"kirikipu"}); return nil, err },
		"Create":     func() ([]book.Receipt, error) { return b.Create(ctx, two[:1]) },
		"Create two": func() ([]book.Receipt, error) { return b.Create(ctx, two) },
		"Update":     func() ([]book.Receipt, error) { return b.Update(ctx, update) },
		"Update two": func() ([]book.Receipt, error) { return b.Update(ctx, append(update, update...)) },
		"Delete":     func() ([]book.Receipt, error) { return b.Delete(ctx, []book.Entry{e}) },
		forgetting:   func() ([]book.Receipt, error) { _, err := b.Identity(ctx); return nil, err },
	}
	failed := 0
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		for _, way := range sandbox.GossipWays() {
			gossip.Answer(way)
			receipts, err := calls[name]()
			said := Says(err)
			for _, r := range receipts {
				said += "\n" + Says(r.Err) + "\n" + r.Answer
				if r.Err != nil {
					failed++
				}
			}
			if err != nil {
				failed++
			}
			for _, hidden := range append(secrets, Personal...) {
				if strings.Contains(said, hidden) {
					t.Errorf("%s answered by %s says %q: %s", name, way.Name, hidden, said)
					break
				}
			}
		}
	}
	if ways := len(sandbox.GossipWays()); failed < ways*len(calls)*3/4 {
		t.Errorf("%d calls failed of %d", failed, ways*len(calls))
	}
	if n := gossip.Asked(); n < len(sandbox.GossipWays())*len(calls)*3/4 {
		t.Errorf("%d calls were answered: this tests too little", n)
	}
}

// Turning is a server whose calls reach another handler from a moment on.
func Turning(t *testing.T, first http.Handler) (address string, turn func(to http.Handler)) {
	t.Helper()
	handlers := make(chan http.Handler, 1)
	handlers <- first
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := <-handlers
		handlers <- h
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, func(to http.Handler) {
		<-handlers
		handlers <- to
	}
}
