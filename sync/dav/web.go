// Package dav speaks HTTP to the services where people keep files, calendars and address books under a name and a password
// (WebDAV and what is built on it): signed calls, no redirect followed unseen, and every refusal put into a class and
// words. What is asked, and what becomes of it, is its callers' own.
//
// Each caller has its own sentences: a problem's code is the beginning that it gives (Params.Words) and what happened.
package dav

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"diapason/storage"
	"diapason/sync/directory"
)

// Bounds of one call.
const (
	// CallWithin is how long one takes at most.
	CallWithin = 2 * time.Minute
	// maxAnswer is the largest answer that is read, in bytes: the list of a calendar's objects, with room.
	maxAnswer = 32 << 20
)

// UserAgent names the program to the other side.
const UserAgent = "Diapason"

// Web is the side of a target that speaks HTTP: it signs the calls, follows no redirect (a PUT would become a GET on the
// way, and the page it ends at would look like success), and puts every refusal into a class and words.
type Web struct {
	Base     *url.URL // its path ends in a slash
	words    string
	user     string
	password string
	client   *http.Client
}

// Params are what a service is reached with.
type Params struct {
	Words          string // the beginning of the codes of all problems: "publication."
	URL, Example   string // the address, and one to show to those whose address is none
	User, Password string
	Transport      http.RoundTripper // nil: the machine's
}

// NewWeb makes the client of a service, without I/O. A problem with its address is a *storage.Problem.
func NewWeb(p Params) (*Web, error) {
	base, err := Address(p.Words, p.URL, p.Example, "https", "http")
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(base.Path, "/") {
		base.Path += "/"
	}
	user := p.User
	if user == "" {
		user = base.User.Username()
	}
	base.User = nil
	return &Web{
		Base: base, words: p.Words, user: user, password: p.Password,
		client: &http.Client{Transport: p.Transport, CheckRedirect: stay, Timeout: CallWithin},
	}, nil
}

// At gives the client of another address that takes the same name and password.
func (w *Web) At(base *url.URL) *Web {
	other := *w
	other.Base = base
	return &other
}

// User is the name that the calls are signed with.
func (w *Web) User() string { return w.user }

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Host names the service to people.
func (w *Web) Host() string { return HostOf(w.Base) }

// CloseIdleConnections ends connections that would not survive a sleep of the machine.
func (w *Web) CloseIdleConnections() { w.client.CloseIdleConnections() }

// Send makes one call with a body and headers, to an absolute path of the service, and gives the headers of its answer.
func (w *Web) Send(ctx context.Context, method, path string, body []byte, header http.Header) (http.Header, error) {
	u := *w.Base
	u.Path, u.RawPath = path, ""
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, w.Wrong(directory.Refused, nil, "address", "example", "https://"+w.Host())
	}
	for name, values := range header {
		req.Header[name] = values
	}
	res, err := w.Do(req)
	if err != nil {
		return nil, err
	}
	if err := drain(res.Body); err != nil {
		return nil, w.unanswered(err)
	}
	return res.Header, nil
}

// Do makes one call. An answer that is not a success is an error, always a *directory.Error.
func (w *Web) Do(req *http.Request) (*http.Response, error) {
	if w.user != "" || w.password != "" {
		req.SetBasicAuth(w.user, w.password)
	}
	req.Header.Set("User-Agent", UserAgent)
	res, err := w.client.Do(req)
	if err != nil {
		return nil, w.unanswered(err)
	}
	if res.StatusCode < 300 {
		res.Body = limited{io.LimitReader(res.Body, maxAnswer), res.Body}
		return res, nil
	}
	defer res.Body.Close() // only read from: nothing is lost
	return nil, w.refusal(res)
}

// limited is a body that ends early rather than fill the memory.
type limited struct {
	io.Reader
	io.Closer
}

// drain reads an answer to its end, so that its connection serves again.
func drain(body io.ReadCloser) error {
	_, err := io.Copy(io.Discard, body)
	return errors.Join(err, body.Close())
}

