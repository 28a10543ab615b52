package subscription

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"diapason/sync/agenda/ical"
)

// The bounds of one reading.
const (
	// DefaultWithin is how long a reading may take in all, redirects and slow bodies included.
	DefaultWithin = time.Minute
	// largest is how many bytes a calendar may have, unpacked: some 15,000 full events.
	largest = 10 << 20
	// mostHops is how many redirects are followed.
	mostHops = 5
	dialling = 15 * time.Second
	headers  = 64 << 10 // bytes, of an answer
)

// userAgent names the program. Some services give calendars to what looks like a browser only.
const userAgent = "Mozilla/5.0 (compatible; Diapason; calendar subscription)"

// Params are what a Client needs; the zero Params are those of the program.
type Params struct {
	Within time.Duration // of one reading; 0: DefaultWithin
	TLS    *tls.Config   // nil: the system's authorities
}

// Client reads calendars. Its methods may be called from any goroutine.
type Client struct {
	within time.Duration
	http   *http.Client
	proxy  func(*http.Request) (*url.URL, error)
}

// NewClient makes a client. It keeps no connection between two readings: they are an hour apart.
func NewClient(p Params) *Client {
	c := &Client{within: p.Within, proxy: http.ProxyFromEnvironment}
	if c.within == 0 {
		c.within = DefaultWithin
	}
	dialer := &net.Dialer{Timeout: dialling, ControlContext: near}
	c.http = &http.Client{
		Transport: &http.Transport{
			Proxy: c.proxy, DialContext: dialer.DialContext, TLSClientConfig: p.TLS, TLSHandshakeTimeout: dialling,
			DisableKeepAlives: true, MaxResponseHeaderBytes: headers,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// reachKey is under which a call's context says how near it may connect.
type reachKey struct{}

// near refuses addresses that a call may not reach, once its name is resolved: what a name stands for may change between
// two looks at it.
func near(ctx context.Context, _, address string, _ syscall.RawConn) error {
	allowed, ok := ctx.Value(reachKey{}).(reach)
	at, err := netip.ParseAddrPort(address)
	if !ok || err != nil || !allowed.allows(at.Addr()) {
		return errors.Join(errInside, err)
	}
	return nil
}

// Request is what is to be read, and what is known of it already.
type Request struct {
	Address *url.URL // from ParseAddress
	// ETag, LastModified and Hash are of the last reading; empty: the calendar is read whatever it holds.
	ETag, LastModified, Hash string
	Zone                     string    // IANA name of the zone of times without one
	Now                      time.Time // to understand the moment until which a service asks to be left alone
}

// Answer is a calendar that was read to its end.
type Answer struct {
	// Unchanged tells that it is the one of the last reading: Calendar and Faults are empty.
	Unchanged bool
	Calendar  ical.Calendar
	Faults    []ical.Fault // events that could not be read for certain

	ETag, LastModified, Hash string
}

// Read reads a calendar. Its errors are *Failure, but that of a context that ended.
func (c *Client) Read(ctx context.Context, r Request) (Answer, error) {
	run, cancel := context.WithTimeout(ctx, c.within)
	defer cancel()
	answer, f := c.read(run, r)
	switch {
	case f == nil:
		return answer, nil
	case ctx.Err() != nil:
		return Answer{}, ctx.Err()
	case run.Err() != nil: // wherever it stood then
		return Answer{}, failure(Passing, f, "outsideFeed.slow", "host", Host(r.Address))
	}
	return Answer{}, f
}

func (c *Client) read(ctx context.Context, r Request) (Answer, *Failure) {
	host := Host(r.Address)
	res, f := c.follow(ctx, r)
	if f != nil {
		return Answer{}, f
	}
	defer res.Body.Close() // only read from: nothing is lost
	if res.StatusCode == http.StatusNotModified && asksWhetherChanged(r) {
		return Answer{Unchanged: true, ETag: r.ETag, LastModified: r.LastModified, Hash: r.Hash}, nil
	}
	if res.StatusCode != http.StatusOK {
		return Answer{}, refusal(res, host, r.Now)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, largest+1))
	if err != nil {
		return Answer{}, interrupted(err, host)
	}
	if len(body) > largest {
		return Answer{}, failure(Lasting, nil, "outsideFeed.tooLarge", "host", host)
	}
	sum := sha256.Sum256(body)
	answer := Answer{ETag: res.Header.Get("ETag"), LastModified: res.Header.Get("Last-Modified"), Hash: hex.EncodeToString(sum[:])}
	if answer.Unchanged = answer.Hash == r.Hash; answer.Unchanged {
		return answer, nil
	}
	answer.Calendar, answer.Faults, err = ical.Read(bytes.NewReader(body), ical.ReadParams{Zone: r.Zone, Limit: largest})
	if err != nil {
		return Answer{}, noCalendar(err, host)
	}
	return answer, nil
}

// asksWhetherChanged reports whether the answer 304 makes sense.
func asksWhetherChanged(r Request) bool {
	return r.Hash != "" && (r.ETag != "" || r.LastModified != "")
}

// follow asks, and goes where the service leads: from https to https only, and neither to this machine nor to its network.
func (c *Client) follow(ctx context.Context, r Request) (*http.Response, *Failure) {
	typed, host := r.Address, Host(r.Address)
	at := typed
	for hop := 0; ; hop++ {
		allowed := reachPublic
		if at.Hostname() == typed.Hostname() && (port(at) == port(typed) || port(at) == standardPorts["https"]) {
			allowed = reachOf(typed)
		}
		res, err := c.ask(ctx, at, allowed, r)
		if err != nil {
			return nil, unanswered(err, host)
		}
		if !leads(res.StatusCode) {
			return res, nil
		}
		res.Body.Close() //nolint:errcheck // not read
		to, err := res.Location()
		switch {
		case err != nil:
			return nil, refusal(res, host, r.Now)
		case hop == mostHops:
			return nil, failure(Lasting, nil, "outsideFeed.redirects", "host", host)
		case to.Scheme != "https" && (to.Scheme != "http" || at.Scheme == "https"):
			return nil, failure(Lasting, nil, "outsideFeed.insecure", "host", host, "to", to.Hostname())
		}
		at = to
	}
}

func leads(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// ask makes one call.
func (c *Client) ask(ctx context.Context, at *url.URL, allowed reach, r Request) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "text/calendar, */*;q=0.5")
	if asksWhetherChanged(r) {
		if r.ETag != "" {
			req.Header.Set("If-None-Match", r.ETag)
		}
		if r.LastModified != "" {
			req.Header.Set("If-Modified-Since", r.LastModified)
		}
	}
	if literal, err := netip.ParseAddr(at.Hostname()); err == nil && !allowed.allows(literal) {
		return nil, errInside
	}
	if through, err := c.proxy(req); err == nil && through != nil {
		allowed = reachAll // of the proxy, which resolves names itself
	}
	return c.http.Do(req.WithContext(context.WithValue(ctx, reachKey{}, allowed)))
}
