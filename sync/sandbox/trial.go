// Package sandbox holds strict local emulators of outside services, for the demonstration workspace and for tests:
// they refuse what a real service refuses, count the effects of each call and misbehave on demand. The first one is the
// "Annuaire d'essai", a directory over HTTP with moderation, visitors' edits and a rate limit; Google is the other one.
//
// Nothing here is a real service, and nothing in the engine knows it: connectors talk to it over HTTP.
package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	stdsync "sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"
)

// TrialParams set up a trial directory. Zero values: machine's clock, any token, no rate limit, no moderation.
type TrialParams struct {
	Now func() time.Time
	// Token is the bearer token that calls must carry; "" accepts any call.
	Token string
	// RatePerSecond and Burst limit the calls; above, they are answered 429 with Retry-After.
	RatePerSecond float64
	Burst         int
	// PageSize is the number of listings on a page of the list; 0 means 100.
	PageSize int
	// Account is the identifier of the account; "" keeps the file's, or makes one.
	Account string
	// Moderation is how long a creation or a change waits before it shows; 0 shows it at once.
	Moderation time.Duration
	// File keeps the listings over restarts; "" keeps them in memory. It is read by NewTrial, written by Serve and Save.
	File string
}

// Trial is the trial directory: its listings and its behaviour. It is an http.Handler, safe from any goroutine.
type Trial struct {
	now     func() time.Time
	token   string
	file    string
	limiter *rate.Limiter
	mux     *http.ServeMux
	perPage int

	mu         stdsync.Mutex
	account    string
	moderation time.Duration
	delays     map[string]time.Duration // moderation per external id
	records    map[string]*Record       // by id
	external   map[string]*Record       // by external id
	next       int
	effects    map[string]int // applied writes by external id
	calls      int
	faults     faults
	dirty      bool
}

// Record is one listing of the trial directory. Values bears the directory's own field names (see Keys).
type Record struct {
	ID         string            `json:"id"`
	ExternalID string            `json:"externalId"`
	Version    int               `json:"version"`
	Values     map[string]string `json:"values"` // shown to the public; empty before the first moderation
	// Waiting is under moderation until DecideAt; Refused says why the last moderation refused, "" when it did not.
	Waiting  map[string]string `json:"waiting,omitempty"`
	DecideAt time.Time         `json:"decideAt,omitzero"`
	Refused  string            `json:"refused,omitempty"`
	// Sentence is the refusal that the moderation under way will end with, whatever the values; "" lets it look at them.
	Sentence string `json:"sentence,omitempty"`
}

// ETag is the version as the HTTP header carries it.
func (r *Record) ETag() string { return strconv.Quote("v" + strconv.Itoa(r.Version)) }

func (r *Record) clone() *Record {
	c := *r
	c.Values, c.Waiting = maps.Clone(r.Values), maps.Clone(r.Waiting)
	return &c
}

// NewTrial makes a trial directory, with the listings of its file when there is one.
func NewTrial(p TrialParams) (*Trial, error) {
	t := &Trial{
		now: p.Now, token: p.Token, file: p.File, moderation: p.Moderation, perPage: p.PageSize,
		delays: map[string]time.Duration{}, records: map[string]*Record{}, external: map[string]*Record{},
		effects: map[string]int{},
	}
	if t.now == nil {
		t.now = time.Now
	}
	if t.perPage <= 0 {
		t.perPage = 100
	}
	if p.RatePerSecond > 0 {
		t.limiter = rate.NewLimiter(rate.Limit(p.RatePerSecond), max(p.Burst, 1))
	}
	t.routes()
	if err := t.load(); err != nil {
		return nil, fmt.Errorf("trial directory: %w", err)
	}
	if p.Account != "" {
		t.account = p.Account
	}
	if t.account == "" {
		t.account, t.dirty = "compte-"+uuid.NewString(), true
	}
	return t, nil
}

