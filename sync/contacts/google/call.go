package google

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/dav"
	"diapason/sync/directory"
)

// service names the other side to people.
const service = "Google"

// maxAnswer is the largest answer read, in bytes: a page of a thousand cards with long notes, with room.
const maxAnswer = 128 << 20

// request is one call.
type request struct {
	method, path string
	query        url.Values
	body         any
}

// call makes one call, reads its answer into out and gives the server's clock. The error is a *directory.Error or a
// sentinel of package book.
func (b *Book) call(ctx context.Context, r request, out any) (date time.Time, err error) {
	req, err := b.prepare(ctx, r)
	if err != nil {
		return time.Time{}, wrong(directory.Refused, err, "google.refused", "reason", "request")
	}
	if err := b.budget.spend(r); err != nil {
		return time.Time{}, err
	}
	res, err := b.client.Do(req)
	if err != nil {
		return time.Time{}, dav.Unanswered("google.", err, service)
	}
	defer res.Body.Close() // only read from: nothing is lost
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		date = at
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	switch {
	case err != nil:
		err = dav.Unanswered("google.", err, service)
	case foreign(res, raw):
		e := wrong(directory.Offline, fmt.Errorf("%d answered by something else", res.StatusCode), "google.captive")
		e.Sent, err = true, e
	case res.StatusCode >= 300:
		err = b.refusal(res, raw)
	case out != nil:
		if json.Unmarshal(raw, out) != nil || string(bytes.TrimSpace(raw)) == "null" { // its error may quote a contact
			err = wrong(directory.Ambiguous, errors.New("the answer is not what the API documents"), "google.unreadable")
		}
	}
	var e *directory.Error
	if errors.As(err, &e) {
		e.ServerTime = date
		if e.Answer == "" {
			e.Answer = strconv.Itoa(res.StatusCode) + " " + http.StatusText(res.StatusCode)
		}
	}
	return date, err
}

func (b *Book) prepare(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		raw, err := json.Marshal(r.body)
		if err != nil {
			return nil, errors.New("the body cannot be written")
		}
		body = bytes.NewReader(raw)
	}
	address := b.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address, body)
	if err != nil {
		return nil, errors.New("the address cannot be written")
	}
	req.Header.Set("User-Agent", "Diapason")
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// foreign reports whether something between here and Google answered in its place: the captive portal of a hotel or a
// train shows a page of its own, or sends to one on another host.
func foreign(res *http.Response, raw []byte) bool {
	switch {
	case res.StatusCode == http.StatusNetworkAuthenticationRequired:
		return true
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return true // the API has no redirects
	case res.StatusCode < 300:
		kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
		return err == nil && kind == "text/html" || bytes.HasPrefix(bytes.TrimSpace(raw), []byte("<"))
	}
	return false
}

func wrong(class directory.Class, cause error, code string, args ...string) *directory.Error {
	return &directory.Error{Class: class, Problem: storage.NewProblem(code, args...), Err: cause}
}

// status is a google.rpc.Status.
type status struct {
	Code    int               `json:"code"`
	Message string            `json:"message"`
	Status  string            `json:"status"`
	Details []json.RawMessage `json:"details"`
}

// detail is what is read of an error's details.
type detail struct {
	Reason          string                     `json:"reason"`
	FieldViolations []struct{ Field string }   `json:"fieldViolations"`
	ContactErrors   map[string]json.RawMessage `json:"contactErrors"` // by place in a creation, by name in an update
}

// refused is the cause of an error that is Google's own: what of its answer bears nothing of a contact.
type refused struct {
	http     int
	word     string   // "INVALID_ARGUMENT"
	reasons  []string // "EXPIRED_SYNC_TOKEN"
	fields   []string // "contacts[3].contact_person.birthdays"
	stale    bool
	contacts map[string]*refused
}

// Error gives status, reasons and names of fields.
func (r *refused) Error() string {
	parts := append([]string{strconv.Itoa(r.http), r.word}, r.reasons...)
	return strings.TrimSpace(strings.Join(append(parts, r.fields...), " "))
}

