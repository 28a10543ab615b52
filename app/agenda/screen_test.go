package agenda

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"diapason/app/agenda/book"
	"diapason/app/apptest"
	"diapason/app/shortcuts"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/secrets"
	"diapason/sync/agenda"
	"diapason/sync/agenda/recurrence"
	"diapason/widgets"
	"diapason/widgets/look"
)

var paris, _ = time.LoadLocation("Europe/Paris")

// now is a Thursday.
var now = time.Date(2026, 11, 19, 9, 45, 0, 0, paris)

type clock struct{}

func (clock) Now() time.Time { return now }

// host records what the screen asks of the window.
type host struct {
	toasts   []string
	action   func()
	failures []error
	file     string // what is chosen
	run      string
}

func (h *host) Toast(text, _ string, do func()) { h.toasts, h.action = append(h.toasts, text), do }
func (h *host) Failure(err error)               { h.failures = append(h.failures, err) }
func (h *host) StatusChanged()                  {}
func (h *host) OpenRun(id string) bool          { h.run = id; return true }
func (h *host) OpenFile(_, _ string, _ []string, done func(string, error)) {
	done(h.file, nil)
}

// panel stands in the place of the links'.
type panel struct {
	box   *fyne.Container
	shown bool
}

func (p *panel) Content() fyne.CanvasObject { return p.box }
func (p *panel) Shown()                     { p.shown = true }
func (p *panel) Hidden()                    { p.shown = false }
func (p *panel) Close()                     {}

// bench is the screen in a test window, over a real workspace, with a queue in the place of Fyne's.
type bench struct {
	*Screen
	t      *testing.T
	queue  apptest.Queue
	agenda *agenda.Agenda
	host   *host
	panel  *panel
	window fyne.Window
}

func open(t *testing.T) *bench {
	t.Helper()
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
	store := apptest.Store(t)
	kept, err := secrets.Open(secrets.Params{Workspace: t.TempDir(), KeyDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, queue: apptest.NewQueue(), host: &host{}, panel: &panel{box: container.NewStack()}}
	b.agenda = agenda.New(agenda.Params{
		Store: store, Secrets: kept, Clock: clock{}, Log: slog.New(slog.DiscardHandler), Zone: "Europe/Paris", Words: words.In, Language: words.Lang,
	})
	if err := b.agenda.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Light))
	b.Screen = New(Params{
		Store: store, Service: b.agenda, Host: b.host, Now: func() time.Time { return now }, UI: b.queue.UI,
		Later: func(d time.Duration, f func()) {
			if d < time.Second { // the next minute never comes in a test
				go f()
			}
		},
		Sharing: func(func()) Panel { return b.panel },
	})
	b.window = test.NewTempWindow(t, b.Content())
	b.window.SetPadded(false)
	b.window.Resize(fyne.NewSize(1072, 764))
	t.Cleanup(b.Close)
	b.Shown()
	b.settle()
	return b
}

func (b *bench) settle() { b.t.Helper(); b.until("the screen settles", b.book.Settled) }

func (b *bench) until(what string, holds func() bool) {
	b.t.Helper()
	b.queue.Until(b.t, what, holds, func() string {
		if len(b.host.failures) > 0 {
			return b.host.failures[0].Error()
		}
		return ""
	})
}

// find gives the first entry of a title, nil without one.
func (b *bench) find(title string) *book.Entry {
	for _, e := range b.book.Entries() {
		if e.Title == title {
			return e
		}
	}
	return nil
}

// put keeps a reservation of two hours on the day of now.
func (b *bench) put(title, rule string) {
	b.t.Helper()
	r := &storage.Reservation{TypeID: "event", Zone: "Europe/Paris", Start: storage.LocalOf(now), End: storage.LocalOf(now.Add(2 * time.Hour))}
	r.Title = title
	if rule != "" {
		r.Recurrence = &storage.Recurrence{Rule: rule}
	}
	if _, err := b.agenda.Save(context.Background(), r); err != nil {
		b.t.Fatal(err)
	}
	b.until(title, func() bool { return b.find(title) != nil })
}

// press presses the button of the open dialog that bears a word.
func (b *bench) press(word string) {
	b.t.Helper()
	var found *widgets.Button
	for _, o := range test.LaidOutObjects(b.window.Canvas().Overlays().Top()) {
		if button, ok := o.(*widgets.Button); ok && button.Text == word && button.Visible() {
			found = button
		}
	}
	if found == nil {
		b.t.Fatalf("no « %s » to press", word)
	}
	test.Tap(found)
}

