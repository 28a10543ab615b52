package establishments

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"diapason/app/establishments/list"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// faces holds what stands in the place of the rows: loading, failure, empty workspace, no result.
type faces struct {
	v     *View
	box   *fyne.Container
	shown list.State
	query list.Query
}

func newFaces(v *View) *faces {
	return &faces{v: v, box: container.NewStack(), shown: -1}
}

func (s *faces) content() *fyne.Container { return s.box }

// show builds the face of the present state when it is another one.
func (s *faces) show() {
	l := s.v.list
	if s.shown == l.State() && s.query == l.Query() && s.shown != list.Failed && s.shown != list.Loading {
		return
	}
	s.shown, s.query = l.State(), l.Query()
	s.box.Objects = nil
	if face := s.face(); face != nil {
		s.box.Objects = []fyne.CanvasObject{face}
	}
	s.box.Refresh()
}

func (s *faces) face() fyne.CanvasObject {
	l := s.v.list
	switch s.shown {
	case list.Loading:
		if !l.Slow() {
			return nil
		}
		return widgets.NewEmptyState(widgets.EmptyParams{Title: word("loading")})
	case list.Failed:
		return widgets.NewEmptyState(widgets.EmptyParams{
			Icon: look.IconDatabase, Title: word("failed"), Sentence: say.Error(l.Err()),
			Secondary: widgets.NewButton(widgets.Outlined, word("retry"), look.IconRetry, l.Reload),
		})
	case list.NoResult:
		return s.noResult()
	case list.Empty:
		return s.empty()
	}
	return nil
}

// empty is the first face of a workspace: what will appear here, and the ways to make it appear.
func (s *faces) empty() fyne.CanvasObject {
	v := s.v
	p := widgets.EmptyParams{
		Illustration: widgets.NewIllustration(look.IconStore),
		Title:        word("empty"),
		Sentence:     word("emptyText"),
		Primary:      widgets.NewButton(widgets.Primary, word("emptyImport"), look.IconTable, func() { v.p.Host.Import() }),
		Secondary:    widgets.NewButton(widgets.Outlined, word("emptyNew"), look.IconPlus, v.create),
		HintIcon:     look.IconDrop,
		Hint:         word("emptyDrop"),
	}
	if v.p.Demo != nil {
		p.Link = widgets.NewButton(widgets.Link, word("emptyDemo"), "", v.p.Demo)
	}
	return widgets.NewEmptyState(p)
}

func (s *faces) noResult() fyne.CanvasObject {
	l := s.v.list
	p := widgets.EmptyParams{
		Icon: look.IconSearch, Title: word("noResult"), Sentence: word("noResultFilters"),
		Secondary: widgets.NewButton(widgets.Outlined, word("clearFilters"), look.IconClose, l.ClearFilters),
	}
	switch q := l.Query(); {
	case !l.Filtering():
		p.Sentence = word("noResultArchived")
		p.Secondary = widgets.NewButton(widgets.Outlined, word("showArchived"), look.IconArchive, func() { l.ShowArchived(true) })
	case q.Text != "":
		p.Sentence = words.T("list.noResultText", "query", q.Text)
	}
	return widgets.NewEmptyState(p)
}
