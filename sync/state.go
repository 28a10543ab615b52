package sync

import (
	"errors"
	"slices"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/merge"
)

// listing gives the listing of an establishment on an account, a new one when there is none yet.
func listing(tx storage.Reader, establishmentID, accountID string) (l *storage.Listing, exists bool, err error) {
	l, err = tx.Listing(establishmentID, accountID)
	if errors.Is(err, storage.ErrNotFound) {
		return &storage.Listing{EstablishmentID: establishmentID, AccountID: accountID}, false, nil
	}
	return l, err == nil, err
}

// operation gives the operation that waits for a listing, nil when there is none.
func operation(tx storage.Reader, accountID, establishmentID string) (*storage.Operation, error) {
	o, err := tx.Operation(accountID, establishmentID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	return o, err
}

// publishable reports whether an establishment of this status may be sent at all.
func publishable(s storage.Status) bool {
	return s == storage.StatusActive || s == storage.StatusTemporarilyClosed || s == storage.StatusClosed
}

// want recomputes what a listing wants shown and everything that follows from it, but not where the work is (Flow).
func want(l *storage.Listing, e *storage.Establishment, c directory.Capabilities) {
	l.Desired = directory.Desired(e, c)
	l.Blockers = nil
	if publishable(e.Status) {
		l.Blockers = directory.Blockers(l.Desired, c)
	}
	compare(l, c)
}

// compare recomputes the matches and, where the listing was read, the outcome of the comparison.
func compare(l *storage.Listing, c directory.Capabilities) {
	l.Matches = merge.Compare(l.Accepted, l.Desired, l.Observed, c.Readable)
	if l.Observed != nil && (l.Sync == storage.SyncInSync || l.Sync == storage.SyncNotInSync) {
		l.Sync = merge.Status(l.Matches, l.Kept)
	}
}

// creation reports whether sending the listing would create it there.
func creation(l *storage.Listing) bool {
	return l.Accepted == nil && l.RemoteID == "" || l.Sync == storage.SyncNotFound
}

// toSend lists the fields that the next publication carries; frozen ones are not among them.
func toSend(l *storage.Listing, force bool) []storage.Field {
	if !creation(l) {
		return without(merge.ToSend(l.Desired, l.Matches, l.Kept, force), l.Frozen)
	}
	var all []storage.Field
	for _, f := range storage.Fields {
		if _, carried := l.Desired[f]; carried {
			all = append(all, f)
		}
	}
	return all
}

// rest puts the flow of a listing that no operation waits for where its content, and the status of its establishment,
// say.
func rest(l *storage.Listing, status storage.Status) {
	if l.Sync == storage.SyncTechnical {
		l.Sync = storage.SyncUnknown
		if l.Observed != nil {
			l.Sync = merge.Status(l.Matches, l.Kept)
		}
	}
	l.RetryAt, l.Attempts = time.Time{}, 0
	if l.Sync != storage.SyncNotFound {
		l.Reason = nil
	}
	switch {
	case !publishable(status):
		l.Flow = storage.FlowDisabled
	case len(l.Frozen) > 0 && l.Sync != storage.SyncNotFound:
		l.Flow, l.Reason = storage.FlowUser, storage.NewProblem("sync.frozen").On(l.Frozen[0])
	case l.Written != nil:
		l.Flow = storage.FlowUser
	case len(toSend(l, false)) > 0:
		l.Flow = storage.FlowNeeded
	case !l.NextCheck.IsZero():
		l.Flow = storage.FlowDirectory
	default:
		l.Flow = storage.FlowIdle
	}
}

// edited puts the flow of a listing after an edit of its establishment; op tells that an operation waits for it.
func edited(l *storage.Listing, status storage.Status, op bool) {
	if publishable(status) && (op || l.Written != nil) {
		return // what waits for it, or for the user, says where it stands
	}
	rest(l, status)
}

// intersects reports whether the two lists share a field.
func intersects(a, b []storage.Field) bool {
	return slices.ContainsFunc(a, func(f storage.Field) bool { return slices.Contains(b, f) })
}

// changesOf lists the values to send that differ from what is shown there.
func changesOf(l *storage.Listing, fields []storage.Field) []storage.FieldChange {
	changes := make([]storage.FieldChange, 0, len(fields))
	for _, f := range fields {
		if shown := merge.Shown(l, f); shown != l.Desired[f] {
			changes = append(changes, storage.FieldChange{Field: f, Before: shown, After: l.Desired[f]})
		}
	}
	return changes
}
