package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"diapason/sync/sandbox"
)

// client calls a directory as a connector does.
type client struct {
	*testing.T
	http *http.Client
	base string
}

// seen is what a client sees of one call.
type seen struct {
	what   string // "200", "429", "refused", "200 then cut"…
	header http.Header
	body   string
}

func (c client) call(method, path, body string, headers ...string) seen {
	c.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.http.Do(r)
	if err != nil {
		return seen{what: failure(err)}
	}
	raw, err := io.ReadAll(res.Body)
	if err := res.Body.Close(); err != nil {
		c.Error(err)
	}
	s := seen{what: fmt.Sprint(res.StatusCode), header: res.Header, body: string(raw)}
	if err != nil {
		s.what += " then " + failure(err)
	}
	return s
}

func failure(err error) string {
	var late net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET):
		return "reset"
	case errors.As(err, &late) && late.Timeout():
		return "silence"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "cut"
	}
	return err.Error()
}

func (c client) listing(s seen) sandbox.Listing {
	c.Helper()
	var l sandbox.Listing
	if err := json.Unmarshal([]byte(s.body), &l); err != nil {
		c.Fatalf("%s: %v", s.body, err)
	}
	return l
}

// inMemory calls d without a socket; it is used inside a synctest bubble.
func inMemory(t *testing.T, d *sandbox.Trial) client {
	return client{t, &http.Client{
		Transport: sandbox.Transport{Handler: d}, Timeout: 10 * time.Second, CheckRedirect: noRedirect,
	}, "http://essai.test"}
}

// overTCP serves d on a real socket; patience is the client's.
func overTCP(t *testing.T, d *sandbox.Trial, patience time.Duration) client {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	server, err := d.Serve(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := server.Wait(); err != nil {
			t.Error(err)
		}
	})
	return client{t, &http.Client{
		Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience, CheckRedirect: noRedirect,
	}, server.URL}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

const rename = `{"values":{"name":"Hôtel renommé après travaux"}}`

// outcome is what a change of name meets.
type outcome struct {
	what    string
	tcp     string // over TCP, when it differs
	applied bool
	then    func(client, *sandbox.Trial, seen) // what else shows
}

var outcomes = map[sandbox.FaultKind]outcome{
	sandbox.Refused:            {what: "refused", tcp: "reset"},
	sandbox.Reset:              {what: "reset"},
	sandbox.Cut:                {what: "cut"},
	sandbox.Slow:               {what: "200", applied: true},
	sandbox.HeadersThenSilence: {what: "200 then silence", applied: true},
	sandbox.CutBody:            {what: "200 then cut", applied: true},
	sandbox.Portal:             {what: "200", then: isPage},
	sandbox.PortalRedirect:     {what: "302", then: leadsAway},
	sandbox.ApplyThen500:       {what: "500", applied: true},
	sandbox.ApplyThenCut:       {what: "cut", applied: true},
	sandbox.ApplyThenHang:      {what: "silence", applied: true},
	sandbox.DuplicatedAnswer:   {what: "200", applied: true, then: comesTwice},
	sandbox.TooManySeconds:     {what: "429", then: asksFor("30")},
	sandbox.TooManyDate:        {what: "429", then: asksUntil(30 * time.Second)},
	sandbox.TooManyNonsense:    {what: "429", then: asksFor("soon, maybe")},
	sandbox.TooManyBare:        {what: "429", then: asksFor("")},
	sandbox.Unavailable:        {what: "503", then: asksFor("")},
	sandbox.UnavailableWait:    {what: "503", then: asksFor("30")},
	sandbox.Unauthorized:       {what: "401"},
	sandbox.Conflict:           {what: "409"},
	sandbox.Precondition:       {what: "412"},
	sandbox.ETagChanged:        {what: "200", applied: true, then: versionHolds(`"v2"`, "412")},
	sandbox.ETagNull:           {what: "200", applied: true, then: versionHolds("", "428")},
	sandbox.ETagUnquoted:       {what: "200", applied: true, then: versionHolds("v2", "412")},
	sandbox.ClockAhead:         {what: "200", applied: true, then: clockIs(10 * time.Minute)},
	sandbox.ClockBehind:        {what: "200", applied: true, then: clockIs(-10 * time.Minute)},
	sandbox.CaseChanged:        {what: "200", applied: true, then: keeps("HÔTEL RENOMMÉ APRÈS TRAVAUX")},
	sandbox.AccentsChanged:     {what: "200", applied: true, then: keeps("Ho\u0302tel renomme\u0301 apre\u0300s travaux")},
	sandbox.LengthChanged:      {what: "200", applied: true, then: keeps("Hôtel renomm")},
	sandbox.RejectedLater:      {what: "200", applied: true, then: isRejected},
}

