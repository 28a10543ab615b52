package importwizard

import (
	"strconv"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/establishments"
	"diapason/widgets"
	"diapason/widgets/look"
)

// previewFields are the fields that have a column of their own in the preview.
var previewFields = []storage.Field{
	storage.FieldIdentifier, storage.FieldName, storage.FieldStreet, storage.FieldZip, storage.FieldCity, storage.FieldPhone,
}

// narrowFields are those of a narrow window.
var narrowFields = []storage.Field{storage.FieldName, storage.FieldStreet}

// outcomeLook is how an outcome is shown.
type outcomeLook struct {
	tone widgets.Tone
	icon look.Icon
	calm bool
}

var outcomeLooks = map[establishments.Outcome]outcomeLook{
	establishments.OutcomeCreate:    {tone: widgets.Success, icon: look.StatusCreate},
	establishments.OutcomeUpdate:    {tone: widgets.Info, icon: look.StatusEdit},
	establishments.OutcomeUnchanged: {icon: look.StatusManual, calm: true},
	establishments.OutcomeRejected:  {tone: widgets.Error, icon: look.StatusError},
	establishments.OutcomeSkipped:   {icon: look.StatusDisabled, calm: true},
	establishments.OutcomeIgnored:   {icon: look.StatusDisabled, calm: true},
}

// tileOutcomes are the four that have a tile.
var tileOutcomes = []establishments.Outcome{
	establishments.OutcomeCreate, establishments.OutcomeUpdate, establishments.OutcomeUnchanged, establishments.OutcomeRejected,
}

// warnedID stands for "rows with a remark" among the outcomes to show.
const warnedID = "warned"

// previewFace is the third step: the plan itself.
type previewFace struct {
	v      *View
	tiles  []*widgets.StatTile
	search *widgets.SearchEntry
	show   *widgets.Dropdown
	order  *widgets.Dropdown
	swatch *widgets.Chip // legend: what a changed cell looks like
	list   *widgets.SelectList
	panel  *widgets.Panel
	none   *widgets.EmptyState
	frame  *fyne.Container
	fields []storage.Field // those that have a column at the present width
}

func newPreviewFace(v *View) *previewFace {
	f := &previewFace{v: v}
	var cells []widgets.LineCell
	for _, o := range tileOutcomes {
		l := outcomeLooks[o]
		tile := widgets.NewStatTile(l.tone, l.icon, func() { v.flow.ToggleOutcome(o) })
		f.tiles = append(f.tiles, tile)
		cells = append(cells, widgets.Share(tile))
	}
	f.search = widgets.NewSearchEntry(word("search"), word("clear"), func(text string) {
		q := v.flow.Query()
		q.Text = text
		v.flow.SetQuery(q)
	})
	f.show = widgets.NewDropdown(word("show"), "", nil, f.setShown)
	f.show.ItemsFunc = f.showItems
	f.order = widgets.NewDropdown(word("order"), "", nil, func(id string) {
		q := v.flow.Query()
		q.Order = establishments.Order(id)
		v.flow.SetQuery(q)
	})
	f.order.ItemsFunc = f.orderItems
	f.newList()
	f.swatch = widgets.NewChip(widgets.Info, look.StatusEdit, word("changedCell"))
	filters := &fyne.Container{Layout: filterLine{f}, Objects: []fyne.CanvasObject{f.search, f.show, f.order, f.swatch}}
	f.panel = widgets.NewPanel(widgets.Insets{Top: 1, Right: 1, Bottom: 8, Left: 1}, f.list)
	top := widgets.NewPaddedColumn(
		16, widgets.Insets{Left: look.Margin, Right: look.Margin, Bottom: 12}, widgets.NewLine(12, cells...),
		filters,
	)
	f.none = widgets.NewEmptyState(widgets.EmptyParams{
		Icon: look.IconSearch, Title: word("none.title"), Sentence: word("none.text"),
		Secondary: widgets.NewButton(widgets.Outlined, word("none.clear"), "", func() {
			f.search.SetText("")
			v.flow.SetQuery(establishments.Query{Order: v.flow.Query().Order})
		}),
	})
	f.frame = widgets.NewFrame(top, nil, nil, nil, &fyne.Container{Layout: inset{f}, Objects: []fyne.CanvasObject{f.panel, f.none}})
	return f
}

// filterLine gives search, drop-down lists and legend their widths. A narrow window leaves the legend out: the drop-down
// lists take what their words need, and the search what is left.
type filterLine struct{ f *previewFace }

// searchLeast is the least width of the search, in units.
const searchLeast float32 = 120

// MinSize is one line.
func (filterLine) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, look.HeightField) }

