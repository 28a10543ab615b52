package widgets

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"diapason/widgets/look"
)

// show puts an object into a window of 800 by 600 with the light theme.
func show(t *testing.T, o fyne.CanvasObject) fyne.Window {
	t.Helper()
	useTheme(t)
	w := test.NewTempWindow(t, o)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(800, 600))
	return w
}

func press(f fyne.Focusable, names ...fyne.KeyName) {
	for _, n := range names {
		f.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

// TestEverythingPressableAnswersToTheKeyboard is the promise of the package: Enter, Space and a click do the same.
func TestEverythingPressableAnswersToTheKeyboard(t *testing.T) {
	useTheme(t)
	count := 0
	hit := func() { count++ }
	tabs := NewTabs([]Choice{{ID: "a", Text: "A"}, {ID: "b", Text: "B"}}, func(string) { count++ })
	rail := NewRail("Diapason", []RailItem{{ID: "a", Text: "A", Icon: look.IconStore}}, func(string) { count++ })
	rail.SetWorkspace("GL", "Groupe", Success, look.StatusOK, "À jour", hit)
	cases := map[string]pressableWidget{
		"button":    NewButton(Primary, "Synchroniser", look.IconSync, hit),
		"icon":      NewIconButton(Outlined, "Plus", look.IconMore, hit),
		"check":     NewCheck("Tout", func(bool) { count++ }),
		"switch":    NewSwitch("Auto-sync", func(bool) { count++ }),
		"tile":      NewStatTile(Success, look.StatusCreate, hit),
		"toggle":    NewToggleChip("Cours", look.HueOf(look.Hues[0]), func(bool) { count++ }),
		"rail item": rail.items[0],
		"workspace": rail.workspace,
	}
	for name, w := range cases {
		count = 0
		press(w, fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace)
		test.Tap(w)
		if count != 4 {
			t.Errorf("%s: %d activations of 4", name, count)
		}
		w.Disable()
		test.Tap(w)
		if count != 4 {
			t.Errorf("%s reacts while disabled", name)
		}
		if w.AccessibilityLabel() == "" && name != "tile" {
			t.Errorf("%s has no words", name)
		}
	}
	count = 0
	press(tabs.items[1], fyne.KeyReturn, fyne.KeyReturn)
	if count != 1 {
		t.Errorf("choosing the chosen tab again is reported: %d", count)
	}
}

func TestFocusRingFollowsTheKeyboard(t *testing.T) {
	b := NewButton(Outlined, "Importer…", look.IconImport, nil)
	w := show(t, container.NewWithoutLayout(b))
	ring := test.WidgetRenderer(b).(*buttonRenderer).ring
	w.Canvas().Focus(b)
	if !ring.Visible() || ring.StrokeWidth != 2 {
		t.Error("no ring of 2 around the focused button")
	}
	w.Canvas().Unfocus()
	if ring.Visible() {
		t.Error("the ring stays after the focus left")
	}
}

func TestBusyButtonIgnoresPresses(t *testing.T) {
	useTheme(t)
	n := 0
	b := NewButton(Primary, "Synchroniser", look.IconSync, func() { n++ })
	b.SetBusy(true)
	test.Tap(b)
	b.SetBusy(false)
	test.Tap(b)
	if n != 1 {
		t.Errorf("%d actions", n)
	}
}

func TestSettingAStateIsNotAGesture(t *testing.T) {
	useTheme(t)
	n := 0
	c := NewCheck("", func(bool) { n++ })
	s := NewSwitch("", func(bool) { n++ })
	c.SetState(On)
	c.SetState(Mixed)
	s.SetOn(true)
	if n != 0 {
		t.Errorf("%d callbacks", n)
	}
	test.Tap(c)
	if !c.Checked() || n != 1 {
		t.Error("pressing a mixed check does not tick it")
	}
}

func TestColoursFollowTheVariant(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Light))
	chip := NewChip(Error, look.StatusError, "Erreur")
	r := test.WidgetRenderer(chip).(*chipRenderer)
	light := r.face.back.FillColor
	app.Settings().SetTheme(look.NewTheme(look.Dark))
	chip.Refresh()
	if r.face.back.FillColor == light {
		t.Error("the chip keeps its light colour in the dark variant")
	}
}

