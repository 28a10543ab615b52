package bolt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"diapason/storage"
)

// sliceSize is how many records one transaction of a migration handles.
const sliceSize = 500

// step is one stage of a migration. It goes through its buckets record by record; after each slice the place is kept in
// the file, in the same transaction, so that a crash costs one slice.
type step struct {
	buckets []bucket
	begin   func(w *writer) error // before the first record; nil: nothing
	record  func(w *writer, b bucket, key, value []byte) error
}

// migrations are the steps from one schema to the next, by the older one. After them the derived buckets are always
// made again.
var migrations = map[int]step{
	// Schema 0, the builds before the first release: records without version byte, establishments with one origin per
	// field, no derived bucket but the identifiers.
	0: {
		buckets: []bucket{
			bEstablishments, bListings, bAccounts, bOperations, bRuns, bItems, bJournal, bProfiles, bSchedules,
		},
		record: func(w *writer, b bucket, key, value []byte) error {
			if value[0] != '{' {
				return nil
			}
			if b != bEstablishments {
				return w.in(b).Put(key, append([]byte{recordVersion}, value...))
			}
			e := new(storage.Establishment)
			if err := json.Unmarshal(value, e); err != nil {
				return fmt.Errorf("establishment %q: %w", key, err)
			}
			return w.save(b, key, e)
		},
	},
	// Schema 1: listings held their snapshots whole.
	1: {
		buckets: []bucket{bListings},
		record: func(w *writer, b bucket, key, value []byte) error {
			l := new(storage.Listing)
			if err := decode(value, l); err != nil {
				return err
			}
			return w.save(b, key, l)
		},
	},
	// Schema 2: no agenda. Its buckets are empty, so nothing is to do; but a program of that schema would leave the
	// agenda referring to what it deletes, and must not open the file again.
	2: {},
	// Schema 3: no contacts. Their buckets are empty too, and such a program would leave links to accounts that it removes.
	3: {},
	// Schema 4: no contacts set apart. Such a program would leave their marks to contacts that it removes.
	4: {},
}

// rebuild makes every derived bucket again from the records.
var rebuild = step{
	buckets: []bucket{
		bEstablishments, bListings, bOperations, bRuns, bJournal, bResources, bReservations, bFeedLinks, bOutsideFeeds,
		bContacts, bContactLinks,
	},
	begin: func(w *writer) error {
		for b := range layout {
			if !layout[b].derived {
				continue
			}
			if err := w.tx.DeleteBucket([]byte(layout[b].name)); err != nil {
				return err
			}
			w.buckets[b] = nil
		}
		return makeBuckets(w.tx)
	},
	record: func(w *writer, b bucket, _, value []byte) error { return derive(w, b, value) },
}

// derive writes what follows from one record.
func derive(w *writer, b bucket, value []byte) error {
	switch b {
	case bEstablishments:
		e := new(storage.Establishment)
		if err := decode(value, e); err != nil {
			return err
		}
		w.add(countEstablishments, 1)
		row := rowOf(e, w.store.collator)
		if err := w.putRow(&row); err != nil {
			return err
		}
		return w.put(nil, establishmentEntries(e))
	case bListings:
		l := new(storage.Listing)
		if err := decode(value, l); err != nil {
			return err
		}
		shown := rowListingOf(l)
		if err := w.changeRow(l.EstablishmentID, l.AccountID, &shown); err != nil {
			return err
		}
		return w.put(nil, listingEntries(l))
	case bOperations:
		o := new(storage.Operation)
		if err := decode(value, o); err != nil {
			return err
		}
		w.add(countOperations+string(o.State), 1)
		return w.put(nil, operationEntries(o))
	case bRuns:
		r := new(storage.Run)
		if err := decode(value, r); err != nil {
			return err
		}
		return w.put(nil, runEntries(r))
	case bJournal:
		j := new(storage.JournalEntry)
		if err := decode(value, j); err != nil {
			return err
		}
		return w.put(nil, journalEntries(j))
	case bReservations:
		r := new(storage.Reservation)
		if err := decode(value, r); err != nil {
			return err
		}
		w.add(countReservations, 1)
		return w.put(nil, reservationEntries(r))
	case bFeedLinks:
		l := new(storage.FeedLink)
		if err := decode(value, l); err != nil {
			return err
		}
		return w.put(nil, feedLinkEntries(l))
	case bResources:
		r := new(storage.Resource)
		if err := decode(value, r); err != nil {
			return err
		}
		return w.put(nil, resourceEntries(r))
	case bOutsideFeeds:
		o := new(storage.OutsideFeed)
		if err := decode(value, o); err != nil {
			return err
		}
		return w.put(nil, outsideFeedEntries(o))
	case bContacts:
		c := new(storage.Contact)
		if err := decode(value, c); err != nil {
			return err
		}
		w.countContact(c, 1)
		return errors.Join(w.put(nil, contactEntries(c)), w.putContactRow(c.Row(nil)))
	case bContactLinks:
		l := new(storage.ContactLink)
		if err := decode(value, l); err != nil {
			return err
		}
		return errors.Join(w.put(nil, contactLinkEntries(l)), w.showLink(l.ContactID, l.AccountID, true))
	}
	return nil
}

