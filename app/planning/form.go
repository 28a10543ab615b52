package planning

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// form is the dialog that changes a rule.
type form struct {
	s      *Page
	row    row
	draft  draft
	kinds  *widgets.RadioGroup
	hours  *widgets.Field
	at     *widgets.Field
	zone   *widgets.SelectField
	hint   *widgets.Column
	wrong  *widgets.Text
	do     *widgets.Button
	dialog *widgets.Dialog
}

// change opens the form of a schedule.
func (s *Page) change(r row) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s.scroll)
	if c == nil {
		return
	}
	f := &form{s: s, row: r, draft: draftOf(r.schedule), hint: widgets.NewColumn(6), wrong: widgets.NewParagraph("", look.SizeSmall, look.Error)}
	var rules []widgets.Choice
	for _, kind := range []storage.RuleKind{storage.RuleInterval, storage.RuleDaily, storage.RuleWorkingDays} {
		rules = append(rules, widgets.Choice{ID: string(kind), Text: words.T("schedule.rule.kind." + string(kind))})
	}
	f.kinds = widgets.NewRadioGroup(rules, func(id string) {
		f.draft.kind = storage.RuleKind(id)
		f.show()
	})
	f.kinds.Select(string(f.draft.kind))
	f.hours = widgets.NewField(words.T("planning.field.hours"))
	f.hours.SetValue(f.draft.hours)
	f.hours.OnChanged = func(text string) { f.draft.hours = text; f.show() }
	f.at = widgets.NewField(words.T("planning.field.at"))
	f.at.SetValue(f.draft.at)
	f.at.OnChanged = func(text string) { f.draft.at = text; f.show() }
	var zones []widgets.MenuItem
	for _, name := range zonesFor(f.draft.zone) {
		zones = append(zones, widgets.MenuItem{ID: name, Text: say.Zone(name)})
	}
	f.zone = widgets.NewSelectField(words.T("planning.field.zone"), zones, func(id string) { f.draft.zone = id; f.show() })
	f.zone.SetValue(f.draft.zone)
	cancel := widgets.NewButton(widgets.Outlined, words.T("planning.cancel"), "", func() { f.dialog.Close() })
	f.do = widgets.NewButton(widgets.Primary, words.T("planning.save"), "", f.submit)
	first := f.at.Focusable()
	if f.draft.kind == storage.RuleInterval {
		first = f.hours.Focusable()
	}
	s.form = f
	f.dialog = widgets.ShowDialog(c, widgets.DialogParams{
		Title: words.T("planning.change.title", "kind", r.kind, "name", r.account),
		Body: widgets.NewColumn(16, widgets.NewText(words.T("planning.field.rule"), look.SizeSmall, look.TextSecondary), f.kinds,
			widgets.NewLine(16, widgets.LineCell{Object: f.hours, Width: -1, Top: true}, widgets.LineCell{Object: f.at, Width: -1, Top: true},
				widgets.LineCell{Object: f.zone, Width: -2, Top: true}), f.hint, f.wrong),
		Buttons: []*widgets.Button{cancel, f.do}, Default: f.do, First: first, Width: 520,
	})
	f.show()
}

// show draws what the draft has become: the field its rule needs, and what it comes to.
func (f *form) show() {
	f.hours.SetError("")
	f.at.SetError("")
	f.wrong.SetText("")
	visible(f.hours, f.draft.kind == storage.RuleInterval)
	visible(f.at, f.draft.kind != storage.RuleInterval)
	visible(f.zone, f.draft.kind != storage.RuleInterval)
	warning, days, next := f.draft.hint(f.s.p.Now())
	var rows []fyne.CanvasObject
	if warning != "" {
		rows = append(rows, widgets.NewLine(8, widgets.LineCell{Object: widgets.NewStatusIcon(widgets.Warning, look.StatusAction), Top: true},
			widgets.Share(widgets.NewParagraph(warning, look.SizeSmall, look.Text))))
	}
	for _, text := range []string{days, next} {
		if text != "" {
			rows = append(rows, widgets.NewParagraph(text, look.SizeSmall, look.TextSecondary))
		}
	}
	f.hint.SetObjects(rows...)
	if f.dialog != nil {
		f.dialog.Refresh()
	}
}

func visible(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// submit keeps the rule, or says what is wrong with it.
func (f *form) submit() {
	rule, err := f.draft.rule()
	if err != nil {
		f.complain(err)
		return
	}
	wanted := *f.row.schedule
	wanted.Rule, wanted.Zone = rule, f.draft.zone
	s := f.s
	f.do.SetBusy(true)
	s.p.Background(func() {
		err := s.p.Engine.PutSchedule(context.Background(), &wanted)
		s.p.UI(func() {
			f.do.SetBusy(false)
			if err != nil {
				f.complain(err)
				return
			}
			f.dialog.Close()
			s.p.Host.Toast(words.T("planning.changed"), "", nil)
			s.reload()
		})
	})
}

// complain shows what is wrong beside the field that is to be corrected, or below them all.
func (f *form) complain(err error) {
	code := ""
	var p *storage.Problem
	var ps storage.Problems
	switch {
	case errors.As(err, &ps):
		code = ps[0].Code
	case errors.As(err, &p):
		code = p.Code
	}
	switch text := say.Error(err); code {
	case "schedule.every":
		f.hours.SetError(text)
	case "schedule.at", "hours.clock":
		f.at.SetError(text)
	default:
		f.wrong.SetText(text)
	}
	f.dialog.Refresh()
}
