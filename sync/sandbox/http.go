package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
)

// maxBody is the largest request body taken, in bytes.
const maxBody = 1 << 20

// Listing is the form of a listing in the answers of the programming interface.
type Listing struct {
	ID         string            `json:"id"`
	ExternalID string            `json:"externalId"`
	ETag       string            `json:"etag"`
	Path       string            `json:"path"`  // of the public page, on the same host
	State      string            `json:"state"` // "published", "moderation", "refused"
	Reason     string            `json:"reason,omitempty"`
	Values     map[string]string `json:"values"` // what the public sees
}

// The states of a listing in the answers.
const (
	StatePublished  = "published"
	StateModeration = "moderation"
	StateRefused    = "refused"
)

// MarshalJSON writes a listing without version with a null etag.
func (l Listing) MarshalJSON() ([]byte, error) {
	type plain Listing
	form := struct {
		plain
		ETag *string `json:"etag"`
	}{plain: plain(l)}
	if l.ETag != "" {
		form.ETag = &l.ETag
	}
	return json.Marshal(form)
}

// Account is the form of the account in the answers.
type Account struct {
	ID   string `json:"id"` // never changes
	Name string `json:"name"`
}

// Refusal is the form of an error in the answers.
type Refusal struct {
	Code   string         `json:"code"`
	Text   string         `json:"text"`
	Fields []refusedValue `json:"fields,omitempty"`
}

func (t *Trial) routes() {
	t.mux = http.NewServeMux()
	t.mux.HandleFunc("GET /v1/account", t.api(t.showAccount))
	t.mux.HandleFunc("GET /v1/listings", t.api(t.list))
	t.mux.HandleFunc("GET /v1/listings/{id}", t.api(t.show))
	t.mux.HandleFunc("POST /v1/listings", t.api(t.post))
	t.mux.HandleFunc("PATCH /v1/listings/{id}", t.api(t.patch))
	t.mux.HandleFunc("POST /v1/batch", t.api(t.batch))
	t.mux.HandleFunc("GET /{$}", t.indexPage)
	t.mux.HandleFunc("GET /fiche/{id}", t.page)
	t.mux.HandleFunc("POST /fiche/{id}", t.pageEdit)
}

// ServeHTTP answers the programming interface (/v1) and the public pages.
func (t *Trial) ServeHTTP(w http.ResponseWriter, r *http.Request) { t.mux.ServeHTTP(w, r) }

// answer is what a call comes to, before faults.
type answer struct {
	status int
	body   any
	etag   string
	header map[string]string
	twice  bool // the body comes twice
}

func refused(status int, code, text string) answer {
	return answer{status: status, body: Refusal{Code: code, Text: text}}
}

// api wraps a call with what every call goes through: counting, faults, rate, token.
func (t *Trial) api(call func(*http.Request, *Fault) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		if err != nil {
			panic(http.ErrAbortHandler) // the client went away in the middle
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		t.mu.Lock()
		t.calls++
		requestID := "req-" + strconv.Itoa(t.calls)
		fault, skew := t.faults.strike(r, trialScene(r, body))
		t.mu.Unlock()
		now := t.now().Add(skew)
		w.Header().Set("X-Request-Id", requestID)
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		if fault.before(w, r, now, simulated) {
			return
		}
		a := t.admit(r)
		if a.status == 0 {
			a = call(r, fault)
		}
		fault.after(w, r, a, simulated)
	}
}

// trialScene tells what faults must know of a call.
func trialScene(r *http.Request, body []byte) scene {
	s := scene{items: items(r, body), version: r.URL.Path != "/v1/account"}
	if s.list = r.Method == http.MethodGet && r.URL.Path == "/v1/listings"; s.list {
		page := r.URL.Query().Get("page")
		s.page, s.later = page != "", page != "" && page != "1"
	}
	return s
}

// simulated is the answer of a fault.
func simulated(status int, _ string) answer { return refused(status, "fault", "panne simulée") }

// admit gives a refusal when the call may not be made; a zero answer lets it through.
func (t *Trial) admit(r *http.Request) answer {
	if t.limiter != nil && !t.limiter.AllowN(t.now(), 1) {
		a := refused(http.StatusTooManyRequests, "rate", "trop d'appels")
		a.header = map[string]string{"Retry-After": "1"}
		return a
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != "" && r.Header.Get("Authorization") != "Bearer "+t.token {
		return refused(http.StatusUnauthorized, "token", "jeton refusé")
	}
	return answer{}
}

// SetToken changes the token that calls must carry, as when an access is withdrawn.
func (t *Trial) SetToken(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token = token
}

// shown gives the answer form of a listing, with what the fault does to its version. Called with the lock held.
func (t *Trial) shown(r *Record, f *Fault) Listing {
	l := Listing{
		ID: r.ID, ExternalID: r.ExternalID, ETag: f.version(r.ETag()), Path: "/fiche/" + r.ID, State: StatePublished,
		Values: r.clone().Values,
	}
	switch {
	case r.Waiting != nil:
		l.State = StateModeration
	case r.Refused != "":
		l.State, l.Reason = StateRefused, r.Refused
	}
	if f.is(ETagChanged) {
		r.Version++
		t.dirty = true
	}
	return l
}

// one answers with a listing. Called with the lock held.
func (t *Trial) one(status int, r *Record, f *Fault) answer {
	l := t.shown(r, f)
	return answer{status: status, body: l, etag: l.ETag}
}

func (t *Trial) showAccount(*http.Request, *Fault) answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	return answer{status: http.StatusOK, body: Account{ID: t.account, Name: "Annuaire d’essai"}}
}

