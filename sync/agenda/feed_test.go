package agenda_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/ical"
	"diapason/sync/agenda/recurrence"
)

// render gives the feed of a link.
func (r *rig) render(l *storage.FeedLink) (string, agenda.Rendered) {
	r.Helper()
	var out bytes.Buffer
	told, err := r.Render(r.ctx, l.ID, &out)
	r.must(err)
	return out.String(), told
}

// events reads a feed back, a line per event.
func (r *rig) events(feed string) (lines []string) {
	r.Helper()
	calendar, faults, err := ical.Read(strings.NewReader(feed), ical.ReadParams{})
	if r.must(err); len(faults) > 0 {
		r.Errorf("our own feed has faults: %v", faults)
	}
	for e := range calendar.Events {
		lines = append(lines, e.Summary+" "+e.Start.Wall.Format("2006-01-02T15:04")+e.Start.Zone)
	}
	slices.Sort(lines)
	return lines
}

func TestALinkShowsWhatItsFiltersLeave(t *testing.T) {
	r := newRig(t)
	choir := r.reservation("Chœur", "2026-03-05T18:00")
	choir.InCharge = []string{r.owner.ID}
	r.save(choir)
	meeting := r.reservation("Bureau", "2026-03-06T10:00")
	meeting.TypeID, meeting.ResourceID = "meeting", r.room.ID
	r.save(meeting)
	r.save(r.reservation("Ancien", "2025-12-01T10:00"))
	r.save(r.reservation("Lointain", "2027-06-01T10:00"))
	off := r.reservation("Supprimé", "2026-03-07T10:00")
	off.Status = storage.ReservationCancelled
	r.save(off)
	tests := []struct {
		name   string
		change func(*storage.FeedLink)
		want   []string
	}{
		{"all", func(*storage.FeedLink) {}, []string{"Bureau 2026-03-06T09:00UTC", "Chœur 2026-03-05T17:00UTC"}},
		{"one type", func(l *storage.FeedLink) { l.TypeIDs = []string{"meeting"} }, []string{"Bureau 2026-03-06T09:00UTC"}},
		{"one room", func(l *storage.FeedLink) { l.ResourceIDs = []string{r.room.ID} }, []string{"Bureau 2026-03-06T09:00UTC"}},
		{"mine", func(l *storage.FeedLink) { l.Mine = true }, []string{"Chœur 2026-03-05T17:00UTC"}},
		{"four months back", func(l *storage.FeedLink) { l.MonthsBack = 4 }, []string{
			"Ancien 2025-12-01T09:00UTC", "Bureau 2026-03-06T09:00UTC", "Chœur 2026-03-05T17:00UTC",
		}},
		{"what was cancelled too", func(l *storage.FeedLink) { l.KeepCancelled = true }, []string{
			"Bureau 2026-03-06T09:00UTC", "Chœur 2026-03-05T17:00UTC", "fr:feed.cancelled Supprimé 2026-03-07T09:00UTC",
		}},
	}
	for _, tt := range tests {
		l := r.Draft(r.owner.ID)
		l.Label = tt.name
		tt.change(l)
		r.must(r.AddLink(r.ctx, l))
		feed, told := r.render(l)
		if got := r.events(feed); !slices.Equal(got, tt.want) || told.Events != len(tt.want) || told.Bytes != len(feed) {
			t.Errorf("%s: %v, want %v; told %+v", tt.name, got, tt.want, told)
		}
	}
}

func TestALinkTellsNoMoreThanItsDetail(t *testing.T) {
	r := newRig(t)
	res := r.reservation("Chœur", "2026-03-05T18:00")
	res.ResourceID, res.InCharge = r.room.ID, []string{r.owner.ID}
	res.Participants = []storage.Participant{{PersonID: r.owner.ID, Answer: storage.AttendanceAccepted}}
	res.PublicNotes, res.PrivateNotes = "Apporter ses partitions", "Clé sous le paillasson"
	res.Address, res.Link = "1 rue de l’Exemple", "https://example.com/choeur"
	r.save(res)
	for detail, parts := range map[storage.FeedDetail][]string{
		storage.FeedBusy:  {"feed.busy"},
		storage.FeedTitle: {"Chœur", "Salle Ravel", "rue de l’Exemple", "type.rehearsal"},
		storage.FeedFull: {
			"Chœur", "Salle Ravel", "rue de l’Exemple", "type.rehearsal", "Apporter ses partitions", "Camille Exemple", "https://example.com/choeur",
		},
	} {
		l := r.Draft(r.owner.ID)
		l.Label, l.Detail, l.Reminders = "Lien", detail, []int{30}
		r.must(r.AddLink(r.ctx, l))
		feed, _ := r.render(l)
		feed = strings.ReplaceAll(feed, "\r\n ", "")
		for _, text := range []string{
			"feed.busy", "Chœur", "Salle Ravel", "rue de l’Exemple", "type.rehearsal", "Apporter ses partitions", "Camille Exemple", "https://example.com/choeur",
		} {
			if want := slices.Contains(parts, text); strings.Contains(feed, text) != want {
				t.Errorf("%s: %q is in it: %t\n%s", detail, text, !want, feed)
			}
		}
		for _, secret := range []string{"paillasson", "camille@example.com", "ACCEPTED"} {
			if strings.Contains(feed, secret) {
				t.Errorf("%s tells %q", detail, secret)
			}
		}
		if !strings.Contains(feed, "TRIGGER:-PT30M") {
			t.Errorf("%s has no reminder:\n%s", detail, feed)
		}
	}
}

