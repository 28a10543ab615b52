package sync

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"time"

	"diapason/storage"
)

// SupportFile writes what somebody needs to find out what happened since a moment: a ZIP archive of the journal, the
// runs with their lines, the schedules, the accounts, the operations that wait and the versions, as JSON. It bears no
// secret: settings that hold one are left out, and every text goes through storage.Masked. It does bear what the
// establishments' fields said; contacts are ids, and only the names of the fields that changed.
func (e *Engine) SupportFile(ctx context.Context, w io.Writer, since time.Time) error {
	f := &supportFile{ctx: ctx, e: e, zip: zip.NewWriter(w), since: since}
	if err := f.learnSecrets(); err != nil {
		return err
	}
	for _, part := range []struct {
		name  string
		write func(*json.Encoder) error
	}{
		{"versions.json", f.versions},
		{"accounts.jsonl", f.accounts},
		{"schedules.jsonl", f.schedules},
		{"runs.jsonl", f.runs},
		{"operations.jsonl", f.operations},
		{"journal.jsonl", f.journal},
	} {
		out, err := f.zip.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: e.clock.Now()})
		if err != nil {
			return fmt.Errorf("support file: %w", err)
		}
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		if err := part.write(enc); err != nil {
			return fmt.Errorf("support file, %s: %w", part.name, err)
		}
	}
	if err := f.zip.Close(); err != nil {
		return fmt.Errorf("support file: %w", err)
	}
	return nil
}

// supportFile is one being written.
type supportFile struct {
	ctx     context.Context
	e       *Engine
	zip     *zip.Writer
	since   time.Time
	secrets []string // known ones, hidden wherever they stand
}

// learnSecrets finds the settings that hold secrets: those declared so, and those named so.
func (f *supportFile) learnSecrets() error {
	return f.e.store.View(f.ctx, func(tx storage.Reader) error {
		f.secrets = nil
		accounts, err := tx.Accounts()
		for _, a := range accounts {
			for name, value := range a.Settings {
				if f.secret(a, name) {
					f.secrets = append(f.secrets, value)
				}
			}
		}
		return err
	})
}

func (f *supportFile) secret(a *storage.Account, name string) bool {
	for _, s := range f.e.capabilities(a).Settings {
		if s.Name == name && s.Secret {
			return true
		}
	}
	return storage.SecretSetting(name)
}

// line writes one record without its secrets.
func (f *supportFile) line(enc *json.Encoder, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		return err
	}
	return enc.Encode(f.masked(plain))
}

// masked hides the secrets in every text of a record.
func (f *supportFile) masked(v any) any {
	switch v := v.(type) {
	case string:
		return storage.Masked(v, f.secrets...)
	case []any:
		for i := range v {
			v[i] = f.masked(v[i])
		}
		return v
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, inner := range v {
			if text, ok := inner.(string); ok && text != "" && storage.SecretSetting(key) {
				inner = "•••"
			}
			m[storage.Masked(key, f.secrets...)] = f.masked(inner)
		}
		return m
	}
	return v
}

func (f *supportFile) versions(enc *json.Encoder) error {
	establishments := 0
	err := f.e.store.View(f.ctx, func(tx storage.Reader) (err error) {
		establishments, err = tx.CountEstablishments()
		return err
	})
	if err != nil {
		return err
	}
	months, err := f.e.Retention(f.ctx)
	if err != nil {
		return err
	}
	return enc.Encode(map[string]any{
		"diapason": f.e.version, "go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH,
		"written": f.e.clock.Now().UTC(), "since": f.since.UTC(), "establishments": establishments,
		"retentionMonths": months,
	})
}

func (f *supportFile) accounts(enc *json.Encoder) error {
	return f.e.store.View(f.ctx, func(tx storage.Reader) error {
		accounts, err := tx.Accounts()
		if err != nil {
			return err
		}
		for _, a := range accounts {
			for name := range a.Settings {
				if f.secret(a, name) {
					delete(a.Settings, name)
				}
			}
			if err := f.line(enc, a); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *supportFile) schedules(enc *json.Encoder) error {
	return f.e.store.View(f.ctx, func(tx storage.Reader) error {
		schedules, err := tx.Schedules()
		if err != nil {
			return err
		}
		for _, s := range schedules {
			if err := f.line(enc, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// runs writes the runs since the moment, newest first, each followed by its lines.
func (f *supportFile) runs(enc *json.Encoder) error {
	for before := ""; ; {
		var page []*storage.Run
		err := f.e.store.View(f.ctx, func(tx storage.Reader) (err error) {
			page, err = tx.Runs(before, slice)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range page {
			before = r.ID
			if r.StartedAt.Before(f.since) {
				return nil
			}
			if err := f.line(enc, r); err != nil {
				return err
			}
			if err := f.items(enc, r.ID); err != nil {
				return err
			}
		}
		if len(page) < slice {
			return nil
		}
	}
}

func (f *supportFile) items(enc *json.Encoder, runID string) error {
	for from := 0; ; from += slice {
		var page []*storage.RunItem
		err := f.e.store.View(f.ctx, func(tx storage.Reader) (err error) {
			page, err = tx.RunItems(runID, from, slice)
			return err
		})
		if err != nil {
			return err
		}
		for _, i := range page {
			if err := f.line(enc, i.Exported()); err != nil {
				return err
			}
		}
		if len(page) < slice {
			return nil
		}
	}
}

func (f *supportFile) operations(enc *json.Encoder) error {
	var accounts []*storage.Account
	err := f.e.store.View(f.ctx, func(tx storage.Reader) (err error) {
		accounts, err = tx.Accounts()
		return err
	})
	for _, a := range accounts {
		for last := (*storage.Operation)(nil); err == nil; {
			var page []*storage.Operation
			err = f.e.store.View(f.ctx, func(tx storage.Reader) (err error) {
				page, err = tx.OperationsAfter(a.ID, last, slice)
				return err
			})
			for _, op := range page {
				if last = op; err == nil {
					err = f.line(enc, op)
				}
			}
			if len(page) < slice {
				break
			}
		}
	}
	return err
}

func (f *supportFile) journal(enc *json.Encoder) error {
	var failed error
	err := storage.SearchJournal(f.ctx, f.e.store, storage.JournalQuery{Since: f.since}, nil,
		func(j *storage.JournalEntry) bool {
			j.Before = nil // the notes and the persons of a reservation help nobody to find out
			failed = f.line(enc, j.Exported())
			return failed == nil
		})
	if failed != nil {
		return failed
	}
	return err
}
