package shell

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	fynestorage "fyne.io/fyne/v2/storage"
	"github.com/ncruces/zenity"
)

// Filter is a group of files that can be chosen: its name for people, and the endings, with their dots.
type Filter struct {
	Name    string
	Endings []string
}

// picker lets people choose files and folders. done is called on the interface's goroutine, with "" when they changed
// their mind.
type picker interface {
	OpenFile(title string, f Filter, done func(path string, err error))
	SaveFile(title, name string, f Filter, done func(path string, err error))
	Folder(title string, done func(path string, err error))
}

// newPicker gives the system's own dialogs where they can be reached without a foreign program, Fyne's elsewhere.
func newPicker(w fyne.Window, p preferences) picker {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return &nativePicker{prefs: p}
	}
	return &fynePicker{window: w, prefs: p}
}

// nativePicker uses the dialogs of Windows and macOS. They block, hence a goroutine for each.
type nativePicker struct{ prefs preferences }

func (n *nativePicker) choose(done func(string, error), choose func(...zenity.Option) (string, error), options ...zenity.Option) {
	if folder := n.prefs.Get(prefFolder); folder != "" {
		options = append([]zenity.Option{zenity.Filename(folder + string(filepath.Separator))}, options...)
	}
	go func() {
		path, err := choose(append(options, zenity.Context(context.Background()))...)
		if errors.Is(err, zenity.ErrCanceled) {
			path, err = "", nil
		}
		fyne.Do(func() {
			remember(n.prefs, path)
			done(path, err)
		})
	}()
}

func filters(f Filter) zenity.FileFilters {
	patterns := make([]string, len(f.Endings))
	for i, e := range f.Endings {
		patterns[i] = "*" + e
	}
	return zenity.FileFilters{{Name: f.Name, Patterns: patterns, CaseFold: true}}
}

// OpenFile chooses a file to read.
func (n *nativePicker) OpenFile(title string, f Filter, done func(string, error)) {
	n.choose(done, zenity.SelectFile, zenity.Title(title), filters(f))
}

// SaveFile chooses a file to write; the system asks before an existing one is replaced.
func (n *nativePicker) SaveFile(title, name string, f Filter, done func(string, error)) {
	n.choose(done, zenity.SelectFileSave, zenity.Title(title), zenity.ConfirmOverwrite(),
		zenity.Filename(filepath.Join(n.prefs.Get(prefFolder), name)), filters(f))
}

// Folder chooses a folder.
func (n *nativePicker) Folder(title string, done func(string, error)) {
	n.choose(done, zenity.SelectFile, zenity.Title(title), zenity.Directory())
}

// fynePicker uses the dialogs that Fyne draws, made as large as the window allows.
type fynePicker struct {
	window fyne.Window
	prefs  preferences
}

// open shows a dialog in the last folder used. Fyne 2.8.1 can resize it only once it is shown.
func (k *fynePicker) open(d *dialog.FileDialog, title string) {
	d.SetTitleText(title)
	if folder := k.prefs.Get(prefFolder); folder != "" {
		if uri, err := fynestorage.ListerForURI(fynestorage.NewFileURI(folder)); err == nil {
			d.SetLocation(uri)
		} // a folder that is no more: the dialog opens where it likes
	}
	d.Show()
	translatePlaces(k.window.Canvas().Overlays().Top())
	s := k.window.Canvas().Size()
	d.Resize(fyne.NewSize(s.Width*0.8, s.Height*0.8))
}

// OpenFile chooses a file to read.
func (k *fynePicker) OpenFile(title string, f Filter, done func(string, error)) {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			done("", err)
			return
		}
		path := r.URI().Path()
		remember(k.prefs, path)
		done(path, r.Close())
	}, k.window)
	d.SetFilter(fynestorage.NewExtensionFileFilter(bothCases(f.Endings)))
	k.open(d, title)
}

// SaveFile chooses a file to write. Fyne opens it at once, which leaves an empty file: it is removed, so that what
// writes it decides when it appears.
func (k *fynePicker) SaveFile(title, name string, _ Filter, done func(string, error)) {
	d := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		if err != nil || w == nil {
			done("", err)
			return
		}
		path := w.URI().Path()
		remember(k.prefs, path)
		done(path, errors.Join(w.Close(), os.Remove(path)))
	}, k.window)
	d.SetFileName(name)
	k.open(d, title)
}

// Folder chooses a folder.
func (k *fynePicker) Folder(title string, done func(string, error)) {
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		if err != nil || u == nil {
			done("", err)
			return
		}
		k.prefs.Set(prefFolder, u.Path())
		done(u.Path(), nil)
	}, k.window)
	k.open(d, title)
}

func remember(p preferences, path string) {
	if path != "" {
		p.Set(prefFolder, filepath.Dir(path))
	}
}

func bothCases(endings []string) []string {
	out := slices.Clone(endings)
	for _, e := range endings {
		upper := []byte(e)
		for i, c := range upper {
			if c >= 'a' && c <= 'z' {
				upper[i] = c - 'a' + 'A'
			}
		}
		out = append(out, string(upper))
	}
	return out
}
