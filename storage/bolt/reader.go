package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"diapason/storage"
)

// reader is a storage.Reader on one bbolt transaction.
type reader struct {
	tx      *bbolt.Tx
	buckets [bucketCount]*bbolt.Bucket
	// rows stands on the row that was asked for last; see rowValue.
	rows *bbolt.Cursor
	// pending holds the counters changed in this transaction and not yet written (writer only).
	pending map[string]int64
}

var _ storage.Reader = (*reader)(nil)

// in gives a bucket; Open made sure that all exist.
func (r *reader) in(b bucket) *bbolt.Bucket {
	if r.buckets[b] == nil {
		r.buckets[b] = r.tx.Bucket([]byte(layout[b].name))
	}
	return r.buckets[b]
}

// get decodes one record into v, or gives ErrNotFound.
func (r *reader) get(b bucket, key []byte, v any) error {
	raw := r.in(b).Get(key)
	if raw == nil {
		return fmt.Errorf("%s %q: %w", b, key, storage.ErrNotFound)
	}
	return decode(raw, v)
}

// scan calls f on the keys that begin with prefix, from the key from on (nil: the first), until f gives false. Keys and
// values are only valid during the call, and f must not change the bucket.
func (r *reader) scan(b bucket, prefix, from []byte, f func(k, v []byte) (bool, error)) error {
	c := r.in(b).Cursor()
	start := prefix
	if bytes.Compare(from, prefix) > 0 {
		start = from
	}
	for k, v := c.Seek(start); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if more, err := f(k, v); err != nil || !more {
			return err
		}
	}
	return nil
}

// scanBack is scan downwards, from the last key of the prefix, or from the one before the key before.
func (r *reader) scanBack(b bucket, prefix, before []byte, f func(k, v []byte) (bool, error)) error {
	c := r.in(b).Cursor()
	start := before
	if start == nil {
		start = successor(prefix)
	}
	var k, v []byte
	if start == nil {
		k, v = c.Last()
	} else if k, _ = c.Seek(start); k == nil {
		k, v = c.Last()
	} else {
		k, v = c.Prev()
	}
	for ; k != nil && bytes.HasPrefix(k, prefix); k, v = c.Prev() {
		if more, err := f(k, v); err != nil || !more {
			return err
		}
	}
	return nil
}

// successor gives the least key greater than all that begin with prefix; nil when there is none.
func successor(prefix []byte) []byte {
	s := bytes.Clone(prefix)
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < 0xff {
			s[i]++
			return s[:i+1]
		}
	}
	return nil
}

