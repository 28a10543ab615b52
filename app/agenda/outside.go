package agenda

import (
	"context"
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/sync/agenda/subscription"
	"diapason/widgets"
	"diapason/widgets/look"
)

// OutsideCalendars is what the screen asks of the agenda about the calendars of others.
type OutsideCalendars interface {
	OutsideFeeds(ctx context.Context) ([]agenda.OutsideFeed, error)
	AddOutsideFeed(ctx context.Context, f *storage.OutsideFeed, address string) error
	ChangeOutsideFeed(ctx context.Context, f *storage.OutsideFeed, address string) error
	RemoveOutsideFeed(ctx context.Context, id string) (agenda.RemovedFeed, error)
	RestoreOutsideFeed(ctx context.Context, removed agenda.RemovedFeed) error
	ReadOutsideFeed(ctx context.Context, id string) (agenda.Reading, error)
	TrustOutsideFeed(ctx context.Context, id string) (agenda.Reading, error)
}

// outsideList is the dialog « Agendas extérieurs ». Its methods are called on the interface's goroutine.
type outsideList struct {
	s       *Screen
	feeds   []agenda.OutsideFeed
	rows    map[string]*outsideRow // by feed: a row stays the same object, and keeps the keyboard
	none    *widgets.Text
	column  *widgets.Column
	scroll  *container.Scroll
	dialog  *widgets.Dialog
	reading int // generation of the latest reading of the list
}

// outsideHeight is the room of the rows, outsideWidth the dialog's, in units.
const (
	outsideHeight float32 = 360
	outsideWidth  float32 = 640
)

// showOutside opens the dialog.
func (s *Screen) showOutside() {
	c := s.canvas()
	if c == nil {
		return
	}
	o := &outsideList{s: s, rows: map[string]*outsideRow{}, none: widgets.NewParagraph("", look.SizeBody, look.TextSecondary)}
	s.outside = o
	o.column = widgets.NewPaddedColumn(12, widgets.Insets{Right: 12}, o.none)
	o.scroll = widgets.NewScroll(o.column)
	add := widgets.NewButton(widgets.Outlined, words.T("agenda.lists.add"), look.IconPlus, func() { s.askOutside(nil) })
	leave := widgets.NewButton(widgets.Primary, words.T("agenda.lists.done"), "", func() { o.dialog.Close() })
	o.dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("outside.title"), Body: widgets.Tall(outsideHeight, o.scroll), Buttons: []*widgets.Button{add, leave}, First: add,
		Width: outsideWidth, OnClosed: func() { s.outside = nil },
	})
	o.load()
}

// load reads the list again.
func (o *outsideList) load() {
	o.reading++
	generation := o.reading
	var feeds []agenda.OutsideFeed
	o.s.slow.Do(func(ctx context.Context) (err error) {
		feeds, err = o.s.p.Service.OutsideFeeds(ctx)
		return err
	}, func() {
		if generation == o.reading && o.s.outside == o {
			o.feeds = feeds
			o.show()
		}
	})
}

// show draws what is known of the feeds.
func (o *outsideList) show() {
	o.none.SetText("")
	if len(o.feeds) == 0 {
		o.none.SetText(words.T("outside.none"))
	}
	objects := []fyne.CanvasObject{o.none}
	for i, f := range o.feeds {
		row := o.rows[f.ID]
		if row == nil {
			row = newOutsideRow(o)
			o.rows[f.ID] = row
		}
		row.show(f)
		if i > 0 {
			objects = append(objects, widgets.NewRule())
		}
		objects = append(objects, row.box)
	}
	o.column.SetObjects(objects...)
	o.scroll.Refresh()
}

// outsideRow is one feed of the list.
type outsideRow struct {
	o     *outsideList
	feed  agenda.OutsideFeed
	hue   *swatch
	name  *widgets.Text
	where *widgets.Text
	state *widgets.IconImage
	said  *widgets.Text // what became of the last reading, and what to do
	note  *widgets.Text // what else there is to know
	read  *widgets.Button
	on    *widgets.Switch
	trust *widgets.Button // hidden while nothing is doubted
	box   fyne.CanvasObject
}

func newOutsideRow(o *outsideList) *outsideRow {
	r := &outsideRow{
		o: o, hue: &swatch{}, name: widgets.NewText("", look.SizeBody, look.Text).Bold(),
		where: widgets.NewText("", look.SizeSmall, look.TextSecondary), state: widgets.NewStatusIcon(widgets.Neutral, look.StatusWaiting),
		said: widgets.NewParagraph("", look.SizeSmall, look.Text), note: widgets.NewParagraph("", look.SizeSmall, look.TextSecondary),
	}
	service := o.s.p.Service
	r.read = widgets.NewButton(widgets.Outlined, words.T("outside.read"), look.IconRetry, func() { r.ask(r.read, service.ReadOutsideFeed) })
	r.trust = widgets.NewButton(widgets.Outlined, words.T("outside.trust"), look.IconCheck, func() { r.ask(r.trust, service.TrustOutsideFeed) })
	r.read.Height, r.trust.Height = look.HeightInline, look.HeightInline
	r.on = widgets.NewSwitch(words.T("outside.enabled"), r.enable)
	edit := widgets.NewIconButton(widgets.Plain, words.T("outside.edit"), look.IconPencil, func() { o.s.askOutside(r.feed.OutsideFeed) })
	r.box = widgets.NewColumn(6,
		widgets.NewLine(12, widgets.Own(r.hue.object()), widgets.Share(r.name), widgets.Own(r.read), widgets.Own(r.on), widgets.Own(edit)),
		r.where,
		widgets.NewLine(8, widgets.LineCell{Object: r.state, Top: true}, widgets.Share(widgets.NewColumn(2, r.said, r.note))),
		widgets.NewLine(0, widgets.Own(r.trust), widgets.Space()))
	return r
}

