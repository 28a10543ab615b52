package agenda_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/recurrence"
)

// service is a booking service: it gives a calendar of stays, or refuses to.
type service struct {
	*httptest.Server
	mu      stdsync.Mutex
	stays   []string      // "uid first-day last-day", of 2026: "a 0710 0717"
	raw     string        // given instead, when it is not empty
	status  int           // answered instead, when it is not 0
	hang    chan struct{} // when not nil: closed by a call that is then left without an answer
	stamp   int           // raised by each answer, as DTSTAMP is
	answers int
}

func newService(t testing.TB, stays ...string) *service {
	s := &service{stays: stays}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *service) set(f func(*service)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

func (s *service) list(stays ...string) { s.set(func(s *service) { s.stays = stays }) }

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if hang := s.hang; hang != nil {
		s.hang = nil
		s.mu.Unlock()
		close(hang)
		<-r.Context().Done()
		return
	}
	defer s.mu.Unlock()
	s.answers++
	if s.status != 0 {
		w.WriteHeader(s.status)
		return
	}
	fmt.Fprint(w, cmp.Or(s.raw, s.calendar())) //nolint:errcheck // the client may be gone
}

func (s *service) calendar() string {
	s.stamp++
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Gites//Hosting Calendar 1.0//EN"}
	for _, stay := range s.stays {
		part := strings.Fields(stay)
		lines = append(lines, "BEGIN:VEVENT", "UID:"+part[0]+"@gites.example", fmt.Sprintf("DTSTAMP:20260301T08%02d00Z", s.stamp),
			"DTSTART;VALUE=DATE:2026"+part[1], "DTEND;VALUE=DATE:2026"+part[2], "SUMMARY:Reserved",
			"DESCRIPTION:Phone (last 4 digits): 0000", "END:VEVENT")
	}
	return strings.Join(append(lines, "END:VCALENDAR", ""), "\r\n")
}

// weeks gives n stays of the summer.
func weeks(n int) (stays []string) {
	for i := range n {
		first := time.Date(2026, 6, 6, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 7*i)
		stays = append(stays, fmt.Sprintf("w%d %s %s", i, first.Format("0102"), first.AddDate(0, 0, 7).Format("0102")))
	}
	return stays
}

// subscribe adds a service's calendar, read every hour.
func (r *rig) subscribe(s *service) *storage.OutsideFeed {
	r.Helper()
	f := &storage.OutsideFeed{Name: "Gîte du pré", TypeID: "stay", ResourceID: r.room.ID}
	r.must(r.AddOutsideFeed(r.ctx, f, s.URL+"/ical/secret-part.ics"))
	return f
}

// read reads a feed, which must do what is said: created, updated, unchanged, removed, doubted.
func (r *rig) read(f *storage.OutsideFeed, want ...int) agenda.Reading {
	r.Helper()
	got, err := r.ReadOutsideFeed(r.ctx, f.ID)
	r.must(err)
	if told := []int{got.Created, got.Updated, got.Unchanged, got.Removed, got.Doubted}; !slices.Equal(told, want) {
		r.Errorf("created, updated, unchanged, removed, doubted: %v, not %v", told, want)
	}
	return got
}

func (r *rig) outside(id string) (f *storage.OutsideFeed) {
	r.Helper()
	r.must(r.store.View(r.ctx, func(tx storage.Reader) (err error) {
		f, err = tx.OutsideFeed(id)
		return err
	}))
	return f
}

// stays gives what is kept of a feed, in the order of the days.
func (r *rig) stays(f *storage.OutsideFeed) (all []*storage.Reservation) {
	r.Helper()
	r.must(r.store.View(r.ctx, func(tx storage.Reader) (err error) {
		all, err = tx.ReservationsByOutsideFeed(f.ID, "", 1000)
		return err
	}))
	slices.SortFunc(all, func(x, y *storage.Reservation) int { return x.Start.Wall().Compare(y.Start.Wall()) })
	return all
}

func problemOf(err error) string {
	var p *storage.Problem
	var list storage.Problems
	switch {
	case errors.As(err, &list):
		return list[0].Code
	case errors.As(err, &p):
		return p.Code
	}
	return ""
}

