package shell

import (
	"context"
	"errors"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"diapason/app/wholefile"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/establishments"
)

// Export asks where to write, and writes establishments there as a job that can be cancelled.
func (s *Shell) Export(ids []string) {
	f := Filter{Name: words.T("shell.files.exports")}
	for _, format := range establishments.Formats {
		f.Endings = append(f.Endings, format.Extension())
	}
	s.pick.SaveFile(words.T("shell.files.save"), words.T("shell.files.exportName"), f, func(path string, err error) {
		switch {
		case err != nil:
			s.Failure(err)
		case path != "":
			s.exportTo(path, ids)
		}
	})
}

// exportTo writes elsewhere, and says in the end how many and where.
func (s *Shell) exportTo(path string, ids []string) {
	if filepath.Ext(path) == "" {
		path += establishments.FormatXLSX.Extension()
	}
	language := words.Lang()
	go func() {
		n, err := s.writeExport(path, language, ids)
		s.p.UI(func() {
			switch {
			case errors.Is(err, context.Canceled):
			case err != nil:
				s.Failure(err)
			default:
				folder := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Dir(path))}
				s.Toast(words.N("list.exported", n, "file", filepath.Base(path)), words.T("shell.files.show"),
					func() { s.OpenURL(folder.String()) })
			}
		})
	}()
}

// writeExport writes beside the target and renames, so that a file is there whole or not at all.
func (s *Shell) writeExport(path, language string, ids []string) (n int, err error) {
	format, ok := establishments.FormatOf(filepath.Ext(path))
	if !ok {
		return 0, storage.NewProblem("export.format", "value", strings.TrimPrefix(filepath.Ext(path), "."))
	}
	id, err := uuid.NewV7()
	if err != nil {
		return 0, err
	}
	ctx, job := s.p.Engine.Jobs().Begin(s.ctx, storage.RunExport, id.String(), filepath.Base(path), len(ids))
	state := storage.RunFailed
	defer func() { job.Finish(state) }()
	err = wholefile.Write(path, func(w io.Writer) error {
		n, err = establishments.Export(ctx, establishments.ExportParams{
			Store: s.p.Store, IDs: ids, Format: format, Language: language,
			Progress: func(done int) { job.Advance(done, 0, filepath.Base(path)) },
		}, w)
		return err
	})
	switch {
	case err == nil:
		state = storage.RunDone
	case ctx.Err() != nil:
		state, err = storage.RunCancelled, ctx.Err()
	}
	return n, err
}
