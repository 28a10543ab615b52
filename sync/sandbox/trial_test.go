package sandbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diapason/sync/sandbox"
)

const valid = `{"externalId":"H1","values":{"name":"Hôtel","street":"1 rue","postalCode":"75001","city":"Paris"}}`

// call makes one call; headers are alternating names and values.
func call(t *testing.T, h http.Handler, method, path, body string, headers ...string) (int, http.Header, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Header(), w.Body.String()
}

func newTrial(t *testing.T, p sandbox.TrialParams) *sandbox.Trial {
	t.Helper()
	d, err := sandbox.NewTrial(p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestStrictnessOfTheTrialDirectory(t *testing.T) {
	cases := map[string]struct {
		method, path, body string
		headers            []string
		want               int
	}{
		"a good creation":        {"POST", "/v1/listings", strings.Replace(valid, "H1", "H2", 1), nil, 201},
		"a taken external id":    {"POST", "/v1/listings", valid, nil, 409},
		"an unknown member":      {"POST", "/v1/listings", `{"externalID2":"x","values":{}}`, nil, 400},
		"an unknown field":       {"POST", "/v1/listings", `{"externalId":"x","values":{"nom":"y"}}`, nil, 422},
		"two documents":          {"POST", "/v1/listings", valid + valid, nil, 400},
		"no JSON":                {"POST", "/v1/listings", `name=x`, nil, 400},
		"a form":                 {"POST", "/v1/listings", valid, []string{"Content-Type", "text/plain"}, 415},
		"a missing name":         {"POST", "/v1/listings", `{"externalId":"x","values":{"street":"1 rue","postalCode":"75001","city":"Paris"}}`, nil, 422},
		"no external id":         {"POST", "/v1/listings", strings.Replace(valid, "H1", "", 1), nil, 422},
		"a national phone":       {"PATCH", "/v1/listings/T000001", `{"values":{"phone":"0142601234"}}`, []string{"If-Match", `"v1"`}, 422},
		"four periods a day":     {"PATCH", "/v1/listings/T000001", `{"values":{"hours":"Mo=08:00-09:00&10:00-11:00&12:00-13:00&14:00-15:00"}}`, []string{"If-Match", `"v1"`}, 422},
		"a name erased":          {"PATCH", "/v1/listings/T000001", `{"values":{"name":""}}`, []string{"If-Match", `"v1"`}, 422},
		"an unknown status":      {"PATCH", "/v1/listings/T000001", `{"values":{"status":"gone"}}`, []string{"If-Match", `"v1"`}, 422},
		"an advertising name":    {"PATCH", "/v1/listings/T000001", `{"values":{"name":"Hôtel PROMO"}}`, []string{"If-Match", `"v1"`}, 422},
		"a change of the id":     {"PATCH", "/v1/listings/T000001", `{"externalId":"x","values":{"name":"y"}}`, []string{"If-Match", `"v1"`}, 422},
		"a change not matched":   {"PATCH", "/v1/listings/T000001", `{"values":{"name":"y"}}`, nil, 428},
		"a stale change":         {"PATCH", "/v1/listings/T000001", `{"values":{"name":"y"}}`, []string{"If-Match", `"v9"`}, 412},
		"a good change":          {"PATCH", "/v1/listings/T000001", `{"values":{"name":"y"}}`, []string{"If-Match", `"v1"`}, 200},
		"an unknown listing":     {"GET", "/v1/listings/T9", "", nil, 404},
		"a search without a key": {"GET", "/v1/listings", "", nil, 400},
		"a deletion":             {"DELETE", "/v1/listings/T000001", "", nil, 405},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := newTrial(t, sandbox.TrialParams{Token: "t"})
			auth := []string{"Authorization", "Bearer t"}
			if code, _, body := call(t, d, "POST", "/v1/listings", valid, auth...); code != 201 {
				t.Fatalf("%d %s", code, body)
			}
			code, _, body := call(t, d, c.method, c.path, c.body, append(c.headers, auth...)...)
			if code != c.want {
				t.Errorf("%d, want %d: %s", code, c.want, body)
			}
			wantEffects := 1
			if c.want == 200 {
				wantEffects = 2
			}
			if n := d.Effects("H1"); n != wantEffects {
				t.Errorf("%d effects, want %d", n, wantEffects)
			}
		})
	}
}