// unanswered classes a call without an answer.
func (w *Web) unanswered(err error) error { return Unanswered(w.words, err, w.Host()) }

// Unanswered classes a call to a host that was not answered: it may have left this machine, or surely not. What kept it
// here is told as it is.
func Unanswered(words string, err error, host string) error {
	var classed *directory.Error
	if errors.As(err, &classed) {
		return classed
	}
	var ours *storage.Problem
	if errors.As(err, &ours) {
		return &directory.Error{Class: directory.Offline, Problem: ours, Err: directory.Cause(err)}
	}
	notTLS := strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") // net/http's own
	err = directory.Cause(err)
	var op *net.OpError
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var plain tls.RecordHeaderError
	switch {
	case errors.As(err, &plain), notTLS:
		return Wrong(directory.Offline, err, words+"notTLS", "host", host)
	case errors.As(err, &name):
		return Wrong(directory.Offline, err, words+"certificateName", "host", host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return Wrong(directory.Offline, err, words+"certificateExpired", "host", host)
	case errors.As(err, &certificate):
		return Wrong(directory.Offline, err, words+"certificate", "host", host)
	case errors.As(err, &dns), errors.Is(err, syscall.ECONNREFUSED), errors.As(err, &op) && op.Op == "dial":
		return Wrong(directory.Offline, err, words+"offline", "host", host)
	}
	return Wrong(directory.Ambiguous, err, words+"unreachable", "host", host)
}

// refused are the statuses of the final refusals, with the code of what people read.
var refused = map[int]string{
	http.StatusForbidden:             "forbidden",
	http.StatusMethodNotAllowed:      "notDAV",
	http.StatusNotImplemented:        "notDAV",
	http.StatusNotFound:              "missing",
	http.StatusConflict:              "missing",
	http.StatusGone:                  "missing",
	http.StatusRequestEntityTooLarge: "tooLarge",
	http.StatusInsufficientStorage:   "full",
	http.StatusLocked:                "locked",
}

// refusal gives the error of an answer that is a refusal or a failure.
func (w *Web) refusal(res *http.Response) error {
	status := res.StatusCode
	e := &directory.Error{
		Class: directory.Refused, Answer: strconv.Itoa(status) + " " + http.StatusText(status),
		RequestID: requestID(res.Header),
	}
	e.Err = errors.New(e.Answer)
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		e.ServerTime = date
	}
	say := func(class directory.Class, code string, args ...string) {
		e.Class, e.Problem = class, storage.NewProblem(w.words+code, append(args, "host", w.Host())...)
	}
	wait := directory.RetryAfter(res.Header, time.Now())
	switch code, final := refused[status]; {
	case status == http.StatusNetworkAuthenticationRequired:
		say(directory.Offline, "captive")
		e.Sent = true
	case status < 400:
		w.redirected(res, e, say)
	case status == http.StatusUnauthorized:
		say(directory.Auth, "auth")
		if schemes := offered(res.Header); len(schemes) > 0 && !schemes["basic"] {
			say(directory.Auth, "authScheme")
		}
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && wait > 0:
		say(directory.Throttled, "throttled")
		e.RetryAfter = wait
	case status == http.StatusPreconditionFailed:
		say(directory.Stale, "changedThere")
	case final:
		say(directory.Refused, code)
	case status >= 500:
		say(directory.Ambiguous, "serverError", "status", strconv.Itoa(status))
	default:
		say(directory.Refused, "refused", "status", strconv.Itoa(status))
	}
	return e
}

// requestID gives what a service calls a request, when that is what it looks like: it stands in the journal.
func requestID(h http.Header) string {
	id := h.Get("X-Request-Id")
	if len(id) > 64 || strings.ContainsFunc(id, func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') }) {
		return ""
	}
	return id
}

