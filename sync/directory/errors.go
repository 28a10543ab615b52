package directory

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"diapason/storage"
)

// Class says what the engine does with an error.
type Class int

// The classes.
const (
	// Ambiguous: timeout, cut answer, 5xx. It may have been applied: probe before sending again. The default.
	Ambiguous Class = iota
	// Refused: the item is wrong as it is (400, 422); not sent again before it changes.
	Refused
	// Throttled: too many calls; the whole lane waits until RetryAfter.
	Throttled
	// Auth: the account must be reconnected; the whole lane waits for the user.
	Auth
	// Offline: nothing left this machine (no network, connection refused); retried without raising a counter.
	Offline
	// Stale: the other side changed since it was read (409, 412): re-read, compare again.
	Stale
	// Gone: the remote listing is no more (404, 410).
	Gone
)

// Error is an error with its class and words for people.
type Error struct {
	Class      Class
	Problem    *storage.Problem
	RetryAfter time.Duration // Throttled only
	// Sent tells, of Offline, that the call left this machine and something other than the directory answered it: what
	// became of it is not known.
	Sent      bool
	RequestID string
	// Answer is what the other side said, in short and for the journal: "422 name: too long". Nothing secret.
	Answer string
	// ServerTime is what the other side's clock said in its answer; zero when there was none.
	ServerTime time.Time
	Err        error // technical cause
}

// Error gives the technical form.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Problem.Code, e.Err) }

// Unwrap gives the technical cause.
func (e *Error) Unwrap() error { return e.Err }

// Classify finds the Error in err; one without class is Ambiguous.
func Classify(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var p *storage.Problem
	if errors.As(err, &p) {
		return &Error{Class: Refused, Problem: p, Err: err}
	}
	return &Error{Class: Ambiguous, Problem: storage.NewProblem("directory.unreachable"), Err: err}
}

// RetryAfter reads the Retry-After header of an answer, in seconds or as a date; a date is measured against the
// server's own clock when the answer bears it. Zero when it is absent, past or unreadable; never more than a day,
// whatever is asked for.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text != "" && strings.Trim(text, "0123456789") == "" {
		s, err := strconv.ParseInt(text, 10, 64)
		if err != nil || s > int64(maxRetryAfter/time.Second) {
			return maxRetryAfter
		}
		return time.Duration(s) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if server, err := http.ParseTime(h.Get("Date")); err == nil {
		now = server
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// maxRetryAfter bounds what a service may ask for.
const maxRetryAfter = 24 * time.Hour

// Cause gives the technical cause of a call without an answer as a log may bear it: without the address that net/http
// puts before it, and without what it quotes of an answer that it could not read, which may say what was sent.
func Cause(err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	var (
		op          *net.OpError
		dns         *net.DNSError
		waiting     net.Error
		certificate *tls.CertificateVerificationError
		plain       tls.RecordHeaderError
		number      syscall.Errno
		known       *storage.Problem
	)
	switch {
	case errors.As(err, &op), errors.As(err, &dns), errors.As(err, &waiting), errors.As(err, &certificate), errors.As(err, &plain),
		errors.As(err, &number), errors.As(err, &known),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.Canceled), errors.Is(err, net.ErrClosed):
		return err
	}
	return errors.New("the answer is none of HTTP")
}
