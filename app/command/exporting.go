package command

import (
	"io"
	"path/filepath"
	"strings"

	"diapason/app/wholefile"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/establishments"
)

// exportEstablishments writes every establishment into a file.
type exportEstablishments struct {
	File   string `arg:"" name:"file"`
	Format string `name:"format" enum:",xlsx,csv,geojson,jsonld,google-csv" default:"" placeholder:"command.value.format"`
}

// Run writes beside the target first: a file is there whole or not at all.
func (c exportEstablishments) Run(s *session) error {
	format, ok := establishments.Format(c.Format), true
	if format == "" {
		format, ok = establishments.FormatOf(filepath.Ext(c.File))
	}
	if !ok {
		var known []string
		for _, f := range establishments.Formats {
			known = append(known, f.Extension())
		}
		return storage.NewProblem("command.exportFormat", "file", filepath.Base(c.File), "formats", strings.Join(known, ", "))
	}
	path, err := filepath.Abs(c.File)
	if err != nil {
		return err
	}
	return s.withWorkspace(func(w *Workspace) error {
		count := 0
		err := wholefile.Write(path, func(out io.Writer) (err error) {
			count, err = establishments.Export(s.ctx, establishments.ExportParams{
				Store: w.Store, Format: format, Language: words.Lang(),
			}, out)
			return err
		})
		if err != nil {
			return err
		}
		s.say(words.N("command.export.done", count, "file", path))
		return s.document(map[string]any{"file": path, "format": format, "count": count})
	})
}
