package list

import (
	"slices"
	"time"

	"diapason/storage"
)

// firstRows is how many rows are read before all the others: more than the tallest window shows.
const firstRows = 200

// opening is what the list shows first: the first rows of a large workspace, in their order and with their true total,
// or a small one whole.
type opening struct {
	accounts []Account
	rows     []*item // in the order of by
	bySlot   []*item
	by       Sort
	out      outcome
	total    int // rows that are not archived
	whole    bool
}

// open reads what is shown first. It runs on the feed's goroutine; nil: there is nothing to show before everything is
// read.
func (l *List) open() *opening {
	o := &opening{by: *l.wanted.Load()}
	var accounts []string
	var rows []storage.Row
	err := l.p.Store.View(l.ctx, func(r storage.Reader) error {
		var err error
		if o.accounts, accounts, err = l.readAccounts(r); err != nil {
			return err
		}
		all, err := r.CountEstablishments()
		if err != nil {
			return err
		}
		if o.whole = all <= firstRows; o.whole {
			rows, err = r.Rows("", 0)
			return err
		}
		if o.by != (Sort{}) {
			return nil
		}
		archived, err := r.EstablishmentIDsByStatus(storage.StatusArchived)
		if err != nil {
			return err
		}
		o.total, o.out.facets.Archived = all-len(archived), len(archived)
		rows, err = r.FirstRows(firstRows, storage.StatusArchived)
		return err
	})
	if err != nil || !o.whole && len(rows) == 0 {
		return nil // the whole reading says what is wrong
	}
	for i := range rows {
		o.rows = append(o.rows, newItem(rows[i], accounts, l.slots.of(rows[i].ID)))
	}
	slices.SortFunc(o.rows, o.by.compare())
	o.bySlot = l.numbered(o.rows)
	if o.whole {
		o.out = scan(o.rows, Query{})
		return o
	}
	for _, it := range o.rows {
		o.out.visible = append(o.out.visible, it.slot)
	}
	return o
}

// Await gives the first rows the time to be there before the window is shown, so that its first picture has them. Call
// it on the interface's goroutine, before that runs; it returns as soon as they are there.
func (l *List) Await(limit time.Duration) {
	select {
	case o := <-l.opened:
		l.take(o)
	case <-time.After(limit):
	}
}

// takeOpening takes the first rows over unless Await did, and has the others read.
func (l *List) takeOpening() {
	select {
	case o := <-l.opened:
		l.take(o)
	default:
	}
	l.feed.resume(!l.loaded)
}

// take shows the first rows, unless something else is wanted by now.
func (l *List) take(o *opening) {
	if o == nil || l.ctx.Err() != nil || l.loaded || l.query != (Query{}) || l.display.Sort != o.by {
		return
	}
	l.accounts, l.all, l.bySlot, l.sorted = o.accounts, o.rows, o.bySlot, o.by
	l.visible, l.facets, l.total = o.out.visible, o.out.facets, o.total
	l.loaded, l.part = o.whole, !o.whole
	l.shown = l.latest
	l.changed(Change{All: true})
}

// Whole reports whether every row is there: until then at most the first ones are shown, and the counts of the filters
// are not known.
func (l *List) Whole() bool { return l.loaded && !l.part }

// WhenWhole runs f once every row is there, at once when they are: for what acts on all of them.
func (l *List) WhenWhole(f func()) {
	if l.Whole() || l.err != nil {
		f()
		return
	}
	l.waiting = append(l.waiting, f)
}

// catchUp does what waited for all rows.
func (l *List) catchUp() {
	waiting := l.waiting
	l.waiting = nil
	for _, f := range waiting {
		f()
	}
}
