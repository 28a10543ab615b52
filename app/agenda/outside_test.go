package agenda

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/widgets"
	"diapason/widgets/look"
)

// lodging is a booking service that gives n stays of one night each, from the day after now.
type lodging struct {
	*httptest.Server
	mu     stdsync.Mutex
	stays  int
	status int           // answered instead, when it is not 0
	gate   chan struct{} // when not nil: an answer waits until it is closed
}

func newLodging(t *testing.T, stays int) *lodging {
	l := &lodging{stays: stays}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	return l
}

func (l *lodging) set(f func(*lodging)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(l)
}

func (l *lodging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	stays, status, gate := l.stays, l.status, l.gate
	l.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-r.Context().Done():
			return
		}
	}
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Exemple//FR"}
	for i := range stays {
		first := now.AddDate(0, 0, i+1)
		lines = append(lines, "BEGIN:VEVENT", fmt.Sprintf("UID:%d@gites.example", i), "DTSTAMP:20261101T080000Z",
			"DTSTART;VALUE=DATE:"+first.Format("20060102"), "DTEND;VALUE=DATE:"+first.AddDate(0, 0, 1).Format("20060102"), "SUMMARY:Reserved", "END:VEVENT")
	}
	fmt.Fprint(w, strings.Join(append(lines, "END:VCALENDAR", ""), "\r\n")) //nolint:errcheck // the client may be gone
}

const secretPath = "/calendar/ical/0123456789.ics?s=abcdef"

// subscribe keeps a feed of a service, and shows the dialog with it.
func (b *bench) subscribe(l *lodging) *outsideRow {
	b.t.Helper()
	f := &storage.OutsideFeed{Name: "Gîte du pré", TypeID: "stay", Color: look.Hues[0]}
	if err := b.agenda.AddOutsideFeed(b.t.Context(), f, l.URL+secretPath); err != nil {
		b.t.Fatal(err)
	}
	return b.outsideRow()
}

// outsideRow opens the dialog and gives its one row.
func (b *bench) outsideRow() *outsideRow {
	b.t.Helper()
	b.showOutside()
	b.until("the list of outside calendars", func() bool { return b.outside != nil && len(b.outside.feeds) == 1 })
	return b.outside.rows[b.outside.feeds[0].ID]
}

// readNow presses « Lire maintenant » and waits for what comes of it.
func (b *bench) readNow(r *outsideRow) {
	b.t.Helper()
	before := r.said.Text()
	test.Tap(r.read)
	if r.said.Text() == before || !r.read.Busy() {
		b.t.Fatalf("while it is read: %q", r.said.Text())
	}
	b.untilRead(r)
}

func (b *bench) untilRead(r *outsideRow) {
	b.t.Helper()
	reading := b.outside.reading
	b.until("the reading", func() bool {
		return !r.read.Busy() && !r.trust.Busy() && b.outside.reading > reading && r.said.Text() != "Lecture en cours…"
	})
	b.settle()
}

// fill writes a name and an address into the form of a new outside calendar.
func (b *bench) fill(name, address string) {
	b.t.Helper()
	test.Type(b.window.Canvas().Focused(), name)
	b.window.Canvas().FocusNext()
	test.Type(b.window.Canvas().Focused(), address)
}

// texts gives everything that the topmost dialog shows.
func (b *bench) texts() string {
	var all []string
	for _, o := range test.LaidOutObjects(b.window.Canvas().Overlays().Top()) {
		if shown, ok := o.(*widgets.Text); ok && shown.Visible() {
			all = append(all, shown.Text())
		}
	}
	return strings.Join(all, "\n")
}

func TestOutsideCalendarIsAddedByItsAddressWhichIsNeverShownAgain(t *testing.T) {
	b, l := open(t), newLodging(t, 2)
	b.showOutside()
	b.until("the invitation", func() bool { return b.outside.none.Text() != "" })
	b.press("Ajouter…")
	b.fill("Gîte du pré", "gites.example")
	b.press("Enregistrer")
	b.until("what is wrong with the address", func() bool { return strings.Contains(b.texts(), "Copier l’adresse d’abonnement (iCal)") })
	b.press("Annuler")

	b.press("Ajouter…")
	b.fill("Gîte du pré", l.URL+secretPath)
	b.press("Enregistrer")
	b.until("the feed", func() bool { return len(b.outside.feeds) == 1 })
	r := b.outside.rows[b.outside.feeds[0].ID]
	host := strings.TrimPrefix(l.URL, "http://")
	if !strings.HasPrefix(r.where.Text(), host) {
		t.Errorf("the row says %q", r.where.Text())
	}
	b.readNow(r)
	if want := "Lu\u00a0: aujourd’hui, 9\u00a0h\u00a045 · 2 réservations"; r.said.Text() != want {
		t.Errorf("read: %q, want %q", r.said.Text(), want)
	}
	b.askOutside(r.feed.OutsideFeed)
	if got := b.texts(); strings.Contains(got, "0123456789") || !strings.Contains(got, host) {
		t.Errorf("the form shows %q", got)
	}
}