func TestOutsideFeedIsReadIntoItsPlaceReadOnlyWithItsColour(t *testing.T) {
	r := newRig(t)
	f := r.subscribe(newService(t, "a 0710 0717"))
	r.read(f, 1, 0, 0, 0, 0)
	got := r.stays(f)[0]
	if !got.WholeDays() || got.Start.String() != "2026-07-10" || got.End.String() != "2026-07-17" || got.Title != "Reserved" ||
		got.TypeID != "stay" || got.ResourceID != r.room.ID || got.PublicNotes != "" || got.PrivateNotes == "" {
		t.Errorf("it is kept as %+v", got)
	}
	page, err := r.Occurrences(r.ctx, agenda.Query{From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)})
	r.must(err)
	if len(page.Items) != 1 || !page.Items[0].ReadOnly || page.Items[0].Color != f.Color || f.Color == "" {
		t.Errorf("it is shown as %+v", page.Items)
	}
	if _, err := r.Edit(r.ctx, got.ID, got.Start, recurrence.All, func(d *recurrence.Draft) { d.Title = "À moi" }); problemOf(err) != "agenda.readOnly" {
		t.Errorf("edited: %v", err)
	}
	if _, err := r.Delete(r.ctx, got.ID, got.Start, recurrence.All); problemOf(err) != "agenda.readOnly" {
		t.Errorf("deleted: %v", err)
	}
	if kept := r.outside(f.ID); kept.LastOK.IsZero() || !kept.NextRead.Equal(r.clock.Now().Add(time.Hour)) || kept.Problem != nil {
		t.Errorf("the feed says %+v", kept)
	}
	if raw := fmt.Sprintf("%+v", r.outside(f.ID)); strings.Contains(raw, "secret-part") {
		t.Errorf("the address is in the workspace: %s", raw)
	}
}

func TestOutsideFeedWritesOnlyWhatChanged(t *testing.T) {
	r := newRig(t)
	s := newService(t, "a 0710 0717", "b 0717 0724", "c 0801 0808")
	f := r.subscribe(s)
	r.read(f, 3, 0, 0, 0, 0)
	before := r.stays(f)
	r.read(f, 0, 0, 3, 0, 0) // another DTSTAMP, the same stays
	s.list("a 0710 0717", "b 0717 0725", "d 0901 0908")
	r.clock.advance(time.Hour)
	r.read(f, 1, 1, 1, 1, 0)
	after := r.stays(f)
	if after[0].Revision != before[0].Revision || after[0].Sequence != before[0].Sequence {
		t.Errorf("what is the same was written: %+v", after[0])
	}
	if after[1].ID != before[1].ID || after[1].UID != before[1].UID || after[1].Sequence != before[1].Sequence+1 ||
		!after[1].ChangedAt.After(before[1].ChangedAt) || after[1].End.String() != "2026-07-25" {
		t.Errorf("what changed: %+v", after[1])
	}
	if entries := r.journal(after[0].ID); len(entries) != 1 {
		t.Errorf("%d entries of the journal for what was read once", len(entries))
	}
	s.set(func(s *service) { s.raw = s.calendar() })
	r.read(f, 0, 0, 3, 0, 0)
	if got := r.read(f, 0, 0, 0, 0, 0); !got.NothingNew {
		t.Errorf("the same bytes: %+v", got)
	}
}

func TestOutsideFeedThatLostMuchIsBelievedAnHourLater(t *testing.T) {
	for name, left := range map[string][]string{"empty": nil, "most gone": weeks(3)} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			s := newService(t, weeks(8)...)
			f := r.subscribe(s)
			r.read(f, 8, 0, 0, 0, 0)
			s.list(left...)
			missing := 8 - len(left)
			r.clock.advance(time.Hour)
			r.read(f, 0, 0, len(left), 0, missing)
			kept := r.outside(f.ID)
			if kept.Problem == nil || kept.Problem.Code != "outsideFeed.doubt" || kept.Doubt.Missing != missing || len(r.stays(f)) != 8 {
				t.Fatalf("the feed says %+v and keeps %d", kept, len(r.stays(f)))
			}
			r.clock.advance(59 * time.Minute)
			r.read(f, 0, 0, len(left), 0, missing)
			r.clock.advance(time.Minute)
			r.read(f, 0, 0, len(left), missing, 0)
			if kept := r.outside(f.ID); kept.Problem != nil || kept.Doubt != nil || len(r.stays(f)) != len(left) {
				t.Errorf("the feed says %+v and keeps %d", kept, len(r.stays(f)))
			}
		})
	}
}

func TestOutsideFeedIsDoubtedAgainWhenItSaysSomethingElse(t *testing.T) {
	r := newRig(t)
	s := newService(t, weeks(12)...)
	f := r.subscribe(s)
	r.read(f, 12, 0, 0, 0, 0)
	s.list(weeks(3)...)
	r.read(f, 0, 0, 3, 0, 9)
	r.clock.advance(2 * time.Hour)
	s.list(weeks(2)...)
	r.read(f, 0, 0, 2, 0, 10)
	s.list(weeks(12)...) // it was a fault of the service
	r.read(f, 0, 0, 12, 0, 0)
	if kept := r.outside(f.ID); kept.Problem != nil || kept.Doubt != nil {
		t.Errorf("the feed says %+v", kept)
	}
}

