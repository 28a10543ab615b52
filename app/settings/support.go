package settings

import (
	"context"
	"io"
	"net/url"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/app/wholefile"
	"diapason/assets/words"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Support writes what somebody who helps needs to know of this workspace.
type Support struct {
	// Write is *sync.Engine's SupportFile.
	Write func(ctx context.Context, w io.Writer, since time.Time) error
	// Choose asks where to save; done is called on the interface's goroutine, with "" when the user gives up.
	Choose func(name string, done func(path string, err error))
}

const (
	// supportGoesBack is how far the journal of a support file goes back: as far as runs can be undone.
	supportGoesBack = 90 * 24 * time.Hour
	supportEnding   = ".zip"
	// tellEvery is the number of bytes from one word about the progress to the next.
	tellEvery = 256 << 10
)

func (s *Screen) supportPanel() fyne.CanvasObject {
	s.support = widgets.NewButton(widgets.Outlined, words.T("settings.support.do"), look.IconDocument, s.askSupport)
	s.supportDone = widgets.NewText("", look.SizeSmall, look.TextSecondary)
	return panel(words.T("settings.support"), explanation("settings.support.text"),
		widgets.NewLine(12, widgets.Own(s.support), widgets.Share(s.supportDone)))
}

// askSupport asks where the file goes, and completes a name that has no ending.
func (s *Screen) askSupport() {
	name := words.T("settings.support.file", "date", s.p.Now().Format(time.DateOnly)) + supportEnding
	s.p.Support.Choose(name, func(path string, err error) {
		switch {
		case err != nil:
			s.p.Host.Failure(err)
		case path != "":
			if filepath.Ext(path) == "" {
				path += supportEnding
			}
			s.writeSupport(path)
		}
	})
}

// writeSupport writes elsewhere, tells how far it is, and in the end where the file lies.
func (s *Screen) writeSupport(path string) {
	s.support.SetBusy(true)
	s.tellSupport(0)
	since := s.p.Now().Add(-supportGoesBack)
	s.p.Background(func() {
		err := wholefile.Write(path, func(w io.Writer) error {
			return s.p.Support.Write(s.ctx, &telling{to: w, tell: func(n int64) { s.p.UI(func() { s.tellSupport(n) }) }}, since)
		})
		s.p.UI(func() {
			s.support.SetBusy(false)
			s.supportDone.SetText("")
			switch {
			case s.ctx.Err() != nil: // the window is gone, and the file with it
			case err != nil:
				s.p.Host.Failure(err)
			default:
				folder := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Dir(path))}
				s.p.Host.Toast(words.T("settings.support.done", "file", filepath.Base(path)), words.T("settings.workspace.open"),
					func() { s.p.Host.OpenURL(folder.String()) })
			}
		})
	})
}

// tellSupport says how many bytes are written.
func (s *Screen) tellSupport(bytes int64) {
	s.supportDone.SetText(words.T("settings.support.running", "size", say.Size(bytes)))
}

// telling tells from time to time how many bytes it passed on.
type telling struct {
	to         io.Writer
	tell       func(bytes int64)
	done, told int64
}

func (t *telling) Write(p []byte) (int, error) {
	n, err := t.to.Write(p)
	t.done += int64(n)
	if t.done-t.told >= tellEvery {
		t.told = t.done
		t.tell(t.done)
	}
	return n, err
}
