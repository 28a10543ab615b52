package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// FaultKind is one way of misbehaving.
type FaultKind string

// The faults. "Takes effect" means that a write is kept, and counted by Effects, although the client may not learn it.
const (
	// Nothing takes effect.
	Refused         FaultKind = "refused"         // no connection: ECONNREFUSED in memory, a reset one over TCP
	Cut             FaultKind = "cut"             // the connection is cut before the answer
	Reset           FaultKind = "reset"           // the connection is reset (RST) before the answer
	Portal          FaultKind = "portal"          // a captive portal answers 200 with a page of its own
	PortalRedirect  FaultKind = "portalRedirect"  // a captive portal redirects to another host
	TooManySeconds  FaultKind = "tooManySeconds"  // 429, Retry-After in seconds (Delay)
	TooManyDate     FaultKind = "tooManyDate"     // 429, Retry-After as a date (Delay from the server's clock)
	TooManyNonsense FaultKind = "tooManyNonsense" // 429, a Retry-After that says nothing
	TooManyBare     FaultKind = "tooManyBare"     // 429 without Retry-After
	Unavailable     FaultKind = "unavailable"     // 503 without Retry-After
	UnavailableWait FaultKind = "unavailableWait" // 503, Retry-After in seconds (Delay)
	Unauthorized    FaultKind = "unauthorized"    // 401, as when the access ends in the middle of a run (Skip)
	Conflict        FaultKind = "conflict"        // 409 to a write
	Precondition    FaultKind = "precondition"    // 412 to a write
	BatchRefused    FaultKind = "batchRefused"    // 413 to a batch of more than Limit items
	Answer          FaultKind = "answer"          // Status and Header are answered

	// The call takes effect, the answer goes wrong.
	Slow               FaultKind = "slow"               // nothing for Delay, then the call is made and answered
	HeadersThenSilence FaultKind = "headersThenSilence" // the headers come, the body does not before Delay
	CutBody            FaultKind = "cutBody"            // half of the body comes
	ApplyThen500       FaultKind = "applyThen500"       // the answer says that it failed
	ApplyThenCut       FaultKind = "applyThenCut"       // the connection is cut instead of an answer
	ApplyThenHang      FaultKind = "applyThenHang"      // the answer comes after Delay
	HalfApplied        FaultKind = "halfApplied"        // the first half of a batch takes effect, 500 is answered
	DuplicatedAnswer   FaultKind = "duplicatedAnswer"   // the answer, or each of its items, comes twice

	// Reading goes wrong, with a 200.
	TruncatedList FaultKind = "truncatedList" // the list ends in the middle of a page, as if that were all
	EmptyList     FaultKind = "emptyList"     // the list, or the search, finds nothing
	RepeatedPage  FaultKind = "repeatedPage"  // the first page comes in place of a later one, again and again
	MissingPage   FaultKind = "missingPage"   // a page names the page after the next one as its next

	// Versions and clocks go wrong.
	ETagChanged  FaultKind = "etagChanged"  // the version rises without reason once the answer left
	ETagNull     FaultKind = "etagNull"     // no version in the answer
	ETagUnquoted FaultKind = "etagUnquoted" // the version comes without its quotes
	ClockAhead   FaultKind = "clockAhead"   // the server's clock is ten minutes fast, its Retry-After dates too
	ClockBehind  FaultKind = "clockBehind"  // … slow

	// What is written is not what was sent.
	CaseChanged    FaultKind = "caseChanged"    // texts are kept in capitals
	AccentsChanged FaultKind = "accentsChanged" // texts are kept with decomposed accents (Unicode NFD)
	LengthChanged  FaultKind = "lengthChanged"  // texts are kept to their first Limit characters
	RejectedLater  FaultKind = "rejectedLater"  // taken for moderation, refused after Delay
)

// FaultKinds lists the faults that can be switched on by their name alone, in the order in which people choose. Answer
// is not among them: it needs a status.
var FaultKinds = []FaultKind{
	Refused, Reset, Cut, Slow, HeadersThenSilence, CutBody, Portal, PortalRedirect,
	ApplyThen500, ApplyThenCut, ApplyThenHang, HalfApplied, BatchRefused, DuplicatedAnswer,
	TooManySeconds, TooManyDate, TooManyNonsense, TooManyBare, Unavailable, UnavailableWait,
	Unauthorized, Conflict, Precondition,
	TruncatedList, EmptyList, RepeatedPage, MissingPage,
	ETagChanged, ETagNull, ETagUnquoted, ClockAhead, ClockBehind,
	CaseChanged, AccentsChanged, LengthChanged, RejectedLater,
}

