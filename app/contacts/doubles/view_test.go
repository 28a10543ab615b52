package doubles

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// bench is the tab in a test window, over a real workspace, with a queue in the place of Fyne's.
type bench struct {
	*View
	t       *testing.T
	store   *bolt.Store
	service *contacts.Service
	queue   apptest.Queue
	told    []string
	last    contacts.Change
	failed  []error
	window  fyne.Window
}

func newBench(t *testing.T, people ...storage.Card) *bench {
	t.Helper()
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, store: apptest.Store(t), queue: apptest.NewQueue()}
	b.service = contacts.New(contacts.Params{Store: b.store})
	for i := range people {
		if _, err := b.service.Save(t.Context(), &storage.Contact{Card: people[i]}); err != nil {
			t.Fatal(err)
		}
	}
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Light))
	b.View = New(Params{
		Store: b.store, Service: b.service, Now: time.Now, UI: b.queue.UI, Changed: func() {},
		Done:       func(text string, c contacts.Change) { b.told, b.last = append(b.told, text), c },
		Failed:     func(err error) { b.failed = append(b.failed, err) },
		Background: func(f func()) { go f() }, Later: func(_ time.Duration, f func()) { go f() },
	})
	b.window = test.NewTempWindow(t, b.Content())
	b.window.SetPadded(false)
	b.window.Resize(fyne.NewSize(1072, 660))
	t.Cleanup(b.Close)
	b.Shown()
	b.until("the duplicates", func() bool { return b.known })
	return b
}

func (b *bench) until(what string, holds func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, holds, func() string { return strings.Join(b.told, ", ") })
}

