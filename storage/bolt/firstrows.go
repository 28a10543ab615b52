package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"diapason/storage"
)

// candidate is a row that may be among the first ones; its slices are the file's own, valid in the transaction.
type candidate struct{ sortKey, id, value []byte }

func (c candidate) compare(d candidate) int {
	if n := bytes.Compare(c.sortKey, d.sortKey); n != 0 {
		return n
	}
	return bytes.Compare(c.id, d.id)
}

// FirstRows looks at every row's status and sort key where they stand in the file, and decodes only those it gives.
func (r *reader) FirstRows(limit int, except storage.Status) ([]storage.Row, error) {
	if limit <= 0 {
		return nil, nil
	}
	best := make([]candidate, 0, 2*limit)
	full := false // best[limit-1] is the last one that counts
	shorten := func() {
		slices.SortFunc(best, candidate.compare)
		if full = len(best) >= limit; full {
			best = best[:limit]
		}
	}
	err := r.scan(bRows, nil, nil, func(k, v []byte) (bool, error) {
		status, sortKey, ok := peekRow(v)
		if !ok {
			return false, fmt.Errorf("row %q: %w", k, errRow)
		}
		c := candidate{sortKey, k, v}
		if string(status) == string(except) || full && c.compare(best[limit-1]) > 0 {
			return true, nil
		}
		if best = append(best, c); len(best) == cap(best) {
			shorten()
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	shorten()
	rows := make([]storage.Row, len(best))
	for i, c := range best {
		if rows[i], err = decodeRow(string(c.id), c.value); err != nil {
			return nil, fmt.Errorf("row %q: %w", c.id, err)
		}
	}
	return rows, nil
}

// peekRow gives the status and the sort key of an encoded row, without copying them.
func peekRow(v []byte) (status, sortKey []byte, ok bool) {
	if len(v) == 0 || v[0] != rowVersion {
		return nil, nil, false
	}
	v = v[1:]
	for field := range 7 { // identifier, name, line, city, status, search key, sort key: see encodeRow
		n, size := binary.Uvarint(v)
		if size <= 0 || n > uint64(len(v)-size) {
			return nil, nil, false
		}
		text := v[size : size+int(n)]
		v = v[size+int(n):]
		switch field {
		case 4:
			status = text
		case 6:
			sortKey = text
		}
	}
	return status, sortKey, true
}
