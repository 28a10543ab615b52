package settings

import (
	"context"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"diapason/assets/words"
	"diapason/widgets"
)

// Retention is how long the journal and the reports of runs are kept; *sync.Engine is one.
type Retention interface {
	Retention(ctx context.Context) (months int, err error)
	SetRetention(ctx context.Context, months int) error
}

// retentions are the times offered, in months.
var retentions = []int{3, 6, 12, 24, 36, 60, 120}

// retentionPanel lets people choose how long the past is kept.
func (s *Screen) retentionPanel() fyne.CanvasObject {
	items := make([]widgets.MenuItem, len(retentions))
	for i, n := range retentions {
		items[i] = widgets.MenuItem{ID: strconv.Itoa(n), Text: words.N("settings.retention.months", n)}
	}
	s.retention = widgets.NewSelectField(words.T("settings.retention.choose"), items, s.keepFor)
	return panel(words.T("settings.retention"), explanation("settings.retention.text"),
		widgets.NewLine(0, widgets.Fixed(retentionWidth, s.retention), widgets.Space()))
}

// retentionWidth holds the longest of the choices, in units.
const retentionWidth float32 = 240

// readRetention shows the time that is kept now.
func (s *Screen) readRetention() {
	if s.retention == nil {
		return
	}
	s.p.Background(func() {
		months, err := s.p.Retention.Retention(context.Background())
		s.p.UI(func() {
			if err != nil {
				s.p.Host.Failure(err)
				return
			}
			s.retention.SetValue(strconv.Itoa(offered(months)))
		})
	})
}

// offered gives the offered time that is nearest above one that a file may hold.
func offered(months int) int {
	at, _ := slices.BinarySearch(retentions, months)
	return retentions[min(at, len(retentions)-1)]
}

// keepFor keeps the time chosen.
func (s *Screen) keepFor(id string) {
	months, err := strconv.Atoi(id)
	if err != nil {
		return // not one of ours
	}
	s.p.Background(func() {
		err := s.p.Retention.SetRetention(context.Background(), months)
		s.p.UI(func() {
			if err != nil {
				s.p.Host.Failure(err)
				s.readRetention()
				return
			}
			s.p.Host.Toast(words.N("settings.retention.done", months), "", nil)
		})
	})
}