// elsewhere are the faults that a change of one listing does not meet; tests of their own follow.
var elsewhere = []sandbox.FaultKind{
	sandbox.HalfApplied, sandbox.BatchRefused, sandbox.TruncatedList, sandbox.EmptyList, sandbox.RepeatedPage,
	sandbox.MissingPage,
}

func isPage(c client, _ *sandbox.Trial, s seen) {
	if !strings.HasPrefix(s.header.Get("Content-Type"), "text/html") || !strings.HasPrefix(s.body, "<!DOCTYPE html>") {
		c.Errorf("%v %s", s.header, s.body)
	}
}

func leadsAway(c client, _ *sandbox.Trial, s seen) {
	if to := s.header.Get("Location"); to == "" || strings.HasPrefix(to, c.base) {
		c.Errorf("redirected to %q", to)
	}
}

func comesTwice(c client, _ *sandbox.Trial, s seen) {
	if half := s.body[:len(s.body)/2]; half+half != s.body || c.listing(seen{body: half}).ID != "T000001" {
		c.Errorf("body %s", s.body)
	}
}

func asksFor(want string) func(client, *sandbox.Trial, seen) {
	return func(c client, _ *sandbox.Trial, s seen) {
		if got := s.header.Get("Retry-After"); got != want {
			c.Errorf("Retry-After %q, want %q", got, want)
		}
	}
}

func asksUntil(want time.Duration) func(client, *sandbox.Trial, seen) {
	return func(c client, _ *sandbox.Trial, s seen) {
		at, err := http.ParseTime(s.header.Get("Retry-After"))
		now, err2 := http.ParseTime(s.header.Get("Date"))
		if err != nil || err2 != nil || at.Sub(now) != want {
			c.Errorf("Retry-After %q at %q", s.header.Get("Retry-After"), s.header.Get("Date"))
		}
	}
}

// versionHolds tells which version the answer shows and what a change with it then meets.
func versionHolds(want, then string) func(client, *sandbox.Trial, seen) {
	return func(c client, _ *sandbox.Trial, s seen) {
		if l := c.listing(s); l.ETag != want || s.header.Get("ETag") != want {
			c.Errorf("version %q in the body, %q in the header, want %q", l.ETag, s.header.Get("ETag"), want)
		}
		if want == "" && !strings.Contains(s.body, `"etag":null`) {
			c.Errorf("body %s", s.body)
		}
		if again := c.call("PATCH", "/v1/listings/T000001", rename, "If-Match", want); again.what != then {
			c.Errorf("a change of that version: %s, want %s", again.what, then)
		}
	}
}

func clockIs(ahead time.Duration) func(client, *sandbox.Trial, seen) {
	return func(c client, d *sandbox.Trial, s seen) {
		at, err := http.ParseTime(s.header.Get("Date"))
		if gap := time.Until(at) - ahead; err != nil || gap.Abs() > 2*time.Second {
			c.Errorf("date %q %v", s.header.Get("Date"), err)
		}
		d.Misbehave(sandbox.Fault{Kind: sandbox.ClockAhead})
		d.Misbehave(sandbox.Fault{Kind: sandbox.TooManyDate, Delay: time.Minute})
		both := c.call("GET", "/v1/account", "")
		asksUntil(time.Minute)(c, d, both)
		at, err = http.ParseTime(both.header.Get("Retry-After"))
		if gap := time.Until(at) - 11*time.Minute; err != nil || gap.Abs() > 2*time.Second {
			c.Errorf("its dates do not follow its clock: %q %v", both.header.Get("Retry-After"), err)
		}
	}
}

func keeps(name string) func(client, *sandbox.Trial, seen) {
	return func(c client, d *sandbox.Trial, _ seen) {
		if got := d.Record("H1").Values["name"]; got != name {
			c.Errorf("kept %q, want %q", got, name)
		}
	}
}

func isRejected(c client, d *sandbox.Trial, s seen) {
	if l := c.listing(s); l.State != sandbox.StateModeration || l.Values["name"] != "Hôtel" {
		c.Errorf("%+v", l)
	}
	if r := d.Record("H1"); r.DecideAt.IsZero() || r.Sentence == "" {
		c.Errorf("%+v", r)
	}
}

