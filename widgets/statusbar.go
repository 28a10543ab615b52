package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"diapason/widgets/look"
)

var _ fyne.Widget = (*StatusBar)(nil)

// statusGap stands between the parts of a StatusBar, in units.
const statusGap float32 = 12

// StatusBar is the window's last line, 36 high: at the left the running work or the last useful fact, at the right what
// can be done about it.
type StatusBar struct {
	widget.BaseWidget

	icon     *IconImage
	text     *Text
	bar      *ProgressBar
	detail   *Text
	noteIcon *IconImage
	note     *Text
	noted    bool // there is a note; it shows where there is room
	action   *Button
	line     *Line
}

// NewStatusBar makes an empty bar.
func NewStatusBar() *StatusBar {
	s := &StatusBar{
		icon: NewStatusIcon(Success, look.StatusOK), text: NewWord("", look.SizeSmall, look.Text), bar: NewProgressBar(160),
		detail: NewText("", look.SizeSmall, look.TextSecondary), noteIcon: NewIconImage("", chipIcon, look.TextSecondary),
		note: NewWord("", look.SizeSmall, look.TextSecondary), action: NewButton(Link, "", "", nil),
	}
	s.action.Small, s.action.Height = true, look.HeightInline
	s.bar.Hide()
	s.action.Hide()
	s.noteIcon.Hide()
	s.line = NewTallLine(
		look.HeightStatusBar-1, statusGap, Own(s.icon), Shrinking(s.text), Own(s.bar), Share(s.detail),
		Own(NewLine(8, Own(s.noteIcon), Own(s.note), Own(s.action))),
	)
	s.ExtendBaseWidget(s)
	return s
}

// ShowFact shows the last useful fact; detail, in secondary colour, may be empty.
func (s *StatusBar) ShowFact(tone Tone, icon look.Icon, text, detail string) {
	s.icon.SetTone(tone, icon)
	s.text.SetText(text)
	s.bar.Hide()
	s.detail.SetText(detail)
	s.Refresh()
}

// ShowProgress shows the running work: its name, what is done from 0 to 1, and the current item. A share below 0 hides
// the bar.
func (s *StatusBar) ShowProgress(text string, share float64, current string) {
	s.icon.SetTone(Info, look.StatusRunning)
	s.text.SetText(text)
	s.detail.SetText(current)
	if share < 0 {
		s.bar.Hide()
	} else {
		s.bar.SetShare(share)
		s.bar.Show()
	}
	s.Refresh()
}

// SetAction shows a link at the right; an empty text hides it.
func (s *StatusBar) SetAction(text string, tapped func()) {
	s.action.OnTapped = tapped
	s.action.SetText(text)
	s.action.Hidden = text == ""
	s.Refresh()
}

// SetNote shows a remark at the right, before the action; an empty text hides it.
func (s *StatusBar) SetNote(icon look.Icon, text string) {
	s.noteIcon.Set(icon, look.TextSecondary)
	s.note.SetText(text)
	s.noted = text != ""
	s.Refresh()
}

// fit hides the note where there is no room for it: what happens, and what can be done about it, come before.
func (s *StatusBar) fit() {
	need := 3 * statusGap
	for _, o := range []fyne.CanvasObject{s.icon, s.text, s.noteIcon, s.note} {
		need += o.MinSize().Width
	}
	for _, o := range []fyne.CanvasObject{s.bar, s.action} {
		if o.Visible() {
			need += statusGap + o.MinSize().Width
		}
	}
	s.note.Hidden = !s.noted || need > s.Size().Width-2*look.Margin
	s.noteIcon.Hidden = s.note.Hidden || s.noteIcon.icon == ""
}

// CreateRenderer is called by Fyne.
func (s *StatusBar) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	r := &statusBarRenderer{s: s, back: canvas.NewRectangle(color.Transparent), edge: canvas.NewRectangle(color.Transparent)}
	r.objects = []fyne.CanvasObject{r.back, r.edge, s.line}
	r.Refresh()
	return r
}

type statusBarRenderer struct {
	drawn
	s          *StatusBar
	back, edge *canvas.Rectangle
}

// MinSize is 36 high.
func (r *statusBarRenderer) MinSize() fyne.Size { return fyne.NewSize(240, look.HeightStatusBar) }

// Layout keeps the page's margins.
func (r *statusBarRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	place(r.edge, 0, 0, size.Width, 1)
	r.s.fit()
	r.s.line.Refresh()
	place(r.s.line, look.Margin, 1, size.Width-2*look.Margin, size.Height-1)
}

// Refresh reads the colours again.
func (r *statusBarRenderer) Refresh() {
	setFill(r.back, look.Color(look.Rail))
	setFill(r.edge, look.Color(look.Line))
	r.s.fit()
	r.s.line.Refresh()
	canvas.Refresh(r.s)
}
