package tabular

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"diapason/storage"
)

// Open opens a .xlsx, .xlsm or .csv file. Anything else gets a *storage.Problem that says what it is; the content
// counts, not the name, save for text files.
func Open(ctx context.Context, path string) (*Workbook, error) {
	return openLimited(ctx, path, defaultLimits)
}

func openLimited(ctx context.Context, path string, l limits) (*Workbook, error) {
	name := filepath.Base(path)
	f, size, err := openFile(path, name)
	if err != nil {
		return nil, err
	}
	w := &Workbook{name: name, path: path, file: f, limits: l}
	if err := w.recognise(ctx, size); err != nil {
		return nil, errors.Join(inWords(err, name), f.Close())
	}
	return w, nil
}

func openFile(path, name string) (*os.File, int64, error) {
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, storage.NewProblem("file.notFound", "name", name).Because(err)
	case err != nil:
		return nil, 0, storage.NewProblem("file.unreadable", "name", name).Because(err)
	case st.IsDir():
		return nil, 0, storage.NewProblem("file.isFolder", "name", name)
	case !st.Mode().IsRegular():
		return nil, 0, storage.NewProblem("file.unknown", "name", name)
	case st.Size() == 0:
		return nil, 0, storage.NewProblem("file.empty", "name", name)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, storage.NewProblem("file.unreadable", "name", name).Because(err)
	}
	return f, st.Size(), nil
}

// recognise looks at the first bytes and prepares the reading.
func (w *Workbook) recognise(ctx context.Context, size int64) error {
	head := make([]byte, 512)
	n, err := w.file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head = head[:n]
	if size > w.limits.fileBytes {
		return &flaw{code: flawTooLarge}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK")):
		return w.openArchive(size)
	case bytes.HasPrefix(head, oleSignature):
		return w.oldFile(ctx)
	case isImage(head):
		return storage.NewProblem("file.image", "name", w.name)
	}
	switch strings.ToLower(filepath.Ext(w.name)) {
	case ".csv", ".txt", ".tsv":
		return w.openCSV(ctx)
	case ".xlsx", ".xlsm":
		return &flaw{code: flawDamaged, cause: errors.New("no archive begins here")}
	case ".xls":
		return storage.NewProblem("file.oldExcel", "name", w.name)
	case ".ods":
		return storage.NewProblem("file.openDocument", "name", w.name)
	}
	return storage.NewProblem("file.unknown", "name", w.name)
}

func (w *Workbook) openArchive(size int64) error {
	a, err := openArchive(w.file, size, w.limits)
	if err != nil {
		return err
	}
	w.archive = a
	if a.part("xl/workbook.bin") != nil {
		return storage.NewProblem("file.binaryExcel", "name", w.name)
	}
	if p := a.part("mimetype"); p != nil {
		open, err := w.isOpenDocument()
		if err != nil {
			return err
		}
		if open {
			return storage.NewProblem("file.openDocument", "name", w.name)
		}
	}
	return w.readWorkbook()
}

func (w *Workbook) isOpenDocument() (bool, error) {
	body, err := w.archive.open(w.archive.part("mimetype"), w.limits.smallPart)
	if err != nil {
		return false, err
	}
	mime, err := io.ReadAll(io.LimitReader(body, 200))
	return bytes.Contains(mime, []byte("opendocument")), errors.Join(err, body.Close())
}

var oleSignature = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

// oldFile tells a workbook locked with a password from an old .xls: both are OLE containers, and the first has a
// stream named EncryptedPackage ([MS-OFFCRYPTO] 2.3.4.4), written in UTF-16.
func (w *Workbook) oldFile(ctx context.Context) error {
	var mark []byte
	for _, c := range []byte("EncryptedPackage") {
		mark = append(mark, c, 0)
	}
	buf := make([]byte, 256<<10)
	kept := 0
	for off := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := w.file.ReadAt(buf[kept:], off)
		off += int64(n)
		if bytes.Contains(buf[:kept+n], mark) {
			return storage.NewProblem("file.password", "name", w.name)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return err
			}
			return storage.NewProblem("file.oldExcel", "name", w.name)
		}
		kept = copy(buf, buf[kept+n-len(mark):kept+n])
	}
}

func isImage(head []byte) bool {
	for _, magic := range []string{"\x89PNG", "\xFF\xD8\xFF", "GIF8", "BM", "II*\x00", "MM\x00*"} {
		if bytes.HasPrefix(head, []byte(magic)) && (magic != "BM" || bytes.IndexByte(head, 0) >= 0) {
			return true
		}
	}
	if len(head) < 12 {
		return false
	}
	return string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP" ||
		string(head[4:8]) == "ftyp" && strings.Contains("heic heix mif1 avif", string(head[8:12]))
}
