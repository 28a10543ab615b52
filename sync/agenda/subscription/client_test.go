package subscription

import (
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCalendarIsReadOnceAndThenOnlyWhenItChanged(t *testing.T) {
	body := stay
	full := 0
	at := served(t, func(w http.ResponseWriter, r *http.Request) {
		tag := `"` + body[len(body)-40:len(body)-37] + `"`
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		full++
		say(body)(w, r)
	})
	c := NewClient(Params{})
	first, err := c.Read(t.Context(), Request{Address: at, Zone: "Europe/Paris"})
	if err != nil || first.Unchanged || len(slices.Collect(first.Calendar.Events)) != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	known := Request{Address: at, Zone: "Europe/Paris", ETag: first.ETag, LastModified: first.LastModified, Hash: first.Hash}
	again, err := c.Read(t.Context(), known)
	if err != nil || !again.Unchanged || again.ETag != first.ETag || full != 1 {
		t.Errorf("again: %+v, %v after %d full answers", again, err, full)
	}
	known.ETag = "" // a service without
	if same, err := c.Read(t.Context(), known); err != nil || !same.Unchanged || full != 2 {
		t.Errorf("the same body: %+v, %v", same, err)
	}
}

func TestCalendarIsReadPacked(t *testing.T) {
	at := served(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("gzip is not offered")
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		if _, err := z.Write([]byte(stay)); err != nil {
			t.Error(err)
		}
		if err := z.Close(); err != nil {
			t.Error(err)
		}
	})
	a, err := NewClient(Params{}).Read(t.Context(), Request{Address: at})
	if err != nil || len(slices.Collect(a.Calendar.Events)) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestWhatIsNoCalendarIsSaidInWords(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		code   string
		kind   Kind
	}{
		"a page":         {say("<!DOCTYPE html><title>Sign in</title>"), "outsideFeed.page", Lasting},
		"another file":   {say("name;date\n"), "outsideFeed.notCalendar", Lasting},
		"nothing":        {say(""), "outsideFeed.empty", Passing},
		"half of it":     {say(stay[:200]), "outsideFeed.cut", Passing},
		"missing":        {status(http.StatusNotFound), "outsideFeed.missing", Lasting},
		"gone":           {status(http.StatusGone), "outsideFeed.gone", Lasting},
		"unauthorised":   {status(http.StatusUnauthorized), "outsideFeed.closed", Lasting},
		"forbidden":      {status(http.StatusForbidden), "outsideFeed.closed", Lasting},
		"too often":      {status(http.StatusTooManyRequests), "outsideFeed.throttled", Passing},
		"captive":        {status(http.StatusNetworkAuthenticationRequired), "outsideFeed.captive", Offline},
		"broken":         {status(http.StatusBadGateway), "outsideFeed.serverError", Passing},
		"odd":            {status(http.StatusTeapot), "outsideFeed.answer", Lasting},
		"304 unasked":    {status(http.StatusNotModified), "outsideFeed.answer", Lasting},
		"a short length": {shortened, "outsideFeed.cut", Passing},
		"a cut gzip":     {cutGzip, "outsideFeed.cut", Passing},
		"an empty 204":   {status(http.StatusNoContent), "outsideFeed.answer", Lasting},
	} {
		t.Run(name, func(t *testing.T) {
			f := failed(t, Params{}, served(t, c.answer))
			if f.Problem.Code != c.code || f.Kind != c.kind {
				t.Errorf("%s (%d), not %s", f.Problem.Code, f.Kind, c.code)
			}
		})
	}
}

// shortened promises more than it sends.
func shortened(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "100000")
	say(stay)(w, r)
}

func cutGzip(w http.ResponseWriter, _ *http.Request) {
	var packed strings.Builder
	z := gzip.NewWriter(&packed)
	z.Write([]byte(stay)) //nolint:errcheck // into memory
	z.Close()             //nolint:errcheck // into memory
	w.Header().Set("Content-Encoding", "gzip")
	w.Write([]byte(packed.String()[:packed.Len()-20])) //nolint:errcheck // the client may be gone
}

func TestServiceAsksToBeLeftAlone(t *testing.T) {
	for text, want := range map[string]time.Duration{"120": 2 * time.Minute, "9999999999": longestPause, "-5": 0, "soon": 0} {
		at := served(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", text)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		if f := failed(t, Params{}, at); f.RetryAfter != want {
			t.Errorf("Retry-After %s: %s", text, f.RetryAfter)
		}
	}
}

