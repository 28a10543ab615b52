// Package merge decides, field by field, between what a directory accepted from us (the base), what we want now and
// what it shows: what matches, what changed on which side, and what may be sent. Pure functions: no I/O, no clock, no
// randomness.
//
// Caveat: values are compared as canonical texts; a directory that words a value otherwise must translate it back in
// its connector, or the field shows as changed there.
package merge

import (
	"slices"

	"diapason/storage"
)

// Compare gives the match of every field that we want shown. accepted is nil when nothing was ever accepted, observed
// when nothing was ever read; readable lists the fields that the directory lets us read back.
func Compare(
	accepted, desired, observed storage.Snapshot, readable []storage.Field,
) map[storage.Field]storage.FieldMatch {
	matches := make(map[storage.Field]storage.FieldMatch, len(desired))
	compare := func(f storage.Field, want string, shown side) {
		base, based := accepted[f]
		matches[f] = match(side{base, based}, want, shown)
	}
	for _, f := range readable {
		if want, carried := desired[f]; carried {
			shown, read := observed[f]
			compare(f, want, side{shown, read})
		}
	}
	if len(matches) == len(desired) {
		return matches
	}
	for f, want := range desired {
		if _, done := matches[f]; !done {
			compare(f, want, side{})
		}
	}
	return matches
}

// side is the value of one field on one side, and whether that side knows it.
type side struct {
	value string
	known bool
}

// match is the three-way decision of one field.
func match(base side, want string, shown side) storage.FieldMatch {
	sameAsBase := base.known && base.value == want
	switch {
	case !shown.known && sameAsBase:
		return storage.MatchUnverifiable
	case !shown.known:
		return storage.MatchLocalChanged
	case shown.value == want:
		return storage.MatchSame
	case sameAsBase:
		return storage.MatchRemoteChanged
	case base.known && base.value == shown.value:
		return storage.MatchLocalChanged
	case !base.known && shown.value == "":
		return storage.MatchLocalChanged // nothing is there: ours completes it (first publication is a union)
	}
	return storage.MatchBothChanged
}

// Status gives the outcome of a comparison. A field whose remote change the user refused (kept) is decided and no
// longer a drift; a field changed here only is not one either.
func Status(matches map[storage.Field]storage.FieldMatch, kept []storage.Field) storage.SyncStatus {
	status := storage.SyncNoCheck
	for f, m := range matches {
		switch m {
		case storage.MatchRemoteChanged, storage.MatchBothChanged:
			if !slices.Contains(kept, f) {
				return storage.SyncNotInSync
			}
			status = storage.SyncInSync
		case storage.MatchSame:
			status = storage.SyncInSync
		case storage.MatchLocalChanged, storage.MatchUnverifiable:
		}
	}
	return status
}

// ToSend lists, in template order, the fields that the next publication carries: those changed here, and those whose
// remote change the user refused (kept). What changed there, or on both sides, waits for the user's decision. With
// force every wanted field is sent.
func ToSend(
	desired storage.Snapshot, matches map[storage.Field]storage.FieldMatch, kept []storage.Field, force bool,
) []storage.Field {
	if !force && !anySent(matches, kept) {
		return nil // so it is with most listings: they need not be looked through in the template's order
	}
	var out []storage.Field
	for _, f := range storage.Fields {
		m, carried := matches[f]
		if !carried {
			if _, carried = desired[f]; !carried {
				continue
			}
		}
		if force || isSent(f, m, kept) {
			out = append(out, f)
		}
	}
	return out
}

func anySent(matches map[storage.Field]storage.FieldMatch, kept []storage.Field) bool {
	for f, m := range matches {
		if isSent(f, m, kept) {
			return true
		}
	}
	return false
}

// isSent reports whether a publication carries a field of this match by itself, without force.
func isSent(f storage.Field, m storage.FieldMatch, kept []storage.Field) bool {
	switch m {
	case storage.MatchLocalChanged:
		return true
	case storage.MatchRemoteChanged, storage.MatchBothChanged:
		return slices.Contains(kept, f)
	case storage.MatchSame, storage.MatchUnverifiable:
	}
	return false
}

// Drift lists, in template order, the fields that wait for the user's decision.
func Drift(matches map[storage.Field]storage.FieldMatch, kept []storage.Field) []storage.Field {
	var out []storage.Field
	for _, f := range storage.Fields {
		m := matches[f]
		if (m == storage.MatchRemoteChanged || m == storage.MatchBothChanged) && !slices.Contains(kept, f) {
			out = append(out, f)
		}
	}
	return out
}

// Accept gives the base after the directory took the sent fields of desired: the others keep what was accepted before.
func Accept(accepted, desired storage.Snapshot, sent []storage.Field) storage.Snapshot {
	base := make(storage.Snapshot, len(desired))
	for f, v := range accepted {
		base[f] = v
	}
	for _, f := range sent {
		base[f] = desired[f]
	}
	return base
}

// Agree moves the base to what both sides say, where they say the same.
func Agree(
	accepted, desired storage.Snapshot, matches map[storage.Field]storage.FieldMatch,
) storage.Snapshot {
	var same []storage.Field
	for f, m := range matches {
		if m == storage.MatchSame {
			same = append(same, f)
		}
	}
	if len(same) == 0 {
		return accepted
	}
	return Accept(accepted, desired, same)
}

// Adopt gives the base after a sending whose answer never came, once the listing was read: the sent values that show
// there were taken, whatever was edited here since; of the others nothing is known.
func Adopt(accepted, sent, observed storage.Snapshot) storage.Snapshot {
	var taken []storage.Field
	for f, v := range sent {
		if shown, read := observed[f]; read && shown == v {
			taken = append(taken, f)
		}
	}
	if len(taken) == 0 {
		return accepted
	}
	return Accept(accepted, sent, taken)
}
