package sync_test

import (
	"io"
	"net/http"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

// tape remembers the calls made through it.
type tape struct {
	http.RoundTripper
	mu    stdsync.Mutex
	calls []call
}

type call struct {
	at     time.Time
	method string
	path   string
}

func (p *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.calls = append(p.calls, call{time.Now(), r.Method, r.URL.Path})
	p.mu.Unlock()
	return p.RoundTripper.RoundTrip(r)
}

// length is the number of calls so far, and since gives those after the first n.
func (p *tape) length() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.calls)
}

func (p *tape) since(n int) []call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]call(nil), p.calls[n:]...)
}

// taped gives a rig whose calls are remembered.
func taped(t *testing.T, p sandbox.TrialParams) (*rig, *tape) {
	t.Helper()
	r := newRig(t, p)
	r.close()
	record := &tape{RoundTripper: sandbox.Transport{Handler: r.trial}}
	r.kinds = directory.NewKinds(trial.KindOver(record))
	r.open()
	r.start()
	return r, record
}

func (r *rig) kept() *storage.Account {
	r.Helper()
	var a *storage.Account
	r.view(func(tx storage.Reader) error {
		var err error
		a, err = tx.Account(r.account)
		return err
	})
	return a
}

// broken makes every call of a method ("": all) fail until Behave.
func (r *rig) broken(method string) {
	r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Answer, Method: method, Status: 500, Times: 1 << 20})
}

func TestDirectoryThatDoesNotAnswerIsLeftAloneLongerAndLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, record := taped(t, sandbox.TrialParams{})
		ids := r.hotels(20)
		down := time.Now()
		r.broken("")
		if _, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		if n := record.length(); n != 5 {
			t.Fatalf("%d calls before the breaker opened, want five", n)
		}
		wait := 30 * time.Second
		for n := range 8 {
			a := r.kept()
			if a.Pause == nil || a.Pause.Code != "lane.open" || a.Pause.Args["account"] != "Essai" || a.Trips != n+1 {
				t.Fatalf("account %+v", a)
			}
			if since, err := time.Parse(time.RFC3339, a.Pause.Args["since"]); err != nil || since.Sub(down) > 20*time.Second {
				t.Errorf("opening %d: since %q, went down at %s", n, a.Pause.Args["since"], down)
			}
			if d := a.PausedUntil.Sub(a.TrippedAt); d < wait || d > wait+wait/10 {
				t.Errorf("opening %d lasts %s, want %s and a tenth at most", n, d, wait)
			}
			if n == 3 {
				r.restart() // which changes nothing
			}
			before := record.length()
			time.Sleep(time.Until(a.PausedUntil) + time.Second)
			calls := record.since(before)
			if len(calls) != 1 || calls[0].method != http.MethodGet || calls[0].at.Before(a.PausedUntil) {
				t.Fatalf("opening %d until %s: calls %v, want one harmless one", n, a.PausedUntil, calls)
			}
			wait = min(2*wait, 15*time.Minute)
		}
		r.trial.Behave()
		time.Sleep(20 * time.Minute)
		for i, id := range ids {
			r.wantWord(id, storage.WordUpToDate)
			if n := r.trial.Effects(hotel(i).Identifier); n != 1 {
				t.Errorf("hotel %d: %d effects", i, n)
			}
		}
		if a := r.kept(); a.Pause != nil || !a.FailingSince.IsZero() {
			t.Errorf("account in the end %+v", a)
		}
	})
}

// everySecond loses the answer of every second call.
type everySecond struct {
	http.RoundTripper
	calls atomic.Int64
	on    atomic.Bool
}

func (e *everySecond) RoundTrip(r *http.Request) (*http.Response, error) {
	if e.on.Load() && e.calls.Add(1)%2 == 1 {
		return nil, io.ErrUnexpectedEOF
	}
	return e.RoundTripper.RoundTrip(r)
}

func TestHalfOfTheCallsFailingOpensTheBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		r.close()
		flaky := &everySecond{RoundTripper: sandbox.Transport{Handler: r.trial}}
		r.kinds = directory.NewKinds(narrowKind(flaky))
		r.open()
		r.start()
		ids := r.hotels(30)
		r.sync(ids...)
		time.Sleep(2 * time.Minute) // the answers so far no longer count
		flaky.on.Store(true)
		if _, err := r.engine.Check(t.Context(), sync.Request{EstablishmentIDs: ids}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(25 * time.Second)
		if a := r.kept(); a.Trips != 1 || flaky.calls.Load() < 10 {
			t.Errorf("account %+v after %d calls", a, flaky.calls.Load())
		}
		flaky.on.Store(false)
		time.Sleep(20 * time.Minute)
		for _, id := range ids {
			r.wantWord(id, storage.WordUpToDate)
		}
	})
}

func TestWhatIsNoFailureOfTheDirectoryDoesNotOpenTheBreaker(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"refusal":   {Kind: sandbox.Answer, Method: "POST", Status: 422, Times: 30},
		"not found": {Kind: sandbox.Answer, Method: "GET", Status: 404, Times: 30},
		"reconnect": {Kind: sandbox.Unauthorized, Times: 30},
		"offline":   {Kind: sandbox.Refused, Times: 30},
		"throttled": {Kind: sandbox.TooManyBare, Times: 30},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, _ := taped(t, sandbox.TrialParams{})
				ids := r.hotels(20)
				r.trial.Misbehave(fault)
				if _, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids}); err != nil {
					t.Fatal(err)
				}
				for range 60 {
					time.Sleep(30 * time.Second)
					if a := r.kept(); a.Trips != 0 {
						t.Fatalf("account %+v", a)
					}
				}
			})
		})
	}
}

func TestUserWhoAsksDoesNotWaitForTheEndOfThePause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, record := taped(t, sandbox.TrialParams{})
		ids := r.hotels(10)
		r.broken("")
		r.sync(ids[:9]...)
		time.Sleep(4 * time.Hour)
		r.trial.Behave()
		asked, before := time.Now(), record.length()
		if run := r.sync(ids[9]); run.Totals.Sent != 1 || time.Since(asked) > 10*time.Second {
			t.Fatalf("run %+v after %s", run, time.Since(asked))
		}
		if calls := record.since(before); calls[0].method != http.MethodGet {
			t.Errorf("first call %v, want a harmless one", calls[0])
		}
	})
}
