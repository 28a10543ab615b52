package list

import "slices"

// pass filters and sorts again, elsewhere. While one runs, wishes are gathered into one more after it: a result is
// never overtaken by an older one.
func (l *List) pass() {
	l.latest++
	if !l.loaded { // the reading under way is followed by one; the first rows do not answer this wish
		wanted := l.display.Sort
		l.wanted.Store(&wanted)
		l.part = false
		l.changed(Change{All: true})
		return
	}
	if l.passing {
		l.again = true
		return
	}
	l.passing, l.again, l.during, l.gone = true, false, nil, nil
	all, sorted, wanted, query := l.all, l.sorted, l.display.Sort, l.query
	l.wanted.Store(&wanted)
	number, load := l.latest, l.loads
	go func() {
		resorted := sorted != wanted
		if resorted {
			all = slices.Clone(all)
			slices.SortFunc(all, wanted.compare())
		}
		out := scan(all, query)
		l.p.UI(func() {
			if resorted && load == l.loads {
				l.all, l.sorted = merge(all, l.during, l.gone, wanted), wanted
			}
			l.passed(out, number)
		})
	}()
}

// passed takes the result of a pass over.
func (l *List) passed(out outcome, number uint64) {
	if l.ctx.Err() != nil {
		return
	}
	l.passing, l.during, l.gone, l.part = false, nil, nil, false
	l.visible, l.facets, l.shown = l.alive(out.visible), out.facets, number
	if l.again || l.sorted != l.display.Sort {
		l.pass()
	}
	l.changed(Change{All: true})
	l.catchUp()
}

// alive leaves out rows that were deleted while the pass ran.
func (l *List) alive(visible []int32) []int32 {
	return slices.DeleteFunc(visible, func(s int32) bool { return l.bySlot[s] == nil })
}

// Settled reports whether what is shown answers the last wish.
func (l *List) Settled() bool { return l.loaded && !l.passing && l.shown == l.latest }
