package profile

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/app/say"
	"diapason/app/states"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// header is the top of the pane: who it is, auto-sync, the menu, « Synchroniser », completeness and the banner.
type header struct {
	p        *Pane
	object   fyne.CanvasObject
	name     *widgets.Text
	status   *widgets.Chip
	address  *widgets.Text
	who      *widgets.Reflow // name and status beside each other, or the status below
	where    *widgets.Reflow // status and address beside each other, or the status below
	autoSync *widgets.Switch
	more     *widgets.Button
	sync     *widgets.Button
	bar      *segmentBar
	percent  *widgets.Text
	missing  *widgets.Text
	complete *widgets.Button
	banner   *widgets.Banner
}

func newHeader(p *Pane) *header {
	h := &header{
		p: p, name: widgets.NewWord("", look.SizeTitle, look.Text).Bold(), status: widgets.NewChip(widgets.Neutral, "", ""),
		address: widgets.NewWord("", look.SizeBody, look.TextSecondary), bar: newSegmentBar(),
		percent: widgets.NewWord("", look.SizeBody, look.Text).Bold(), missing: widgets.NewText("", look.SizeBody, look.TextSecondary),
		banner: widgets.NewBanner(),
	}
	h.autoSync = widgets.NewSwitch(words.T("profile.autosync"), h.setAutoSync)
	h.more = widgets.NewIconButton(widgets.Outlined, words.T("profile.more"), look.IconMore, h.menu)
	h.sync = widgets.NewButton(widgets.Primary, words.T("profile.sync"), look.IconSync, func() { p.Sync() })
	h.complete = widgets.NewButton(widgets.Link, words.T("profile.complete"), "", func() {
		if f, ok := firstMissing(p.state.Est); ok {
			p.ShowField(f)
		}
	})
	h.complete.Height, h.complete.Small = look.HeightInline, false
	h.object = widgets.NewPaddedColumn(12, widgets.Insets{Top: 16, Right: look.Margin, Bottom: 8, Left: look.Margin}, h.top(), h.progress(), h.banner)
	return h
}

// Widths of the header from which on its things stand beside each other, in units.
const (
	actionsBeside  float32 = 640
	progressBeside float32 = 640
)

// top is who it is, and the actions beside it or below.
func (h *header) top() fyne.CanvasObject {
	line := func(gap float32, objects ...fyne.CanvasObject) *widgets.Line {
		cells := []widgets.LineCell{widgets.Shrinking(objects[0])}
		for _, o := range objects[1:] {
			cells = append(cells, widgets.Own(o))
		}
		return widgets.NewLine(gap, cells...)
	}
	h.where = widgets.NewReflow(0, widgets.NewLine(8, widgets.Own(h.status), widgets.Share(line(0, h.address))),
		widgets.NewColumn(4, line(0, h.address), line(0, h.status)))
	h.who = widgets.NewReflow(0, widgets.NewColumn(0, line(8, h.name, h.status), line(0, h.address)), widgets.NewColumn(0, line(0, h.name), h.where))
	actions := widgets.NewLine(8, widgets.Own(h.autoSync), widgets.Own(h.more), widgets.Own(h.sync))
	if h.p.p.OnClose == nil {
		return widgets.NewReflow(actionsBeside, widgets.NewTallLine(48, 16, widgets.Share(h.who), widgets.Own(actions)),
			widgets.NewColumn(12, h.who, widgets.NewLine(0, widgets.Own(actions), widgets.Space())))
	}
	leave := widgets.NewIconButton(widgets.Plain, words.T("profile.close"), look.IconClose, h.p.p.OnClose)
	return widgets.NewReflow(actionsBeside,
		widgets.NewTallLine(48, 8, widgets.Share(h.who), widgets.Own(actions), widgets.Own(leave)),
		widgets.NewColumn(12, widgets.NewLine(8, widgets.Share(h.who), widgets.LineCell{Object: leave, Top: true}),
			widgets.NewLine(0, widgets.Own(actions), widgets.Space())))
}

// progress is the completeness, and what is missing beside it or below.
func (h *header) progress() fyne.CanvasObject {
	return widgets.NewReflow(progressBeside,
		widgets.NewTallLine(28, 12, widgets.Fixed(288, h.bar), widgets.Own(h.percent), widgets.Share(h.missing), widgets.Own(h.complete)),
		widgets.NewColumn(0, widgets.NewTallLine(28, 12, widgets.Share(h.bar), widgets.Own(h.percent)),
			widgets.NewTallLine(28, 12, widgets.Share(h.missing), widgets.Own(h.complete))))
}