func TestCallWithoutTheTokenIsRefused(t *testing.T) {
	d := newTrial(t, sandbox.TrialParams{Token: "t"})
	if code, _, _ := call(t, d, "GET", "/v1/account", ""); code != 401 {
		t.Errorf("%d", code)
	}
}

func TestTooManyCallsAreToldToWait(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	d := newTrial(t, sandbox.TrialParams{RatePerSecond: 1, Burst: 2, Now: func() time.Time { return now }})
	codes := []int{}
	for range 3 {
		code, h, _ := call(t, d, "GET", "/v1/account", "")
		if codes = append(codes, code); code == 429 && h.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	if codes[0] != 200 || codes[1] != 200 || codes[2] != 429 {
		t.Errorf("codes %v", codes)
	}
	now = now.Add(time.Second)
	if code, _, _ := call(t, d, "GET", "/v1/account", ""); code != 200 {
		t.Errorf("%d after a second", code)
	}
}

func TestModerationShowsOrRefusesInItsTime(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	d := newTrial(t, sandbox.TrialParams{Moderation: time.Hour, Now: func() time.Time { return now }})
	call(t, d, "POST", "/v1/listings", valid)
	state := func() sandbox.Listing {
		_, _, body := call(t, d, "GET", "/v1/listings/T000001", "")
		var l sandbox.Listing
		if err := json.Unmarshal([]byte(body), &l); err != nil {
			t.Fatal(err)
		}
		return l
	}
	if l := state(); l.State != sandbox.StateModeration || len(l.Values) != 0 {
		t.Fatalf("%+v: nothing shows before the moderation", l)
	}
	now = now.Add(time.Hour)
	l := state()
	if l.State != sandbox.StatePublished || l.Values["name"] != "Hôtel" {
		t.Fatalf("%+v", l)
	}
	call(t, d, "PATCH", "/v1/listings/T000001", `{"values":{"name":"SOLDES !"}}`, "If-Match", l.ETag)
	now = now.Add(time.Hour)
	if l = state(); l.State != sandbox.StateRefused || l.Reason == "" || l.Values["name"] != "Hôtel" {
		t.Fatalf("%+v: what was there stays", l)
	}
}

func TestListingsSurviveARestartAndHaveAPublicPage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "annuaire.json")
	ctx, stop := context.WithCancel(t.Context())
	d := newTrial(t, sandbox.TrialParams{File: file})
	server, err := d.Serve(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(server.URL+"/v1/listings", "application/json", strings.NewReader(valid))
	if err != nil || res.StatusCode != 201 {
		t.Fatalf("%v %v", res, err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if res, err = http.Get(server.URL + "/fiche/T000001"); err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(res.Body)
	if err != nil || !strings.Contains(string(page), "<h1>Hôtel</h1>") || !strings.Contains(string(page), "Annuaire d’essai") {
		t.Errorf("page %s %v", page, err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := server.Wait(); err != nil {
		t.Fatal(err)
	}
	again := newTrial(t, sandbox.TrialParams{File: file})
	if r := again.Record("H1"); r == nil || r.Values["city"] != "Paris" {
		t.Fatalf("record %+v", r)
	}
	if code, _, _ := call(t, again, "POST", "/v1/listings", strings.Replace(valid, "H1", "H2", 1)); code != 201 {
		t.Errorf("%d", code)
	}
	if n := len(again.Records()); n != 2 {
		t.Errorf("%d listings: an id was given twice", n)
	}
}

func TestServedOnLoopbackOnly(t *testing.T) {
	d := newTrial(t, sandbox.TrialParams{})
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80"} {
		if _, err := d.Serve(t.Context(), addr); err == nil {
			t.Errorf("served on %s", addr)
		}
	}
}

func TestVisitorCorrectsTheListingOnItsPage(t *testing.T) {
	d := newTrial(t, sandbox.TrialParams{})
	call(t, d, "POST", "/v1/listings", valid)
	form := "name=H%C3%B4tel+bis&phone=%2B33142601234&status=closed"
	code, _, _ := call(t, d, "POST", "/fiche/T000001", form, "Content-Type", "application/x-www-form-urlencoded")
	if r := d.Record("H1"); code != 303 || r.Values["name"] != "Hôtel bis" || r.Values["status"] != "" {
		t.Errorf("%d %+v", code, r)
	}
	code, _, _ = call(t, d, "POST", "/fiche/T000001", form, "Content-Type", "application/x-www-form-urlencoded",
		"Sec-Fetch-Site", "cross-site")
	if code != 403 {
		t.Errorf("%d: another site may not send the form", code)
	}
}
