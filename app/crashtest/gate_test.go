//go:build linux

package crashtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	stdsync "sync"

	"diapason/sync/sandbox"
)

// gate stands in front of a service. It lets one call through at a time, and kills the worker at the moments that only the
// other side sees.
type gate struct {
	service http.Handler
	// batch reports whether a call writes several things of which half can be applied; halve has the service do so.
	batch func(*http.Request) bool
	halve func()
	// count is told of each call that wrote, with its status, with the lock held.
	count func(r *http.Request, status int)

	mu     stdsync.Mutex
	writes int // calls that write, since the trap was set
	trap   *trap
}

// trap kills a worker around one of its writes.
type trap struct {
	when  string // one of outsideSeams
	after int    // writes let through first
	kill  func()
}

// outsideSeams are the moments of a call that the service sees: the whole request arrived and nothing was done yet, or
// never will be; or it was done and the answer has not left.
var outsideSeams = []string{"body written, applied", "body written, lost", "applied, not answered", halfOfABatch}

// halfOfABatch is the death of the worker while a batch is being applied, of which the rest never is.
const halfOfABatch = "half of a batch applied"

func (g *gate) set(t *trap) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trap, g.writes = t, 0
}

// reads are the methods that change nothing.
var reads = []string{http.MethodGet, http.MethodHead, http.MethodOptions, "PROPFIND", "REPORT"}

// ServeHTTP lets one call through at a time, so that each effect is one call's.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // cut by the death of the worker: the service never had the whole request
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	g.mu.Lock()
	defer g.mu.Unlock()
	if slices.Contains(reads, r.Method) {
		g.service.ServeHTTP(w, r)
		return
	}
	var sprung *trap
	if g.trap != nil && g.writes >= g.trap.after && (g.trap.when != halfOfABatch || g.batch(r)) {
		sprung, g.trap = g.trap, nil
	}
	g.writes++
	dies := func() {}
	if sprung != nil {
		switch dies = sprung.kill; sprung.when {
		case "body written, lost":
			dies()
			return
		case "body written, applied":
			dies()
			dies = func() {}
		case halfOfABatch:
			g.halve()
		}
	}
	answer := httptest.NewRecorder()
	g.service.ServeHTTP(answer, r)
	g.count(r, answer.Code)
	if dies(); sprung != nil {
		return // nobody is there any more to hear it
	}
	for k, v := range answer.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(answer.Code)
	if _, err := w.Write(answer.Body.Bytes()); err != nil {
		return // nobody is there any more to hear it
	}
}

// oracle is the gate of the directory. It counts what each call brings about.
type oracle struct {
	gate
	trial   *sandbox.Trial
	effects map[string]int
	seen    map[string]map[string]bool // addresses that took effect, per identifier
	doubled []string
}

func newOracle(d *sandbox.Trial) *oracle {
	o := &oracle{trial: d, effects: map[string]int{}, seen: map[string]map[string]bool{}}
	o.gate = gate{
		service: d,
		batch:   func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/batch") },
		halve:   func() { d.Misbehave(sandbox.Fault{Kind: sandbox.HalfApplied}) },
		count:   func(*http.Request, int) { o.counted() },
	}
	return o
}

// counted notes the effects of a call: every address is written once, whatever the process went through. Called with the
// lock held.
func (o *oracle) counted() {
	for _, record := range o.trial.Records() {
		key := record.ExternalID
		if n := o.trial.Effects(key); n != o.effects[key] {
			email := record.Values["email"]
			if o.seen[key] == nil {
				o.seen[key] = map[string]bool{}
			}
			if n != o.effects[key]+1 || o.seen[key][email] {
				o.doubled = append(o.doubled, fmt.Sprintf("%s: %s took effect again (%d effects after %d)", key, email, n, o.effects[key]))
			}
			o.effects[key], o.seen[key][email] = n, true
		}
	}
}