// arrange puts the status beside the name when both have room, beside the address otherwise, below when neither has.
func (h *header) arrange() {
	status := h.status.MinSize().Width
	h.who.SetFrom(h.name.MinSize().Width + 8 + status)
	h.where.SetFrom(status + 8 + h.address.MinSize().Width)
}

func (h *header) show(s *state) {
	e := s.Est
	h.name.SetText(e.Name)
	look := states.Status(e.Status)
	h.status.Set(look.Tone, look.Icon, say.Status(e.Status), false)
	h.address.SetText(e.Address.Line())
	h.arrange()
	h.autoSync.SetOn(e.AutoSync)
	h.sync.SetEnabled(published(e.Status) || e.Status == storage.StatusClosed)
	bar, percent, missing := completeness(e)
	h.bar.set(bar)
	h.percent.SetText(say.Percent(percent))
	h.missing.SetText(missingText(missing))
	h.complete.Hidden = len(missing) == 0
	h.notice(s)
	h.object.Refresh()
}

// missingText tells what is missing: one or two names, or the first and how many more.
func missingText(missing []storage.Field) string {
	if len(missing) == 0 {
		return words.T("profile.completeness.full")
	}
	var names []string
	for _, f := range missing {
		names = append(names, words.T("profile.missing."+string(f)))
	}
	fields := say.List(names)
	if rest := len(missing) - 1; rest > 1 {
		fields = words.N("profile.completeness.more", rest, "fields", names[0])
	}
	return words.T("profile.completeness.missing", "fields", fields)
}

func (h *header) notice(s *state) {
	n := s.noticeAt(h.p.p.Now())
	switch n.Kind {
	case noticePaused:
		text := say.Pause(n.Reason, h.p.p.Now())
		if n.Until.IsZero() {
			text = words.T("profile.notice.paused", "directory", n.Directory, "reason", text)
		}
		h.banner.SetMessage(widgets.Warning, text, "", nil)
	case noticeBlocked:
		text := words.N("profile.notice.blocked", n.Count, "directory", n.Directory)
		if n.Others > 0 {
			text = words.T("profile.notice.blockedMany", "directory", n.Directory, "count", words.Number(n.Count))
		}
		h.banner.SetMessage(widgets.Warning, text, words.T("profile.notice.correct"), func() { h.p.ShowField(n.Field) })
	default:
		h.banner.Hide()
	}
}

func (h *header) setAutoSync(on bool) {
	value := "FALSE"
	if on {
		value = "TRUE"
	}
	h.p.session.set(map[storage.Field]string{storage.FieldAutoSync: value}, func(err error) {
		if err != nil {
			h.autoSync.SetOn(!on)
			h.p.p.Host.Failure(err)
		}
	})
}

// statusItems are the changes of status that make sense from each status.
var statusItems = map[storage.Status][]string{
	storage.StatusDraft:             {"activate", "archive"},
	storage.StatusActive:            {"pause", "closed", "draft", "archive"},
	storage.StatusTemporarilyClosed: {"activate", "pause", "closed", "archive"},
	storage.StatusClosed:            {"activate", "archive"},
	storage.StatusArchived:          {"restore"},
}

var statusIcons = map[string]look.Icon{
	"activate": look.StatusOK, "pause": look.StatusWaiting, "closed": look.StatusDisabled, "draft": look.StatusEdit,
	"archive": look.IconArchive, "restore": look.StatusOK,
}

func (h *header) menu() {
	e := h.p.state.Est
	var items []widgets.MenuItem
	for _, id := range statusItems[e.Status] {
		items = append(items, widgets.MenuItem{
			ID: id, Text: words.T("profile.menu." + id), Icon: statusIcons[id], Danger: id == "closed",
		})
	}
	items = append(items, widgets.MenuItem{
		ID: "copy", Text: words.T("profile.menu.copyIdentifier"), Icon: look.IconCopy, Divided: true, Disabled: e.Identifier == "",
	})
	widgets.ShowMenuBelow(h.more, widgets.MenuParams{Items: items, MinWidth: 220, OnChosen: h.chosen})
}

func (h *header) chosen(id string) {
	switch id {
	case "activate", "restore":
		h.setStatus(storage.StatusActive, "")
	case "draft":
		h.setStatus(storage.StatusDraft, "")
	case "archive":
		h.setStatus(storage.StatusArchived, "")
	case "pause":
		h.askPause()
	case "closed":
		h.askClosed()
	case "copy":
		h.p.p.Host.Copy(h.p.state.Est.Identifier)
	}
}

