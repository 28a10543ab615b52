// Package roster is what the list of contacts knows, without a window: the rows, the search, the label and the trash that
// narrow them, and how it follows the store. It writes nothing.
package roster

import (
	"context"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"diapason/storage"
)

// Store is what the list reads.
type Store interface {
	View(ctx context.Context, f func(storage.Reader) error) error
	OnChange(f func(storage.Changes)) (remove func())
}

// Params are what a Roster needs; all are required.
type Params struct {
	Store      Store
	UI         func(func()) // runs a function on the interface's goroutine, in order, and returns at once
	Background func(func()) // runs a function away from it
	Later      func(time.Duration, func())
	// Shown is called on the interface's goroutine after what is shown has changed, Failed when it could not be read.
	Shown  func()
	Failed func(error)
}

// Filter narrows the list.
type Filter struct {
	Text  string // words, each of which stands somewhere in the contact
	Label string // "": any
	Trash bool   // the contacts of the trash in place of the others
	// WithoutEmail leaves only those that no card can be recognised as theirs by.
	WithoutEmail bool
}

// Any reports whether it hides anything of the contacts outside the trash.
func (f Filter) Any() bool { return f.Text != "" || f.Label != "" || f.WithoutEmail }

// Label is a label with the number of contacts that bear it.
type Label struct {
	Name  string
	Count int
}

// Roster is the presenter. Its methods are called on the interface's goroutine.
type Roster struct {
	p      Params
	filter Filter
	read   bool
	all    []storage.ContactRow // in the order of Sort, those of the trash included
	rows   []int32              // of all: those that pass the filter
	total  int
	trash  int
	labels []Label
	remove func()

	mu      stdsync.Mutex // guards what the store's goroutines share
	stale   bool          // something changed since the last reading began
	reading bool
	rest    time.Duration // between two readings: what the last one took, several times
	resting bool          // nobody looks
}

const (
	page    = 2000                   // rows per transaction: some milliseconds
	least   = 150 * time.Millisecond // between two readings
	breathe = 4                      // times what a reading took: the list never takes more than a fifth of a processor
)

// New makes a Roster that has read nothing yet.
func New(p Params) *Roster { return &Roster{p: p, resting: true} }

// Follow reads the contacts, and again whenever they change.
func (r *Roster) Follow() {
	if r.remove == nil {
		r.remove = r.p.Store.OnChange(r.changed)
	}
	r.mu.Lock()
	r.resting = false
	r.mu.Unlock()
	r.Reload()
}

// Rest stops following until Follow.
func (r *Roster) Rest() {
	r.mu.Lock()
	r.resting = true
	r.mu.Unlock()
}

// Close ends the following.
func (r *Roster) Close() {
	r.Rest()
	if r.remove != nil {
		r.remove()
		r.remove = nil
	}
}

// Reload reads everything again.
func (r *Roster) Reload() {
	r.mu.Lock()
	r.stale = true
	r.mu.Unlock()
	r.begin()
}

// changed is the store's listener; any goroutine.
func (r *Roster) changed(c storage.Changes) {
	if !c.All && len(c.Contacts) == 0 && !c.ContactBooks {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stale || r.resting {
		r.stale = true
		return
	}
	r.stale = true
	r.p.Later(max(least, r.rest), r.begin)
}

// begin starts a reading when there is news and none runs.
func (r *Roster) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.stale || r.reading || r.resting {
		return
	}
	r.stale, r.reading = false, true
	r.p.Background(r.load)
}

