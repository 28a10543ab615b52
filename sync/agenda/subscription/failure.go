package subscription

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
)

// Kind tells what helps against a failure.
type Kind int

// The kinds.
const (
	// Lasting is what a person must see to: another address, another certificate.
	Lasting Kind = iota
	// Passing goes over by itself: a server that is busy or broken, an answer that was cut.
	Passing
	// Offline is nobody there at all: mostly this computer's own connection.
	Offline
)

// Failure is why a calendar could not be read. It holds no address.
type Failure struct {
	Problem *storage.Problem // what happened and what to do
	Kind    Kind
	// RetryAfter is how long the service asked to be left alone; 0: it did not.
	RetryAfter time.Duration
	Err        error // the cause; may be nil
}

// Error gives the technical form, for logs.
func (f *Failure) Error() string {
	if f.Err == nil {
		return f.Problem.Error()
	}
	return f.Problem.Error() + ": " + f.Err.Error()
}

// Unwrap gives the problem and the cause.
func (f *Failure) Unwrap() []error {
	if f.Err == nil {
		return []error{f.Problem}
	}
	return []error{f.Problem, f.Err}
}

func failure(kind Kind, cause error, code string, args ...string) *Failure {
	return &Failure{Kind: kind, Problem: storage.NewProblem(code, args...), Err: cause}
}

// errInside is what dialling an address that may not be reached gives.
var errInside = errors.New("the address is of this computer or of its network")

// silences are the ways in which a call stays without an answer, the most precise first.
var silences = []struct {
	is   func(error) bool
	kind Kind
	code string
}{
	{func(err error) bool { return errors.Is(err, errInside) }, Lasting, "outsideFeed.inside"},
	{notTLS, Lasting, "outsideFeed.notTLS"},
	{as[x509.HostnameError], Lasting, "outsideFeed.certificateName"},
	{expired, Lasting, "outsideFeed.certificateExpired"},
	{as[*tls.CertificateVerificationError], Lasting, "outsideFeed.certificate"},
	{func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }, Passing, "outsideFeed.slow"},
	{as[*net.DNSError], Offline, "outsideFeed.offline"},
	{func(err error) bool {
		var op *net.OpError
		return errors.As(err, &op) && op.Op == "dial"
	}, Offline, "outsideFeed.offline"},
	{func(err error) bool {
		var slow net.Error
		return errors.As(err, &slow) && slow.Timeout()
	}, Passing, "outsideFeed.slow"},
	{func(error) bool { return true }, Passing, "outsideFeed.cut"},
}

func as[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

func notTLS(err error) bool {
	return as[tls.RecordHeaderError](err) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") // net/http's own
}

func expired(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}

// unanswered classes a call that ended without an answer, or in the middle of one. What net/http says of the address is
// left out.
func unanswered(err error, host string) *Failure {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	for _, s := range silences {
		if s.is(err) {
			return failure(s.kind, err, s.code, "host", host)
		}
	}
	return nil // the last one is always
}

// refusals are the answers that mean something of their own.
var refusals = map[int]struct {
	kind Kind
	code string
}{
	http.StatusUnauthorized:                  {Lasting, "outsideFeed.closed"},
	http.StatusForbidden:                     {Lasting, "outsideFeed.closed"},
	http.StatusNotFound:                      {Lasting, "outsideFeed.missing"},
	http.StatusGone:                          {Lasting, "outsideFeed.gone"},
	http.StatusTooManyRequests:               {Passing, "outsideFeed.throttled"},
	http.StatusNetworkAuthenticationRequired: {Offline, "outsideFeed.captive"},
}

// refusal classes an answer that is no success.
func refusal(res *http.Response, host string, now time.Time) *Failure {
	status := strconv.Itoa(res.StatusCode)
	cause := errors.New(status + " " + http.StatusText(res.StatusCode))
	var f *Failure
	switch known, ok := refusals[res.StatusCode]; {
	case ok:
		f = failure(known.kind, cause, known.code, "host", host)
	case res.StatusCode >= 500:
		f = failure(Passing, cause, "outsideFeed.serverError", "host", host, "status", status)
	default:
		f = failure(Lasting, cause, "outsideFeed.answer", "host", host, "status", status)
	}
	f.RetryAfter = retryAfter(res.Header.Get("Retry-After"), now)
	return f
}

// retryAfter reads seconds or a date; a day at most.
func retryAfter(text string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.Atoi(text); err == nil {
		wait = time.Duration(min(seconds, int(longestPause/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestPause)
}

// unreadable are the ways in which an answer is no calendar, by the code of the reader of .ics.
var unreadable = map[string]string{
	"ical.empty": "outsideFeed.empty", "ical.page": "outsideFeed.page", "ical.none": "outsideFeed.notCalendar",
	"ical.cut": "outsideFeed.cut", "ical.tooLarge": "outsideFeed.tooLarge", "ical.tooMany": "outsideFeed.tooLarge",
}

// noCalendar classes a body that could not be read as a calendar.
func noCalendar(err error, host string) *Failure {
	var p *storage.Problem
	if !errors.As(err, &p) || unreadable[p.Code] == "" {
		return failure(Passing, err, "outsideFeed.notCalendar", "host", host)
	}
	kind := Lasting
	if code := unreadable[p.Code]; code == "outsideFeed.cut" || code == "outsideFeed.empty" {
		kind = Passing
	}
	return failure(kind, err, unreadable[p.Code], "host", host)
}

// interrupted classes a body that could not be read to its end.
func interrupted(err error, host string) *Failure {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		return failure(Passing, err, "outsideFeed.cut", "host", host)
	}
	return unanswered(err, host)
}
