package planning

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/elsewhere"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/directory"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Engine is what the page asks of the engine.
type Engine interface {
	Schedules(ctx context.Context) ([]*storage.Schedule, error)
	PutSchedule(ctx context.Context, s *storage.Schedule) error
	// RunNow gives the run, "" when there was nothing to do.
	RunNow(ctx context.Context, id string) (runID string, err error)
}

// Store is what the page reads.
type Store interface {
	View(ctx context.Context, f func(storage.Reader) error) error
	OnChange(f func(storage.Changes)) (remove func())
}

// Host is what the page asks of the window.
type Host interface {
	Toast(text, action string, do func())
	Failure(err error)
	// OpenRun shows the report of a run.
	OpenRun(runID string) bool
}

// Params are what the page needs.
type Params struct {
	Store      Store
	Engine     Engine
	Kinds      directory.Kinds
	Host       Host
	Now        func() time.Time // in the person's zone
	UI         func(func())
	Background func(func()) // nil: a new goroutine each
}

// Page is the page Planification. Its methods are called on the interface's goroutine.
type Page struct {
	p       Params
	slow    elsewhere.Worker
	shown   bool
	read    int
	unwatch func()
	groups  []group
	column  *widgets.Column
	scroll  *container.Scroll
	form    *form // the last one opened
}

// pageWidth keeps lines of text readable in a wide window, in units.
const pageWidth float32 = 948

// New makes the page; it reads nothing before Shown.
func New(p Params) *Page {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	s := &Page{
		p: p, slow: elsewhere.Worker{Background: p.Background, UI: p.UI, Failed: p.Host.Failure},
		column: widgets.NewPaddedColumn(12, widgets.Insets{Top: 16, Right: look.Margin, Bottom: 32, Left: look.Margin}),
	}
	s.scroll = widgets.NewScroll(widgets.NewLine(0, widgets.LineCell{Object: s.column, Width: pageWidth, Top: true, Shrinks: true}, widgets.Space()))
	s.unwatch = p.Store.OnChange(func(c storage.Changes) {
		if c.All || c.Accounts || c.Settings {
			p.UI(s.reload)
		}
	})
	return s
}

// Content gives what the window shows.
func (s *Page) Content() fyne.CanvasObject { return s.scroll }

// Shown reads the schedules, and follows them until Hidden.
func (s *Page) Shown() {
	s.shown = true
	s.reload()
}

// Hidden stops following.
func (s *Page) Hidden() { s.shown = false }

// Close ends what the page follows.
func (s *Page) Close() { s.unwatch() }

func (s *Page) reload() {
	if !s.shown {
		return
	}
	s.read++
	generation := s.read
	var schedules []*storage.Schedule
	var accounts []*storage.Account
	s.slow.Do(func(ctx context.Context) (err error) {
		if schedules, err = s.p.Engine.Schedules(ctx); err != nil {
			return err
		}
		return s.p.Store.View(ctx, func(r storage.Reader) error {
			accounts, err = r.Accounts()
			return err
		})
	}, func() {
		if generation != s.read {
			return
		}
		s.groups = groups(schedules, accounts, s.p.Kinds, s.p.Now())
		s.rebuild()
	})
}

func (s *Page) rebuild() {
	rows := []fyne.CanvasObject{widgets.NewParagraph(words.T("planning.text"), look.SizeBody, look.TextSecondary)}
	if len(s.groups) == 0 {
		rows = append(rows, widgets.NewParagraph(words.T("planning.empty"), look.SizeBody, look.Text))
	}
	for _, g := range s.groups {
		rows = append(rows, s.card(g))
	}
	s.column.SetObjects(rows...)
	s.scroll.Refresh()
}

// card is what comes back on one account.
func (s *Page) card(g group) fyne.CanvasObject {
	var parts []fyne.CanvasObject
	if !g.works {
		parts = append(parts, widgets.NewParagraph(words.T("planning.account.off"), look.SizeSmall, look.TextSecondary))
	}
	for i, r := range g.rows {
		if i > 0 {
			parts = append(parts, widgets.NewRule())
		}
		parts = append(parts, s.line(r))
	}
	return widgets.NewColumn(8, widgets.NewText(g.account, look.SizeSubtitle, look.Text).Bold(),
		widgets.NewPanel(widgets.Insets{Top: 12, Right: 12, Bottom: 12, Left: 16}, widgets.NewColumn(12, parts...)))
}

// narrow is the width under which the actions of a schedule stand below it.
const narrow float32 = 820

// line is one schedule: what and when, next, last, and what can be done.
func (s *Page) line(r row) fyne.CanvasObject {
	beside := widgets.NewLine(16, append(s.facts(r), widgets.LineCell{Object: widgets.NewLine(8, s.actions(r)...), Top: true})...)
	below := widgets.NewColumn(8, widgets.NewLine(16, s.facts(r)...), widgets.NewLine(8, append(s.actions(r), widgets.Space())...))
	parts := []fyne.CanvasObject{widgets.NewReflow(narrow, beside, below)}
	if r.about != "" {
		parts = append(parts, widgets.NewParagraph(r.about, look.SizeSmall, look.TextSecondary))
	}
	if text := r.trouble(); text != "" {
		parts = append(parts, widgets.NewLine(8, widgets.Own(widgets.NewStatusIcon(widgets.Warning, look.StatusAction)),
			widgets.Share(widgets.NewParagraph(text, look.SizeSmall, look.Text))))
	}
	return widgets.NewColumn(6, parts...)
}

// leastRule is what the rule of a schedule takes at least, in units.
const leastRule float32 = 170

