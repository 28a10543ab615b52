package agenda

import (
	"fyne.io/fyne/v2"

	"diapason/app/agenda/book"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// header is the title, the way through the days, the views and the two buttons.
type header struct {
	s      *Screen
	title  *widgets.Text
	before *widgets.Button
	today  *widgets.Button
	after  *widgets.Button
	period *widgets.Button
	views  *widgets.Segmented
	view   *widgets.Dropdown // the views where there is no room for all of their words
	fresh  *widgets.Button
	short  *widgets.Button // « Nouvelle réservation » where there is room for its icon only
	share  *widgets.Button
	signal *widgets.Button // « Synchroniser » where there is room for its icon only
	box    *fyne.Container
}

func newHeader(s *Screen) *header {
	h := &header{s: s, title: widgets.NewWord(words.T("agenda.heading"), look.SizeTitle, look.Text).Bold()}
	step := func(n int) func() { return func() { s.turn(s.book.Period().Step(n)) } }
	h.before = widgets.NewIconButton(widgets.Outlined, words.T("agenda.before"), look.IconChevronLeft, step(-1))
	h.after = widgets.NewIconButton(widgets.Outlined, words.T("agenda.after"), look.IconChevronRight, step(1))
	h.today = widgets.NewButton(widgets.Outlined, words.T("agenda.today"), "", s.today)
	h.period = widgets.NewButton(widgets.Plain, "", "", s.askDay)
	h.period.Large = true
	var choices []widgets.Choice
	for _, v := range book.Views {
		choices = append(choices, widgets.Choice{ID: string(v), Text: words.T("agenda.view." + string(v))})
	}
	choose := func(id string) { s.turn(book.Period{View: book.View(id), Day: s.book.Period().Day}) }
	h.views = widgets.NewSegmented(choices, choose)
	h.view = widgets.NewDropdown("", "", nil, choose)
	h.view.ItemsFunc = h.viewItems
	h.fresh = widgets.NewButton(widgets.Outlined, words.T("agenda.new"), look.IconPlus, s.create)
	h.short = widgets.NewIconButton(widgets.Outlined, words.T("agenda.new"), look.IconPlus, s.create)
	h.share = widgets.NewButton(widgets.Primary, words.T("agenda.share"), look.IconSignal, s.share)
	h.signal = widgets.NewIconButton(widgets.Primary, words.T("agenda.share"), look.IconSignal, s.share)
	h.box = &fyne.Container{Layout: h, Objects: []fyne.CanvasObject{
		h.title, h.before, h.today, h.after, h.period, h.views, h.view, h.fresh, h.short, h.share, h.signal,
	}}
	return h
}

// show writes the period.
func (h *header) show() {
	p := h.s.book.Period()
	h.period.SetText(say.UpperFirst(p.Title()))
	if p.View == book.Week {
		h.period.SetText(p.Title())
	}
	h.views.Select(string(p.View))
	h.view.SetValue(words.T("agenda.view." + string(p.View)))
	h.Layout(nil, h.box.Size())
}

// yield leaves the one primary button of the screen to the pane of a reservation, or takes it back.
func (h *header) yield(on bool) {
	kind := widgets.Primary
	if on {
		kind = widgets.Outlined
	}
	h.share.Kind, h.signal.Kind = kind, kind
	h.share.Refresh()
	h.signal.Refresh()
}

// MinSize lets the screen decide the width.
func (h *header) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, look.HeightHeader) }

// choose shows what a width has room for: the words of « Nouvelle réservation » go first, then the title, the words of
// « Synchroniser », and those of the views.
func (h *header) choose(width float32) {
	wide := func(objects ...fyne.CanvasObject) float32 {
		sum := float32(0)
		for _, o := range objects {
			sum += o.MinSize().Width + 8
		}
		return sum
	}
	share := h.s.p.Sharing != nil
	always := wide(h.before, h.today, h.after, h.period) + 2*look.Margin
	fresh, sync, views, title := fyne.CanvasObject(h.fresh), fyne.CanvasObject(h.share), fyne.CanvasObject(h.views), true
	fits := func() bool {
		sum := always + wide(fresh, views)
		if share {
			sum += wide(sync)
		}
		if title {
			sum += wide(h.title)
		}
		return sum <= width
	}
	if !fits() {
		fresh = h.short
	}
	if !fits() {
		title = false
	}
	if !fits() {
		sync = h.signal
	}
	if !fits() {
		views = h.view
	}
	widgets.SetShown(h.views, views == h.views)
	widgets.SetShown(h.view, views == h.view)
	widgets.SetShown(h.title, title)
	widgets.SetShown(h.fresh, fresh == h.fresh)
	widgets.SetShown(h.short, fresh == h.short)
	widgets.SetShown(h.share, share && sync == h.share)
	widgets.SetShown(h.signal, share && sync == h.signal)
}

// Layout places what there is room for, from the left and from the right.
func (h *header) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	h.choose(size.Width)
	x := look.Margin
	put := func(gap float32, o fyne.CanvasObject) {
		if o.Visible() {
			m := o.MinSize()
			widgets.Place(o, x, (look.HeightHeader-m.Height)/2, m.Width, m.Height)
			x += m.Width + gap
		}
	}
	put(16, h.title)
	put(8, h.before)
	put(8, h.today)
	put(8, h.after)
	put(8, h.period)
	x = size.Width - look.Margin
	for _, o := range []fyne.CanvasObject{h.share, h.signal, h.fresh, h.short, h.views, h.view} {
		if o.Visible() {
			m := o.MinSize()
			x -= m.Width
			widgets.Place(o, x, (look.HeightHeader-m.Height)/2, m.Width, m.Height)
			x -= 8
		}
	}
}

func (h *header) viewItems() []widgets.MenuItem {
	var items []widgets.MenuItem
	for _, v := range book.Views {
		items = append(items, widgets.MenuItem{ID: string(v), Text: words.T("agenda.view." + string(v)), Current: v == h.s.book.Period().View})
	}
	return items
}

// askDay asks for a day to go to.
func (s *Screen) askDay() {
	c := s.canvas()
	if c == nil {
		return
	}
	day := widgets.NewField(words.T("agenda.goto.day"))
	day.SetValue(say.TypedDate(s.book.Period().Day))
	day.SelectAll()
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, words.T("agenda.cancel"), "", func() { d.Close() })
	do := widgets.NewButton(widgets.Primary, words.T("agenda.goto.do"), "", func() {
		date, err := say.ReadDate(day.Value())
		if err != nil || date.IsZero() {
			day.SetError(words.T("problem.agenda.day"))
			d.Refresh()
			return
		}
		d.Close()
		s.turn(book.Period{View: s.book.Period().View, Day: date})
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("agenda.goto.title"), Body: day, Buttons: []*widgets.Button{cancel, do}, Default: do, First: day.Focusable(), Width: 320,
	})
}
