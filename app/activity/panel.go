package activity

import (
	"context"
	"reflect"
	"slices"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/app/states"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// report is what an open run shows.
type report struct {
	share  share
	limit  int
	items  []*storage.RunItem
	more   bool
	loaded bool
	plan   *sync.UndoPlan // nil: it cannot be taken back, or is not known yet
}

// Widths of a report's columns, in units; the detail takes twice what the name takes.
const (
	directoryColumn  float32 = 132
	itemResultColumn float32 = 128
	itemLinkColumn   float32 = 110
)

func (s *Screen) toggle(r *storage.Run) {
	if _, open := s.reports[r.ID]; open {
		delete(s.reports, r.ID)
		s.rebuild()
		return
	}
	s.reports[r.ID] = &report{share: shareAll, limit: firstPage}
	s.load(r)
	s.rebuild()
}

// refreshReports reads the open reports again, of runs that are still listed.
func (s *Screen) refreshReports() {
	listed := map[string]bool{}
	for _, r := range s.runs {
		listed[r.ID] = true
		if _, open := s.reports[r.ID]; open {
			s.load(r)
		}
	}
	for id := range s.reports {
		if !listed[id] {
			delete(s.reports, id)
		}
	}
}

// load reads a report, and what taking the run back would do.
func (s *Screen) load(r *storage.Run) {
	rep := s.reports[r.ID]
	part, limit := rep.share, rep.limit
	want := wanted{share: part, sought: s.found.touched[r.ID]}
	s.p.Background(func() {
		got, more, err := items(context.Background(), s.p.Store, r, want, limit)
		var plan *sync.UndoPlan
		if err == nil && undoable(r) {
			if p, planErr := s.p.Engine.UndoPlan(context.Background(), r.ID); planErr == nil {
				plan = &p
			} // a run that cannot be taken back has no plan: the button is left out
		}
		s.p.UI(func() {
			now, open := s.reports[r.ID]
			switch {
			case !open || now != rep || rep.share != part || rep.limit != limit:
			case err != nil:
				s.p.Host.Failure(err)
			default:
				same := rep.loaded && rep.more == more && reflect.DeepEqual(rep.items, got) && reflect.DeepEqual(rep.plan, plan)
				rep.items, rep.more, rep.plan, rep.loaded = got, more, plan, true
				if !same {
					s.rebuild()
				}
			}
		})
	})
}

func (s *Screen) reportPanel(r *storage.Run, rep *report) fyne.CanvasObject {
	head := func(key string) fyne.CanvasObject {
		return widgets.NewText(words.T("activity.column."+key), look.SizeSmall, look.TextSecondary)
	}
	whose, where := "establishment", "directory"
	if r.Kind == storage.RunContacts {
		whose, where = "contact", "book"
	}
	rows := []fyne.CanvasObject{
		widgets.NewPaddedColumn(0, widgets.Insets{Top: 12, Right: 12, Bottom: 12, Left: 12}, s.reportBar(r, rep)), widgets.NewRule(),
		widgets.NewGround(look.Sunken, inside(widgets.NewTallLine(32, 0, widgets.LineCell{Object: head(whose), Width: -1, Least: 120}, shrinking(directoryColumn, head(where)),
			widgets.Fixed(chipOverhang, nil), widgets.Fixed(itemResultColumn-chipOverhang, head("result")),
			widgets.LineCell{Object: head("detail"), Width: -2, Least: 160}, widgets.Fixed(itemLinkColumn, nil)))),
	}
	switch {
	case !rep.loaded:
		rows = append(rows, widgets.NewRule(), remark(words.T("activity.report.loading")))
	case len(rep.items) == 0:
		rows = append(rows, widgets.NewRule(), remark(words.T("activity.report.empty")))
	}
	for _, i := range rep.items {
		rows = append(rows, widgets.NewRule(), s.itemRow(i))
	}
	if foot := s.reportFoot(r, rep); foot != nil {
		rows = append(rows, widgets.NewRule(), foot)
	}
	return widgets.NewGround(look.Sunken, widgets.NewPaddedColumn(0, widgets.Insets{Right: look.Margin, Bottom: 16, Left: look.Margin},
		widgets.NewPanel(widgets.Insets{Top: 1, Right: 1, Bottom: 1, Left: 1}, widgets.NewColumn(0, rows...))))
}

func inside(o fyne.CanvasObject) fyne.CanvasObject {
	return widgets.NewPaddedColumn(0, widgets.Insets{Left: 16, Right: 16}, o)
}

func remark(text string) fyne.CanvasObject {
	return inside(widgets.NewTallLine(40, 0, widgets.Share(widgets.NewText(text, look.SizeSmall, look.TextSecondary))))
}

// reportBar is the parts of the report and what can be done with the run.
func (s *Screen) reportBar(r *storage.Run, rep *report) fyne.CanvasObject {
	counts := map[share]int{shareAll: r.Totals.Total, shareFailures: failures(r.Totals), shareDone: successes(r.Totals)}
	var choices []widgets.Choice
	for _, c := range shares {
		choices = append(choices, widgets.Choice{ID: string(c), Text: words.T("activity.share."+string(c), "n", words.Number(counts[c]))})
	}
	parts := widgets.NewSegmented(choices, func(id string) {
		rep.share, rep.limit = share(id), firstPage
		s.load(r)
	})
	parts.Select(string(rep.share))
	cells := []widgets.LineCell{widgets.Own(parts), widgets.Space()}
	if r.State == storage.RunRunning {
		cells = append(cells, widgets.Own(widgets.NewButton(widgets.Outlined, words.T("activity.cancel"), look.IconClose, func() { s.p.Engine.Jobs().Cancel(r.ID) })))
		return widgets.NewLine(8, cells...)
	}
	if r.State == storage.RunHeld {
		cells = append(cells, widgets.Own(widgets.NewButton(widgets.Primary, words.T("guard.show"), look.IconShield, func() { s.p.Host.ShowHeld(r.ID) })))
		return widgets.NewLine(8, cells...)
	}
	cells = append(cells, widgets.Own(widgets.NewButton(widgets.Plain, words.T("activity.save"), look.IconDocument, func() { s.saveReport(r) })))
	if p := rep.plan; p != nil && p.Restore+p.Delete > 0 {
		cells = append(cells, widgets.Own(widgets.NewButton(widgets.Outlined, words.T("activity.undo"), look.IconUndo, func() { s.askUndo(r, *p) })))
	}
	if retryable(r) {
		cells = append(cells, widgets.Own(widgets.NewButton(widgets.Primary, words.N("activity.retry", r.Totals.Failed), look.IconRetry, func() { s.retry(r) })))
	}
	return widgets.NewLine(8, cells...)
}

func (s *Screen) itemRow(i *storage.RunItem) fyne.CanvasObject {
	state := states.Item(i.Result)
	chip := widgets.NewChip(state.Tone, state.Icon, "")
	chip.Set(state.Tone, state.Icon, say.ItemResult(i.Result), state.Calm)
	name, colour := i.Name, look.TextSecondary
	if i.Row > 0 {
		row := words.T("activity.report.row", "n", words.Number(i.Row))
		if name == "" {
			name = row
		} else {
			name = words.T("activity.subject.both", "subject", name, "count", row)
		}
	}
	if failed(i) {
		colour = look.Text
	}
	key := "activity.openEstablishment"
	if correctable(i) {
		key = "activity.fix"
	}
	open := widgets.NewLink(words.T(key), func() { s.p.Host.OpenEstablishment(i.EstablishmentID) })
	if i.EstablishmentID == "" {
		open.Hide()
	}
	return inside(widgets.NewTallLine(40, 0, widgets.LineCell{Object: widgets.NewText(name, look.SizeSmall, look.Text).Bold(), Width: -1, Least: 120},
		shrinking(directoryColumn, widgets.NewText(s.accounts[i.AccountID], look.SizeSmall, look.Text)),
		widgets.Fixed(itemResultColumn, widgets.NewLine(0, widgets.Shrinking(chip), widgets.Space())),
		widgets.LineCell{Object: widgets.NewParagraph(detail(i), look.SizeSmall, colour), Width: -2, Least: 160},
		widgets.LineCell{Object: open, Width: itemLinkColumn, Right: true}))
}

// correctable tells whether an item failed for the value of a field.
func correctable(i *storage.RunItem) bool {
	return failed(i) && slices.ContainsFunc(i.Problems, func(p *storage.Problem) bool { return p.Field != "" })
}

// reportFoot offers the next items and says what taking the run back would do.
func (s *Screen) reportFoot(r *storage.Run, rep *report) fyne.CanvasObject {
	var cells []widgets.LineCell
	if rep.more {
		n := nextPage
		if rep.share == shareAll {
			n = min(n, max(r.Lines()-len(rep.items), 1))
		}
		cells = append(cells, widgets.Own(widgets.NewLink(words.N("activity.next", n), func() { rep.limit += nextPage; s.load(r) })))
	}
	if r.Tallied > 0 {
		cells = append(cells, widgets.LineCell{
			Object: widgets.NewWord(words.N("activity.tallied", r.Tallied), look.SizeSmall, look.TextSecondary), Shrinks: true,
		})
	}
	cells = append(cells, widgets.Space())
	if rep.plan != nil {
		cells = append(cells, widgets.Own(widgets.NewStatusIcon(widgets.Neutral, look.StatusInfo)),
			widgets.LineCell{Object: widgets.NewWord(effect(*rep.plan), look.SizeSmall, look.TextSecondary), Shrinks: true})
	}
	if len(cells) == 1 {
		return nil
	}
	return inside(widgets.NewTallLine(40, 8, cells...))
}

func (s *Screen) retry(r *storage.Run) {
	s.slow.Do(func(ctx context.Context) error { _, err := s.p.Engine.Retry(ctx, r.ID); return err },
		func() { s.p.Host.Toast(words.T("activity.retryStarted"), "", nil) })
}

func (s *Screen) saveReport(r *storage.Run) {
	zone := s.p.Now().Location()
	name := words.T("activity.file.report", "date", r.StartedAt.In(zone).Format("2006-01-02-1504")) + Endings[0]
	accounts := s.accounts
	s.save(words.T("activity.save"), name, func(path string) {
		s.slow.Do(func(ctx context.Context) error { return saveReport(ctx, s.p.Store, r, accounts, path, zone) },
			func() { s.saved("activity.saved", path) })
	})
}
