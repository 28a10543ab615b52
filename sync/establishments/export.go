package establishments

import (
	"context"
	"io"
	"iter"
	"strings"

	"diapason/storage"
	"diapason/sync/directory/geojson"
	"diapason/sync/directory/googlefile"
	"diapason/sync/directory/website"
	"diapason/sync/tabular"
)

// Format is a file format of the export, by the name that the command line uses.
type Format string

// The formats.
const (
	FormatXLSX      Format = "xlsx"
	FormatCSV       Format = "csv"
	FormatGeoJSON   Format = "geojson"
	FormatJSONLD    Format = "jsonld"
	FormatGoogleCSV Format = "google-csv"
)

// stream is a sequence of establishments read by pages; it ends at its first error.
type stream = iter.Seq2[*storage.Establishment, error]

// format is one entry of the table of formats.
type format struct {
	extension string // with its dot
	// public formats are for the outside world: drafts and archived establishments are not in them.
	public bool
	write  func(context.Context, ExportParams, io.Writer) error
}

func encoded(encode func(io.Writer, stream) error) func(context.Context, ExportParams, io.Writer) error {
	return func(ctx context.Context, p ExportParams, w io.Writer) error { return encode(w, p.all(ctx, true)) }
}

var formats = map[Format]format{
	FormatXLSX:      {".xlsx", false, writeXLSX},
	FormatCSV:       {".csv", false, writeCSV},
	FormatGeoJSON:   {".geojson", true, encoded(geojson.WriteCollection)},
	FormatJSONLD:    {".jsonld", true, encoded(website.WriteGraph)},
	FormatGoogleCSV: {".csv", true, encoded(googlefile.WriteAll)},
}

// Formats lists the formats in the order people see them.
var Formats = []Format{FormatXLSX, FormatCSV, FormatGeoJSON, FormatJSONLD, FormatGoogleCSV}

// Extension gives a format's file extension with its dot, "" for an unknown one.
func (f Format) Extension() string { return formats[f].extension }

// FormatOf gives the format that a file's extension (with or without dot) stands for; a .csv is our own.
func FormatOf(extension string) (Format, bool) {
	f := Format(strings.ToLower(strings.TrimPrefix(extension, ".")))
	_, ok := formats[f]
	return f, ok && f.Extension() == "."+string(f)
}

// ExportParams say what to export.
type ExportParams struct {
	Store storage.Store
	// IDs are the chosen establishments, in this order; nil means all, in the order they were created.
	IDs      []string
	Format   Format
	Language string // "fr" or "en": the headers of tables
	// Progress, when it is not nil, is called with the number written, on the calling goroutine.
	Progress func(done int)

	public bool // of the format
}

// Export writes establishments to w, page by page, so that memory does not grow with their number, and gives how many.
// Tables (.xlsx, .csv) are complete and come back through an import without loss; the formats for the outside world
// leave drafts and archived establishments out. The caller writes beside the target and renames.
func Export(ctx context.Context, p ExportParams, w io.Writer) (int, error) {
	f, ok := formats[p.Format]
	if !ok {
		return 0, storage.NewProblem("export.format", "value", string(p.Format))
	}
	written := 0
	p.public = f.public
	tell := p.Progress
	p.Progress = func(n int) {
		written = n
		if tell != nil {
			tell(n)
		}
	}
	return written, f.write(ctx, p, w)
}

// exportPage is the number of establishments read in one transaction.
const exportPage = 500

// all gives the establishments to be written. counted ones are told to Progress.
func (p ExportParams) all(ctx context.Context, counted bool) stream {
	return func(yield func(*storage.Establishment, error) bool) {
		done := 0
		for page, err := range p.pages(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range page {
				hidden := e.Status == storage.StatusDraft || e.Status == storage.StatusArchived
				if hidden && p.public {
					continue
				}
				if !yield(e, nil) {
					return
				}
				done++
			}
			if counted {
				p.Progress(done)
			}
		}
	}
}