func TestTruncatedKeepsWholeWordsThatFitAndCutsTheRest(t *testing.T) {
	useTheme(t)
	const s = "École Montclar Toulouse"
	if got := Truncated(s, look.SizeBody, true, 400); got != s {
		t.Errorf("%q", got)
	}
	cut := Truncated(s, look.SizeBody, true, 100)
	if cut == s || textWidth(cut, look.SizeBody, true) > 100 {
		t.Errorf("%q does not fit", cut)
	}
	if got := Truncated(s, look.SizeBody, true, 0); got != "" {
		t.Errorf("%q in no width", got)
	}
}

func TestSearchEntryClearsWithCrossAndEscape(t *testing.T) {
	var got []string
	s := NewSearchEntry("Rechercher…", "Effacer", func(q string) { got = append(got, q) })
	w := show(t, s)
	hint := test.WidgetRenderer(s).(*searchRenderer).hint
	if hint.Text != "Rechercher…" {
		t.Errorf("the empty field says %q", hint.Text)
	}
	w.Canvas().Focus(s.Focusable())
	test.Type(s.Focusable(), "ni")
	if s.Text() != "ni" || !s.clear.Visible() || hint.Text != "" {
		t.Fatalf("text %q, cross %v, hint %q", s.Text(), s.clear.Visible(), hint.Text)
	}
	press(s.Focusable(), fyne.KeyEscape)
	if s.Text() != "" || s.clear.Visible() || hint.Text != "Rechercher…" {
		t.Errorf("Escape does not clear: text %q, cross %v, hint %q", s.Text(), s.clear.Visible(), hint.Text)
	}
	test.Type(s.Focusable(), "x")
	test.Tap(s.clear)
	if s.Text() != "" || got[len(got)-1] != "" {
		t.Error("the cross does not clear")
	}
}

func TestFieldCommitsOnceOnLeavingAndUndoes(t *testing.T) {
	var commits []string
	f := NewField("Téléphone")
	f.OnCommit = func(v string) { commits = append(commits, v) }
	w := show(t, f)
	f.SetValue("01")
	if len(commits) != 0 || f.Changed() {
		t.Fatal("setting a value counts as a change")
	}
	w.Canvas().Focus(f.Focusable())
	f.entry.CursorColumn = 2
	test.Type(f.Focusable(), "2")
	if !f.Changed() {
		t.Error("the change is not told")
	}
	w.Canvas().Unfocus()
	w.Canvas().Focus(f.Focusable())
	w.Canvas().Unfocus()
	if len(commits) != 1 || commits[0] != "012" {
		t.Fatalf("commits %q", commits)
	}
	f.Undo()
	if f.Value() != "01" || len(commits) != 2 || commits[1] != "01" {
		t.Errorf("after Undo: %q, commits %q", f.Value(), commits)
	}
}

func TestFieldEscapeRestoresWhatWasCommitted(t *testing.T) {
	f := NewField("Nom")
	w := show(t, f)
	f.SetValue("Hôtel")
	w.Canvas().Focus(f.Focusable())
	test.Type(f.Focusable(), "x")
	press(f.Focusable(), fyne.KeyEscape)
	if f.Value() != "Hôtel" {
		t.Errorf("%q", f.Value())
	}
}

func TestFieldErrorTakesTheHintsPlaceAndNeedsRoom(t *testing.T) {
	useTheme(t)
	f := NewField("Code postal")
	bare := f.HeightFor(200)
	f.SetHint("Cinq chiffres.")
	one := f.HeightFor(200)
	f.SetError("Code postal « 1300 » : cinq chiffres sont attendus, par exemple 13006.")
	if f.message() != f.Error() {
		t.Error("the hint hides the error")
	}
	if !(bare < one && one < f.HeightFor(200)) {
		t.Errorf("heights %v, %v, %v", bare, one, f.HeightFor(200))
	}
}

func topMenu(t *testing.T, w fyne.Window) *menu {
	t.Helper()
	l, ok := w.Canvas().Overlays().Top().(*layer)
	if !ok {
		t.Fatal("no menu is open")
	}
	if stack, ok := l.content.(*fyne.Container); ok {
		if m, ok := stack.Objects[1].(*menu); ok {
			return m
		}
	}
	t.Fatal("what is open is no menu")
	return nil
}

