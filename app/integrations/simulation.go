package integrations

import (
	"strconv"

	"fyne.io/fyne/v2"

	"diapason/app/demo"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/sandbox"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Simulation is the directory of the demonstration, which goes wrong when it is asked to.
type Simulation interface {
	// Serves tells whether an account is its own.
	Serves(a *storage.Account) bool
	Simulate(kind sandbox.FaultKind, calls int)
	Restore()
	// Simulated gives what goes wrong and for how many more calls; "" when nothing does.
	Simulated() (kind sandbox.FaultKind, calls int)
}

// spans are how many calls a simulated fault may last, in the order they are offered.
var spans = []int{demo.UntilRestored, 1, 3, 10}

// simulation gives what answers an account when it is the demonstration's, else nil.
func (s *Screen) simulation(a *storage.Account) Simulation {
	if s.p.Simulation == nil {
		return nil
	}
	if d := s.p.Simulation(); d != nil && d.Serves(a) {
		return d
	}
	return nil
}

// simulated is the strip that says what goes wrong on an account on purpose; nil when nothing does.
func (s *Screen) simulated(a *storage.Account) fyne.CanvasObject {
	d := s.simulation(a)
	if d == nil {
		return nil
	}
	if kind, _ := d.Simulated(); kind == "" {
		return nil
	}
	b := widgets.NewBanner()
	s.strips[b] = a
	s.sayStrip(b, a)
	return b
}

// sayStrip writes what goes wrong; the strip goes when nothing does any more.
func (s *Screen) sayStrip(b *widgets.Banner, a *storage.Account) {
	d := s.simulation(a)
	if d == nil {
		b.Hide()
		return
	}
	kind, calls := d.Simulated()
	if kind == "" {
		b.Hide()
		return
	}
	text := words.T("integrations.simulated.lasting", "fault", words.T(kind.Sentence()))
	if calls <= mostCounted {
		text = words.N("integrations.simulated.calls", calls, "fault", words.T(kind.Sentence()))
	}
	b.SetMessage(widgets.Info, text, words.T("integrations.restore"), func() { s.restore(a) })
}

// mostCounted is how many calls are said in figures: more last until they are ended.
const mostCounted = 1000

// countSimulated brings the strips up to date.
func (s *Screen) countSimulated() {
	for b, a := range s.strips {
		s.sayStrip(b, a)
	}
	s.column.Refresh()
}

// restore ends what goes wrong, and asks the directory at once, so that what waits goes on.
func (s *Screen) restore(a *storage.Account) {
	if d := s.simulation(a); d != nil {
		d.Restore()
		s.test(a)
	}
}

// askSimulation lets people choose what goes wrong, and for how long.
func (s *Screen) askSimulation(a *storage.Account) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s.content)
	if c == nil {
		return
	}
	var d *widgets.Dialog
	faults, lasting := faultField(), spanField()
	cancel := widgets.NewButton(widgets.Outlined, words.T("integrations.cancel"), "", func() { d.Close() })
	do := widgets.NewButton(widgets.Primary, words.T("integrations.simulateDo"), "", func() {
		d.Close()
		calls, err := strconv.Atoi(lasting.Value())
		if sim := s.simulation(a); sim != nil && err == nil {
			sim.Simulate(sandbox.FaultKind(faults.Value()), calls)
			s.rebuild()
		}
	})
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("integrations.simulateTitle", "name", say.Account(a, s.p.Kinds)),
		Body: widgets.NewColumn(16, widgets.NewParagraph(words.T("integrations.simulateText"), look.SizeBody, look.TextSecondary),
			faults, lasting),
		Buttons: []*widgets.Button{cancel, do}, Default: do, First: faults.Focusable(), Width: 520,
	})
}

// faultField offers the ways in which a directory goes wrong.
func faultField() *widgets.SelectField {
	var items []widgets.MenuItem
	for _, k := range sandbox.FaultKinds {
		items = append(items, widgets.MenuItem{ID: string(k), Text: words.T(k.Sentence())})
	}
	f := widgets.NewSelectField(words.T("integrations.fault"), items, nil)
	f.SetSearchHint(words.T("integrations.faultSearch"))
	f.SetValue(string(sandbox.FaultKinds[0]))
	return f
}

// spanField offers how long it goes wrong.
func spanField() *widgets.SelectField {
	var items []widgets.MenuItem
	for _, n := range spans {
		text := words.T("integrations.span.restored")
		if n <= mostCounted {
			text = words.N("integrations.span.calls", n)
		}
		items = append(items, widgets.MenuItem{ID: strconv.Itoa(n), Text: text})
	}
	f := widgets.NewSelectField(words.T("integrations.span"), items, nil)
	f.SetValue(strconv.Itoa(spans[0]))
	return f
}