func (o outcome) happens(c client, d *sandbox.Trial, what string, kind sandbox.FaultKind, delay time.Duration) {
	c.Helper()
	if s := c.call("POST", "/v1/listings", valid); s.what != "201" {
		c.Fatal(s)
	}
	d.Misbehave(sandbox.Fault{Kind: kind, Method: "PATCH", Delay: delay})
	if n := len(d.Faults()); n != 1 {
		c.Fatalf("%d faults wait", n)
	}
	s := c.call("PATCH", "/v1/listings/T000001", rename, "If-Match", `"v1"`)
	if s.what != what {
		c.Errorf("the client sees %s, want %s", s.what, what)
	}
	if n := d.Effects("H1"); n == 2 != o.applied {
		c.Errorf("%d effects", n)
	}
	if left := d.Faults(); len(left) != 0 {
		c.Errorf("faults left: %+v", left)
	}
	if o.then != nil {
		o.then(c, d, s)
	}
}

func TestEachFaultShowsTheClientExactlyThis(t *testing.T) {
	for kind, o := range outcomes {
		t.Run("in memory/"+string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newTrial(t, sandbox.TrialParams{})
				o.happens(inMemory(t, d), d, o.what, kind, 0)
			})
		})
		t.Run("over TCP/"+string(kind), func(t *testing.T) {
			d := newTrial(t, sandbox.TrialParams{})
			patience, delay := 5*time.Second, time.Duration(0)
			switch kind {
			case sandbox.HeadersThenSilence, sandbox.ApplyThenHang:
				patience = 100 * time.Millisecond
			case sandbox.Slow:
				delay = time.Millisecond
			}
			what := o.what
			if o.tcp != "" {
				what = o.tcp
			}
			o.happens(overTCP(t, d, patience), d, what, kind, delay)
		})
	}
}

func TestEachFaultForPeopleHasANameAndATest(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "assets", "translations", lang, "fault.json"))
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]string{}
		if err := json.Unmarshal(raw, &names); err != nil {
			t.Fatal(err)
		}
		for _, k := range sandbox.FaultKinds {
			if names[k.Sentence()] == "" {
				t.Errorf("%s: no name for %s", lang, k)
			}
		}
		if len(names) != len(sandbox.FaultKinds) {
			t.Errorf("%s: %d names for %d faults", lang, len(names), len(sandbox.FaultKinds))
		}
	}
	for _, k := range sandbox.FaultKinds {
		if _, tested := outcomes[k]; tested == slices.Contains(elsewhere, k) {
			t.Errorf("%s is not tested in one place", k)
		}
	}
}

func TestFaultsStrikeInTheirOrderAndOnlyTheirCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newTrial(t, sandbox.TrialParams{})
		c := inMemory(t, d)
		d.Misbehave(sandbox.Fault{Kind: sandbox.TruncatedList, Times: 5})
		d.Misbehave(sandbox.Fault{Kind: sandbox.Unauthorized, Skip: 1})
		d.Misbehave(sandbox.Fault{Kind: sandbox.Answer, Status: 418, Header: map[string]string{"X-Tea": "green"}, Times: 2})
		for i, want := range []string{"418", "401", "418", "200"} {
			if s := c.call("GET", "/v1/account", ""); s.what != want {
				t.Errorf("call %d: %s, want %s", i, s.what, want)
			}
		}
		if left := d.Faults(); len(left) != 1 || left[0].Kind != sandbox.TruncatedList || left[0].Times != 5 {
			t.Errorf("left %+v", left)
		}
		d.Behave()
		if left := d.Faults(); left != nil {
			t.Errorf("left %+v", left)
		}
	})
}

func TestRejectionOfTheModerationComesInItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newTrial(t, sandbox.TrialParams{})
		c := inMemory(t, d)
		d.Misbehave(sandbox.Fault{Kind: sandbox.RejectedLater, Delay: time.Hour})
		if l := c.listing(c.call("POST", "/v1/listings", valid)); l.State != sandbox.StateModeration {
			t.Fatalf("%+v", l)
		}
		time.Sleep(time.Hour)
		l := c.listing(c.call("GET", "/v1/listings/T000001", ""))
		if l.State != sandbox.StateRefused || l.Reason == "" || len(l.Values) != 0 {
			t.Errorf("%+v", l)
		}
		if s := c.call("PATCH", "/v1/listings/T000001", rename, "If-Match", l.ETag); c.listing(s).State != sandbox.StatePublished {
			t.Errorf("the next one is not refused: %+v", s)
		}
	})
}