func (t *Trial) show(r *http.Request, f *Fault) answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	rec := t.records[r.PathValue("id")]
	if rec == nil {
		return refused(http.StatusNotFound, "notFound", "fiche inconnue")
	}
	t.decide(rec)
	return t.one(http.StatusOK, rec, f)
}

// draft is the body of a creation or a change.
type draft struct {
	ExternalID string            `json:"externalId,omitempty"`
	Values     map[string]string `json:"values"`
}

// decode reads the body of a creation or a change.
func decode(r *http.Request) (draft, *answer) {
	var d draft
	if bad := read(r, &d); bad != nil {
		return draft{}, bad
	}
	return d, d.unknown()
}

// read reads a body strictly: JSON, no unknown member, nothing after it.
func read(r *http.Request, into any) *answer {
	bad := func(status int, code, text string) *answer {
		a := refused(status, code, text)
		return &a
	}
	if r.Header.Get("Content-Type") != "application/json" {
		return bad(http.StatusUnsupportedMediaType, "mediaType", "application/json attendu")
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil || len(raw) > maxBody {
		return bad(http.StatusBadRequest, "body", "corps illisible ou trop long")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return bad(http.StatusBadRequest, "json", err.Error())
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return bad(http.StatusBadRequest, "json", "texte après le document")
	}
	return nil
}

// unknown refuses fields that the directory does not have.
func (d draft) unknown() *answer {
	for k := range d.Values {
		if !slices.Contains(TrialKeys, k) {
			a := refused(http.StatusUnprocessableEntity, "unknownField", "champ inconnu : "+k)
			return &a
		}
	}
	return nil
}

func (t *Trial) post(r *http.Request, f *Fault) answer {
	d, bad := decode(r)
	if bad != nil {
		return *bad
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.postOne(d, f)
}

// postOne creates a listing. Called with the lock held.
func (t *Trial) postOne(d draft, f *Fault) answer {
	if d.ExternalID == "" {
		return refused(http.StatusUnprocessableEntity, "externalId", "identifiant externe obligatoire")
	}
	if t.external[d.ExternalID] != nil {
		return refused(http.StatusConflict, "exists", "une fiche porte déjà cet identifiant externe")
	}
	if a := t.inspect(d.ExternalID, d.Values, nil); a != nil {
		return *a
	}
	return t.one(http.StatusCreated, t.create(d.ExternalID, d.Values, f), f)
}

func (t *Trial) patch(r *http.Request, f *Fault) answer {
	d, bad := decode(r)
	if bad != nil {
		return *bad
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.patchOne(r.PathValue("id"), r.Header.Get("If-Match"), d, f)
}

// patchOne changes a listing. Called with the lock held.
func (t *Trial) patchOne(id, match string, d draft, f *Fault) answer {
	if d.ExternalID != "" {
		return refused(http.StatusUnprocessableEntity, "externalId", "l'identifiant externe ne se change pas")
	}
	if match == "" {
		return refused(http.StatusPreconditionRequired, "ifMatch", "en-tête If-Match obligatoire")
	}
	rec := t.records[id]
	if rec == nil {
		return refused(http.StatusNotFound, "notFound", "fiche inconnue")
	}
	t.decide(rec)
	if match != rec.ETag() {
		return refused(http.StatusPreconditionFailed, "stale", "la fiche a changé depuis sa lecture")
	}
	if a := t.inspect(rec.ExternalID, d.Values, rec); a != nil {
		return *a
	}
	t.write(rec, d.Values, f)
	return t.one(http.StatusOK, rec, f)
}

// inspect refuses bad values, and at once what a moderation would refuse where there is none. Called with the lock held.
func (t *Trial) inspect(externalID string, values map[string]string, rec *Record) *answer {
	if bad := check(values, rec == nil); len(bad) > 0 {
		return &answer{status: http.StatusUnprocessableEntity, body: Refusal{
			Code: "values", Text: bad[0].Field + " : " + bad[0].Text, Fields: bad,
		}}
	}
	if why := refusal(values); why != "" && t.wait(externalID) <= 0 {
		a := refused(http.StatusUnprocessableEntity, "moderation", why)
		return &a
	}
	return nil
}
