package feedserver_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	stdsync "sync"
	"testing"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

func TestOnlyKnownHostsAreAnswered(t *testing.T) {
	const second = "127.0.0.2" // stands for an address of the local network
	lan := feedserver.Listen{LAN: []netip.Addr{netip.MustParseAddr(second)}, Names: []string{"Agenda.example"}}
	for name, c := range map[string]struct {
		listen feedserver.Listen
		allow  []string // "PORT" stands for the port
	}{
		"this machine":  {feedserver.Listen{}, []string{"127.0.0.1:PORT", "localhost:PORT", "LOCALHOST:PORT", "[::1]:PORT"}},
		"local network": {lan, []string{"127.0.0.1:PORT", "localhost:PORT", second + ":PORT", "agenda.example:PORT", "AGENDA.example"}},
	} {
		r := newRig(t, c.listen)
		token := r.link(body(t, "Concert"))
		port := strconv.Itoa(r.port)
		for _, host := range []string{
			"127.0.0.1:PORT", "localhost:PORT", "LOCALHOST:PORT", "[::1]:PORT", second + ":PORT", "agenda.example:PORT", "AGENDA.example",
			"127.0.0.1", "localhost", "127.0.0.1:1", "rebind.example:PORT", "localhost.rebind.example:PORT", "localhost.:PORT",
			"127.0.0.3:PORT", "0.0.0.0:PORT", "192.0.2.7:PORT", "2130706433:PORT",
		} {
			want := http.StatusForbidden
			if slices.Contains(c.allow, host) || strings.HasPrefix(host, "[::1]") || host == "LOCALHOST:PORT" {
				want = http.StatusOK
			}
			a := r.get(token, "Host", strings.Replace(host, "PORT", port, 1))
			if a.status != want {
				t.Errorf("%s: Host %s is answered %d, not %d", name, host, a.status, want)
			}
			if want == http.StatusForbidden && (!strings.Contains(a.body, "sous cette adresse") || strings.Contains(a.body, "VCALENDAR")) {
				t.Errorf("%s: Host %s is told %q", name, host, a.body)
			}
		}
	}
}

func TestRequestWithoutAHostIsRefused(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert"))
	for _, version := range []string{"HTTP/1.0", "HTTP/1.1"} {
		c, err := net.Dial("tcp", strings.TrimPrefix(r.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(c, "GET "+feedserver.Path(token)+" "+version+"\r\nConnection: close\r\n\r\n")
		said, reading := io.ReadAll(c)
		if err := errors.Join(err, reading, c.Close()); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(said), "VCALENDAR") || !strings.Contains(string(said), " 40") {
			t.Errorf("%s: %s", version, said)
		}
	}
}

func TestBothAddressesOfThisMachineAnswer(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert"))
	port := strconv.Itoa(r.port)
	if probe, err := net.Listen("tcp", "[::1]:0"); err != nil {
		t.Log("this machine has no IPv6")
	} else {
		if err := probe.Close(); err != nil {
			t.Fatal(err)
		}
		if a := r.ask(http.MethodGet, "http://[::1]:"+port+feedserver.Path(token)); a.status != 200 {
			t.Errorf("::1: %d", a.status)
		}
	}
	if a := r.ask(http.MethodGet, "http://localhost:"+port+feedserver.Path(token)); a.status != 200 {
		t.Errorf("localhost: %d", a.status)
	}
	addresses, err := feedserver.LANAddresses()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if c, err := net.Dial("tcp", net.JoinHostPort(a.Addr.String(), port)); err == nil {
			t.Errorf("%s answers though nobody asked for it", a.Addr)
			c.Close() //nolint:errcheck // it was not to be there
		}
	}
}

func TestRestartKeepsPortAndETag(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	token := r.link(body(t, "Concert"))
	before := r.get(token, "Accept-Encoding", "gzip")
	if err := r.server.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := r.server.Addr(); ok {
		t.Error("a stopped server says that it listens")
	}
	if _, err := r.try(http.MethodGet, r.base+feedserver.Path(token)); err == nil {
		t.Error("a stopped server answers")
	}
	again := newRig(t, feedserver.Listen{Port: r.port})
	again.put(token, body(t, "Concert"))
	if again.base != r.base {
		t.Errorf("%s became %s", r.base, again.base)
	}
	if a := again.get(token, "Accept-Encoding", "gzip", "If-None-Match", before.header.Get("ETag")); a.status != 304 {
		t.Errorf("%d after the restart", a.status)
	}
}

