package publication

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"diapason/sync/dav"
	"diapason/sync/directory"
)

// maxFeed is the largest feed that is read back, in bytes.
const maxFeed = 64 << 20

// Verify reads a public address as a calendar application does, without any password, and checks that it gives the
// body: many hosts show a login page instead, or serve the file as another type. An error is a *directory.Error, whose
// problem says what is wrong; it never bears the address, which is a secret.
func Verify(ctx context.Context, address string, body []byte) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return dav.Wrong(directory.Refused, nil, "publication.publicAddress")
	}
	host := dav.HostOf(u)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return dav.Wrong(directory.Refused, nil, "publication.publicAddress")
	}
	req.Header.Set("User-Agent", dav.UserAgent)
	req.Header.Set("Cache-Control", "no-cache") // a host's cache may hold the file of before
	client := &http.Client{Timeout: dav.CallWithin}
	res, err := client.Do(req)
	if err != nil {
		return dav.Unanswered(Words, err, host)
	}
	defer res.Body.Close() // only read from: nothing is lost
	got, err := io.ReadAll(io.LimitReader(res.Body, maxFeed))
	if err != nil {
		return dav.Unanswered(Words, err, host)
	}
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	switch {
	case res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden:
		return dav.Wrong(directory.Refused, nil, "publication.public.closed", "host", host)
	case res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone:
		return dav.Wrong(directory.Refused, nil, "publication.public.missing", "host", host)
	case res.StatusCode != http.StatusOK:
		return dav.Wrong(directory.Refused, nil, "publication.public.status", "host", host, "status", strconv.Itoa(res.StatusCode))
	case page(kind, got):
		return dav.Wrong(directory.Refused, nil, "publication.public.page", "host", host)
	case !bytes.Equal(got, body):
		return dav.Wrong(directory.Refused, nil, "publication.public.stale", "host", host)
	case kind != "text/calendar":
		return dav.Wrong(directory.Refused, nil, "publication.public.type", "host", host, "type", kind)
	}
	return nil
}

// page reports whether an answer is a page for people.
func page(kind string, body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
	return kind == "text/html" && !bytes.HasPrefix(start, []byte("begin:vcalendar")) ||
		bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}
