package feedserver

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"time"
)

// The sentences of refusals, for whoever opens a link in a browser. They are in both languages: a refused caller has no
// link that would tell his.
const (
	saidHost    = "Ce serveur ne répond pas sous cette adresse.\nThis server does not answer under this address.\n"
	saidMethod  = "Cette adresse se lit seulement.\nThis address can only be read.\n"
	saidUnknown = "Ce lien n’existe pas. Copier à nouveau le lien depuis Diapason.\nThere is no such link. Copy the link again from Diapason.\n"
	saidTooMany = "Trop de liens inconnus ont été essayés. Attendre une minute.\nToo many unknown links were tried. Wait a minute.\n"
	saidRevoked = "Ce lien a été révoqué. En demander un nouveau à la personne qui l’a donné.\n" +
		"This link was revoked. Ask the person who gave it for a new one.\n"
)

const (
	// renderPatience is how long a feed that is not rendered yet is waited for, lookForBody how often it is looked for.
	renderPatience = 5 * time.Second
	lookForBody    = 20 * time.Millisecond
)

// handler answers requests.
type handler struct {
	Params
	hosts    hosts
	failures failures
}

// ServeHTTP answers with a feed, or says why not.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Robots-Tag", "noindex, nofollow")
	switch {
	case !h.hosts.allow(r.Host):
		h.refuse(w, r, http.StatusForbidden, saidHost)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		header.Set("Allow", "GET, HEAD")
		h.refuse(w, r, http.StatusMethodNotAllowed, saidMethod)
	default:
		h.serve(w, r)
	}
}

// serve looks the token up. Whatever is not one takes the same way as one that nobody has.
func (h *handler) serve(w http.ResponseWriter, r *http.Request) {
	hash := Hash(tokenIn(r.URL.Path))
	body, state := h.find(r.Context(), hash)
	from := addressOf(r)
	switch {
	case state == Revoked:
		h.refuse(w, r, http.StatusGone, saidRevoked)
	case state != Served:
		if !h.failures.allow(from, h.Clock.Now()) {
			w.Header().Set("Retry-After", strconv.Itoa(int(nextTry.Seconds())))
			h.refuse(w, r, http.StatusTooManyRequests, saidTooMany)
			return
		}
		h.refuse(w, r, http.StatusNotFound, saidUnknown)
	case body == nil:
		h.Log.Warn("a feed was asked for before it was rendered", "link", hash[:8])
		panic(http.ErrAbortHandler) // the connection ends: clients keep what they have and come back
	default:
		if client := ClientName(r.UserAgent()); r.Method == http.MethodGet && client != ownName {
			h.Source.Read(hash, client, from.String(), h.Clock.Now())
		}
		body.send(w, r)
	}
}

// find asks the Source, and waits a little for a feed that is not rendered yet: its link is new, or the program has just
// started.
func (h *handler) find(ctx context.Context, hash string) (*Body, State) {
	var patience <-chan time.Time // nil before the first look
	for {
		body, state := h.Source.Body(hash)
		if state != Served || body != nil && len(body.Plain) > 0 {
			return body, state
		}
		if patience == nil {
			patience = time.After(renderPatience)
		}
		select {
		case <-time.After(lookForBody):
		case <-patience:
			return nil, state
		case <-ctx.Done():
			return nil, state
		}
	}
}

func (h *handler) refuse(w http.ResponseWriter, r *http.Request, status int, said string) {
	h.Log.Info("a request was refused", "status", status, "method", r.Method, "path", Mask(r.URL.Path),
		"host", Mask(r.Host), "from", addressOf(r).String(), "client", ClientName(r.UserAgent()))
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Length", strconv.Itoa(len(said)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		io.WriteString(w, said) //nolint:errcheck // who has gone needs no reason
	}
}

// addressOf gives the caller's network address; the zero one when there is none, over something that is no network.
func addressOf(r *http.Request) netip.Addr {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return from.Addr().Unmap()
}

// entire writes a whole body at once: http.ServeContent copies in small pieces, each of them a call of the system.
type entire struct {
	http.ResponseWriter
	content []byte
}

// WriteHeader tells the length of compressed bodies too, which http.ServeContent leaves out.
func (e entire) WriteHeader(status int) {
	if status == http.StatusOK {
		e.Header().Set("Content-Length", strconv.Itoa(len(e.content)))
	}
	e.ResponseWriter.WriteHeader(status)
}

// ReadFrom is called by http.ServeContent with what it wants to send.
func (e entire) ReadFrom(from io.Reader) (int64, error) {
	if limited, ok := from.(*io.LimitedReader); ok && limited.N == int64(len(e.content)) {
		n, err := e.Write(e.content)
		limited.N -= int64(n)
		return int64(n), err
	}
	return io.Copy(e.ResponseWriter, from)
}
