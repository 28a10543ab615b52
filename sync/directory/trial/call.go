package trial

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

// userAgent names the program to the directory.
const userAgent = "Diapason (annuaire d'essai)"

// maxAnswer is the largest answer read, in bytes.
const maxAnswer = 1 << 20

// request is one call.
type request struct {
	method, path string
	match        string // If-Match
	key          string // Idempotency-Key
	body         any
}

// call makes one call and reads its answer into out. The error is always a *directory.Error; the text is the
// directory's reference of the call, when it gave one.
func (c *connection) call(ctx context.Context, r request, out any) (string, error) {
	var body io.Reader
	if r.body != nil {
		raw, err := json.Marshal(r.body)
		if err != nil {
			return "", refusedBy("trial.refused", err.Error(), "", err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, body)
	if err != nil {
		return "", refusedBy("trial.refused", err.Error(), "", err)
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
	res, err := c.client.Do(req)
	if err != nil {
		return "", unanswered(err)
	}
	defer res.Body.Close() // only read from: nothing is lost
	id := res.Header.Get("X-Request-Id")
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return id, unanswered(err)
	}
	if res.StatusCode >= 300 {
		return id, classify(res, raw, id)
	}
	if out == nil {
		return id, nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return id, &directory.Error{
			Class: directory.Ambiguous, Problem: storage.NewProblem("directory.unreadable"), RequestID: id, Err: err,
		}
	}
	return id, nil
}

// unanswered classes a call without an answer: it may have left this machine, or surely not.
func unanswered(err error) error {
	var op *net.OpError
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) || errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial" {
		return &directory.Error{Class: directory.Offline, Problem: storage.NewProblem("directory.offline"), Err: err}
	}
	return &directory.Error{Class: directory.Ambiguous, Problem: storage.NewProblem("directory.unreachable"), Err: err}
}

// classify gives the class of an answer that is a refusal or a failure.
func classify(res *http.Response, raw []byte, id string) error {
	var said sandbox.Refusal
	text := http.StatusText(res.StatusCode)
	if json.Unmarshal(raw, &said) == nil && said.Text != "" {
		text = said.Text
	}
	cause := fmt.Errorf("%s %s: %d %s", res.Request.Method, (&url.URL{Path: res.Request.URL.Path}).String(), res.StatusCode, text)
	e := &directory.Error{RequestID: id, Err: cause}
	switch res.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Class, e.Problem = directory.Auth, storage.NewProblem("directory.auth")
	case http.StatusTooManyRequests:
		e.Class, e.Problem = directory.Throttled, storage.NewProblem("directory.throttled")
		e.RetryAfter = directory.RetryAfter(res.Header, time.Now())
	case http.StatusServiceUnavailable:
		e.Class, e.Problem = directory.Ambiguous, storage.NewProblem("directory.unreachable")
		if d := directory.RetryAfter(res.Header, time.Now()); d > 0 { // it says itself that it did nothing
			e.Class, e.Problem, e.RetryAfter = directory.Throttled, storage.NewProblem("directory.throttled"), d
		}
	case http.StatusNotFound, http.StatusGone:
		e.Class, e.Problem = directory.Gone, storage.NewProblem("directory.gone")
	case http.StatusConflict, http.StatusPreconditionFailed:
		e.Class, e.Problem = directory.Stale, storage.NewProblem("directory.stale")
	default:
		if res.StatusCode >= 500 {
			e.Class, e.Problem = directory.Ambiguous, storage.NewProblem("directory.serverError",
				"status", strconv.Itoa(res.StatusCode))
			return e
		}
		return refusedBy("trial.refused", text, id, cause)
	}
	return e
}

func refusedBy(code, reason, id string, cause error) error {
	return &directory.Error{
		Class: directory.Refused, Problem: storage.NewProblem(code, "reason", reason), RequestID: id, Err: cause,
	}
}