// facts are the columns of a schedule.
func (s *Page) facts(r row) []widgets.LineCell {
	on := widgets.NewSwitch(r.kind, nil)
	on.SetOn(r.schedule.Enabled)
	on.OnChanged = func(now bool) { s.enable(r, now) }
	what := widgets.NewColumn(2, widgets.NewLine(0, widgets.Own(on), widgets.Space()), widgets.NewParagraph(r.rule, look.SizeSmall, look.TextSecondary))
	next := r.next
	if next == "" {
		next = words.T("planning.next.none")
	}
	return []widgets.LineCell{
		{Object: what, Width: -1, Least: max(leastRule, on.MinSize().Width), Top: true},
		{Object: fact(words.T("planning.next"), next), Width: 150, Top: true, Shrinks: true},
		{Object: s.lastOf(r), Width: 190, Top: true, Shrinks: true},
	}
}

// trouble tells what passed without a run, or why nothing could be asked for; "" when all is well.
func (r row) trouble() string {
	switch {
	case r.note != "":
		return r.note
	case r.slot != nil && r.slot.Problem != nil:
		return say.Problem(r.slot.Problem)
	case r.slot != nil && r.slot.State == storage.SlotDone && !r.slot.Outcome.Succeeded() && r.slot.Outcome != "" && r.ok != "":
		return words.T("planning.lastOK", "when", r.ok)
	}
	return ""
}

func fact(label, value string) fyne.CanvasObject {
	return widgets.NewColumn(2, widgets.NewText(value, look.SizeSmall, look.Text), widgets.NewText(label, look.SizeCaption, look.TextSecondary))
}

// outcomes gives the shape of how a slot ended.
var outcomes = map[storage.Outcome]struct {
	tone widgets.Tone
	icon look.Icon
	calm bool
}{
	"":                       {widgets.Neutral, look.StatusOK, true},
	storage.OutcomeOK:        {widgets.Success, look.StatusOK, true},
	storage.OutcomePartly:    {widgets.Warning, look.StatusAction, false},
	storage.OutcomeFailed:    {widgets.Error, look.StatusError, false},
	storage.OutcomeNothing:   {widgets.Success, look.StatusOK, true},
	storage.OutcomeWaiting:   {widgets.Warning, look.StatusWaiting, false},
	storage.OutcomeHeld:      {widgets.Warning, look.StatusAction, false},
	storage.OutcomeCancelled: {widgets.Neutral, look.StatusDisabled, true},
	storage.OutcomeTooLong:   {widgets.Warning, look.StatusAction, false},
}

// lastOf shows when the last slot ran and how it ended, with a way to its report.
func (s *Page) lastOf(r row) fyne.CanvasObject {
	if r.slot == nil {
		return fact(words.T("planning.last"), words.T("planning.next.none"))
	}
	shape := outcomes[r.slot.Outcome]
	switch r.slot.State {
	case storage.SlotStarted:
		shape.tone, shape.icon, shape.calm = widgets.Info, look.StatusRunning, false
	case storage.SlotMissed:
		shape.tone, shape.icon, shape.calm = widgets.Warning, look.StatusAction, false
	}
	chip := widgets.NewChip(shape.tone, shape.icon, "")
	chip.Set(shape.tone, shape.icon, say.Slot(*r.slot), shape.calm)
	return widgets.NewColumn(4, fact(words.T("planning.last"), r.last), widgets.NewLine(0, widgets.Shrinking(chip), widgets.Space()))
}

func (s *Page) actions(r row) []widgets.LineCell {
	run := widgets.NewButton(widgets.Outlined, words.T("planning.runNow"), "", func() { s.runNow(r) })
	run.Height = look.HeightInline
	change := widgets.NewButton(widgets.Outlined, words.T("planning.change"), "", func() { s.change(r) })
	change.Height = look.HeightInline
	cells := []widgets.LineCell{widgets.Own(change)}
	if r.works {
		cells = append([]widgets.LineCell{widgets.Own(run)}, cells...)
	}
	if r.slot == nil || r.slot.RunID == "" {
		return append(cells, widgets.LineCell{Width: look.HeightInline}) // the columns stay where they are
	}
	id := r.slot.RunID
	report := widgets.NewIconButton(widgets.Plain, words.T("planning.report"), look.IconHistory, func() { s.p.Host.OpenRun(id) })
	report.Height = look.HeightInline
	return append(cells, widgets.Fixed(look.HeightInline, report))
}

func (s *Page) enable(r row, on bool) {
	wanted := *r.schedule
	wanted.Enabled = on
	s.put(&wanted)
}

// put keeps what was chosen; the page follows the store.
func (s *Page) put(wanted *storage.Schedule) {
	s.slow.Do(func(ctx context.Context) error { return s.p.Engine.PutSchedule(ctx, wanted) }, s.reload)
}

func (s *Page) runNow(r row) {
	under := ""
	if slot := r.schedule.Running(); slot != nil {
		under = slot.RunID
	}
	var run string
	s.slow.Do(func(ctx context.Context) (err error) {
		run, err = s.p.Engine.RunNow(ctx, r.schedule.ID)
		return err
	}, func() {
		switch run {
		case "":
			s.p.Host.Toast(words.T("planning.launched.nothing"), "", nil)
		case under:
			s.p.Host.Toast(words.T("planning.launched.after"), "", nil)
		default:
			s.p.Host.Toast(words.T("planning.launched", "kind", r.kind), words.T("planning.report"), func() { s.p.Host.OpenRun(run) })
		}
		s.reload()
	})
}
