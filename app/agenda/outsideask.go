package agenda

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/agenda"
	"diapason/widgets"
	"diapason/widgets/look"
)

// outsidePaces are how often an outside feed is offered to be read.
var outsidePaces = []time.Duration{
	storage.MinOutsideEvery, 30 * time.Minute, storage.DefaultOutsideEvery, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, storage.MaxOutsideEvery,
}

// askOutside keeps an outside feed; nil is a new one. Its address is a secret: it is asked for and never shown again.
func (s *Screen) askOutside(old *storage.OutsideFeed) {
	f := &storage.OutsideFeed{Every: storage.DefaultOutsideEvery, EstablishmentID: s.book.Filter().EstablishmentID}
	if types := s.book.Names().Types; len(types) > 0 {
		f.TypeID = types[0].ID
	}
	if s.outside != nil {
		f.Color = s.outside.nextOutsideColor()
	}
	address := widgets.NewField(words.T("outside.address"))
	a := ask{title: words.T("outside.new"), name: widgets.NewField(words.T("agenda.field.name"))}
	hint := words.T("outside.address.hint")
	var removed *agenda.RemovedFeed
	if old != nil {
		f = old.Clone()
		a.title, hint = words.T("outside.edit"), words.T("outside.address.kept", "host", old.Host)
		a.remove = func(ctx context.Context) error {
			gone, err := s.p.Service.RemoveOutsideFeed(ctx, old.ID)
			removed = &gone
			return err
		}
	}
	address.SetSecret(true)
	a.name.SetValue(f.Name)
	a.body = append([]fyne.CanvasObject{address, widgets.NewParagraph(hint, look.SizeSmall, look.TextSecondary)}, s.outsideFields(f)...)
	a.keep = func() work {
		kept := f.Clone()
		kept.Name = strings.TrimSpace(a.name.Value())
		if !s.book.Names().Belongs(kept.ResourceID, kept.EstablishmentID) {
			kept.ResourceID = "" // a room of the establishment that was left
		}
		pasted := strings.TrimSpace(address.Value())
		if old == nil {
			return func(ctx context.Context) error { return s.p.Service.AddOutsideFeed(ctx, kept, pasted) }
		}
		return func(ctx context.Context) error { return s.p.Service.ChangeOutsideFeed(ctx, kept, pasted) }
	}
	a.done = func() {
		if removed == nil {
			s.outsideChanged()
			return
		}
		if s.outside != nil {
			s.outside.dialog.Close() // the toast stands under it
		}
		s.outsideRemoved(*removed)
	}
	s.askFor(a)
}

// outsideFields are where a feed's reservations go, how often it is read, and its colour.
func (s *Screen) outsideFields(f *storage.OutsideFeed) []fyne.CanvasObject {
	places := []widgets.MenuItem{{Text: words.T("outside.nowhere")}}
	for _, p := range s.book.Names().Places {
		places = append(places, widgets.MenuItem{ID: p.ID, Text: p.Name})
	}
	place := widgets.NewSelectField(words.T("agenda.field.place"), places, func(id string) { f.EstablishmentID = id })
	place.SetSearchHint(words.T("agenda.search.menu"))
	place.SetValue(f.EstablishmentID)
	kind := widgets.NewSelectField(words.T("agenda.field.type"), typeItems(s.book.Names()), func(id string) { f.TypeID = id })
	kind.SetValue(f.TypeID)

	paces := slices.Clone(outsidePaces)
	if !slices.Contains(paces, f.Every) {
		paces = append(paces, f.Every) // chosen on the command line
		slices.Sort(paces)
	}
	var items []widgets.MenuItem
	for _, d := range paces {
		items = append(items, widgets.MenuItem{ID: d.String(), Text: say.Delay(d, d)})
	}
	every := widgets.NewSelectField(words.T("outside.every"), items, func(id string) {
		f.Every = paces[slices.IndexFunc(paces, func(d time.Duration) bool { return d.String() == id })]
	})
	every.SetValue(f.Every.String())
	return []fyne.CanvasObject{place, widgets.NewLine(12, widgets.Share(kind), widgets.Share(every)), hues(&f.Color)}
}

// outsideRemoved says that a feed is gone, and offers to put it back.
func (s *Screen) outsideRemoved(removed agenda.RemovedFeed) {
	text := words.N("outside.removed", len(removed.Reservations), "name", removed.Feed.Name)
	s.p.Host.Toast(text, words.T("agenda.undo"), func() {
		s.slow.Do(func(ctx context.Context) error { return s.p.Service.RestoreOutsideFeed(ctx, removed) }, s.outsideChanged)
	})
}

// swatch is the colour of a feed.
type swatch struct {
	hue  look.Hue
	edge *canvas.Rectangle
	box  *fyne.Container
}

// swatchSize is its width and height, in units.
const swatchSize float32 = 16

// object gives what the window shows.
func (w *swatch) object() fyne.CanvasObject {
	if w.box == nil {
		w.edge = canvas.NewRectangle(w.hue.Text())
		w.edge.CornerRadius = look.RadiusCheck
		w.box = &fyne.Container{Layout: w, Objects: []fyne.CanvasObject{w.edge}}
	}
	return w.box
}

func (w *swatch) set(hue look.Hue) {
	w.hue = hue
	w.box.Refresh()
}

// MinSize is that of the square.
func (w *swatch) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSquareSize(swatchSize) }

// Layout places the square, in the present theme's shade.
func (w *swatch) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	w.edge.FillColor = w.hue.Text()
	widgets.Place(w.edge, 0, (size.Height-swatchSize)/2, swatchSize, swatchSize)
	w.edge.Refresh()
}