func TestEmptyAgendaOffersToBegin(t *testing.T) {
	b := open(t)
	if !b.empty.Visible() || b.week.Visible() {
		t.Error("an empty agenda shows a grid")
	}
	b.put("Chorale", "")
	b.until("the week", func() bool { return b.week.Visible() && !b.empty.Visible() })
}

func TestTimeDraggedOverBecomesAReservationWithATitle(t *testing.T) {
	b := open(t)
	b.put("Chorale", "")
	start := storage.LocalOf(now).Wall()
	b.week.OnCreate(start, start.Add(time.Hour), false)
	b.press("Ajouter")
	if b.find("Visite") != nil || b.window.Canvas().Overlays().Top() == nil {
		t.Fatal("kept without a title")
	}
	test.Type(b.window.Canvas().Focused(), "Visite")
	b.press("Ajouter")
	b.until("the reservation", func() bool { return b.find("Visite") != nil && b.window.Canvas().Overlays().Top() == nil })
	if len(b.host.toasts) != 1 || b.host.action == nil {
		t.Fatalf("said %q", b.host.toasts)
	}
	b.host.action() // « Rétablir »
	b.until("it is taken back", func() bool { return b.find("Visite") == nil })
}

func TestMoveOfASeriesAsksHowMuchOfIt(t *testing.T) {
	b := open(t)
	b.put("Voile", "FREQ=DAILY")
	all := len(b.book.Entries())
	e := b.find("Voile")
	b.week.OnMove(e.ID, e.Start.Add(time.Hour), e.End.Add(time.Hour))
	if b.window.Canvas().Overlays().Top() == nil {
		t.Fatal("nothing was asked")
	}
	b.press("Continuer") // « Celle-ci »
	b.until("the one occurrence", func() bool { return strings.HasPrefix(b.book.Entries()[0].Line, "10") })
	if len(b.book.Entries()) != all || !strings.HasPrefix(b.book.Entries()[1].Line, "9") {
		t.Errorf("%d entries, the next one %q", len(b.book.Entries()), b.book.Entries()[1].Line)
	}
}

func TestPaneKeepsWhatIsWrittenAndNothingBefore(t *testing.T) {
	b := open(t)
	b.put("Chorale", "")
	b.open(b.find("Chorale").ID)
	if b.side != sideDetail || b.detail.form.Title != "Chorale" {
		t.Fatalf("opened %q", b.detail.form.Title)
	}
	title := b.detail.parts[book.PartTitle]
	test.Type(title.Focusable(), "Grande ")
	if b.find("Chorale") == nil || !b.detail.dirty() {
		t.Error("kept before it was asked for")
	}
	b.leaveSide()
	if b.side != sideNone || b.host.action == nil {
		t.Fatal("what was written is lost")
	}
	b.host.action() // « Reprendre »
	if b.side != sideDetail || b.detail.form.Title != "Grande Chorale" {
		t.Fatalf("taken up again: %q", b.detail.form.Title)
	}
	test.Tap(b.detail.save)
	b.until("it is kept", func() bool { return b.find("Grande Chorale") != nil && b.side == sideNone })
}

func TestPaneSaysBesideTheFieldWhatIsWrong(t *testing.T) {
	b := open(t)
	b.create()
	test.Tap(b.detail.save)
	if got := b.detail.parts[book.PartTitle].Error(); got != "Donner un titre à la réservation." {
		t.Errorf("beside the title: %q", got)
	}
	test.Type(b.detail.parts[book.PartTitle].Focusable(), "Visite")
	b.detail.form.Repeat.Pace = book.Weekly
	b.detail.relayAgain()
	b.detail.form.Repeat.Every = "zéro"
	test.Tap(b.detail.save)
	if b.detail.parts[book.PartEvery].Error() == "" || b.detail.parts[book.PartTitle].Error() != "" {
		t.Error("the number of weeks is not told from the title")
	}
}

func TestNarrowWindowShowsThePaneAlone(t *testing.T) {
	b := open(t)
	b.put("Chorale", "")
	b.open(b.find("Chorale").ID)
	if !b.stage.Visible() || b.back.Visible() {
		t.Error("wide: the agenda is hidden")
	}
	b.window.Resize(fyne.NewSize(680, 700))
	if b.stage.Visible() || !b.back.Visible() {
		t.Error("narrow: the agenda is still there")
	}
	test.Tap(b.back)
	if !b.stage.Visible() || b.side != sideNone {
		t.Error("« Retour » did not go back to the agenda")
	}
}

