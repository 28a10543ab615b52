package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason/storage"
)

// tokenHash invents the hash of a token.
func tokenHash(n int) string { return fmt.Sprintf("%064x", n) }

func local(s string) storage.LocalTime {
	l, err := storage.ParseLocalTime(s)
	if err != nil {
		panic(err)
	}
	return l
}

// meeting makes a reservation of the type "t", on a day of November 2026 or between two civil times.
func meeting(id, start, end string) *storage.Reservation {
	return &storage.Reservation{
		ID: id, UID: id + "@example.test", TypeID: "t", Zone: "Europe/Paris", Start: local(start), End: local(end),
		Details:   storage.Details{Title: "Réunion " + id, Status: storage.ReservationConfirmed},
		ChangedAt: at(1), CreatedAt: at(0),
	}
}

func kind(id, name string) *storage.ReservationType {
	return &storage.ReservationType{ID: id, Name: name, Color: "#1A73E8", Icon: "event"}
}

func link(id string, hash int) *storage.FeedLink {
	return &storage.FeedLink{
		ID: id, OwnerID: "alix", Label: "Lien " + id, TypeIDs: []string{"t"}, Detail: storage.FeedTitle, Language: "fr",
		MonthsBack: storage.DefaultMonthsBack, MonthsAhead: storage.DefaultMonthsAhead, TokenHash: tokenHash(hash),
		CreatedAt: at(0),
	}
}

func outside(id string) *storage.OutsideFeed {
	return &storage.OutsideFeed{
		ID: id, Name: "Gîte", Host: "feeds.example.com", TypeID: "t", EstablishmentID: "e", ResourceID: "room",
		Color: "#00aa55", Every: time.Hour, Enabled: true, NextRead: at(9), LastOK: at(8),
	}
}

// furnish keeps the type "t", the person "alix", the establishment "e" and its resource "room".
func (s *Suite) furnish() {
	s.t.Helper()
	s.put(place("e", "Maison des arts"))
	s.update(func(w storage.Writer) error {
		return errors.Join(
			w.PutReservationType(kind("t", "Répétition")),
			w.PutPerson(&storage.Person{ID: "alix", Name: "Alix Martin", Email: "alix@example.test", Staff: true}),
			w.PutResource(&storage.Resource{ID: "room", Name: "Salle bleue", EstablishmentID: "e"}))
	})
}

// between names the reservations that may take some of a time.
func (s *Suite) between(from, to time.Time) []string {
	s.t.Helper()
	return reservationIDs(get(s, func(r storage.Reader) ([]*storage.Reservation, error) { return r.ReservationsBetween(from, to) }))
}

func reservationIDs(rs []*storage.Reservation) []string {
	ids := []string{}
	for _, r := range rs {
		ids = append(ids, r.ID)
	}
	return ids
}

// day gives midnight in UTC.
func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

