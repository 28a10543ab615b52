package shell

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	fynestorage "fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"diapason/storage"
	"diapason/sync/tabular/tabulartest"
	"diapason/widgets"
)

// TestDroppedFilesThatCannotBeImportedAreRefusedInWords drops each broken file on the window, in both languages: what
// is seen at once is said over the screen in front, what shows while reading is said by the assistant.
func TestDroppedFilesThatCannotBeImportedAreRefusedInWords(t *testing.T) {
	_, _, places := twoPages()
	b := open(t, places)
	sentences := map[string][]string{}
	hostile := tabulartest.Hostile(t)
	for _, language := range []string{"fr", "en"} {
		if err := b.shell.SetLanguage(language); err != nil {
			t.Fatal(err)
		}
		for _, f := range hostile {
			b.shell.dropped([]fyne.URI{fynestorage.NewFileURI(f.Path)})
			said := ""
			b.until(f.What, func() bool {
				said = b.complaint()
				return said != ""
			})
			if !strings.Contains(said, f.Name()) || strings.Contains(said, f.Code) || slices.Contains(sentences[f.What], said) {
				t.Errorf("%s, %s: said %q", f.What, language, said)
			}
			sentences[f.What] = append(sentences[f.What], said)
			b.shell.Leave()
			b.shell.notices.failures.Objects = nil
			b.until(f.What+" let go", func() bool { return !b.shell.arrival.busy })
			if b.shell.page != nil || len(b.shell.arrival.waiting) > 0 {
				t.Errorf("%s: still being handled", f.What)
			}
		}
	}
	err := b.store.View(t.Context(), func(tx storage.Reader) error {
		n, err := tx.CountEstablishments()
		if n != 0 {
			t.Errorf("%d establishments", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// complaint gives the sentence of the banner in sight, over the screens or in the assistant, "" without one.
func (b *bench) complaint() string {
	places := []fyne.CanvasObject{b.shell.notices.failures}
	if b.shell.page != nil {
		places = append(places, b.shell.page.Content())
	}
	for _, place := range places {
		for _, o := range test.LaidOutObjects(place) {
			if banner, ok := o.(*widgets.Banner); ok && banner.Visible() && banner.Text() != "" {
				return banner.Text()
			}
		}
	}
	return ""
}
