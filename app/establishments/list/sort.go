package list

import (
	"cmp"
	"strings"
)

// SortKey names what rows are sorted by.
type SortKey string

// The sort keys.
const (
	ByName     SortKey = "" // French collation
	ByLastSync SortKey = "lastSync"
	ByStatus   SortKey = "status" // the most serious first
	ByAutoSync SortKey = "auto"
)

// SortKeys lists them in the order of the menu.
var SortKeys = []SortKey{ByName, ByLastSync, ByStatus, ByAutoSync}

// Sort is an order of the rows; Reverse turns the natural one round. Ties go by name, then by id.
type Sort struct {
	By      SortKey `json:"by,omitempty"`
	Reverse bool    `json:"reverse,omitempty"`
}

// compare gives the comparison of two items, negative when a comes first. The natural order of dates is the newest
// first, that of auto-sync is "on" first.
func (s Sort) compare() func(a, b *item) int {
	sign := 1
	if s.Reverse {
		sign = -1
	}
	return func(a, b *item) int {
		c := 0
		switch s.By {
		case ByLastSync:
			c = b.sent.Compare(a.sent)
		case ByStatus:
			c = cmp.Compare(a.worst, b.worst)
		case ByAutoSync:
			c = boolean(b.row.AutoSync) - boolean(a.row.AutoSync)
		}
		if c != 0 {
			return sign * c
		}
		if c = strings.Compare(a.row.SortKey, b.row.SortKey); c != 0 {
			if s.By == ByName {
				return sign * c
			}
			return c
		}
		return strings.Compare(a.row.ID, b.row.ID)
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// SetSort orders the rows; the same key again turns the order round.
func (l *List) SetSort(s Sort) {
	if l.display.Sort == s {
		return
	}
	l.display.Sort = s
	l.saveDisplay()
	l.pass()
}

// SortBy orders by a key; by the same key again, it turns the order round.
func (l *List) SortBy(k SortKey) {
	s := Sort{By: k}
	if l.display.Sort.By == k {
		s.Reverse = !l.display.Sort.Reverse
	}
	l.SetSort(s)
}

// Sort is the order asked for.
func (l *List) Sort() Sort { return l.display.Sort }
