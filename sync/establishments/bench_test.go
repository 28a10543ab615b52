package establishments_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/establishments"
	"diapason/sync/tabular"
)

// BenchmarkImport100k imports 100,000 rows of 37 columns, from opening the file to the last transaction, and compares it
// with excelize's bare streaming read of the same file. The goals are 1.3 times its wall time and 200 MB.
func BenchmarkImport100k(b *testing.B) {
	const rows = 100_000
	path := filepath.Join(b.TempDir(), "reseau.xlsx")
	writeNetwork(b, path, rows)
	for b.Loop() {
		start := time.Now()
		if n := bareRead(b, path); n != rows+1 {
			b.Fatalf("excelize read %d rows", n)
		}
		bare := time.Since(start)
		runtime.GC()

		peak, stop := watchHeap()
		start = time.Now()
		planned, run := importWhole(b, path)
		whole := time.Since(start)
		stop()
		if run.Totals.Created != rows {
			b.Fatalf("totals: %+v", run.Totals)
		}
		b.ReportMetric(bare.Seconds(), "excelize-s")
		b.ReportMetric(planned.Seconds(), "plan-s")
		b.ReportMetric(whole.Seconds(), "import-s")
		b.ReportMetric(whole.Seconds()/bare.Seconds(), "ratio")
		b.ReportMetric(float64(peak.Load())/(1<<20), "peak-MB")
	}
}

// BenchmarkRead100k compares the bare reading of rows.
func BenchmarkRead100k(b *testing.B) {
	path := filepath.Join(b.TempDir(), "reseau.xlsx")
	writeNetwork(b, path, 100_000)
	for b.Loop() {
		start := time.Now()
		bareRead(b, path)
		bare := time.Since(start)
		start = time.Now()
		w, err := tabular.Open(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		rows, err := w.Rows(b.Context(), 0)
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
			_ = rows.Row()
		}
		if rows.Err() != nil {
			b.Fatal(rows.Err())
		}
		b.ReportMetric(time.Since(start).Seconds()/bare.Seconds(), "ratio")
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func bareRead(b *testing.B, path string) int {
	f, err := excelize.OpenFile(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetList()[0])
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if err := rows.Close(); err != nil {
		b.Fatal(err)
	}
	return n
}

func importWhole(b *testing.B, path string) (planned time.Duration, run *storage.Run) {
	ctx := b.Context()
	store, err := bolt.Open(ctx, bolt.Params{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	start := time.Now()
	w, err := tabular.Open(ctx, path)
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	s, err := establishments.SuggestMapping(ctx, w, nil)
	if err != nil {
		b.Fatal(err)
	}
	im := establishments.NewImporter(establishments.ImporterParams{Store: store, Editor: sync.New(sync.Params{Store: store}), TempDir: b.TempDir()})
	p, err := im.Plan(ctx, w, s.Mapping, establishments.Options{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	planned = time.Since(start)
	if run, err = im.Apply(ctx, p); err != nil {
		b.Fatal(err)
	}
	return planned, run
}

// watchHeap samples the memory that Go holds until stop is called.
func watchHeap() (peak *atomic.Uint64, stop func()) {
	peak = &atomic.Uint64{}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse+m.StackInuse))
			select {
			case <-end:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return peak, func() { close(end); <-ended }
}

// writeNetwork writes a file of n rows with all 37 columns filled, as our own export does.
func writeNetwork(b *testing.B, path string, n int) {
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w, err := tabular.NewXLSXWriter(f)
	if err != nil {
		b.Fatal(err)
	}
	l := tabular.Layout{Name: "Réseau"}
	for _, c := range establishments.Columns[:storage.TemplateColumns] {
		l.Header = append(l.Header, c.French)
	}
	if err := w.Begin(l); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		if err := w.Row(networkRow(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

func networkRow(i int) []tabular.Cell {
	number := strconv.Itoa(i)
	texts := []string{
		"LUMEN", fmt.Sprintf("MRS-%06d", i), "ACTIVE", "Boutique Lumen " + number, number + " avenue du Prado",
		fmt.Sprintf("%05d", 1000+i%95000), "Marseille", "FR", "43.2", "5.3", "Boutique;Luminaires", "Bâtiment " + number,
		fmt.Sprintf("04 91 %02d %02d %02d", i/10000%100, i/100%100, i%100), fmt.Sprintf("04 65 71 %02d %02d", i/100%100, i%100), "",
		"https://www.example.com/" + number, "contact" + number + "@example.com", "À deux pas du métro.",
		"Une boutique de luminaires au cœur de la ville, ouverte toute l’année.",
		"Mo=09:00-12:00&14:00-18:00;Tu=09:00-18:00;We=09:00-18:00;Th=09:00-18:00;Fr=09:00-18:00;Sa;Su",
		"2026-12-24=09:00-14:00;2026-12-25", "Sur rendez-vous le samedi", "lampes;abat-jour", "français;anglais", "Lumen",
		"Carte bancaire;Espèces", "Conseil;Livraison", "https://www.facebook.com/lumen" + number,
		"https://www.instagram.com/lumen" + number, "https://www.linkedin.com/lumen" + number, "https://www.youtube.com/lumen" + number,
		"Sud", "", "2019-05-02", "", "TRUE", "FALSE",
	}
	cells := make([]tabular.Cell, len(texts))
	for j, t := range texts {
		cells[j].Text = t
	}
	cells[8].Flags, cells[9].Flags = tabular.FlagNumber, tabular.FlagNumber
	return cells
}