func TestPersonMayBelieveAnOutsideFeedAtOnce(t *testing.T) {
	r := newRig(t)
	s := newService(t, weeks(8)...)
	f := r.subscribe(s)
	r.read(f, 8, 0, 0, 0, 0)
	s.list()
	r.read(f, 0, 0, 0, 0, 8)
	got, err := r.TrustOutsideFeed(r.ctx, f.ID)
	r.must(err)
	if got.Removed != 8 || len(r.stays(f)) != 0 || r.outside(f.ID).Problem != nil {
		t.Errorf("%+v, %d are kept", got, len(r.stays(f)))
	}
}

func TestStayThatIsOverStaysWhenTheServiceForgetsIt(t *testing.T) {
	r := newRig(t)
	s := newService(t, "a 0309 0312", "b 0710 0717")
	f := r.subscribe(s)
	r.read(f, 2, 0, 0, 0, 0)
	r.clock.advance(20 * 24 * time.Hour)
	s.list("b 0710 0717")
	r.read(f, 0, 0, 1, 0, 0)
	if len(r.stays(f)) != 2 {
		t.Errorf("%d are kept", len(r.stays(f)))
	}
}

func TestFailedReadingKeepsWhatWasReadAndComesBackLater(t *testing.T) {
	r := newRig(t)
	s := newService(t, weeks(3)...)
	f := r.subscribe(s)
	r.read(f, 3, 0, 0, 0, 0)
	s.set(func(s *service) { s.raw = "<html>sign in</html>" })
	for i, pause := range []time.Duration{15 * time.Minute, 30 * time.Minute} {
		if _, err := r.ReadOutsideFeed(r.ctx, f.ID); problemOf(err) != "outsideFeed.page" {
			t.Fatalf("it gives %v", err)
		}
		kept := r.outside(f.ID)
		if kept.Problem.Code != "outsideFeed.page" || kept.Failures != i+1 || !kept.NextRead.Equal(r.clock.Now().Add(pause)) || len(r.stays(f)) != 3 {
			t.Errorf("the feed says %+v and keeps %d", kept, len(r.stays(f)))
		}
	}
	s.set(func(s *service) { s.raw, s.status = "", http.StatusGone })
	if _, err := r.ReadOutsideFeed(r.ctx, f.ID); problemOf(err) != "outsideFeed.gone" {
		t.Errorf("it gives %v", err)
	}
	s.set(func(s *service) { s.status = 0 })
	r.read(f, 0, 0, 3, 0, 0)
	if kept := r.outside(f.ID); kept.Problem != nil || kept.Failures != 0 {
		t.Errorf("the feed says %+v", kept)
	}
}

func TestEventThatCannotBeReadIsNotSaidToBeGone(t *testing.T) {
	r := newRig(t)
	s := newService(t, "a 0710 0717", "b 0717 0724")
	f := r.subscribe(s)
	r.read(f, 2, 0, 0, 0, 0)
	s.list("a 9910 0717", "b 0717 0724")
	if got := r.read(f, 0, 0, 1, 0, 0); len(got.SetAside) != 1 || r.outside(f.ID).Aside != 1 || len(r.stays(f)) != 2 {
		t.Errorf("%+v, %d are kept", got, len(r.stays(f)))
	}
}

func TestOutsideFeedDoesNotBringBackWhatIsOurs(t *testing.T) {
	r := newRig(t)
	ours := r.reservation("Filage", "2026-07-01T10:00")
	ours.UID = "a@gites.example"
	r.save(ours)
	s := newService(t, "a 0710 0717", "b 0717 0724")
	f := r.subscribe(s)
	if got := r.read(f, 1, 0, 0, 0, 0); got.Ours != 1 {
		t.Errorf("%+v", got)
	}
}

