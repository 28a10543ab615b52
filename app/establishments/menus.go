package establishments

import (
	"fyne.io/fyne/v2"

	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// act does one of the bulk actions, or one of a row's menu.
func (v *View) act(id string, ids []string) {
	if len(ids) == 0 {
		return
	}
	switch id {
	case "open":
		v.Open(ids[0])
	case "sync":
		v.list.Sync(ids)
	case "auto":
		v.list.SetAutoSync(ids, true)
	case "manual":
		v.list.SetAutoSync(ids, false)
	case "label":
		v.list.WhenWhole(func() { v.relabel(ids) }) // it tells the labels of all rows
	case "export":
		v.p.Host.Export(ids)
	case "archive":
		v.list.Archive(ids)
	case "restore":
		v.list.Restore(ids)
	}
}

// rowMenu opens under the state of a row: synchronise now, auto-sync on or off.
func (v *View) rowMenu(i int, at fyne.Position) {
	id := v.list.ID(i)
	toggle := widgets.MenuItem{ID: "auto", Text: word("row.autoOn"), Icon: look.StatusAuto, Tone: widgets.Info}
	if v.list.AutoSync(id) {
		toggle = widgets.MenuItem{ID: "manual", Text: word("row.autoOff"), Icon: look.StatusManual}
	}
	widgets.ShowMenuAt(v.rows, at, widgets.MenuParams{
		Items: []widgets.MenuItem{
			{ID: "sync", Text: word("row.syncNow"), Icon: look.IconSync},
			toggle,
			{ID: "open", Text: word("row.open"), Icon: look.IconChevronRight, Divided: true},
		},
		OnChosen: func(action string) { v.act(action, []string{id}) },
	})
}

// contextMenu opens at a secondary press: the bulk bar's actions, on the ticked rows when the pressed one is among them.
func (v *View) contextMenu(i int, at fyne.Position) {
	ids := []string{v.list.ID(i)}
	if v.list.Selected(ids[0]) {
		ids = v.list.SelectedIDs()
	}
	items := []widgets.MenuItem{
		{ID: "sync", Text: words.T("list.context.sync", "n", words.Number(len(ids))), Icon: look.IconSync},
	}
	if len(ids) == 1 {
		items = []widgets.MenuItem{
			{ID: "open", Text: word("row.open"), Icon: look.IconChevronRight},
			{ID: "sync", Text: word("row.syncNow"), Icon: look.IconSync},
		}
	}
	for n, a := range bulkActions {
		item := widgets.MenuItem{ID: a.id, Text: word(a.key), Icon: a.icon, Divided: n == 0}
		if a.id == "archive" && len(ids) == 1 && v.list.Row(i).Archived {
			item.ID, item.Text = "restore", word("bulk.restore")
		}
		items = append(items, item)
	}
	widgets.ShowMenuAt(v.rows, at, widgets.MenuParams{Items: items, OnChosen: func(action string) { v.act(action, ids) }})
}
