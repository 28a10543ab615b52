package feedserver_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

func TestFeedIsServedWithTheHeadersThatCalendarsNeed(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	b := body(t, "Répétition", "Concert")
	a := r.get(r.link(b))
	if a.status != http.StatusOK || a.body != string(b.Plain) {
		t.Fatalf("%d, %d bytes of %d", a.status, len(a.body), len(b.Plain))
	}
	a.header.Del("Date")
	want := http.Header{
		"Content-Type":           {"text/calendar; charset=utf-8"},
		"Content-Disposition":    {`inline; filename="agenda.ics"`},
		"Content-Length":         {a.header.Get("Content-Length")},
		"Etag":                   {b.ETag},
		"Last-Modified":          {"Sun, 29 Mar 2026 01:30:00 GMT"},
		"Cache-Control":          {"private, max-age=300"},
		"Referrer-Policy":        {"no-referrer"},
		"X-Content-Type-Options": {"nosniff"},
		"X-Robots-Tag":           {"noindex, nofollow"},
		"Vary":                   {"Accept-Encoding"},
		"Accept-Ranges":          {"bytes"},
	}
	if diff := cmp.Diff(want, a.header); diff != "" {
		t.Error(diff)
	}
}

func TestFileIsNamedForWhoeverOpensTheLinkInABrowser(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	for name, want := range map[string]string{
		"Planning.ics":            `inline; filename="Planning.ics"`,
		"Répétitions.ics":         `inline; filename="R_p_titions.ics"; filename*=UTF-8''R%C3%A9p%C3%A9titions.ics`,
		"a\"b\\c/d\r\nX-Y: 1.ics": `inline; filename="a_b_c_d__X-Y: 1.ics"; filename*=UTF-8''a%22b%5Cc%2Fd%0D%0AX-Y:%201.ics`,
	} {
		b, err := feedserver.NewBody(name, calendar("Concert"), lastChange)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.get(r.link(b)).header.Get("Content-Disposition"); got != want {
			t.Errorf("%q: %s", name, got)
		}
	}
}

func TestHeadTellsWhatGetTellsWithoutTheBody(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert"))
	for _, accept := range []string{"gzip", "identity"} {
		get := r.get(token, "Accept-Encoding", accept)
		head := r.ask(http.MethodHead, r.base+feedserver.Path(token), "Accept-Encoding", accept)
		get.header.Del("Date")
		head.header.Del("Date")
		if head.status != get.status || head.body != "" || !cmp.Equal(head.header, get.header) {
			t.Errorf("%s: HEAD %d %q\n%s", accept, head.status, head.body, cmp.Diff(get.header, head.header))
		}
	}
}

func TestNothingButReadingIsAllowed(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert"))
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT", "TRACE"} {
		for _, path := range []string{feedserver.Path(token), "/", "/agenda/nobody.ics"} {
			a := r.ask(method, r.base+path)
			if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s: %d, Allow %q", method, a.status, a.header.Get("Allow"))
			}
			for name := range a.header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s: %s lets pages of other sites in", method, name)
				}
			}
		}
	}
}

func TestReadingAgainOnConditions(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	b := body(t, "Concert", "Répétition")
	token := r.link(b)
	const changed, other = "Sun, 29 Mar 2026 01:30:00 GMT", `"0123"`
	for _, c := range []struct {
		name, header, value, accept string
		status                      int
	}{
		{"the ETag that was given", "If-None-Match", b.ETag, "identity", 304},
		{"a proxy's weak form of it", "If-None-Match", "W/" + b.ETag, "identity", 304},
		{"among others", "If-None-Match", other + ", " + b.ETag, "identity", 304},
		{"whichever", "If-None-Match", "*", "identity", 304},
		{"another", "If-None-Match", other, "identity", 200},
		{"the compressed body's, for it", "If-None-Match", b.GzipETag, "gzip", 304},
		{"the compressed body's, for the plain one", "If-None-Match", b.GzipETag, "identity", 200},
		{"the plain body's, for the compressed one", "If-None-Match", b.ETag, "gzip", 200},
		{"the date that was given", "If-Modified-Since", changed, "gzip", 304},
		{"an earlier date", "If-Modified-Since", "Sun, 29 Mar 2026 01:29:59 GMT", "gzip", 200},
		{"a later date: the feed was set back by a deletion", "If-Modified-Since", "Sun, 29 Mar 2026 01:30:01 GMT", "gzip", 200},
		{"no date", "If-Modified-Since", "yesterday", "gzip", 200},
	} {
		a := r.get(token, c.header, c.value, "Accept-Encoding", c.accept)
		if a.status != c.status || (a.body == "") != (c.status == 304) {
			t.Errorf("%s: %d with %d bytes, not %d", c.name, a.status, len(a.body), c.status)
		}
		if a.status == 304 && (a.header.Get("ETag") == "" || a.header.Get("Cache-Control") == "" || a.header.Get("Vary") == "") {
			t.Errorf("%s: 304 lacks what 200 says: %v", c.name, a.header)
		}
	}
	if a := r.get(token, "If-None-Match", other, "If-Modified-Since", changed); a.status != 200 {
		t.Errorf("the ETag decides where there is one: %d", a.status)
	}
}