func TestOutsideFeedMovesWithWhatWasReadFromIt(t *testing.T) {
	r := newRig(t)
	f := r.subscribe(newService(t, weeks(3)...))
	r.read(f, 3, 0, 0, 0, 0)
	f.TypeID, f.ResourceID, f.Name, f.Every = "room", "", "Grange", 15*time.Minute
	r.must(r.ChangeOutsideFeed(r.ctx, f, ""))
	for _, res := range r.stays(f) {
		if res.TypeID != "room" || res.ResourceID != "" || res.Sequence != 1 {
			t.Errorf("%+v", res)
		}
	}
	if kept := r.outside(f.ID); kept.Name != "Grange" || !kept.NextRead.Equal(r.clock.Now().Add(15*time.Minute)) {
		t.Errorf("the feed says %+v", kept)
	}
	for every, code := range map[time.Duration]string{time.Minute: "outsideFeed.tooOften", 48 * time.Hour: "outsideFeed.tooSeldom"} {
		wrong := f.Clone()
		wrong.Every = every
		if err := r.ChangeOutsideFeed(r.ctx, wrong, ""); problemOf(err) != code {
			t.Errorf("every %s: %v", every, err)
		}
	}
	other := newService(t, "z 0901 0908")
	r.must(r.ChangeOutsideFeed(r.ctx, f, other.URL))
	r.read(f, 1, 0, 0, 0, 3) // another address that has none of them may be a mistake
}

func TestRemovedOutsideFeedComesBackWhole(t *testing.T) {
	r := newRig(t)
	f := r.subscribe(newService(t, weeks(3)...))
	r.read(f, 3, 0, 0, 0, 0)
	before := r.stays(f)
	removed, err := r.RemoveOutsideFeed(r.ctx, f.ID)
	r.must(err)
	all, err := r.OutsideFeeds(r.ctx)
	r.must(err)
	if len(all) != 0 || len(r.stays(f)) != 0 {
		t.Fatalf("left: %v, %v", all, r.stays(f))
	}
	if _, err := r.ReadOutsideFeed(r.ctx, f.ID); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("read after it: %v", err)
	}
	r.must(r.RestoreOutsideFeed(r.ctx, removed))
	all, err = r.OutsideFeeds(r.ctx)
	r.must(err)
	if len(all) != 1 || all[0].Reservations != 3 || r.stays(f)[0].UID != before[0].UID {
		t.Errorf("back: %+v", all)
	}
	r.read(f, 0, 0, 3, 0, 0)
}