func TestWhatIsCancelledInASeriesDisappearsFromItAndComesBack(t *testing.T) {
	r := newRig(t)
	series := r.reservation("Chœur", "2026-03-02T18:00")
	series.Recurrence = &storage.Recurrence{Rule: "FREQ=WEEKLY;COUNT=4"}
	r.save(series)
	l := r.link("Lien")
	r.edit(series.ID, "2026-03-09T18:00", recurrence.This, func(d *recurrence.Draft) { d.Status = storage.ReservationCancelled })
	r.edit(series.ID, "2026-03-16T18:00", recurrence.This, func(d *recurrence.Draft) { d.Start, d.End = local("2026-03-17T20:00"), local("2026-03-17T21:00") })
	feed, told := r.render(l)
	if !strings.Contains(feed, "EXDATE;TZID=Europe/Paris:20260309T180000") || !strings.Contains(feed, "RECURRENCE-ID;TZID=Europe/Paris:20260316T180000") || told.Events != 2 {
		t.Errorf("cancelled, %d events:\n%s", told.Events, feed)
	}
	r.edit(series.ID, "2026-03-09T18:00", recurrence.This, func(d *recurrence.Draft) { d.Status = storage.ReservationConfirmed })
	if feed, _ = r.render(l); strings.Contains(feed, "EXDATE") || !strings.Contains(feed, "SEQUENCE:3") {
		t.Errorf("restored:\n%s", feed)
	}
}

func TestTwoLinksShareUIDs(t *testing.T) {
	r := newRig(t)
	res := r.save(r.reservation("Chœur", "2026-03-05T18:00"))
	one, two := r.link("Un"), r.link("Deux")
	for _, l := range []*storage.FeedLink{one, two} {
		if feed, _ := r.render(l); !strings.Contains(feed, "UID:"+res.UID) {
			t.Errorf("%s:\n%s", l.Label, feed)
		}
	}
	before, _ := r.render(one)
	r.must(r.RegenerateLink(r.ctx, one.ID))
	if after, _ := r.render(one); after != before {
		t.Error("another token made another feed")
	}
}

func TestAFeedThatIsTooLargeLosesMonthsAheadFirst(t *testing.T) {
	r := newRig(t)
	notes := strings.Repeat("Une phrase que personne ne lira. ", 600)
	r.must(r.store.Update(r.ctx, func(tx storage.Writer) error {
		for day := range 120 {
			res := r.reservation("Stage", local("2026-02-20T10:00").AddDays(3*day).String())
			res.Status, res.PublicNotes = storage.ReservationConfirmed, notes[:19_000]
			if err := r.WriteReservation(tx, nil, res, agenda.Cause{Actor: storage.ActorUser}); err != nil {
				return err
			}
		}
		return nil
	}))
	feed, told := r.render(r.link("Lien"))
	if !told.Narrowed || told.Bytes > agenda.MaxBytes || told.MonthsBack != 1 || told.MonthsAhead < 1 || told.MonthsAhead >= 12 || len(feed) < agenda.MaxBytes/2 {
		t.Errorf("%+v", told)
	}
}

func TestAPreviewShowsTheNextOccurrences(t *testing.T) {
	r := newRig(t)
	series := r.reservation("Chœur", "2026-02-02T18:00")
	series.Recurrence = &storage.Recurrence{Rule: "FREQ=WEEKLY;COUNT=8"}
	r.save(series)
	l := r.Draft(r.owner.ID)
	l.Label = "Pas encore gardé"
	p, err := r.Preview(r.ctx, l, 2)
	r.must(err)
	if p.Total != 4 || len(p.Items) != 2 || p.Items[0].Start != local("2026-03-02T18:00") || p.Items[0].Kind != "fr:agenda.type.rehearsal" || p.Feed.Events != 1 {
		t.Errorf("%+v", p)
	}
}