func TestCompressionIsNegotiated(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	b := body(t, "Concert")
	token := r.link(b)
	for accept, compressed := range map[string]bool{
		"gzip": true, "gzip, deflate": true, "deflate, gzip;q=0.5": true, "br, GZIP ; q=1.0": true, "x-gzip": true, "*": true,
		"": false, "identity": false, "deflate": false, "gzip;q=0": false, "gzip; q=0.000, *": false, "*;q=0": false, "gzippy": false,
	} {
		a := r.get(token, "Accept-Encoding", accept)
		if got := a.header.Get("Content-Encoding") == "gzip"; got != compressed {
			t.Errorf("%q: compressed %t", accept, got)
		}
		if unpacked(t, a) != string(b.Plain) {
			t.Errorf("%q: another body", accept)
		}
	}
}

func unpacked(t interface{ Fatal(...any) }, a answer) string {
	if a.header.Get("Content-Encoding") != "gzip" {
		return a.body
	}
	z, err := gzip.NewReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// Whatever the feed and however it is asked for: what is read is what was put there, each encoding has its own ETag, and
// who comes back with it reads nothing twice.
func TestWhatIsReadIsWhatWasPutThere(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := feedserver.NewToken()
	rapid.Check(t, func(t *rapid.T) {
		plain := bytes.Repeat(append([]byte("BEGIN:VCALENDAR\r\n"), rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "line")...),
			rapid.SampledFrom([]int{1, 7, 5000}).Draw(t, "times"))
		b, err := feedserver.NewBody(rapid.String().Draw(t, "name"), plain, lastChange)
		if err != nil {
			t.Fatal(err)
		}
		r.put(token, b)
		accept := rapid.SampledFrom([]string{"gzip", "identity", "br;q=1, gzip;q=0.1"}).Draw(t, "accept")
		a := r.get(token, "Accept-Encoding", accept)
		if a.status != 200 || unpacked(t, a) != string(plain) {
			t.Fatalf("%d, another body", a.status)
		}
		if b.ETag == b.GzipETag || a.header.Get("ETag") == "" {
			t.Fatalf("ETags %s and %s", b.ETag, b.GzipETag)
		}
		if again := r.get(token, "Accept-Encoding", accept, "If-None-Match", a.header.Get("ETag")); again.status != 304 {
			t.Fatalf("again: %d", again.status)
		}
		from := rapid.IntRange(0, len(plain)-1).Draw(t, "from")
		part := r.get(token, "Range", fmt.Sprintf("bytes=%d-", from))
		if part.status != 206 || part.body != string(plain[from:]) {
			t.Fatalf("from byte %d on: %d, %d bytes", from, part.status, len(part.body))
		}
	})
}

func TestUnknownAndMalformedTokensGetTheSameAnswer(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert"))
	var first answer
	for i, path := range []string{
		feedserver.Path(feedserver.NewToken()), "/", "/agenda/", "/agenda", "/agenda/.ics", "/agenda/court.ics", "/robots.txt",
		feedserver.Path(token[:31]), feedserver.Path(token + "a"), feedserver.Path(strings.Repeat("0", 32)), "/agenda/" + token,
		"/" + token + ".ics", "//agenda/" + token + ".ics", "/x/../agenda/" + token + ".ics", "/agenda/%00" + token[:31] + ".ics",
	} {
		r.shelf.hashes = nil
		a := r.ask(http.MethodGet, r.base+path)
		a.header.Del("Date")
		if i == 0 {
			first = a
		}
		if a.status != 404 || !cmp.Equal(a, first, cmp.AllowUnexported(answer{})) {
			t.Errorf("%s: %+v", path, a)
		}
		if len(r.shelf.hashes) != 1 || len(r.shelf.hashes[0]) != 64 {
			t.Errorf("%s: looked up %v", path, r.shelf.hashes)
		}
	}
	if !strings.Contains(first.body, "n’existe pas") || !strings.Contains(first.body, "no such link") {
		t.Errorf("%q is not said in both languages", first.body)
	}
}

