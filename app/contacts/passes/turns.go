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
	if v.asking || len(v.queue) > 0 || v.turn != "" && !v.front {
		return nil
	}
	return ids
}

// busy reports whether a pass was asked for that is not over, or one is to follow.
func (v *View) busy() bool { return v.asking || v.turn != "" || len(v.queue) > 0 }

// Sync asks for a pass over the account picked while the tab is in front, else over every account, one after another, so
// that what came from one goes on to the next.
func (v *View) Sync() {
	ids := v.turns()
	if len(ids) == 0 {
		return
	}
	v.queue = ids
	if !v.front {
		v.p.Host.Toast(words.N("passes.asked", len(ids)), "", nil)
	}
	v.begin()
}

// begin asks for the pass whose turn it is.
func (v *View) begin() {
	id := v.queue[0]
	v.queue, v.asking = v.queue[1:], true
	v.follow()
	v.p.Changed()
	v.p.Background(func() {
		run, err := v.p.Service.Sync(context.Background(), id, storage.ActorUser)
		v.p.UI(func() {
			v.turn, v.asking = run, false
			if err != nil {
				v.p.Host.Failure(err)
			}
			v.reload()
		})
	})
}

// nextTurn goes on to the next account once the pass of the one before is over, or waits for somebody. What is shown was
// read after that pass was asked for.
func (v *View) nextTurn() {
	if v.asking {
		return
	}
	for i := range v.standings {
		if st := &v.standings[i]; v.turn != "" && st.Run != nil && st.Run.ID == v.turn && underWay(st) && !st.Paused {
			return
		}
	}
	if v.turn = ""; len(v.queue) > 0 {
		v.begin()
		return
	}
	v.follow()
}
