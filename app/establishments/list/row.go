package list

import (
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
)

// Row is one row as it is drawn; every text is ready.
type Row struct {
	ID       string
	Name     string
	Line     string // address on one line
	Selected bool
	Archived bool
	AutoSync bool
	Cells    []Cell // one per pinned account
	Others   Cell   // the accounts without a column: the most serious word and how many bear it
	Worst    Cell   // over all accounts, for the reduced list
	Date     string // last synchronisation
	Reason   string
}

// Cell is a status: its word decides the icon and the colour.
type Cell struct {
	Word storage.Word // "" draws nothing
	Text string
}

// Row gives a visible row.
func (l *List) Row(i int) Row {
	if i < 0 || i >= len(l.visible) {
		return Row{}
	}
	it := l.bySlot[l.visible[i]]
	r := &it.row
	out := Row{
		ID: r.ID, Name: r.Name, Line: r.Line, Selected: l.selection.has(it.slot), Archived: it.archived(),
		AutoSync: r.AutoSync,
	}
	now := l.p.Now()
	out.Date = words.T("list.neverSynced")
	if !it.never {
		out.Date = say.Moment(it.sent, now)
	}
	if out.Archived {
		out.Reason = words.T("list.archivedTag")
	}
	if len(l.accounts) == 0 {
		out.Date = ""
		return out
	}
	ids := make([]string, len(l.accounts))
	for k, a := range l.accounts {
		ids[k] = a.ID
	}
	if !out.Archived {
		out.Reason = say.Reason(r, ids, now)
	}
	pinned := l.Pinned()
	for _, a := range pinned {
		out.Cells = append(out.Cells, cell(r.WordOn(a.ID)))
	}
	out.Others = others(r, l.accounts, pinned)
	out.Worst = cell(byRank[it.worst])
	if l.query.Account != "" {
		out.Worst = cell(r.WordOn(l.query.Account))
	}
	return out
}

func cell(w storage.Word) Cell { return Cell{Word: w, Text: say.Word(w)} }

// others sums up the accounts that are not pinned: « 2 à jour », « 1 à relier ».
func others(r *storage.Row, accounts, pinned []Account) Cell {
	worst, count := storage.Word(""), 0
	for _, a := range accounts {
		if isPinned(a, pinned) {
			continue
		}
		w := r.WordOn(a.ID)
		switch {
		case w == worst:
			count++
		case worst == "" || ranks[w] < ranks[worst]:
			worst, count = w, 1
		}
	}
	if worst == "" {
		return Cell{}
	}
	return Cell{Word: worst, Text: words.N("list.others."+string(worst), count)}
}

func isPinned(a Account, pinned []Account) bool {
	for _, p := range pinned {
		if p.ID == a.ID {
			return true
		}
	}
	return false
}
