package agenda

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"diapason/storage"
)

const (
	// keptPlace begins the names of the settings that hold what the feeds last told of an establishment.
	keptPlace = "agenda.place."
	// raisedTogether bounds one transaction, in reservations or settings.
	raisedTogether = 500
)

// placeTold is what feeds tell of an establishment.
type placeTold struct {
	Name string `json:"name"`
	Line string `json:"line"` // its address; a reservation may have one of its own
}

// placeKey names the setting of an establishment; names of settings are shorter than ids may be.
func placeKey(id string) string {
	sum := sha256.Sum256([]byte(id))
	return keptPlace + hex.EncodeToString(sum[:16])
}

// move is an establishment that feeds tell otherwise than before.
type move struct{ before, now placeTold }

// moves are moves by establishment.
type moves map[string]move

// settle raises the sequence of the reservations that read otherwise because their establishment was renamed, moved or
// deleted since the feeds last told of it, also while nothing was rendered; it reports whether there are any. What was
// told is kept last: a crash in between raises some of them once more, which no reader minds.
func (k *keeper) settle(ctx context.Context, places map[string]storage.Row) (raised bool, err error) {
	moved, news := moves{}, map[string]placeTold{}
	err = k.a.p.Store.View(ctx, func(tx storage.Reader) error {
		for id, row := range places {
			now := placeTold{row.Name, row.Line}
			if settled, known := k.settled[id]; known && settled == now {
				continue
			}
			text, err := tx.Setting(placeKey(id))
			if err != nil {
				return err
			}
			var before placeTold
			if text != "" {
				if err := json.Unmarshal([]byte(text), &before); err != nil {
					return err
				}
			}
			switch {
			case text == "":
				news[id] = now // it was in no feed yet
			case before != now:
				moved[id], news[id] = move{before, now}, now
			default:
				k.settled[id] = now
			}
		}
		return nil
	})
	if err != nil || len(news) == 0 {
		return false, err
	}
	if raised, err = k.a.raise(ctx, moved); err != nil {
		return raised, err
	}
	return raised, k.keepTold(ctx, news)
}

// keepTold keeps what feeds tell from now on.
func (k *keeper) keepTold(ctx context.Context, news map[string]placeTold) error {
	for slice := range slices.Chunk(slices.Sorted(maps.Keys(news)), raisedTogether) {
		err := k.a.p.Store.Update(ctx, func(tx storage.Writer) error {
			for _, id := range slice {
				text, err := json.Marshal(news[id])
				if err != nil {
					return err
				}
				if err := tx.PutSetting(placeKey(id), string(text)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, id := range slice {
			k.settled[id] = news[id]
		}
	}
	return nil
}

// raise raises the sequence of what reads otherwise, a slice per transaction.
func (a *Agenda) raise(ctx context.Context, m moves) (raised bool, err error) {
	if len(m) == 0 {
		return false, nil
	}
	var ids []string
	for after, more := "", true; more; {
		err := a.p.Store.View(ctx, func(tx storage.Reader) error {
			list, err := tx.Reservations(after, raisedTogether)
			for _, r := range list {
				if after = r.ID; m.change(r) {
					ids = append(ids, r.ID)
				}
			}
			more = len(list) == raisedTogether
			return err
		})
		if err != nil {
			return false, err
		}
	}
	for slice := range slices.Chunk(ids, raisedTogether) {
		err := a.p.Store.Update(ctx, func(tx storage.Writer) error {
			for _, id := range slice {
				r, err := tx.Reservation(id)
				if errors.Is(err, storage.ErrNotFound) {
					continue // deleted meanwhile
				}
				if err != nil {
					return err
				}
				r.Sequence++
				r.ChangedAt = a.now()
				if err := tx.PutReservation(r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return len(ids) > 0, nil
}

// change reports whether a reservation, or one of its occurrences, reads otherwise.
func (m moves) change(r *storage.Reservation) bool {
	otherwise := func(d *storage.Details) bool {
		at, moved := m[d.EstablishmentID]
		return moved && (at.before.Name != at.now.Name || d.Address == "" && at.before.Line != at.now.Line)
	}
	return otherwise(&r.Details) || slices.ContainsFunc(r.Overrides, func(o storage.Override) bool { return otherwise(&o.Details) })
}
