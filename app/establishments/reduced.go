package establishments

import (
	"strings"

	"diapason/assets/words"
	"diapason/widgets"
)

// What the menu of the reduced list puts before an identifier.
const (
	byAccount = "byAccount:"
	byLabel   = "byLabel:"
)

// reducedItems is the menu of the narrow list beside a pane, where only search and status have a place of their own:
// the directories, the labels, the orders and the archived ones.
func (f *filters) reducedItems() []widgets.MenuItem {
	var items []widgets.MenuItem
	add := func(prefix, key string, choices []widgets.MenuItem) {
		for i, it := range choices {
			name := it.Text
			items = append(items, widgets.MenuItem{
				ID: prefix + it.ID, Text: words.T("list.menu."+key, "name", name), Detail: it.Detail, Current: it.Current,
				Divided: i == 0 && len(items) > 0,
			})
		}
	}
	if len(f.v.list.Accounts()) > 1 {
		add(byAccount, "account", f.accountItems())
	}
	if labels := f.labelItems(); len(labels) > 1 {
		add(byLabel, "label", labels)
	}
	divided := len(items) > 0
	for _, it := range f.displayItems() {
		if strings.HasPrefix(it.ID, "sort:") || it.ID == "archived" {
			it.Divided = it.Divided || divided
			divided = false
			items = append(items, it)
		}
	}
	return items
}

func (f *filters) reducedChosen(id string) {
	l := f.v.list
	if account, ok := strings.CutPrefix(id, byAccount); ok {
		l.FilterAccount(account)
		return
	}
	if label, ok := strings.CutPrefix(id, byLabel); ok {
		l.FilterLabel(label)
		return
	}
	f.displayChosen(id)
}
