package guard

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Engine is what the dialog asks of the engine.
type Engine interface {
	Reweigh(ctx context.Context, runID string) (*storage.Run, error)
	HeldPlan(ctx context.Context, runID string, from, limit int) (sync.HeldPage, error)
	Agree(ctx context.Context, runID, planHash string) error
	Refuse(ctx context.Context, runID string) error
}

// Host is what the dialog asks of the window.
type Host interface {
	Toast(text, action string, do func())
	Failure(err error)
}

// Params are what the dialog needs.
type Params struct {
	Engine   Engine
	Accounts map[string]string // names by id
	// Pass tells that the run is a pass over an address book.
	Pass bool
	Host Host
	UI   func(func())
	// Background runs slow work; nil: a new goroutine each.
	Background func(func())
	// OnClosed is called once the dialog is gone, however it went; may be nil.
	OnClosed func()
}

// Sizes of the dialog, in units; what surrounds the list takes chrome at most.
const (
	widest      float32 = 920
	rowHeight   float32 = 44
	chrome      float32 = 360
	leastRows           = 2
	mostRows            = 8
	pageOfItems         = 250
)

// Dialog shows a held run. Its methods are called on the interface's goroutine.
type Dialog struct {
	p      Params
	run    *storage.Run // nil until its plan was read
	rows   []sync.PlanItem
	whole  bool // every row is there
	more   int  // lines of the plan that are not among the rows
	ctx    context.Context
	cancel context.CancelFunc
	reads  int // generation of the reading under way

	dialog  *widgets.Dialog
	reasons *widgets.Column
	sum     *widgets.Text
	list    *widgets.SelectList
	publish *widgets.Button
	refuse  *widgets.Button
}

// Show opens the dialog of a held run over a window.
func Show(c fyne.Canvas, p Params, runID string) *Dialog {
	if p.Background == nil {
		p.Background = func(f func()) { go f() }
	}
	d := &Dialog{p: p, reasons: widgets.NewColumn(8), sum: widgets.NewParagraph("", look.SizeBody, look.TextSecondary)}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.sum.SetText(words.T("guard.reading"))
	columns, title, refuse, publish := []widgets.ListColumn{
		{ID: "name", Title: words.T("guard.column.establishment"), Flex: 2},
		{ID: "there", Title: words.T("guard.column.there"), Flex: 3},
		{ID: "here", Title: words.T("guard.column.here"), Flex: 3},
	}, "guard.title", "guard.refuse", "guard.publishNothing"
	if p.Pass {
		columns, title, refuse, publish = passColumns(), "guard.pass.title", "guard.pass.refuse", "guard.pass.goOn"
	}
	d.list = widgets.NewSelectList(columns, func() int { return len(d.rows) }, d.fill)
	d.list.RowHeight, d.list.Left, d.list.Right, d.list.Framed = rowHeight, 16, 16, true
	later := widgets.NewButton(widgets.Plain, words.T("guard.later"), "", func() { d.dialog.Close() })
	d.refuse = widgets.NewButton(widgets.Outlined, words.T(refuse), look.IconClose, func() { d.decide(false, runID) })
	d.publish = widgets.NewButton(widgets.Danger, words.T(publish), look.IconSync, func() { d.decide(true, runID) })
	d.publish.SetEnabled(false)
	size := c.Size()
	rows := float32(min(max(int((size.Height-chrome)/rowHeight), leastRows), mostRows))
	frame := widgets.NewPanel(widgets.Insets{Top: 1, Right: 1, Bottom: 1, Left: 1},
		widgets.Tall(look.HeightColumns+rows*rowHeight, d.list))
	d.dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T(title), Body: widgets.NewColumn(12, d.reasons, d.sum, frame),
		Buttons: []*widgets.Button{later, d.refuse, d.publish}, Default: d.refuse, First: d.refuse,
		Width: min(widest, size.Width-48), OnClosed: d.closed,
	})
	d.read(runID)
	return d
}

func (d *Dialog) closed() {
	d.cancel()
	d.reads++
	if d.p.OnClosed != nil {
		d.p.OnClosed()
	}
}

// read brings the plan up to date and then gets its rows, page after page.
func (d *Dialog) read(runID string) {
	d.reads++
	generation := d.reads
	d.p.Background(func() {
		run, err := d.p.Engine.Reweigh(d.ctx, runID)
		d.here(generation, func() {
			if err != nil {
				d.fail(err)
				return
			}
			d.run, d.rows, d.whole = run, nil, false
			d.show()
		})
		for from := 0; err == nil && from >= 0; {
			var page sync.HeldPage
			if page, err = d.p.Engine.HeldPlan(d.ctx, runID, from, pageOfItems); err != nil {
				d.here(generation, func() { d.fail(err) })
				return
			}
			from = page.Next
			d.here(generation, func() {
				d.rows, d.whole, d.more = append(d.rows, page.Items...), page.Next < 0, page.More
				d.tell()
				d.list.Refresh()
			})
		}
	})
}