var agendaTests = []test{
	{"types read back in their order", func(t *testing.T, s *Suite) {
		first, second := kind("b", "Répétition"), kind("a", "Séjour")
		second.Order = 1
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutReservationType(second), w.PutReservationType(first))
		})
		same(t, "types", get(s, storage.Reader.ReservationTypes), []*storage.ReservationType{first, second})
		one := get(s, func(r storage.Reader) (*storage.ReservationType, error) { return r.ReservationType("a") })
		same(t, "type", one, second)
		s.refused(storage.ErrDuplicate, func(w storage.Writer) error { return w.PutReservationType(kind("c", "repetition")) })
		s.update(func(w storage.Writer) error { return w.PutReservationType(kind("b", "repetition")) })
	}},
	{"persons and resources read back", func(t *testing.T, s *Suite) {
		s.furnish()
		p := &storage.Person{Name: "Noé Petit"}
		r := &storage.Resource{Name: "Minibus"}
		s.update(func(w storage.Writer) error { return errors.Join(w.PutPerson(p), w.PutResource(r)) })
		same(t, "person", get(s, func(r storage.Reader) (*storage.Person, error) { return r.Person(p.ID) }), p)
		same(t, "resource", get(s, func(x storage.Reader) (*storage.Resource, error) { return x.Resource(r.ID) }), r)
		if ps, rs := get(s, storage.Reader.Persons), get(s, storage.Reader.Resources); len(ps) != 2 || len(rs) != 2 {
			t.Errorf("%d persons and %d resources", len(ps), len(rs))
		}
		s.refused(storage.ErrNotFound, func(w storage.Writer) error {
			return w.PutResource(&storage.Resource{Name: "Salle", EstablishmentID: "nowhere"})
		})
	}},
	{"one person is the administrator, who owns no link", func(t *testing.T, s *Suite) {
		s.furnish()
		admin := &storage.Person{ID: "admin", Name: "Administrateur", Administrator: true}
		s.update(func(w storage.Writer) error { return errors.Join(w.PutPerson(admin), w.PutPerson(admin)) })
		s.refused(storage.ErrDuplicate, func(w storage.Writer) error {
			return w.PutPerson(&storage.Person{Name: "Autre", Administrator: true})
		})
		l := link("l", 1)
		l.OwnerID = "admin"
		refusedAs(t, s, "feedLink.owner.administrator", func(w storage.Writer) error { return w.PutFeedLink(l) })
		s.update(func(w storage.Writer) error { return errors.Join(w.DeletePerson("admin"), w.PutFeedLink(link("l", 1))) })
		refusedAs(t, s, "feedLink.owner.administrator", func(w storage.Writer) error {
			return w.PutPerson(&storage.Person{ID: "alix", Name: "Alix", Administrator: true})
		})
	}},
	{"a reservation reads back whole, with its occurrences", func(t *testing.T, s *Suite) {
		s.furnish()
		r := series()
		s.update(func(w storage.Writer) error { return w.PutReservation(r) })
		got := get(s, func(x storage.Reader) (*storage.Reservation, error) { return x.Reservation("r") })
		same(t, "reservation", got, r)
		byUID := get(s, func(x storage.Reader) (*storage.Reservation, error) { return x.ReservationByUID(r.UID) })
		same(t, "reservation by UID", byUID, r)
		if n := get(s, storage.Reader.CountReservations); n != 1 || r.Revision != 1 {
			t.Errorf("%d reservations, revision %d", n, r.Revision)
		}
	}},
	{"a new reservation gets what it lacks, and gives it back when it is not kept", func(t *testing.T, s *Suite) {
		s.furnish()
		r := meeting("", "2026-11-23T10:00", "2026-11-23T11:00")
		r.UID, r.CreatedAt, r.ChangedAt = "", time.Time{}, time.Time{}
		undone := errors.New("undone")
		err := s.Update(context.Background(), func(w storage.Writer) error { return errors.Join(w.PutReservation(r), undone) })
		if !errors.Is(err, undone) || r.ID != "" || r.UID != "" || r.Revision != 0 || !r.CreatedAt.IsZero() {
			t.Fatalf("%v, %+v", err, r)
		}
		s.update(func(w storage.Writer) error { return w.PutReservation(r) })
		if r.ID == "" || r.UID != r.ID || r.Revision != 1 || r.CreatedAt.IsZero() || !r.ChangedAt.Equal(r.CreatedAt) {
			t.Errorf("%+v", r)
		}
	}},
	{"a reservation changed since it was read is not overwritten", func(t *testing.T, s *Suite) {
		s.furnish()
		r := meeting("r", "2026-11-23", "2026-11-24")
		s.update(func(w storage.Writer) error { return w.PutReservation(r) })
		old := *r
		s.update(func(w storage.Writer) error { return w.PutReservation(r) })
		s.refused(storage.ErrConflict, func(w storage.Writer) error { return w.PutReservation(&old) })
		s.refused(storage.ErrConflict, func(w storage.Writer) error {
			return w.PutReservation(meeting("r", "2026-11-23", "2026-11-24"))
		})
	}},
	{"a UID belongs to one reservation, for good", func(t *testing.T, s *Suite) {
		s.furnish()
		r := meeting("r", "2026-11-23", "2026-11-24")
		s.update(func(w storage.Writer) error { return w.PutReservation(r) })
		other := meeting("o", "2026-11-23", "2026-11-24")
		other.UID = r.UID
		s.refused(storage.ErrDuplicate, func(w storage.Writer) error { return w.PutReservation(other) })
		renamed := *r
		renamed.UID = "other"
		for _, bad := range []string{"other", "a\r\nb", strings.Repeat("u", storage.MaxUID+1), "\xff"} {
			renamed.UID = bad
			if err := s.Update(context.Background(), func(w storage.Writer) error { return w.PutReservation(&renamed) }); err == nil {
				t.Errorf("the UID %q was accepted", bad)
			}
		}
		s.update(func(w storage.Writer) error { return errors.Join(w.DeleteReservation("r"), w.PutReservation(other)) })
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeleteReservation("r") })
	}},
	{"reservations are paged in the order of their ids", func(t *testing.T, s *Suite) {
		s.furnish()
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutOutsideFeed(outside("f")), w.PutOutsideFeed(outside("f2")))
		})
		var want []string
		for i := range 7 {
			r := meeting(fmt.Sprintf("r%d", i), "2026-11-23", "2026-11-24")
			if i%2 == 1 {
				r.OutsideFeedID = "f"
			}
			want = append(want, r.ID)
			s.update(func(w storage.Writer) error { return w.PutReservation(r) })
		}
		pages := func(read func(r storage.Reader, last string) ([]*storage.Reservation, error)) (ids []string) {
			for last := ""; ; last = ids[len(ids)-1] {
				page := get(s, func(r storage.Reader) ([]*storage.Reservation, error) { return read(r, last) })
				ids = append(ids, reservationIDs(page)...)
				if len(page) < 2 {
					return ids
				}
			}
		}
		all := pages(func(r storage.Reader, last string) ([]*storage.Reservation, error) { return r.Reservations(last, 2) })
		same(t, "all", all, want)
		read := pages(func(r storage.Reader, last string) ([]*storage.Reservation, error) {
			return r.ReservationsByOutsideFeed("f", last, 2)
		})
		same(t, "of the feed", read, []string{"r1", "r3", "r5"})
	}},
	{"a month has what may take some of it, series included", func(t *testing.T, s *Suite) {
		s.furnish()
		s.keepRecurring(map[string][3]string{
			"single":   {"2026-11-23T10:00", "2026-11-23T11:00", ""},
			"instant":  {"2026-11-23T10:00", "2026-11-23T10:00", ""},
			"days":     {"2026-11-30", "2026-12-03", ""},
			"years":    {"2020-01-01", "2030-01-01", ""},
			"endless":  {"2021-03-01T18:00", "2021-03-01T20:00", "FREQ=WEEKLY;BYDAY=MO"},
			"ended":    {"2021-03-01T18:00", "2021-03-01T20:00", "FREQ=WEEKLY;UNTIL=20210701T000000Z"},
			"endedNow": {"2021-03-01T18:00", "2021-03-01T20:00", "FREQ=WEEKLY;UNTIL=20261105T170000Z"},
			"counted":  {"2026-06-01T18:00", "2026-06-01T20:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=13"},
			"few":      {"2026-06-01T18:00", "2026-06-01T20:00", "FREQ=DAILY;COUNT=5"},
			"short31":  {"2026-01-31T18:00", "2026-01-31T20:00", "FREQ=MONTHLY;COUNT=7"}, // Jan … Oct, then Dec
			"later":    {"2027-01-10T10:00", "2027-01-10T11:00", "FREQ=DAILY"},
		})
		same(t, "November", s.between(day(2026, 11, 1), day(2026, 12, 1)),
			[]string{"counted", "days", "endedNow", "endless", "instant", "short31", "single", "years"})
		same(t, "one evening", s.between(day(2026, 11, 24).Add(18*time.Hour), day(2026, 11, 24).Add(20*time.Hour)),
			[]string{"counted", "endless", "short31", "years"})
		same(t, "1999", s.between(day(1999, 1, 1), day(2000, 1, 1)), []string{})
		same(t, "nothing", s.between(day(2026, 11, 23), day(2026, 11, 23)), []string{})
		if all := s.between(time.Time{}, day(9999, 12, 31)); len(all) != 11 {
			t.Errorf("of all times: %v", all)
		}
	}},
	{"a moved or added occurrence is found where it went", func(t *testing.T, s *Suite) {
		s.furnish()
		r := meeting("r", "2026-11-02T10:00", "2026-11-02T11:00")
		r.Recurrence = &storage.Recurrence{
			Rule: "FREQ=WEEKLY;COUNT=2", Extra: []storage.LocalTime{local("2027-05-01T10:00")},
		}
		moved := r.Details
		r.Overrides = []storage.Override{{
			Original: local("2026-11-09T10:00"), Start: local("2025-02-03T10:00"), End: local("2025-02-03T11:00"), Details: moved,
		}}
		s.update(func(w storage.Writer) error { return w.PutReservation(r) })
		for _, month := range []time.Time{day(2025, 2, 1), day(2026, 11, 1), day(2027, 5, 1)} {
			same(t, month.Format("2006-01"), s.between(month, month.AddDate(0, 1, 0)), []string{"r"})
		}
		r.Recurrence, r.Overrides = nil, nil
		s.update(func(w storage.Writer) error { return w.PutReservation(r) })
		same(t, "after the series", s.between(day(2027, 5, 1), day(2027, 6, 1)), []string{})
	}},
	{"midnight of any zone is found", func(t *testing.T, s *Suite) {
		s.furnish()
		for id, zone := range map[string]string{"east": "Pacific/Kiritimati", "west": "Pacific/Pago_Pago"} {
			r := meeting(id, "2026-12-01T00:00", "2026-12-01T00:30")
			r.Zone = zone
			s.update(func(w storage.Writer) error { return w.PutReservation(r) })
			z, err := r.Location()
			if err != nil {
				t.Fatal(err)
			}
			begins := r.Start.In(z)
			if got := s.between(begins, begins.Add(time.Minute)); !slices.Contains(got, id) {
				t.Errorf("%s begins at %v and is not among %v", id, begins, got)
			}
		}
	}},
	{"what a reservation refers to exists", func(t *testing.T, s *Suite) {
		s.furnish()
		broken := map[string]func(*storage.Reservation){
			"type":          func(r *storage.Reservation) { r.TypeID = "x" },
			"establishment": func(r *storage.Reservation) { r.EstablishmentID = "x" },
			"resource":      func(r *storage.Reservation) { r.ResourceID = "x" },
			"person":        func(r *storage.Reservation) { r.InCharge = []string{"alix", "x"} },
			"participant": func(r *storage.Reservation) {
				r.Participants = []storage.Participant{{PersonID: "x", Answer: storage.AttendanceInvited}}
			},
			"outside feed": func(r *storage.Reservation) { r.OutsideFeedID = "x" },
			"occurrence":   func(r *storage.Reservation) { r.Overrides[0].ResourceID = "x" },
		}
		for what, f := range broken {
			r := series()
			f(r)
			err := s.Update(context.Background(), func(w storage.Writer) error { return w.PutReservation(r) })
			if !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}},
	{"nothing that is in use is deleted, and people are told by how much", func(t *testing.T, s *Suite) {
		s.furnish()
		f := outside("f")
		r := series()
		r.OutsideFeedID = "f"
		l := link("l", 1)
		l.EstablishmentIDs, l.ResourceIDs = []string{"e"}, []string{"room"}
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutOutsideFeed(f), w.PutReservation(r), w.PutFeedLink(l))
		})
		deletions := []struct {
			kind storage.Referent
			id   string
			f    func(w storage.Writer) error
			uses storage.Uses
		}{
			{storage.ReferentType, "t", func(w storage.Writer) error { return w.DeleteReservationType("t") }, storage.Uses{Reservations: 1, Links: 1, OutsideFeeds: 1}},
			{storage.ReferentPerson, "alix", func(w storage.Writer) error { return w.DeletePerson("alix") }, storage.Uses{Reservations: 1, Links: 1}},
			{storage.ReferentEstablishment, "e", func(w storage.Writer) error { return w.DeleteEstablishment("e") }, storage.Uses{Reservations: 1, Resources: 1, Links: 1, OutsideFeeds: 1}},
			{storage.ReferentResource, "room", func(w storage.Writer) error { return w.DeleteResource("room") }, storage.Uses{Reservations: 1, Links: 1, OutsideFeeds: 1}},
			{storage.ReferentOutsideFeed, "f", func(w storage.Writer) error { return w.DeleteOutsideFeed("f") }, storage.Uses{Reservations: 1}},
		}
		for _, d := range deletions {
			uses := get(s, func(r storage.Reader) (storage.Uses, error) { return r.Uses(d.kind, d.id) })
			same(t, "uses of "+d.id, uses, d.uses)
			err := s.refused(storage.ErrInUse, d.f)
			var p *storage.Problem
			if !errors.As(err, &p) || p.Args["reservations"] != "1" {
				t.Errorf("%s: %v", d.id, err)
			}
		}
		s.update(func(w storage.Writer) error { return errors.Join(w.DeleteReservation("r"), w.DeleteFeedLink("l")) })
		for _, i := range []int{4, 3, 2, 1, 0} {
			s.update(deletions[i].f)
			s.refused(storage.ErrNotFound, deletions[i].f)
		}
	}},
	{"a change of the agenda tells which reservations", func(t *testing.T, s *Suite) {
		var heard []storage.Changes
		defer s.OnChange(func(c storage.Changes) { heard = append(heard, c) })()
		s.furnish()
		s.update(func(w storage.Writer) error { return w.PutReservation(meeting("r", "2026-11-23", "2026-11-24")) })
		s.update(func(w storage.Writer) error { return w.DeleteReservation("r") })
		same(t, "changes", heard[1:], []storage.Changes{
			{Agenda: true}, {Reservations: []string{"r"}}, {Reservations: []string{"r"}},
		})
	}},
	{"the journal is read by reservation", func(t *testing.T, s *Suite) {
		for _, id := range []string{"r", "o", "r"} {
			s.update(func(w storage.Writer) error {
				return w.AppendJournal(&storage.JournalEntry{At: at(1), Action: storage.JournalUpdate, ReservationID: id})
			})
		}
		q := storage.JournalQuery{ReservationID: "r"}
		for _, j := range get(s, func(r storage.Reader) ([]*storage.JournalEntry, error) { return r.Journal(q) }) {
			if j.ReservationID != "r" {
				t.Errorf("%+v", j)
			}
		}
		n := 0
		err := storage.SearchJournal(context.Background(), s, q, nil, func(*storage.JournalEntry) bool { n++; return true })
		if err != nil || n != 2 {
			t.Errorf("%d entries, %v", n, err)
		}
	}},
}