// SetAccount changes the identifier of the account, as when the same token leads to another account from now on.
func (t *Trial) SetAccount(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.account, t.dirty = id, true
}

// SetModeration changes how long moderation takes from now on.
func (t *Trial) SetModeration(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.moderation = d
}

// Moderate sets how long moderation takes for one external id, whatever the general setting.
func (t *Trial) Moderate(externalID string, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.delays[externalID] = d
}

// Effects counts the writes applied for an external id, creations included: the oracle of "exactly once".
func (t *Trial) Effects(externalID string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.effects[externalID]
}

// Calls counts all calls of the programming interface received, refused ones included.
func (t *Trial) Calls() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls
}

// Records lists copies of all listings, by external id.
func (t *Trial) Records() []*Record {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]*Record, 0, len(t.records))
	for _, r := range t.records {
		t.decide(r)
		list = append(list, r.clone())
	}
	slices.SortFunc(list, func(a, b *Record) int {
		if a.ExternalID < b.ExternalID {
			return -1
		}
		return 1
	})
	return list
}

// Record gives a copy of the listing of an external id; nil when there is none.
func (t *Trial) Record(externalID string) *Record {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.external[externalID]; r != nil {
		t.decide(r)
		return r.clone()
	}
	return nil
}

// EditByOthers changes what is shown, as a visitor or a moderator of the directory would; false when there is no such
// listing.
func (t *Trial) EditByOthers(externalID string, values map[string]string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.external[externalID]
	if r == nil {
		return false
	}
	t.decide(r)
	if r.Values == nil {
		r.Values = map[string]string{}
	}
	maps.Copy(r.Values, values)
	r.Version++
	t.dirty = true
	return true
}

// Remove deletes a listing, as the directory itself would.
func (t *Trial) Remove(externalID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.external[externalID]; r != nil {
		delete(t.records, r.ID)
		delete(t.external, externalID)
		t.dirty = true
	}
}

// decide ends the moderation of r when its time has come. Called with the lock held.
func (t *Trial) decide(r *Record) {
	if r.Waiting == nil || t.now().Before(r.DecideAt) {
		return
	}
	if r.Refused = r.Sentence; r.Refused == "" {
		r.Refused = refusal(r.Waiting)
	}
	if r.Refused == "" {
		r.Values = r.Waiting
	}
	r.Waiting, r.DecideAt, r.Sentence = nil, time.Time{}, ""
	r.Version++
	t.dirty = true
}

// write applies values to r, or hands them to the moderation. Called with the lock held, after the checks.
func (t *Trial) write(r *Record, values map[string]string, f *Fault) {
	next := maps.Clone(r.Values)
	if r.Waiting != nil {
		next = maps.Clone(r.Waiting)
	}
	if next == nil {
		next = map[string]string{}
	}
	for k, v := range values {
		if next[k] = v; v == "" {
			delete(next, k)
		}
	}
	f.alter(next)
	delay := t.wait(r.ExternalID)
	r.Refused, r.Sentence = "", ""
	if f.is(RejectedLater) {
		delay, r.Sentence = f.Delay, "Fiche refusée après relecture"
	}
	if delay > 0 {
		r.Waiting, r.DecideAt = next, t.now().Add(delay)
	} else {
		r.Values, r.Waiting = next, nil
	}
	r.Version++
	t.effects[r.ExternalID]++
	t.dirty = true
}

// wait gives how long the moderation of an external id takes. Called with the lock held.
func (t *Trial) wait(externalID string) time.Duration {
	if delay, own := t.delays[externalID]; own {
		return delay
	}
	return t.moderation
}

// create makes a listing. Called with the lock held, after the checks.
func (t *Trial) create(externalID string, values map[string]string, f *Fault) *Record {
	t.next++
	r := &Record{ID: fmt.Sprintf("T%06d", t.next), ExternalID: externalID}
	t.records[r.ID], t.external[externalID] = r, r
	t.write(r, values, f)
	return r
}
