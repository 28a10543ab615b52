package trial_test

import (
	"crypto/x509"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/directory/directorytest"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

// over opens a connection to d in memory; it is used inside a synctest bubble.
func over(t *testing.T, d *sandbox.Trial) directory.Directory {
	t.Helper()
	return through(t, sandbox.Transport{Handler: d})
}

func through(t *testing.T, transport http.RoundTripper) directory.Directory {
	t.Helper()
	conn, err := trial.KindOver(transport).Open(&storage.Account{Settings: map[string]string{trial.SettingURL: "http://essai.test"}})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func newDirectory(t *testing.T, p sandbox.TrialParams) *sandbox.Trial {
	t.Helper()
	d, err := sandbox.NewTrial(p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// creations gives n changes that create TEST-1 to TEST-n.
func creations(n int) []directory.Change {
	changes := make([]directory.Change, n)
	for i := range changes {
		e := directorytest.Sample(i + 1)
		changes[i] = directory.Change{
			EstablishmentID: e.ID, Identifier: e.Identifier, Touched: trial.Capabilities().Fields,
			Desired: directory.Desired(e, trial.Capabilities()),
		}
	}
	return changes
}

// rename turns the changes that created listings into changes of their names.
func rename(changes []directory.Change, receipts []directory.Receipt) []directory.Change {
	renamed := slices.Clone(changes)
	for i := range renamed {
		c := &renamed[i]
		c.Previous, c.RemoteID, c.ETag = c.Desired, receipts[i].RemoteID, receipts[i].ETag
		c.Desired = maps.Clone(c.Desired)
		c.Desired[storage.FieldName] = fmt.Sprint("Nouveau nom ", i)
		c.Touched = []storage.Field{storage.FieldName}
	}
	return renamed
}

func push(t *testing.T, conn directory.Directory, changes []directory.Change) []directory.Receipt {
	t.Helper()
	receipts, err := conn.Push(t.Context(), changes)
	if err != nil || len(receipts) != len(changes) {
		t.Fatalf("%d receipts for %d changes: %v", len(receipts), len(changes), err)
	}
	return receipts
}

// classes gives "ok" or the class of each receipt.
func classes(receipts []directory.Receipt) []string {
	names := map[directory.Class]string{
		directory.Ambiguous: "ambiguous", directory.Refused: "refused", directory.Throttled: "throttled",
		directory.Auth: "auth", directory.Offline: "offline", directory.Stale: "stale", directory.Gone: "gone",
	}
	list := make([]string, len(receipts))
	for i, r := range receipts {
		if list[i] = "ok"; r.Err != nil {
			list[i] = names[directory.Classify(r.Err).Class]
		}
	}
	return list
}

func TestSeveralChangesAreOneCallAndOneChangeIsItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDirectory(t, sandbox.TrialParams{})
		conn := over(t, d)
		changes := creations(sandbox.MaxBatch)
		receipts := push(t, conn, changes)
		if d.Calls() != 1 || len(d.Records()) != len(changes) {
			t.Fatalf("%d calls, %d listings", d.Calls(), len(d.Records()))
		}
		for i, r := range receipts {
			there := d.Record(changes[i].Identifier)
			if r.Err != nil || r.RemoteID != there.ID || r.ETag != there.ETag() || r.Answer != "201 Created" || r.ServerTime.IsZero() {
				t.Errorf("%d: %+v", i, r)
			}
		}
		push(t, conn, rename(changes, receipts)[:1])
		d.Misbehave(sandbox.Fault{Kind: sandbox.Answer, Status: 400, Path: "/v1/batch"})
		if got := classes(push(t, conn, rename(changes, receipts)[1:2])); got[0] != "ok" {
			t.Errorf("one change went through the batch: %v", got)
		}
	})
}

func TestBatchThatIsRefusedWholeIsCutUntilItPasses(t *testing.T) {
	cases := map[string]struct {
		fault sandbox.Fault
		want  string // of each change
	}{
		"too large for this directory": {sandbox.Fault{Kind: sandbox.BatchRefused, Limit: 3, Times: 99}, "ok"},
		"once, for no reason":          {sandbox.Fault{Kind: sandbox.Answer, Status: 400, Path: "/v1/batch"}, "ok"},
		"never taken":                  {sandbox.Fault{Kind: sandbox.Answer, Status: 422, Path: "/v1/batch", Times: 99}, "ok"},
		"no batches here":              {sandbox.Fault{Kind: sandbox.Answer, Status: 404, Path: "/v1/batch", Times: 99}, "ok"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDirectory(t, sandbox.TrialParams{})
				conn := over(t, d)
				changes := creations(11)
				d.Misbehave(c.fault)
				receipts := push(t, conn, changes)
				push(t, conn, rename(changes, receipts))
				for i, r := range receipts {
					if r.Err != nil || d.Effects(changes[i].Identifier) != 2 {
						t.Errorf("change %d: %v, %d effects", i, r.Err, d.Effects(changes[i].Identifier))
					}
				}
			})
		})
	}
}

func TestEachChangeOfABatchHasItsOwnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDirectory(t, sandbox.TrialParams{})
		conn := over(t, d)
		changes := creations(6)
		receipts := push(t, conn, changes)
		renamed := rename(changes, receipts)
		renamed[0].Desired[storage.FieldName] = ""
		renamed[1].ETag = `"v9"`
		renamed[2].RemoteID = "T999999"
		renamed[3].ETag = "" // not known: the version that is there now
		renamed[4].ETag = "v1"
		got := push(t, conn, renamed)
		if diff := cmp.Diff([]string{"refused", "stale", "gone", "ok", "ok", "ok"}, classes(got)); diff != "" {
			t.Error(diff)
		}
		if e := directory.Classify(got[0].Err); e.Problem.Args["reason"] == "" || e.Answer == "" || e.RequestID == "" {
			t.Errorf("%+v", e)
		}
	})
}

func TestBatchWithoutAClearAnswerIsDoubtfulForEachOfItsChanges(t *testing.T) {
	cases := map[string]struct {
		kind sandbox.FaultKind
		want string
	}{
		"half applied":         {sandbox.HalfApplied, "ambiguous"},
		"applied then error":   {sandbox.ApplyThen500, "ambiguous"},
		"applied then cut":     {sandbox.ApplyThenCut, "ambiguous"},
		"body cut":             {sandbox.CutBody, "ambiguous"},
		"headers then silence": {sandbox.HeadersThenSilence, "ambiguous"},
		"results twice":        {sandbox.DuplicatedAnswer, "ok"},
		"throttled":            {sandbox.TooManySeconds, "throttled"},
		"access withdrawn":     {sandbox.Unauthorized, "auth"},
		"refused connection":   {sandbox.Refused, "offline"},
		"captive portal":       {sandbox.Portal, "offline"},
		"conflict":             {sandbox.Conflict, "stale"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDirectory(t, sandbox.TrialParams{})
				d.Misbehave(sandbox.Fault{Kind: c.kind})
				got := classes(push(t, over(t, d), creations(4)))
				if diff := cmp.Diff(slices.Repeat([]string{c.want}, 4), got); diff != "" {
					t.Error(diff)
				}
				if d.Calls() != 1 {
					t.Errorf("%d calls: what is doubtful is not sent again here", d.Calls())
				}
			})
		})
	}
}

func TestWaitMetWhileABatchIsCutHoldsTheRestBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDirectory(t, sandbox.TrialParams{})
		d.Misbehave(sandbox.Fault{Kind: sandbox.BatchRefused, Limit: 4, Times: 1}) // 8 changes: 4 and 4
		d.Misbehave(sandbox.Fault{Kind: sandbox.TooManySeconds, Skip: 1})
		got := classes(push(t, over(t, d), creations(8)))
		want := slices.Concat(slices.Repeat([]string{"ok"}, 4), slices.Repeat([]string{"throttled"}, 4))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if len(d.Records()) != 4 {
			t.Errorf("%d listings", len(d.Records()))
		}
		d.Misbehave(sandbox.Fault{Kind: sandbox.Unauthorized})
		changes := rename(creations(8), slices.Repeat([]directory.Receipt{{RemoteID: "T000001"}}, 8)) // versions unknown
		if got := classes(push(t, over(t, d), changes)); !cmp.Equal(got, slices.Repeat([]string{"auth"}, 8)) {
			t.Error(got)
		}
	})
}

func TestWhatIsNotTheDirectoryIsToldApart(t *testing.T) {
	hostname := func(*http.Request) (*http.Response, error) {
		return nil, x509.HostnameError{Certificate: &x509.Certificate{}, Host: "essai.test"}
	}
	dns := func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "essai.test", IsNotFound: true}}
	}
	moved := func(to string) roundTrip {
		return func(r *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			http.Redirect(w, r, to, http.StatusFound)
			res := w.Result()
			res.Request = r
			return res, nil
		}
	}
	page := func(status int, kind, body string) roundTrip {
		return func(r *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			if _, err := w.WriteString(body); err != nil {
				return nil, err
			}
			res := w.Result()
			res.Request = r
			return res, nil
		}
	}
	cases := map[string]struct {
		answer roundTrip
		class  directory.Class
		code   string
		sent   bool // and nobody knows what became of it
	}{
		"a page of a portal":          {page(200, "text/html; charset=utf-8", "<html>"), directory.Offline, "directory.captive", true},
		"a page said to be JSON":      {page(200, "application/json", " \n<!DOCTYPE html>"), directory.Offline, "directory.captive", true},
		"to a portal":                 {moved("http://portal.example.net/"), directory.Offline, "directory.captive", true},
		"a network that asks":         {page(511, "text/html", "<html>"), directory.Offline, "directory.captive", true},
		"another name's certificate":  {hostname, directory.Offline, "directory.captive", false},
		"a name that nobody knows":    {dns, directory.Offline, "directory.offline", false},
		"a redirect on the same host": {moved("http://essai.test/v2/account"), directory.Ambiguous, "directory.serverError", false},
		"a proxy's page of an error":  {page(502, "text/html", "<html>"), directory.Ambiguous, "directory.serverError", false},
		"a body that is no JSON":      {page(200, "application/json", "ok"), directory.Ambiguous, "directory.unreadable", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := through(t, c.answer).(directory.Identifier).Identity(t.Context())
			e := directory.Classify(err)
			if err == nil || e.Class != c.class || e.Problem.Code != c.code || e.Sent != c.sent {
				t.Errorf("class %d, %s, sent %v (%v)", e.Class, e.Problem.Code, e.Sent, err)
			}
		})
	}
}

