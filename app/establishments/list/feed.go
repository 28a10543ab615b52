package list

import (
	"context"
	"errors"
	"slices"
	stdsync "sync"
	"time"

	"diapason/storage"
)

// Limits of the feed.
const (
	page        = 5000                   // rows per read transaction: about 20 ms
	tick        = 100 * time.Millisecond // at most ten updates a second
	manyChanges = 2000                   // from there on everything is read again
)

// feed reads the rows, whole or by id, whenever the store changed. Changes are gathered between two readings; one
// reading runs at a time and at most ten start in a second.
type feed struct {
	list *List

	mu      stdsync.Mutex
	ids     map[string]struct{}
	whole   bool
	running bool // a reading runs or its timer does
	timer   *time.Timer
	stopped bool
}

func newFeed(l *List) *feed { return &feed{list: l, ids: map[string]struct{}{}} }

// note takes a commit's changes; it is called on the committing goroutine and returns at once.
func (f *feed) note(c storage.Changes) {
	if !c.All && !c.Accounts && len(c.Establishments) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range c.Establishments {
		f.ids[id] = struct{}{}
	}
	f.whole = f.whole || c.All || c.Accounts || len(f.ids) > manyChanges
	f.arm(tick)
}

// all asks for everything, at once.
func (f *feed) all() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.whole = true
	f.arm(0)
}

// begin keeps readings back until resume: the first rows are being read.
func (f *feed) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = true
}

// resume lets the readings start, with one of everything or of what changed since begin.
func (f *feed) resume(whole bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = false
	f.whole = f.whole || whole
	switch {
	case f.whole:
		f.arm(0)
	case len(f.ids) > 0:
		f.arm(tick)
	}
}

// arm starts the timer of the next reading; the caller holds the lock.
func (f *feed) arm(wait time.Duration) {
	if f.running || f.stopped {
		return
	}
	f.running = true
	f.timer = time.AfterFunc(wait, f.read)
}

func (f *feed) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopped = true
	if f.timer != nil {
		f.timer.Stop()
	}
}

// read does one reading and arms the next one when changes came meanwhile. After reading everything it rests four
// times as long as that took, so that an import of a large file keeps its processor.
func (f *feed) read() {
	f.mu.Lock()
	ids, whole := f.ids, f.whole
	f.ids, f.whole = map[string]struct{}{}, false
	f.mu.Unlock()

	began := time.Now()
	if whole {
		f.list.load()
	} else {
		f.list.refresh(ids)
	}
	rest := tick
	if whole {
		rest = max(tick, 4*time.Since(began))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = false
	if f.whole || len(f.ids) > 0 {
		f.arm(rest)
	}
}

// load reads accounts and all rows, page by page, and sorts them. It runs on the feed's goroutine.
func (l *List) load() {
	var accounts []Account
	var ids []string
	err := l.p.Store.View(l.ctx, func(r storage.Reader) (err error) {
		accounts, ids, err = l.readAccounts(r)
		return err
	})
	var all []*item
	for after := ""; err == nil; {
		var rows []storage.Row
		err = l.p.Store.View(l.ctx, func(r storage.Reader) (err error) {
			rows, err = r.Rows(after, page)
			return err
		})
		for i := range rows {
			all = append(all, newItem(rows[i], ids, l.slots.of(rows[i].ID)))
		}
		if len(rows) < page {
			break
		}
		after = rows[len(rows)-1].ID
	}
	if err != nil {
		l.p.UI(func() { l.failed(err) })
		return
	}
	bySlot := l.numbered(all)
	order := *l.wanted.Load()
	slices.SortFunc(all, order.compare())
	l.p.UI(func() { l.took(accounts, all, bySlot, order) })
}

func (l *List) readAccounts(r storage.Reader) (accounts []Account, ids []string, err error) {
	kept, err := r.Accounts()
	accounts = enabled(kept, l.p.Kinds)
	for _, a := range accounts {
		ids = append(ids, a.ID)
	}
	return accounts, ids, err
}

// numbered gives the items by slot; nil for slots of others.
func (l *List) numbered(items []*item) []*item {
	bySlot := make([]*item, l.slots.len())
	for _, it := range items {
		bySlot[it.slot] = it
	}
	return bySlot
}

// failed shows why the rows could not be read; rows already there stay.
func (l *List) failed(err error) {
	if l.ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return
	}
	if l.err = err; !l.loaded {
		l.part, l.all, l.visible, l.waiting = false, nil, nil, nil
	}
	l.p.Log.Error("establishments list", "error", err)
	l.changed(Change{All: true})
}

// took takes a whole reading over.
func (l *List) took(accounts []Account, all, bySlot []*item, by Sort) {
	if l.ctx.Err() != nil {
		return
	}
	l.accounts, l.all, l.bySlot, l.sorted = accounts, all, bySlot, by
	l.loaded, l.err = true, nil
	l.loads++
	l.selection.prune(func(slot int32) bool { return int(slot) < len(bySlot) && bySlot[slot] != nil })
	l.visible = l.alive(l.visible)
	l.pass()
}

// refresh reads the rows of some establishments again. It runs on the feed's goroutine.
func (l *List) refresh(ids map[string]struct{}) {
	var changed []*item
	var gone []int32
	err := l.p.Store.View(l.ctx, func(r storage.Reader) error {
		_, accounts, err := l.readAccounts(r)
		if err != nil {
			return err
		}
		for id := range ids {
			row, err := r.Row(id)
			switch {
			case err == nil:
				changed = append(changed, newItem(row, accounts, l.slots.of(id)))
			case errors.Is(err, storage.ErrNotFound):
				if slot, ok := l.slots.find(id); ok {
					gone = append(gone, slot)
				}
			default:
				return err
			}
		}
		return nil
	})
	l.p.UI(func() {
		if err != nil {
			l.failed(err)
			return
		}
		l.touched(changed, gone)
	})
}

// touched takes new versions of a few rows over: their cells change at once, their place follows with the next pass.
func (l *List) touched(changed []*item, gone []int32) {
	if l.ctx.Err() != nil || !l.loaded {
		return
	}
	rows := make([]string, 0, len(changed))
	for _, it := range changed {
		for int(it.slot) >= len(l.bySlot) {
			l.bySlot = append(l.bySlot, nil)
		}
		l.bySlot[it.slot] = it
		rows = append(rows, it.row.ID)
	}
	for _, slot := range gone {
		if int(slot) < len(l.bySlot) {
			l.bySlot[slot] = nil
		}
	}
	l.all = merge(l.all, changed, gone, l.sorted)
	if l.passing {
		l.during = append(l.during, changed...)
		l.gone = append(l.gone, gone...)
	}
	if len(gone) > 0 {
		l.selection.prune(func(slot int32) bool { return l.bySlot[slot] != nil })
		l.visible = l.alive(l.visible)
		l.changed(Change{All: true})
	} else {
		l.changed(Change{Rows: rows})
	}
	l.pass()
}
