package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
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

// Refusal is the form of an error in the answers.
type Refusal struct {
	Code   string         `json:"code"`
	Text   string         `json:"text"`
	Fields []refusedValue `json:"fields,omitempty"`
}

func (t *Trial) routes() {
	t.mux = http.NewServeMux()
	t.mux.HandleFunc("GET /v1/account", t.api(t.showAccount))
	t.mux.HandleFunc("GET /v1/listings", t.api(t.search))
	t.mux.HandleFunc("GET /v1/listings/{id}", t.api(t.show))
	t.mux.HandleFunc("POST /v1/listings", t.api(t.post))
	t.mux.HandleFunc("PATCH /v1/listings/{id}", t.api(t.patch))
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
}

func refused(status int, code, text string) answer {
	return answer{status: status, body: Refusal{Code: code, Text: text}}
}

// api wraps a call with what every call goes through: counting, faults, rate, token.
func (t *Trial) api(call func(*http.Request) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t.mu.Lock()
		t.calls++
		requestID := "req-" + strconv.Itoa(t.calls)
		fault := t.strike(r)
		t.mu.Unlock()
		w.Header().Set("X-Request-Id", requestID)
		if fault.before(w, r) {
			return
		}
		a := t.admit(r)
		if a.status == 0 {
			a = call(r)
		}
		fault.after(w, r, a)
	}
}

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

func (a answer) write(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	if a.etag != "" {
		w.Header().Set("ETag", a.etag)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	raw, err := json.Marshal(a.body)
	if err != nil {
		panic("sandbox: answer cannot be written: " + err.Error()) // a mistake of this package
	}
	if _, err := w.Write(raw); err != nil {
		return // the client went away; there is nobody to tell
	}
}

// shown gives the answer form of a listing. Called with the lock held.
func (t *Trial) shown(r *Record) Listing {
	l := Listing{
		ID: r.ID, ExternalID: r.ExternalID, ETag: r.ETag(), Path: "/fiche/" + r.ID, State: StatePublished,
		Values: r.clone().Values,
	}
	switch {
	case r.Waiting != nil:
		l.State = StateModeration
	case r.Refused != "":
		l.State, l.Reason = StateRefused, r.Refused
	}
	return l
}

func (t *Trial) showAccount(*http.Request) answer {
	return answer{status: http.StatusOK, body: map[string]string{"name": "Annuaire d’essai"}}
}

func (t *Trial) show(r *http.Request) answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	rec := t.records[r.PathValue("id")]
	if rec == nil {
		return refused(http.StatusNotFound, "notFound", "fiche inconnue")
	}
	t.decide(rec)
	return answer{status: http.StatusOK, body: t.shown(rec), etag: rec.ETag()}
}

func (t *Trial) search(r *http.Request) answer {
	q := r.URL.Query()
	if len(q) != 1 || q.Get("externalId") == "" {
		return refused(http.StatusBadRequest, "query", "un seul paramètre attendu : externalId")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	found := []Listing{}
	if rec := t.external[q.Get("externalId")]; rec != nil {
		t.decide(rec)
		found = append(found, t.shown(rec))
	}
	return answer{status: http.StatusOK, body: map[string][]Listing{"listings": found}}
}

// draft is the body of a creation or a change.
type draft struct {
	ExternalID string            `json:"externalId,omitempty"`
	Values     map[string]string `json:"values"`
}

// decode reads a body strictly: JSON, no unknown member, no unknown field, nothing after it.
func decode(r *http.Request) (draft, *answer) {
	bad := func(status int, code, text string) (draft, *answer) {
		a := refused(status, code, text)
		return draft{}, &a
	}
	if r.Header.Get("Content-Type") != "application/json" {
		return bad(http.StatusUnsupportedMediaType, "mediaType", "application/json attendu")
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(raw) > maxBody {
		return bad(http.StatusBadRequest, "body", "corps illisible ou trop long")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var d draft
	if err := dec.Decode(&d); err != nil {
		return bad(http.StatusBadRequest, "json", err.Error())
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return bad(http.StatusBadRequest, "json", "texte après le document")
	}
	for k := range d.Values {
		if !slices.Contains(TrialKeys, k) {
			return bad(http.StatusUnprocessableEntity, "unknownField", "champ inconnu : "+k)
		}
	}
	return d, nil
}

func (t *Trial) post(r *http.Request) answer {
	d, bad := decode(r)
	if bad != nil {
		return *bad
	}
	if d.ExternalID == "" {
		return refused(http.StatusUnprocessableEntity, "externalId", "identifiant externe obligatoire")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.external[d.ExternalID] != nil {
		return refused(http.StatusConflict, "exists", "une fiche porte déjà cet identifiant externe")
	}
	if a := t.inspect(d.ExternalID, d.Values, nil); a != nil {
		return *a
	}
	rec := t.create(d.ExternalID, d.Values)
	return answer{status: http.StatusCreated, body: t.shown(rec), etag: rec.ETag()}
}

func (t *Trial) patch(r *http.Request) answer {
	d, bad := decode(r)
	if bad != nil {
		return *bad
	}
	if d.ExternalID != "" {
		return refused(http.StatusUnprocessableEntity, "externalId", "l'identifiant externe ne se change pas")
	}
	match := r.Header.Get("If-Match")
	if match == "" {
		return refused(http.StatusPreconditionRequired, "ifMatch", "en-tête If-Match obligatoire")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	rec := t.records[r.PathValue("id")]
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
	t.write(rec, d.Values)
	return answer{status: http.StatusOK, body: t.shown(rec), etag: rec.ETag()}
}

// inspect refuses bad values, and at once what a moderation would refuse where there is none. Called with the lock held.
func (t *Trial) inspect(externalID string, values map[string]string, rec *Record) *answer {
	if bad := check(values, rec == nil); len(bad) > 0 {
		return &answer{status: http.StatusUnprocessableEntity, body: Refusal{
			Code: "values", Text: bad[0].Field + " : " + bad[0].Text, Fields: bad,
		}}
	}
	delay, own := t.delays[externalID]
	if !own {
		delay = t.moderation
	}
	if why := refusal(values); why != "" && delay <= 0 {
		a := refused(http.StatusUnprocessableEntity, "moderation", why)
		return &a
	}
	return nil
}

// pauseFor waits, less when the client goes away.
func pauseFor(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}