// migration is the place where a migration stands, kept in the meta bucket.
type migration struct {
	Derive bool   `json:"derive,omitempty"` // the last step, rebuild; else the one from the file's schema
	Bucket int    `json:"bucket"`           // index in step.buckets
	After  []byte `json:"after,omitempty"`  // last key done in it
	Done   int    `json:"done"`             // records
}

// state reads the version of the file and the place of an interrupted migration (nil: none).
func (r *reader) state() (version int, derived string, m *migration, err error) {
	meta := r.in(bMeta)
	version, err = strconv.Atoi(string(meta.Get([]byte(metaSchema))))
	if err != nil {
		return 0, "", nil, broken("its version cannot be read")
	}
	if raw := meta.Get([]byte(metaMigration)); raw != nil {
		m = new(migration)
		if err := json.Unmarshal(raw, m); err != nil {
			return 0, "", nil, broken("the place of its migration cannot be read")
		}
	}
	return version, string(meta.Get([]byte(metaDerived))), m, nil
}

// migrationNeeded reports whether the file is older than this version, and whether its migration has begun already.
func (s *Store) migrationNeeded(ctx context.Context) (needed, begun bool, err error) {
	err = s.view(ctx, func(r *reader) error {
		version, derived, m, err := r.state()
		needed, begun = version < schema || derived != derivedVersion(), m != nil
		return err
	})
	return needed, begun, err
}

// migrate brings an older file to this version, or goes on where it was interrupted. The backup is made already.
func (s *Store) migrate(ctx context.Context, tell func(done int)) error {
	for {
		done, finished := 0, false
		err := s.update(ctx, func(w *writer) (err error) {
			done, finished, err = w.slice()
			return err
		})
		if err != nil {
			return fmt.Errorf("migrate %s: %w", s.path, err)
		}
		// gofail: var migrationSlice struct{}
		// dies()
		if tell != nil {
			tell(done)
		}
		if finished {
			break
		}
	}
	violations, err := s.Verify(ctx)
	if err != nil {
		return err
	}
	if len(violations) > 0 {
		v := violations[0]
		return broken("after migration, %d faults, the first in %s at %q: %s", len(violations), v.Bucket, v.Key, v.Text)
	}
	return s.update(ctx, func(w *writer) error {
		for b := range layout {
			v := strconv.Itoa(layout[b].version)
			if err := w.in(bMeta).Put([]byte(metaBucket+layout[b].name), []byte(v)); err != nil {
				return err
			}
		}
		if err := w.in(bMeta).Delete([]byte(metaMigration)); err != nil {
			return err
		}
		return w.in(bMeta).Put([]byte(metaDerived), []byte(derivedVersion()))
	})
}

// slice does the next slice of the migration; finished is true when nothing is left.
func (w *writer) slice() (done int, finished bool, err error) {
	version, _, m, err := w.state()
	if err != nil {
		return 0, false, err
	}
	if m == nil {
		m = &migration{Derive: version == schema}
	}
	st := rebuild
	if !m.Derive {
		var ok bool
		if st, ok = migrations[version]; !ok {
			return 0, false, fmt.Errorf("no migration from schema %d", version)
		}
	}
	if m.Derive && m.Bucket == len(st.buckets) { // interrupted between the last record and the verification
		return m.Done, true, nil
	}
	if m.Bucket == 0 && m.After == nil && st.begin != nil {
		if err := st.begin(w); err != nil {
			return 0, false, err
		}
	}
	if m.Bucket < len(st.buckets) {
		if err := w.records(st, m); err != nil {
			return 0, false, err
		}
	}
	if last := m.Bucket == len(st.buckets); !last || m.Derive {
		return m.Done, last, w.keepPlace(m)
	}
	if err := w.in(bMeta).Put([]byte(metaSchema), []byte(strconv.Itoa(version+1))); err != nil {
		return 0, false, err
	}
	if err := w.in(bMeta).Put([]byte(metaDerived), nil); err != nil {
		return 0, false, err
	}
	return m.Done, false, w.keepPlace(&migration{Derive: version+1 == schema, Done: m.Done})
}

func (w *writer) keepPlace(m *migration) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return w.in(bMeta).Put([]byte(metaMigration), raw)
}

// records handles the next sliceSize records and moves the place.
func (w *writer) records(st step, m *migration) error {
	b := st.buckets[m.Bucket]
	var keys, values [][]byte
	var from []byte
	if m.After != nil {
		from = after(m.After)
	}
	err := w.scan(b, nil, from, func(k, v []byte) (bool, error) {
		keys = append(keys, append([]byte(nil), k...))
		values = append(values, append([]byte(nil), v...))
		return len(keys) < sliceSize, nil
	})
	if err != nil {
		return err
	}
	for i, k := range keys {
		if err := st.record(w, b, k, values[i]); err != nil {
			return err
		}
	}
	m.Done += len(keys)
	if len(keys) < sliceSize {
		m.Bucket, m.After = m.Bucket+1, nil
		return nil
	}
	m.After = keys[len(keys)-1]
	return nil
}
