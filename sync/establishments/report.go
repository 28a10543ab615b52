package establishments

import (
	"context"
	"io"
	"strings"

	"diapason/storage"
	"diapason/sync/tabular"
)

// reasonHeaders are the headers of the column that an error report adds. An import leaves such a column out.
var reasonHeaders = map[string]string{"fr": "Motif du rejet", "en": "Reason for rejection"}

func isReasonHeader(header string) bool {
	k := compact(header)
	return k == compact(reasonHeaders["fr"]) || k == compact(reasonHeaders["en"])
}

// WriteErrorReport writes the rejected rows of a plan with the file's own columns, the corrections made meanwhile
// included, and the reasons in one more column: a workbook to be corrected and dropped again. say puts a problem into
// words; lang is "fr" or "en".
func WriteErrorReport(
	ctx context.Context, w io.Writer, p *Plan, say func(*storage.Problem) string, lang string,
) error {
	rejected, err := p.View(ctx, Query{Outcome: OutcomeRejected})
	if err != nil {
		return err
	}
	t, err := tabular.NewXLSXWriter(w)
	if err != nil {
		return err
	}
	columns := p.reportColumns()
	l := tabular.Layout{Name: "Lignes rejetées", Header: []string{reasonHeaders["fr"]}, Widths: []float64{60}}
	if lang != "fr" {
		l.Name, l.Header = "Rejected rows", []string{reasonHeaders["en"]}
	}
	headers := p.Headers()
	for _, c := range columns {
		l.Header = append(l.Header, headers[c])
		l.Widths = append(l.Widths, 20)
	}
	if err := t.Begin(l); err != nil {
		return err
	}
	for _, i := range rejected {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := p.Row(i)
		if err != nil {
			return err
		}
		if err := t.Row(p.reportRow(r, columns, say)); err != nil {
			return err
		}
	}
	return t.Close()
}

// reportColumns are the file's columns without the reasons of a report before.
func (p *Plan) reportColumns() []int {
	var columns []int
	for i, h := range p.Headers() {
		if !isReasonHeader(h) {
			columns = append(columns, i)
		}
	}
	return columns
}

func (p *Plan) reportRow(r *PlanRow, columns []int, say func(*storage.Problem) string) []tabular.Cell {
	reasons := make([]string, len(r.Problems))
	for i, problem := range r.Problems {
		reasons[i] = say(problem)
	}
	cells := []tabular.Cell{{Text: strings.Join(reasons, "\n")}}
	for _, c := range columns {
		cell := tabular.Cell{}
		if c < len(r.cells) {
			cell = r.cells[c]
		}
		if text, ok := r.Corrected[p.judge.mapping.Columns[c]]; ok {
			cell = tabular.Cell{Text: text}
		}
		cells = append(cells, cell)
	}
	return cells
}
