package flow

import (
	"context"

	"diapason/storage"
	"diapason/sync/establishments"
)

// blockRows is how many rows are read together around the one that is asked for; keptRows how many stay in memory.
const (
	blockRows = 160
	keptRows  = 4000
)

// view is what of the plan is in view.
type view struct {
	query  establishments.Query
	items  []int32 // a row's index, or -1 less it for the remark under the row
	rows   map[int]*establishments.PlanRow
	asked  map[int]bool // rows being read
	seq    uint64
	cancel context.CancelFunc
	busy   bool
	// amends counts the changes of rows that are being planned anew.
	amends int
}

func (v *view) reset() {
	if v.cancel != nil {
		v.cancel()
		v.cancel = nil
	}
	v.seq++
	v.items, v.busy, v.amends = nil, false, 0
	v.rows, v.asked = map[int]*establishments.PlanRow{}, map[int]bool{}
}

// Counts counts the plan's rows by outcome.
func (f *Flow) Counts() establishments.Counts { return f.counts }

// Writes is the number of establishments that the import would create or update.
func (f *Flow) Writes() int { return f.counts.Create + f.counts.Update }

// Planned tells whether there is a plan to look at.
func (f *Flow) Planned() bool { return f.plan != nil }

// Query gives what is in view.
func (f *Flow) Query() establishments.Query { return f.view.query }

// SetQuery changes what is in view.
func (f *Flow) SetQuery(q establishments.Query) {
	if f.view.query == q || f.plan == nil {
		return
	}
	f.view.query = q
	f.look()
}

// ToggleOutcome shows the rows of one outcome only, or all again.
func (f *Flow) ToggleOutcome(o establishments.Outcome) {
	q := f.view.query
	if q.Warned = false; q.Outcome == o {
		q.Outcome = ""
	} else {
		q.Outcome = o
	}
	f.SetQuery(q)
}

// Looking tells whether the rows in view are being sought.
func (f *Flow) Looking() bool { return f.view.busy }

// Amending tells whether a corrected row is being planned anew: the counts are about to change.
func (f *Flow) Amending() bool { return f.view.amends > 0 }

// look finds the rows that the query selects, elsewhere.
func (f *Flow) look() {
	if f.view.cancel != nil {
		f.view.cancel()
	}
	ctx, cancel := context.WithCancel(f.ctx)
	f.view.cancel, f.view.busy = cancel, true
	f.view.seq++
	seq, plan, query := f.view.seq, f.plan, f.view.query
	go func() {
		defer cancel()
		rows, err := plan.View(ctx, query)
		var items []int32
		if err == nil {
			items = withRemarks(rows, plan.Remarks(rows))
		}
		counts := plan.Counts()
		f.p.UI(func() {
			if seq != f.view.seq {
				return
			}
			f.view.busy = false
			if err != nil {
				f.fail(err)
				return
			}
			f.view.items, f.counts = items, counts
			f.changed(ChangeAll)
		})
	}()
}

func withRemarks(rows []int, remarks []bool) []int32 {
	items := make([]int32, 0, len(rows))
	for i, r := range rows {
		items = append(items, int32(r))
		if remarks[i] {
			items = append(items, int32(-r-1))
		}
	}
	return items
}

// Len is the number of lines in view: rows, and the remarks under some of them.
func (f *Flow) Len() int { return len(f.view.items) }

// Line gives a line in view. remark tells that it is the remark under the row. The row is nil while it is being read;
// ChangeRows follows.
func (f *Flow) Line(i int) (row *establishments.PlanRow, remark bool) {
	if i < 0 || i >= len(f.view.items) {
		return nil, false
	}
	n := f.view.items[i]
	if remark = n < 0; remark {
		n = -n - 1
	}
	row = f.view.rows[int(n)]
	if row == nil && !f.view.asked[int(n)] {
		f.read(i)
	}
	return row, remark
}

// HasRemark tells whether a remark follows the line.
func (f *Flow) HasRemark(i int) bool {
	return i+1 < len(f.view.items) && f.view.items[i] >= 0 && f.view.items[i+1] < 0
}

// read reads the rows around a line, elsewhere.
func (f *Flow) read(line int) {
	if len(f.view.rows) > keptRows {
		f.view.rows = map[int]*establishments.PlanRow{}
	}
	var wanted []int
	for i := max(line-blockRows/4, 0); i < min(line+blockRows, len(f.view.items)); i++ {
		if n := int(f.view.items[i]); n >= 0 && f.view.rows[n] == nil && !f.view.asked[n] {
			f.view.asked[n] = true
			wanted = append(wanted, n)
		}
	}
	plan := f.plan
	go func() {
		rows := make(map[int]*establishments.PlanRow, len(wanted))
		var failed error
		for _, n := range wanted {
			r, err := plan.Row(n)
			if err != nil {
				failed = err
				break
			}
			rows[n] = r
		}
		f.p.UI(func() {
			if f.plan != plan {
				return
			}
			for _, n := range wanted {
				delete(f.view.asked, n)
			}
			if failed != nil {
				f.fail(failed)
				return
			}
			for n, r := range rows {
				f.view.rows[n] = r
			}
			f.changed(ChangeRows)
		})
	}()
}

// Correct writes another text over a field of a row.
func (f *Flow) Correct(row int, field storage.Field, text string) {
	f.amend(func(ctx context.Context, p *establishments.Plan) (*establishments.PlanRow, error) {
		return p.Correct(ctx, row, field, text)
	})
}

// Ignore leaves a row out, or takes it in again.
func (f *Flow) Ignore(row int, ignored bool) {
	f.amend(func(ctx context.Context, p *establishments.Plan) (*establishments.PlanRow, error) {
		return p.Ignore(ctx, row, ignored)
	})
}

// Accept makes a row update the establishment it resembles, or create one after all.
func (f *Flow) Accept(row int, accepted bool) {
	f.amend(func(ctx context.Context, p *establishments.Plan) (*establishments.PlanRow, error) {
		return p.AcceptProposal(ctx, row, accepted)
	})
}

// amend changes one row elsewhere and looks at the plan again: other rows may have changed with it.
func (f *Flow) amend(change func(context.Context, *establishments.Plan) (*establishments.PlanRow, error)) {
	plan := f.plan
	if plan == nil || f.work != Idle {
		return
	}
	f.view.amends++
	go func() {
		_, err := change(f.ctx, plan)
		counts := plan.Counts()
		f.p.UI(func() {
			if f.plan != plan {
				return
			}
			f.view.amends--
			f.counts = counts
			if err != nil {
				f.fail(err)
				f.changed(ChangeAll)
				return
			}
			f.view.rows = map[int]*establishments.PlanRow{}
			f.look()
		})
	}()
	f.changed(ChangeAll)
}