func TestHostileServiceHoldsNothingUp(t *testing.T) {
	line := strings.Repeat("X-FILLER:0123456789\r\n", 5000)
	endless := func(w http.ResponseWriter, r *http.Request) {
		for _, err := w.Write([]byte(stay[:100])); err == nil && r.Context().Err() == nil; {
			_, err = w.Write([]byte(line))
		}
	}
	bomb := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close() //nolint:errcheck // the client is gone
		for range 2 * largest / len(line) {
			if _, err := z.Write([]byte(line)); err != nil {
				return
			}
		}
	}
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	dripping := func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(stay[:100])) //nolint:errcheck // the client may be gone
		w.(http.Flusher).Flush()    // the head of the answer is there
		<-r.Context().Done()        // and nothing comes after it
	}
	round := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) }
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		within time.Duration
		code   string
	}{
		"endless":  {endless, 0, "outsideFeed.tooLarge"},
		"a bomb":   {bomb, 0, "outsideFeed.tooLarge"},
		"silent":   {silent, brief, "outsideFeed.slow"},
		"dripping": {dripping, brief, "outsideFeed.slow"},
		"round":    {round, 0, "outsideFeed.redirects"},
	} {
		t.Run(name, func(t *testing.T) {
			if f := failed(t, Params{Within: c.within}, served(t, c.answer)); f.Problem.Code != c.code {
				t.Errorf("%s: %v", f.Problem.Code, f)
			}
		})
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	asked := make(chan struct{})
	at := served(t, func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if _, err := NewClient(Params{}).Read(ctx, Request{Address: at}); !errors.Is(err, context.Canceled) {
		t.Errorf("it gives %v", err)
	}
}

func TestRedirectsAreFollowedOnlyWhereTheyMayLead(t *testing.T) {
	calendar := served(t, say(stay))
	to := func(where string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/moved.ics" {
				say(stay)(w, r)
				return
			}
			http.Redirect(w, r, where, http.StatusMovedPermanently)
		}
	}
	c := NewClient(Params{})
	if _, err := c.Read(t.Context(), Request{Address: served(t, to("/moved.ics"))}); err != nil {
		t.Errorf("on the same server: %v", err)
	}
	for name, where := range map[string]string{
		"another port of this machine": calendar.String(), "this machine by its name": "http://localhost:" + calendar.Port() + "/agenda.ics",
		"the local network": "http://192.168.1.1/agenda.ics", "the machine's own services": "http://169.254.169.254/latest/",
		"this machine in IPv6": "http://[::1]:" + calendar.Port() + "/", "this machine, disguised": "http://[::ffff:127.0.0.1]:" + calendar.Port() + "/",
	} {
		if f := failed(t, Params{}, served(t, to(where))); f.Problem.Code != "outsideFeed.inside" {
			t.Errorf("to %s: %v", name, f)
		}
	}
	if f := failed(t, Params{}, served(t, to("file:///etc/passwd"))); f.Problem.Code != "outsideFeed.insecure" {
		t.Errorf("to a file: %v", f)
	}
	at, trusted := secure(t, to(calendar.String()))
	if f := failed(t, Params{TLS: trusted}, at); f.Problem.Code != "outsideFeed.insecure" {
		t.Errorf("from https to http: %v", f)
	}
}

func TestCertificateProblemsAreSaid(t *testing.T) {
	at, trusted := secure(t, say(stay))
	if _, err := NewClient(Params{TLS: trusted}).Read(t.Context(), Request{Address: at}); err != nil {
		t.Fatalf("trusted: %v", err)
	}
	other := *at
	other.Host = "localhost:" + at.Port()
	later := trusted.Clone()
	later.Time = func() time.Time { return time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC) }
	plain := served(t, say(stay))
	plain.Scheme = "https"
	for name, c := range map[string]struct {
		at   *url.URL
		p    Params
		code string
	}{
		"signed by nobody": {at, Params{}, "outsideFeed.certificate"},
		"another name":     {&other, Params{TLS: trusted}, "outsideFeed.certificateName"},
		"expired":          {at, Params{TLS: later}, "outsideFeed.certificateExpired"},
		"no TLS":           {plain, Params{TLS: trusted}, "outsideFeed.notTLS"},
	} {
		if f := failed(t, c.p, c.at); f.Problem.Code != c.code || f.Kind != Lasting {
			t.Errorf("%s: %v", name, f)
		}
	}
}

func TestComputerWithoutConnectionIsSaid(t *testing.T) {
	at := served(t, say(stay))
	closed := *at
	closed.Host = "127.0.0.1:1" // nobody listens there
	if f := failed(t, Params{}, &closed); f.Problem.Code != "outsideFeed.offline" || f.Kind != Offline {
		t.Errorf("it gives %v", f)
	}
}
