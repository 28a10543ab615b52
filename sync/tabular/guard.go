package tabular

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strings"
)

// archive is a zip whose table of contents was checked before it was read.
type archive struct {
	limits limits
	parts  map[string]*zip.File // by lower-case path with plain slashes; the first of a name counts
}

// openArchive reads the table of contents of a zip. Its size is checked first, because the standard library would hold
// as many entries as a hostile file declares.
func openArchive(f *os.File, size int64, l limits) (*archive, error) {
	if err := checkDirectory(f, size, l); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, size)
	if err != nil {
		return nil, &flaw{code: flawTruncated, cause: err}
	}
	if len(z.File) > l.parts {
		return nil, &flaw{code: flawBomb, cause: errors.New("too many files in the archive")}
	}
	a := &archive{limits: l, parts: make(map[string]*zip.File, len(z.File))}
	for _, p := range z.File {
		name := partName(p.Name)
		if _, ok := a.parts[name]; !ok {
			a.parts[name] = p
		}
	}
	return a, nil
}

func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(s, `\`, "/"), "/"))
}

// Signatures and lengths of the end of a zip (PKWARE APPNOTE 4.3.15 and 4.3.16).
const (
	endSignature       = "PK\x05\x06"
	endLength          = 22
	locatorSignature   = "PK\x06\x07"
	locatorLength      = 20
	end64Length        = 56
	maxComment         = 65_535
	zip64OffsetMissing = 0xFFFFFFFF
)

// checkDirectory finds the end record and measures the directory from its offset to that record.
func checkDirectory(f io.ReaderAt, size int64, l limits) error {
	tail := make([]byte, min(size, endLength+maxComment+locatorLength))
	base := size - int64(len(tail))
	if _, err := f.ReadAt(tail, base); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	i := strings.LastIndex(string(tail), endSignature)
	if i < 0 || i+endLength > len(tail) {
		return &flaw{code: flawTruncated, cause: errors.New("the archive has no end record")}
	}
	offset := int64(binary.LittleEndian.Uint32(tail[i+16:]))
	if offset == zip64OffsetMissing && i >= locatorLength && string(tail[i-locatorLength:i-locatorLength+4]) == locatorSignature {
		at := int64(binary.LittleEndian.Uint64(tail[i-locatorLength+8:]))
		rec := make([]byte, end64Length)
		if at < 0 || at > size {
			return &flaw{code: flawDamaged}
		}
		if _, err := f.ReadAt(rec, at); err != nil {
			return &flaw{code: flawTruncated, cause: err}
		}
		offset = int64(binary.LittleEndian.Uint64(rec[48:]))
	}
	span := base + int64(i) - offset
	if offset < 0 || span < 0 {
		return &flaw{code: flawTruncated, cause: errors.New("the archive's directory is not where it says")}
	}
	if span > l.directory {
		return &flaw{code: flawBomb, cause: errors.New("the archive's directory is too long")}
	}
	return nil
}

func (a *archive) part(name string) *zip.File { return a.parts[partName(name)] }

// open inflates a part, up to limit bytes. What the archive declares is checked before a byte is inflated, what is
// really inflated is checked while it comes.
func (a *archive) open(p *zip.File, limit int64) (*inflater, error) {
	if p.Flags&1 != 0 {
		return nil, &flaw{code: flawDamaged, cause: errors.New("encrypted part")}
	}
	r := &inflater{limits: a.limits, limit: limit, compressed: int64(p.CompressedSize64), declared: int64(p.UncompressedSize64)}
	if err := r.check(r.declared); err != nil {
		return nil, err
	}
	body, err := p.Open()
	if err != nil {
		return nil, &flaw{code: flawDamaged, cause: err}
	}
	r.body = body
	return r, nil
}

// inflater counts what comes out of a compressed part.
type inflater struct {
	limits               limits
	body                 io.ReadCloser
	limit                int64
	compressed, declared int64
	read                 int64
}

func (r *inflater) check(n int64) error {
	if n < 0 || n > r.limit {
		return &flaw{code: flawTooLarge}
	}
	if n > r.limits.ratioFrom && n/max(r.compressed, 1) > r.limits.ratio {
		return &flaw{code: flawBomb}
	}
	return nil
}

func (r *inflater) Read(b []byte) (int, error) {
	n, err := r.body.Read(b)
	r.read += int64(n)
	if flawed := r.check(r.read); flawed != nil {
		return 0, flawed
	}
	if err != nil && !errors.Is(err, io.EOF) {
		code := flawDamaged
		if errors.Is(err, io.ErrUnexpectedEOF) {
			code = flawTruncated
		}
		return n, &flaw{code: code, cause: err}
	}
	return n, err
}

func (r *inflater) Close() error { return r.body.Close() }
