package flow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"diapason/app/importwizard/flow"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/tabular/tabulartest"
)

func TestUnreadableFilesSayWhatTheyAreAndChangeNothing(t *testing.T) {
	b := newBench(t)
	for _, f := range tabulartest.Hostile(t) {
		t.Run(f.What, func(t *testing.T) {
			b.t = t
			b.open(f.Path)
			if code(b.Err()) != f.Code || b.Planned() || b.Step() == flow.StepImport || b.Run() != nil {
				t.Fatalf("step %d, error %v, want %s", b.Step(), b.Err(), f.Code)
			}
			fr, en := said(t, "fr", b.Err()), said(t, "en", b.Err())
			if fr == en || !strings.Contains(fr, f.Name()) || !strings.Contains(en, f.Name()) || strings.Contains(fr+en, f.Code) {
				t.Errorf("said %q and %q", fr, en)
			}
		})
	}
	b.t = t
	if n, profiles := b.count(), b.profiles(); n != 0 || profiles != 0 {
		t.Errorf("%d establishments and %d mappings are kept", n, profiles)
	}
}

// said puts an error into words.
func said(t *testing.T, lang string, err error) string {
	t.Helper()
	if e := words.Use(lang); e != nil {
		t.Fatal(e)
	}
	text := say.Error(err)
	if e := words.Use("fr"); e != nil {
		t.Fatal(e)
	}
	return text
}

func (b *bench) profiles() (n int) {
	b.t.Helper()
	err := b.store.View(context.Background(), func(tx storage.Reader) error {
		all, err := tx.Profiles()
		n = len(all)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func TestErrorInANeededCellRejectsItsRow(t *testing.T) {
	b := newBench(t)
	b.open(tabulartest.BrokenCells(t))
	row, _ := b.line(0)
	i := slices.IndexFunc(row.Problems, func(p *storage.Problem) bool { return p.Code == "cell.error" })
	if i < 0 || row.Problems[i].Field != storage.FieldName || b.Counts().Rejected != 1 || b.Ready() {
		t.Fatalf("problems %v, counts %+v, ready %v", row.Problems, b.Counts(), b.Ready())
	}
	fr, en := said(t, "fr", row.Problems[i]), said(t, "en", row.Problems[i])
	if fr == en || !strings.Contains(fr, "#N/A") || !strings.Contains(en, "#N/A") {
		t.Errorf("said %q and %q", fr, en)
	}
}

func TestOddFilesAreReadRightly(t *testing.T) {
	for _, odd := range tabulartest.Oddities(t) {
		t.Run(odd.What, func(t *testing.T) {
			b := newBench(t)
			b.open(odd.Path)
			if b.Err() != nil || b.Step() != flow.StepPreview || b.Counts().Total != 1 {
				t.Fatalf("step %d, counts %+v, error %v", b.Step(), b.Counts(), b.Err())
			}
			b.next()
			b.holds(tabulartest.Hotel)
		})
	}
}

// holds wants the workspace to hold one establishment with the values.
func (b *bench) holds(want map[storage.Field]string) {
	b.t.Helper()
	err := b.store.View(context.Background(), func(tx storage.Reader) error {
		all, err := tx.Establishments("", 10)
		if err == nil && len(all) != 1 {
			err = errors.New("not one establishment")
		}
		if err != nil {
			return err
		}
		for field, text := range want {
			if got := all[0].Value(field); got != text {
				b.t.Errorf("%s is %q, want %q", field, got, text)
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}
