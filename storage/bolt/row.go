package bolt

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"diapason/storage"
)

// The kept form of a Row, after its version byte: texts with their length as uvarint, times as uvarint nanoseconds
// since 1970 (0: none), small numbers as uvarint, the status and words as texts, lists with their count first. The id
// is the key. Decoding makes one string of the whole value and cuts it, so that 100,000 rows cost few allocations.
const rowVersion = 1

var errRow = errors.New("row cannot be decoded")

// collator gives French sort keys: accents after letters, case last, numbers by value ("Hôtel 2" before "Hôtel 10").
// One goroutine at a time may use it.
type collator struct {
	c   *collate.Collator
	buf collate.Buffer
}

func newCollator() *collator {
	return &collator{c: collate.New(language.French, collate.Numeric)}
}

func (c *collator) key(s string) string {
	defer c.buf.Reset()
	return string(c.c.KeyFromString(&c.buf, s))
}

// rowOf computes the part of a Row that comes from the establishment itself.
func rowOf(e *storage.Establishment, c *collator) storage.Row {
	_, percent := e.Completeness()
	return storage.Row{
		ID:           e.ID,
		Identifier:   e.Identifier,
		Name:         e.Name,
		Line:         e.Address.Line(),
		City:         e.Address.City,
		Status:       e.Status,
		AutoSync:     e.AutoSync,
		Labels:       slices.Clone(e.Labels),
		Completeness: uint8(percent),
		SearchKey: storage.SearchKey(e.Name + " " + e.Identifier + " " + e.Address.Street + " " + e.Address.Extra + " " +
			e.Address.Zip + " " + e.Address.City),
		SortKey:   c.key(e.Name),
		UpdatedAt: e.UpdatedAt,
	}
}

// rowListingOf computes what a Row shows of one listing.
func rowListingOf(l *storage.Listing) storage.RowListing {
	r := storage.RowListing{AccountID: l.AccountID, Word: l.Word(), SentAt: l.SentAt, RetryAt: l.RetryAt}
	switch {
	case l.Reason != nil:
		r.ReasonCode = l.Reason.Code
	case len(l.Blockers) > 0:
		r.ReasonCode = l.Blockers[0].Code
	}
	for _, m := range l.Matches {
		if m == storage.MatchRemoteChanged || m == storage.MatchBothChanged {
			r.Differing++
		}
	}
	changed := l.Desired.Diff(l.Accepted)
	r.Changed = len(changed)
	for _, f := range l.Kept {
		if !slices.Contains(changed, f) {
			r.Changed++
		}
	}
	return r
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0)
	}
	return binary.AppendUvarint(b, uint64(t.UnixNano()))
}

func encodeRow(r *storage.Row) []byte {
	n := 64 + len(r.Identifier) + len(r.Name) + len(r.Line) + len(r.City) + len(r.SearchKey) + len(r.SortKey) +
		96*len(r.Listings)
	for _, l := range r.Labels {
		n += len(l) + 2
	}
	b := make([]byte, 0, n)
	b = append(b, rowVersion)
	for _, s := range []string{r.Identifier, r.Name, r.Line, r.City, string(r.Status), r.SearchKey, r.SortKey} {
		b = appendText(b, s)
	}
	auto := byte(0)
	if r.AutoSync {
		auto = 1
	}
	b = append(b, auto, r.Completeness)
	b = appendTime(b, r.UpdatedAt)
	b = binary.AppendUvarint(b, uint64(len(r.Labels)))
	for _, l := range r.Labels {
		b = appendText(b, l)
	}
	b = binary.AppendUvarint(b, uint64(len(r.Listings)))
	for i := range r.Listings {
		l := &r.Listings[i]
		b = appendText(b, l.AccountID)
		b = appendText(b, string(l.Word))
		b = appendTime(b, l.SentAt)
		b = appendTime(b, l.RetryAt)
		b = appendText(b, l.ReasonCode)
		b = binary.AppendUvarint(b, uint64(l.Differing))
		b = binary.AppendUvarint(b, uint64(l.Changed))
	}
	return b
}

// rowReader cuts a row's bytes; bad is set, and zero values given, once they do not hold what they should.
type rowReader struct {
	s   string
	bad bool
}

func (d *rowReader) byte() byte {
	if len(d.s) == 0 {
		d.bad = true
		return 0
	}
	v := d.s[0]
	d.s = d.s[1:]
	return v
}

func (d *rowReader) number() uint64 {
	var v uint64
	for shift := uint(0); shift < 64; shift += 7 {
		c := d.byte()
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	d.bad = true
	return 0
}

func (d *rowReader) text() string {
	n := d.number()
	if n > uint64(len(d.s)) {
		d.bad = true
		return ""
	}
	v := d.s[:n]
	d.s = d.s[n:]
	return v
}

func (d *rowReader) time() time.Time {
	n := d.number()
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(n)).UTC()
}

// count reads a list's length; an item takes one byte at least, so a greater one than what is left is damage.
func (d *rowReader) count() int {
	n := d.number()
	if n > uint64(len(d.s)) {
		d.bad = true
		return 0
	}
	return int(n)
}

func (d *rowReader) listing() storage.RowListing {
	l := storage.RowListing{AccountID: d.text(), Word: storage.Word(d.text())}
	l.SentAt, l.RetryAt = d.time(), d.time()
	l.ReasonCode = d.text()
	l.Differing, l.Changed = int(d.number()), int(d.number())
	return l
}

// eachListing calls f for the listings of an encoded row.
func eachListing(value []byte, f func(*storage.RowListing)) error {
	d := rowReader{s: string(value)}
	if d.byte() != rowVersion {
		return errRow
	}
	for range 7 { // the texts before the numbers: see encodeRow
		d.text()
	}
	d.byte()
	d.byte()
	d.number()
	for range d.count() {
		d.text()
	}
	for range d.count() {
		if l := d.listing(); !d.bad {
			f(&l)
		}
	}
	if d.bad || d.s != "" {
		return errRow
	}
	return nil
}

func decodeRow(id string, value []byte) (storage.Row, error) {
	d := rowReader{s: string(value)}
	if d.byte() != rowVersion {
		return storage.Row{}, errRow
	}
	r := storage.Row{ID: id}
	r.Identifier, r.Name, r.Line, r.City = d.text(), d.text(), d.text(), d.text()
	r.Status = storage.Status(d.text())
	r.SearchKey, r.SortKey = d.text(), d.text()
	r.AutoSync = d.byte() == 1
	r.Completeness = d.byte()
	r.UpdatedAt = d.time()
	if n := d.count(); n > 0 {
		r.Labels = make([]string, n)
		for i := range r.Labels {
			r.Labels[i] = d.text()
		}
	}
	if n := d.count(); n > 0 {
		r.Listings = make([]storage.RowListing, n)
		for i := range r.Listings {
			r.Listings[i] = d.listing()
		}
	}
	if d.bad || d.s != "" {
		return storage.Row{}, errRow
	}
	return r, nil
}
