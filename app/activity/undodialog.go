package activity

import (
	"context"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Sizes of the list of what an undo leaves, in units: its dialog, one line, and how many lines are in view at most.
const (
	leftWidth  float32 = 820
	leftRow    float32 = 48
	leftInView         = 6
	// mostLeft is how many of them are listed.
	mostLeft = 500
)

// undoDialog names and counts what taking a run back will do, and lists the values that it leaves, before it does.
type undoDialog struct {
	s      *Screen
	dialog *widgets.Dialog
	ctx    context.Context // ends with the dialog
	left   []sync.UndoConflict
	list   *widgets.SelectList // nil while nothing is left
	do     *widgets.Button
	note   *widgets.Text // what the list is, or that it is being read
}

// askUndo opens the question for a run.
func (s *Screen) askUndo(r *storage.Run, p sync.UndoPlan) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s.content)
	if c != nil {
		showUndo(c, s, r, p)
	}
}

func showUndo(c fyne.Canvas, s *Screen, r *storage.Run, p sync.UndoPlan) *undoDialog {
	d := &undoDialog{s: s}
	var end context.CancelFunc
	d.ctx, end = context.WithCancel(context.Background())
	parts := []fyne.CanvasObject{
		widgets.NewText(say.Run(r), look.SizeBody, look.Text).Bold(), widgets.NewParagraph(effect(p), look.SizeBody, look.TextSecondary),
	}
	var width float32 // the dialog's own
	if p.Conflicts > 0 {
		parts = append(parts, d.leftPart(c.Size(), p)...)
		width = min(leftWidth, c.Size().Width-48)
	}
	keep := widgets.NewButton(widgets.Outlined, words.T("activity.undoKeep"), "", func() { d.dialog.Close() })
	d.do = widgets.NewButton(widgets.Danger, words.N("activity.undoDo", p.Restore+p.Delete), look.IconUndo, func() {
		d.dialog.Close()
		s.slow.Do(func(ctx context.Context) error { _, err := s.p.Engine.Undo(ctx, r.ID); return err },
			func() {
				toast := "activity.undoStarted"
				if p.Pass {
					toast = "activity.undoPassDone"
				}
				s.p.Host.Toast(words.T(toast), "", nil)
			})
	})
	d.dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("activity.undoTitle"), Body: widgets.NewColumn(8, parts...), Buttons: []*widgets.Button{keep, d.do}, Width: width, OnClosed: end,
	})
	if d.list != nil {
		d.read(r.ID)
	}
	return d
}

// leftPart is the list of what will be left, as high as its lines and as the window allow.
func (d *undoDialog) leftPart(window fyne.Size, p sync.UndoPlan) []fyne.CanvasObject {
	whose := words.T("activity.left.establishment")
	if p.Pass {
		whose = words.T("activity.left.contact")
	}
	d.note = widgets.NewParagraph(words.T("activity.left.reading"), look.SizeSmall, look.TextSecondary)
	d.list = widgets.NewSelectList([]widgets.ListColumn{
		{ID: "name", Title: whose, Flex: 2},
		{ID: "put", Title: words.T("activity.left.put"), Flex: 3},
		{ID: "now", Title: words.T("activity.left.now"), Flex: 3},
	}, func() int { return len(d.left) }, d.fill)
	d.list.RowHeight, d.list.Left, d.list.Right, d.list.Framed = leftRow, 16, 16, true
	lines := min(p.Conflicts, leftInView, max(int((window.Height-360)/leftRow), 2))
	return []fyne.CanvasObject{d.note, widgets.NewPanel(widgets.Insets{Top: 1, Right: 1, Bottom: 1, Left: 1},
		&fyne.Container{Layout: high(look.HeightColumns + float32(lines)*leftRow), Objects: []fyne.CanvasObject{d.list}})}
}

// read lists what would be left now.
func (d *undoDialog) read(runID string) {
	d.s.p.Background(func() {
		left, err := d.s.p.Engine.UndoConflicts(d.ctx, runID, mostLeft+1)
		d.s.p.UI(func() {
			switch {
			case d.ctx.Err() != nil: // the question is gone
			case err != nil:
				d.dialog.Close()
				d.s.p.Host.Failure(err)
			default:
				d.show(left)
			}
		})
	})
}

func (d *undoDialog) show(left []sync.UndoConflict) {
	note := words.N("activity.left.all", len(left))
	if len(left) > mostLeft {
		left = left[:mostLeft]
		note = words.N("activity.left.first", len(left))
	}
	d.left = left
	d.note.SetText(note)
	d.list.Refresh()
	d.dialog.Refresh()
}

// fill writes what is left into a line: whose and which field, what the run put there, what is there now and why it
// stays, unless that is only that somebody changed it since.
func (d *undoDialog) fill(i int, row *widgets.ListRow) {
	l := &d.left[i]
	if l.Field == "" {
		put := words.T("activity.left.created")
		if l.ContactID != "" {
			put = words.T("activity.left.whole")
		}
		row.Cells = append(row.Cells, widgets.ListCell{Text: l.Name, Bold: true}, widgets.ListCell{Text: put},
			widgets.ListCell{Text: say.Problem(l.Problem)})
		return
	}
	now := widgets.ListCell{Text: leftValue(l, l.Now)}
	if l.Problem.Code != "undo.changedSince" {
		now.Sub = say.Problem(l.Problem)
	}
	row.Cells = append(row.Cells, widgets.ListCell{Text: l.Name, Sub: say.Field(l.Field), Bold: true},
		widgets.ListCell{Text: leftValue(l, l.Put)}, now)
}

func leftValue(l *sync.UndoConflict, text string) string {
	if text == "" {
		return words.T("activity.left.empty")
	}
	return shownValue(l.ContactID, l.Field, text)
}

// high is a layout of one object at full width and a fixed height.
type high float32

// MinSize is the height.
func (h high) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(160, float32(h)) }

// Layout fills the space.
func (h high) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}
