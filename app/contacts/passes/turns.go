package passes

import (
	"context"

	"diapason/assets/words"
	"diapason/storage"
)

// Linked reports whether there is an account of an address book.
func (v *View) Linked() bool { return len(v.standings) > 0 }

// Ready reports whether a pass can be asked for: over the account picked while the tab is in front, else over any.
func (v *View) Ready() bool { return len(v.turns()) > 0 }

// turns lists the accounts that « Synchroniser » is about now; none while a pass is under way.
func (v *View) turns() []string {
	var ids []string
	for i := range v.standings {
		st := &v.standings[i]
		id := st.Account.ID
		switch {
		case v.front && id != v.picked:
		case v.condition(st).syncable():
			ids = append(ids, id)
		case underWay(st) && !v.front:
			return nil
		}
	}
	if v.asking {
		return nil
	}
	return ids
}

// Sync asks for a pass over the account picked while the tab is in front, else over every account, one after another, so
// that what came from one goes on to the next. They go on whatever is shown, and at the next start.
func (v *View) Sync() {
	ids := v.turns()
	if len(ids) == 0 {
		return
	}
	v.asking = true
	v.p.Changed()
	front := v.front
	v.p.Background(func() {
		_, err := v.p.Service.SyncInTurn(context.Background(), ids, storage.ActorUser)
		v.p.UI(func() {
			v.asking = false
			switch {
			case err != nil:
				v.p.Host.Failure(err)
			case !front:
				v.p.Host.Toast(words.N("passes.asked", len(ids)), "", nil)
			}
			v.reload()
		})
	})
}
