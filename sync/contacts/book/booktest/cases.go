package booktest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	compare "github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
)

func created(b *bench) {
	yearless := storage.Card{FamilyName: "Petit", Birthday: "--02-29"}
	company := storage.Card{Organization: "Hôtel du Parc", Phones: []storage.CardValue{{Type: b.Phone[0], Value: "+33 1 00 00 00 00"}}}
	odd := storage.Card{FamilyName: "O’Neil <b>&amp; \"fils\" \\ 100 %", GivenName: "名 e\u0301t\u00e9"}
	wanted := []storage.Card{b.full("Grand"), yearless, company, odd}
	entries := b.create(keys(len(wanted)), func(i int) storage.Card { return wanted[i] })
	wanted[3].GivenName = "名 ét\u00e9"
	whole := b.read(b.book, "")
	if len(whole.entries) != len(wanted) {
		b.Fatalf("%d cards are read", len(whole.entries))
	}
	for i, e := range entries {
		for what, got := range map[string]book.Entry{"receipt": e, "page": whole.entries[e.ID], "read again": b.get(e.ID)} {
			b.same(fmt.Sprintf("card %d, %s", i, what), wanted[i], got.Card)
			if got.Key != keys(len(wanted))[i] || !got.InScope || got.Fault != nil || got.Deleted || got.ETag == "" || got.ETag != e.ETag {
				got.Raw = nil
				b.Errorf("card %d, %s: %+v", i, what, got)
			}
		}
	}
}

func pages(b *bench) {
	many := cmp.Or(b.Page, 1000) + 50
	if b.Fill != nil {
		b.Fill(b.T, many)
	} else {
		for i := range many {
			b.Outside.Add(b.T, fmt.Sprint("Nom ", i))
		}
	}
	b.settle()
	whole := b.read(b.book, "")
	if !whole.whole || whole.pages < 2 || len(whole.entries) != many {
		b.Errorf("whole %t, %d pages, %d cards", whole.whole, whole.pages, len(whole.entries))
	}
	names := map[string]bool{}
	for _, e := range whole.entries {
		names[e.Card.FamilyName] = true
	}
	if len(names) != many {
		b.Errorf("%d names", len(names))
	}
}

func since(b *bench) {
	kept, renamed, dropped := b.Outside.Add(b.T, "Reste"), b.Outside.Add(b.T, "Change"), b.Outside.Add(b.T, "Part")
	b.settle()
	first := b.read(b.book, "")
	if len(first.entries) != 3 || first.state == "" {
		b.Fatalf("%+v", first)
	}
	if quiet := b.read(b.book, first.state); len(quiet.entries) > 0 || quiet.whole {
		b.Errorf("nothing changed: %+v", quiet)
	}
	b.Outside.Rename(b.T, renamed, "Changé")
	b.Outside.Delete(b.T, dropped)
	added := b.Outside.Add(b.T, "Arrive")
	b.settle()
	again := b.Open(b.T, Label) // the program was started anew
	next := b.read(again, first.state)
	names := map[string]string{}
	for id, e := range next.entries {
		names[id] = e.Card.FamilyName
		if e.Deleted {
			names[id] = "deleted"
		}
	}
	want := map[string]string{renamed: "Changé", added: "Arrive"}
	if next.whole {
		want[kept] = "Reste"
	} else if again.Capabilities().DeletionsTold {
		want[dropped] = "deleted"
	}
	if diff := compare.Diff(want, names); diff != "" {
		b.Error(diff)
	}
	if quiet := b.read(again, next.state); len(quiet.entries) > 0 {
		b.Errorf("read already: %+v", quiet.entries)
	}
}

func expired(b *bench) {
	if b.Expire == nil {
		b.Skip("its states do not expire")
	}
	id := b.Outside.Add(b.T, "Reste")
	b.settle()
	state := b.read(b.book, "").state
	b.Expire(b.T)
	b.Outside.Rename(b.T, id, "Change")
	b.settle()
	if all, err := b.tryRead(b.book, state); !errors.Is(err, book.ErrExpired) {
		b.Fatalf("%+v, %v", all, err)
	}
	if all := b.read(b.book, ""); all.entries[id].Card.FamilyName != "Change" || all.state == "" {
		b.Errorf("%+v", all)
	}
}

