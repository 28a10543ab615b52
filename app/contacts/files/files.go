package files

import (
	"context"
	"io"

	"fyne.io/fyne/v2"

	"diapason/app/elsewhere"
	"diapason/sync/contacts"
)

// Endings are those of the files that are imported.
var Endings = []string{".vcf", ".vcard"}

// Service is what is asked of the contacts.
type Service interface {
	ImportFile(ctx context.Context, name string, r io.Reader, p contacts.ImportParams) (contacts.ImportReport, error)
	ExportFile(ctx context.Context, w io.Writer, p contacts.ExportParams) (count int, err error)
}

// Host is what is asked of the window.
type Host interface {
	Toast(text, action string, do func())
	Failure(err error)
	// OpenFile and SaveFile ask for a file; done is called on the interface's goroutine, with "" when people changed their
	// mind.
	OpenFile(title, name string, endings []string, done func(path string, err error))
	SaveFile(title, name string, endings []string, done func(path string, err error))
	// OpenRun shows the report of a run; false when there is no screen for it.
	OpenRun(runID string) bool
	// OpenURL opens a folder, as file://.
	OpenURL(address string)
}

// Params are what it needs; all but Background are required.
type Params struct {
	Service Service
	// Undo takes an import back as a whole, and gives the run that did.
	Undo func(ctx context.Context, runID string) (string, error)
	Host Host
	// Canvas is the window's; nil while it shows something else.
	Canvas     func() fyne.Canvas
	UI         func(func())
	Background func(func()) // nil: a new goroutine each
}

// Files imports and exports. Its methods are called on the interface's goroutine.
type Files struct{ p Params }

// New makes it.
func New(p Params) *Files {
	if p.Background == nil {
		p.Background = elsewhere.Goroutine
	}
	return &Files{p}
}
