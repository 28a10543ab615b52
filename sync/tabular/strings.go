package tabular

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// stringTable keeps the shared strings of a workbook: one after the other, each after its length, with the place of
// every sixteenth in an index. Beyond a limit of memory the bytes live in a temporary file, read back by pages, so
// that the table's memory does not grow with the file.
type stringTable struct {
	index  []int64 // place of every blockStrings-th string
	count  int
	limit  int    // bytes kept in memory
	bytes  []byte // while it fits
	file   *os.File
	wrote  int64 // bytes in file, without those waiting in bytes
	pages  [tablePages]tablePage
	length [binary.MaxVarintLen64]byte
}

const (
	blockStrings = 16
	tablePages   = 128
	pageBytes    = 64 << 10
)

type tablePage struct {
	number int64 // page number + 1; 0 when the slot is empty
	data   []byte
}

func (t *stringTable) add(s []byte) error {
	if t.count%blockStrings == 0 {
		t.index = append(t.index, t.wrote+int64(len(t.bytes)))
	}
	t.count++
	t.bytes = append(t.bytes, t.length[:binary.PutUvarint(t.length[:], uint64(len(s)))]...)
	t.bytes = append(t.bytes, s...)
	if t.file == nil && len(t.bytes) <= t.limit || t.file != nil && len(t.bytes) < pageBytes {
		return nil
	}
	return t.spill()
}

// spill moves the bytes to the temporary file.
func (t *stringTable) spill() error {
	if t.file == nil {
		f, err := os.CreateTemp("", "diapason-strings-*")
		if err != nil {
			return err
		}
		t.file = f
	}
	n, err := t.file.Write(t.bytes)
	t.wrote += int64(n)
	if cap(t.bytes) > 2*pageBytes {
		t.bytes = make([]byte, 0, 2*pageBytes)
	}
	t.bytes = t.bytes[:0]
	return err
}

// finish ends the adding.
func (t *stringTable) finish() error {
	if t.file == nil {
		return nil
	}
	return t.spill()
}

// appendTo appends string i to dst.
func (t *stringTable) appendTo(dst []byte, i int) ([]byte, error) {
	if i < 0 || i >= t.count {
		return dst, &flaw{code: flawDamaged, cause: errors.New("a cell names a shared string that does not exist")}
	}
	at := t.index[i/blockStrings]
	for skip := i % blockStrings; ; skip-- {
		n, width, err := t.lengthAt(at)
		if err != nil {
			return dst, err
		}
		at += int64(width)
		if skip == 0 {
			return t.read(dst, at, n)
		}
		at += int64(n)
	}
}

func (t *stringTable) lengthAt(at int64) (n, width int, err error) {
	var head []byte
	if t.file == nil {
		head = t.bytes[at:]
	} else if head, err = t.page(at); err != nil {
		return 0, 0, err
	}
	if len(head) < binary.MaxVarintLen32 && t.file != nil { // may cross to the next page
		head, err = t.read(t.length[:0], at, int(min(binary.MaxVarintLen32, t.wrote-at)))
		if err != nil {
			return 0, 0, err
		}
	}
	v, w := binary.Uvarint(head)
	if w <= 0 {
		return 0, 0, io.ErrUnexpectedEOF
	}
	return int(v), w, nil
}

func (t *stringTable) read(dst []byte, at int64, n int) ([]byte, error) {
	if t.file == nil {
		return append(dst, t.bytes[at:at+int64(n)]...), nil
	}
	for n > 0 {
		p, err := t.page(at)
		if err != nil {
			return dst, err
		}
		k := min(n, len(p))
		dst = append(dst, p[:k]...)
		at += int64(k)
		n -= k
	}
	return dst, nil
}

// page gives the bytes of the page that holds at, from at on.
func (t *stringTable) page(at int64) ([]byte, error) {
	number := at / pageBytes
	slot := &t.pages[number%tablePages]
	if slot.number != number+1 {
		if slot.data == nil {
			slot.data = make([]byte, pageBytes)
		}
		n, err := t.file.ReadAt(slot.data[:pageBytes], number*pageBytes)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		slot.data, slot.number = slot.data[:n], number+1
	}
	from := at % pageBytes
	if from >= int64(len(slot.data)) {
		return nil, io.ErrUnexpectedEOF
	}
	return slot.data[from:], nil
}

func (t *stringTable) close() error {
	if t.file == nil {
		return nil
	}
	return errors.Join(t.file.Close(), os.Remove(t.file.Name()))
}

// readStrings reads the shared strings part.
func readStrings(r io.Reader, l limits) (*stringTable, error) {
	t := &stringTable{limit: l.stringMemory}
	s := newScanner(r, l.cellBytes)
	var text []byte
	for {
		err := s.next()
		if errors.Is(err, io.EOF) {
			return t, t.finish()
		}
		if err == nil && s.kind == tokenStart && string(s.name) == "si" {
			if text, err = appendRichText(text[:0], s, "si", l); err == nil {
				err = t.add(text)
			}
		}
		if err != nil {
			return nil, errors.Join(err, t.close())
		}
	}
}

// appendRichText appends the text of an element of texts (si, is): of its t elements, runs included, phonetic guides
// left out.
func appendRichText(dst []byte, s *scanner, element string, l limits) ([]byte, error) {
	if s.empty {
		return dst, nil
	}
	from, inText := len(dst), false
	for {
		if err := s.next(); err != nil {
			return dst, unexpected(err)
		}
		switch s.kind {
		case tokenText:
			if inText {
				dst = s.appendToken(dst)
				if len(dst)-from > l.cellBytes {
					return dst, &flaw{code: flawCellLong}
				}
			}
		case tokenStart:
			if string(s.name) == "rPh" {
				if err := s.skipElement(); err != nil {
					return dst, err
				}
				continue
			}
			inText = string(s.name) == "t" && !s.empty
		case tokenEnd:
			inText = false
			if string(s.name) == element {
				return unescape(dst, from), nil
			}
		}
	}
}
