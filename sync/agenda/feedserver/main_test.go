package feedserver_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"diapason/sync/agenda/feedserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

// asked is a Shelf that knows what was asked of it.
type asked struct {
	*feedserver.Shelf
	mu     stdsync.Mutex
	hashes []string
}

func (a *asked) Body(hash string) (*feedserver.Body, feedserver.State) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hashes = append(a.hashes, hash)
	return a.Shelf.Body(hash)
}

// lastChange is when the feeds of these tests changed last.
var lastChange = time.Date(2026, time.March, 29, 1, 30, 0, 0, time.UTC)

// body makes a feed of so many events.
func body(t testing.TB, titles ...string) *feedserver.Body {
	t.Helper()
	b, err := feedserver.NewBody("agenda.ics", calendar(titles...), lastChange)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// calendar writes a feed with one event per title.
func calendar(titles ...string) []byte {
	var b bytes.Buffer
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Diapason//test//FR\r\n")
	for i, title := range titles {
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:r%d@agenda.test\r\nDTSTAMP:20260301T080000Z\r\nDTSTART:20260401T%02d0000Z\r\n"+
			"DTEND:20260401T%02d3000Z\r\nSUMMARY:%s\r\nEND:VEVENT\r\n", i, i%24, i%24, title)
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.Bytes()
}

// rig is a server that listens, its shelf and its log.
type rig struct {
	testing.TB
	shelf  *asked
	server *feedserver.Server
	log    *logged
	base   string // "http://127.0.0.1:27463"
	port   int
}

// logged keeps what is written into the log.
type logged struct {
	mu   stdsync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newRig starts a server, which is stopped with the test.
func newRig(t testing.TB, l feedserver.Listen) *rig {
	t.Helper()
	r := &rig{TB: t, shelf: &asked{Shelf: feedserver.NewShelf()}, log: &logged{}}
	r.server = feedserver.New(feedserver.Params{
		Source: r.shelf, Clock: wallClock{}, Log: slog.New(slog.NewTextHandler(r.log, nil)),
	})
	if err := r.server.Start(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.server.Stop(); err != nil {
			t.Error(err)
		}
	})
	port, at, ok := r.server.Addr()
	if !ok {
		t.Fatal("the server does not listen")
	}
	r.base, r.port = at.Loopback, port
	return r
}

// link puts a feed on the shelf and gives its token.
func (r *rig) link(b *feedserver.Body) (token string) {
	token = feedserver.NewToken()
	r.put(token, b)
	return token
}

// put puts a feed under a token.
func (r *rig) put(token string, b *feedserver.Body) { r.shelf.Put(feedserver.Hash(token), b) }

func (r *rig) revoke(token string) { r.shelf.Revoke(feedserver.Hash(token)) }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request as it is: nothing is added, nothing unpacked. Headers alternate names and values; "Host" is taken
// for what it is.
func (r *rig) ask(method, url string, headers ...string) answer {
	r.Helper()
	a, err := r.try(method, url, headers...)
	if err != nil {
		r.Fatal(err)
	}
	return a
}

func (r *rig) try(method, url string, headers ...string) (answer, error) {
	r.Helper()
	request, err := http.NewRequestWithContext(r.Context(), method, url, nil)
	if err != nil {
		r.Fatal(err)
	}
	request.Header.Set("User-Agent", "curl/8.0")
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
			continue
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return answer{}, err
	}
	content, err := io.ReadAll(response.Body)
	if closing := response.Body.Close(); err == nil {
		err = closing
	}
	return answer{response.StatusCode, response.Header, string(content)}, err
}

// get reads a link.
func (r *rig) get(token string, headers ...string) answer {
	r.Helper()
	return r.ask(http.MethodGet, r.base+feedserver.Path(token), headers...)
}
