package trial_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/directory/directorytest"
	"diapason/sync/directory/trial"
	"diapason/sync/sandbox"
)

// serve gives a trial directory over a real socket, and an account of it.
func serve(t *testing.T) (*sandbox.Trial, *storage.Account) {
	t.Helper()
	d, err := sandbox.NewTrial(sandbox.TrialParams{Token: "jeton"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	return d, &storage.Account{ID: "trial", Kind: trial.ID, Name: "Essai", Settings: map[string]string{
		trial.SettingURL: server.URL + "/", trial.SettingToken: "jeton",
	}}
}

func TestTrialConforms(t *testing.T) {
	directorytest.Run(t, directorytest.Target{Kind: trial.Kind(), Account: func(t *testing.T) *storage.Account {
		_, a := serve(t)
		return a
	}})
}

func TestEveryAnswerHasItsClass(t *testing.T) {
	cases := map[string]struct {
		fault sandbox.Fault
		want  directory.Class
	}{
		"400":               {sandbox.Fault{Kind: sandbox.Answer, Status: 400}, directory.Refused},
		"401":               {sandbox.Fault{Kind: sandbox.Answer, Status: 401}, directory.Auth},
		"403":               {sandbox.Fault{Kind: sandbox.Answer, Status: 403}, directory.Auth},
		"404":               {sandbox.Fault{Kind: sandbox.Answer, Status: 404}, directory.Gone},
		"409":               {sandbox.Fault{Kind: sandbox.Answer, Status: 409}, directory.Stale},
		"410":               {sandbox.Fault{Kind: sandbox.Answer, Status: 410}, directory.Gone},
		"412":               {sandbox.Fault{Kind: sandbox.Answer, Status: 412}, directory.Stale},
		"422":               {sandbox.Fault{Kind: sandbox.Answer, Status: 422}, directory.Refused},
		"429":               {sandbox.Fault{Kind: sandbox.Answer, Status: 429}, directory.Throttled},
		"500":               {sandbox.Fault{Kind: sandbox.Answer, Status: 500}, directory.Ambiguous},
		"503":               {sandbox.Fault{Kind: sandbox.Answer, Status: 503}, directory.Ambiguous},
		"cut":               {sandbox.Fault{Kind: sandbox.Cut}, directory.Ambiguous},
		"cut when applied":  {sandbox.Fault{Kind: sandbox.ApplyThenCut}, directory.Ambiguous},
		"error and applied": {sandbox.Fault{Kind: sandbox.ApplyThen500}, directory.Ambiguous},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d, a := serve(t)
			c.fault.Method = http.MethodPost
			d.Misbehave(c.fault)
			r := create(t, a)
			if r.Err == nil {
				t.Fatal("no error")
			}
			e := directory.Classify(r.Err)
			if e.Class != c.want || e.Problem == nil {
				t.Errorf("class %d, want %d (%v)", e.Class, c.want, r.Err)
			}
		})
	}
}

func create(t *testing.T, a *storage.Account) directory.Receipt {
	t.Helper()
	conn, err := trial.Kind().Open(a)
	if err != nil {
		t.Fatal(err)
	}
	desired := directory.Desired(directorytest.Sample(1), trial.Capabilities())
	rs, err := conn.Push(t.Context(), []directory.Change{{Identifier: "TEST-1", Desired: desired, Touched: trial.Capabilities().Fields}})
	if err != nil {
		t.Fatal(err)
	}
	return rs[0]
}

func TestRetryAfterIsReadInSecondsAndAsADate(t *testing.T) {
	server := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		header map[string]string
		want   time.Duration
	}{
		"seconds":        {map[string]string{"Retry-After": "40"}, 40 * time.Second},
		"date":           {map[string]string{"Retry-After": "Sun, 01 Mar 2026 10:02:00 GMT", "Date": "Sun, 01 Mar 2026 10:00:00 GMT"}, 2 * time.Minute},
		"date gone":      {map[string]string{"Retry-After": "Sun, 01 Mar 2026 09:00:00 GMT", "Date": "Sun, 01 Mar 2026 10:00:00 GMT"}, 0},
		"our own clock":  {map[string]string{"Retry-After": "Sun, 01 Mar 2026 10:02:00 GMT"}, 62 * time.Minute},
		"absurd":         {map[string]string{"Retry-After": "99999999999"}, 24 * time.Hour},
		"absent":         {nil, 0},
		"not understood": {map[string]string{"Retry-After": "bientôt"}, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			for k, v := range c.header {
				h.Set(k, v)
			}
			if got := directory.RetryAfter(h, server.Add(-time.Hour)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestNothingListeningIsOffline(t *testing.T) {
	_, a := serve(t)
	a.Settings[trial.SettingURL] = "http://127.0.0.1:1"
	if e := directory.Classify(create(t, a).Err); e.Class != directory.Offline {
		t.Errorf("class %d (%v)", e.Class, e)
	}
}

func TestWrongTokenIsAnAccessProblem(t *testing.T) {
	_, a := serve(t)
	a.Settings[trial.SettingToken] = "autre"
	conn, err := trial.Kind().Open(a)
	if err != nil {
		t.Fatal(err)
	}
	err = conn.(directory.Tester).Test(context.Background())
	if e := directory.Classify(err); e.Class != directory.Auth {
		t.Errorf("class %d (%v)", e.Class, err)
	}
}

func TestAddressThatIsNoneIsRefused(t *testing.T) {
	for _, address := range []string{"", "127.0.0.1:80", "ftp://essai", "http://"} {
		_, err := trial.Kind().Open(&storage.Account{Settings: map[string]string{trial.SettingURL: address}})
		if err == nil || !strings.HasPrefix(err.Error(), "trial.address") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