// setStatus changes the status; a reopening date goes with a temporary closing only.
func (h *header) setStatus(s storage.Status, reopen string) {
	values := map[storage.Field]string{storage.FieldStatus: string(s)}
	if reopen != "" || h.p.state.Est.Status == storage.StatusTemporarilyClosed {
		values[storage.FieldReopenDate] = reopen
	}
	h.p.session.set(values, nil)
}

func (h *header) askPause() {
	c := h.p.canvas()
	if c == nil {
		return
	}
	until := widgets.NewField(words.T("profile.pause.until"))
	until.SetPlaceHolder(words.T("profile.date.hint"))
	until.SetValue(say.TypedDate(h.p.state.Est.ReopenDate))
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, words.T("profile.cancel"), "", func() { d.Close() })
	do := widgets.NewButton(widgets.Primary, words.T("profile.pause.do"), "", func() {
		date, err := say.ReadDate(until.Value())
		if err != nil {
			until.SetError(say.Error(err))
			d.Refresh()
			return
		}
		d.Close()
		h.setStatus(storage.StatusTemporarilyClosed, date.String())
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("profile.pause.title", "name", h.p.state.Est.Name),
		Body: widgets.NewColumn(16,
			widgets.NewParagraph(words.T("profile.pause.text"), look.SizeBody, look.TextSecondary), until),
		Buttons: []*widgets.Button{cancel, do}, Default: do, First: until.Focusable(),
	})
}

func (h *header) askClosed() {
	c := h.p.canvas()
	if c == nil {
		return
	}
	var d *widgets.Dialog
	cancel := widgets.NewButton(widgets.Outlined, words.T("profile.cancel"), "", func() { d.Close() })
	do := widgets.NewButton(widgets.Danger, words.T("profile.closed.do"), "", func() {
		d.Close()
		h.setStatus(storage.StatusClosed, "")
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title:   words.T("profile.closed.title", "name", h.p.state.Est.Name),
		Body:    widgets.NewParagraph(words.T("profile.closed.text"), look.SizeBody, look.TextSecondary),
		Buttons: []*widgets.Button{cancel, do},
	})
}

// segmentBar is the completeness: one bar in parts as long as their share.
type segmentBar struct {
	widget.BaseWidget
	segments []segment
}

func newSegmentBar() *segmentBar {
	b := &segmentBar{}
	b.ExtendBaseWidget(b)
	return b
}

func (b *segmentBar) set(segments []segment) {
	b.segments = segments
	b.Refresh()
}

// CreateRenderer is called by Fyne.
func (b *segmentBar) CreateRenderer() fyne.WidgetRenderer {
	r := &segmentRenderer{b: b}
	r.Refresh()
	return r
}

const (
	segmentHeight float32 = 8
	segmentGap    float32 = 2
)

type segmentRenderer struct {
	b    *segmentBar
	bars []fyne.CanvasObject
}

// Destroy has nothing to release.
func (r *segmentRenderer) Destroy() {}

// Objects gives the parts.
func (r *segmentRenderer) Objects() []fyne.CanvasObject { return r.bars }

// MinSize is a short bar.
func (r *segmentRenderer) MinSize() fyne.Size { return fyne.NewSize(120, segmentHeight) }

// Layout gives each part its share.
func (r *segmentRenderer) Layout(size fyne.Size) {
	room := size.Width - segmentGap*float32(max(len(r.bars)-1, 0))
	x := float32(0)
	for i, bar := range r.bars {
		w := room * float32(r.b.segments[i].Percent) / 100
		bar.Move(fyne.NewPos(x, (size.Height-segmentHeight)/2))
		bar.Resize(fyne.NewSize(w, segmentHeight))
		x += w + segmentGap
	}
}

// Refresh reads parts and colours again.
func (r *segmentRenderer) Refresh() {
	r.bars = r.bars[:0]
	for i, s := range r.b.segments {
		fill := look.Line
		if s.Filled {
			fill = look.Accent
		}
		bar := canvas.NewRectangle(look.Color(fill))
		if i == 0 {
			bar.TopLeftCornerRadius, bar.BottomLeftCornerRadius = segmentHeight/2, segmentHeight/2
		}
		if i == len(r.b.segments)-1 {
			bar.TopRightCornerRadius, bar.BottomRightCornerRadius = segmentHeight/2, segmentHeight/2
		}
		r.bars = append(r.bars, bar)
	}
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}
