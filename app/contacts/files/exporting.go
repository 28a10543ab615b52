package files

import (
	"context"
	"errors"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"diapason/app/wholefile"
	"diapason/assets/words"
	"diapason/sync/contacts"
)

// Export asks where to write, and writes contacts there: those of ids, or all of them when it is nil.
func (f *Files) Export(ids []string) {
	f.p.Host.SaveFile(words.T("contacts.files.save"), words.T("contacts.files.name"), Endings[:1], func(path string, err error) {
		switch {
		case err != nil:
			f.p.Host.Failure(err)
		case path != "":
			f.exportTo(path, ids)
		}
	})
}

// exportTo writes elsewhere, whole or not at all, and says in the end how many and where.
func (f *Files) exportTo(path string, ids []string) {
	if !slices.Contains(Endings, strings.ToLower(filepath.Ext(path))) {
		path += Endings[0]
	}
	name := filepath.Base(path)
	f.p.Background(func() {
		count := 0
		err := wholefile.Write(path, func(w io.Writer) (err error) {
			count, err = f.p.Service.ExportFile(context.Background(), w, contacts.ExportParams{Name: name, IDs: ids})
			return err
		})
		f.p.UI(func() {
			switch {
			case errors.Is(err, context.Canceled):
			case err != nil:
				f.p.Host.Failure(err)
			default:
				folder := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Dir(path))}
				f.p.Host.Toast(words.N("contacts.files.exported", count, "file", name), words.T("contacts.files.show"),
					func() { f.p.Host.OpenURL(folder.String()) })
			}
		})
	})
}
