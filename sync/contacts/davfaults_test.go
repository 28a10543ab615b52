package contacts_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/carddav"
)

// stumbling is a way to a service on which some writings go wrong.
type stumbling struct {
	over http.RoundTripper

	mu      stdsync.Mutex
	writing string // "create", "update", "delete"
	fault   davFault
	left    int
	created map[string]int // by path: creations that took effect
}

// davFault is what goes wrong: an answer that is not the service's, none at all, or a call made twice by a proxy.
type davFault struct {
	status  int // 0: the connection ends
	after   bool
	twice   bool
	times   int
	refuses bool // the card is refused, and a person is told
}

// writingOf names the writing that a request is; "" for others.
func writingOf(r *http.Request) string {
	switch {
	case strings.Contains(r.URL.Path, "diapason-essai"):
		return ""
	case r.Method == http.MethodPut && r.Header.Get("If-None-Match") == "*":
		return "create"
	case r.Method == http.MethodPut:
		return "update"
	case r.Method == http.MethodDelete:
		return "delete"
	}
	return ""
}

// RoundTrip makes a call, unless it goes wrong.
func (s *stumbling) RoundTrip(r *http.Request) (*http.Response, error) {
	writing := writingOf(r)
	s.mu.Lock()
	strikes := writing != "" && writing == s.writing && s.left > 0
	if strikes {
		s.left--
	}
	fault := s.fault
	s.mu.Unlock()
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	if !strikes || fault.after || fault.twice {
		res, err := s.pass(r, writing, body)
		if err != nil || !strikes {
			return res, err
		}
		if err := res.Body.Close(); err != nil {
			return nil, err
		}
		if fault.twice {
			return s.pass(r, writing, body)
		}
	}
	if fault.status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{
		StatusCode: fault.status, Status: fmt.Sprint(fault.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader("")), Request: r,
	}, nil
}

// pass makes the call and counts what it creates.
func (s *stumbling) pass(r *http.Request, writing string, body []byte) (*http.Response, error) {
	out := r.Clone(r.Context())
	if r.Body != nil {
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	res, err := s.over.RoundTrip(out)
	if err == nil && writing == "create" && res.StatusCode/100 == 2 {
		s.mu.Lock()
		s.created[r.URL.Path]++
		s.mu.Unlock()
	}
	return res, err
}

// davPass is a pass at a real Radicale in which one writing goes wrong.
type davPass struct {
	radicale
	way  *stumbling
	here map[string]*storage.Contact // by family name, before the pass
}

func newDavPass(t *testing.T, c *publicationtest.Collection, over http.RoundTripper) *davPass {
	t.Helper()
	p := &davPass{radicale{c, newRig(t)}, &stumbling{over: over, created: map[string]int{}}, map[string]*storage.Contact{}}
	p.r.open = func(*storage.Account) (book.Book, error) {
		return carddav.Open(carddav.Params{
			BaseURL: c.URL, User: publicationtest.User, Password: publicationtest.Password, Transport: p.way,
		})
	}
	p.r.clock.now = time.Now().UTC() // the server's clock is the machine's
	p.r.restart()
	for i := range 10 {
		p.r.save(person(i))
	}
	p.r.syncOK()
	for _, c := range p.r.all() {
		p.here[c.FamilyName] = c
	}
	name, card := p.of("Morel0009")
	status, answer := c.Call(http.MethodPut, name, strings.Replace(card, "END:VCARD", "NICKNAME:Zo\r\nEND:VCARD", 1), http.Header{"Content-Type": {"text/vcard"}})
	if status/100 != 2 {
		t.Fatal(status, answer)
	}
	for i := range 3 {
		p.r.save(person(100 + i))
		p.r.edit(p.here[person(i).FamilyName].ID, func(c *storage.Card) { c.Title = "Directrice" })
		p.r.trash(p.here[person(5+i).FamilyName].ID)
	}
	p.r.clock.now = p.r.clock.now.Add(2 * time.Hour)
	return p
}

// wrong tells what has not come about, or twice; "" when all is as it was wanted.
func (p *davPass) wrong() error {
	p.r.Helper()
	var wrong []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	cards := p.cards()
	all := ""
	for _, card := range cards {
		all += card
	}
	want(len(cards) == 10, "%d cards", len(cards))
	want(len(p.r.living()) == 10, "%d contacts", len(p.r.living()))
	want(strings.Count(all, "Directrice") == 3, "not changed there")
	for i := range 3 {
		want(strings.Contains(all, "N:"+person(100+i).FamilyName), "%d is not created", 100+i)
		want(!strings.Contains(all, "N:"+person(5+i).FamilyName), "%d is not deleted", 5+i)
	}
	want(p.r.contact(p.here["Morel0009"].ID).Nickname == "Zo", "not changed here")
	for path, n := range p.way.created {
		want(n == 1, "%s was created %d times", path, n)
	}
	return errors.Join(wrong...)
}

func TestAWritingThatGoesWrongAtACardDAVServerIsMadeOnceAndThePassEndsSoon(t *testing.T) {
	t.Parallel()
	home := publicationtest.StartRadicale(t, publicationtest.InMemory)
	over := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(over.CloseIdleConnections)
	writings := []string{"create", "update", "delete"}
	faults := []struct {
		name  string
		meets []string
		davFault
	}{
		{"500 twice", writings, davFault{status: http.StatusInternalServerError, times: 2}},
		{"applied, then 500", writings, davFault{status: http.StatusInternalServerError, after: true, times: 1}},
		{"cut", writings, davFault{times: 1}},
		{"412", writings, davFault{status: http.StatusPreconditionFailed, times: 1}},
		{"409", writings, davFault{status: http.StatusConflict, times: 1, refuses: true}},
		{"applied, then cut", writings[:1], davFault{after: true, times: 1}},
		{"made twice by a proxy", writings, davFault{twice: true, times: 1}},
		{"503", writings[:1], davFault{status: http.StatusServiceUnavailable, times: 1}},
		{"429", writings[1:2], davFault{status: http.StatusTooManyRequests, times: 1}},
		{"507", writings[:2], davFault{status: http.StatusInsufficientStorage, times: 1}},
	}
	for i, fault := range faults {
		for _, writing := range fault.meets {
			t.Run(writing+" meets "+fault.name, func(t *testing.T) {
				t.Parallel()
				p := newDavPass(t, home.AddressBook(fmt.Sprint(writing, i), "Carnet"), over)
				p.way.writing, p.way.fault, p.way.left = writing, fault.davFault, fault.times
				run := p.r.sync()
				if p.way.left > 0 {
					t.Fatal("nothing went wrong")
				}
				if took := run.EndedAt.Sub(run.StartedAt); took > withinReason+10*time.Minute { // a full disk is given half an hour
					t.Errorf("it took %s", took)
				}
				if q := p.r.questions(); fault.refuses {
					if len(q) != 1 || q[0].Kind != storage.QuestionRefused || run.Totals.Failed != 1 {
						t.Fatalf("%+v, %+v", run.Totals, q)
					}
					return
				} else if len(q) > 0 {
					t.Errorf("%+v: %v", q[0], q[0].Reason)
				}
				if run.State != storage.RunDone {
					t.Errorf("%s: %v %+v", run.State, run.Problem, run.Totals)
				}
				if err := p.wrong(); err != nil {
					t.Error(err)
				}
				p.r.syncOK() // asks once for what was in doubt
				p.r.still()
			})
		}
	}
}