func TestOutsideFeedIsReadWhenTheAgendaStartsAndOncePerSlot(t *testing.T) {
	r := newRig(t)
	s := newService(t, weeks(3)...)
	f := r.subscribe(s)
	r.must(r.Start(r.ctx))
	wait := func(what string, done func() bool) {
		t.Helper()
		for end := time.Now().Add(patience); !done(); time.Sleep(time.Millisecond) { // between two looks, until it is there
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	wait("it is never read", func() bool { return len(r.stays(f)) == 3 && !r.outside(f.ID).LastOK.IsZero() })
	r.restart() // its next slot is kept: it is not due
	s.list(weeks(4)...)
	slot := r.outside(f.ID).NextRead
	r.Stop()
	r.clock.advance(5*time.Hour + 20*time.Minute)
	r.must(r.Start(r.ctx))
	wait("it is not read after a long pause", func() bool { return len(r.stays(f)) == 4 && r.outside(f.ID).NextRead.After(slot) })
	if next := r.outside(f.ID).NextRead; !next.Equal(slot.Add(5 * time.Hour)) {
		t.Errorf("planned for %s, after %s", next, slot)
	}
	s.set(func(s *service) {
		if s.answers != 2 {
			t.Errorf("read %d times", s.answers)
		}
	})
}

func TestAddressOnAnotherComputerIsAskedForAgain(t *testing.T) {
	r := newRig(t)
	f := r.subscribe(newService(t, weeks(3)...))
	r.read(f, 3, 0, 0, 0, 0)
	r.Stop()
	r.must(r.store.Close())
	r.keys = t.TempDir()
	r.open()
	if _, err := r.ReadOutsideFeed(r.ctx, f.ID); problemOf(err) != "outsideFeed.addressLost" || len(r.stays(f)) != 3 {
		t.Errorf("it gives %v and keeps %d", err, len(r.stays(f)))
	}
}

func TestWrongAddressOfAnOutsideFeedKeepsNothing(t *testing.T) {
	r := newRig(t)
	f := &storage.OutsideFeed{Name: "Gîte", TypeID: "stay"}
	if err := r.AddOutsideFeed(r.ctx, f, "gîte"); problemOf(err) != "outsideFeed.address" {
		t.Errorf("it gives %v", err)
	}
	if err := r.AddOutsideFeed(r.ctx, &storage.OutsideFeed{TypeID: "stay"}, "webcal://gites.example/a.ics"); problemOf(err) != "agenda.name.missing" {
		t.Errorf("without a name: %v", err)
	}
	all, err := r.OutsideFeeds(r.ctx)
	if err != nil || len(all) != 0 {
		t.Errorf("kept: %v, %v", all, err)
	}
}

func TestPersonWaitsForNoServiceThatHangs(t *testing.T) {
	r := newRig(t)
	s := newService(t, weeks(3)...)
	f := r.subscribe(s)
	r.read(f, 3, 0, 0, 0, 0)
	asked := make(chan struct{})
	s.set(func(s *service) { s.hang = asked })
	ended := make(chan error)
	go func() {
		_, err := r.ReadOutsideFeed(r.ctx, f.ID)
		ended <- err
	}()
	<-asked
	f.Name = "Grange"
	r.must(r.ChangeOutsideFeed(r.ctx, f, ""))
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the reading gives %v", err)
	}
	if kept := r.outside(f.ID); kept.Name != "Grange" || kept.Problem != nil || kept.Failures != 0 {
		t.Errorf("the feed says %+v", kept)
	}
}

// school is a calendar of a series in its own zone, with an occurrence left out and one that was moved.
const school = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Ecole//Agenda//FR\r\n" +
	"BEGIN:VEVENT\r\nUID:chorale@ecole.example\r\nDTSTAMP:20260301T080000Z\r\nSEQUENCE:4\r\nDTSTART;TZID=Europe/Paris:20260303T180000\r\n" +
	"DTEND;TZID=Europe/Paris:20260303T190000\r\nRRULE:FREQ=WEEKLY;COUNT=10\r\nEXDATE;TZID=Europe/Paris:20260317T180000\r\nSUMMARY:Chorale\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:chorale@ecole.example\r\nDTSTAMP:20260301T080000Z\r\nRECURRENCE-ID;TZID=Europe/Paris:20260331T180000\r\n" +
	"DTSTART;TZID=Europe/Paris:20260401T173000\r\nDTEND;TZID=Europe/Paris:20260401T183000\r\nSUMMARY:Chorale\r\nDESCRIPTION:Salle des fêtes\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func TestSeriesOfAnOutsideFeedKeepsItsExceptionsAndItsSequence(t *testing.T) {
	r := newRig(t)
	s := newService(t)
	s.set(func(s *service) { s.raw = school })
	f := r.subscribe(s)
	r.read(f, 1, 0, 0, 0, 0)
	got := r.stays(f)[0]
	if got.Sequence != 4 || got.Zone != "Europe/Paris" || got.Start.String() != "2026-03-03T18:00" || len(got.Recurrence.Except) != 1 || len(got.Overrides) != 1 {
		t.Fatalf("it is kept as %+v", got)
	}
	if o := got.Overrides[0]; o.Start.String() != "2026-04-01T17:30" || o.ResourceID != r.room.ID || o.PublicNotes != "" || o.PrivateNotes != "Salle des fêtes" {
		t.Errorf("the moved one: %+v", o)
	}
	s.set(func(s *service) { s.raw = strings.ReplaceAll(school, "20260301T08", "20260302T08") })
	r.read(f, 0, 0, 1, 0, 0)
	s.set(func(s *service) { s.raw = strings.Replace(school, "SEQUENCE:4", "SEQUENCE:7", 1) })
	r.read(f, 0, 0, 1, 0, 0) // nothing else: nobody sees a difference
	s.set(func(s *service) {
		s.raw = strings.Replace(strings.Replace(school, "SEQUENCE:4", "SEQUENCE:7", 1), "T190000", "T193000", 1)
	})
	r.read(f, 0, 1, 0, 0, 0)
	if got := r.stays(f)[0]; got.Sequence != 7 || got.End.String() != "2026-03-03T19:30" {
		t.Errorf("it is kept as %+v", got)
	}
}

func TestJournalSaysWhoMovedAndRemovedWhatAFeedBrought(t *testing.T) {
	r := newRig(t)
	f := r.subscribe(newService(t, weeks(1)...))
	r.read(f, 1, 0, 0, 0, 0)
	id := r.stays(f)[0].ID
	f.TypeID = "room"
	r.must(r.ChangeOutsideFeed(r.ctx, f, ""))
	removed, err := r.RemoveOutsideFeed(r.ctx, f.ID)
	r.must(err)
	r.must(r.RestoreOutsideFeed(r.ctx, removed))
	var actors []storage.Actor // newest first
	for _, entry := range r.journal(id) {
		actors = append(actors, entry.Actor)
	}
	want := []storage.Actor{storage.ActorUser, storage.ActorUser, storage.ActorUser, storage.ActorScheduler}
	if !slices.Equal(actors, want) {
		t.Errorf("put back, removed, moved, read by %v, want %v", actors, want)
	}
}
