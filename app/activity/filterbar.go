package activity

import (
	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// filtersBeside is the width from which on the search stands on the line of the lists.
const filtersBeside float32 = 860

// filterBar is the line of filters: search, type, result, period.
type filterBar struct {
	s       *Screen
	object  fyne.CanvasObject
	search  *widgets.SearchEntry
	kind    *widgets.Dropdown
	outcome *widgets.Dropdown
	period  *widgets.Dropdown
	place   *widgets.Dropdown // the establishment
}

func newFilterBar(s *Screen) *filterBar {
	b := &filterBar{s: s}
	b.search = widgets.NewSearchEntry(words.T("activity.search"), words.T("activity.searchClear"), func(text string) {
		f := s.filter
		f.Text = text
		s.refilter(f)
	})
	b.kind = b.list("kind", func() []widgets.MenuItem {
		items := []widgets.MenuItem{{ID: "", Text: words.T("activity.filter.all"), Current: s.filter.Kind == ""}}
		for _, k := range kinds {
			items = append(items, widgets.MenuItem{ID: string(k), Text: say.RunKind(k), Icon: kindIcons[k], Current: s.filter.Kind == k})
		}
		return items
	}, func(f *filter, id string) { f.Kind = storage.RunKind(id) })
	b.outcome = b.list("outcome", func() []widgets.MenuItem {
		var items []widgets.MenuItem
		for _, o := range outcomes {
			items = append(items, widgets.MenuItem{ID: string(o), Text: words.T("activity.outcome." + string(o)), Current: s.filter.Outcome == o})
		}
		return items
	}, func(f *filter, id string) { f.Outcome = outcome(id) })
	b.period = b.list("period", func() []widgets.MenuItem {
		var items []widgets.MenuItem
		for _, p := range periods {
			items = append(items, widgets.MenuItem{ID: string(p), Text: words.T("activity.period." + string(p)), Current: s.filter.Period == p})
		}
		return items
	}, func(f *filter, id string) { f.Period = period(id) })
	b.place = b.list("establishment", b.places, func(f *filter, id string) {
		f.Establishment, f.Name = id, ""
		for _, n := range b.s.names {
			if n.ID == id {
				f.Name = n.Name
			}
		}
	})
	b.place.SearchHint = words.T("activity.filter.searchEstablishment")
	lists := []widgets.LineCell{
		widgets.Own(b.kind), widgets.Own(b.outcome), widgets.Own(b.period), widgets.Shrinking(b.place), widgets.Space(),
	}
	beside := widgets.NewLine(8, append([]widgets.LineCell{{Object: b.search, Width: look.WidthSearch, Shrinks: true}}, lists...)...)
	b.object = widgets.NewReflow(filtersBeside, beside, widgets.NewColumn(8, widgets.NewLine(0, widgets.Share(b.search)), widgets.NewLine(8, lists...)))
	b.show()
	return b
}

func (b *filterBar) list(key string, items func() []widgets.MenuItem, set func(*filter, string)) *widgets.Dropdown {
	d := widgets.NewDropdown(words.T("activity.filter.label", "label", words.T("activity.filter."+key)), "", nil, func(id string) {
		f := b.s.filter
		set(&f, id)
		b.s.refilter(f)
	})
	d.ItemsFunc = items
	return d
}

// places offers the establishments that something happened to lately.
func (b *filterBar) places() []widgets.MenuItem {
	f := b.s.filter
	items := []widgets.MenuItem{{ID: "", Text: words.T("activity.filter.all"), Current: f.Establishment == ""}}
	listed := f.Establishment == ""
	for _, n := range b.s.names {
		listed = listed || n.ID == f.Establishment
		items = append(items, widgets.MenuItem{ID: n.ID, Text: n.Name, Current: n.ID == f.Establishment})
	}
	if !listed {
		items = append(items, widgets.MenuItem{ID: f.Establishment, Text: f.Name, Current: true})
	}
	return items
}

// show puts the present choices into the lists.
func (b *filterBar) show() {
	f := b.s.filter
	kind := words.T("activity.filter.all")
	if f.Kind != "" {
		kind = say.RunKind(f.Kind)
	}
	b.kind.SetValue(kind)
	b.outcome.SetValue(words.T("activity.outcome." + string(f.Outcome)))
	b.period.SetValue(words.T("activity.period." + string(f.Period)))
	name := words.T("activity.filter.all")
	if f.Establishment != "" {
		name = f.Name
	}
	b.place.SetValue(name)
	b.object.Refresh()
}