// roundTrip is an answer given without a server.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestServersClockComesWithEveryAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDirectory(t, sandbox.TrialParams{})
		conn := over(t, d)
		d.Misbehave(sandbox.Fault{Kind: sandbox.ClockAhead, Times: 99})
		ahead := func(what string, at time.Time) {
			t.Helper()
			if got := time.Until(at); got != 10*time.Minute {
				t.Errorf("%s: the server's clock is %s ahead", what, got)
			}
		}
		r := push(t, conn, creations(1))[0]
		ahead("receipt", r.ServerTime)
		reader := conn.(directory.Reader)
		for _, ref := range []directory.Ref{{RemoteID: r.RemoteID}, {Identifier: "TEST-1"}, {RemoteID: "T9"}, {Identifier: "NOBODY"}} {
			o, err := reader.Read(t.Context(), ref)
			if err != nil {
				t.Fatal(err)
			}
			ahead("observation", o.ServerTime)
		}
		page, err := conn.(directory.Lister).List(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		ahead("page", page.ServerTime)
		d.Misbehave(sandbox.Fault{Kind: sandbox.TooManyDate, Delay: time.Minute})
		_, err = reader.Read(t.Context(), directory.Ref{RemoteID: r.RemoteID})
		e := directory.Classify(err)
		ahead("error", e.ServerTime)
		if e.RetryAfter != time.Minute {
			t.Errorf("wait %s: measured against our clock", e.RetryAfter)
		}
	})
}

func TestVersionThatIsStrangeLosesNothing(t *testing.T) {
	for _, kind := range []sandbox.FaultKind{sandbox.ETagNull, sandbox.ETagUnquoted, sandbox.ETagChanged} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDirectory(t, sandbox.TrialParams{})
				conn := over(t, d)
				d.Misbehave(sandbox.Fault{Kind: kind})
				changes := creations(1)
				change := rename(changes, push(t, conn, changes))
				r := push(t, conn, change)[0]
				if kind == sandbox.ETagChanged { // honestly stale: read again, then sent
					if got := classes([]directory.Receipt{r}); got[0] != "stale" {
						t.Fatal(got)
					}
					o, err := conn.(directory.Reader).Read(t.Context(), directory.Ref{RemoteID: change[0].RemoteID})
					if err != nil {
						t.Fatal(err)
					}
					change[0].ETag = o.ETag
					r = push(t, conn, change)[0]
				}
				if r.Err != nil || d.Effects("TEST-1") != 2 || d.Record("TEST-1").Values["name"] != "Nouveau nom 0" {
					t.Errorf("%v, %d effects, %v", r.Err, d.Effects("TEST-1"), d.Record("TEST-1"))
				}
			})
		})
	}
}

func TestChangeIsNotSentAgainstAVersionThatNobodyKnows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDirectory(t, sandbox.TrialParams{})
		conn := over(t, d)
		d.Misbehave(sandbox.Fault{Kind: sandbox.ETagNull, Times: 9})
		changes := creations(1)
		change := rename(changes, push(t, conn, changes))
		if got := classes(push(t, conn, change)); got[0] != "stale" || d.Effects("TEST-1") != 1 {
			t.Errorf("%v, %d effects", got, d.Effects("TEST-1"))
		}
	})
}

func TestAccentsComeBackComposed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDirectory(t, sandbox.TrialParams{})
		conn := over(t, d)
		d.Misbehave(sandbox.Fault{Kind: sandbox.AccentsChanged})
		changes := creations(1)
		r := push(t, conn, changes)[0]
		o, err := conn.(directory.Reader).Read(t.Context(), directory.Ref{RemoteID: r.RemoteID})
		if err != nil {
			t.Fatal(err)
		}
		if diff := changes[0].Desired.Diff(o.Values); len(diff) > 0 {
			t.Errorf("%v differ", diff)
		}
	})
}
