package sandbox

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/text/unicode/norm"
)

// portalPage is what the captive portal of a hotel or a train shows.
const portalPage = "<!DOCTYPE html><html><head><title>Wi-Fi</title></head><body>Connexion au réseau</body></html>"

// portalAddress is where a captive portal sends its visitors.
const portalAddress = "http://portal.example.net/login"

// before misbehaves ahead of the call; true when the call is not made. Say gives the service's form of a refusal.
func (f *Fault) before(
	w http.ResponseWriter, r *http.Request, now time.Time, say func(status int, reason string) answer,
) bool {
	if f == nil {
		return false
	}
	refuse := func(status int, retryAfter string) bool {
		a := say(status, "")
		if retryAfter != "" {
			a.header = map[string]string{"Retry-After": retryAfter}
		}
		a.write(w)
		return true
	}
	switch f.Kind {
	case Slow:
		pauseFor(r, f.Delay)
	case Refused:
		return breakOff(w, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED})
	case Reset:
		return breakOff(w, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET})
	case Cut:
		panic(http.ErrAbortHandler)
	case Portal:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		writeAll(w, http.StatusOK, []byte(portalPage))
		return true
	case PortalRedirect:
		http.Redirect(w, r, portalAddress, http.StatusFound)
		return true
	case TooManySeconds:
		return refuse(http.StatusTooManyRequests, seconds(f.Delay))
	case TooManyDate:
		return refuse(http.StatusTooManyRequests, now.Add(f.Delay).UTC().Format(http.TimeFormat))
	case TooManyNonsense:
		return refuse(http.StatusTooManyRequests, "soon, maybe")
	case TooManyBare:
		return refuse(http.StatusTooManyRequests, "")
	case Unavailable:
		return refuse(http.StatusServiceUnavailable, "")
	case UnavailableWait:
		return refuse(http.StatusServiceUnavailable, seconds(f.Delay))
	case Unauthorized:
		return refuse(http.StatusUnauthorized, "")
	case Conflict:
		return refuse(http.StatusConflict, "")
	case Precondition:
		return refuse(http.StatusPreconditionFailed, "")
	case BatchRefused:
		return refuse(http.StatusRequestEntityTooLarge, "")
	case Answer:
		a := say(f.Status, f.Reason)
		a.header = f.Header
		a.write(w)
		return true
	}
	return false
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// after answers, or misbehaves once the call took effect.
func (f *Fault) after(w http.ResponseWriter, r *http.Request, a answer, say func(status int, reason string) answer) {
	if f == nil {
		a.write(w)
		return
	}
	switch f.Kind {
	case ApplyThen500, HalfApplied:
		say(http.StatusInternalServerError, "").write(w)
	case ApplyThenCut:
		panic(http.ErrAbortHandler)
	case ApplyThenHang:
		pauseFor(r, f.Delay)
		a.write(w)
	case HeadersThenSilence:
		raw := a.head(w)
		flush(w)
		pauseFor(r, f.Delay)
		writeBody(w, raw)
	case CutBody:
		raw := a.head(w)
		writeBody(w, raw[:len(raw)/2])
		flush(w)
		panic(http.ErrAbortHandler)
	case DuplicatedAnswer:
		_, a.twice = a.body.(Listing) // a list holds its listings twice, a batch its results
		a.write(w)
	default:
		a.write(w)
	}
}

// is reports whether the call meets a fault of this kind.
func (f *Fault) is(k FaultKind) bool { return f != nil && f.Kind == k }

// prose are the fields that a directory may write in its own way.
var prose = []string{"name", "descriptor", "street", "extra", "city", "shortDescription", "longDescription"}

// alter changes the values that a write keeps.
func (f *Fault) alter(values map[string]string) {
	if f == nil {
		return
	}
	for _, k := range prose {
		v, kept := values[k]
		if !kept {
			continue
		}
		switch f.Kind {
		case CaseChanged:
			v = strings.ToUpper(v)
		case AccentsChanged:
			v = norm.NFD.String(v)
		case LengthChanged:
			if runes := []rune(v); len(runes) > f.Limit {
				v = string(runes[:f.Limit])
			}
		}
		values[k] = v
	}
}

// version misrepresents the version of a listing in an answer.
func (f *Fault) version(etag string) string {
	switch {
	case f.is(ETagNull):
		return ""
	case f.is(ETagUnquoted):
		return strings.Trim(etag, `"`)
	}
	return etag
}

// breaker is a response writer in memory, which can end its connection with any error.
type breaker interface{ breakWith(error) }

// breakOff ends the connection: with err in memory; over TCP by a reset, the nearest a service that has read the call
// can come to a connection refused.
func breakOff(w http.ResponseWriter, err error) bool {
	if m, inMemory := w.(breaker); inMemory {
		m.breakWith(err)
		panic(http.ErrAbortHandler)
	}
	conn, _, hijackErr := http.NewResponseController(w).Hijack()
	if hijackErr != nil {
		panic(http.ErrAbortHandler) // a cut connection is all that is left
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		hijackErr = tcp.SetLinger(0) // closing then sends RST
	}
	if err := errors.Join(hijackErr, conn.Close()); err != nil {
		return true // the client went away first
	}
	return true
}

func flush(w http.ResponseWriter) {
	if err := http.NewResponseController(w).Flush(); err != nil {
		panic(http.ErrAbortHandler) // the client went away, or the writer keeps everything: cut
	}
}

func writeAll(w http.ResponseWriter, status int, raw []byte) {
	w.WriteHeader(status)
	writeBody(w, raw)
}

func writeBody(w http.ResponseWriter, raw []byte) {
	if _, err := w.Write(raw); err != nil {
		return // the client went away; there is nobody to tell
	}
}

// head writes the status and the headers of an answer, its whole length among them, and gives its body.
func (a answer) head(w http.ResponseWriter) []byte {
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	if a.etag != "" {
		w.Header().Set("ETag", a.etag)
	}
	raw, err := json.Marshal(a.body)
	if err != nil {
		panic("sandbox: answer cannot be written: " + err.Error()) // a mistake of this package
	}
	if a.twice {
		raw = append(raw, raw...)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(a.status)
	return raw
}

func (a answer) write(w http.ResponseWriter) { writeBody(w, a.head(w)) }

// pauseFor waits, less when the client goes away.
func pauseFor(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}
