package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/directory/googlefile"
)

// exportEstablishments writes every establishment that is not archived into a file.
type exportEstablishments struct {
	File   string `arg:"" name:"file"`
	Format string `name:"format" enum:",xlsx,csv,geojson,jsonld,google-csv" default:"" placeholder:"command.value.format"`
}

// exports are the formats; the extension chooses one, google-csv only --format.
var exports = map[string]func(s *session, store storage.Store, out io.Writer) error{
	"google-csv": func(s *session, store storage.Store, out io.Writer) error {
		return googlefile.WriteAll(out, exported(s.ctx, store))
	},
}

// Run writes beside the target first: a file is there whole or not at all.
func (c exportEstablishments) Run(s *session) error {
	format := c.Format
	if format == "" {
		format = strings.ToLower(strings.TrimPrefix(filepath.Ext(c.File), "."))
	}
	write, ok := exports[format]
	if !ok {
		return storage.NewProblem("command.exportFormat", "file", filepath.Base(c.File),
			"formats", ".xlsx, .csv, .geojson, .jsonld")
	}
	path, err := filepath.Abs(c.File)
	if err != nil {
		return err
	}
	return s.withWorkspace(func(w *Workspace) error {
		if err := replaceFile(path, func(out io.Writer) error { return write(s, w.Store, out) }); err != nil {
			return err
		}
		count := 0
		for _, err := range exported(s.ctx, w.Store) {
			if err != nil {
				return err
			}
			count++
		}
		s.say(words.N("command.export.done", count, "file", path))
		return s.document(map[string]any{"file": path, "format": format, "count": count})
	})
}

// exported reads the establishments by pages, archived ones left out.
func exported(ctx context.Context, store storage.Store) iter.Seq2[*storage.Establishment, error] {
	return func(yield func(*storage.Establishment, error) bool) {
		for after := ""; ; {
			var some []*storage.Establishment
			err := store.View(ctx, func(tx storage.Reader) (err error) {
				some, err = tx.Establishments(after, page)
				return err
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range some {
				if e.Status != storage.StatusArchived && !yield(e, nil) {
					return
				}
			}
			if len(some) < page {
				return
			}
			after = some[len(some)-1].ID
		}
	}
}

// replaceFile writes a file aside and gives it its name once it is whole and on the disk.
func replaceFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return storage.NewProblem("command.exportFailed", "file", path).Because(err)
	}
	buffered := bufio.NewWriterSize(f, 1<<16)
	err = write(buffered)
	err = errors.Join(err, buffered.Flush(), f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("export: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