func TestDropdownIsUsableByKeyboardAndGivesTheFocusBack(t *testing.T) {
	chosen := ""
	d := NewDropdown("Statut :", "Tous", []MenuItem{
		{ID: "all", Text: "Tous", Current: true},
		{ID: "no", Text: "Rien", Disabled: true},
		{ID: "drift", Text: "Écart"},
	}, func(id string) { chosen = id })
	w := show(t, container.NewVBox(d))
	w.Canvas().Focus(d)
	press(d, fyne.KeyReturn)
	press(w.Canvas().Focused(), fyne.KeyDown, fyne.KeyReturn)
	if chosen != "drift" {
		t.Errorf("chose %q", chosen)
	}
	if w.Canvas().Focused() != d || Covered(w.Canvas()) {
		t.Error("the drop-down list did not get the focus back")
	}
	press(d, fyne.KeyDown)
	topMenu(t, w).TypedRune('é')
	press(w.Canvas().Focused(), fyne.KeyEscape)
	if chosen != "drift" || Covered(w.Canvas()) {
		t.Error("Escape did not close the menu")
	}
}

func TestMenuStaysInsideTheWindow(t *testing.T) {
	b := NewButton(Outlined, "…", "", nil)
	w := show(t, container.NewWithoutLayout(b))
	b.Resize(fyne.NewSize(32, 32))
	b.Move(fyne.NewPos(760, 560))
	ShowMenuBelow(b, MenuParams{Items: []MenuItem{{ID: "1", Text: "Synchroniser maintenant"}, {ID: "2", Text: "Activer l’Auto-sync"}}})
	m := topMenu(t, w).layer.content
	end := m.Position().Add(m.Size())
	if m.Position().X < 0 || end.X > 800 || end.Y > 600 {
		t.Errorf("the menu lies at %v to %v", m.Position(), end)
	}
	if end.Y > 560 {
		t.Errorf("the menu covers its opener: it ends at %v", end.Y)
	}
}

func TestPressBesideAMenuClosesItAndChoosesNothing(t *testing.T) {
	d := NewDropdown("", "Tous", []MenuItem{{ID: "a", Text: "A"}}, func(id string) { t.Errorf("chose %q", id) })
	w := show(t, container.NewVBox(d))
	d.Open()
	test.TapCanvas(w.Canvas(), fyne.NewPos(700, 500))
	if Covered(w.Canvas()) {
		t.Error("the menu is still open")
	}
}

func TestLongMenuIsSearchedWithoutAccents(t *testing.T) {
	var items []MenuItem
	for _, name := range []string{"Belgique", "Égypte", "Émirats arabes unis", "France"} {
		for i := range 10 {
			items = append(items, MenuItem{ID: name, Text: name, Detail: string(rune('0' + i))})
		}
	}
	chosen := ""
	d := NewDropdown("", "", items, func(id string) { chosen = id })
	w := show(t, container.NewVBox(d))
	d.Open()
	m := topMenu(t, w)
	if m.search == nil {
		t.Fatal("forty items and no search field")
	}
	test.Type(w.Canvas().Focused(), "egyp")
	press(w.Canvas().Focused(), fyne.KeyReturn)
	if chosen != "Égypte" {
		t.Errorf("chose %q", chosen)
	}
}

func TestDialogClosesOnEscapeAndValidatesOnEnter(t *testing.T) {
	opener := NewButton(Outlined, "Supprimer", "", nil)
	w := show(t, container.NewVBox(opener))
	w.Canvas().Focus(opener)
	name := NewField("Nom")
	done, closed := 0, 0
	ok := NewButton(Primary, "Créer", "", func() { done++ })
	open := func() *Dialog {
		return ShowDialog(w.Canvas(), DialogParams{
			Title: "Nouvel établissement", Body: name, Buttons: []*Button{NewButton(Outlined, "Annuler", "", nil), ok},
			Default: ok, First: name.Focusable(), OnClosed: func() { closed++ },
		})
	}
	open()
	press(w.Canvas().Focused(), fyne.KeyReturn)
	if done != 1 {
		t.Error("Enter in the field does not press the default button")
	}
	press(w.Canvas().Focused(), fyne.KeyEscape)
	if closed != 1 || w.Canvas().Focused() != opener {
		t.Errorf("closed %d times, focus back: %v", closed, w.Canvas().Focused() == opener)
	}
	d := open()
	test.TapCanvas(w.Canvas(), fyne.NewPos(5, 5))
	if !Covered(w.Canvas()) {
		t.Error("a press beside a dialog closes it")
	}
	d.Close()
	d.Close()
	if closed != 2 {
		t.Errorf("closed %d times", closed)
	}
}

