package feedserver

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ContentType is what a feed is served as, and what a publication of it must be served as.
const ContentType = "text/calendar; charset=utf-8"

// Body is a feed as it leaves, in each of its encodings. It is never changed once made.
type Body struct {
	Plain, Gzip []byte
	// ETag is that of the plain body; the compressed one has its own. The same bytes have the same ones after a restart.
	ETag, GzipETag string
	// Modified is when what the feed shows last changed.
	Modified time.Time
	// disposition names the file for whoever opens the link in a browser.
	disposition string
}

// NewBody compresses a feed and computes its ETags. The name is that of the file for whoever opens the link in a
// browser: "Planning.ics".
func NewBody(name string, plain []byte, modified time.Time) (*Body, error) {
	var packed bytes.Buffer
	packed.Grow(len(plain)/4 + 512) // feeds shrink three times and more
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(plain); err != nil {
		return nil, fmt.Errorf("compress a feed: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("compress a feed: %w", err)
	}
	return &Body{
		Plain: plain, Gzip: packed.Bytes(), ETag: etag(plain), GzipETag: etag(packed.Bytes()),
		Modified: modified.UTC().Truncate(time.Second), disposition: disposition(name),
	}, nil
}

// etag makes a strong validator: other bytes, another ETag.
func etag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// disposition writes the header: with quotes, and with the name's accents in the form of RFC 8187 beside it.
// "attachment" would keep some calendar programs from reading on.
func disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '/' {
			return '_'
		}
		return r
	}, name)
	if plain == name {
		return `inline; filename="` + name + `"`
	}
	return `inline; filename="` + plain + `"; filename*=UTF-8''` + url.PathEscape(name)
}

// send answers with the body, a part of it, or 304.
func (b *Body) send(w http.ResponseWriter, r *http.Request) {
	content, tag := b.Plain, b.ETag
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	if takesGzip(r.Header) {
		content, tag = b.Gzip, b.GzipETag
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", tag)
	h.Set("Content-Type", ContentType)
	h.Set("Content-Disposition", b.disposition)
	h.Set("Cache-Control", "private, max-age=300")
	exactDate(r.Header, b.Modified)
	http.ServeContent(entire{w, content}, r, "", b.Modified, bytes.NewReader(content))
}

// exactDate drops an If-Modified-Since that is not the body's own date. A feed's date can go back, when the reservation
// that changed last is deleted: what differs is another body, older or not.
func exactDate(h http.Header, modified time.Time) {
	since, err := http.ParseTime(h.Get("If-Modified-Since"))
	if err == nil && !since.Equal(modified) {
		h.Del("If-Modified-Since")
	}
}

// takesGzip reads Accept-Encoding (RFC 9110, 12.5.3).
func takesGzip(h http.Header) bool {
	any := false
	for _, line := range h.Values("Accept-Encoding") {
		for offer := range strings.SplitSeq(line, ",") {
			coding, weight, _ := strings.Cut(offer, ";")
			switch strings.ToLower(strings.TrimSpace(coding)) {
			case "gzip", "x-gzip":
				return !isZero(weight)
			case "*":
				any = !isZero(weight)
			}
		}
	}
	return any
}

// isZero reads a weight: "q=0", "q=0.000".
func isZero(weight string) bool {
	q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(weight)), "q=")
	return ok && strings.Trim(q, "0.") == ""
}