func (p ExportParams) pages(ctx context.Context) iter.Seq2[[]*storage.Establishment, error] {
	return func(yield func([]*storage.Establishment, error) bool) {
		after, from := "", 0
		for {
			var page []*storage.Establishment
			last := false
			err := p.Store.View(ctx, func(tx storage.Reader) (err error) {
				if p.IDs == nil {
					page, err = tx.Establishments(after, exportPage)
					last = len(page) < exportPage
					return err
				}
				chosen := p.IDs[from:min(len(p.IDs), from+exportPage)]
				last = from+len(chosen) == len(p.IDs)
				page = make([]*storage.Establishment, len(chosen))
				for i, id := range chosen {
					if page[i], err = tx.Establishment(id); err != nil {
						return err
					}
				}
				return nil
			})
			if !yield(page, err) || err != nil || last {
				return
			}
			from += exportPage
			if p.IDs == nil {
				after = page[len(page)-1].ID
			}
		}
	}
}

func writeXLSX(ctx context.Context, p ExportParams, w io.Writer) error {
	t, err := tabular.NewXLSXWriter(w)
	if err != nil {
		return err
	}
	return writeTable(ctx, p, t)
}

func writeCSV(ctx context.Context, p ExportParams, w io.Writer) error {
	return writeTable(ctx, p, tabular.NewCSVWriter(w))
}

// writeTable writes the template's columns and those supplementary ones that at least one establishment fills.
func writeTable(ctx context.Context, p ExportParams, t tabular.Writer) error {
	columns, err := p.columns(ctx)
	if err != nil {
		return err
	}
	if err := t.Begin(layout(columns, p.Language)); err != nil {
		return err
	}
	cells := make([]tabular.Cell, len(columns))
	for e, err := range p.all(ctx, true) {
		if err != nil {
			return err
		}
		for i, c := range columns {
			cells[i] = exportCell(e, c.Field)
		}
		if err := t.Row(cells); err != nil {
			return err
		}
	}
	return t.Close()
}

func (p ExportParams) columns(ctx context.Context) ([]Column, error) {
	filled := make([]bool, len(moreColumns))
	for e, err := range p.all(ctx, false) {
		if err != nil {
			return nil, err
		}
		for i, c := range moreColumns {
			filled[i] = filled[i] || e.Value(c.Field) != ""
		}
	}
	columns := append([]Column(nil), templateColumns...)
	for i, c := range moreColumns {
		if filled[i] {
			columns = append(columns, c)
		}
	}
	return columns, nil
}

// exportCell writes a field as people read it and as an import reads it back: phones as in their own country.
func exportCell(e *storage.Establishment, f storage.Field) tabular.Cell {
	v := e.Value(f)
	switch {
	case isNumeric(f):
		return tabular.Cell{Text: v, Flags: tabular.FlagNumber}
	case f == storage.FieldPhone || f == storage.FieldCellphone || f == storage.FieldFax:
		shown := storage.PhoneText(v, e.Address.Country)
		if back, err := storage.NormalisePhone(shown, e.Address.Country); err == nil && back == v {
			v = shown
		}
	}
	return tabular.Cell{Text: v}
}

// layout gives the header row and the lists of values of a sheet with these columns.
func layout(columns []Column, lang string) tabular.Layout {
	l := tabular.Layout{Name: "Établissements", Choices: map[int][]string{}}
	if lang != "fr" {
		l.Name = "Establishments"
	}
	for i, c := range columns {
		if lang == "fr" {
			l.Header = append(l.Header, c.French)
		} else {
			l.Header = append(l.Header, c.English)
		}
		l.Widths = append(l.Widths, c.Width)
		switch c.Field {
		case storage.FieldStatus:
			for _, s := range storage.Statuses {
				l.Choices[i] = append(l.Choices[i], string(s))
			}
		case storage.FieldAddressDisplay, storage.FieldAutoSync:
			l.Choices[i] = []string{"TRUE", "FALSE"}
		}
	}
	return l
}
