package tabular

import "diapason/storage"

// limits bounds what a file may make us read or hold.
type limits struct {
	fileBytes    int64 // size of the file itself
	parts        int   // files in the archive
	directory    int64 // bytes of the archive's own table of contents
	smallPart    int64 // inflated bytes of the workbook's description and of its relations
	stylePart    int64 // inflated bytes of the styles
	sheetPart    int64 // inflated bytes of a sheet or of the shared strings
	ratio        int64 // inflated bytes per compressed byte, beyond ratioFrom
	ratioFrom    int64
	rows         int // Excel's own maximum
	columns      int // Excel's own maximum
	cellBytes    int // Excel's 32,767 characters, in the longest escaped form
	rowBytes     int
	stringMemory int // bytes of shared strings kept in memory; the rest goes to a temporary file
	sheets       int
	xfs          int // cell formats; Excel's maximum is 65,490
}

// defaultLimits accept everything that Excel itself can write in a file of half a gigabyte. A sheet of a million
// formatted and empty rows inflates about 60 times, a zip bomb about 1,000 times.
var defaultLimits = limits{
	fileBytes: 512 << 20, parts: 5000, directory: 2 << 20, smallPart: 8 << 20, stylePart: 64 << 20, sheetPart: 8 << 30,
	ratio: 250, ratioFrom: 32 << 20, rows: 1_048_576, columns: 16_384, cellBytes: 512 << 10, rowBytes: 16 << 20,
	stringMemory: 24 << 20, sheets: 1000, xfs: 65_536,
}

// flaws of a file, before its name is known.
const (
	flawBomb      = "file.bomb"
	flawTruncated = "file.truncated"
	flawDamaged   = "file.damaged"
	flawTooLarge  = "file.tooLarge"
	flawCellLong  = "file.cellTooLong"
	flawRows      = "file.tooManyRows"
	flawColumns   = "file.tooManyColumns"
)

// flaw is the error of the inner readers; Open and Rows turn it into a Problem that names the file.
type flaw struct {
	code  string
	cause error
}

func (f *flaw) Error() string {
	if f.cause != nil {
		return f.code + ": " + f.cause.Error()
	}
	return f.code
}

func (f *flaw) Unwrap() error { return f.cause }

func (f *flaw) problem(name string) *storage.Problem {
	var p *storage.Problem
	switch f.code {
	case flawBomb:
		p = storage.NewProblem("file.bomb", "name", name)
	case flawTruncated:
		p = storage.NewProblem("file.truncated", "name", name)
	case flawTooLarge:
		p = storage.NewProblem("file.tooLarge", "name", name)
	case flawCellLong:
		p = storage.NewProblem("file.cellTooLong", "name", name)
	case flawRows:
		p = storage.NewProblem("file.tooManyRows", "name", name)
	case flawColumns:
		p = storage.NewProblem("file.tooManyColumns", "name", name)
	default:
		p = storage.NewProblem("file.damaged", "name", name)
	}
	return p.Because(f.cause)
}
