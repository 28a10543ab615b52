package roster_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/app/apptest"
	"diapason/app/contacts/roster"
	"diapason/storage"
	"diapason/storage/bolt"
)

// bench is a roster over a real workspace, with a queue in the place of the interface's goroutine.
type bench struct {
	*roster.Roster
	t     *testing.T
	store *bolt.Store
	queue apptest.Queue
	shown int
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, store: apptest.Store(t), queue: apptest.NewQueue()}
	b.Roster = roster.New(roster.Params{
		Store: b.store, UI: b.queue.UI, Background: func(f func()) { go f() }, Later: func(_ time.Duration, f func()) { go f() },
		Shown: func() { b.shown++ }, Failed: func(err error) { t.Error(err) },
	})
	t.Cleanup(b.Close)
	return b
}

func (b *bench) put(contacts ...*storage.Contact) {
	b.t.Helper()
	err := b.store.Update(b.t.Context(), func(w storage.Writer) error {
		for _, c := range contacts {
			if err := w.PutContact(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// names gives the rows shown.
func (b *bench) names() []string {
	var names []string
	for i := range b.Len() {
		names = append(names, b.Row(i).Name)
	}
	return names
}

func (b *bench) until(what string, names ...string) {
	b.t.Helper()
	b.queue.Until(b.t, what, func() bool { return b.Read() && slices.Equal(b.names(), names) }, func() string { return fmt.Sprint(b.names()) })
}

func person(given, family string, change ...func(*storage.Contact)) *storage.Contact {
	c := &storage.Contact{Card: storage.Card{GivenName: given, FamilyName: family}}
	for _, f := range change {
		f(c)
	}
	return c
}

func labelled(labels ...string) func(*storage.Contact) {
	return func(c *storage.Contact) { c.Labels = labels }
}

func calling(number string) func(*storage.Contact) {
	return func(c *storage.Contact) {
		c.Phones = []storage.CardValue{{Type: storage.TypePersonalMobile, Value: number}}
	}
}

func TestContactsAreListedByNameAndFollowed(t *testing.T) {
	b := open(t)
	zoe := person("Zo\u00e9", "Morel")
	b.put(zoe, person("Ali", "\u00c9toile"), person("Max", "Dupont"))
	b.Follow()
	b.until("the list", "Max Dupont", "Ali \u00c9toile", "Zo\u00e9 Morel")
	zoe.FamilyName = "Arc"
	b.put(zoe, person("", "Bloc"))
	b.until("the change", "Zo\u00e9 Arc", "Bloc", "Max Dupont", "Ali \u00c9toile")
	if b.Index(zoe.ID) != 0 || b.Index("nobody") != -1 || b.Total() != 4 {
		t.Errorf("index %d, total %d", b.Index(zoe.ID), b.Total())
	}
}

func TestTheListIsNarrowedByWordsLabelAndTrash(t *testing.T) {
	b := open(t)
	b.put(
		person("Zo\u00e9", "Morel", labelled("Presse", "\u00c9lus"), calling("06 12 34 56 78")),
		person("L\u00e9a", "Petit", labelled("Presse")),
		person("Paul", "Morel", func(c *storage.Contact) { c.TrashedAt = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) }, labelled("Presse")),
	)
	b.Follow()
	b.until("the list", "Zo\u00e9 Morel", "L\u00e9a Petit")
	for _, c := range []struct {
		filter roster.Filter
		want   []string
	}{
		{roster.Filter{Text: "zoe mor"}, []string{"Zo\u00e9 Morel"}},
		{roster.Filter{Text: "0612 34"}, []string{"Zo\u00e9 Morel"}},
		{roster.Filter{Text: "+33 6 12"}, []string{"Zo\u00e9 Morel"}},
		{roster.Filter{Text: "9999"}, nil},
		{roster.Filter{Label: "Presse"}, []string{"Zo\u00e9 Morel", "L\u00e9a Petit"}},
		{roster.Filter{Label: "\u00c9lus", Text: "petit"}, nil},
		{roster.Filter{Trash: true}, []string{"Paul Morel"}},
		{roster.Filter{Trash: true, Text: "zoe"}, nil},
	} {
		b.SetFilter(c.filter)
		if diff := cmp.Diff(c.want, b.names()); diff != "" {
			t.Errorf("%+v: %s", c.filter, diff)
		}
	}
	if diff := cmp.Diff([]roster.Label{{Name: "\u00c9lus", Count: 1}, {Name: "Presse", Count: 2}}, b.Labels()); diff != "" {
		t.Error(diff)
	}
	if b.Total() != 2 || b.Trash() != 1 {
		t.Errorf("%d contacts, %d in the trash", b.Total(), b.Trash())
	}
	shown := b.shown
	b.SetFilter(b.Filter())
	if b.shown != shown {
		t.Error("the same filter draws again")
	}
}

func TestNothingIsReadWhileNobodyLooks(t *testing.T) {
	b := open(t)
	b.Follow()
	b.until("the empty list")
	b.Rest()
	b.put(person("Zo\u00e9", "Morel"))
	if len(b.queue) != 0 || b.Len() != 0 {
		t.Errorf("%d calls wait, %d rows", len(b.queue), b.Len())
	}
	b.Follow()
	b.until("what came meanwhile", "Zo\u00e9 Morel")
}

// BenchmarkSearchAmong100000 narrows a list of 100,000, as each key does that is typed.
func BenchmarkSearchAmong100000(b *testing.B) {
	store, queue := apptest.Store(b), apptest.NewQueue()
	err := store.Update(context.Background(), func(w storage.Writer) error {
		for i := range 100_000 {
			c := person("Pr\u00e9nom", fmt.Sprintf("Nom %d", i), calling(fmt.Sprintf("06%08d", i)))
			if err := w.PutContact(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	r := roster.New(roster.Params{
		Store: store, UI: queue.UI, Background: func(f func()) { go f() }, Later: func(_ time.Duration, f func()) { go f() },
		Shown: func() {}, Failed: func(err error) { b.Error(err) },
	})
	defer r.Close()
	began := time.Now()
	r.Follow()
	queue.Until(b, "the first reading", r.Read, nil)
	reading := time.Since(began)
	for i := 0; b.Loop(); i++ {
		r.SetFilter(roster.Filter{Text: fmt.Sprintf("nom 9%d", i%10)})
	}
	b.ReportMetric(float64(reading.Milliseconds()), "ms/reading")
}
