package profile

import (
	"testing"

	"diapason/storage"
)

func TestEveryFieldIsEditedExactlyOnce(t *testing.T) {
	seen := map[storage.Field]int{
		// the header
		storage.FieldStatus: 1, storage.FieldAutoSync: 1,
		// the Horaires tab
		storage.FieldOpeningHours: 1, storage.FieldSpecialHours: 1, storage.FieldHoursNotes: 1,
	}
	for _, g := range groups {
		for _, f := range g.Fields {
			seen[f.Field]++
		}
	}
	for _, f := range storage.Fields {
		if seen[f] != 1 {
			t.Errorf("%s is edited %d times", f, seen[f])
		}
	}
	if len(seen) != len(storage.Fields) {
		t.Errorf("%d fields are edited, %d exist", len(seen), len(storage.Fields))
	}
}

func TestListFieldsAreEditedAsLists(t *testing.T) {
	for _, g := range groups {
		for _, f := range g.Fields {
			if f.Field.IsList() != (f.Editor == editList) {
				t.Errorf("%s: list %v, editor %v", f.Field, f.Field.IsList(), f.Editor)
			}
		}
	}
}

func TestImportanceOfAnEmptyFieldFollowsCompleteness(t *testing.T) {
	e := &storage.Establishment{Name: "Hôtel", Cellphone: "+33612345678"}
	for f, want := range map[storage.Field]importance{
		storage.FieldName:             needNone,
		storage.FieldStreet:           needRequired,
		storage.FieldPhone:            needOptional, // the mobile stands for it
		storage.FieldOpeningHours:     needBasic,
		storage.FieldDescriptionShort: needBasic,
		storage.FieldKeywords:         needOptional,
		storage.FieldFax:              needOptional,
	} {
		if got := importanceOf(e, f); got != want {
			t.Errorf("%s: %q, want %q", f, got, want)
		}
	}
}

func TestFirstMissingFieldIsOfTheLowestLevel(t *testing.T) {
	e := &storage.Establishment{Name: "Hôtel"}
	if f, ok := firstMissing(e); !ok || f != storage.FieldIdentifier {
		t.Errorf("got %s, %v", f, ok)
	}
	if tabOf(storage.FieldOpeningHours) != tabHours || tabOf(storage.FieldName) != tabProfile {
		t.Error("a field is edited on another tab than it says")
	}
}

func TestUndoGivesTheLastEditFirstAndForgetsTheOldest(t *testing.T) {
	var u undoStack
	for i := range undoDepth + 1 {
		u.push(edit{Before: storage.Snapshot{storage.FieldName: string(rune('a' + i))}})
	}
	var last edit
	n := 0
	for e, ok := u.pop(); ok; e, ok = u.pop() {
		if n == 0 && e.Before[storage.FieldName] != string(rune('a'+undoDepth)) {
			t.Errorf("the first one given back is %v", e)
		}
		last = e
		n++
	}
	if n != undoDepth || last.Before[storage.FieldName] != "b" {
		t.Errorf("%d edits, the oldest %v", n, last)
	}
}

func TestBeforeHoldsOnlyWhatTheEditChanged(t *testing.T) {
	old := &storage.Establishment{Name: "Avant", Email: "a@b.fr"}
	now := &storage.Establishment{Name: "Après", Email: "a@b.fr"}
	got := before(old, now, []storage.Field{storage.FieldName, storage.FieldEmail})
	if !got.Equal(storage.Snapshot{storage.FieldName: "Avant"}) {
		t.Errorf("got %v", got)
	}
}