func TestShortcutsTurnTheDaysAndOpenThePanels(t *testing.T) {
	b := open(t)
	b.put("Chorale", "")
	week := b.book.Period()
	for _, c := range []struct {
		do   shortcuts.Action
		want func() bool
	}{
		{shortcuts.After, func() bool { return b.book.Period() == week.Step(1) }},
		{shortcuts.Before, func() bool { return b.book.Period() == week }},
		{shortcuts.Sync, func() bool { return b.panel.shown }},
		{shortcuts.Escape, func() bool { return !b.panel.shown && b.side == sideNone }},
		{shortcuts.New, func() bool { return b.side == sideDetail && b.detail.newOne != nil }},
		{shortcuts.Escape, func() bool { return b.side == sideNone }},
		{shortcuts.Search, func() bool { return b.book.Period().View == book.List }},
	} {
		if !b.Do(c.do) || !c.want() {
			t.Errorf("%s did not do what it says", c.do)
		}
		b.settle()
	}
	if b.Do(shortcuts.Escape) {
		t.Error("Escape did something without anything open")
	}
}

func TestListShowsEachDayAboveItsEntries(t *testing.T) {
	b := open(t)
	b.put("Voile", "FREQ=DAILY;COUNT=3")
	b.turn(book.Period{View: book.List, Day: b.book.Period().Day})
	b.settle()
	if len(b.list.lines) != 6 || b.list.lines[0].day == "" || b.list.lines[1].entry == nil {
		t.Fatalf("%d lines", len(b.list.lines))
	}
	row := &widgets.ListRow{}
	b.list.fill(1, row)
	if len(row.Cells) < 4 || row.Cells[1].Text != "Voile" {
		t.Errorf("cells %+v", row.Cells)
	}
}

const twoEvents = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Exemple//FR\r\n" +
	"BEGIN:VEVENT\r\nUID:a@exemple.example\r\nDTSTAMP:20261101T080000Z\r\nDTSTART:20261120T090000Z\r\nDTEND:20261120T100000Z\r\nSUMMARY:Conseil\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:b@exemple.example\r\nDTSTAMP:20261101T080000Z\r\nDTSTART:20261121T090000Z\r\nDTEND:20261121T100000Z\r\nSUMMARY:Gala\r\nEND:VEVENT\r\n" +
	"END:VCALENDAR\r\n"

func TestFileIsShownBeforeItIsTakenOver(t *testing.T) {
	b := open(t)
	b.host.file = filepath.Join(t.TempDir(), "agenda.ics")
	if err := os.WriteFile(b.host.file, bytes.TrimSpace([]byte(twoEvents)), 0o600); err != nil {
		t.Fatal(err)
	}
	b.chooseFile()
	b.until("the preview", func() bool {
		top := b.window.Canvas().Overlays().Top()
		return top != nil && saying(top, "2 réservations à créer")
	})
	if b.book.Ever() {
		t.Fatal("taken over before it was asked for")
	}
	b.press("Importer")
	b.until("the import", func() bool { return b.find("Conseil") != nil && b.find("Gala") != nil })
	b.until("its report", func() bool { return b.host.action != nil })
	if b.host.action(); b.host.run == "" {
		t.Error("there is no report to open")
	}
}

// saying reports whether an object shows a text somewhere.
func saying(o fyne.CanvasObject, text string) bool {
	for _, part := range test.LaidOutObjects(o) {
		if shown, ok := part.(*widgets.Text); ok && shown.Text() == text {
			return true
		}
	}
	return false
}

func TestDeletedOccurrenceLeavesTheOthers(t *testing.T) {
	b := open(t)
	b.put("Voile", "FREQ=DAILY;COUNT=3")
	before := len(b.book.Entries())
	b.book.Delete(b.find("Voile"), recurrence.This, nil)
	b.until("it is gone", func() bool { return len(b.book.Entries()) == before-1 && b.host.action != nil })
	if !b.book.Undo() {
		t.Fatal("it cannot be taken back")
	}
	b.until("it is back", func() bool { return len(b.book.Entries()) == before })
}
