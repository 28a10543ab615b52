package elsewhere

import (
	"testing"
	"time"

	"diapason/storage"
)

// followed is a Follower of a store that the test plays, with delays that end when the test says so.
type followed struct {
	*Follower
	tell    func(storage.Changes)
	delays  []time.Duration
	due     []func()
	read    int
	removed bool
}

func follow() *followed {
	f := &followed{}
	f.Follower = NewFollower(FollowerParams{
		OnChange: func(tell func(storage.Changes)) func() { f.tell = tell; return func() { f.removed = true } },
		Concerns: func(c storage.Changes) bool { return c.ContactBooks },
		Read:     func() { f.read++ },
		UI:       func(do func()) { do() },
		Later:    func(d time.Duration, do func()) { f.delays, f.due = append(f.delays, d), append(f.due, do) },
		Least:    time.Second,
	})
	return f
}

func (f *followed) elapse() {
	due := f.due
	f.due = nil
	for _, do := range due {
		do()
	}
}

func TestFollowerReadsABurstOnceAndNothingThatDoesNotConcernIt(t *testing.T) {
	f := follow()
	f.Follow()
	f.Follow() // up to date
	if f.read != 1 {
		t.Fatalf("read %d times at first", f.read)
	}
	f.tell(storage.Changes{Journal: true})
	for range 5 {
		f.tell(storage.Changes{ContactBooks: true})
	}
	f.elapse()
	if f.read != 2 || len(f.delays) != 1 || f.delays[0] != time.Second {
		t.Errorf("read %d times, after %v", f.read, f.delays)
	}
	f.Took(time.Minute)
	f.tell(storage.Changes{ContactBooks: true})
	if f.delays[1] != 4*time.Minute {
		t.Errorf("a long reading comes again after %v", f.delays[1])
	}
}

func TestFollowerThatRestsReadsWhatChangedWhenSomebodyLooksAgain(t *testing.T) {
	f := follow()
	f.tell(storage.Changes{ContactBooks: true})
	f.Follow()
	f.tell(storage.Changes{ContactBooks: true})
	f.Rest()
	f.elapse()
	if f.read != 1 {
		t.Errorf("read %d times, the last one with nobody looking", f.read)
	}
	f.Follow()
	if f.read != 2 {
		t.Error("what was put off is not read")
	}
	f.Rest()
	f.Follow()
	if f.read != 2 {
		t.Error("nothing changed, and it was read again")
	}
	f.Close()
	if !f.removed {
		t.Error("it still listens")
	}
}
