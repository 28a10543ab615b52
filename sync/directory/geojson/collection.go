package geojson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/directory/folder"
)

// collection is one account's file. What load found is used again until the file changes.
type collection struct {
	folder folder.Folder

	file    os.FileInfo                // what load has read; nil when there was no file, or it must be read again
	members map[string]json.RawMessage // of the collection, its type and features excepted
	byRef   map[string]span
	others  []span // features without a ref, or with one that an earlier feature bears
}

// span is where a feature stands in the file.
type span struct {
	at     int64
	length int
}

// load reads where the features stand. A file that is no collection is a problem for the user and is never touched.
func (c *collection) load() error {
	f, err := os.Open(c.path())
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := c.folder.Read(FileName); err != nil {
			return err // the folder itself is away
		}
		*c = collection{folder: c.folder, byRef: map[string]span{}}
		return nil
	}
	if err != nil {
		return c.failed(err)
	}
	defer f.Close() // only read from
	stat, err := f.Stat()
	if err != nil {
		return c.failed(err)
	}
	if c.file != nil && os.SameFile(c.file, stat) && c.file.ModTime().Equal(stat.ModTime()) && c.file.Size() == stat.Size() {
		return nil
	}
	fresh := collection{
		folder: c.folder, file: stat, members: map[string]json.RawMessage{}, byRef: map[string]span{},
	}
	if err := fresh.scan(f); err != nil {
		p := storage.NewProblem("geojson.unreadable", "file", c.path()).Because(err)
		return &directory.Error{Class: directory.Auth, Problem: p, Err: err}
	}
	*c = fresh
	return nil
}

func (c *collection) path() string { return c.folder.Path(FileName) }

func (c *collection) failed(err error) error {
	return &directory.Error{
		Class: directory.Ambiguous, Err: err,
		Problem: storage.NewProblem("folder.failed", "folder", string(c.folder)).Because(err),
	}
}

// scan walks through the collection without keeping its features.
func (c *collection) scan(r io.Reader) error {
	d := json.NewDecoder(r)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("no JSON object: %v, %w", t, err)
	}
	isCollection, hasFeatures := false, false
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if name == "features" && !hasFeatures {
			hasFeatures = true
			if err := c.scanFeatures(d); err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if name == "type" {
			isCollection = string(value) == `"FeatureCollection"`
			continue
		}
		c.members[fmt.Sprint(name)] = value
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if !isCollection || !hasFeatures {
		return errors.New("no FeatureCollection")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text after the collection")
	}
	return nil
}

func (c *collection) scanFeatures(d *json.Decoder) error {
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return fmt.Errorf("features are no list: %v, %w", t, err)
	}
	for d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		s := span{at: d.InputOffset() - int64(len(raw)), length: len(raw)}
		ref := refOf(raw)
		if _, twice := c.byRef[ref]; ref == "" || twice {
			c.others = append(c.others, s)
			continue
		}
		c.byRef[ref] = s
	}
	_, err := d.Token()
	return err
}

// refOf gives a feature's ref, a number's as text, or "".
func refOf(raw json.RawMessage) string {
	var f struct {
		Properties struct {
			Ref json.RawMessage `json:"ref"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &f) != nil {
		return ""
	}
	return directory.Text(f.Properties.Ref)
}

// feature gives the text of a feature, nil when there is none.
func (c *collection) feature(ref string) ([]byte, error) {
	s, ok := c.byRef[ref]
	if !ok {
		return nil, nil
	}
	f, err := os.Open(c.path())
	if err != nil {
		return nil, c.failed(err)
	}
	defer f.Close() // only read from
	return c.at(f, s)
}

func (c *collection) at(f io.ReaderAt, s span) ([]byte, error) {
	b := make([]byte, s.length)
	if _, err := f.ReadAt(b, s.at); err != nil {
		return nil, c.failed(err)
	}
	return b, nil
}

// rewrite writes the file with the fresh features in their places; one that is nil is taken out.
func (c *collection) rewrite(fresh map[string][]byte) error {
	_, err := c.folder.Replace(FileName, func(w io.Writer) error {
		var old io.ReaderAt
		if c.file != nil {
			f, err := os.Open(c.path())
			if err != nil {
				return err
			}
			defer f.Close() // only read from
			old = f
		}
		return c.merge(w, old, fresh)
	})
	c.file = nil // a second file of the same date and size is another one all the same
	return err
}

func (c *collection) merge(w io.Writer, old io.ReaderAt, fresh map[string][]byte) error {
	out := lines{w: w}
	if err := out.begin(c.members); err != nil {
		return err
	}
	refs := slices.AppendSeq(slices.Collect(maps.Keys(c.byRef)), maps.Keys(fresh))
	slices.Sort(refs)
	for _, ref := range slices.Compact(refs) {
		line, isFresh := fresh[ref]
		if isFresh && line == nil {
			continue
		}
		if !isFresh {
			var err error
			if line, err = c.at(old, c.byRef[ref]); err != nil {
				return err
			}
		}
		if err := out.feature(line); err != nil {
			return err
		}
	}
	for _, s := range c.others {
		line, err := c.at(old, s)
		if err != nil {
			return err
		}
		if err := out.feature(line); err != nil {
			return err
		}
	}
	return out.end()
}

// lines writes a collection, one feature per line.
type lines struct {
	w         io.Writer
	separator string
}

func (l *lines) begin(members map[string]json.RawMessage) error {
	l.separator = "\n"
	head := []byte(`{"type":"FeatureCollection",`)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		head = fmt.Appendf(head, "%s:%s,", encode(name), encode(members[name]))
	}
	_, err := l.w.Write(append(head, `"features":[`...))
	return err
}

func (l *lines) feature(line []byte) error {
	if bytes.IndexByte(line, '\n') >= 0 { // laid out by a hand
		var b bytes.Buffer
		if err := json.Compact(&b, line); err != nil {
			return err
		}
		line = b.Bytes()
	}
	if _, err := io.WriteString(l.w, l.separator); err != nil {
		return err
	}
	l.separator = ",\n"
	_, err := l.w.Write(line)
	return err
}

func (l *lines) end() error {
	_, err := io.WriteString(l.w, "\n]}\n")
	return err
}
