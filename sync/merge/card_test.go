package merge_test

import (
	"flag"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/sync/merge"
)

// card makes a card from fields and their texts.
func card(fields map[storage.Field][]string) storage.Card {
	var c storage.Card
	names := make([]storage.Field, 0, len(fields))
	for f := range fields {
		names = append(names, f)
	}
	slices.Sort(names)
	for _, f := range names {
		c.SetValues(f, fields[f])
	}
	return c
}

// received gives a card as it is after a plan's changes from the book.
func received(c storage.Card, p merge.CardPlan) storage.Card {
	after := c.Clone()
	for _, d := range p.Received {
		texts := slices.DeleteFunc(after.Values(d.Field), func(s string) bool { return slices.Contains(d.Removed, s) })
		after.SetValues(d.Field, append(texts, d.Added...))
	}
	return after
}

func TestOneCardMergedFieldByField(t *testing.T) {
	type fields = map[storage.Field][]string
	early, late := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		first                     bool
		ours, theirs, here, there fields
		hereAt, thereAt           time.Time
		oneWay                    bool
		send, keep                fields
		conflicts                 []storage.Field
		lost                      []string
	}{
		"an e-mail changed here and a mobile there both survive": {
			ours:   fields{"email.work": {"a@x.test"}, "phone.mobile": {"0611111111"}},
			theirs: fields{"email.work": {"a@x.test"}, "phone.mobile": {"0611111111"}},
			here:   fields{"email.work": {"b@x.test"}, "phone.mobile": {"0611111111"}},
			there:  fields{"email.work": {"a@x.test"}, "phone.mobile": {"0622222222"}},
			send:   fields{"email.work": {"b@x.test"}, "phone.mobile": {"0622222222"}},
			keep:   fields{"email.work": {"b@x.test"}, "phone.mobile": {"0622222222"}},
		},
		"values are sets: both add, one takes away": {
			ours: fields{"phone.home": {"1", "2"}}, theirs: fields{"phone.home": {"1", "2"}},
			here: fields{"phone.home": {"1", "3"}}, there: fields{"phone.home": {"1", "2", "4"}},
			send: fields{"phone.home": {"1", "4", "3"}}, keep: fields{"phone.home": {"1", "3", "4"}},
		},
		"the last change of the same name wins, and the loser is told": {
			ours: fields{"givenName": {"Zoe"}}, theirs: fields{"givenName": {"Zoe"}},
			here: fields{"givenName": {"Zo\u00e9"}}, there: fields{"givenName": {"Z."}}, hereAt: late, thereAt: early,
			send: fields{"givenName": {"Zo\u00e9"}}, keep: fields{"givenName": {"Zo\u00e9"}}, lost: []string{"Z."},
		},
		"nobody was last: a person is asked and nothing changes": {
			ours: fields{"givenName": {"Zoe"}}, theirs: fields{"givenName": {"Zoe"}},
			here: fields{"givenName": {"Zo\u00e9"}}, there: fields{"givenName": {"Z."}}, hereAt: late, thereAt: late.Add(time.Second),
			send: fields{"givenName": {"Z."}}, keep: fields{"givenName": {"Zo\u00e9"}}, conflicts: []storage.Field{"givenName"},
		},
		"an edit beats a removal": {
			ours: fields{"title": {"Chef"}}, theirs: fields{"title": {"Chef"}},
			here: fields{}, there: fields{"title": {"Cheffe"}}, hereAt: late, thereAt: early,
			send: fields{"title": {"Cheffe"}}, keep: fields{"title": {"Cheffe"}},
		},
		"a first pass is a union": {
			first: true,
			here:  fields{"phone.home": {"1"}, "familyName": {"Morel"}, "email.home": {"a@x.test"}},
			there: fields{"phone.home": {"2"}, "familyName": {"MOREL"}, "title": {"Chef"}},
			send:  fields{"phone.home": {"2", "1"}, "familyName": {"MOREL"}, "title": {"Chef"}, "email.home": {"a@x.test"}},
			keep:  fields{"phone.home": {"1", "2"}, "familyName": {"Morel"}, "title": {"Chef"}, "email.home": {"a@x.test"}},
		},
		"a first pass asks about names that differ, whatever the clocks say": {
			first: true, here: fields{"familyName": {"Morel"}}, there: fields{"familyName": {"Martin"}}, hereAt: late, thereAt: early,
			send: fields{"familyName": {"Martin"}}, keep: fields{"familyName": {"Morel"}}, conflicts: []storage.Field{"familyName"},
		},
		"a first pass ignores what an older one kept": {
			first: true, ours: fields{"title": {"Chef"}}, theirs: fields{"title": {"Chef"}}, here: fields{}, there: fields{"title": {"Chef"}},
			send: fields{"title": {"Chef"}}, keep: fields{"title": {"Chef"}},
		},
		"two notes that were added to keep both additions": {
			ours: fields{"note": {"a"}}, theirs: fields{"note": {"a"}}, here: fields{"note": {"a\nb"}}, there: fields{"note": {"a\nc"}},
			send: fields{"note": {"a\nb\nc"}}, keep: fields{"note": {"a\nb\nc"}},
		},
		"what the book keeps in its own writing is not sent again": {
			ours:   fields{"phone.home": {"01 42 88 89 85"}, "title": {"Directrice g\u00e9n\u00e9rale"}},
			here:   fields{"phone.home": {"01 42 88 89 85"}, "title": {"Directrice g\u00e9n\u00e9rale"}},
			theirs: fields{"phone.home": {"+33142888985"}, "title": {"Directrice"}}, there: fields{"phone.home": {"+33142888985"}, "title": {"Directrice"}},
			send: fields{"phone.home": {"+33142888985"}, "title": {"Directrice"}},
			keep: fields{"phone.home": {"01 42 88 89 85"}, "title": {"Directrice g\u00e9n\u00e9rale"}},
		},
		"one way: a change there is told here and does not keep ours from leaving": {
			oneWay: true, ours: fields{"phone.work": {"1"}}, theirs: fields{"phone.work": {"1"}},
			here: fields{"phone.work": {"2"}}, there: fields{"phone.work": {"3"}},
			send: fields{"phone.work": {"2"}}, keep: fields{"phone.work": {"3"}},
		},
		"one way: what only they changed stays there": {
			oneWay: true, ours: fields{"phone.work": {"1"}}, theirs: fields{"phone.work": {"1"}},
			here: fields{"phone.work": {"1"}}, there: fields{"phone.work": {"3"}},
			send: fields{"phone.work": {"3"}}, keep: fields{"phone.work": {"3"}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := merge.Cards{
				First: c.first, Ours: card(c.ours), Theirs: card(c.theirs), Here: card(c.here), There: card(c.there),
				HereAt: func(storage.Field) time.Time { return c.hereAt }, ThereAt: c.thereAt, Tolerance: 2 * time.Second,
				OneWay: func(storage.Field) bool { return c.oneWay },
			}
			p := in.Plan()
			if diff := cmp.Diff(card(c.send), p.Send, sorted); diff != "" {
				t.Errorf("sent: %s", diff)
			}
			if diff := cmp.Diff(card(c.keep), received(in.Here, p), sorted); diff != "" {
				t.Errorf("kept: %s", diff)
			}
			var conflicts []storage.Field
			for _, x := range p.Conflicts {
				conflicts = append(conflicts, x.Field)
			}
			var lost []string
			for _, s := range p.Settled {
				lost = append(lost, s.Lost...)
			}
			if !slices.Equal(conflicts, c.conflicts) || !slices.Equal(lost, c.lost) {
				t.Errorf("conflicts %v, want %v; lost %v, want %v", conflicts, c.conflicts, lost, c.lost)
			}
		})
	}
}

