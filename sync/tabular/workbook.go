package tabular

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"diapason/storage"
)

// Sheet is one table of a workbook. A CSV file has one, with the file's name.
type Sheet struct {
	Name   string
	Hidden bool
	// Rows is what the sheet itself says of its length, 0 when it does not say.
	Rows int

	part string
}

// Workbook is an open file. Its Rows may be read several times, one reader after the other; Close ends all.
type Workbook struct {
	name   string // base name, for sentences
	path   string
	file   *os.File
	sheets []Sheet
	limits limits

	csv *csvFormat // nil for a workbook

	archive  *archive
	date1904 bool
	formats  []numberFormat
	stylesIn string // path of the part, "" when there is none
	stringIn string
	strings  *stringTable // read with the first sheet
}

// Name is the file's name without its folder.
func (w *Workbook) Name() string { return w.name }

// Path is where the file was opened.
func (w *Workbook) Path() string { return w.path }

// Sheets lists the sheets in the workbook's order, hidden ones included.
func (w *Workbook) Sheets() []Sheet { return append([]Sheet(nil), w.sheets...) }

// Close closes the file and removes what was set aside for reading it.
func (w *Workbook) Close() error {
	err := w.file.Close()
	if w.strings != nil {
		err = errors.Join(err, w.strings.close())
	}
	return err
}

