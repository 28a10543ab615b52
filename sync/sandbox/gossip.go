package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	stdsync "sync"
)

// Gossip stands in the place of a service, or of what lies on the way to it, and quotes whatever it is asked in every
// place of its answers: no error of a client may pass that on, for errors end up in logs. Safe from any goroutine.
type Gossip struct {
	mu    stdsync.Mutex
	way   GossipWay
	asked int
}

// GossipWay is one way of quoting.
type GossipWay struct {
	Name   string
	status int
	body   string // with %s for what is quoted; "": an error as Google writes them
	// wire is the whole answer as it goes over the connection, when it is none of HTTP; status is 0 then.
	wire string
}

// GossipWays are all ways.
func GossipWays() []GossipWay {
	var all []GossipWay
	for _, status := range []int{
		200, 204, 301, 302, 307, 308, 400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 418, 422, 423, 429, 500, 501, 502, 503, 504, 507, 511,
	} {
		all = append(all, GossipWay{Name: fmt.Sprint(status), status: status})
	}
	return append(
		all,
		GossipWay{Name: "a page", status: 200, body: "<html><title>%s</title></html>"},
		GossipWay{Name: "no JSON", status: 200, body: `{"connections":[{"resourceName":%s}]}`},
		GossipWay{Name: "other JSON", status: 200, body: `{"connections":"%s","responses":"%[1]s","access_token":7,"expires_in":"%[1]s","contactGroups":{"%[1]s":1}}`},
		GossipWay{Name: "no XML", status: 207, body: `<multistatus xmlns="DAV:"><response><href>%s</href><%[1]s></multistatus>`},
		GossipWay{Name: "a strange encoding", status: 207, body: `<?xml version="1.0" encoding="%s"?><multistatus xmlns="DAV:"/>`},
		GossipWay{Name: "strange members", status: 207, body: `<multistatus xmlns="DAV:"><sync-token>%s</sync-token><response><href>/%[1]s</href><status>%[1]s</status></response></multistatus>`},
		GossipWay{Name: "no status line", wire: "%s\r\n\r\n"},
		GossipWay{Name: "a strange version", wire: "HTTP/9.%s 200 OK\r\n\r\n"},
		GossipWay{Name: "a strange status", wire: "HTTP/1.1 %s\r\n\r\n"},
		GossipWay{Name: "a quoting reason", wire: "HTTP/1.1 200 %s\r\nContent-Length: 0\r\n\r\n"},
		GossipWay{Name: "a quoting refusal", wire: "HTTP/1.1 403 %s\r\nContent-Length: 0\r\n\r\n"},
		GossipWay{Name: "a header without colon", wire: "HTTP/1.1 200 OK\r\n%s\r\n\r\n"},
		GossipWay{Name: "a strange length", wire: "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n"},
		GossipWay{Name: "two lengths", wire: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: %s\r\n\r\n"},
		GossipWay{Name: "a strange transfer", wire: "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n"},
		GossipWay{Name: "a strange chunk", wire: "HTTP/1.1 207 Multi-Status\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n"},
		GossipWay{Name: "no gzip", wire: "HTTP/1.1 207 Multi-Status\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n%s"},
		GossipWay{Name: "a strange address", wire: "HTTP/1.1 302 Found\r\nLocation: http://[%s\r\nContent-Length: 0\r\n\r\n"},
	)
}

// Answer has all calls from now on answered in a way.
func (g *Gossip) Answer(way GossipWay) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.way = way
}

// Asked tells how many calls were answered so far.
func (g *Gossip) Asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked
}

// ServeHTTP answers.
func (g *Gossip) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away
	}
	g.mu.Lock()
	way := g.way
	g.asked++
	g.mu.Unlock()
	user, password, _ := r.BasicAuth()
	said := strings.Join([]string{
		r.URL.String(), r.Header.Get("Authorization"), user, password, r.Header.Get("If-Match"), string(body),
	}, " ")
	said = strings.Join(strings.Fields(said), " ")
	if way.status == 0 {
		blurt(w, fmt.Sprintf(way.wire, said))
		return
	}
	h := w.Header()
	for _, name := range []string{"X-Request-Id", "Retry-After", "Date", "ETag", "Last-Modified", "Server"} {
		h.Set(name, said)
	}
	h.Set("WWW-Authenticate", fmt.Sprintf("Basic realm=%q", said))
	h.Set("Location", "https://elsewhere.test/?said="+url.QueryEscape(said))
	h.Set("Content-Type", "application/json")
	w.WriteHeader(way.status)
	if way.status == http.StatusNoContent {
		return
	}
	text := string(quotingError(way.status, said))
	if way.body != "" {
		text = fmt.Sprintf(way.body, said)
	}
	_, _ = io.WriteString(w, text) // the client went away
}

// quotingError is an error as Google writes them, as the token endpoint does, and as neither does.
func quotingError(status int, said string) []byte {
	words := strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(`":,;{}[] =/&?<>`, r) })
	details := []any{map[string]any{"reason": said, "fieldViolations": []any{map[string]any{"field": said}}}}
	for _, word := range words {
		details = append(details, map[string]any{
			"reason": word, "fieldViolations": []any{map[string]any{"field": word}, map[string]any{"field": "contacts[0]." + word}},
			"contactErrors": map[string]any{word: map[string]any{"code": 3, "message": said, "status": word}},
		})
	}
	raw, err := json.Marshal(map[string]any{
		"error":             map[string]any{"code": status, "status": said, "message": said, "details": details},
		"error_description": said, "error_uri": said,
	})
	if err != nil {
		panic(err) // texts and numbers
	}
	return raw
}

// blurt writes an answer that is none.
func blurt(w http.ResponseWriter, wire string) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the client went away
	}
	_, _ = buffered.WriteString(wire) // a client that goes away meanwhile is what its test is about
	_ = buffered.Flush()              // the same
	_ = conn.Close()                  // the same: the answer ends here
}
