package establishments

import (
	"strings"

	"fyne.io/fyne/v2"

	"diapason/app/establishments/list"
	"diapason/app/states"
	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Widths of the columns, gap included, in units.
const (
	nameLeast     float32 = 208
	accountWidth  float32 = 132
	othersWidth   float32 = 116
	autoWidth     float32 = 84
	lastSyncWidth float32 = 144
	rowMargins    float32 = 24 + 32 + 48 // left, check, right with chevron
)

// Identifiers of the columns that are no account.
const (
	columnName     = "name"
	columnOthers   = "others"
	columnAuto     = "auto"
	columnLastSync = "lastSync"
	columnWorst    = "worst"
)

// sortKeys tells by what a column's title sorts.
var sortKeys = map[string]list.SortKey{
	columnName: list.ByName, columnAuto: list.ByAutoSync, columnLastSync: list.ByLastSync, columnOthers: list.ByStatus,
}

func word(key string) string { return words.T("list." + key) }

func (v *View) newRows() *widgets.SelectList {
	l := widgets.NewSelectList(nil, v.list.Len, v.fill)
	l.Checkable = true
	l.IsChecked = func(i int) bool { return v.list.Selected(v.list.ID(i)) }
	l.HeaderState = func() widgets.CheckState {
		return map[list.Tri]widgets.CheckState{list.None: widgets.Off, list.Some: widgets.Mixed, list.Every: widgets.On}[v.list.Header()]
	}
	l.IsOpen = func(i int) bool { return v.openID != "" && v.list.ID(i) == v.openID }
	l.OnCheck = v.list.Toggle
	l.OnToggleAll = v.list.ToggleHeader
	l.OnSelectAll = v.list.SelectVisible
	l.OnOpen = func(i int) { v.Open(v.list.ID(i)) }
	l.OnContext = v.contextMenu
	l.OnChip = func(i, _ int, at fyne.Position) { v.rowMenu(i, at) }
	l.OnSort = func(id string) { v.list.SortBy(sortKeys[id]) }
	l.OnEscape = func() { v.escape() }
	return l
}

// fitting is what of the display the present width has room for: the name keeps its least width.
func (v *View) fitting() list.Display {
	d, room := v.list.Display(), v.frame.Size().Width-rowMargins-nameLeast-othersWidth
	if !d.HideAuto {
		room -= autoWidth
	}
	if !d.HideLastSync && room < lastSyncWidth {
		d.HideLastSync = true
	}
	d.HideAuto = d.HideAuto || room < 0
	return d
}

// layColumns gives the rows the columns that the present width has room for. Accounts that do not fit go to « Autres ».
func (v *View) layColumns() {
	d := v.fitting()
	v.rows.RowHeight = look.HeightRow
	if d.Compact && !v.reduced() {
		v.rows.RowHeight = look.HeightCompact
	}
	v.rows.HideHeader, v.rows.Chevron = v.reduced(), !v.reduced()
	v.rows.Left, v.rows.Right = 24, 16
	if v.reduced() {
		v.rows.Right = 8
		v.setColumns([]widgets.ListColumn{
			{ID: columnName, Flex: 1}, {ID: columnWorst, Width: 130, Trailing: true, Fit: true},
		})
		return
	}
	room := v.frame.Size().Width - rowMargins - nameLeast
	if !d.HideLastSync {
		room -= lastSyncWidth
	}
	if !d.HideAuto {
		room -= autoWidth
	}
	v.list.SetRoom(max(int((room-othersWidth)/accountWidth), 0))
	if !v.list.HasOthers() {
		v.list.SetRoom(max(int(room/accountWidth), 0))
	}
	columns := []widgets.ListColumn{{ID: columnName, Title: word("column.name"), Flex: 1, Sortable: true}}
	for _, a := range v.list.Pinned() {
		columns = append(columns, widgets.ListColumn{ID: a.ID, Title: a.Name, Width: accountWidth})
	}
	if v.list.HasOthers() {
		title := word("column.others")
		if len(v.list.Pinned()) == 0 {
			title = word("column.directories")
		}
		columns = append(columns, widgets.ListColumn{ID: columnOthers, Title: title, Width: othersWidth, Sortable: true})
	}
	if !d.HideAuto {
		columns = append(columns, widgets.ListColumn{ID: columnAuto, Title: word("column.auto"), Width: autoWidth, Sortable: true})
	}
	if !d.HideLastSync {
		columns = append(columns, widgets.ListColumn{
			ID: columnLastSync, Title: word("column.lastSync"), Width: lastSyncWidth, Sortable: true,
		})
	}
	v.setColumns(columns)
}

// setColumns hands the columns to the rows when they differ from those shown: that makes all of their objects anew.
func (v *View) setColumns(columns []widgets.ListColumn) {
	var b strings.Builder
	for _, c := range columns {
		b.WriteString(c.ID + "\x00" + c.Title + "\x01")
	}
	s := v.list.Sort()
	sorted := ""
	for id, key := range sortKeys {
		if key == s.By && (id != columnOthers || v.list.HasOthers()) {
			sorted = id
		}
	}
	// Dates and auto-sync run downward in their natural order, names upward.
	v.rows.SetSorted(sorted, s.Reverse == (s.By == list.ByName))
	if b.String() == v.columns {
		return
	}
	v.columns = b.String()
	v.rows.SetColumns(columns)
}

// fill writes a row of the presenter into the cells.
func (v *View) fill(i int, row *widgets.ListRow) {
	r := v.list.Row(i)
	name := widgets.ListCell{Text: r.Name, Sub: r.Line, Bold: true, Faint: r.Archived}
	if v.reduced() {
		row.Cells = append(row.Cells, name, statusCell(r.Worst, true))
		return
	}
	d := v.fitting()
	if d.Compact {
		name.Sub = ""
	}
	row.Cells = append(row.Cells, name)
	for _, c := range r.Cells {
		row.Cells = append(row.Cells, statusCell(c, true))
	}
	if v.list.HasOthers() {
		row.Cells = append(row.Cells, statusCell(r.Others, true))
	}
	if !d.HideAuto {
		auto := widgets.ListCell{Text: word("manual"), Icon: look.StatusManual, Faint: true, Press: true}
		if r.AutoSync {
			auto = widgets.ListCell{Text: word("auto"), Icon: look.StatusAuto, Tone: widgets.Info, Press: true}
		}
		row.Cells = append(row.Cells, auto)
	}
	if !d.HideLastSync {
		date := widgets.ListCell{Text: r.Date, Sub: r.Reason}
		if d.Compact && r.Reason != "" {
			date = widgets.ListCell{Text: r.Reason, Faint: true}
		}
		row.Cells = append(row.Cells, date)
	}
}

// statusCell draws a status as a chip.
func statusCell(c list.Cell, press bool) widgets.ListCell {
	if c.Word == "" {
		return widgets.ListCell{}
	}
	s := states.Word(c.Word)
	return widgets.ListCell{Text: c.Text, Icon: s.Icon, Tone: s.Tone, Chip: true, Calm: s.Calm, Press: press}
}