func TestClientsSeeChangesAndNothingElse(t *testing.T) {
	r := newRig(t)
	res := r.save(r.reservation("Chœur", "2026-03-05T18:00"))
	r.must(r.Start(r.ctx))
	l := r.link("Lien")
	first := r.until(l, func(a answer) bool { return a.status == http.StatusOK })
	tag := first.header.Get("ETag")
	if tag == "" || !strings.Contains(first.body, "SUMMARY:Chœur") {
		t.Fatalf("%v\n%s", first.header, first.body)
	}
	if a := r.get(l, "If-None-Match", tag); a.status != http.StatusNotModified {
		t.Errorf("unchanged: %d", a.status)
	}

	// A private field, then something that shows: one rendering tells of both, so the first moved nothing.
	r.clock.advance(time.Minute)
	r.edit(res.ID, "", recurrence.All, func(d *recurrence.Draft) { d.PrivateNotes = "Clé sous le paillasson" })
	marker := r.save(r.reservation("Marque", "2026-03-06T18:00"))
	r.until(l, func(a answer) bool { return strings.Contains(a.body, "Marque") })
	_, err := r.Delete(r.ctx, marker.ID, local(""), recurrence.All)
	r.must(err)
	back := r.until(l, func(a answer) bool { return !strings.Contains(a.body, "Marque") })
	if back.header.Get("ETag") != tag {
		t.Error("a private field changed the ETag")
	}

	r.edit(res.ID, "", recurrence.All, func(d *recurrence.Draft) { d.Title = "Orchestre" })
	changed := r.until(l, func(a answer) bool { return strings.Contains(a.body, "Orchestre") })
	if changed.header.Get("ETag") == tag || !strings.Contains(changed.body, "SEQUENCE:1") {
		t.Errorf("changed:\n%s", changed.body)
	}

	address, err := r.URLs(r.ctx, l.ID)
	r.must(err)
	r.restart()
	again := r.until(l, func(a answer) bool { return a.status == http.StatusOK })
	if now, err := r.URLs(r.ctx, l.ID); err != nil || now != address {
		t.Errorf("the address moved: %v", err)
	}
	if again.header.Get("ETag") != changed.header.Get("ETag") || again.body != changed.body {
		t.Error("a restart changed the feed")
	}
}

func TestAnotherBodyHasAnotherDateThoughNoReservationSaysSo(t *testing.T) {
	r := newRig(t)
	r.save(r.reservation("Chœur", "2026-03-05T18:00"))
	r.must(r.Start(r.ctx))
	l := r.link("Lien")
	a := r.until(l, func(a answer) bool { return strings.Contains(a.body, "Chœur") })
	old := r.reservation("Stage", "2026-03-06T18:00") // of a file, with the file's date
	old.ChangedAt = r.clock.Now().AddDate(-1, 0, 0)
	r.save(old)
	b := r.until(l, func(a answer) bool { return strings.Contains(a.body, "Stage") })
	if _, err := r.Delete(r.ctx, old.ID, local(""), recurrence.All); err != nil {
		t.Fatal(err)
	}
	c := r.until(l, func(a answer) bool { return !strings.Contains(a.body, "Stage") })
	dates := []string{a.header.Get("Last-Modified"), b.header.Get("Last-Modified"), c.header.Get("Last-Modified")}
	if dates[0] == "" || dates[0] == dates[1] || dates[1] == dates[2] || dates[0] == dates[2] {
		t.Errorf("the dates are %q", dates)
	}
	for _, date := range dates[:2] {
		if got := r.get(l, "If-Modified-Since", date); got.status != http.StatusOK {
			t.Errorf("asked since %s: %d", date, got.status)
		}
	}
	if got := r.get(l, "If-Modified-Since", dates[2]); got.status != http.StatusNotModified {
		t.Errorf("asked since the date given: %d", got.status)
	}
}

func TestTheLastFeedIsServedWhileTheStoreIsBusy(t *testing.T) {
	r := newRig(t)
	r.save(r.reservation("Chœur", "2026-03-05T18:00"))
	r.must(r.Start(r.ctx))
	l := r.link("Lien")
	r.until(l, func(a answer) bool { return strings.Contains(a.body, "Chœur") })
	u, err := r.URLs(r.ctx, l.ID)
	r.must(err)
	r.must(r.store.Update(r.ctx, func(tx storage.Writer) error { // nothing else is written meanwhile
		if err := r.WriteReservation(tx, nil, r.reservation("Concert", "2026-03-06T18:00"), agenda.Cause{Actor: storage.ActorUser}); err != nil {
			return err
		}
		if a := r.fetch(u.Loopback); a.status != http.StatusOK || !strings.Contains(a.body, "Chœur") {
			t.Errorf("while the store is busy: %d\n%s", a.status, a.body)
		}
		return nil
	}))
	r.until(l, func(a answer) bool { return strings.Contains(a.body, "Concert") })
}
