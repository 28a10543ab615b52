package trial

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

// userAgent names the program to the directory.
const userAgent = "Diapason (annuaire d'essai)"

// maxAnswer is the largest answer read, in bytes: a page of the list, with room.
const maxAnswer = 8 << 20

// request is one call.
type request struct {
	method, path string
	match        string // If-Match
	key          string // Idempotency-Key
	body         any
}

// reply is what an answer says beside its body.
type reply struct {
	requestID string // the directory's reference of the call
	status    string // "201 Created"
	date      time.Time
	etag      string // of the header
}

// call makes one call and reads its answer into out. The error is always a *directory.Error.
func (c *connection) call(ctx context.Context, r request, out any) (reply, error) {
	req, err := c.prepare(ctx, r)
	if err != nil {
		return reply{}, refusedBy(err.Error(), err)
	}
	res, err := c.client.Do(req)
	if err != nil {
		return reply{}, unanswered(err)
	}
	defer res.Body.Close() // only read from: nothing is lost
	said := reply{
		requestID: res.Header.Get("X-Request-Id"), etag: res.Header.Get("ETag"),
		status: strconv.Itoa(res.StatusCode) + " " + http.StatusText(res.StatusCode),
	}
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		said.date = date
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	switch {
	case err != nil:
		err = unanswered(err)
	case foreign(res, raw):
		err = &directory.Error{
			Class: directory.Offline, Sent: true, Problem: storage.NewProblem("directory.captive"),
			Err: fmt.Errorf("%s %s: %s answered by something else", r.method, r.path, said.status),
		}
	case res.StatusCode >= 300:
		err = refusal(res, raw)
	case out != nil:
		if err = json.Unmarshal(raw, out); err != nil {
			err = &directory.Error{
				Class: directory.Ambiguous, Problem: storage.NewProblem("directory.unreadable"), Err: err,
			}
		}
	}
	if err != nil {
		return said, said.on(err)
	}
	return said, nil
}

// on adds to an error what the answer said of itself.
func (s reply) on(err error) error {
	e := directory.Classify(err)
	e.RequestID, e.ServerTime = s.requestID, s.date
	if e.Answer == "" {
		e.Answer = s.status
	}
	return e
}

func (c *connection) prepare(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		raw, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, body)
	if err != nil {
		return nil, err
	}
	if r.method != http.MethodGet {
		req.GetBody = nil // else net/http sends a write with an Idempotency-Key again by itself when a connection breaks
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "application/json")
	for name, value := range map[string]string{"If-Match": r.match, "Idempotency-Key": r.key} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return req, nil
}

// stay never follows a redirect: the directory has none, and a write would become a reading on the way.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// foreign reports whether something between here and the directory answered in its place: the captive portal of a
// hotel or a train shows a page of its own, or sends to one on another host.
func foreign(res *http.Response, raw []byte) bool {
	switch {
	case res.StatusCode == http.StatusNetworkAuthenticationRequired:
		return true
	case res.StatusCode >= 300 && res.StatusCode < 400:
		to, err := res.Location()
		return err == nil && to.Hostname() != res.Request.URL.Hostname()
	case res.StatusCode < 300:
		kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
		return err == nil && kind == "text/html" || bytes.HasPrefix(bytes.TrimSpace(raw), []byte("<"))
	}
	return false
}

// unanswered classes a call without an answer: it may have left this machine, or surely not.
func unanswered(err error) error {
	var op *net.OpError
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var name x509.HostnameError
	var plain tls.RecordHeaderError
	switch {
	case errors.As(err, &name), errors.As(err, &plain): // who answered is not the directory
		return &directory.Error{Class: directory.Offline, Problem: storage.NewProblem("directory.captive"), Err: err}
	case errors.As(err, &certificate), errors.Is(err, syscall.ECONNREFUSED), errors.As(err, &dns),
		errors.As(err, &op) && op.Op == "dial":
		return &directory.Error{Class: directory.Offline, Problem: storage.NewProblem("directory.offline"), Err: err}
	}
	return &directory.Error{Class: directory.Ambiguous, Problem: storage.NewProblem("directory.unreachable"), Err: err}
}

// refusal gives the error of an answer that is a refusal or a failure.
func refusal(res *http.Response, raw []byte) error {
	var said sandbox.Refusal
	if json.Unmarshal(raw, &said) != nil {
		said.Text = ""
	}
	wait := directory.RetryAfter(res.Header, time.Now())
	return classify(res.StatusCode, wait, said.Text)
}

// longestReason bounds what is kept of the directory's own words, in characters.
const longestReason = 300

// classify gives the class of a status, of a call or of one item of a batch, with the directory's own words.
func classify(status int, wait time.Duration, text string) *directory.Error {
	if text == "" {
		text = http.StatusText(status)
	}
	if runes := []rune(text); len(runes) > longestReason {
		text = string(runes[:longestReason]) + "…"
	}
	answer := strconv.Itoa(status) + " " + text
	e := &directory.Error{Err: errors.New(answer), Answer: answer}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Class, e.Problem = directory.Auth, storage.NewProblem("directory.auth")
	case http.StatusTooManyRequests:
		e.Class, e.Problem, e.RetryAfter = directory.Throttled, storage.NewProblem("directory.throttled"), wait
	case http.StatusServiceUnavailable:
		e.Class, e.Problem = directory.Ambiguous, storage.NewProblem("directory.unreachable")
		if wait > 0 { // it says itself that it did nothing
			e.Class, e.Problem, e.RetryAfter = directory.Throttled, storage.NewProblem("directory.throttled"), wait
		}
	case http.StatusNotFound, http.StatusGone:
		e.Class, e.Problem = directory.Gone, storage.NewProblem("directory.gone")
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired:
		e.Class, e.Problem = directory.Stale, storage.NewProblem("directory.stale")
	default:
		if status >= 500 || status < 400 {
			e.Class, e.Problem = directory.Ambiguous, storage.NewProblem("directory.serverError",
				"status", strconv.Itoa(status))
			return e
		}
		e.Class, e.Problem = directory.Refused, storage.NewProblem("trial.refused", "reason", text)
	}
	return e
}

// refusedBy is the error of a call that could not be made.
func refusedBy(reason string, cause error) error {
	return &directory.Error{
		Class: directory.Refused, Problem: storage.NewProblem("trial.refused", "reason", reason), Err: cause,
	}
}

// quoted gives a version as the header If-Match must bear it, whether the directory quoted it or not; "" stays "".
func quoted(etag string) string {
	bare := strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
	if bare == "" {
		return ""
	}
	return `"` + bare + `"`
}
