package passes

import (
	"context"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Sizes, in units.
const (
	cardWidth   float32 = 300 // of an account's card, at least
	cardsBeside         = 3
	sideWidth   float32 = 360 // of the counts of a direction, at least
	panelWide   float32 = 720 // from which the remarks of a pass stand on one line
)

// panel tells how far the pass of the picked account is.
type panel struct {
	v            *View
	object       fyne.CanvasObject
	title, about *widgets.Text
	bar          *widgets.BatchBar
	foot         *widgets.Reflow // what is said under the bar
	batch        *widgets.Text
	detail, done *widgets.Text
	refused      *widgets.Text
	warning      *widgets.IconImage
	left         *widgets.Text
	preview      *widgets.Button
	report       *widgets.Button
	pause        *widgets.Button
	cancel       *widgets.Button
}

func newPanel(v *View) *panel {
	p := &panel{v: v, bar: widgets.NewBatchBar(), warning: widgets.NewStatusIcon(widgets.Warning, look.StatusAction)}
	p.title = widgets.NewWord("", look.SizeBody, look.Text).Bold()
	p.about = widgets.NewText("", look.SizeBody, look.TextSecondary)
	p.batch = widgets.NewWord("", look.SizeSmall, look.Text).Bold()
	p.refused = widgets.NewWord("", look.SizeSmall, look.Warning)
	for _, t := range []**widgets.Text{&p.detail, &p.done, &p.left} {
		*t = widgets.NewWord("", look.SizeSmall, look.TextSecondary)
	}
	button := func(icon look.Icon, tapped func()) *widgets.Button {
		b := widgets.NewButton(widgets.Outlined, "", icon, tapped)
		b.Height, b.Small = look.HeightInline, true
		return b
	}
	p.preview = button(look.IconSearch, v.preview)
	p.report = button(look.IconActivity, v.openReport)
	p.pause = button(look.IconPause, v.pauseOrResume)
	p.cancel = button("", v.cancel)
	p.preview.SetText(words.T("passes.preview"))
	p.report.SetText(words.T("passes.report"))
	p.cancel.SetText(words.T("passes.cancel"))
	buttons := widgets.NewLine(8, widgets.Own(p.report), widgets.Own(p.preview), widgets.Own(p.pause), widgets.Own(p.cancel))
	head := widgets.NewReflow(panelWide,
		widgets.NewLine(8, widgets.Own(p.title), widgets.Share(p.about), widgets.Own(buttons)),
		widgets.NewColumn(8, widgets.NewColumn(0, p.title, p.about), widgets.NewLine(0, widgets.Own(buttons), widgets.Space())))
	batch := widgets.NewLine(0, widgets.Own(p.batch), widgets.Own(p.detail))
	refused := widgets.NewLine(6, widgets.Own(p.warning), widgets.Own(p.refused))
	p.foot = widgets.NewReflow(panelWide,
		widgets.NewTallLine(20, 16, widgets.Own(batch), widgets.Own(p.done), widgets.Own(refused), widgets.Space(), widgets.Own(p.left)),
		widgets.NewColumn(4, widgets.NewLine(0, widgets.Own(batch), widgets.Space()), p.done, widgets.NewLine(0, widgets.Own(refused), widgets.Space()), p.left))
	p.object = widgets.NewPanel(widgets.Insets{Top: 12, Right: 16, Bottom: 14, Left: 16}, widgets.NewColumn(10, head, p.bar, p.foot))
	return p
}

// show writes how far the pass is.
func (p *panel) show(st *contacts.Standing, out progress, c condition) {
	p.title.SetText(out.title)
	p.about.SetText(out.about)
	p.bar.SetBatches(out.segments)
	widgets.SetShown(p.bar, len(out.segments) > 0)
	p.batch.SetText(out.batch)
	p.detail.SetText(out.detail)
	p.done.SetText(out.done)
	p.refused.SetText(out.refused)
	widgets.SetShown(p.warning, out.refused != "")
	p.left.SetText(out.left)
	widgets.SetShown(p.foot, out.batch != "")
	going := underWay(st)
	widgets.SetShown(p.pause, going)
	widgets.SetShown(p.cancel, going)
	widgets.SetShown(p.report, !going && st.Run != nil)
	widgets.SetShown(p.preview, c.syncable())
	word, icon := "passes.pause", look.IconPause
	if st.Paused {
		word, icon = "passes.resume", look.IconPlay
	}
	p.pause.Icon = icon
	p.pause.SetText(words.T(word))
	p.pause.Refresh()
	p.object.Refresh()
}

// side counts what a pass does in one direction.
type side struct {
	object   fyne.CanvasObject
	title    *widgets.Text
	counters []*counter
	skipped  *widgets.Button
}

// counter is a number with its word.
type counter struct {
	key    string
	number *widgets.Text
	word   *widgets.Text
}

func newSide(v *View, icon look.Icon) *side {
	s := &side{title: widgets.NewText("", look.SizeBody, look.Text).Bold(), skipped: widgets.NewLink("", v.openReport)}
	s.skipped.Tight = true
	var cells []widgets.LineCell
	for _, c := range []struct {
		key  string
		tone widgets.Tone
		icon look.Icon
	}{
		{"created", widgets.Success, look.StatusCreate},
		{"updated", widgets.Info, look.StatusEdit},
		{"deleted", widgets.Error, look.StatusManual},
		{"conflicts", widgets.Warning, look.StatusDrift},
	} {
		one := &counter{
			key: "passes.count." + c.key, number: widgets.NewText("", look.SizeTitle, look.Text).Bold(),
			word: widgets.NewText("", look.SizeSmall, look.TextSecondary),
		}
		s.counters = append(s.counters, one)
		cells = append(cells, widgets.Share(widgets.NewColumn(0, one.number,
			widgets.NewLine(6, widgets.Own(widgets.NewStatusIcon(c.tone, c.icon)), widgets.Share(one.word)))))
	}
	head := widgets.NewTallLine(look.HeightInline, 8, widgets.Own(widgets.NewIconImage(icon, 16, look.AccentText)), widgets.Share(s.title), widgets.Own(s.skipped))
	s.object = widgets.NewPanel(widgets.Insets{Top: 10, Right: 16, Bottom: 16, Left: 16}, widgets.NewColumn(4, head, widgets.NewLine(8, cells...)))
	return s
}

// show writes the counts.
func (s *side) show(title string, t storage.SideTally) {
	s.title.SetText(title)
	for i, n := range []int{t.Created, t.Updated, t.Deleted, t.Conflicts} {
		s.counters[i].number.SetText(words.Number(n))
		s.counters[i].word.SetText(words.N(s.counters[i].key, n))
	}
	s.skipped.SetText(words.N("passes.skipped", t.Skipped))
	widgets.SetShown(s.skipped, t.Skipped > 0)
	s.object.Refresh()
}

// show draws everything.
func (v *View) show() {
	widgets.SetShown(v.empty, v.known && len(v.standings) == 0)
	widgets.SetShown(v.board, len(v.standings) > 0)
	st := v.standing(v.picked)
	if st == nil {
		v.content.Refresh()
		return
	}
	v.showCards()
	v.showBanner(st, v.condition(st))
	v.showPanel(st)
	if v.p.Questions != nil {
		v.p.Questions.SetAccount(v.picked)
	}
	v.Relaid()
}

// showPanel draws the pass of the picked account.
func (v *View) showPanel(st *contacts.Standing) {
	c := cardOf(st, v.p.Now(), v.p.AsksConsent)
	out := progressOf(st, c.title, v.p.Now(), v.pace[st.Account.ID])
	if job, runs := v.jobs[runID(st)]; runs && out.detail == "" && job.Growing && job.Done > 0 {
		out.detail = words.N("passes.read", job.Done)
	}
	v.panel.show(st, out, c.condition)
	book := bookName(st.Account.Kind)
	v.there.show(words.T("passes.there", "book", book), out.there)
	v.here.show(words.T("passes.here", "book", book), out.here)
	widgets.SetShown(v.sides, out.counted)
}

// runID gives the run of a standing; "" before the first.
func runID(st *contacts.Standing) string {
	if st.Run == nil {
		return ""
	}
	return st.Run.ID
}

// Showing tells whether the tab shows a job, and what the status bar remarks beside it: up to how many deletions the guard
// lets it go.
func (v *View) Showing(run string) (note string, shown bool) {
	st := v.standing(v.picked)
	if st == nil || runID(st) != run {
		return "", false
	}
	return guardNote(st), true
}

// showCards draws the accounts; a card stays while its account does, so that a press on it is not lost.
func (v *View) showCards() {
	objects := make([]fyne.CanvasObject, len(v.standings))
	for i := range v.standings {
		st := &v.standings[i]
		c := cardOf(st, v.p.Now(), v.p.AsksConsent)
		w := v.byID[c.id]
		if w == nil {
			w = widgets.NewPickCard(kindIcon(st.Account.Kind), func() { v.pick(c.id) })
			v.byID[c.id] = w
		}
		m := marks[c.condition]
		w.SetText(c.title, c.detail)
		w.SetState(m.tone, m.icon, c.state, m.calm)
		w.SetPicked(c.id == v.picked)
		objects[i] = w
	}
	v.cards.SetObjects(objects...)
}

func kindIcon(kind string) look.Icon {
	if kind == "contacts.google" {
		return look.IconPeople
	}
	return look.IconBook
}

// pick shows another account.
func (v *View) pick(id string) {
	v.picked = id
	v.show()
	v.p.Changed()
	v.tellStatus()
}

// showBanner tells what keeps a book from being in tune, and what to do.
func (v *View) showBanner(st *contacts.Standing, c condition) {
	connect := func() { v.p.Host.Integrations() }
	switch run := st.Run; c {
	case conditionHeld:
		text := words.T("passes.heldText")
		if run.Guard != nil && len(run.Guard.Reasons) > 0 {
			text = say.Problem(run.Guard.Reasons[0])
		}
		v.banner.SetMessage(widgets.Warning, text, words.T("passes.examine"), func() { v.p.Host.ShowHeld(run.ID) })
	case conditionReconnect:
		v.banner.SetMessage(widgets.Warning, say.Pause(st.Account.Pause, v.p.Now()), words.T("passes.reconnect"), connect)
	case conditionAction:
		v.banner.SetMessage(widgets.Warning, say.Pause(st.Account.Pause, v.p.Now()), words.T("passes.integrations"), connect)
	case conditionDisabled:
		v.banner.SetMessage(widgets.Info, words.T("passes.disabledText"), words.T("passes.integrations"), connect)
	case conditionFailed:
		if run.Problem != nil {
			v.banner.SetMessage(widgets.Error, say.Problem(run.Problem), "", nil)
			return
		}
		v.banner.SetMessage(widgets.Warning, words.N("passes.failedSome", run.Totals.Failed), words.T("passes.report"), v.openReport)
	case conditionWaiting:
		text := words.T("passes.waitingText", "when", say.MomentWithin(waitsUntil(st, v.p.Now()), v.p.Now()))
		if st.Account.Pause != nil {
			text = say.Pause(st.Account.Pause, v.p.Now())
		}
		v.banner.SetMessage(widgets.Info, text, "", nil)
	default:
		v.banner.Hide()
	}
}

// nothing says how an address book is connected.
func (v *View) nothing() fyne.CanvasObject {
	return widgets.NewEmptyState(widgets.EmptyParams{
		Icon: look.IconSync, Title: words.T("passes.empty.title"), Sentence: words.T("passes.empty.text"),
		Primary: widgets.NewButton(widgets.Primary, words.T("contacts.empty.connect"), look.IconIntegrations, func() { v.p.Host.Integrations() }),
	})
}

// openReport shows the report of the picked account's run.
func (v *View) openReport() {
	if st := v.standing(v.picked); st != nil && st.Run != nil {
		v.p.Host.OpenRun(st.Run.ID)
	}
}

// cancel ends the pass after the batch under way.
func (v *View) cancel() { v.order(v.p.Service.Cancel, "passes.cancelled") }

// pauseOrResume has the pass wait after the batch under way, or go on.
func (v *View) pauseOrResume() {
	if st := v.standing(v.picked); st != nil && st.Paused {
		v.order(v.p.Service.Resume, "passes.resumed")
		return
	}
	v.order(v.p.Service.Pause, "passes.paused")
}

// order tells the pass of the picked account something, and what comes of it.
func (v *View) order(do func(ctx context.Context, runID string) error, said string) {
	st := v.standing(v.picked)
	if st == nil || st.Run == nil {
		return
	}
	run := st.Run.ID
	v.slow.Do(func(ctx context.Context) error { return do(ctx, run) }, func() {
		v.p.Host.Toast(words.T(said), "", nil)
		v.reload()
	})
}