// Layout puts the legend at the right.
func (l filterLine) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const gap = 8
	f, legend := l.f, l.f.swatch.MinSize()
	widths := [3]float32{256, 216, 200}
	narrow := size.Width < narrowBelow
	if f.swatch.Visible() == narrow {
		setHidden(f.swatch, narrow)
		hint := "search"
		if narrow {
			hint = "searchShort"
		}
		f.search.SetPlaceHolder(word(hint))
	}
	if narrow {
		show, order := f.show.MinSize().Width, f.order.MinSize().Width
		room := size.Width - searchLeast - 2*gap
		show = min(show, max(room-order, room/2)) // both are cut when both are too wide
		order = min(order, room-show)
		widths = [3]float32{size.Width - show - order - 2*gap, show, order}
	}
	x := float32(0)
	for i, w := range widths {
		o[i].Move(fyne.NewPos(x, 0))
		o[i].Resize(fyne.NewSize(w, size.Height))
		x += w + gap
	}
	f.swatch.Move(fyne.NewPos(size.Width-legend.Width, 0))
	f.swatch.Resize(fyne.NewSize(legend.Width, size.Height))
}

func setHidden(o fyne.CanvasObject, hidden bool) {
	if hidden {
		o.Hide()
	} else {
		o.Show()
	}
}

// inset keeps the page's margins at both sides.
type inset struct{ f *previewFace }

// MinSize lets the window decide.
func (inset) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 120) }

// Layout fills what the margins leave; a narrow window shows fewer columns.
func (l inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	fields := previewFields
	if size.Width < narrowBelow {
		fields = narrowFields
	}
	if len(fields) != len(l.f.fields) {
		l.f.fields = fields
		l.f.list.SetColumns(l.f.titles())
	}
	for _, o := range objects {
		o.Move(fyne.NewPos(look.Margin, 0))
		o.Resize(fyne.NewSize(size.Width-2*look.Margin, size.Height))
	}
}

// titles are the columns of the list.
func (f *previewFace) titles() []widgets.ListColumn {
	titles := []widgets.ListColumn{
		{Title: word("line"), Width: 52},
		{Title: word("outcome"), Width: 156},
	}
	for _, field := range f.fields {
		c := widgets.ListColumn{Title: say.Field(field)}
		switch field {
		case storage.FieldName, storage.FieldStreet:
			c.Flex = 1
		case storage.FieldZip:
			c.Width = 84
		case storage.FieldPhone:
			c.Width = 124
		default:
			c.Width = 96
		}
		titles = append(titles, c)
	}
	return titles
}

func (f *previewFace) newList() {
	f.fields = previewFields
	f.list = widgets.NewSelectList(f.titles(), f.v.flow.Len, f.fill)
	f.list.RowHeight, f.list.Left, f.list.Framed = look.HeightTableRow, 16, true
	f.list.OnOpen = f.open
	f.list.OnNote = f.noteAction
}

func (f *previewFace) content() fyne.CanvasObject { return f.frame }

func (f *previewFace) update() {
	counts, q := f.v.flow.Counts(), f.v.flow.Query()
	numbers := []int{counts.Create, counts.Update, counts.Unchanged, counts.Rejected}
	for i, o := range tileOutcomes {
		f.tiles[i].Set(words.Number(numbers[i]), words.N("importwizard.tile."+string(o), numbers[i]))
		f.tiles[i].SetChosen(q.Outcome == o)
	}
	f.show.SetValue(f.shown())
	f.order.SetValue(word("order." + string(orderOf(q))))
	empty := f.v.flow.Len() == 0 && !f.v.flow.Looking()
	f.panel.Hidden, f.none.Hidden = empty, !empty
	f.list.Refresh()
	f.frame.Refresh()
}

func orderOf(q establishments.Query) establishments.Order {
	if q.Order == "" {
		return establishments.OrderFile
	}
	return q.Order
}

func (f *previewFace) shown() string {
	switch q := f.v.flow.Query(); {
	case q.Warned:
		return word("show.warned")
	case q.Outcome == "":
		return word("show.all")
	default:
		return word("outcome." + string(q.Outcome))
	}
}

func (f *previewFace) setShown(id string) {
	q := f.v.flow.Query()
	q.Warned, q.Outcome = id == warnedID, ""
	if !q.Warned {
		q.Outcome = establishments.Outcome(id)
	}
	f.v.flow.SetQuery(q)
}

func (f *previewFace) showItems() []widgets.MenuItem {
	c, q := f.v.flow.Counts(), f.v.flow.Query()
	items := []widgets.MenuItem{{Text: word("show.all"), Detail: words.Number(c.Total), Current: q.Outcome == "" && !q.Warned}}
	numbers := map[establishments.Outcome]int{
		establishments.OutcomeCreate: c.Create, establishments.OutcomeUpdate: c.Update,
		establishments.OutcomeUnchanged: c.Unchanged, establishments.OutcomeRejected: c.Rejected,
		establishments.OutcomeSkipped: c.Skipped, establishments.OutcomeIgnored: c.Ignored,
	}
	for _, o := range establishments.Outcomes {
		l := outcomeLooks[o]
		items = append(items, widgets.MenuItem{
			ID: string(o), Text: word("outcome." + string(o)), Icon: l.icon, Tone: l.tone, Detail: words.Number(numbers[o]),
			Current: q.Outcome == o, Faint: numbers[o] == 0,
		})
	}
	return append(items, widgets.MenuItem{
		ID: warnedID, Text: word("show.warned"), Icon: look.StatusAction, Tone: widgets.Warning, Detail: words.Number(c.Warned),
		Current: q.Warned, Faint: c.Warned == 0, Divided: true,
	})
}

