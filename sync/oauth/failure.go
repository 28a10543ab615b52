package oauth

import (
	"errors"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/oauth2"

	"diapason/storage"
	"diapason/sync/directory"
)

// refusals are the documented errors, with the code of what people read.
var refusals = map[string]string{
	"access_denied":           "oauth.refused",
	"admin_policy_enforced":   "oauth.adminPolicy",
	"org_internal":            "oauth.orgInternal",
	"disallowed_useragent":    "oauth.userAgent",
	"deleted_client":          "oauth.clientDeleted",
	"invalid_client":          "oauth.client",
	"unauthorized_client":     "oauth.client",
	"invalid_grant":           "oauth.expired",
	"redirect_uri_mismatch":   "oauth.redirect",
	"invalid_request":         "oauth.request",
	"invalid_scope":           "oauth.scope",
	"server_error":            "oauth.unavailable",
	"temporarily_unavailable": "oauth.unavailable",
}

// codeForm is what an error code may look like before it is shown to people.
var codeForm = regexp.MustCompile(`^[a-z_]{1,60}$`)

// refusal puts an error of the service into words. The description is English, for developers: it only serves to tell
// apart what has one code.
func refusal(code, description string) *storage.Problem {
	if code == "invalid_request" && strings.Contains(description, "client_secret") {
		return storage.NewProblem("oauth.secretMissing")
	}
	if known := refusals[code]; known != "" {
		return storage.NewProblem(known)
	}
	if !codeForm.MatchString(code) {
		code = "?"
	}
	return storage.NewProblem("oauth.otherError", "code", code)
}

// failure classes what a call of the token endpoint came to. As long as it does not give a token, nothing of what the
// token is for has left this machine: what can pass by itself is Offline, the rest waits for the person.
func failure(err error, now time.Time) *directory.Error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return unanswered(err)
	}
	status := refused.Response.StatusCode
	e := &directory.Error{
		Class: directory.Auth, Err: causeOf(err), Answer: strings.TrimSpace(strconv.Itoa(status) + " " + plain(refused.ErrorCode)),
	}
	if date, err := http.ParseTime(refused.Response.Header.Get("Date")); err == nil {
		e.ServerTime = date
	}
	switch {
	case status == http.StatusTooManyRequests:
		e.Class, e.Problem = directory.Throttled, storage.NewProblem("oauth.throttled")
		e.RetryAfter = directory.RetryAfter(refused.Response.Header, now)
	case status >= 500 && status != http.StatusNetworkAuthenticationRequired:
		e.Class, e.Problem = directory.Offline, storage.NewProblem("oauth.unavailable")
	case refused.ErrorCode == "": // the service always names its refusals: something else answers in its place
		e.Class, e.Problem = directory.Offline, storage.NewProblem("oauth.captive")
	default:
		e.Problem = refusal(refused.ErrorCode, refused.ErrorDescription)
		if e.Problem.Code == "oauth.unavailable" {
			e.Class = directory.Offline
		}
	}
	return e
}

// unanswered classes a call without an answer, or with one that is none of the service's.
func unanswered(err error) *directory.Error {
	e := &directory.Error{Class: directory.Offline, Err: causeOf(err), Problem: storage.NewProblem("oauth.unavailable")}
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns), errors.Is(err, syscall.ECONNREFUSED), errors.As(err, &op) && op.Op == "dial":
		e.Problem = storage.NewProblem("oauth.offline")
	case strings.HasPrefix(err.Error(), "oauth2: cannot parse"): // a page instead of JSON, answered 200
		e.Problem = storage.NewProblem("oauth.captive")
	}
	return e
}

// causeOf gives the technical cause of an error without what a log must not hold: an answer's body, an address.
func causeOf(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return errors.New("token endpoint: " + strconv.Itoa(refused.Response.StatusCode) + " " + plain(refused.ErrorCode))
	}
	return directory.Cause(err)
}

// plain gives an error code that may be shown; "" when it does not look like one.
func plain(code string) string {
	if codeForm.MatchString(code) {
		return code
	}
	return ""
}
