package serving_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/agenda/feedserver"
	"diapason/sync/agenda/serving"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a workspace whose links are served.
type rig struct {
	*testing.T
	store   storage.Store
	serving *serving.Serving
}

func newRig(t *testing.T) *rig {
	t.Helper()
	store, err := bolt.Open(t.Context(), bolt.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return &rig{t, store, newServing(store)}
}

func newServing(store storage.Store) *serving.Serving {
	return serving.New(serving.Params{Store: store, Clock: sync.WallClock{}, Log: slog.New(slog.DiscardHandler)})
}

func (r *rig) start() {
	r.Helper()
	if err := r.serving.Start(r.Context()); err != nil {
		r.Fatal(err)
	}
	r.Cleanup(r.stop)
}

func (r *rig) stop() {
	r.Helper()
	if err := r.serving.Stop(context.Background()); err != nil {
		r.Error(err)
	}
}

// link keeps a link of somebody and puts its feed on the shelf; it gives the token.
func (r *rig) link(l *storage.FeedLink) string {
	r.Helper()
	token := feedserver.NewToken()
	owner := &storage.Person{Name: "Camille Aubier"}
	l.Label, l.Detail, l.Language = "Répétitions", storage.FeedTitle, "fr"
	l.TokenHash = feedserver.Hash(token)
	err := r.store.Update(r.Context(), func(w storage.Writer) error {
		err := w.PutPerson(owner)
		l.OwnerID = owner.ID
		return errors.Join(err, w.PutFeedLink(l))
	})
	if err != nil {
		r.Fatal(err)
	}
	body, err := feedserver.NewBody("agenda.ics", []byte("BEGIN:VCALENDAR\r\n"), time.Time{})
	if err != nil {
		r.Fatal(err)
	}
	r.serving.Shelf().Put(l.TokenHash, body)
	return token
}

// read reads a link as a client would.
func (r *rig) read(base, token, agent string) int {
	r.Helper()
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, base+feedserver.Path(token), nil)
	if err != nil {
		r.Fatal(err)
	}
	request.Header.Set("User-Agent", agent)
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		r.Fatal(err)
	}
	_, err = io.Copy(io.Discard, response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		r.Fatal(err)
	}
	return response.StatusCode
}