// load reads the rows, a page per transaction.
func (r *Roster) load() {
	began := time.Now()
	var all []storage.ContactRow
	var err error
	for after, more := "", true; more && err == nil; {
		err = r.p.Store.View(context.Background(), func(tx storage.Reader) error {
			rows, err := tx.ContactRows(after, page)
			if all = append(all, rows...); len(rows) > 0 {
				after = rows[len(rows)-1].ID
			}
			more = len(rows) == page
			return err
		})
	}
	slices.SortStableFunc(all, func(a, b storage.ContactRow) int { return strings.Compare(a.Sort, b.Sort) })
	r.mu.Lock()
	r.reading, r.rest = false, breathe*time.Since(began)
	r.mu.Unlock()
	r.p.UI(func() {
		if err != nil {
			r.p.Failed(err)
			return
		}
		r.take(all)
	})
	r.again()
}

// again asks for another reading when something changed during the last one.
func (r *Roster) again() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stale && !r.resting {
		r.p.Later(max(least, r.rest), r.begin)
	}
}

// take shows what was read.
func (r *Roster) take(all []storage.ContactRow) {
	r.all, r.read = all, true
	r.total, r.trash = 0, 0
	counts := map[string]int{}
	for i := range all {
		if all[i].Trashed {
			r.trash++
			continue
		}
		r.total++
		for _, l := range all[i].Labels {
			counts[l]++
		}
	}
	r.labels = r.labels[:0]
	for name, n := range counts {
		r.labels = append(r.labels, Label{name, n})
	}
	slices.SortFunc(r.labels, func(a, b Label) int {
		return strings.Compare(storage.SearchKey(a.Name)+"\x00"+a.Name, storage.SearchKey(b.Name)+"\x00"+b.Name)
	})
	r.narrow()
}

// narrow finds the rows that pass the filter: 100,000 in some milliseconds.
func (r *Roster) narrow() {
	wanted := strings.Fields(storage.SearchKey(r.filter.Text))
	digits := phoneDigits(r.filter.Text)
	r.rows = r.rows[:0]
	for i := range r.all {
		if r.passes(&r.all[i], wanted, digits) {
			r.rows = append(r.rows, int32(i))
		}
	}
	r.p.Shown()
}

func (r *Roster) passes(row *storage.ContactRow, wanted []string, digits string) bool {
	if row.Trashed != r.filter.Trash || r.filter.WithoutEmail && row.Email != "" || r.filter.Label != "" && !slices.Contains(row.Labels, r.filter.Label) {
		return false
	}
	if digits != "" {
		return strings.Contains(row.Search, digits)
	}
	for _, w := range wanted {
		if !strings.Contains(row.Search, w) {
			return false
		}
	}
	return true
}

// phoneDigits gives what to look for when the whole text is a phone number, or a part of one, as people write it: its
// digits without the 0 that a number with a country's prefix has not. "" for every other text.
func phoneDigits(text string) string {
	var digits strings.Builder
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits.WriteRune(c)
		case !strings.ContainsRune(" .-/()+\u00a0\u202f", c):
			return ""
		}
	}
	if digits.Len() < 4 {
		return ""
	}
	return strings.TrimLeft(digits.String(), "0")
}

// Filter gives what narrows the list.
func (r *Roster) Filter() Filter { return r.filter }

// SetFilter narrows the list otherwise.
func (r *Roster) SetFilter(f Filter) {
	if f == r.filter {
		return
	}
	r.filter = f
	r.narrow()
}

// Read reports whether the contacts were read once.
func (r *Roster) Read() bool { return r.read }

// Total counts the contacts outside the trash, Trash those in it.
func (r *Roster) Total() int { return r.total }

// Trash counts the contacts in the trash.
func (r *Roster) Trash() int { return r.trash }

// Labels gives the labels of the contacts outside the trash, in order.
func (r *Roster) Labels() []Label { return r.labels }

// Len is the number of rows shown.
func (r *Roster) Len() int { return len(r.rows) }

// Row gives a row shown.
func (r *Roster) Row(i int) *storage.ContactRow { return &r.all[r.rows[i]] }

// Index gives the position of a contact among the rows shown, -1 when it is not.
func (r *Roster) Index(id string) int {
	return slices.IndexFunc(r.rows, func(n int32) bool { return r.all[n].ID == id })
}