// show writes what is known of the feed.
func (r *outsideRow) show(f agenda.OutsideFeed) {
	r.feed = f
	r.hue.set(look.HueOf(f.Color))
	r.name.SetText(f.Name)
	place := or(r.o.s.book.Names().Place(f.EstablishmentID), words.T("outside.nowhere"))
	r.where.SetText(words.T("outside.where", "host", f.Host, "place", place, "every", say.Delay(f.Every, f.Every)))
	r.on.SetOn(f.Enabled)
	widgets.SetShown(r.trust, f.Doubt != nil)
	tone, icon, said := r.told()
	r.state.SetTone(tone, icon)
	r.said.SetText(said)
	r.note.SetText(r.remark())
}

// told says how the last reading went, in words of its own when somebody has to do something.
func (r *outsideRow) told() (widgets.Tone, look.Icon, string) {
	f, now := r.feed, r.o.s.p.Now()
	switch {
	case r.read.Busy() || r.trust.Busy():
		return widgets.Info, look.StatusRunning, words.T("outside.reading")
	case f.Problem != nil:
		return widgets.Warning, look.StatusAction, say.Problem(f.Problem)
	case !f.Enabled && f.LastOK.IsZero():
		return widgets.Neutral, look.StatusDisabled, words.T("outside.paused")
	case !f.Enabled:
		return widgets.Neutral, look.StatusDisabled, words.N("outside.pausedSince", f.Reservations, "when", say.MomentWithin(f.LastOK, now))
	case f.LastOK.IsZero():
		return widgets.Neutral, look.StatusWaiting, words.T("outside.never")
	}
	return widgets.Success, look.StatusOK, words.N("outside.ok", f.Reservations, "when", say.MomentWithin(f.LastOK, now))
}

// remark says what else there is to know of the last reading; "" for nothing.
func (r *outsideRow) remark() string {
	f, now := r.feed, r.o.s.p.Now()
	switch {
	case f.Problem != nil && f.LastOK.IsZero():
		return words.T("outside.tried", "when", say.MomentWithin(f.LastTry, now))
	case f.Problem != nil:
		return words.N("outside.kept", f.Reservations, "tried", say.MomentWithin(f.LastTry, now), "when", say.MomentWithin(f.LastOK, now))
	case f.Aside > 0:
		return words.N("outside.aside", f.Aside)
	}
	return ""
}

// ask reads the feed now. Why it could not be read is kept on the feed, and a reading that a change ended is taken up again
// by the agenda: neither is a failure of the program.
func (r *outsideRow) ask(pressed *widgets.Button, read func(context.Context, string) (agenda.Reading, error)) {
	if r.read.Busy() || r.trust.Busy() {
		return
	}
	id := r.feed.ID
	pressed.SetBusy(true)
	r.show(r.feed)
	s := r.o.s
	s.p.Background(func() {
		_, err := read(context.Background(), id)
		s.p.UI(func() {
			pressed.SetBusy(false)
			var failed *subscription.Failure
			if err != nil && !errors.As(err, &failed) && !errors.Is(err, context.Canceled) {
				s.p.Host.Failure(err)
			}
			s.outsideChanged()
		})
	})
}

// enable has the feed read on its schedule, or no more.
func (r *outsideRow) enable(on bool) {
	f := r.feed.Clone()
	f.Enabled = on
	s := r.o.s
	s.p.Background(func() {
		err := s.p.Service.ChangeOutsideFeed(context.Background(), f, "")
		s.p.UI(func() {
			if err != nil {
				s.p.Host.Failure(err)
			}
			s.outsideChanged()
		})
	})
}

// outsideChanged shows again what is known of the outside feeds, and what was read from them.
func (s *Screen) outsideChanged() {
	s.book.Reload()
	if s.outside != nil {
		s.outside.load()
	}
}

// nextOutsideColor gives a colour that no other feed has, while there is one.
func (o *outsideList) nextOutsideColor() string {
	for _, hue := range look.Hues {
		if !slices.ContainsFunc(o.feeds, func(f agenda.OutsideFeed) bool { return f.Color == hue }) {
			return hue
		}
	}
	return look.Hues[len(o.feeds)%len(look.Hues)]
}