// refusedAs runs f in a transaction that must fail with a problem of this code.
func refusedAs(t *testing.T, s *Suite, code string, f func(w storage.Writer) error) {
	t.Helper()
	err := s.Update(context.Background(), f)
	var ps storage.Problems
	var p *storage.Problem
	if errors.As(err, &ps) {
		p = ps[0]
	}
	if p == nil && !errors.As(err, &p) || p.Code != code {
		t.Errorf("update gives %v, want %s", err, code)
	}
}

// series makes a weekly reservation that uses everything there is.
func series() *storage.Reservation {
	r := meeting("r", "2026-11-23T18:30", "2026-11-23T20:00")
	r.EstablishmentID, r.ResourceID, r.InCharge = "e", "room", []string{"alix"}
	r.Participants = []storage.Participant{{PersonID: "alix", Answer: storage.AttendanceAccepted}}
	r.PublicNotes, r.PrivateNotes, r.Address, r.Link = "Pour tous", "Pour nous", "1 rue Haute", "http://intranet/salle"
	r.Recurrence = &storage.Recurrence{
		Rule: "FREQ=WEEKLY;BYDAY=MO;COUNT=10", Except: []storage.LocalTime{local("2026-12-28T18:30")},
		Extra: []storage.LocalTime{local("2026-12-29T18:30")},
	}
	moved := r.Details
	moved.Title, moved.Status = "Générale", storage.ReservationCancelled
	r.Overrides = []storage.Override{{
		Original: local("2026-11-30T18:30"), Start: local("2026-12-01T18:30"), End: local("2026-12-01T21:00"), Details: moved,
		SequenceAhead: -2,
	}}
	r.Sequence = 3
	return r
}

// keepRecurring keeps reservations by id: start, end and rule ("": none).
func (s *Suite) keepRecurring(all map[string][3]string) {
	s.t.Helper()
	s.update(func(w storage.Writer) error {
		for id, v := range all {
			r := meeting(id, v[0], v[1])
			if v[2] != "" {
				r.Recurrence = &storage.Recurrence{Rule: v[2]}
			}
			if err := w.PutReservation(r); err != nil {
				return err
			}
		}
		return nil
	})
}