func updated(b *bench) {
	id := b.Outside.Add(b.T, "Ancien")
	foreign := b.Outside.Foreign(b.T, id)
	if foreign == "" {
		b.Fatal("the rig puts nothing foreign on its cards")
	}
	b.settle()
	wanted := b.full("Nouveau")
	e := b.update(book.Update{Entry: b.read(b.book, "").entries[id], Card: wanted, Key: keys(1)[0]})
	b.same("receipt", wanted, e.Card)
	b.same("read again", wanted, b.get(id).Card)
	if got := b.Outside.Foreign(b.T, id); got != foreign {
		b.Errorf("what is not ours: %q, not %q", got, foreign)
	}
	// Values are replaced, retyped, added and removed at once.
	wanted.Phones = []storage.CardValue{{Type: b.Phone[1], Value: "+33 1 23 45 67 89"}, {Type: b.Phone[0], Value: "+33 7 00 00 00 00"}, {Type: b.Phone[0], Value: "+33 7 00 00 00 01"}}
	wanted.Emails = wanted.Emails[1:]
	wanted.Addresses[0].City = "Paris"
	wanted.Labels = []string{"Clients", "Voisins"}
	e = b.update(book.Update{Entry: e, Card: wanted, Key: keys(1)[0]})
	sorted := func(c storage.Card) storage.Card { // the order of values is the book's
		c = c.Clone()
		slices.SortFunc(c.Phones, func(a, b storage.CardValue) int { return strings.Compare(a.Value, b.Value) })
		return c
	}
	b.same("receipt of the second", sorted(wanted), sorted(e.Card))
	b.same("second read again", sorted(wanted), sorted(b.get(id).Card))
	if got := b.Outside.Foreign(b.T, id); got != foreign {
		b.Errorf("what is not ours after the second: %q, not %q", got, foreign)
	}
}

func emptied(b *bench) {
	e := b.create(keys(1), func(int) storage.Card { return b.full("Grand") })[0]
	wanted := storage.Card{FamilyName: "Grand"}
	e = b.update(book.Update{Entry: e, Card: wanted, Key: e.Key})
	b.same("receipt", wanted, e.Card)
	got := b.get(e.ID)
	b.same("read again", wanted, got.Card)
	if !got.InScope || got.Key != keys(1)[0] {
		b.Errorf("in scope %t, key %q", got.InScope, got.Key)
	}
}

func unchanged(b *bench) {
	e := b.create(keys(1), func(int) storage.Card { return b.full("Grand") })[0]
	before := b.Writes(b.T)
	after := b.update(book.Update{Entry: e, Card: e.Card, Key: e.Key})
	if b.Writes(b.T) != before || after.ETag != e.ETag {
		b.Errorf("%d writes, %q instead of %q", b.Writes(b.T)-before, after.ETag, e.ETag)
	}
}

func stale(b *bench) {
	list := b.create(keys(3), func(i int) storage.Card { return storage.Card{FamilyName: fmt.Sprint("Nom ", i)} })
	b.Outside.Rename(b.T, list[1].ID, "Là-bas")
	b.settle()
	updates := make([]book.Update, len(list))
	for i, e := range list {
		updates[i] = book.Update{Entry: e, Card: storage.Card{FamilyName: "Ici"}, Key: e.Key}
	}
	receipts, err := b.book.Update(b.Context(), updates)
	if err != nil || len(receipts) != len(list) {
		b.Fatalf("%+v, %v", receipts, err)
	}
	b.settle()
	for i, r := range receipts {
		want := "Ici"
		if i == 1 {
			want = "Là-bas"
			if !errors.Is(r.Err, book.ErrChanged) {
				b.Errorf("the stale one: %v", r.Err)
			}
		} else if r.Err != nil {
			b.Errorf("card %d, beside it: %v", i, r.Err)
		}
		if got := b.Outside.FamilyName(b.T, list[i].ID); got != want {
			b.Errorf("card %d is %q, not %q", i, got, want)
		}
	}
	if !b.DeletesObeyETag {
		return
	}
	receipts, err = b.book.Delete(b.Context(), list[1:2])
	if err != nil || !errors.Is(receipts[0].Err, book.ErrChanged) || b.Outside.FamilyName(b.T, list[1].ID) == "" {
		b.Errorf("deleted though it changed: %+v, %v", receipts, err)
	}
}