// What statuses and reasons look like, and paths to fields as we send them; anything else may quote what was sent.
var (
	wordForm = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,120}$|^(failedPrecondition|rateLimitExceeded|quotaExceeded|accessNotConfigured)$`)
	pathForm = regexp.MustCompile(`^((contacts?|persons?|contact_?[pP]erson|names?|nicknames?|organizations?|email_?[aA]ddresses|phone_?[nN]umbers|` +
		`addresses|urls|birthdays?|biographies|memberships|client_?[dD]ata|metadata|sources|etag|value|type|date|key|` +
		`contact_?[gG]roup|(update|person|read|group)_?([pP]erson|[gG]roup)?_?([fF]ields|[mM]ask)|page_?[sS]ize|page_?[tT]oken|sync_?[tT]oken|` +
		`resource_?[nN]ames?)(\[\d+\])?(\.|$))+$`)
)

// sayings are beginnings of messages, where Google gives no reason that tells the case.
var sayings = []struct{ text, reason string }{
	{"Sync token is expired", "EXPIRED_SYNC_TOKEN"},
	{"etag is different than the current", "failedPrecondition"},
	{"MY_CONTACTS_OVERFLOW_COUNT", "MY_CONTACTS_OVERFLOW_COUNT"},
}

// read takes of a status what may be told.
func (s status) read(httpStatus int) *refused {
	r := &refused{http: httpStatus}
	if wordForm.MatchString(s.Status) {
		r.word = s.Status
	}
	for _, raw := range s.Details {
		var d detail
		if json.Unmarshal(raw, &d) != nil {
			continue // a detail of another sort
		}
		if wordForm.MatchString(d.Reason) {
			r.reasons = append(r.reasons, d.Reason)
		}
		for _, v := range d.FieldViolations {
			if pathForm.MatchString(v.Field) {
				r.fields = append(r.fields, v.Field)
			}
		}
		for name, raw := range d.ContactErrors {
			var one status
			if json.Unmarshal(raw, &one) != nil {
				continue // that one is not told apart
			}
			if r.contacts == nil {
				r.contacts = map[string]*refused{}
			}
			r.contacts[name] = one.read(httpOf(one.Code))
		}
	}
	for _, known := range sayings {
		if strings.Contains(s.Message, known.text) && !r.says(known.reason) {
			r.reasons = append(r.reasons, known.reason)
		}
	}
	r.stale = r.says("failedPrecondition")
	return r
}

func (r *refused) says(reason string) bool {
	for _, said := range r.reasons {
		if strings.EqualFold(said, reason) {
			return true
		}
	}
	return false
}

// httpOf gives the HTTP status of a google.rpc.Code, for those that single contacts meet.
func httpOf(code int) int {
	switch code {
	case 5:
		return http.StatusNotFound
	case 7:
		return http.StatusForbidden
	case 8:
		return http.StatusTooManyRequests
	case 13, 14:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// refusal gives the error of an answer that is a refusal or a failure.
func (b *Book) refusal(res *http.Response, raw []byte) error {
	var body struct{ Error status }
	if json.Unmarshal(raw, &body) != nil {
		body.Error = status{} // the status of HTTP is all that is known
	}
	r := body.Error.read(res.StatusCode)
	if r.says("EXPIRED_SYNC_TOKEN") && r.http == http.StatusBadRequest {
		return book.ErrExpired
	}
	return r.classed(directory.RetryAfter(res.Header, b.now()))
}

// forbidden are the reasons of 403 that a person can do something about, with the code of what they read.
var forbidden = map[string]string{
	"ACCESS_TOKEN_SCOPE_INSUFFICIENT": "google.scope",
	"SERVICE_DISABLED":                "google.disabled",
	"accessNotConfigured":             "google.disabled",
}

// classed puts a refusal into a class and words.
func (r *refused) classed(wait time.Duration) *directory.Error {
	say := func(class directory.Class, code string, args ...string) *directory.Error {
		e := wrong(class, r, code, args...)
		e.Answer, e.RetryAfter = r.Error(), wait
		return e
	}
	for _, reason := range r.reasons {
		if code := forbidden[reason]; code != "" {
			return say(directory.Auth, code)
		}
	}
	rate := r.says("RATE_LIMIT_EXCEEDED") || r.says("rateLimitExceeded") || r.says("quotaExceeded") || r.word == "RESOURCE_EXHAUSTED"
	switch {
	case r.http == http.StatusTooManyRequests, r.http == http.StatusForbidden && rate, r.http == http.StatusServiceUnavailable && wait > 0:
		return say(directory.Throttled, "google.throttled")
	case r.says("MY_CONTACTS_OVERFLOW_COUNT"):
		return say(directory.Refused, "google.full")
	case r.stale, r.http == http.StatusConflict, r.http == http.StatusPreconditionFailed:
		return say(directory.Stale, "google.stale")
	case r.http == http.StatusUnauthorized:
		return say(directory.Auth, "google.auth")
	case r.http == http.StatusNotFound, r.http == http.StatusGone:
		return say(directory.Gone, "google.gone")
	case r.http >= 500:
		return say(directory.Ambiguous, "google.serverError", "status", strconv.Itoa(r.http))
	}
	return say(directory.Refused, "google.refused", "reason", r.Error())
}