func (f *previewFace) orderItems() []widgets.MenuItem {
	var items []widgets.MenuItem
	for _, o := range []establishments.Order{establishments.OrderFile, establishments.OrderOutcome, establishments.OrderName} {
		items = append(items, widgets.MenuItem{ID: string(o), Text: word("order." + string(o)), Current: orderOf(f.v.flow.Query()) == o})
	}
	return items
}

// fill writes one line: a row, or the remark under it.
func (f *previewFace) fill(i int, line *widgets.ListRow) {
	row, remark := f.v.flow.Line(i)
	switch {
	case row == nil:
		line.Cells = append(line.Cells, widgets.ListCell{Text: "…", Faint: true})
	case remark:
		line.Note = noteOf(row)
	default:
		line.NoLine = f.v.flow.HasRemark(i)
		l := outcomeLooks[row.Outcome]
		line.Cells = append(
			line.Cells, widgets.ListCell{Text: strconv.Itoa(row.Number), Faint: true},
			widgets.ListCell{Chip: true, Tone: l.tone, Icon: l.icon, Calm: l.calm, Text: word("outcome." + string(row.Outcome))},
		)
		for _, field := range f.fields {
			line.Cells = append(line.Cells, cellOf(row, field))
		}
	}
}

// cellOf shows a field's value: new over old when it changes, coloured when it is wrong or set aside.
func cellOf(row *establishments.PlanRow, field storage.Field) widgets.ListCell {
	country := row.Values[storage.FieldCountry]
	c := widgets.ListCell{Text: say.Value(field, row.Values[field], country)}
	for _, p := range row.Problems {
		if p.Field == field {
			c.Bold, c.Filled, c.Tone = true, true, widgets.Error
			if c.Text == "" {
				c.Text = word("empty")
			}
			return c
		}
	}
	for _, p := range row.Warnings {
		if p.Field == field {
			c.Filled, c.Tone = true, widgets.Warning
			return c
		}
	}
	for _, change := range row.Changes {
		if change.Field == field {
			c.Bold, c.Filled, c.Tone = true, true, widgets.Info
			c.Sub, c.Struck = say.Value(field, change.Before, country), true
			if c.Sub == "" {
				c.Sub, c.Struck = word("empty"), false
			}
			if c.Text == "" {
				c.Text = word("empty")
			}
		}
	}
	return c
}

// The actions of a remark, in the order that noteOf gives them.
func noteOf(row *establishments.PlanRow) *widgets.ListNote {
	switch {
	case row.Outcome == establishments.OutcomeIgnored:
		return &widgets.ListNote{Icon: look.StatusDisabled, Text: word("note.ignored"), Actions: []string{word("note.take")}}
	case row.Outcome == establishments.OutcomeRejected && len(row.Problems) > 0:
		text := say.ProblemOnField(row.Problems[0])
		if n := len(row.Problems) - 1; n > 0 {
			text = words.N("importwizard.note.more", n, "reason", text)
		}
		return &widgets.ListNote{
			Tone: widgets.Error, Icon: look.StatusError, Text: text, Actions: []string{word("note.correct"), word("note.ignore")},
		}
	case row.Proposal != nil && row.Proposal.Accepted:
		return &widgets.ListNote{
			Tone: widgets.Info, Icon: look.StatusLinked, Text: word("note.accepted", "name", row.Proposal.Name, "address", row.Proposal.Line),
			Actions: []string{word("note.createNew")},
		}
	case row.Proposal != nil:
		return &widgets.ListNote{
			Tone: widgets.Warning, Icon: look.StatusUnknown, Text: word("note.proposal", "name", row.Proposal.Name, "address", row.Proposal.Line),
			Actions: []string{word("note.same")},
		}
	default:
		return &widgets.ListNote{Text: word("note.ignored")}
	}
}

// noteAction does what the pressed word of a remark says.
func (f *previewFace) noteAction(i, action int) {
	row, _ := f.v.flow.Line(i)
	if row == nil {
		return
	}
	switch {
	case row.Outcome == establishments.OutcomeIgnored:
		f.v.flow.Ignore(row.Index, false)
	case row.Outcome == establishments.OutcomeRejected && action == 0:
		f.correct(row)
	case row.Outcome == establishments.OutcomeRejected:
		f.v.flow.Ignore(row.Index, true)
	case row.Proposal != nil:
		f.v.flow.Accept(row.Index, !row.Proposal.Accepted)
	}
}

var _ face = (*previewFace)(nil)