func deleted(b *bench) {
	list := b.create(keys(2), func(i int) storage.Card { return storage.Card{FamilyName: fmt.Sprint("Nom ", i)} })
	for _, what := range []string{"the first time", "once it is gone"} {
		receipts, err := b.book.Delete(b.Context(), list[:1])
		if err != nil || len(receipts) != 1 || receipts[0].Err != nil && directory.Classify(receipts[0].Err).Class != directory.Gone {
			b.Fatalf("%s: %+v, %v", what, receipts, err)
		}
		b.settle()
	}
	if e := b.get(list[0].ID); !e.Deleted {
		b.Errorf("it is there: %+v", e)
	}
	if whole := b.read(b.book, ""); len(whole.entries) != 1 || whole.entries[list[1].ID].Deleted {
		b.Errorf("%+v", whole.entries)
	}
}

func gone(b *bench) {
	e := b.create(keys(1), func(int) storage.Card { return storage.Card{FamilyName: "Nom"} })[0]
	b.Outside.Delete(b.T, e.ID)
	b.settle()
	receipts, err := b.book.Update(b.Context(), []book.Update{{Entry: e, Card: storage.Card{FamilyName: "Autre"}, Key: e.Key}})
	if err != nil || len(receipts) != 1 {
		b.Fatalf("%+v, %v", receipts, err)
	}
	if r := receipts[0].Err; r == nil || !errors.Is(r, book.ErrChanged) && directory.Classify(r).Class != directory.Gone {
		b.Errorf("changed though it is gone: %v", r)
	}
	if got := b.get(e.ID); !got.Deleted {
		b.Errorf("it came back: %+v", got)
	}
}

func probed(b *bench) {
	list := b.create(keys(2), func(i int) storage.Card { return storage.Card{FamilyName: fmt.Sprint("Nom ", i)} })
	b.Outside.Add(b.T, "Autre")
	b.settle()
	all := keys(3)
	found, err := b.Open(b.T, Label).Probe(b.Context(), all)
	if err != nil || len(found) != 2 {
		b.Fatalf("%+v, %v", found, err)
	}
	for i, e := range list {
		if got := found[all[i]]; got.ID != e.ID || got.ETag != e.ETag || got.Key != all[i] || got.Card.FamilyName != e.Card.FamilyName {
			b.Errorf("%s: %+v", all[i], got)
		}
	}
}

func scoped(b *bench) {
	mine := b.create(keys(1), func(int) storage.Card { return storage.Card{FamilyName: "Ici", Labels: []string{"Amis"}} })[0]
	other := b.Outside.Add(b.T, "Là-bas")
	b.settle()
	in := func(from book.Book) map[string]bool {
		scope := map[string]bool{}
		for id, e := range b.read(from, "").entries {
			scope[id] = e.InScope
		}
		return scope
	}
	if diff := compare.Diff(map[string]bool{mine.ID: true, other: false}, in(b.book)); diff != "" {
		b.Error(diff)
	}
	if diff := compare.Diff(map[string]bool{mine.ID: true, other: true}, in(b.Open(b.T, "*"))); diff != "" {
		b.Error(diff)
	}
	b.Outside.Label(b.T, other, Label, true)
	b.Outside.Label(b.T, mine.ID, Label, false)
	b.settle()
	if diff := compare.Diff(map[string]bool{mine.ID: false, other: true}, in(b.book)); diff != "" {
		b.Errorf("once labels changed: %s", diff)
	}
	// The label of the account is no label of the card: it neither comes nor goes with the others.
	if e := b.get(other); len(e.Card.Labels) > 0 || len(b.get(mine.ID).Card.Labels) != 1 {
		b.Errorf("labels: %q", e.Card.Labels)
	}
}

func keyed(b *bench) {
	id := b.Outside.Add(b.T, "Nom")
	b.settle()
	e := b.get(id)
	if e.Key != "" {
		b.Fatalf("it bears %q", e.Key)
	}
	b.update(book.Update{Entry: e, Card: storage.Card{FamilyName: "Autre"}, Key: keys(1)[0]})
	if e := b.get(id); e.Key != keys(1)[0] {
		b.Errorf("it bears %q", e.Key)
	}
}

func identified(b *bench) {
	one, err := b.book.Identity(b.Context())
	if err != nil || one.ID == "" || one.Name == "" {
		b.Fatalf("%+v, %v", one, err)
	}
	if again, err := b.Open(b.T, "*").Identity(b.Context()); err != nil || again != one {
		b.Errorf("%+v, then %+v, %v", one, again, err)
	}
}
