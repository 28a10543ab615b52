package tabular

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"diapason/storage"
)

// readAll reads a sheet as text: "number: a|b|c" per row, with the flags' letters after a cell that has some.
func readAll(path string, sheet int, l limits) ([]string, error) {
	w, err := openLimited(context.Background(), path, l)
	if err != nil {
		return nil, err
	}
	rows, err := w.Rows(context.Background(), sheet)
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	var out []string
	for rows.Next() {
		row := rows.Row()
		var cells []string
		for _, c := range row.Cells {
			cells = append(cells, c.Text+flagText(c.Flags))
		}
		out = append(out, fmt.Sprintf("%d: %s", row.Number, strings.Join(cells, "|")))
	}
	err = rows.Err()
	return out, errors.Join(err, rows.Close(), w.Close())
}

func flagText(f CellFlags) string {
	var b strings.Builder
	for i, name := range []string{"number", "date", "bool", "error", "novalue", "literal"} {
		if f&(1<<i) != 0 {
			b.WriteString("/" + name)
		}
	}
	return b.String()
}

func mustRead(t *testing.T, path string) []string {
	t.Helper()
	rows, err := readAll(path, 0, defaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func code(err error) string {
	var p *storage.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return fmt.Sprint(err)
}