// here runs f on the interface's goroutine, unless something newer is being read or the dialog is gone.
func (d *Dialog) here(generation int, f func()) {
	d.p.UI(func() {
		if generation == d.reads {
			f()
		}
	})
}

// fail says why the plan cannot be shown; the dialog goes, the run stays held.
func (d *Dialog) fail(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	d.dialog.Close()
	d.p.Host.Failure(err)
}

// show writes what the plan comes to.
func (d *Dialog) show() {
	g := d.run.Guard
	var why []fyne.CanvasObject
	for _, r := range g.Reasons {
		b := widgets.NewBanner()
		b.SetMessage(widgets.Warning, say.Problem(r), "", nil)
		why = append(why, b)
	}
	d.reasons.SetObjects(why...)
	d.tell()
	switch {
	case !d.p.Pass:
		d.publish.SetText(words.N("guard.publish", g.Changes))
	case g.Changes > 0:
		d.publish.SetText(words.N("guard.pass.do", g.Changes))
	}
	d.publish.SetEnabled(g.Changes > 0 || d.p.Pass) // a pass may be held for what it does not find
	d.list.Refresh()
	d.dialog.Refresh()
}

// tell writes what the plan comes to in all.
func (d *Dialog) tell() {
	if d.p.Pass && d.run.Guard.There != nil {
		d.sum.SetText(passSum(d.run.Guard, d.more))
		return
	}
	d.sum.SetText(sum(d.run.Guard))
}

// sum says what a plan does in all.
func sum(g *storage.Guard) string {
	var all storage.Counts
	for _, c := range g.Accounts {
		all = all.Plus(c)
	}
	text := words.N("guard.sum", g.Changes)
	for _, part := range []struct {
		key string
		n   int
	}{{"guard.sum.created", all.Created}, {"guard.sum.emptied", all.Emptied}, {"guard.sum.closed", all.Closed}} {
		if part.n > 0 {
			text = words.T("guard.sum.and", "one", text, "other", words.N(part.key, part.n))
		}
	}
	return text
}

// fill writes a change into a row: whose, what is there, what would be.
func (d *Dialog) fill(i int, row *widgets.ListRow) {
	item := &d.rows[i]
	if d.p.Pass {
		d.fillPass(item, row)
		return
	}
	name := widgets.ListCell{Text: item.Name, Sub: d.p.Accounts[item.AccountID], Bold: true}
	if item.Intent == sync.IntentCreate {
		row.Cells = append(row.Cells, name, widgets.ListCell{Text: words.T("guard.notThere"), Faint: true},
			widgets.ListCell{Text: words.T("guard.created")})
		return
	}
	change, more := worst(item.Changes)
	there := widgets.ListCell{Text: value(change.Field, change.Before), Sub: say.Field(change.Field)}
	here := widgets.ListCell{Text: value(change.Field, change.After), Sub: more}
	if change.After == "" {
		here.Icon, here.Tone = look.StatusAction, widgets.Warning
	}
	row.Cells = append(row.Cells, name, there, here)
}

// worst gives the change to show of a listing, one that empties a field before others, and the words for the rest.
func worst(changes []storage.FieldChange) (shown storage.FieldChange, more string) {
	if n := len(changes) - 1; n > 0 {
		more = words.N("guard.more", n)
	}
	return worstOf(changes), more
}

// worstOf gives the first change that empties a field, else the first.
func worstOf(changes []storage.FieldChange) (shown storage.FieldChange) {
	for i, c := range changes {
		if i == 0 || c.After == "" && shown.After != "" {
			shown = c
		}
	}
	return shown
}

func value(f storage.Field, text string) string {
	if text == "" {
		return words.T("guard.empty")
	}
	return say.Value(f, text, "")
}

// decide does what was pressed. A plan that changed meanwhile is shown anew, and the question asked again.
func (d *Dialog) decide(publish bool, runID string) {
	button := d.refuse
	work := func() error { return d.p.Engine.Refuse(context.Background(), runID) }
	done := words.T("guard.refused")
	if d.p.Pass {
		done = words.T("guard.pass.refused")
	}
	if publish {
		button, done = d.publish, words.N("guard.agreed", d.run.Guard.Changes)
		if d.p.Pass {
			done = words.T("guard.pass.agreed")
		}
		hash := d.run.Guard.Hash
		work = func() error { return d.p.Engine.Agree(context.Background(), runID, hash) }
	}
	button.SetBusy(true)
	d.p.Background(func() {
		err := work()
		d.p.UI(func() {
			button.SetBusy(false)
			p, isProblem := errors.AsType[*storage.Problem](err)
			switch {
			case isProblem && p.Code == "guard.planChanged":
				d.p.Host.Failure(err)
				d.read(runID)
			case err != nil:
				d.dialog.Close()
				d.p.Host.Failure(err)
			default:
				d.dialog.Close()
				d.p.Host.Toast(done, "", nil)
			}
		})
	})
}
