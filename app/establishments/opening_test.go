package establishments

import (
	"context"
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"diapason/app/apptest"
	"diapason/app/establishments/list"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/widgets/look"
)

// opening makes the screen of a workspace of n establishments and gives it the time for its first rows only.
func opening(t *testing.T, n int) (*View, fyne.Window, apptest.Queue) {
	t.Helper()
	store, queue := apptest.Store(t), apptest.NewQueue()
	err := store.Update(context.Background(), func(w storage.Writer) error {
		for i := range n {
			e := &storage.Establishment{Name: fmt.Sprintf("Hôtel %03d", i), Status: storage.StatusActive}
			if err := w.PutEstablishment(e); err != nil {
				return err
			}
		}
		return w.PutAccount(&storage.Account{ID: "a", Kind: "none", Name: "Annuaire", Enabled: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Light))
	v := New(Params{
		List: list.New(list.Params{
			Store: store, Engine: sync.New(sync.Params{Store: store, Kinds: directory.NewKinds()}), Kinds: directory.NewKinds(),
			UI: queue.UI, Now: time.Now,
		}),
		Host:   &host{},
		Detail: func(func()) Detail { return &detail{box: container.NewStack()} },
	})
	t.Cleanup(v.Close)
	w := test.NewTempWindow(t, v.Content())
	w.Resize(fyne.NewSize(1072, 764))
	v.Await(time.Minute)
	return v, w, queue
}

func TestFirstRowsStandInTheFirstPictureWithTheTrueTotal(t *testing.T) {
	const n = 450
	v, w, queue := opening(t, n)
	if first, last := v.rows.InView(); first != 0 || last < 10 || !has(v.rows) || v.list.Total() != n {
		t.Errorf("rows %d to %d, shown %v, total %d", first, last, has(v.rows), v.list.Total())
	}
	for _, item := range v.filters.statusItems() {
		if item.Detail != "" {
			t.Errorf("before they are counted, the menu says %q of %q", item.Detail, item.Text)
		}
	}
	v.syncChosen()
	if w.Canvas().Overlays().Top() != nil {
		t.Error("« Synchroniser » asks before it knows how many")
	}
	queue.Until(t, "all rows", v.list.Settled, nil)
	if w.Canvas().Overlays().Top() == nil || len(v.list.SyncScope()) != n {
		t.Errorf("« Synchroniser » forgot the press, or acts on %d", len(v.list.SyncScope()))
	}
	if items := v.filters.statusItems(); items[0].Detail != words.Number(n) {
		t.Errorf("the menu counts %q", items[0].Detail)
	}
}
