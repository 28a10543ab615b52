package storage_test

import (
	"slices"
	"strings"
	"testing"

	"diapason/storage"
)

// codes gives the fields and codes of problems: "reservation.end reservation.end.missing".
func codes(ps storage.Problems) []string {
	out := []string{}
	for _, p := range ps {
		out = append(out, string(p.Field)+" "+p.Code)
	}
	return out
}

func wantCodes(t *testing.T, what string, ps storage.Problems, want ...string) {
	t.Helper()
	if got := codes(ps); !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func rehearsal(t *testing.T) *storage.Reservation {
	return &storage.Reservation{
		ID: "r", UID: "r", TypeID: "t", Zone: "Europe/Paris", Start: local(t, "2026-11-23T18:00"), End: local(t, "2026-11-23T20:00"),
		Details: storage.Details{Status: storage.ReservationConfirmed}, // a title is not needed
	}
}

func TestReservationsSayWhatIsWrongBesideTheField(t *testing.T) {
	type change = func(*storage.Reservation)
	times := func(start, end string) change {
		return func(r *storage.Reservation) { r.Start, r.End = local(t, start), local(t, end) }
	}
	series := func(rule string) change {
		return func(r *storage.Reservation) { r.Recurrence = &storage.Recurrence{Rule: rule} }
	}
	const end, rule = "reservation.end reservation.end.", "reservation.recurrence recurrence.unreadable"
	tests := []struct {
		name string
		f    change
		want []string
	}{
		{"as it should be", func(*storage.Reservation) {}, nil},
		{"whole days", times("2026-11-23", "2026-11-24"), nil},
		{"an instant", times("2026-11-23T18:00", "2026-11-23T18:00"), nil},
		{"no type", func(r *storage.Reservation) { r.TypeID = "" }, []string{"reservation.type reservation.type.missing"}},
		{"no start", times("", "2026-11-24"), []string{"reservation.start reservation.start.missing"}},
		{"no end", times("2026-11-23", ""), []string{end + "missing"}},
		{"end before start", times("2026-11-23T18:00", "2026-11-23T17:59"), []string{end + "beforeStart"}},
		{"no day at all", times("2026-11-23", "2026-11-23"), []string{end + "beforeStart"}},
		{"a date and a time", times("2026-11-23", "2026-11-24T10:00"), []string{"reservation.end reservation.times.mixed"}},
		{"a time before our era", times("0000-01-01", "0000-01-02"), []string{"reservation.start date.unreadable", "reservation.start date.unreadable"}},
		{"unknown zone", func(r *storage.Reservation) { r.Zone = "Europe/Atlantis" }, []string{"reservation.zone zone.unknown"}},
		{"no zone", func(r *storage.Reservation) { r.Zone = "" }, []string{"reservation.zone zone.unknown"}},
		{"the machine's zone", func(r *storage.Reservation) { r.Zone = "Local" }, []string{"reservation.zone zone.unknown"}},
		{"unknown status", func(r *storage.Reservation) { r.Status = "?" }, []string{"reservation.status reservation.status.unknown"}},
		{"long title", func(r *storage.Reservation) { r.Title = strings.Repeat("é", 501) }, []string{"reservation.title text.tooLong"}},
		{"a link that runs code", func(r *storage.Reservation) { r.Link = "javascript:alert(1)" }, []string{"reservation.link url.unreadable"}},
		{"a link without host", func(r *storage.Reservation) { r.Link = "https:///x" }, []string{"reservation.link url.unreadable"}},
		{"a link of the house", func(r *storage.Reservation) { r.Link = "http://intranet/x" }, nil},
		{"twice in charge", func(r *storage.Reservation) { r.InCharge = []string{"a", "a"} }, []string{"reservation.inCharge reservation.person.twice"}},
		{"an unknown answer", func(r *storage.Reservation) {
			r.Participants = []storage.Participant{{PersonID: "a", Answer: "perhaps"}}
		}, []string{"reservation.participants value.unreadable"}},
		{"twice among the participants", func(r *storage.Reservation) {
			p := storage.Participant{PersonID: "a", Answer: storage.AttendanceInvited}
			r.Participants = []storage.Participant{p, p}
		}, []string{"reservation.participants reservation.person.twice"}},
		{"a series", series("FREQ=MONTHLY;BYDAY=-1SU,2MO;COUNT=3;WKST=SU"), nil},
		{"a series in small letters", series("freq=weekly;byday=mo;until=20270101t000000z;"), nil},
		{"no frequency", series("BYDAY=MO"), []string{rule}},
		{"an unknown frequency", series("FREQ=FORTNIGHTLY"), []string{rule}},
		{"an unknown part", series("FREQ=DAILY;X=1"), []string{rule}},
		{"a part twice", series("FREQ=DAILY;COUNT=1;COUNT=2"), []string{rule}},
		{"two ends", series("FREQ=DAILY;COUNT=1;UNTIL=20270101"), []string{rule}},
		{"never", series("FREQ=DAILY;COUNT=0"), []string{rule}},
		{"an end that is no date", series("FREQ=DAILY;UNTIL=20271301"), []string{rule}},
		{"a day that is none", series("FREQ=WEEKLY;BYDAY=LU"), []string{rule}},
		{"a second property", series("FREQ=DAILY\r\nSUMMARY:x"), []string{rule}},
		{"nothing repeated", series(""), []string{rule}},
		{"a date left out of a series of times", func(r *storage.Reservation) {
			r.Recurrence = &storage.Recurrence{Rule: "FREQ=DAILY", Except: []storage.LocalTime{local(t, "2026-11-24")}}
		}, []string{rule}},
		{"dates alone", func(r *storage.Reservation) {
			r.Recurrence = &storage.Recurrence{Extra: []storage.LocalTime{local(t, "2026-11-24T18:00")}}
		}, nil},
		{"a bad occurrence", func(r *storage.Reservation) {
			series("FREQ=DAILY")(r)
			r.Overrides = []storage.Override{{
				Original: r.Start, Start: r.End, End: r.Start, Details: storage.Details{Status: storage.ReservationOption},
			}}
		}, []string{"reservation.occurrences reservation.end.beforeStart"}},
	}
	for _, tt := range tests {
		r := rehearsal(t)
		tt.f(r)
		wantCodes(t, tt.name, r.Validate(), tt.want...)
	}
}

func TestUnsoundReservationsAreRefused(t *testing.T) {
	occurrence := func(originals ...string) func(*storage.Reservation) {
		return func(r *storage.Reservation) {
			r.Recurrence = &storage.Recurrence{Rule: "FREQ=DAILY"}
			for _, o := range originals {
				r.Overrides = append(r.Overrides, storage.Override{Original: local(t, o), Start: r.Start, End: r.End})
			}
		}
	}
	for name, f := range map[string]func(*storage.Reservation){
		"out of order":     occurrence("2026-11-25T18:00", "2026-11-24T18:00"),
		"twice":            occurrence("2026-11-25T18:00", "2026-11-25T18:00"),
		"of another kind":  occurrence("2026-11-25"),
		"of no occurrence": occurrence(""),
		"of no series": func(r *storage.Reservation) {
			occurrence("2026-11-25T18:00")(r)
			r.Recurrence = nil
		},
		"no UID": func(r *storage.Reservation) { r.UID = "" },
	} {
		r := rehearsal(t)
		f(r)
		if r.Sound() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	r := rehearsal(t)
	occurrence("2026-11-24T18:00", "2026-11-25T18:00")(r)
	if err := r.Sound(); err != nil {
		t.Error(err)
	}
}

func TestTypesPersonsLinksAndFeedsSayWhatIsWrong(t *testing.T) {
	kind := &storage.ReservationType{Name: "Séjour", Color: "#1a73E8"}
	wantCodes(t, "type", kind.Validate())
	for _, color := range []string{"", "1A73E8", "#1A73E", "#1A73E8F", "#GGGGGG", "blue"} {
		kind.Color = color
		wantCodes(t, color, kind.Validate(), "agenda.color color.unreadable")
	}
	wantCodes(t, "person", (&storage.Person{Name: " ", Email: "alix"}).Validate(),
		"agenda.name agenda.name.missing", "agenda.email email.unreadable")
	wantCodes(t, "resource", (&storage.Resource{Name: strings.Repeat("x", storage.MaxName+1)}).Validate(), "agenda.name text.tooLong")

	link := &storage.FeedLink{
		OwnerID: "a", Label: "Mon agenda", Detail: storage.FeedBusy, Language: "en", MonthsBack: 0, MonthsAhead: 60,
		Reminders: []int{0, 40320},
	}
	wantCodes(t, "link", link.Validate())
	bad := &storage.FeedLink{Detail: "?", Language: "de", MonthsBack: -1, MonthsAhead: 61, Reminders: []int{-1, 40321}}
	wantCodes(t, "bad link", bad.Validate(), "feedLink.owner feedLink.owner.missing", "agenda.name agenda.name.missing",
		"feedLink.detail value.unreadable", "feedLink.language value.unreadable",
		"feedLink.months number.unreadable", "feedLink.months number.unreadable",
		"feedLink.reminders number.unreadable", "feedLink.reminders number.unreadable")

	feed := &storage.OutsideFeed{Name: "Gîte", TypeID: "t", Color: "#000000", Every: storage.MinOutsideEvery}
	wantCodes(t, "feed", feed.Validate())
	wantCodes(t, "bad feed", (&storage.OutsideFeed{}).Validate(), "agenda.name agenda.name.missing",
		"agenda.color color.unreadable", "reservation.type reservation.type.missing", "outsideFeed.every outsideFeed.tooOften")
}

func TestZonesAreKnownByTheirIANANames(t *testing.T) {
	for range 2 { // loaded, then remembered
		z, err := storage.Zone("America/Martinique")
		if err != nil || z.String() != "America/Martinique" {
			t.Errorf("%v, %v", z, err)
		}
		for _, name := range []string{"", "Local", "Paris", "../etc/passwd"} {
			if z, err := storage.Zone(name); err == nil {
				t.Errorf("%q is %v", name, z)
			}
		}
	}
}
