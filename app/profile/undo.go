package profile

import "diapason/storage"

// undoDepth is how many saved edits the pane can take back.
const undoDepth = 50

// edit is one saved edit: the fields it changed, with their texts before.
type edit struct {
	Before storage.Snapshot
}

// undoStack holds the edits saved from this pane since the establishment was opened, the last one on top.
type undoStack struct{ edits []edit }

// push remembers an edit; the oldest goes when there are too many.
func (u *undoStack) push(e edit) {
	u.edits = append(u.edits, e)
	if len(u.edits) > undoDepth {
		u.edits = u.edits[1:]
	}
}

// pop gives the last edit and forgets it; false when there is none.
func (u *undoStack) pop() (edit, bool) {
	if len(u.edits) == 0 {
		return edit{}, false
	}
	last := u.edits[len(u.edits)-1]
	u.edits = u.edits[:len(u.edits)-1]
	return last, true
}

// clear forgets everything.
func (u *undoStack) clear() { u.edits = nil }

// before gives the texts of the fields that differ between the establishment before and after an edit.
func before(old, now *storage.Establishment, fields []storage.Field) storage.Snapshot {
	s := storage.Snapshot{}
	for _, f := range fields {
		if v := old.Value(f); v != now.Value(f) {
			s[f] = v
		}
	}
	return s
}
