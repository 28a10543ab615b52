package establishments

import (
	"context"
	"slices"
	"strings"

	"diapason/storage"
)

// Order is the order of a view.
type Order string

// The orders.
const (
	OrderFile    Order = "file"
	OrderOutcome Order = "outcome"
	OrderName    Order = "name"
)

// Query selects rows of a plan.
type Query struct {
	Outcome Outcome // "" for all
	Warned  bool    // only rows that go in without one of their cells
	Text    string  // sought in all values, without case and accents
	Order   Order   // "" for the file's
}

// View gives the indexes of the rows that a query selects, in its order. With a text or the order of names it reads
// the whole plan.
func (p *Plan) View(ctx context.Context, q Query) ([]int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := storage.SearchKey(q.Text)
	var out []int
	names := map[int]string{}
	for i, m := range p.marks {
		if q.Outcome != "" && m.outcome() != q.Outcome || q.Warned && m&markWarned == 0 {
			continue
		}
		if text != "" || q.Order == OrderName {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			r, err := p.row(i)
			if err != nil {
				return nil, err
			}
			if text != "" && !r.contains(text) {
				continue
			}
			names[i] = storage.SearchKey(r.Values[storage.FieldName])
		}
		out = append(out, i)
	}
	switch q.Order {
	case OrderOutcome:
		slices.SortStableFunc(out, func(a, b int) int {
			return slices.Index(Outcomes, p.marks[a].outcome()) - slices.Index(Outcomes, p.marks[b].outcome())
		})
	case OrderName:
		slices.SortStableFunc(out, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	}
	return out, nil
}

func (r *PlanRow) contains(key string) bool {
	for _, v := range r.Values {
		if strings.Contains(storage.SearchKey(v), key) {
			return true
		}
	}
	return false
}

// Remarks tells which of the rows (as View gives them) carry a remark to be decided upon: rejected, left out by the
// user, or resembling an establishment.
func (p *Plan) Remarks(rows []int) []bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]bool, len(rows))
	for i, r := range rows {
		m := p.marks[r]
		o := m.outcome()
		out[i] = o == OutcomeRejected || o == OutcomeIgnored || m&markProposal != 0
	}
	return out
}