// readings are those that the store keeps of a link, without their times.
func (r *rig) readings(l *storage.FeedLink) (clients []string) {
	r.Helper()
	err := r.store.View(context.Background(), func(tx storage.Reader) error {
		kept, err := tx.FeedLink(l.ID)
		if err != nil {
			return err
		}
		for _, k := range kept.Readings {
			clients = append(clients, k.Client)
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	return clients
}

// taken listens, as another program would, on a port of this machine.
func (r *rig) taken(port int) net.Listener {
	r.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		r.Fatal(err)
	}
	return l
}

func TestPortIsChosenOnceAndKept(t *testing.T) {
	r := newRig(t)
	before, err := r.serving.Addresses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token := r.link(&storage.FeedLink{})
	r.start()
	if status := r.serving.Status(); !status.Listening || status.At.Loopback != before.Loopback || status.Problem != nil {
		t.Fatalf("%+v, after %+v", status, before)
	}
	if got := r.read(before.Loopback, token, "curl/8"); got != http.StatusOK {
		t.Errorf("%d", got)
	}
	r.stop()
	again := newServing(r.store)
	if after, err := again.Addresses(t.Context()); err != nil || after.Loopback != before.Loopback {
		t.Errorf("%v became %v, %v", before, after, err)
	}
}

func TestPortThatNoLinkHoldsIsExchanged(t *testing.T) {
	r := newRig(t)
	r.link(&storage.FeedLink{RevokedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	other := r.taken(0)
	port := other.Addr().(*net.TCPAddr).Port
	if err := r.serving.Change(t.Context(), serving.Settings{Port: port}); err != nil {
		t.Fatal(err)
	}
	r.start()
	status := r.serving.Status()
	kept, err := r.serving.Settings(t.Context())
	if err != nil || !status.Listening || status.Port == port || kept.Port != status.Port {
		t.Errorf("%+v, kept %+v, %v", status, kept, err)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}

func TestPortThatALinkHoldsIsWaitedFor(t *testing.T) {
	r := newRig(t)
	token := r.link(&storage.FeedLink{})
	other := r.taken(0)
	port := other.Addr().(*net.TCPAddr).Port
	if err := r.serving.Change(t.Context(), serving.Settings{Port: port}); err != nil {
		t.Fatal(err)
	}
	r.start()
	status := r.serving.Status()
	var taken *feedserver.PortTaken
	if status.Listening || !errors.As(status.Problem, &taken) || taken.Port != port {
		t.Fatalf("%+v", status)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	r.serving.Retry(t.Context())
	if status := r.serving.Status(); !status.Listening || status.Port != port || status.Problem != nil {
		t.Fatalf("%+v", status)
	}
	if got := r.read("http://127.0.0.1:"+strconv.Itoa(port), token, "curl/8"); got != http.StatusOK {
		t.Errorf("%d", got)
	}
}

func TestSettingsThatCannotBeServedByChangeNothing(t *testing.T) {
	r := newRig(t)
	token := r.link(&storage.FeedLink{})
	r.start()
	before := r.serving.Status()
	kept, err := r.serving.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	other := r.taken(0)
	for name, s := range map[string]serving.Settings{
		"a port of another program": {Port: other.Addr().(*net.TCPAddr).Port},
		"an impossible port":        {Port: 80},
		"every address":             {LAN: []netip.Addr{netip.IPv4Unspecified()}},
		"no certificate":            {CertFile: "absent.pem", KeyFile: "absent.pem"},
	} {
		err := r.serving.Change(t.Context(), s)
		var p *storage.Problem
		if !errors.As(err, &p) {
			t.Errorf("%s: %v", name, err)
		}
		after, err := r.serving.Settings(t.Context())
		if status := r.serving.Status(); err != nil || !status.Listening || status.Port != before.Port || after.Port != kept.Port {
			t.Errorf("%s: %+v, kept %+v, %v", name, status, after, err)
		}
		if got := r.read(before.At.Loopback, token, "curl/8"); got != http.StatusOK {
			t.Errorf("%s: %d", name, got)
		}
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}

func TestLocalNetworkIsASwitchOfItsOwn(t *testing.T) {
	r := newRig(t)
	token := r.link(&storage.FeedLink{})
	r.start()
	port := r.serving.Status().Port
	address := netip.MustParseAddr("127.0.0.2") // stands for one of the local network
	if err := r.serving.Change(t.Context(), serving.Settings{LAN: []netip.Addr{address}}); err != nil {
		t.Fatal(err)
	}
	status := r.serving.Status()
	if status.Port != port || len(status.At.LAN) != 1 || len(status.Missing) > 0 {
		t.Fatalf("%+v", status)
	}
	if got := r.read(status.At.LAN[0], token, "curl/8"); got != http.StatusOK {
		t.Errorf("%d", got)
	}
	if err := r.serving.Change(t.Context(), serving.Settings{}); err != nil {
		t.Fatal(err)
	}
	if status := r.serving.Status(); status.Port != port || len(status.At.LAN) > 0 {
		t.Errorf("%+v", status)
	}
	if c, err := net.Dial("tcp", address.String()+":"+strconv.Itoa(port)); err == nil {
		t.Error("the local network is still answered")
		c.Close() //nolint:errcheck // it was not to be there
	}
}

func TestReadingsAreWrittenIntoTheirLink(t *testing.T) {
	r := newRig(t)
	l := &storage.FeedLink{}
	token := r.link(l)
	r.start()
	base := r.serving.Status().At.Loopback
	for _, agent := range []string{"curl/8", "Thunderbird/128", "Google-Calendar-Importer", "curl/9", feedserver.OwnAgent} {
		r.read(base, token, agent)
	}
	r.stop() // what was not written yet is written then
	if got, want := r.readings(l), []string{"curl", "Google Agenda", "Thunderbird"}; !cmp.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestReadingsAreWrittenTogetherAfterAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		l := &storage.FeedLink{}
		r.link(l)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { r.serving.KeepReadings(ctx); close(ended) }()
		for i := range 12 {
			r.serving.Shelf().Read(l.TokenHash, "Agenda "+strconv.Itoa(i), "192.0.2.1", time.Now())
			time.Sleep(100 * time.Millisecond)
		}
		if got := r.readings(l); len(got) > 0 {
			t.Errorf("written at once: %q", got)
		}
		time.Sleep(serving.Settle)
		synctest.Wait()
		if got := r.readings(l); len(got) != storage.KeptReadings || got[0] != "Agenda 11" {
			t.Errorf("%q", got)
		}
		r.serving.Shelf().Read(feedserver.Hash("nobody's"), "curl", "192.0.2.1", time.Now())
		r.serving.Shelf().Read(l.TokenHash, "Agenda 5", "192.0.2.1", time.Now())
		time.Sleep(2 * serving.Settle)
		if got := r.readings(l); got[0] != "Agenda 5" || got[1] != "Agenda 11" {
			t.Errorf("after one more: %q", got)
		}
		stop()
		<-ended
	})
}
