package list

// Tri is the state of the header's checkbox.
type Tri int

// The states of the header's checkbox.
const (
	None Tri = iota
	Some
	Every
)

// selection is a set of slots. The zero value is empty.
type selection struct {
	on     []bool
	count  int
	anchor int32 // slot of the last row ticked by hand, where Shift extends from; -1 or out of range: none
	held   bool  // anchor is set
}

func (s *selection) has(slot int32) bool { return int(slot) < len(s.on) && s.on[slot] }

func (s *selection) set(slot int32, on bool) {
	for int(slot) >= len(s.on) {
		s.on = append(s.on, make([]bool, max(64, len(s.on)))...)
	}
	if s.on[slot] == on {
		return
	}
	s.on[slot] = on
	if on {
		s.count++
	} else {
		s.count--
	}
}

// prune drops the rows that are no more.
func (s *selection) prune(alive func(int32) bool) {
	for slot, on := range s.on {
		if n := int32(slot); on && !alive(n) { //nolint:gosec // slots are int32
			s.set(n, false)
		}
	}
}

// Selected reports whether a row is ticked.
func (l *List) Selected(id string) bool {
	slot, ok := l.slots.find(id)
	return ok && l.selection.has(slot)
}

// SelectedCount is the number of ticked rows, visible or not.
func (l *List) SelectedCount() int { return l.selection.count }

// HiddenCount is the number of ticked rows that the search and the filters hide.
func (l *List) HiddenCount() int {
	seen := 0
	for _, slot := range l.visible {
		if l.selection.has(slot) {
			seen++
		}
	}
	return l.selection.count - seen
}

// Header is the state of the header's checkbox; it looks at the visible rows only.
func (l *List) Header() Tri {
	if l.selection.count == 0 || len(l.visible) == 0 {
		return None
	}
	seen := l.selection.count - l.HiddenCount()
	switch seen {
	case 0:
		return None
	case len(l.visible):
		if l.part {
			return Some
		}
		return Every
	}
	return Some
}

// Toggle ticks or unticks a visible row; with extend (Shift) the rows from the last one ticked by hand to this one all
// take its new state.
func (l *List) Toggle(i int, extend bool) {
	if i < 0 || i >= len(l.visible) {
		return
	}
	slot := l.visible[i]
	on := !l.selection.has(slot)
	from := i
	if extend && l.selection.held {
		if at := l.position(l.selection.anchor); at >= 0 {
			from, on = at, true
		}
	}
	for k := min(from, i); k <= max(from, i); k++ {
		l.selection.set(l.visible[k], on)
	}
	l.selection.anchor, l.selection.held = slot, true
	l.changed(Change{Selection: true})
}

// ToggleHeader ticks all visible rows, or unticks them when all are ticked.
func (l *List) ToggleHeader() {
	l.WhenWhole(func() { l.setVisible(l.Header() != Every) })
}

func (l *List) setVisible(on bool) {
	for _, slot := range l.visible {
		l.selection.set(slot, on)
	}
	l.changed(Change{Selection: true})
}

// SelectVisible ticks all visible rows (Ctrl+A).
func (l *List) SelectVisible() {
	l.WhenWhole(func() { l.setVisible(true) })
}

// SelectEverything ticks every row, those hidden by the search and the filters included (« Sélectionner les 412 »).
// Archived rows are left out unless they are shown.
func (l *List) SelectEverything() {
	l.WhenWhole(func() {
		for _, it := range l.all {
			if l.query.Archived || !it.archived() {
				l.selection.set(it.slot, true)
			}
		}
		l.changed(Change{Selection: true})
	})
}

// ClearSelection unticks everything (Escape, « Effacer »).
func (l *List) ClearSelection() {
	if l.selection.count == 0 {
		return
	}
	l.selection = selection{}
	l.changed(Change{Selection: true})
}

// SelectedIDs lists the ticked establishments in the order of the list.
func (l *List) SelectedIDs() []string {
	ids := make([]string, 0, l.selection.count)
	for _, it := range l.all {
		if l.selection.has(it.slot) {
			ids = append(ids, it.row.ID)
		}
	}
	return ids
}

// VisibleIDs lists the visible establishments in order.
func (l *List) VisibleIDs() []string {
	ids := make([]string, len(l.visible))
	for i, slot := range l.visible {
		ids[i] = l.bySlot[slot].row.ID
	}
	return ids
}