// page reads the records of a bucket whose keys begin with prefix, from a key on; limit 0 or less: all.
func page[T any](r *reader, b bucket, prefix, from []byte, limit int) ([]*T, error) {
	var out []*T
	err := r.scan(b, prefix, from, func(_, v []byte) (bool, error) {
		t := new(T)
		if err := decode(v, t); err != nil {
			return false, err
		}
		out = append(out, t)
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

// ids lists what id cuts out of each key that begins with prefix.
func (r *reader) ids(b bucket, prefix []byte, limit int, id func(k []byte) string) ([]string, error) {
	var out []string
	err := r.scan(b, prefix, nil, func(k, _ []byte) (bool, error) {
		out = append(out, id(k))
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func follow(k string) []byte {
	if k == "" {
		return nil
	}
	return after([]byte(k))
}

func (r *reader) Establishment(id string) (*storage.Establishment, error) {
	e := new(storage.Establishment)
	if err := r.get(bEstablishments, []byte(id), e); err != nil {
		return nil, err
	}
	return e, nil
}

func (r *reader) EstablishmentByIdentifier(identifier string) (*storage.Establishment, error) {
	id := r.in(ixIdentifier).Get([]byte(identifier))
	if id == nil {
		return nil, fmt.Errorf("establishment with identifier %q: %w", identifier, storage.ErrNotFound)
	}
	return r.Establishment(string(id))
}

func (r *reader) EstablishmentIDsByNaturalKey(key string) ([]string, error) {
	h := naturalHash(key)
	return r.ids(ixNatural, h, 0, func(k []byte) string { return string(k[len(h):]) })
}

func (r *reader) EstablishmentIDsByName(p string, limit int) ([]string, error) {
	return r.ids(ixName, []byte(p), limit, lastPart)
}

func (r *reader) EstablishmentIDsByStatus(s storage.Status) ([]string, error) {
	return r.ids(ixStatus, prefix(string(s)), 0, lastPart)
}

func (r *reader) EstablishmentIDsByLabel(label string) ([]string, error) {
	return r.ids(ixLabel, prefix(labelKey(label)), 0, lastPart)
}

// EstablishmentIDsByWord merges the listings that bear the word with, on an enabled account, the establishments that
// have no listing there yet and whose default word it is.
func (r *reader) EstablishmentIDsByWord(accountID string, w storage.Word) ([]string, error) {
	out, err := r.ids(ixListingWord, prefix(accountID, string(w)), 0, lastPart)
	if err != nil {
		return nil, err
	}
	var a storage.Account
	if r.get(bAccounts, []byte(accountID), &a) != nil || !a.Enabled {
		return out, nil
	}
	listed, err := r.ids(ixListingAccount, prefix(accountID), 0, lastPart)
	if err != nil {
		return nil, err
	}
	for _, s := range storage.Statuses {
		if storage.DefaultWord(s) != w {
			continue
		}
		ids, err := r.EstablishmentIDsByStatus(s)
		if err != nil {
			return nil, err
		}
		out = append(out, without(ids, listed)...)
	}
	slices.Sort(out)
	return out, nil
}

// without gives the ids that are not in the other list; both are sorted.
func without(ids, other []string) []string {
	var out []string
	i := 0
	for _, id := range ids {
		for i < len(other) && other[i] < id {
			i++
		}
		if i == len(other) || other[i] != id {
			out = append(out, id)
		}
	}
	return out
}

func (r *reader) Establishments(last string, limit int) ([]*storage.Establishment, error) {
	return page[storage.Establishment](r, bEstablishments, nil, follow(last), limit)
}

func (r *reader) CountEstablishments() (int, error) {
	n, err := r.count(countEstablishments)
	return int(n), err
}

func (r *reader) Row(id string) (storage.Row, error) {
	v := r.rowValue([]byte(id))
	if v == nil {
		return storage.Row{}, fmt.Errorf("row %q: %w", id, storage.ErrNotFound)
	}
	return decodeRow(id, v)
}

// rowValue finds a row. A plan asks for all of them one by one in their order: the one after the last one found is looked
// at first. A transaction that writes cannot do so, because a cursor loses its place when its bucket changes.
func (r *reader) rowValue(id []byte) []byte {
	if r.tx.Writable() {
		return r.in(bRows).Get(id)
	}
	var k, v []byte
	if r.rows != nil {
		k, v = r.rows.Next()
	} else {
		r.rows = r.in(bRows).Cursor()
	}
	if !bytes.Equal(k, id) {
		if k, v = r.rows.Seek(id); !bytes.Equal(k, id) {
			return nil
		}
	}
	return v
}

func (r *reader) Rows(last string, limit int) ([]storage.Row, error) {
	var out []storage.Row
	if limit > 0 {
		out = make([]storage.Row, 0, min(limit, 4096))
	}
	err := r.scan(bRows, nil, follow(last), func(k, v []byte) (bool, error) {
		row, err := decodeRow(string(k), v)
		if err != nil {
			return false, fmt.Errorf("row %q: %w", k, err)
		}
		out = append(out, row)
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) RowListings(last string, limit int, f func(*storage.RowListing)) (next string, err error) {
	read := 0
	err = r.scan(bRows, nil, follow(last), func(k, v []byte) (bool, error) {
		if err := eachListing(v, f); err != nil {
			return false, fmt.Errorf("row %q: %w", k, err)
		}
		if read++; read == limit {
			next = string(k)
		}
		return next == "", nil
	})
	return next, err
}

func (r *reader) Listing(establishmentID, accountID string) (*storage.Listing, error) {
	l := new(storage.Listing)
	if err := r.get(bListings, join(establishmentID, accountID), l); err != nil {
		return nil, err
	}
	return l, nil
}

func (r *reader) Listings(establishmentID string) ([]*storage.Listing, error) {
	return page[storage.Listing](r, bListings, prefix(establishmentID), nil, 0)
}

func (r *reader) ListingsByAccount(accountID, last string, limit int) ([]*storage.Listing, error) {
	p := prefix(accountID)
	from := p
	if last != "" {
		from = after(join(accountID, last))
	}
	var out []*storage.Listing
	err := r.scan(ixListingAccount, p, from, func(k, _ []byte) (bool, error) {
		l, err := r.Listing(lastPart(k), accountID)
		if err != nil {
			return false, err
		}
		out = append(out, l)
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) ListingsDue(accountID string, now time.Time, limit int) ([]*storage.Listing, error) {
	p, until := prefix(accountID), timeKey(now)
	var out []*storage.Listing
	err := r.scan(ixListingDue, p, nil, func(k, _ []byte) (bool, error) {
		rest := k[len(p):]
		if bytes.Compare(rest[:8], until) > 0 {
			return false, nil
		}
		l, err := r.Listing(string(rest[8:]), accountID)
		if err != nil {
			return false, err
		}
		out = append(out, l)
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) Account(id string) (*storage.Account, error) {
	a := new(storage.Account)
	if err := r.get(bAccounts, []byte(id), a); err != nil {
		return nil, err
	}
	return a, nil
}

func (r *reader) Accounts() ([]*storage.Account, error) {
	return page[storage.Account](r, bAccounts, nil, nil, 0)
}

func (r *reader) Operation(accountID, establishmentID string) (*storage.Operation, error) {
	o := new(storage.Operation)
	if err := r.get(bOperations, join(establishmentID, accountID), o); err != nil {
		return nil, err
	}
	return o, nil
}

func (r *reader) Operations(accountID string, limit int) ([]*storage.Operation, error) {
	return r.OperationsAfter(accountID, nil, limit)
}

func (r *reader) OperationsAfter(accountID string, last *storage.Operation, limit int) ([]*storage.Operation, error) {
	p := prefix(accountID)
	var from []byte
	if last != nil {
		from = append(operationEntries(last)[0].key, 0) // the least key after it
	}
	var out []*storage.Operation
	err := r.scan(ixOperationOrder, p, from, func(k, _ []byte) (bool, error) {
		o, err := r.Operation(accountID, string(k[len(p)+9:]))
		if err != nil {
			return false, err
		}
		out = append(out, o)
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) CountOperations() (map[storage.OpState]int, error) {
	counts := map[storage.OpState]int{}
	for _, s := range opStates {
		n, err := r.count(countOperations + string(s))
		if err != nil {
			return nil, err
		}
		if n != 0 {
			counts[s] = int(n)
		}
	}
	return counts, nil
}

// The names of counters.
const (
	countEstablishments = "establishments"
	countOperations     = "operation/" // + state
	countReservations   = "reservations"
	countContacts       = "contacts"
)

var opStates = []storage.OpState{
	storage.OpPending, storage.OpInflight, storage.OpRetry, storage.OpBlocked, storage.OpDead,
}

func (r *reader) count(name string) (int64, error) {
	n := r.pending[name]
	switch v := r.in(bCounts).Get([]byte(name)); len(v) {
	case 0:
	case 8:
		n += int64(binary.BigEndian.Uint64(v))
	default:
		return 0, fmt.Errorf("counter %q is not a number", name)
	}
	return n, nil
}

func (r *reader) Run(id string) (*storage.Run, error) {
	run := new(storage.Run)
	if err := r.get(bRuns, []byte(id), run); err != nil {
		return nil, err
	}
	return run, nil
}

func (r *reader) Runs(before string, limit int) ([]*storage.Run, error) {
	var until []byte
	if before != "" {
		b, err := r.Run(before)
		if err != nil {
			return nil, err
		}
		until = runEntries(b)[0].key
	}
	var out []*storage.Run
	err := r.scanBack(ixRunStart, nil, until, func(k, _ []byte) (bool, error) {
		run, err := r.Run(string(k[8:]))
		if err != nil {
			return false, err
		}
		out = append(out, run)
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) OldestRuns(last string, limit int) ([]*storage.Run, error) {
	var from []byte
	if last != "" {
		run, err := r.Run(last)
		if err != nil {
			return nil, err
		}
		from = after(runEntries(run)[0].key)
	}
	var out []*storage.Run
	err := r.scan(ixRunStart, nil, from, func(k, _ []byte) (bool, error) {
		run, err := r.Run(string(k[8:]))
		if err != nil {
			return false, err
		}
		out = append(out, run)
		return limit <= 0 || len(out) < limit, nil
	})
	return out, err
}

func (r *reader) RunItems(runID string, from, limit int) ([]*storage.RunItem, error) {
	return page[storage.RunItem](r, bItems, prefix(runID), itemKey(runID, max(from, 0)), limit)
}

func (r *reader) Profiles() ([]*storage.ImportProfile, error) {
	return page[storage.ImportProfile](r, bProfiles, nil, nil, 0)
}

func (r *reader) Schedules() ([]*storage.Schedule, error) {
	return page[storage.Schedule](r, bSchedules, nil, nil, 0)
}

func (r *reader) Setting(key string) (string, error) {
	return string(r.in(bSettings).Get([]byte(key))), nil
}

func (r *reader) Settings() (map[string]string, error) {
	m := map[string]string{}
	err := r.scan(bSettings, nil, nil, func(k, v []byte) (bool, error) {
		m[string(k)] = string(v)
		return true, nil
	})
	return m, err
}