func TestOutsideReservationsAreShownReadOnlyInTheFeedsColour(t *testing.T) {
	b, l := open(t), newLodging(t, 1)
	b.readNow(b.subscribe(l))
	b.until("the stay", func() bool { return b.find("Reserved") != nil })
	e := b.find("Reserved")
	if !e.ReadOnly || e.Color != look.Hues[0] {
		t.Fatalf("entry %+v", e)
	}
	b.outside.dialog.Close()
	b.open(e.ID)
	if b.detail.save.Visible() || b.detail.remove.Visible() {
		t.Error("it can be changed here")
	}
	b.deleteByID(e.ID)
	b.settle()
	if b.find("Reserved") == nil {
		t.Error("it was deleted here")
	}
}

func TestOutsideCalendarThatCannotBeReadSaysWhyAndKeepsWhatItHad(t *testing.T) {
	b, l := open(t), newLodging(t, 1)
	r := b.subscribe(l)
	b.readNow(r)
	l.set(func(l *lodging) { l.status = http.StatusGone })
	b.readNow(r)
	if !strings.Contains(r.said.Text(), "a fermé cette adresse") || !strings.Contains(r.said.Text(), "En créer une autre") {
		t.Errorf("said %q", r.said.Text())
	}
	if !strings.Contains(r.note.Text(), "1 réservation gardée") || b.find("Reserved") == nil {
		t.Errorf("kept: %q", r.note.Text())
	}
	if len(b.host.failures) > 0 {
		t.Errorf("also told apart: %v", b.host.failures)
	}
}

func TestLossThatIsDoubtedIsAcceptedByAPerson(t *testing.T) {
	b, l := open(t), newLodging(t, 8)
	r := b.subscribe(l)
	b.readNow(r)
	if r.trust.Visible() {
		t.Fatal("something is to be accepted already")
	}
	l.set(func(l *lodging) { l.stays = 1 })
	b.readNow(r)
	if !r.trust.Visible() || r.feed.Reservations != 8 {
		t.Fatalf("%d left without a question: %q", r.feed.Reservations, r.said.Text())
	}
	test.Tap(r.trust)
	b.untilRead(r)
	if r.feed.Reservations != 1 || r.trust.Visible() {
		t.Errorf("%d left, %q", r.feed.Reservations, r.said.Text())
	}
}

func TestReadingDoesNotHoldUpTheDialog(t *testing.T) {
	b, l := open(t), newLodging(t, 1)
	gate := make(chan struct{})
	l.set(func(l *lodging) { l.gate = gate })
	r := b.subscribe(l)
	test.Tap(r.read)
	b.showViews()
	if r.said.Text() != "Lecture en cours…" {
		t.Errorf("meanwhile: %q", r.said.Text())
	}
	b.outside.dialog.Close() // it goes on
	close(gate)
	b.until("the stay", func() bool { return b.find("Reserved") != nil })
}

func TestPausedOutsideCalendarKeepsItsAddress(t *testing.T) {
	b, l := open(t), newLodging(t, 1)
	r := b.subscribe(l)
	b.readNow(r)
	test.Tap(r.on)
	b.until("the pause", func() bool { return !r.feed.Enabled && strings.HasPrefix(r.said.Text(), "En pause") })
	test.Tap(r.on)
	b.until("the return", func() bool { return r.feed.Enabled && strings.HasPrefix(r.said.Text(), "Lu") })
	l.set(func(l *lodging) { l.stays = 2 })
	b.readNow(r)
	if r.feed.Reservations != 2 {
		t.Errorf("read %d: %q", r.feed.Reservations, r.said.Text())
	}
}

func TestChangedOutsideCalendarMovesWhatWasRead(t *testing.T) {
	b, l := open(t), newLodging(t, 1)
	r := b.subscribe(l)
	b.readNow(r)
	b.askOutside(r.feed.OutsideFeed)
	test.Type(b.window.Canvas().Focused(), "Nouveau ")
	b.press("Enregistrer")
	b.until("the new name", func() bool { return r.name.Text() == "Nouveau Gîte du pré" })
	f := r.feed.Clone()
	f.Color, f.Every = look.Hues[1], 45*time.Minute
	if err := b.agenda.ChangeOutsideFeed(t.Context(), f, ""); err != nil {
		t.Fatal(err)
	}
	b.until("the new colour", func() bool { return b.find("Reserved").Color == look.Hues[1] && r.feed.Every == f.Every })
	if !strings.HasSuffix(r.where.Text(), "45\u00a0min") {
		t.Errorf("the row says %q", r.where.Text())
	}
}

func TestRemovedOutsideCalendarIsPutBack(t *testing.T) {
	b, l := open(t), newLodging(t, 1)
	r := b.subscribe(l)
	b.readNow(r)
	b.askOutside(r.feed.OutsideFeed)
	b.press("Supprimer")
	b.until("it is gone", func() bool { return b.find("Reserved") == nil && b.outside == nil && b.host.action != nil })
	if got := b.host.toasts[len(b.host.toasts)-1]; got != "«\u00a0Gîte du pré\u00a0» retiré, avec 1 réservation" {
		t.Errorf("said %q", got)
	}
	b.host.action() // « Rétablir »
	b.until("it is back", func() bool { return b.find("Reserved") != nil })
	again := b.outsideRow()
	l.set(func(l *lodging) { l.stays = 2 })
	b.readNow(again) // by the address that was put back with it
	if again.feed.Reservations != 2 {
		t.Errorf("read %d: %q", again.feed.Reservations, again.said.Text())
	}
}

var _ OutsideCalendars = (*agenda.Agenda)(nil)
