package list

import (
	"slices"
	"strings"

	"diapason/storage"
)

// StatusFilter selects rows by their most serious word; "" is every row.
type StatusFilter string

// NeverSynced selects the rows of which nothing was ever sent.
const NeverSynced StatusFilter = "never"

// Query is what rows must match to be visible.
type Query struct {
	Text     string       // words in any order, each somewhere in name, identifier, address or city
	Status   StatusFilter // a storage.Word, or NeverSynced
	Account  string       // rows wanted on this account; Status is then the word on it
	Label    string
	Archived bool // archived ones too
}

// filtering reports whether the query hides anything beyond archived rows.
func (q Query) filtering() bool {
	return q.Text != "" || q.Status != "" || q.Account != "" || q.Label != ""
}

// Facets are the counts shown in the filters' menus.
type Facets struct {
	// Status counts the rows that match everything but the status filter, by word; "" is their sum.
	Status map[StatusFilter]int
	// Labels lists the labels in use, sorted, with their counts over all rows.
	Labels   []Label
	Archived int // archived rows
}

// Label is a label and the number of rows that bear it.
type Label struct {
	Name  string
	Count int
}

// matcher is a query made ready for a pass over many rows.
type matcher struct {
	words   []string // of the search, longest first: the rarest word decides soonest
	account string
	label   string
	status  uint8
	mode    statusMode
	hidden  bool // archived rows are hidden
}

type statusMode uint8

const (
	anyStatus statusMode = iota
	oneStatus
	neverSent
)

func newMatcher(q Query) matcher {
	m := matcher{
		words: strings.Fields(storage.SearchKey(q.Text)), account: q.Account, label: q.Label, hidden: !q.Archived,
	}
	slices.SortStableFunc(m.words, func(a, b string) int { return len(b) - len(a) })
	switch q.Status {
	case "":
	case NeverSynced:
		m.mode = neverSent
	default:
		m.mode, m.status = oneStatus, ranks[storage.Word(q.Status)]
	}
	return m
}

// text reports whether every word of the search is in the row.
func (m *matcher) text(key string) bool {
	for _, w := range m.words {
		if !strings.Contains(key, w) {
			return false
		}
	}
	return true
}

// outcome is the answer of a pass.
type outcome struct {
	visible []int32
	facets  Facets
}

// scan passes over all rows once: it gives the slots of those that match, in the order of all, and the counts.
func scan(all []*item, q Query) outcome {
	m := newMatcher(q)
	out := outcome{visible: make([]int32, 0, len(all))}
	var counts [16]int
	sum, never := 0, 0
	labels := map[string]int{}
	for _, it := range all {
		r := &it.row
		for _, label := range r.Labels {
			labels[label]++
		}
		if r.Status == storage.StatusArchived {
			out.facets.Archived++
			if m.hidden {
				continue
			}
		}
		if !m.text(r.SearchKey) || m.label != "" && !slices.Contains(r.Labels, m.label) {
			continue
		}
		word := it.worst
		if m.account != "" {
			w := r.WordOn(m.account)
			if w == storage.WordDisabled {
				continue
			}
			word = ranks[w]
		}
		sum++
		counts[word]++
		if it.never {
			never++
		}
		if m.mode == oneStatus && word != m.status || m.mode == neverSent && !it.never {
			continue
		}
		out.visible = append(out.visible, it.slot)
	}
	out.facets.Status = map[StatusFilter]int{"": sum, NeverSynced: never}
	for i, w := range byRank {
		out.facets.Status[StatusFilter(w)] = counts[i]
	}
	for name, n := range labels {
		out.facets.Labels = append(out.facets.Labels, Label{Name: name, Count: n})
	}
	slices.SortFunc(out.facets.Labels, func(a, b Label) int {
		if c := strings.Compare(storage.SearchKey(a.Name), storage.SearchKey(b.Name)); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

// Query is what the visible rows match, or will match as soon as the running pass ends.
func (l *List) Query() Query { return l.query }

// Filtering reports whether a search or a filter hides rows.
func (l *List) Filtering() bool { return l.query.filtering() }

// Facets are the counts of the filters' menus.
func (l *List) Facets() Facets { return l.facets }

// Search changes the text searched for.
func (l *List) Search(text string) { q := l.query; q.Text = text; l.setQuery(q) }

// FilterStatus shows only the rows of a status, "" all.
func (l *List) FilterStatus(s StatusFilter) { q := l.query; q.Status = s; l.setQuery(q) }

// FilterAccount shows only the rows wanted on an account, "" all.
func (l *List) FilterAccount(id string) { q := l.query; q.Account = id; l.setQuery(q) }

// FilterLabel shows only the rows that bear a label, "" all.
func (l *List) FilterLabel(label string) { q := l.query; q.Label = label; l.setQuery(q) }

// ShowArchived shows archived rows too, or hides them.
func (l *List) ShowArchived(on bool) { q := l.query; q.Archived = on; l.setQuery(q) }

// ClearFilters shows every row again; archived ones stay as they were.
func (l *List) ClearFilters() { l.setQuery(Query{Archived: l.query.Archived}) }

func (l *List) setQuery(q Query) {
	if q == l.query {
		return
	}
	l.query = q
	l.pass()
}

// LabelCounts lists the labels in use with the number of the given establishments that bear each.
func (l *List) LabelCounts(ids []string) []Label {
	n := map[string]int{}
	for _, id := range ids {
		if it := l.find(id); it != nil {
			for _, label := range it.row.Labels {
				n[label]++
			}
		}
	}
	out := slices.Clone(l.facets.Labels)
	for i := range out {
		out[i].Count = n[out[i].Name]
	}
	return out
}