func TestStartAgainAfterStop(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	if err := r.server.Start(t.Context(), feedserver.Listen{}); err == nil {
		t.Error("started twice")
	}
	for range 2 { // stopping again does nothing
		if err := r.server.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.server.Start(t.Context(), feedserver.Listen{Port: r.port}); err != nil {
		t.Fatal(err)
	}
	if a := r.get(r.link(body(t, "Concert"))); a.status != 200 {
		t.Errorf("%d", a.status)
	}
}

func TestPortOfAnotherProgramIsNamedAndAnotherOffered(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		other, err := net.Listen("tcp", address)
		if err != nil {
			t.Log("this machine has no", address)
			continue
		}
		_, text, err := net.SplitHostPort(other.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		port, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		server := feedserver.New(feedserver.Params{Source: feedserver.NewShelf(), Clock: wallClock{}, Log: slog.New(slog.DiscardHandler)})
		err = server.Start(t.Context(), feedserver.Listen{Port: port})
		var taken *feedserver.PortTaken
		if !errors.As(err, &taken) {
			t.Fatalf("%s: %v", address, err)
		}
		code := "feedserver.portTaken"
		if runtime.GOOS == "linux" {
			code = "feedserver.portTakenBy"
			if self, err := os.Executable(); err != nil || taken.By != filepath.Base(self) {
				t.Errorf("%s is said to be taken by %q", address, taken.By)
			}
		}
		var p *storage.Problem
		if !errors.As(err, &p) || p.Code != code || p.Args["port"] != text || p.Args["free"] != strconv.Itoa(taken.Free) {
			t.Errorf("words: %v", p)
		}
		if taken.Port != port || taken.Free == port || taken.Free < feedserver.FirstPort || taken.Free > feedserver.LastPort {
			t.Errorf("%+v", taken)
		}
		if err := server.Start(t.Context(), feedserver.Listen{Port: taken.Free}); err != nil {
			var since *feedserver.PortTaken // by a test beside this one
			if !errors.As(err, &since) {
				t.Errorf("the port that was offered: %v", err)
			}
		}
		if err := errors.Join(server.Stop(), other.Close()); err != nil {
			t.Error(err)
		}
	}
}

func TestPortThatIsFreeCanBeListenedOn(t *testing.T) {
	for {
		port, err := feedserver.FreePort(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		server := feedserver.New(feedserver.Params{Source: feedserver.NewShelf(), Clock: wallClock{}, Log: slog.New(slog.DiscardHandler)})
		err = server.Start(t.Context(), feedserver.Listen{Port: port})
		var taken *feedserver.PortTaken
		if errors.As(err, &taken) {
			continue // by a test beside this one, meanwhile
		}
		got, _, ok := server.Addr()
		if err != nil || !ok || got != port {
			t.Errorf("%d became %d: %v", port, got, err)
		}
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
		return
	}
}

func TestImpossibleListeningIsRefusedInWords(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "cert.pem")
	for code, l := range map[string]feedserver.Listen{
		"feedserver.port":        {Port: 80},
		"feedserver.address":     {LAN: []netip.Addr{netip.IPv4Unspecified()}},
		"feedserver.certificate": {CertFile: missing, KeyFile: missing},
	} {
		server := feedserver.New(feedserver.Params{Source: feedserver.NewShelf(), Clock: wallClock{}, Log: slog.New(slog.DiscardHandler)})
		err := server.Start(t.Context(), l)
		var p *storage.Problem
		if !errors.As(err, &p) || p.Code != code {
			t.Errorf("%s: %v", code, err)
		}
		if _, _, ok := server.Addr(); ok {
			t.Errorf("%s: it listens all the same", code)
		}
	}
}

func TestStopLetsAnswersUnderWayFinish(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	plain := strings.Repeat("X-LINE:0123456789\r\n", 1<<18) // 5 MB: more than sockets buffer
	b, err := feedserver.NewBody("agenda.ics", []byte(plain), lastChange)
	if err != nil {
		t.Fatal(err)
	}
	token := r.link(b)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.base+feedserver.Path(token), nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- r.server.Stop() }()
	content, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil || string(content) != plain {
		t.Errorf("%d bytes of %d, %v", len(content), len(plain), err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestManyReadTheSameFeedWhileItChanges(t *testing.T) {
	r := newRig(t, feedserver.Listen{})
	old, fresh := body(t, "Concert"), body(t, "Concert", "Répétition")
	token := r.link(old)
	ctx, stop := context.WithCancel(t.Context())
	var changing stdsync.WaitGroup
	changing.Go(func() {
		for ctx.Err() == nil {
			r.put(token, fresh)
			r.put(token, old)
		}
	})
	var readers stdsync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for range 50 {
				a, err := r.try(http.MethodGet, r.base+feedserver.Path(token))
				whole := a.body == string(old.Plain) && a.header.Get("ETag") == old.ETag ||
					a.body == string(fresh.Plain) && a.header.Get("ETag") == fresh.ETag
				if err != nil || !whole {
					t.Errorf("%d with ETag %s: %q, %v", a.status, a.header.Get("ETag"), a.body, err)
				}
			}
		})
	}
	readers.Wait()
	stop()
	changing.Wait()
}
