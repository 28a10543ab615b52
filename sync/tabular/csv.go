package tabular

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"diapason/storage"
)

type charset uint8

const (
	charsetUTF8 charset = iota
	charsetWindows1252
	charsetUTF16
)

// csvFormat is how a text file is written.
type csvFormat struct {
	charset   charset
	bom       int64 // bytes of a UTF-8 mark to leave out
	separator byte
	skipFirst bool // the first line is Excel's "sep=;"
	size      int64
}

// sampleBytes is how much of the text decides the separator.
const sampleBytes = 64 << 10

// openCSV finds the character set and the separator.
func (w *Workbook) openCSV(ctx context.Context) error {
	st, err := w.file.Stat()
	if err != nil {
		return err
	}
	f := csvFormat{size: st.Size()}
	if f.charset, f.bom, err = detectCharset(ctx, w.file); err != nil {
		return err
	}
	if f.charset == charsetWindows1252 {
		if binary, err := hasControl(w.file); err != nil {
			return err
		} else if binary {
			return storage.NewProblem("file.unknown", "name", w.name)
		}
	}
	sample := make([]byte, sampleBytes)
	n, err := io.ReadFull(decoded(w.file, f), sample)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	sample = sample[:n]
	if bytes.IndexByte(sample, 0) >= 0 {
		return storage.NewProblem("file.unknown", "name", w.name)
	}
	if len(bytes.TrimSpace(sample)) == 0 {
		return storage.NewProblem("file.empty", "name", w.name)
	}
	f.separator = detectSeparator(sample)
	if first, _, _ := bytes.Cut(sample, []byte("\n")); len(bytes.TrimSpace(first)) == 5 && bytes.HasPrefix(first, []byte("sep=")) {
		f.separator, f.skipFirst = first[4], true
	}
	w.csv = &f
	w.sheets = []Sheet{{Name: w.name}}
	return nil
}

// detectCharset reads the whole file once: a single byte that UTF-8 forbids makes it Windows-1252.
func detectCharset(ctx context.Context, f *os.File) (charset, int64, error) {
	head := make([]byte, 3)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, 0, err
	}
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return charsetUTF8, 3, nil
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return charsetUTF16, 0, nil
	}
	buf := make([]byte, 256<<10)
	kept := 0
	for off := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		n, err := f.ReadAt(buf[kept:], off)
		off += int64(n)
		b := buf[:kept+n]
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return 0, 0, err
		}
		cut := len(b)
		if !last {
			cut -= partialRune(b)
		}
		if !utf8.Valid(b[:cut]) {
			return charsetWindows1252, 0, nil
		}
		if last {
			return charsetUTF8, 0, nil
		}
		kept = copy(buf, b[cut:])
	}
}