func TestTokenMayBeWrittenInCapitals(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert"))
	if a := r.get(strings.ToUpper(token)); a.status != 200 {
		t.Errorf("%d", a.status)
	}
}

func TestForgottenTokenIsAsUnknownAsAnyOther(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert"))
	r.revoke(token)
	r.shelf.Forget(feedserver.Hash(token))
	if a := r.get(token); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
}

func TestRevokedLinkIsGoneHoweverOftenItIsAskedFor(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert"))
	r.revoke(token)
	for range 50 {
		if a := r.get(token); a.status != http.StatusGone || !strings.Contains(a.body, "révoqué") {
			t.Fatalf("%d %q", a.status, a.body)
		}
	}
}

func TestReadingsAreTold(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	b := body(t, "Concert")
	token := r.link(b)
	hash := feedserver.Hash(token)
	r.get(token, "User-Agent", "Google-Calendar-Importer")
	r.get(token, "User-Agent", "ICSx5/2.2 (Android)", "If-None-Match", b.ETag)
	r.get(token, "User-Agent", "Google-Calendar-Importer")
	r.get(token, "User-Agent", feedserver.OwnAgent)
	r.ask(http.MethodHead, r.base+feedserver.Path(token))
	r.get(feedserver.NewToken())
	<-r.shelf.Noticed()
	got := r.shelf.Readings()
	for i := range got {
		if got[i].At.IsZero() {
			t.Errorf("%s read at no time", got[i].Client)
		}
		got[i].At = time.Time{}
	}
	want := []feedserver.Reading{
		{TokenHash: hash, FeedReading: storage.FeedReading{Client: "ICSx⁵", From: "127.0.0.1"}},
		{TokenHash: hash, FeedReading: storage.FeedReading{Client: "Google Agenda", From: "127.0.0.1"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the last of each program, the oldest first: %s", diff)
	}
	if again := r.shelf.Readings(); len(again) > 0 {
		t.Errorf("taken twice: %+v", again)
	}
}

func TestTokensAreInNoLog(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token, never := r.link(body(t, "Concert")), feedserver.NewToken()
	gone := r.link(body(t, "Concert"))
	r.revoke(gone)
	r.get(token)
	r.get(gone)
	r.get(never)
	r.ask(http.MethodPost, r.base+feedserver.Path(token))
	r.ask(http.MethodGet, r.base+feedserver.Path(token), "Host", token+".test")
	r.get(strings.ToUpper(never), "User-Agent", token)
	log := strings.ToLower(r.log.String())
	if !strings.Contains(log, "status=404") || !strings.Contains(log, "status=410") || !strings.Contains(log, "status=403") {
		t.Fatalf("the log tells nothing: %s", log)
	}
	for _, secret := range []string{token, never, gone} {
		if strings.Contains(log, secret) {
			t.Errorf("a token is in the log:\n%s", log)
		}
	}
}

func TestTooLongRequestsAreRefused(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert"))
	if a := r.get(token, "Cookie", strings.Repeat("x", 64<<10)); a.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%d", a.status)
	}
}

func TestTokensHave160BitsThatCanBeReadAloud(t *testing.T) {
	seen := map[string]bool{}
	letters := map[rune]int{}
	for range 1000 {
		token := feedserver.NewToken()
		if len(token) != 32 || strings.Trim(token, "abcdefghijklmnopqrstuvwxyz234567") != "" || seen[token] {
			t.Fatalf("token %q", token)
		}
		seen[token] = true
		for _, l := range token {
			letters[l]++
		}
	}
	// 32,000 letters, 1,000 of each expected: 200 off would be more than six standard deviations.
	for l, n := range letters {
		if n < 800 || n > 1200 {
			t.Errorf("%q comes %d times", l, n)
		}
	}
	if len(letters) != 32 {
		t.Errorf("%d letters are used", len(letters))
	}
	if feedserver.Hash("abc") != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error("the hash is not SHA-256 in hexadecimal (FIPS 180-4's example)")
	}
}

func TestMaskHidesTokensAndNothingElse(t *testing.T) {
	token := feedserver.NewToken()
	text := "GET https://agenda.example/agenda/" + token + ".ics: connection refused (port 27463)"
	if got := feedserver.Mask(text); got != "GET https://agenda.example/agenda/….ics: connection refused (port 27463)" {
		t.Error(got)
	}
}
