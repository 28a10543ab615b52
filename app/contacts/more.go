package contacts

import (
	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// newMore is the menu « … » of the header: what is done with files.
func (s *Screen) newMore() *widgets.Button {
	more := widgets.NewIconButton(widgets.Outlined, words.T("contacts.files.more"), look.IconMore, nil)
	more.OnTapped = func() {
		widgets.ShowMenuBelow(more, widgets.MenuParams{Items: s.moreItems(), MinWidth: 240, OnChosen: s.chooseMore})
	}
	return more
}

// moreItems offers what is shown apart from everything when it is less.
func (s *Screen) moreItems() []widgets.MenuItem {
	items := []widgets.MenuItem{{ID: "import", Text: words.T("contacts.files.import"), Icon: look.IconImport}}
	if q := s.roster.Filter(); q.Any() && !q.Trash && s.roster.Len() > 0 {
		items = append(items, widgets.MenuItem{
			ID: "shown", Text: words.N("contacts.files.exportShown", s.roster.Len()), Icon: look.IconExport, Divided: true,
		})
	}
	if s.roster.Total() > 0 {
		items = append(items, widgets.MenuItem{ID: "export", Text: words.T("contacts.files.export"), Icon: look.IconExport, Divided: len(items) == 1})
	}
	return items
}

func (s *Screen) chooseMore(id string) {
	switch id {
	case "import":
		s.files.Choose()
	case "shown":
		ids := make([]string, s.roster.Len())
		for i := range ids {
			ids[i] = s.roster.Row(i).ID
		}
		s.files.Export(ids)
	case "export":
		s.files.Export(nil)
	}
}

// Import shows what a .vcf file would bring in, and imports it when it is asked to. done, which may be nil, is called once
// the file is dealt with.
func (s *Screen) Import(path string, done func()) { s.files.Import(path, done) }
