package tabular

import (
	"archive/zip"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"diapason/storage"
)

// Writer writes tables row by row; nothing of a row is kept once it is written. Cells that a spreadsheet could take
// for a formula are neutralised (see Neutralise).
type Writer interface {
	// Begin starts a sheet with its header row. A CSV file has room for the first sheet only and leaves others out.
	Begin(Layout) error
	// Row writes the next row. A cell with FlagNumber becomes a number where that loses nothing.
	Row([]Cell) error
	// Close finishes the file; without it nothing valid was written. It does not close the io.Writer.
	Close() error
}

// Layout describes a sheet to be written.
type Layout struct {
	Name   string
	Header []string
	Widths []float64 // in characters, per column; missing ones are ordinary
	// Choices offers a list of values in a column (from 0).
	Choices map[int][]string
}

// maxCellText is Excel's limit of a cell, in UTF-16 units.
const maxCellText = 32_767

// xlsxWriter streams through excelize, which sets sheets aside in temporary files.
type xlsxWriter struct {
	file         *excelize.File
	sheet        *excelize.StreamWriter
	header, text int // styles
	sheets, row  int
	values       []any
	name         string
}

// NewXLSXWriter writes a workbook to out when it is closed.
func NewXLSXWriter(out io.Writer) (Writer, error) {
	w := &xlsxWriter{file: excelize.NewFile()}
	// excelize would gather the whole archive in memory and then write it; it goes straight to out instead.
	w.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(out) })
	var err error
	w.header, err = w.file.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DFE6FC"}},
		NumFmt: 49,
	})
	if err == nil {
		w.text, err = w.file.NewStyle(&excelize.Style{NumFmt: 49}) // text: editing a cell keeps it a text
	}
	if err != nil {
		return nil, errors.Join(err, w.file.Close())
	}
	return w, nil
}

// choiceRows is how far down a column offers its list of values.
const choiceRows = 100_000

func (w *xlsxWriter) Begin(l Layout) error {
	if err := w.flush(); err != nil {
		return err
	}
	if w.sheets == 0 {
		if err := w.file.SetSheetName("Sheet1", l.Name); err != nil {
			return err
		}
	} else if _, err := w.file.NewSheet(l.Name); err != nil {
		return err
	}
	w.sheets++
	w.name, w.row = l.Name, 0
	for column, values := range l.Choices {
		if err := w.offer(column, values); err != nil {
			return err
		}
	}
	var err error
	if w.sheet, err = w.file.NewStreamWriter(l.Name); err != nil {
		return err
	}
	for i, width := range l.Widths {
		if err := w.sheet.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	cells := make([]Cell, len(l.Header))
	for i, h := range l.Header {
		cells[i].Text = h
	}
	return w.write(cells, w.header)
}

func (w *xlsxWriter) offer(column int, values []string) error {
	name, err := excelize.ColumnNumberToName(column + 1)
	if err != nil {
		return err
	}
	v := excelize.NewDataValidation(true)
	v.SetSqref(name + "2:" + name + strconv.Itoa(choiceRows))
	if err := v.SetDropList(values); err != nil {
		return err
	}
	return w.file.AddDataValidation(w.name, v)
}

func (w *xlsxWriter) Row(cells []Cell) error { return w.write(cells, w.text) }

func (w *xlsxWriter) write(cells []Cell, style int) error {
	w.row++
	w.values = w.values[:0]
	for _, c := range cells {
		v, err := cellValue(c, style)
		if err != nil {
			return err
		}
		w.values = append(w.values, v)
	}
	return w.sheet.SetRow("A"+strconv.Itoa(w.row), w.values)
}

func cellValue(c Cell, style int) (any, error) {
	if c.Text == "" {
		return nil, nil
	}
	if c.Flags&FlagNumber != 0 {
		if v, err := strconv.ParseFloat(c.Text, 64); err == nil && numberText(v) == c.Text {
			return v, nil
		}
	}
	text := Neutralise(c.Text)
	if len(text) > maxCellText && len(utf16.Encode([]rune(text))) > maxCellText {
		return nil, storage.NewProblem("export.cellTooLong", "value", string([]rune(text)[:40]), "limit", strconv.Itoa(maxCellText))
	}
	return excelize.Cell{StyleID: style, Value: text}, nil
}

func (w *xlsxWriter) flush() error {
	if w.sheet == nil {
		return nil
	}
	err := w.sheet.Flush()
	w.sheet = nil
	return err
}

func (w *xlsxWriter) Close() error {
	err := w.flush()
	if err == nil {
		err = w.file.Write(io.Discard)
	}
	return errors.Join(err, w.file.Close())
}

// csvWriter writes UTF-8 with its mark, semicolons and CR LF: what Excel opens by itself in a French system.
type csvWriter struct {
	out    io.Writer
	csv    *csv.Writer
	sheets int
	record []string
}

// NewCSVWriter writes records to out as they come.
func NewCSVWriter(out io.Writer) Writer {
	w := csv.NewWriter(out)
	w.Comma, w.UseCRLF = ';', true
	return &csvWriter{out: out, csv: w}
}

func (w *csvWriter) Begin(l Layout) error {
	w.sheets++
	if w.sheets > 1 {
		return nil
	}
	if _, err := w.out.Write([]byte("\xEF\xBB\xBF")); err != nil {
		return err
	}
	cells := make([]Cell, len(l.Header))
	for i, h := range l.Header {
		cells[i].Text = h
	}
	return w.Row(cells)
}

func (w *csvWriter) Row(cells []Cell) error {
	if w.sheets > 1 {
		return nil
	}
	w.record = w.record[:0]
	for _, c := range cells {
		text := c.Text
		if c.Flags&FlagNumber == 0 || !isNumber(text) {
			text = Neutralise(text)
		}
		w.record = append(w.record, text)
	}
	return w.csv.Write(w.record)
}

// isNumber accepts what no spreadsheet can take for anything but a number: a negative one is harmless.
func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

func (w *csvWriter) Close() error {
	w.csv.Flush()
	return w.csv.Error()
}
