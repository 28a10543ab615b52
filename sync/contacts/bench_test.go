package contacts_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/contacts"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/fieldmap"
	"diapason/sync/contacts/google"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

// bench is a workspace with the whole engine, whose only account is at some address book.
type bench struct {
	*testing.B
	store   *bolt.Store
	engine  *sync.Engine
	service *contacts.Service
	account string
}

// newBench makes an account of a kind whose cards are all in tune, over the connection that open makes.
func newBench(b *testing.B, fields func() fieldmap.Map, open func() (book.Book, error)) *bench {
	b.Helper()
	store, err := bolt.Open(b.Context(), bolt.Params{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	kind := contacts.Kind{
		ID: "contacts.bench", Fields: fields, Open: func(*storage.Account, map[string]string) (book.Book, error) { return open() },
	}
	r := &bench{B: b, store: store, service: contacts.New(contacts.Params{Store: store, Kinds: []contacts.Kind{kind}})}
	r.engine = sync.New(sync.Params{
		Store: store, Kinds: directory.NewKinds(), Couriers: r.service.CourierKinds(), Contacts: r.service,
	})
	r.service.ReportTo(r.engine.Jobs())
	if err := r.engine.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		r.engine.Stop()
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	a := &storage.Account{Kind: kind.ID, Name: "Banc", Settings: map[string]string{contacts.SettingLabel: "*"}}
	if err := r.engine.AddAccount(b.Context(), a); err != nil {
		b.Fatal(err)
	}
	r.account = a.ID
	return r
}

// keep writes contacts into the workspace, without a pass.
func (r *bench) keep(cards ...storage.Card) {
	r.Helper()
	for part := range slices.Chunk(cards, 500) {
		err := r.store.Update(r.Context(), func(w storage.Writer) error {
			for _, c := range part {
				if err := w.PutContact(&storage.Contact{Card: c}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			r.Fatal(err)
		}
	}
}

// pass makes a pass that must go through, and gives how long it took.
func (r *bench) pass() (*storage.Run, time.Duration) {
	r.Helper()
	began := time.Now()
	id, err := r.service.Sync(r.Context(), r.account, storage.ActorUser)
	if err != nil {
		r.Fatal(err)
	}
	run, err := r.engine.Wait(r.Context(), id)
	if err != nil {
		r.Fatal(err)
	}
	took := time.Since(began)
	if run.State != storage.RunDone {
		r.Fatalf("the pass is %s: %v, %+v", run.State, run.Problem, run.Guard)
	}
	return run, took
}

// benchCard is a card as people have them, in our types.
func benchCard(n int) storage.Card {
	return storage.Card{
		GivenName: "Camille", FamilyName: fmt.Sprintf("Exemple %05d", n),
		Emails:    []storage.CardValue{{Type: storage.TypePersonal, Value: fmt.Sprintf("camille.%d@example.com", n)}},
		Phones:    []storage.CardValue{{Type: storage.TypePersonalMobile, Value: fmt.Sprintf("+336%08d", n)}},
		Addresses: []storage.CardAddress{{Type: storage.TypePersonal, Street: "12 quai du Port", PostalCode: "13002", City: "Marseille"}},
	}
}

func benchCards(n int) []storage.Card {
	cards := make([]storage.Card, n)
	for i := range cards {
		cards[i] = benchCard(i)
	}
	return cards
}

// stopwatch counts the time that a handler takes to compose its answers, which are passed on afterwards: what is left of
// a pass is the engine's side.
type stopwatch struct {
	http.Handler
	inside atomic.Int64 // nanoseconds
}

func (s *stopwatch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	began := time.Now()
	s.Handler.ServeHTTP(answer, r)
	s.inside.Add(int64(time.Since(began)))
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // nobody waits for it any more: the next call says so
}

// ours makes a pass and gives the time of it that the handler did not take.
func (s *stopwatch) ours(r *bench) (*storage.Run, time.Duration) {
	r.Helper()
	s.inside.Store(0)
	run, took := r.pass()
	return run, took - time.Duration(s.inside.Load())
}

// googleBench is a workspace whose account is at Google's emulator, without limits unless it has some.
func googleBench(b *testing.B) (*bench, *sandbox.People, *stopwatch) {
	b.Helper()
	people := sandbox.NewPeople(sandbox.PeopleParams{Now: time.Now})
	watch := &stopwatch{Handler: people}
	r := newBench(b, fieldmap.Google, func() (book.Book, error) {
		return google.Open(google.Params{
			BaseURL: "https://people.example", Client: &http.Client{Transport: signed{sandbox.Transport{Handler: watch}}},
			Name: anne, Now: time.Now,
		})
	})
	b.Cleanup(func() {
		if v := people.Violations(anne); len(v) > 0 {
			b.Errorf("what the API asks not to do: %v", v)
		}
	})
	return r, people, watch
}

// typed is what a person types into Google's page for a benchCard.
func typed(n int) string {
	return fmt.Sprintf(`{"names":[{"givenName":"Camille","familyName":"Exemple %05d"}],"emailAddresses":[{"type":"home",`+
		`"value":"camille.%d@example.com"}],"phoneNumbers":[{"type":"mobile","value":"+336%08d"}],"addresses":[{"type":"home",`+
		`"streetAddress":"12 quai du Port","postalCode":"13002","city":"Marseille"}]}`, n, n, n)
}

// asked counts the requests that f makes.
func asked(people *sandbox.People, f func()) int {
	before := requests(people)
	f()
	return requests(people) - before
}

// manyAtGoogle are the contacts of a first pass.
const manyAtGoogle = 10_000

// BenchmarkGoogleRead reads 10,000 contacts of Google's emulator without limits, and then again with nothing changed
// (goals: 5,000 contacts a second on the engine's side; 0.15 s and one request).
func BenchmarkGoogleRead(b *testing.B) {
	for b.Loop() {
		r, people, watch := googleBench(b)
		for i := range manyAtGoogle {
			people.Add(anne, typed(i))
		}
		run, took := watch.ours(r)
		if run.Totals.Created != manyAtGoogle {
			b.Fatalf("%+v", run.Totals)
		}
		b.ReportMetric(manyAtGoogle/took.Seconds(), "contacts/s")
		nothing(r, people)
		b.ReportMetric(0, "ns/op") // setting up is in it
	}
}

// BenchmarkGoogleCreate creates 10,000 contacts at Google's emulator without limits; the pass after that is shown what we
// wrote, the one after that nothing (goals as for reading).
func BenchmarkGoogleCreate(b *testing.B) {
	for b.Loop() {
		r, people, watch := googleBench(b)
		r.keep(benchCards(manyAtGoogle)...)
		run, took := watch.ours(r)
		if run.Totals.Sent != manyAtGoogle {
			b.Fatalf("%+v", run.Totals)
		}
		b.ReportMetric(manyAtGoogle/took.Seconds(), "contacts/s")
		_, took = watch.ours(r)
		b.ReportMetric(1000*took.Seconds(), "own-cards-ms")
		nothing(r, people)
		b.ReportMetric(0, "ns/op") // setting up is in it
	}
}

// nothing makes a pass without changes.
func nothing(r *bench, people *sandbox.People) {
	r.Helper()
	n := asked(people, func() {
		run, took := r.pass()
		if run.Totals.Total != 0 {
			r.Fatalf("a pass without changes did something: %+v", run.Totals)
		}
		r.ReportMetric(1000*took.Seconds(), "nothing-ms")
	})
	r.ReportMetric(float64(n), "nothing-requests")
}

// BenchmarkGoogleTenOf25000 changes ten contacts of 25,000: all there, all here, and five on each side (goal: 3 requests).
func BenchmarkGoogleTenOf25000(b *testing.B) {
	const many = 25_000
	for b.Loop() {
		r, people, _ := googleBench(b)
		for i := range many {
			people.Add(anne, typed(i))
		}
		r.pass()
		names := make([]string, 0, many)
		for _, c := range people.Contacts(anne) {
			names = append(names, c.Name)
		}
		var here []*storage.Contact
		err := r.store.View(b.Context(), func(tx storage.Reader) (err error) {
			here, err = tx.Contacts("", 0)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		for i, side := range []struct {
			name        string
			there, here int
		}{{"there", 10, 0}, {"here", 0, 10}, {"both", 5, 5}} {
			for n := range side.there {
				people.Edit(anne, names[1000+100*i+n], `{"nicknames":[{"value":"Zo`+fmt.Sprint(i)+`"}]}`)
			}
			for n := range side.here {
				c := here[5000+100*i+n].Clone()
				c.Nickname = "Zo"
				if _, err := r.service.Save(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
			n := asked(people, func() {
				run, took := r.pass()
				if run.Totals.Updated != side.there || run.Totals.Sent != side.here {
					b.Fatalf("%s: %+v", side.name, run.Totals)
				}
				b.ReportMetric(1000*took.Seconds(), side.name+"-ms")
			})
			b.ReportMetric(float64(n), side.name+"-requests")
			r.pass() // shows what we wrote
		}
		b.ReportMetric(0, "ns/op") // setting up is in it
	}
}
