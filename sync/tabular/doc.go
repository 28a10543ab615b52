// Package tabular reads and writes tables of text: .xlsx and .xlsm workbooks and .csv files, row by row, whatever
// their size. What the columns mean is not known here (sync/establishments does).
//
// Files come from strangers: every limit is checked before memory grows (number and declared size of the parts of an
// archive, bytes really inflated against bytes read, rows, columns, length of a cell), and what cannot be read gets a
// *storage.Problem that says what it is. Sheets are scanned by a small reader of our own, because importing is what
// this program is for; workbooks are written with excelize.
//
// Caveat: formulas are never computed. The value kept with them is used; without one the cell is flagged.
package tabular
