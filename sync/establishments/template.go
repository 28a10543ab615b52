package establishments

import (
	"io"

	"diapason/sync/tabular"
)

// WriteTemplate writes an empty workbook to be filled in: the columns A–AK with two example rows, and a second sheet
// that explains each column. lang is "fr" or "en".
func WriteTemplate(w io.Writer, lang string) error {
	t, err := tabular.NewXLSXWriter(w)
	if err != nil {
		return err
	}
	if err := t.Begin(layout(templateColumns, lang)); err != nil {
		return err
	}
	for example := range templateColumns[0].Examples {
		cells := make([]tabular.Cell, len(templateColumns))
		for i, c := range templateColumns {
			cells[i] = tabular.Cell{Text: c.Examples[example]}
			if isNumeric(c.Field) {
				cells[i].Flags = tabular.FlagNumber
			}
		}
		if err := t.Row(cells); err != nil {
			return err
		}
	}
	if err := explain(t, lang); err != nil {
		return err
	}
	return t.Close()
}

// explain writes the second sheet.
func explain(t tabular.Writer, lang string) error {
	l := tabular.Layout{
		Name: "Mode d’emploi", Widths: []float64{10, 26, 22, 90},
		Header: []string{"Colonne", "Libellé", "Nom technique", "Contenu"},
	}
	if lang != "fr" {
		l.Name, l.Header = "How to fill it in", []string{"Column", "Label", "Technical name", "Content"}
	}
	if err := t.Begin(l); err != nil {
		return err
	}
	for i, c := range templateColumns {
		row := []tabular.Cell{
			{Text: tabular.ColumnName(i)}, {Text: Label(c.Field, lang)}, {Text: string(c.Field)}, {Text: c.Help(lang)},
		}
		if err := t.Row(row); err != nil {
			return err
		}
	}
	return nil
}
