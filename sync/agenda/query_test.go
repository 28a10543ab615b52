package agenda_test

import (
	"slices"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda"
)

// week is the first of March 2026 in Paris.
func week() (from, to time.Time) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return time.Date(2026, 3, 2, 0, 0, 0, 0, paris), time.Date(2026, 3, 9, 0, 0, 0, 0, paris)
}

func TestAWeekShowsWhatTheFiltersLeave(t *testing.T) {
	r := newRig(t)
	from, to := week()
	choir := r.reservation("Chœur", "2026-01-05T18:00") // Mondays
	choir.Recurrence = &storage.Recurrence{Rule: "FREQ=WEEKLY"}
	choir.ResourceID = r.room.ID
	r.save(choir)
	meeting := r.reservation("Bureau", "2026-03-02T18:30")
	meeting.TypeID, meeting.ResourceID, meeting.InCharge = "meeting", r.room.ID, []string{r.owner.ID}
	r.save(meeting)
	off := r.reservation("Annulé", "2026-03-02T18:30")
	off.Status, off.ResourceID = storage.ReservationCancelled, r.room.ID
	r.save(off)
	r.save(r.reservation("Stage", "2026-03-04"))
	tests := []struct {
		name  string
		query agenda.Query
		want  []string
	}{
		{"all", agenda.Query{}, []string{"Chœur !", "Annulé", "Bureau !", "Stage"}},
		{"a type", agenda.Query{TypeIDs: []string{"meeting"}}, []string{"Bureau !"}},
		{"a person", agenda.Query{PersonIDs: []string{r.owner.ID}}, []string{"Bureau !"}},
		{"a room", agenda.Query{ResourceIDs: []string{r.room.ID}}, []string{"Chœur !", "Annulé", "Bureau !"}},
		{"a word without its accents", agenda.Query{Text: "choeur"}, []string{"Chœur !"}},
		{"a name", agenda.Query{Text: "camille"}, []string{"Bureau !"}},
		{"a room's name", agenda.Query{Text: "ravel"}, []string{"Chœur !", "Annulé", "Bureau !"}},
	}
	for _, tt := range tests {
		tt.query.From, tt.query.To = from, to
		page, err := r.Occurrences(r.ctx, tt.query)
		r.must(err)
		var got []string
		for _, it := range page.Items {
			text := it.Details.Title
			if it.Conflict {
				text += " !"
			}
			got = append(got, text)
		}
		slices.Sort(got[min(1, len(got)):])
		slices.Sort(tt.want[min(1, len(tt.want)):])
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if tt.name == "a type" && (page.Counts["rehearsal"] != 3 || page.Counts["meeting"] != 1) {
			t.Errorf("counts %v", page.Counts)
		}
	}
	clashes, err := r.Conflicts(r.ctx, from, to)
	if r.must(err); len(clashes) != 2 {
		t.Errorf("conflicts: %v", clashes)
	}
}

func TestReservationsThatFollowEachOtherDoNotClash(t *testing.T) {
	r := newRig(t)
	from, to := week()
	for _, start := range []string{"2026-03-02T18:00", "2026-03-02T19:00"} {
		res := r.reservation("Chœur", start)
		res.ResourceID = r.room.ID
		r.save(res)
	}
	clashes, err := r.Conflicts(r.ctx, from, to)
	if r.must(err); len(clashes) != 0 {
		t.Errorf("%v", clashes)
	}
}