// living gives the contacts outside the trash.
func (b *bench) living() (all []*storage.Contact) {
	b.t.Helper()
	err := b.store.View(context.Background(), func(tx storage.Reader) (err error) {
		all, err = tx.Contacts("", 0)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(c *storage.Contact) bool { return !c.TrashedAt.IsZero() })
}

func (b *bench) button(text string) *widgets.Button {
	b.t.Helper()
	for _, o := range test.LaidOutObjects(b.Content()) {
		if w, ok := o.(*widgets.Button); ok && w.AccessibilityLabel() == text {
			return w
		}
	}
	b.t.Fatalf("no button « %s »", text)
	return nil
}

func cards() []storage.Card {
	a, b := two()
	return []storage.Card{a.Card, b.Card, {GivenName: "Léo", Emails: values(storage.TypePersonal, "leo@lumen.test")}}
}

func TestDuplicatesAreMergedAndTheMergeIsTakenBack(t *testing.T) {
	b := newBench(t, cards()...)
	b.until("the two side by side", func() bool { return b.draft != nil })
	if b.Count() != 1 || b.groups[0].title() != "Zoé Morel" || !b.Primary() {
		t.Fatalf("%d groups, primary %v", b.Count(), b.Primary())
	}
	for i := range b.draft.choices {
		if b.draft.choices[i].field == storage.FieldGivenName {
			b.compare.ChooseAll(1)
		}
	}
	test.Tap(b.merge)
	b.until("the merge", func() bool { return len(b.told) == 1 && b.Count() == 0 && b.draft == nil })
	all := b.living()
	if len(all) != 2 || all[0].GivenName != "Zoe" || len(all[0].Emails) != 2 || len(b.failed) != 0 {
		t.Errorf("left: %d, %+v, %v", len(all), all[0].Card, b.failed)
	}
	if b.told[0] != "Fusionnés en un seul contact\u00a0: Zoe Morel" {
		t.Errorf("told %q", b.told[0])
	}
	if len(b.empty.Objects) != 1 || b.Primary() {
		t.Error("nothing says that there are no duplicates any more")
	}
	if err := b.service.Undo(t.Context(), b.last); err != nil {
		t.Fatal(err)
	}
	b.until("the two again", func() bool { return b.Count() == 1 && b.draft != nil })
	if all := b.living(); len(all) != 3 {
		t.Errorf("%d contacts after the undo", len(all))
	}
}

func TestTwoPeopleAreNeverShownAgainUnlessItIsTakenBack(t *testing.T) {
	b := newBench(t, cards()...)
	b.until("the two side by side", func() bool { return b.draft != nil })
	test.Tap(b.button("Ce sont deux personnes"))
	b.until("nothing more", func() bool { return len(b.told) == 1 && b.Count() == 0 })
	if len(b.living()) != 3 {
		t.Error("somebody went")
	}
	if err := b.service.Undo(t.Context(), b.last); err != nil {
		t.Fatal(err)
	}
	b.reload()
	b.until("the two again", func() bool { return b.Count() == 1 })
}

func TestChoicesStayWhileOtherContactsChange(t *testing.T) {
	b := newBench(t, cards()...)
	b.until("the two side by side", func() bool { return b.draft != nil })
	before, draft := b.members[0].Contact, b.draft
	b.draft.choose(0, 1)
	leo := b.living()[2]
	leo.Note = "appelé hier"
	if _, err := b.service.Save(t.Context(), leo); err != nil {
		t.Fatal(err)
	}
	b.until("another reading", func() bool { return b.members[0].Contact != before })
	if b.draft != draft || b.draft.choices[0].chosen != 1 {
		t.Error("the choices were forgotten")
	}
}

func TestThreeContactsThatShareAnEmailAreComparedTwoAtATime(t *testing.T) {
	three := cards()
	three[2].Emails = values(storage.TypePersonal, "zoe@lumen.test")
	b := newBench(t, three...)
	b.until("two of the three", func() bool { return b.draft != nil && len(b.members) == 3 })
	leo := b.members[2].ID
	b.pick(1, leo)
	if b.draft.pair[1].ID != leo {
		t.Fatalf("compared with %s", b.draft.pair[1].FullName())
	}
	b.pick(0, leo)
	if b.draft.pair[0].ID != leo || b.draft.pair[1].ID == leo {
		t.Fatal("somebody is compared with himself")
	}
	b.pick(1, b.members[0].ID)
	test.Tap(b.button("Ce sont deux personnes"))
	b.until("the groups that are left", func() bool { return len(b.told) == 1 && b.Count() == 2 })
}

func TestPreviewFollowsTheChoicesAndTheListGivesWay(t *testing.T) {
	people := cards()
	people = append(people, storage.Card{GivenName: "Léa", Emails: values(storage.TypePersonal, "leo@lumen.test")})
	b := newBench(t, people...)
	b.until("the first group", func() bool { return b.draft != nil })
	says := func(text string) bool {
		return slices.ContainsFunc(test.LaidOutObjects(b.preview), func(o fyne.CanvasObject) bool {
			w, ok := o.(*widgets.Text)
			return ok && w.Text() == text
		})
	}
	b.show(slices.IndexFunc(b.groups, func(g group) bool { return g.title() == "Zoé Morel" }))
	b.until("Zoé", func() bool { return b.draft.pair[0].FamilyName == "Morel" })
	if !says("Zoé Morel") || !b.list.Visible() {
		t.Errorf("the preview lacks the name; list %v", b.list.Visible())
	}
	b.compare.ChooseAll(1)
	if !says("Zoe Morel") {
		t.Error("the preview did not follow")
	}
	b.window.Resize(fyne.NewSize(500, 600))
	if b.list.Visible() || b.Content().MinSize().Width > 500 {
		t.Errorf("list %v, at least %v wide", b.list.Visible(), b.Content().MinSize())
	}
	b.take(nil)
	if b.list.Visible() || b.scroll.Visible() {
		t.Error("something is shown of nothing")
	}
}

func TestThePlaceOfTheGroupInFrontFollowsTheOthers(t *testing.T) {
	people := append(cards(), storage.Card{GivenName: "Léa", Emails: values(storage.TypePersonal, "leo@lumen.test")})
	b := newBench(t, people...)
	b.until("the first group", func() bool { return b.draft != nil })
	first := b.current
	test.Tap(b.merge)
	b.until("the other group", func() bool { return b.Count() == 1 && b.current != first && b.shown.group == b.current })
	other, draft := b.current, b.draft
	b.draft.choose(0, 1)
	if err := b.service.Undo(t.Context(), b.last); err != nil {
		t.Fatal(err)
	}
	b.until("its place among two", func() bool {
		return slices.ContainsFunc(test.LaidOutObjects(b.Content()), func(o fyne.CanvasObject) bool {
			w, ok := o.(*widgets.Text)
			return ok && w.Text() == "2 sur 2"
		})
	})
	if b.current != other || b.draft != draft || b.draft.choices[0].chosen != 1 {
		t.Error("the group in front, or what was chosen in it, did not stay")
	}
}
