package carddav

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"diapason/sync/contacts/book"
	"diapason/sync/contacts/vcard"
	"diapason/sync/dav"
	"diapason/sync/directory"
)

// The states of a reading: what stands behind tells whose it is.
const (
	byToken = "token "
	byCTag  = "ctag "
)

// listing is the reading under way: what is to be read, and what was told of it.
type listing struct {
	id    string
	paths []string // of cards, sorted
	gone  []string // of cards that are deleted
	whole bool
	state string
	etags map[string]string // of paths, where the service told them with the list
}

// leaveOut takes the cards that are known out of a reading since an earlier one. Versions that are alike only (RFC 9110,
// 8.8.1) do not say that a card is the same.
func (l *listing) leaveOut(ctx context.Context, known func(context.Context, []string) (map[string]string, error)) error {
	if l.whole || known == nil || len(l.paths) == 0 {
		return nil
	}
	seen, err := known(ctx, l.paths)
	if err != nil {
		return err
	}
	l.paths = slices.DeleteFunc(l.paths, func(path string) bool {
		etag := l.etags[path]
		return exact(etag) && etag == seen[path]
	})
	return nil
}

// exact tells a version that no card keeps when it changes, and that others can be compared by: one that says alike only
// begins otherwise (W/), one without quotes is none (RFC 9110, 8.8.3).
func exact(etag string) bool { return strings.HasPrefix(etag, `"`) }

// Read implements book.Book. The list of what is to be read is kept in memory between the pages: a program that was
// started anew in the middle is told ErrExpired, and reads again.
func (b *Book) Read(ctx context.Context, c book.Cursor) (book.Page, error) {
	if err := b.find(ctx); err != nil {
		return book.Page{}, err
	}
	if c.Page != "" {
		id, from, _ := strings.Cut(c.Page, " ")
		at, err := strconv.Atoi(from)
		if b.listing == nil || b.listing.id != id || err != nil || at < 0 || at > len(b.listing.paths) {
			return book.Page{}, book.ErrExpired
		}
		return b.page(ctx, at)
	}
	l, header, err := b.list(ctx, c.Since)
	if err != nil {
		return book.Page{}, err
	}
	if err := l.leaveOut(ctx, c.Known); err != nil {
		return book.Page{}, err
	}
	slices.Sort(l.paths)
	l.id = "1"
	if b.listing != nil {
		l.id += b.listing.id
	}
	b.listing = l
	p, err := b.page(ctx, 0)
	if p.ServerTime.IsZero() {
		p.ServerTime = moment(header.Get("Date"))
	}
	for _, path := range l.gone {
		p.Entries = append(p.Entries, book.Entry{ID: path, Deleted: true})
	}
	return p, err
}

// page reads the cards of the listing from one on.
func (b *Book) page(ctx context.Context, from int) (book.Page, error) {
	l := b.listing
	to := min(from+readAtOnce, len(l.paths))
	p := book.Page{Whole: l.whole, Total: -1}
	entries, header, err := b.cards(ctx, l.paths[from:to])
	if err != nil {
		return p, err
	}
	p.ServerTime = moment(header.Get("Date"))
	for _, e := range entries {
		if e.Deleted && l.whole { // since the listing
			continue
		}
		p.Entries = append(p.Entries, e)
	}
	if to < len(l.paths) {
		p.Next = l.id + " " + strconv.Itoa(to)
	} else {
		p.State = l.state
	}
	return p, nil
}

// noChanges are the answers of services that do not tell what changed, since a token that they forgot or at all: to a
// reading since an earlier one they say that its state has expired, to a whole one that it must be made otherwise.
var noChanges = []int{
	http.StatusBadRequest, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusConflict, http.StatusGone,
	http.StatusPreconditionFailed, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusNotImplemented,
	http.StatusInsufficientStorage, // RFC 6578, 3.6: more than it gives at once, to who did not ask for a part
}

// mostParts is how many parts of one answer are asked for: one that never ends fills no memory.
const mostParts = 10_000