// partialRune gives the length of an unfinished character at the end of b.
func partialRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if utf8.FullRune(b[len(b)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}

// hasControl tells a binary file: bytes that no text in Windows-1252 has.
func hasControl(f *os.File) (bool, error) {
	head := make([]byte, 8<<10)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	for _, c := range head[:n] {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1A {
			return true, nil
		}
	}
	return false, nil
}

// decoded reads the file from its beginning in UTF-8.
func decoded(f *os.File, c csvFormat) io.Reader {
	r := io.NewSectionReader(f, c.bom, c.size-c.bom)
	switch c.charset {
	case charsetWindows1252:
		return transform.NewReader(r, charmap.Windows1252.NewDecoder())
	case charsetUTF16:
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	}
	return r
}

// detectSeparator takes the candidate that cuts the most lines into the same number of fields, and the greater number
// of fields among equals.
func detectSeparator(sample []byte) byte {
	best, bestScore := byte(','), 0
	for _, sep := range []byte{';', ',', '\t'} {
		counts := fieldCounts(sample, sep)
		if len(counts) == 0 || counts[0] == 0 {
			continue
		}
		same := 0
		for _, n := range counts {
			if n == counts[0] {
				same++
			}
		}
		if score := same*1000/len(counts)*100 + min(counts[0], 99); score > bestScore {
			best, bestScore = sep, score
		}
	}
	return best
}

// fieldCounts counts the separators outside quotes on each of the first lines that are not empty.
func fieldCounts(sample []byte, sep byte) []int {
	var counts []int
	n, quoted, blank := 0, false, true
	for _, c := range sample {
		switch {
		case c == '"':
			quoted, blank = !quoted, false
		case c == '\n' && !quoted:
			if !blank {
				counts = append(counts, n)
			}
			if n, blank = 0, true; len(counts) == 50 {
				return counts
			}
		case c == sep && !quoted:
			n++
			blank = false
		case c > ' ':
			blank = false
		}
	}
	if !blank && len(counts) == 0 {
		counts = append(counts, n)
	}
	return counts
}

// csvRows reads records (RFC 4180, quotes tolerated inside bare fields, line breaks kept inside quoted ones).
type csvRows struct {
	r       *bufio.Reader
	counter *countingReader
	format  csvFormat
	limits  limits
	number  int
	arena   []byte
	spans   []span
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

func newCSVRows(f *os.File, format csvFormat, l limits) (*csvRows, error) {
	c := &countingReader{r: decoded(f, format)}
	r := &csvRows{r: bufio.NewReaderSize(c, 64<<10), counter: c, format: format, limits: l}
	if format.skipFirst {
		if _, err := r.r.ReadString('\n'); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		r.number++
	}
	return r, nil
}

func (r *csvRows) Close() error { return nil }

func (r *csvRows) progress() float64 {
	if r.format.size == 0 {
		return 1
	}
	return min(1, float64(r.counter.n)/float64(r.format.size))
}

func (r *csvRows) next(row *Row) error {
	for {
		filled, err := r.record()
		if err != nil {
			return err
		}
		if r.number++; r.number > r.limits.rows {
			return &flaw{code: flawRows}
		}
		if filled {
			break
		}
	}
	row.Number, row.Cells = r.number, row.Cells[:0]
	text := string(r.arena)
	for _, s := range r.spans {
		row.Cells = append(row.Cells, literal(Cell{Text: text[s.from:s.to], Flags: s.flags}))
	}
	return nil
}

// record reads one record into the arena; filled is false when all its fields are empty.
func (r *csvRows) record() (filled bool, err error) {
	r.arena, r.spans = r.arena[:0], r.spans[:0]
	if _, err := r.r.Peek(1); err != nil {
		return false, err
	}
	for {
		from := len(r.arena)
		end, quoted, err := r.field()
		if err != nil {
			return false, err
		}
		flags := CellFlags(0)
		if text := r.arena[from:]; !quoted && len(text) > 0 && plainNumber(text) && (text[0] != '0' || len(text) == 1) {
			flags = FlagNumber
		}
		r.spans = append(r.spans, span{from: from, to: len(r.arena), flags: flags})
		if len(r.spans) > r.limits.columns {
			return false, &flaw{code: flawColumns}
		}
		if len(r.arena) > r.limits.rowBytes {
			return false, &flaw{code: flawCellLong}
		}
		if end {
			return len(bytes.TrimSpace(r.arena)) > 0, nil
		}
	}
}

// field reads one field; end tells that the record ends with it.
func (r *csvRows) field() (end, quoted bool, err error) {
	from := len(r.arena)
	inQuotes := false
	for {
		c, err := r.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return true, quoted, nil
		}
		if err != nil {
			return false, quoted, err
		}
		switch {
		case inQuotes && c == '"':
			if r.ahead('"') {
				r.arena = append(r.arena, '"')
				if _, err := r.r.Discard(1); err != nil {
					return false, quoted, err
				}
				continue
			}
			inQuotes = false
		case inQuotes && c == '\r' && r.ahead('\n'): // a line break inside the field
		case inQuotes:
			r.arena = append(r.arena, c)
		case c == '"' && len(r.arena) == from && !quoted:
			inQuotes, quoted = true, true
		case c == r.format.separator:
			return false, quoted, nil
		case c == '\n':
			return true, quoted, nil
		case c == '\r':
			if !r.ahead('\n') {
				return true, quoted, nil // lines of old Macs
			}
		default:
			r.arena = append(r.arena, c)
		}
		if len(r.arena)-from > r.limits.cellBytes {
			return false, quoted, &flaw{code: flawCellLong}
		}
	}
}

// ahead tells whether the next byte is c.
func (r *csvRows) ahead(c byte) bool {
	next, err := r.r.Peek(1)
	return err == nil && next[0] == c
}