// redirected tells a move of the service, which the user must write down, from the page of a captive portal.
func (w *Web) redirected(res *http.Response, e *directory.Error, say func(directory.Class, string, ...string)) {
	to, err := res.Location()
	if err == nil {
		e.Err = &movedError{to}
	}
	if err == nil && to.Hostname() != w.Base.Hostname() {
		say(directory.Offline, "elsewhere", "to", to.Hostname())
		e.Sent = true
		return
	}
	scheme := ""
	if err == nil {
		scheme = to.Scheme
	}
	say(directory.Refused, "moved", "scheme", scheme)
}

// movedError is the cause of the error of a redirect.
type movedError struct{ to *url.URL }

// Error leaves the address out: it may hold a secret.
func (e *movedError) Error() string { return "redirected" }

// MovedTo gives the address that an answer redirected to; nil when the error is something else.
func MovedTo(err error) *url.URL {
	var moved *movedError
	if errors.As(err, &moved) {
		return moved.to
	}
	return nil
}

// offered lists the ways to sign that an answer 401 offers.
func offered(h http.Header) map[string]bool {
	schemes := map[string]bool{}
	for _, line := range h.Values("Www-Authenticate") {
		scheme, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		schemes[strings.ToLower(scheme)] = true
	}
	return schemes
}

// IsStatus reports whether an error is the answer of one of these statuses.
func IsStatus(err error, statuses ...int) bool {
	var e *directory.Error
	return errors.As(err, &e) && slices.ContainsFunc(statuses, func(s int) bool { return strings.HasPrefix(e.Answer, strconv.Itoa(s)+" ") })
}

// MayBeFull are the answers behind which a full disk hides: few services have the 507 that is meant for it (RFC 4918,
// 11.5). Radicale 3.1 answers both, depending on which of its files did not fit.
var MayBeFull = []int{http.StatusBadRequest, http.StatusInternalServerError}

// Foreign gives the error of a call made by a library: as Web classed it, else an answer that could not be understood,
// with the end of the code of what people read. Nil stays nil.
func (w *Web) Foreign(err error, code string) error {
	var classed *directory.Error
	if err == nil || errors.As(err, &classed) {
		return err
	}
	return w.Wrong(directory.Refused, err, code, "host", w.Host())
}

// Ask makes a call with a body of XML that is answered with one of several parts (207), which it reads into answer. One
// that ends early is an error: what it leaves out is not to be taken for absent.
func (w *Web) Ask(ctx context.Context, method, path, depth, question string, answer any) (http.Header, error) {
	u := *w.Base
	u.Path, u.RawPath = path, ""
	req, err := http.NewRequestWithContext(ctx, method, u.String(), strings.NewReader(question))
	if err != nil {
		return nil, w.Foreign(err, "notDAV")
	}
	if depth != "" {
		req.Header.Set("Depth", depth)
	}
	req.Header.Set("Content-Type", `application/xml; charset="utf-8"`)
	res, err := w.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() // only read from: nothing is lost
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, w.unanswered(err)
	}
	if res.StatusCode != http.StatusMultiStatus {
		return nil, w.Foreign(fmt.Errorf("not a multistatus: %d", res.StatusCode), "notDAV")
	}
	decoder := xml.NewDecoder(bytes.NewReader(raw))
	decoder.CharsetReader = decoded
	if err := decoder.Decode(answer); err != nil {
		if !bytes.Contains(raw[max(0, len(raw)-1000):], []byte("multistatus>")) { // whatever its prefix
			return nil, w.unanswered(io.ErrUnexpectedEOF)
		}
		return nil, w.Foreign(ErrXML, "notDAV") // the decoder's own may quote the answer
	}
	return res.Header, nil
}

// ErrXML is the cause of the error of an answer that is whole and no XML.
var ErrXML = errors.New("the answer is no XML")

// decoded reads an answer in the encoding that it names, which is rarely another one than UTF-8.
func decoded(charset string, input io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, err
	}
	return e.NewDecoder().Reader(input), nil
}

// Wrong makes an error of a class from the end of the code, and the arguments, of what people read.
func (w *Web) Wrong(class directory.Class, cause error, code string, args ...string) *directory.Error {
	return Wrong(class, cause, w.words+code, args...)
}