// list finds what is to be read.
func (b *Book) list(ctx context.Context, since string) (*listing, http.Header, error) {
	token, tokened := strings.CutPrefix(since, byToken)
	ctag, tagged := strings.CutPrefix(since, byCTag)
	if since != "" && !tokened && !tagged || tokened && !b.found.sync {
		return nil, nil, book.ErrExpired
	}
	if b.found.sync && !tagged {
		l, header, err := b.changes(ctx, token)
		switch {
		case !dav.IsStatus(err, noChanges...):
			return l, header, err
		case since != "":
			return nil, nil, book.ErrExpired // RFC 6578, 3.2 and what services make of it; a whole reading tells a refusal apart
		}
		b.found.sync = false // it says that it can, and does not: read as one that cannot, until it is found again
	}
	header, err := b.refresh(ctx)
	if err != nil {
		return nil, nil, err
	}
	if tagged && b.found.ctag == ctag {
		return &listing{state: since}, header, nil
	}
	l := &listing{whole: true}
	if b.found.ctag != "" { // as of before the list: what changes meanwhile is read twice rather than never
		l.state = byCTag + b.found.ctag
	}
	var answers multistatus
	if header, err = b.home.Ask(ctx, "PROPFIND", b.home.Base.Path, "1", askVersions, &answers); err != nil {
		return nil, nil, err
	}
	for i := range answers.Responses {
		r := &answers.Responses[i]
		if s := statusOf(r.Status); s == http.StatusInsufficientStorage {
			return nil, nil, b.web.Wrong(directory.Ambiguous, nil, "unreachable", "host", b.web.Host())
		}
		if path, ok := b.member(r); ok {
			l.paths = append(l.paths, path)
		}
	}
	return l, header, nil
}

// changes asks for what changed since a token; a service may give it in several parts.
func (b *Book) changes(ctx context.Context, token string) (*listing, http.Header, error) {
	l := &listing{whole: token == "", etags: map[string]string{}}
	there := map[string]bool{} // false: deleted
	for part := 1; ; part++ {
		var answers multistatus
		header, err := b.home.Ask(ctx, "REPORT", b.home.Base.Path, "", askChanges(token), &answers)
		if err != nil {
			return nil, nil, err
		}
		more, known := false, len(there)
		for i := range answers.Responses {
			r := &answers.Responses[i]
			status := statusOf(r.Status)
			more = more || status == http.StatusInsufficientStorage // RFC 6578, 3.6: there is more
			if path, ok := b.member(r); ok && status != http.StatusInsufficientStorage {
				there[path] = status != http.StatusNotFound && status != http.StatusGone
				l.etags[path] = strings.TrimSpace(r.props().ETag)
			}
		}
		if answers.Token == "" || more && (answers.Token == token || len(there) == known || part == mostParts) {
			return nil, nil, b.web.Foreign(errors.New("no sync token that leads on"), "notDAV")
		}
		token = answers.Token
		if more {
			continue
		}
		for path, is := range there {
			switch {
			case is:
				l.paths = append(l.paths, path)
			case !l.whole:
				l.gone = append(l.gone, path)
			}
		}
		slices.Sort(l.gone)
		l.state = byToken + token
		return l, header, nil
	}
}

// member gives the path of a card that an answer is about; what is no card of the book is left. A card lies in the book
// itself (RFC 6352, 5.2): what lies further down, or was led out of the book again, would be changed somewhere else.
func (b *Book) member(r *response) (string, bool) {
	s := site{web: b.home}
	at, ok := s.to(r.Href)
	if !ok || r.props().Type.Collection != nil {
		return "", false
	}
	name, inside := strings.CutPrefix(at.Path, b.home.Base.Path)
	if !inside || name == "" || name == ".." || strings.Contains(name, "/") {
		return "", false
	}
	return at.Path, true
}

// cards reads cards by their paths, in that order. Lists of cards are left out; a card that is gone comes back so.
func (b *Book) cards(ctx context.Context, paths []string) ([]book.Entry, http.Header, error) {
	if len(paths) == 0 {
		return nil, nil, nil
	}
	told := map[string]*response{}
	var header http.Header
	for rest := paths; len(rest) > 0 && b.multiget >= 0; {
		n := len(rest)
		if b.multiget > 0 {
			n = min(n, b.multiget)
		}
		var err error
		if header, _, err = b.tell(ctx, rest[:n], told); err != nil {
			return nil, nil, err
		}
		rest = rest[n:]
	}
	entries := make([]book.Entry, 0, len(paths))
	for _, path := range paths {
		var e book.Entry
		var group bool
		switch r := told[path]; {
		case r == nil, r.props().Data == nil && !isGone(r):
			var err error
			if e, group, err = b.card(ctx, path); err != nil { // it was not told of: that does not say that it is gone
				return nil, nil, err
			}
		case isGone(r):
			e = book.Entry{ID: path, Deleted: true}
		default:
			p := r.props()
			e, group = b.entry(path, strings.TrimSpace(p.ETag), lines(*p.Data))
			e.At = moment(p.Modified)
		}
		if !group {
			entries = append(entries, e)
		}
	}
	return entries, header, nil
}

