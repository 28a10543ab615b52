package agenda_test

import (
	"errors"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/recurrence"
)

func TestAWorkspaceGetsItsStartingSetOnce(t *testing.T) {
	r := newRig(t)
	r.must(r.DeleteType(r.ctx, "stay"))
	r.must(r.Prepare(r.ctx))
	r.must(r.store.View(r.ctx, func(tx storage.Reader) error {
		types, err := tx.ReservationTypes()
		persons, personsErr := tx.Persons()
		administrators := 0
		for _, p := range persons {
			if p.Administrator {
				administrators++
			}
		}
		if len(types) != 5 || types[0].Name != "fr:agenda.type.event" || administrators != 1 {
			t.Errorf("types %v, %d administrators", types, administrators)
		}
		return errors.Join(err, personsErr)
	}))
}

func TestSequenceMovesExactlyOnWhatReadersSee(t *testing.T) {
	r := newRig(t)
	res := r.reservation("Chœur", "2026-03-05T18:00")
	res.Participants = []storage.Participant{{PersonID: r.owner.ID, Answer: storage.AttendanceInvited}}
	r.save(res)
	if res.UID == "" || res.Sequence != 0 || !res.ChangedAt.Equal(r.clock.Now()) {
		t.Fatalf("new: %+v", res)
	}
	first := res.ChangedAt
	for _, tt := range []struct {
		name    string
		change  func(*recurrence.Draft)
		visible bool
	}{
		{"private notes", func(d *recurrence.Draft) { d.PrivateNotes = "Code 1234" }, false},
		{"an answer", func(d *recurrence.Draft) { d.Participants[0].Answer = storage.AttendanceAccepted }, false},
		{"nothing", func(*recurrence.Draft) {}, false},
		{"the title", func(d *recurrence.Draft) { d.Title = "Chœur d’enfants" }, true},
		{"the place", func(d *recurrence.Draft) { d.ResourceID = r.room.ID }, true},
		{"cancelled", func(d *recurrence.Draft) { d.Status = storage.ReservationCancelled }, true},
		{"restored", func(d *recurrence.Draft) { d.Status = storage.ReservationConfirmed }, true},
	} {
		r.clock.advance(time.Minute)
		before := r.kept(res.ID)
		r.edit(res.ID, "", recurrence.All, tt.change)
		now := r.kept(res.ID)
		if moved := now.Sequence > before.Sequence; moved != tt.visible || now.ChangedAt.After(before.ChangedAt) != tt.visible || now.UID != res.UID {
			t.Errorf("%s: sequence %d then %d, changed %s then %s", tt.name, before.Sequence, now.Sequence, before.ChangedAt, now.ChangedAt)
		}
	}
	if n := len(r.journal(res.ID)); n != 7 { // made, and each edit that changed something
		t.Errorf("%d entries of the journal", n)
	}
	if !r.kept(res.ID).CreatedAt.Equal(first) {
		t.Error("the creation moved")
	}
}

func TestAnEditIsTakenBackUnlessItWasChangedSince(t *testing.T) {
	r := newRig(t)
	series := r.reservation("Chœur", "2026-03-02T18:00")
	series.Recurrence = &storage.Recurrence{Rule: "FREQ=WEEKLY;COUNT=5"}
	r.save(series)
	before := r.kept(series.ID)

	c := r.edit(series.ID, "2026-03-16T18:00", recurrence.Following, func(d *recurrence.Draft) { d.Title = "Concert" })
	if c.Rest == nil || c.Rest.UID == series.UID || c.Rest.ID == series.ID {
		t.Fatalf("the rest: %+v", c.Rest)
	}
	r.must(r.Undo(r.ctx, c))
	now := r.kept(series.ID)
	if now.Recurrence.Rule != before.Recurrence.Rule || now.UID != before.UID || now.Sequence <= before.Sequence {
		t.Errorf("taken back: %+v", now)
	}
	if err := r.store.View(r.ctx, func(tx storage.Reader) error { _, err := tx.Reservation(c.Rest.ID); return err }); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("the rest is still there: %v", err)
	}

	c = r.edit(series.ID, "2026-03-09T18:00", recurrence.This, func(d *recurrence.Draft) { d.Title = "Annexe" })
	r.edit(series.ID, "2026-03-09T18:00", recurrence.This, func(d *recurrence.Draft) { d.Title = "Autre" })
	if err := r.Undo(r.ctx, c); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("an edit that was changed since was taken back: %v", err)
	}

	deleted, err := r.Delete(r.ctx, series.ID, series.Start, recurrence.All)
	r.must(err)
	r.must(r.Undo(r.ctx, deleted))
	if back := r.kept(series.ID); back.UID != series.UID || back.Sequence <= now.Sequence || len(back.Overrides) != 1 {
		t.Errorf("a deletion that was taken back: %+v", back)
	}
}

func TestWhatCannotBeKeptIsRefusedInWords(t *testing.T) {
	r := newRig(t)
	outside := &storage.OutsideFeed{Name: "École", Host: "example.com", TypeID: "event", Color: "#112233", Every: time.Hour}
	r.must(r.store.Update(r.ctx, func(tx storage.Writer) error { return tx.PutOutsideFeed(outside) }))
	read := r.reservation("Vacances", "2026-04-04")
	read.OutsideFeedID = outside.ID
	r.save(read)
	bad := r.reservation("Chœur", "2026-03-02T18:00")
	bad.Recurrence = &storage.Recurrence{Rule: "FREQ=DAILY;UNTIL=20260101T000000Z"}
	_, err := r.Save(r.ctx, bad)
	checkCode(t, "a series that ends before it begins", err, "recurrence.untilBefore")
	_, err = r.Edit(r.ctx, read.ID, local(""), recurrence.All, func(d *recurrence.Draft) { d.Title = "x" })
	checkCode(t, "what comes from outside", err, "agenda.readOnly")
	_, err = r.Delete(r.ctx, read.ID, local(""), recurrence.All)
	checkCode(t, "what comes from outside, deleted", err, "agenda.readOnly")
	old := r.save(r.reservation("Chœur", "2026-03-02T18:00"))
	stale := old.Clone()
	old.Title = "Autre"
	r.save(old)
	if _, err := r.Save(r.ctx, stale); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a stale reservation was kept: %v", err)
	}
}

func checkCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	var list storage.Problems
	if !errors.As(err, &list) || list[0].Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func TestANameThatChangesMovesWhatShowsIt(t *testing.T) {
	r := newRig(t)
	res := r.reservation("Chœur", "2026-03-05T18:00")
	res.ResourceID = r.room.ID
	r.save(res)
	other := r.save(r.reservation("Orchestre", "2026-03-05T20:00"))
	r.clock.advance(time.Hour)
	r.room.Name = "Salle Fauré"
	r.must(r.SaveResource(r.ctx, r.room))
	if now := r.kept(res.ID); now.Sequence != 1 || !now.ChangedAt.Equal(r.clock.Now()) {
		t.Errorf("%+v", now)
	}
	if now := r.kept(other.ID); now.Sequence != 0 {
		t.Errorf("what does not show it moved: %+v", now)
	}
}