// sorted compares cards whatever the order in which their types come.
var sorted = cmp.Transformer("sorted", func(c storage.Card) map[storage.Field][]string {
	m := map[storage.Field][]string{}
	for _, f := range storage.CardFields(&c) {
		m[f] = c.Values(f)
	}
	return m
})

func TestADecisionEndsAConflict(t *testing.T) {
	in := merge.Cards{
		First: true, Here: storage.Card{Title: "A"}, There: storage.Card{Title: "B"},
		Decided: map[storage.Field]merge.Side{storage.FieldTitle: merge.SideHere},
	}
	p := in.Plan()
	if p.Send.Title != "A" || len(p.Conflicts) != 0 || len(p.Received) != 0 || len(p.Settled) != 1 {
		t.Errorf("%+v", p)
	}
	in.Decided[storage.FieldTitle] = merge.SideThere
	p = in.Plan()
	if p.Send.Title != "B" || len(p.Sent) != 0 || len(p.Received) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestAFrozenFieldGoesNeitherWayUntilAPersonDecides(t *testing.T) {
	base := storage.Card{Title: "A", Nickname: "Zo", Phones: []storage.CardValue{{Type: "home", Value: "1"}}}
	here, there := base.Clone(), base.Clone()
	here.Nickname = "Zoé"
	there.Title, there.Phones = "B", []storage.CardValue{{Type: "home", Value: "1"}, {Type: "home", Value: "2"}}
	in := merge.Cards{
		Ours: base, Theirs: base, Here: here, There: there, Frozen: []storage.Field{storage.FieldTitle, "phone.home", storage.FieldNote},
	}
	p := in.Plan()
	if len(p.Received) != 0 || len(p.Sent) != 1 || p.Send.Nickname != "Zoé" || p.Send.Title != "B" {
		t.Errorf("%+v", p)
	}
	want := []storage.ContactConflict{
		{Field: storage.FieldTitle, Base: "A", Here: "A", There: "B", Frozen: true},
		{Field: "phone.home", Base: "1", Here: "1", There: "1\n2", Frozen: true},
	}
	if diff := cmp.Diff(want, p.Conflicts); diff != "" {
		t.Error(diff)
	}
	if ours, theirs := in.Bases(p, here, p.Send); ours.Title != "A" || theirs.Title != "A" || len(theirs.Phones) != 1 {
		t.Errorf("the bases went on: %+v, %+v", ours, theirs)
	}
	in.Decided = map[storage.Field]merge.Side{storage.FieldTitle: merge.SideThere, "phone.home": merge.SideHere}
	if p = in.Plan(); len(p.Conflicts) != 0 || len(p.Received) != 1 || len(p.Send.Phones) != 1 {
		t.Errorf("decided: %+v", p)
	}
	in.Decided, in.There = nil, here
	if p = in.Plan(); len(p.Conflicts)+len(p.Received)+len(p.Sent) != 0 {
		t.Errorf("both sides agree: %+v", p)
	}
}

// drawCard draws cards that often have values in common.
func drawCard(t *rapid.T, name string) storage.Card {
	var c storage.Card
	value := rapid.SampledFrom([]string{"1", "2", "3", "4"})
	for _, f := range []storage.Field{"familyName", "note", "title"} {
		if rapid.Bool().Draw(t, name+" has "+string(f)) {
			c.SetValues(f, []string{value.Draw(t, name+" "+string(f))})
		}
	}
	for _, f := range []storage.Field{"phone.home", "email.work", "labels"} {
		c.SetValues(f, rapid.SliceOfNDistinct(value, 0, 3, rapid.ID[string]).Draw(t, name+" "+string(f)))
	}
	return c
}

// drawTenth has the test draw a tenth of the cases of the others: a card takes ten times as long as a listing.
func drawTenth(t *testing.T) {
	t.Helper()
	checks := flag.Lookup("rapid.checks").Value.String()
	n, err := strconv.Atoi(checks)
	if err != nil {
		t.Fatal(err)
	}
	set := func(value string) {
		if err := flag.Set("rapid.checks", value); err != nil {
			t.Fatal(err)
		}
	}
	set(strconv.Itoa(max(n/10, 1)))
	t.Cleanup(func() { set(checks) })
}

// TestTwoSidesConvergeAndNothingOfOneSideIsLost draws any four states of a card.
func TestTwoSidesConvergeAndNothingOfOneSideIsLost(t *testing.T) {
	drawTenth(t)
	rapid.Check(t, func(t *rapid.T) {
		base := drawCard(t, "base")
		in := merge.Cards{
			First: rapid.Bool().Draw(t, "first"), Ours: base, Theirs: base, Here: drawCard(t, "here"), There: drawCard(t, "there"),
			Tolerance: time.Second,
		}
		if rapid.Bool().Draw(t, "only here") {
			in.There = base
		}
		if rapid.Bool().Draw(t, "clocks") {
			at := time.Unix(1_700_000_000, 0)
			in.ThereAt, in.HereAt = at, func(storage.Field) time.Time { return at.Add(time.Minute) }
		}
		p := in.Plan()
		here, there := received(in.Here, p), p.Send

		told := map[string]bool{}
		for _, s := range p.Settled {
			for _, v := range s.Lost {
				told[string(s.Field)+v] = true
			}
		}
		for _, x := range p.Conflicts {
			told[string(x.Field)+x.Here], told[string(x.Field)+x.There] = true, true
		}
		for _, f := range storage.CardFields(&in.Here, &in.There) {
			was := base.Values(f)
			if in.First {
				was = nil
			}
			for _, v := range append(in.Here.Values(f), in.There.Values(f)...) {
				fresh := !slices.Contains(was, v)
				kept := slices.Contains(here.Values(f), v) && slices.Contains(there.Values(f), v)
				joined := f == storage.FieldNote && here.Note == there.Note && len(here.Note) > 1
				if fresh && !kept && !joined && !told[string(f)+v] {
					t.Fatalf("%s %q was put in and is lost: here %v, there %v", f, v, here.Values(f), there.Values(f))
				}
			}
			if in.First && (len(here.Values(f)) < len(in.Here.Values(f)) || len(there.Values(f)) < len(in.There.Values(f))) {
				t.Fatalf("a first pass took from %s: here %v, there %v", f, here.Values(f), there.Values(f))
			}
		}
		again := merge.Cards{Here: here, There: there, Tolerance: time.Second}
		again.Ours, again.Theirs = in.Bases(p, here, there)
		second := again.Plan()
		if len(second.Sent)+len(second.Received)+len(second.Settled) != 0 || len(second.Conflicts) != len(p.Conflicts) {
			t.Fatalf("a second pass finds more than the same conflicts: %+v", second)
		}
	})
}