// fewer are the refusals that a smaller question may not meet.
var fewer = []int{
	http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity,
	http.StatusInsufficientStorage,
}

// tell asks for cards at once. Where that is refused for what may be their number (more than the service gives, or than
// is read of an answer: cards with pictures; one among them that spoils the answer) it asks for half of them; those that
// nothing is told of in the end are read by themselves. AtOnce: one answer told of all.
func (b *Book) tell(ctx context.Context, paths []string, told map[string]*response) (header http.Header, atOnce bool, err error) {
	var answers multistatus
	header, err = b.home.Ask(ctx, "REPORT", b.home.Base.Path, "1", askCards(paths), &answers)
	cut := errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case err == nil:
		for i := range answers.Responses {
			if path, ok := b.member(&answers.Responses[i]); ok {
				told[path] = &answers.Responses[i]
			}
		}
		return header, true, nil
	case dav.IsStatus(err, http.StatusMethodNotAllowed, http.StatusNotImplemented):
		b.multiget = -1
		return nil, false, nil
	case !cut && !errors.Is(err, dav.ErrXML) && !dav.IsStatus(err, fewer...), cut && len(paths) == 1:
		return nil, false, err
	case len(paths) == 1:
		return nil, false, nil
	}
	half := len(paths) - len(paths)/2
	_, first, err := b.tell(ctx, paths[:half], told)
	if err != nil || b.multiget < 0 {
		return nil, false, err
	}
	header, second, err := b.tell(ctx, paths[half:], told)
	if first && second { // it was for their number
		b.multiget = half
	}
	return header, false, err
}

func isGone(r *response) bool {
	s := statusOf(r.Status)
	return s == http.StatusNotFound || s == http.StatusGone
}

// lines gives a card the ends of lines that XML took from it.
func lines(text string) []byte {
	return []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"))
}

// card reads one card by itself.
func (b *Book) card(ctx context.Context, path string) (e book.Entry, group bool, err error) {
	u := *b.home.Base
	u.Path = path
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return e, false, b.web.Foreign(err, "notDAV")
	}
	res, err := b.home.Do(req)
	if dav.IsStatus(err, http.StatusNotFound, http.StatusGone) {
		return book.Entry{ID: path, Deleted: true}, false, nil
	}
	if err != nil {
		return e, false, err
	}
	defer res.Body.Close() // only read from: nothing is lost
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return e, false, dav.Unanswered(words, err, b.web.Host())
	}
	e, group = b.entry(path, res.Header.Get("ETag"), raw)
	e.At = moment(res.Header.Get("Last-Modified"))
	return e, group, nil
}

// entry reads a card as it came.
func (b *Book) entry(path, etag string, raw []byte) (e book.Entry, group bool) {
	if strings.ContainsFunc(etag, unicode.IsControl) {
		etag = "" // it cannot be sent back: as if it had none
	}
	p := vcard.Parse(raw)
	e = book.Entry{ID: path, ETag: etag, Raw: raw, Card: p.Card, Key: p.Key, InScope: b.label == "", Fault: p.Fault}
	if b.label != "" {
		e.InScope = slices.ContainsFunc(e.Card.Labels, b.isLabel)
		if e.Card.Labels = slices.DeleteFunc(e.Card.Labels, b.isLabel); len(e.Card.Labels) == 0 {
			e.Card.Labels = nil
		}
	}
	return e, p.Group
}

// Get implements book.Book.
func (b *Book) Get(ctx context.Context, ids []string) ([]book.Entry, error) {
	if err := b.find(ctx); err != nil {
		return nil, err
	}
	entries, _, err := b.cards(ctx, ids)
	return entries, err
}

// Probe implements book.Book: a creation of ours has its key in its path.
func (b *Book) Probe(ctx context.Context, keys []string) (map[string]book.Entry, error) {
	if err := b.find(ctx); err != nil {
		return nil, err
	}
	found := map[string]book.Entry{}
	for some := range slices.Chunk(keys, readAtOnce) {
		paths := make([]string, len(some))
		for i, key := range some {
			paths[i] = b.pathOf(key)
		}
		entries, _, err := b.cards(ctx, paths)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.Deleted && e.Key != "" {
				found[e.Key] = e
			}
		}
	}
	return found, nil
}

// pathOf gives where a card of a key is created.
func (b *Book) pathOf(key string) string { return b.home.Base.Path + key + ".vcf" }