// Sentence gives the translation key of the fault's name for people.
func (k FaultKind) Sentence() string { return "fault." + string(k) }

// clockGap is how wrong the server's clock goes.
const clockGap = 10 * time.Minute

// skew is how far a fault puts the server's clock ahead.
func (k FaultKind) skew() time.Duration {
	switch k {
	case ClockAhead:
		return clockGap
	case ClockBehind:
		return -clockGap
	}
	return 0
}

// Fault makes the next matching calls of the programming interface misbehave. Kinds that concern some calls only
// (lists, batches, writes) strike and count only those.
type Fault struct {
	Kind   FaultKind
	Method string // "" matches any
	Path   string // prefix of the path; "" matches any
	Times  int    // calls struck; 0 means one
	Skip   int    // matching calls let through first
	Status int    // of Answer
	// Header is added to the answer of an Answer: Retry-After…
	Header map[string]string
	// Reason is the reason that an Answer of Google's gives a program.
	Reason string
	// Delay is the time the fault takes, or asks the client for; 0 means the kind's own (see usual).
	Delay time.Duration
	// Limit is the kind's number of items or characters; 0 means the kind's own.
	Limit int
}

// usual fills in what a fault leaves open: times that a client with a deadline of some seconds does not wait for, and
// those that a service usually asks for.
func (f Fault) usual() Fault {
	f.Times = max(f.Times, 1)
	if f.Delay == 0 {
		switch f.Kind {
		case Slow:
			f.Delay = 5 * time.Second
		case HeadersThenSilence, ApplyThenHang:
			f.Delay = time.Hour
		case RejectedLater:
			f.Delay = time.Minute
		case TooManySeconds, TooManyDate, UnavailableWait:
			f.Delay = 30 * time.Second
		}
	}
	if f.Limit == 0 {
		switch f.Kind {
		case BatchRefused:
			f.Limit = 4
		case LengthChanged:
			f.Limit = 12
		}
	}
	return f
}

// Misbehave queues a fault. The faults strike in their order, one per call; a wrong clock goes together with any other.
func (t *Trial) Misbehave(f Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults.add(f)
}

// Behave forgets the faults that did not strike yet.
func (t *Trial) Behave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = nil
}

// Faults lists the faults that still strike, in their order; Times tells how many calls each.
func (t *Trial) Faults() []Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.faults.list()
}

// faults are those that an emulator will meet, in their order. Its lock protects them.
type faults []*Fault

func (q *faults) add(f Fault) {
	f = f.usual()
	*q = append(*q, &f)
}

func (q *faults) list() []Fault {
	var left []Fault
	for _, f := range *q {
		left = append(left, *f)
	}
	return left
}

// scene is what a fault must know of a call beside its method and path.
type scene struct {
	items   int  // of a batch
	list    bool // a list, or a search
	page    bool // a page of a list
	later   bool // a page that is not the first
	version bool // the answer bears versions
}

// strike gives the fault that this call meets, nil for none, and how far ahead the server's clock is for it.
func (q *faults) strike(r *http.Request, s scene) (met *Fault, skew time.Duration) {
	for _, f := range *q {
		clock := f.Kind.skew()
		if !f.concerns(r, s) || clock == 0 && met != nil || clock != 0 && skew != 0 {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		f.Times--
		if clock != 0 {
			skew = clock
			continue
		}
		struck := *f
		met = &struck
	}
	*q = slices.DeleteFunc(*q, func(f *Fault) bool { return f.Times <= 0 })
	return met, skew
}

// concerns reports whether a call is one of those that the fault is about.
func (f *Fault) concerns(r *http.Request, s scene) bool {
	if f.Method != "" && f.Method != r.Method || !strings.HasPrefix(r.URL.Path, f.Path) {
		return false
	}
	switch f.Kind {
	case Conflict, Precondition, CaseChanged, AccentsChanged, LengthChanged, RejectedLater:
		return r.Method != http.MethodGet
	case HalfApplied:
		return s.items > 1
	case BatchRefused:
		return s.items > f.Limit
	case EmptyList:
		return s.list
	case TruncatedList, MissingPage:
		return s.page
	case RepeatedPage:
		return s.later
	case ETagChanged, ETagNull, ETagUnquoted:
		return s.version
	}
	return true
}
