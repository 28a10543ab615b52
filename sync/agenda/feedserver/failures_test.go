package feedserver

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type virtualClock struct{}

func (virtualClock) Now() time.Time { return time.Now() } // the bubble's, in synctest

func newHandler(shelf *Shelf, log io.Writer) *handler {
	return &handler{Params: Params{shelf, virtualClock{}, slog.New(slog.NewTextHandler(log, nil))}, hosts: hostsOf(Listen{}, 27463)}
}

// caller asks a handler, from an address.
type caller struct {
	handler *handler
	from    string
}

func (c caller) get(token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://localhost:27463"+Path(token), nil)
	r.RemoteAddr = c.from
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

func TestOnlyFailuresAreLimitedAndPerAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		known := NewToken()
		body, err := NewBody("agenda.ics", []byte("BEGIN:VCALENDAR\r\n"), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		shelf := NewShelf()
		shelf.Put(Hash(known), body)
		h := newHandler(shelf, io.Discard)
		guesser, neighbour := caller{h, "192.0.2.1:5000"}, caller{h, "192.0.2.2:5000"}
		expect := func(c caller, token string, status int) *httptest.ResponseRecorder {
			t.Helper()
			w := c.get(token)
			if w.Code != status {
				t.Fatalf("%d, not %d", w.Code, status)
			}
			return w
		}
		for range 20 {
			expect(guesser, NewToken(), 404)
		}
		if w := expect(guesser, NewToken(), 429); w.Header().Get("Retry-After") != "3" {
			t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
		}
		expect(guesser, "court", 429)
		expect(caller{h, "192.0.2.1:5001"}, NewToken(), 429) // another connection of the same machine
		expect(neighbour, NewToken(), 404)
		for range 1000 {
			expect(guesser, known, 200)
		}
		time.Sleep(3 * time.Second)
		expect(guesser, NewToken(), 404)
		expect(guesser, NewToken(), 429)
		time.Sleep(time.Hour)
		for range 20 {
			expect(guesser, NewToken(), 404)
		}
		expect(guesser, NewToken(), 429)
	})
}

// An empty feed would empty its readers' calendars, and an error switch them off: the connection ends instead.
func TestFeedThatIsNotRenderedYetIsWaitedForAndNeverEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		token := NewToken()
		shelf := NewShelf()
		var log bytes.Buffer
		h := newHandler(shelf, &log)
		asked := func() (w *httptest.ResponseRecorder, aborted any) {
			defer func() { aborted = recover() }()
			return caller{h, "192.0.2.1:5000"}.get(token), nil
		}
		for _, b := range []*Body{nil, {}} {
			shelf.Put(Hash(token), b)
			begun := time.Now()
			if w, aborted := asked(); aborted != http.ErrAbortHandler || time.Since(begun) != renderPatience {
				t.Errorf("answered %v, %v after %s", w, aborted, time.Since(begun))
			}
		}
		if len(shelf.Readings()) > 0 || strings.Contains(log.String(), token) || !strings.Contains(log.String(), "rendered") {
			t.Errorf("told as read, or its token logged: %s", log.String())
		}
		body, err := NewBody("agenda.ics", []byte("BEGIN:VCALENDAR\r\n"), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Second, func() { shelf.Put(Hash(token), body) })
		if w, aborted := asked(); aborted != nil || w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("once it comes: %v, %v", w, aborted)
		}
	})
}

func TestAnAddressOfIPv6IsItsWholeNetwork(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9"}, {"fe80::1%eth0", "fe80::2%eth1"}, {"::ffff:192.0.2.1", "192.0.2.1"},
	} {
		if network(netip.MustParseAddr(c.a)) != network(netip.MustParseAddr(c.b)) {
			t.Errorf("%s and %s are two", c.a, c.b)
		}
	}
	if network(netip.MustParseAddr("2001:db8:1:2::1")) == network(netip.MustParseAddr("2001:db8:1:3::1")) {
		t.Error("two networks are one")
	}
}

func TestGuessersFromEverywhereDoNotFillTheMemory(t *testing.T) {
	var f failures
	now := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	guess := func(i int) bool {
		return f.allow(netip.MustParseAddr("10."+strconv.Itoa(i>>16&255)+"."+strconv.Itoa(i>>8&255)+"."+strconv.Itoa(i&255)), now)
	}
	for i := range 3*mostAddresses - 1 {
		if !guess(i) {
			t.Fatalf("address %d is held up for the others", i)
		}
		if len(f.by) > mostAddresses {
			t.Fatalf("%d addresses are kept", len(f.by))
		}
	}
	now = now.Add(time.Hour)
	latest := netip.MustParseAddr("192.0.2.1")
	for range failuresPerMinute {
		f.allow(latest, now)
	}
	if len(f.by) != mostAddresses || !guess(-1) {
		t.Fatalf("%d addresses are kept", len(f.by))
	}
	if f.allow(latest, now) || len(f.by) != 2 {
		t.Errorf("who guesses now was forgotten with those who guessed long ago; %d are kept", len(f.by))
	}
}