// Rows begins reading a sheet (index in Sheets). Only one Rows may be in use at a time.
func (w *Workbook) Rows(ctx context.Context, sheet int) (*Rows, error) {
	if sheet < 0 || sheet >= len(w.sheets) {
		return nil, storage.NewProblem("file.noSheet", "name", w.name)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	src, err := w.source(sheet)
	if err != nil {
		return nil, inWords(err, w.name)
	}
	return &Rows{ctx: ctx, source: src, name: w.name}, nil
}

func (w *Workbook) source(sheet int) (source, error) {
	if w.csv != nil {
		return newCSVRows(w.file, *w.csv, w.limits)
	}
	if err := w.loadStrings(); err != nil {
		return nil, err
	}
	body, err := w.archive.open(w.archive.part(w.sheets[sheet].part), w.limits.sheetPart)
	if err != nil {
		return nil, err
	}
	return &sheetRows{
		body: body, scan: newScanner(body, w.limits.cellBytes), strings: w.strings, formats: w.formats,
		date1904: w.date1904, limits: w.limits,
	}, nil
}

func (w *Workbook) loadStrings() error {
	p := w.archive.part(w.stringIn)
	if w.strings != nil || p == nil {
		return nil
	}
	body, err := w.archive.open(p, w.limits.sheetPart)
	if err != nil {
		return err
	}
	w.strings, err = readStrings(body, w.limits)
	return errors.Join(err, body.Close())
}

// relation is one entry of a .rels part.
type relation struct{ kind, target string }

// readWorkbook reads the description of the workbook: sheets, styles, where the shared strings are.
func (w *Workbook) readWorkbook() error {
	book, err := w.bookPart()
	if err != nil {
		return err
	}
	rels, err := w.relations(book)
	if err != nil {
		return err
	}
	if err := w.readSheets(book, rels); err != nil {
		return err
	}
	for _, r := range rels {
		switch r.kind {
		case "styles":
			w.stylesIn = r.target
		case "sharedStrings":
			w.stringIn = r.target
		}
	}
	if len(w.sheets) == 0 {
		return storage.NewProblem("file.noSheet", "name", w.name)
	}
	p := w.archive.part(w.stylesIn)
	if w.stylesIn == "" || p == nil {
		return nil
	}
	body, err := w.archive.open(p, w.limits.stylePart)
	if err != nil {
		return err
	}
	w.formats, err = readStyles(body, w.limits)
	return errors.Join(err, body.Close())
}

// bookPart finds the main part of the workbook.
func (w *Workbook) bookPart() (string, error) {
	rels, err := w.relations("")
	if err != nil {
		return "", err
	}
	for _, r := range rels {
		if r.kind == "officeDocument" && w.archive.part(r.target) != nil {
			return r.target, nil
		}
	}
	if w.archive.part("xl/workbook.xml") != nil {
		return "xl/workbook.xml", nil
	}
	return "", storage.NewProblem("file.unknown", "name", w.name)
}

// relations reads the relations of a part ("" for the package's) by id; targets are paths in the archive.
func (w *Workbook) relations(of string) (map[string]relation, error) {
	dir, base := path.Split(of)
	p := w.archive.part(dir + "_rels/" + base + ".rels")
	rels := map[string]relation{}
	if p == nil {
		return rels, nil
	}
	err := w.eachStart(p, func(s *scanner) error {
		if string(s.name) != "Relationship" || len(rels) > w.limits.parts {
			return nil
		}
		target := s.attr("Target")
		if strings.HasPrefix(target, "/") {
			target = strings.TrimPrefix(path.Clean(target), "/")
		} else {
			target = path.Join(dir, target)
		}
		rels[s.attr("Id")] = relation{kind: path.Base(s.attr("Type")), target: target}
		return nil
	})
	return rels, err
}

func (w *Workbook) readSheets(book string, rels map[string]relation) error {
	isBook := false
	err := w.eachStart(w.archive.part(book), func(s *scanner) error {
		switch string(s.name) {
		case "workbook":
			isBook = true
		case "workbookPr":
			v := s.attr("date1904")
			w.date1904 = v == "1" || v == "true"
		case "sheet":
			r := rels[s.attr("id")] // r:id; sheetId is another name
			if r.kind != "worksheet" || w.archive.part(r.target) == nil {
				return nil // a chart, a macro sheet or a promise not kept
			}
			if len(w.sheets) >= w.limits.sheets {
				return &flaw{code: flawBomb, cause: errors.New("too many sheets")}
			}
			state := s.attr("state")
			w.sheets = append(w.sheets, Sheet{
				Name: s.attr("name"), Hidden: state == "hidden" || state == "veryHidden", part: r.target,
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !isBook { // a text document is an archive too
		return storage.NewProblem("file.unknown", "name", w.name)
	}
	for i := range w.sheets {
		if w.sheets[i].Rows, err = w.declaredRows(w.sheets[i].part); err != nil {
			return err
		}
	}
	return nil
}

// eachStart calls f with the scanner on every start tag of a small part.
func (w *Workbook) eachStart(p *zip.File, f func(*scanner) error) error {
	body, err := w.archive.open(p, w.limits.smallPart)
	if err != nil {
		return err
	}
	s := newScanner(body, w.limits.cellBytes)
	for err == nil {
		if err = s.next(); err == nil && s.kind == tokenStart {
			err = f(s)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, body.Close())
}

// declaredRows reads the dimension that a sheet declares before its data ("A1:N1202").
func (w *Workbook) declaredRows(part string) (int, error) {
	body, err := w.archive.open(w.archive.part(part), w.limits.sheetPart)
	if err != nil {
		return 0, err
	}
	rows := 0
	s := newScanner(body, w.limits.cellBytes)
	for {
		err = s.next()
		if err != nil || s.kind == tokenStart && string(s.name) == "sheetData" {
			break
		}
		if s.kind != tokenStart || string(s.name) != "dimension" {
			continue
		}
		_, last, ok := strings.Cut(s.attr("ref"), ":")
		if n, convErr := strconv.Atoi(strings.TrimLeft(last, "ABCDEFGHIJKLMNOPQRSTUVWXYZ$")); ok && convErr == nil && n > 0 {
			rows = min(n, w.limits.rows)
		}
		break
	}
	if errors.Is(err, io.EOF) {
		err = nil // found broken, or not, when it is read
	}
	return rows, errors.Join(err, body.Close())
}
