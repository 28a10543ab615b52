package questions

import (
	"slices"
	"testing"

	"diapason/storage"
	"diapason/sync/merge"
)

// asked makes a question of a kind about some fields.
func asked(id string, kind storage.ContactQuestionKind, fields ...storage.Field) item {
	q := &storage.ContactQuestion{ID: id, Kind: kind, AccountID: "a"}
	for _, f := range fields {
		q.Conflicts = append(q.Conflicts, storage.ContactConflict{Field: f})
	}
	return item{q, &storage.Account{ID: "a"}}
}

func decidedHere(it item) item {
	it.Decided = map[storage.Field]string{}
	for _, c := range it.Conflicts {
		it.Decided[c.Field] = string(merge.SideHere)
	}
	return it
}

func ids(items []item) []string {
	all := make([]string, len(items))
	for i := range items {
		all[i] = items[i].ID
	}
	return all
}

func TestWhatWaitsLiesBeforeWhatWasAnsweredAndConflictsFirst(t *testing.T) {
	items := []item{
		decidedHere(asked("1", storage.QuestionConflict, "note")), asked("2", storage.QuestionMatch),
		asked("3", storage.QuestionConflict, "note"), asked("4", storage.QuestionRefused),
	}
	order(items)
	if got := ids(items); !slices.Equal(got, []string{"3", "2", "4", "1"}) {
		t.Errorf("order %v", got)
	}
	d := newDesk()
	d.take(items, 0)
	n, accounts := d.conflicts()
	if m, of := d.pending(); d.waiting() != 3 || n != 1 || len(accounts) != 1 || m != 1 || len(of) != 1 {
		t.Errorf("%d wait, %d conflicts of %d accounts, %d pending of %v", d.waiting(), n, len(accounts), m, of)
	}
}

func TestNextQuestionIsOneThatWaitsRoundTheDesk(t *testing.T) {
	items := []item{
		asked("1", storage.QuestionMatch), asked("2", storage.QuestionMatch),
		decidedHere(asked("3", storage.QuestionConflict, "note")),
	}
	d := newDesk()
	for _, tt := range []struct {
		front                 int
		before, behind, after string
	}{{0, "", "2", "2"}, {1, "1", "3", "1"}, {2, "2", "", "1"}} {
		d.take(items, tt.front)
		if d.beside(-1) != tt.before || d.beside(1) != tt.behind || d.after() != tt.after {
			t.Errorf("at %d: %q, %q, then %q", tt.front, d.beside(-1), d.beside(1), d.after())
		}
	}
	d.take(nil, -1)
	if d.front() != nil || d.beside(1) != "" || d.after() != "" {
		t.Error("an empty desk has a question")
	}
}

func TestQuestionThatIsGoneLeavesItsPlaceToTheNext(t *testing.T) {
	items := []item{asked("1", storage.QuestionMatch), asked("3", storage.QuestionMatch)}
	for _, tt := range []struct {
		wanted string
		place  int
		want   int
	}{{"3", 0, 1}, {"2", 1, 1}, {"9", 5, 1}, {"", 0, 0}} {
		if got := pick(items, tt.wanted, tt.place); got != tt.want {
			t.Errorf("%q, place %d: %d", tt.wanted, tt.place, got)
		}
	}
	if pick(nil, "1", 0) != -1 {
		t.Error("nothing has a first")
	}
}

func TestAnswerIsReadyOnceEveryFieldHasASideAndNotTwice(t *testing.T) {
	d := newDesk()
	it := asked("1", storage.QuestionConflict, "note", "phone.work")
	d.take([]item{it}, 0)
	if _, ready := d.answer(&it); ready {
		t.Error("ready without a choice")
	}
	d.choose(&it, "note", merge.SideThere)
	if sides, ready := d.answer(&it); ready || sides != nil {
		t.Error("ready with a field left")
	}
	d.choose(&it, "phone.work", merge.SideHere)
	if sides, ready := d.answer(&it); !ready || sides["note"] != merge.SideThere || sides["phone.work"] != merge.SideHere {
		t.Errorf("%v, %v", sides, ready)
	}
	it = decidedHere(it)
	d = newDesk()
	d.take([]item{it}, 0)
	if sides, ready := d.answer(&it); ready || sides == nil {
		t.Error("the answer that was given is ready to be given again")
	}
	d.choose(&it, "note", merge.SideThere)
	if _, ready := d.answer(&it); !ready {
		t.Error("an answer cannot be changed")
	}
}

func TestChoicesSurviveANewReadingAndGoWithTheirQuestion(t *testing.T) {
	d := newDesk()
	it, other := asked("1", storage.QuestionConflict, "note", "title"), asked("2", storage.QuestionMatch)
	d.take([]item{it, other}, 0)
	d.choose(&it, "note", merge.SideHere)
	d.choose(&it, "title", merge.SideHere)
	d.picks["2"] = "somebody"
	now := asked("1", storage.QuestionConflict, "note")
	d.take([]item{now}, 0)
	if d.side(&now, "note") != merge.SideHere || len(d.sides["1"]) != 1 || len(d.picks) != 0 {
		t.Errorf("%v, %v", d.sides, d.picks)
	}
	d.take(nil, -1)
	if len(d.sides) != 0 {
		t.Errorf("left: %v", d.sides)
	}
}
