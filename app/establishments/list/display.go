package list

import (
	"encoding/json"
	"slices"
)

// displayKey is the setting that keeps the display.
const displayKey = "establishments.display"

// pinnedByDefault is the number of accounts that have a column of their own before the user chooses.
const pinnedByDefault = 3

// Display is how the list is laid out; it is kept between two starts.
type Display struct {
	// Pinned are the accounts with a column of their own; nil: the first three.
	Pinned       []string `json:"pinned,omitempty"`
	Chosen       bool     `json:"chosen,omitempty"` // Pinned was chosen by the user, be it empty
	HideOthers   bool     `json:"hideOthers,omitempty"`
	HideAuto     bool     `json:"hideAuto,omitempty"`
	HideLastSync bool     `json:"hideLastSync,omitempty"`
	Compact      bool     `json:"compact,omitempty"` // rows of 36 instead of 52
	Sort         Sort     `json:"sort,omitzero"`
}

func loadDisplay(s Settings) Display {
	var d Display
	if s == nil {
		return d
	}
	if json.Unmarshal([]byte(s.Get(displayKey)), &d) != nil {
		return Display{} // never set, or by another version: the default
	}
	if !slices.Contains(SortKeys, d.Sort.By) {
		d.Sort = Sort{}
	}
	return d
}

func (l *List) saveDisplay() {
	if l.p.Settings == nil {
		return
	}
	raw, err := json.Marshal(l.display)
	if err != nil {
		l.p.Log.Error("display not kept", "error", err)
		return
	}
	l.p.Settings.Set(displayKey, string(raw))
}

// Display is how the list is laid out.
func (l *List) Display() Display { return l.display }

// SetDisplay lays the list out anew.
func (l *List) SetDisplay(d Display) {
	resort := d.Sort != l.display.Sort
	l.display = d
	l.saveDisplay()
	if resort {
		l.pass()
	}
	l.changed(Change{All: true})
}

// TogglePinned gives an account a column of its own, or takes it back.
func (l *List) TogglePinned(id string) {
	d := l.display
	d.Pinned, d.Chosen = nil, true
	pinned := l.Chosen()
	for _, a := range l.accounts {
		was := slices.ContainsFunc(pinned, func(p Account) bool { return p.ID == a.ID })
		if was != (a.ID == id) {
			d.Pinned = append(d.Pinned, a.ID)
		}
	}
	l.SetDisplay(d)
}

// Chosen lists the accounts that are to have a column of their own, whether or not there is room.
func (l *List) Chosen() []Account {
	if !l.display.Chosen {
		return l.accounts[:min(pinnedByDefault, len(l.accounts))]
	}
	var out []Account
	for _, a := range l.accounts {
		if slices.Contains(l.display.Pinned, a.ID) {
			out = append(out, a)
		}
	}
	return out
}

// Pinned lists the accounts that have a column of their own in the present width.
func (l *List) Pinned() []Account {
	chosen := l.Chosen()
	return chosen[:min(l.room, len(chosen))]
}

// SetRoom tells how many columns of accounts the present width has room for; the others are summed up.
func (l *List) SetRoom(n int) { l.room = n }

// HasOthers reports whether accounts without a column of their own are to be summed up in one.
func (l *List) HasOthers() bool {
	return !l.display.HideOthers && len(l.Pinned()) < len(l.accounts)
}