func TestOnlyASuccessToastGoesByItself(t *testing.T) {
	useTheme(t)
	h := NewToastHost("Fermer")
	var due func()
	var wait time.Duration
	stopped := false
	h.After = func(d time.Duration, f func()) func() {
		wait, due = d, f
		return func() { stopped = true }
	}
	h.ShowToast(ToastMessage{Tone: Success, Text: "Modification enregistrée"})
	if wait != 8*time.Second {
		t.Errorf("a success stays %v", wait)
	}
	old := due
	due = nil
	h.ShowToast(ToastMessage{Tone: Error, Text: "Annuaire injoignable"})
	if due != nil || !stopped {
		t.Error("the error is timed, or the first timer still runs")
	}
	old() // a timer that fired while it was being stopped
	if h.Shown() != "Annuaire injoignable" {
		t.Errorf("shown: %q", h.Shown())
	}
	test.Tap(h.toast.close)
	if h.Shown() != "" {
		t.Error("the cross does not close the toast")
	}
}

func TestToastActionRunsAndCloses(t *testing.T) {
	useTheme(t)
	h := NewToastHost("Fermer")
	h.After = func(time.Duration, func()) func() { return func() {} }
	n := 0
	h.ShowToast(ToastMessage{Tone: Success, Text: "Supprimé", Action: "Rétablir", OnTap: func() { n++ }})
	test.Tap(h.toast.action)
	if n != 1 || h.Shown() != "" {
		t.Errorf("%d actions, still shown %q", n, h.Shown())
	}
}

func TestChoicesMoveWithArrows(t *testing.T) {
	got := ""
	seg := NewSegmented([]Choice{{ID: "all", Text: "Toutes"}, {ID: "bad", Text: "Échecs"}}, func(id string) { got = id })
	show(t, seg)
	press(seg.items[0], fyne.KeyLeft, fyne.KeyRight)
	if got != "bad" || seg.Selected() != "bad" {
		t.Errorf("chose %q", got)
	}
}

func TestSelectFieldShowsWhatIsChosenAndMarksIt(t *testing.T) {
	got := ""
	s := NewSelectField("Pays", []MenuItem{{ID: "FR", Text: "France"}, {ID: "BE", Text: "Belgique"}}, func(id string) { got = id })
	w := show(t, container.NewVBox(s))
	s.SetValue("FR")
	s.list.Open()
	m := topMenu(t, w)
	if !m.p.Items[0].Current || m.p.Items[1].Current {
		t.Error("the current item is not marked")
	}
	m.choose(1)
	if got != "BE" || s.list.Value() != "Belgique" {
		t.Errorf("chose %q, shown %q", got, s.list.Value())
	}
}

func TestProgressKeepsWithinItsBounds(t *testing.T) {
	useTheme(t)
	p := NewProgressBar(100)
	p.Resize(fyne.NewSize(100, 4))
	p.SetShare(3)
	if got := test.WidgetRenderer(p).(*progressRenderer).bar.Size().Width; got != 100 {
		t.Errorf("a share of 3 draws %v of 100", got)
	}
}

func TestFrameGivesTheContentWhatTheBarsLeave(t *testing.T) {
	useTheme(t)
	top, left, middle := block(10, 40), block(60, 10), block(10, 10)
	f := NewFrame(top, nil, left, nil, middle)
	f.Resize(fyne.NewSize(300, 200))
	if middle.Position() != fyne.NewPos(60, 40) || middle.Size() != fyne.NewSize(240, 160) {
		t.Errorf("the content lies at %v, %v", middle.Position(), middle.Size())
	}
	left.Hide()
	f.Refresh()
	if middle.Size().Width != 300 {
		t.Error("a hidden bar takes room")
	}
}

func TestCountIsShort(t *testing.T) {
	for n, want := range map[int]string{0: "", 1: "1", 99: "99", 100: "99+"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q", n, got)
		}
	}
}

func TestEmptyStateGivesUpItsPictureForItsWords(t *testing.T) {
	useTheme(t)
	picture := NewIllustration(look.IconStore)
	e := NewEmptyState(EmptyParams{Illustration: picture, Title: "Rien ici", Primary: NewButton(Primary, "Importer", "", nil)})
	e.Resize(fyne.NewSize(600, 400))
	if !picture.Visible() {
		t.Error("no picture although there is room")
	}
	e.Resize(fyne.NewSize(600, 160))
	last := e.parts[len(e.parts)-1]
	if picture.Visible() || last.Position().Y+last.Size().Height > 160 {
		t.Errorf("the last part ends at %v of 160", last.Position().Y+last.Size().Height)
	}
}
