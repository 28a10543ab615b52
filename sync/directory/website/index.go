package website

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"iter"
	"os"
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/directory"
)

const (
	indexData = "index.json"
	indexPage = "index.html"
	// mark tells our index from the home page of a site, which is never overwritten.
	mark = "diapason-index"
)

// index is the list of the living establishments, by file name without extension.
type index map[string]item

// item is what the index shows of one.
type item struct {
	Type      json.RawMessage `json:"@type,omitempty"`
	ID        string          `json:"@id"`
	Name      string          `json:"name"`
	URL       string          `json:"url"` // relative to the index
	Telephone string          `json:"telephone,omitempty"`
	Address   json.RawMessage `json:"address,omitempty"`
}

type listItem struct {
	Type     string `json:"@type"`
	Position int    `json:"position"`
	Item     item   `json:"item"`
}

// itemList is the index as it is written, a schema.org ItemList.
type itemList struct {
	Context    string     `json:"@context"`
	Type       string     `json:"@type"`
	Identifier string     `json:"identifier"`
	Count      int        `json:"numberOfItems"`
	Elements   []listItem `json:"itemListElement"`
}

// set lists a document, or takes one out that is not for the public any more.
func (x index) set(name string, d *document) {
	switch storage.Status(d.said()[storage.FieldStatus]) {
	case storage.StatusActive, storage.StatusTemporarilyClosed:
		x[name] = item{
			Type: d.raw[propType], ID: textOf(d.raw[propID]), Name: textOf(d.raw["name"]), URL: name + extension,
			Telephone: textOf(d.raw["telephone"]), Address: d.raw["address"],
		}
	default:
		delete(x, name)
	}
}

// readIndex reads the index, or makes it again from the documents when it is gone or broken. Someone else's page in its
// place is a problem that the user has to solve.
func (s *site) readIndex() (index, error) {
	page, err := s.folder.Read(indexPage)
	if err != nil {
		return nil, err
	}
	data, err := s.folder.Read(indexData)
	if err != nil {
		return nil, err
	}
	var list itemList
	broken := json.Unmarshal(data, &list) != nil
	if page != nil && !bytes.Contains(page, []byte(mark)) {
		return nil, s.foreign(indexPage)
	}
	if data != nil && !broken && list.Identifier != mark {
		return nil, s.foreign(indexData)
	}
	if data == nil || broken {
		return s.rebuiltIndex()
	}
	x := index{}
	for _, e := range list.Elements {
		x[strings.TrimSuffix(e.Item.URL, extension)] = e.Item
	}
	return x, nil
}

func (s *site) foreign(name string) error {
	p := storage.NewProblem("website.foreignIndex", "file", name, "folder", string(s.folder))
	return &directory.Error{Class: directory.Auth, Problem: p, Err: errors.New("not written by us")}
}

func (s *site) rebuiltIndex() (index, error) {
	x := index{}
	entries, err := os.ReadDir(string(s.folder))
	if errors.Is(err, os.ErrNotExist) {
		return x, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name, ours := strings.CutSuffix(e.Name(), extension)
		if !ours || e.IsDir() {
			continue
		}
		raw, err := s.folder.Read(e.Name())
		if err != nil {
			return nil, err
		}
		if d := parse(raw); d != nil && d.raw[propID] != nil {
			x.set(name, d)
		}
	}
	return x, nil
}

// list gives the index in order of names.
func (x index) list() itemList {
	l := itemList{
		Context: vocabulary, Type: "ItemList", Identifier: mark, Count: len(x),
		Elements: make([]listItem, 0, len(x)),
	}
	keys := make(map[string]string, len(x))
	for _, i := range x {
		keys[i.URL] = storage.SearchKey(i.Name)
		l.Elements = append(l.Elements, listItem{Type: "ListItem", Item: i})
	}
	slices.SortFunc(l.Elements, func(a, b listItem) int {
		return cmp.Or(cmp.Compare(keys[a.Item.URL], keys[b.Item.URL]), cmp.Compare(a.Item.URL, b.Item.URL))
	})
	for i := range l.Elements {
		l.Elements[i].Position = i + 1
	}
	return l
}

func (s *site) writeIndex(x index) error {
	list := x.list()
	data := encode(list)
	if _, err := s.folder.Replace(indexData, func(w io.Writer) error { return writeIndented(w, data) }); err != nil {
		return err
	}
	_, err := s.folder.Replace(indexPage, func(w io.Writer) error {
		return page.Execute(w, map[string]any{"List": list, "Data": template.JS(data), "Mark": mark})
	})
	return err
}

// page shows the index to people, and to search engines as data. It has no words of its own, because it serves sites in
// any language.
var page = template.Must(template.New("index").Parse(`<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="generator" content="{{.Mark}}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>schema.org</title>
<script type="application/ld+json">{{.Data}}</script>
</head>
<body>
<ol>
{{- range .List.Elements}}
<li><a href="{{.Item.URL}}">{{.Item.Name}}</a></li>
{{- end}}
</ol>
</body>
</html>
`))

// WriteGraph writes one JSON-LD document with all establishments under @graph, one per line; memory does not grow.
func WriteGraph(w io.Writer, establishments iter.Seq2[*storage.Establishment, error]) error {
	if _, err := io.WriteString(w, `{"@context":"`+vocabulary+`","@graph":[`); err != nil {
		return err
	}
	separator := "\n"
	for e, err := range establishments {
		if err != nil {
			return err
		}
		d := document{}
		d.apply((&site{}).id(e.ID), directory.Change{Desired: e.Snapshot(Fields)})
		delete(d.raw, propContext)
		if _, err := io.WriteString(w, separator); err != nil {
			return err
		}
		if _, err := w.Write(d.compact()); err != nil {
			return err
		}
		separator = ",\n"
	}
	_, err := io.WriteString(w, "\n]}\n")
	return err
}
