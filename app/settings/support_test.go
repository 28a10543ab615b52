package settings

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets/look"
)

func newSupportScreen(t *testing.T, h *host, support *Support) *Screen {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Light))
	if err := words.Use("fr"); err != nil {
		t.Fatal(err)
	}
	direct := func(f func()) { f() }
	return New(Params{
		Store: workspace{}, Host: h, Now: func() time.Time { return now }, UI: direct, Background: direct, Support: support,
		Backups:     func(context.Context) ([]Backup, error) { return nil, nil },
		Preferences: Preferences{Language: "fr", Theme: "system"},
	})
}

// TestSupportFileIsWrittenWhereChosen gives a name without ending, and looks at what is said meanwhile and afterwards.
func TestSupportFileIsWrittenWhereChosen(t *testing.T) {
	dir, h := t.TempDir(), &host{}
	var s *Screen
	var offered, meanwhile string
	s = newSupportScreen(t, h, &Support{
		Choose: func(name string, done func(string, error)) {
			offered = name
			done(filepath.Join(dir, "aide"), nil)
		},
		Write: func(_ context.Context, w io.Writer, since time.Time) error {
			if want := now.Add(-90 * 24 * time.Hour); !since.Equal(want) {
				t.Errorf("since %s, want %s", since, want)
			}
			_, err := w.Write(make([]byte, 300_000))
			meanwhile = s.supportDone.Text()
			if !s.support.Busy() {
				t.Error("it could be asked for twice")
			}
			return err
		},
	})
	test.Tap(s.support)
	if offered != "diapason-assistance-2026-11-19.zip" || meanwhile != "300\u00a0ko écrits…" {
		t.Errorf("offered %q, said %q", offered, meanwhile)
	}
	if st, err := os.Stat(filepath.Join(dir, "aide.zip")); err != nil || st.Size() != 300_000 {
		t.Errorf("%v, %v", st, err)
	}
	if len(h.toasts) != 1 || len(h.failures) != 0 || s.support.Busy() || s.supportDone.Text() != "" {
		t.Errorf("toasts %q, failures %v, still %q", h.toasts, h.failures, s.supportDone.Text())
	}
}

func TestSupportFileThatCannotBeWrittenIsAFailureAndLeavesNothing(t *testing.T) {
	broken, elsewhere := errors.New("broken"), errors.New("no dialog")
	for name, c := range map[string]struct {
		path    string
		chosen  error
		written error
		want    func(error) bool
	}{
		"no such folder": {path: "absent/aide.zip", want: func(err error) bool {
			p, ok := errors.AsType[*storage.Problem](err)
			return ok && p.Code == "file.notWritten"
		}},
		"the workspace fails": {path: "aide.zip", written: broken, want: func(err error) bool { return errors.Is(err, broken) }},
		"the choice fails":    {chosen: elsewhere, want: func(err error) bool { return errors.Is(err, elsewhere) }},
		"given up":            {},
	} {
		t.Run(name, func(t *testing.T) {
			dir, h := t.TempDir(), &host{}
			s := newSupportScreen(t, h, &Support{
				Choose: func(_ string, done func(string, error)) {
					if c.path == "" {
						done("", c.chosen)
						return
					}
					done(filepath.Join(dir, c.path), nil)
				},
				Write: func(context.Context, io.Writer, time.Time) error { return c.written },
			})
			test.Tap(s.support)
			if c.want == nil && len(h.failures) > 0 || c.want != nil && (len(h.failures) != 1 || !c.want(h.failures[0])) {
				t.Errorf("failures %v", h.failures)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 0 || s.support.Busy() || len(h.toasts) > 0 {
				t.Errorf("left %v, %v, toasts %q", left, err, h.toasts)
			}
		})
	}
}
