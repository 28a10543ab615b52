package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// FaultKind is one way of misbehaving.
type FaultKind string

// The faults.
const (
	ApplyThen500  FaultKind = "applyThen500"  // the call takes effect, the answer says it failed
	ApplyThenCut  FaultKind = "applyThenCut"  // the call takes effect, the connection is cut in the answer
	Answer        FaultKind = "answer"        // nothing takes effect, Status is answered
	Cut           FaultKind = "cut"           // nothing takes effect, the connection is cut
	Slow          FaultKind = "slow"          // answered after Delay
	ApplyThenHang FaultKind = "applyThenHang" // the call takes effect, the answer comes after Delay
)

// Fault makes the next matching calls misbehave.
type Fault struct {
	Kind   FaultKind
	Method string // "" matches any
	Path   string // prefix of the path; "" matches any
	Times  int    // calls struck; 0 means one
	Skip   int    // matching calls let through first
	Status int    // of Answer
	// Header is added to the answer of an Answer: Retry-After…
	Header map[string]string
	Delay  time.Duration
}

// Misbehave queues a fault.
func (t *Trial) Misbehave(f Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f.Times = max(f.Times, 1)
	t.faults = append(t.faults, &f)
}

// Behave forgets the faults that did not strike yet.
func (t *Trial) Behave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = nil
}

// strike gives the fault that this call meets, nil for none. Called with the lock held.
func (t *Trial) strike(r *http.Request) *Fault {
	for _, f := range t.faults {
		if f.Times == 0 || f.Method != "" && f.Method != r.Method || !strings.HasPrefix(r.URL.Path, f.Path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		f.Times--
		struck := *f
		return &struck
	}
	return nil
}

// before misbehaves ahead of the call; true when the call is not made.
func (f *Fault) before(w http.ResponseWriter, r *http.Request) bool {
	if f == nil {
		return false
	}
	switch f.Kind {
	case Slow:
		pauseFor(r, f.Delay)
	case Cut:
		panic(http.ErrAbortHandler)
	case Answer:
		a := refused(f.Status, "fault", "panne simulée")
		a.header = f.Header
		a.write(w)
		return true
	}
	return false
}

// after answers, or misbehaves once the call took effect.
func (f *Fault) after(w http.ResponseWriter, r *http.Request, a answer) {
	if f == nil {
		a.write(w)
		return
	}
	switch f.Kind {
	case ApplyThen500:
		refused(http.StatusInternalServerError, "fault", "panne simulée").write(w)
	case ApplyThenCut:
		panic(http.ErrAbortHandler)
	case ApplyThenHang:
		pauseFor(r, f.Delay)
		a.write(w)
	default:
		a.write(w)
	}
}

// Transport is an http.RoundTripper that calls a handler in memory: for tests in virtual time, which a real socket
// would freeze. A handler that aborts gives the error of a cut connection; a deadline ends the call while the handler
// goes on, as over a network.
type Transport struct{ Handler http.Handler }

// RoundTrip calls the handler.
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body := []byte{}
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	received := r.Clone(r.Context())
	received.Body, received.RequestURI = io.NopCloser(bytes.NewReader(body)), r.URL.RequestURI()
	answered := make(chan *http.Response, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				if p != http.ErrAbortHandler { // the sentinel that handlers panic with
					panic(p)
				}
				answered <- nil
			}
		}()
		w := httptest.NewRecorder()
		t.Handler.ServeHTTP(w, received)
		answered <- w.Result()
	}()
	select {
	case res := <-answered:
		if res == nil {
			return nil, io.ErrUnexpectedEOF
		}
		res.Request = r
		return res, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}
