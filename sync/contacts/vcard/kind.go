package vcard

import (
	"slices"
	"strings"

	"diapason/sync/contentline"
)

// Values have types of several words and, from Apple, labels of their own in a line of the same group. A type here is one
// text: the words that matter in a fixed order ("work,cell"), or the label that a person typed.

// words are the types that matter, in the order in which they are put together. "other" says nothing.
var words = []string{"home", "work", "main", "cell", "fax", "pager"}

// noise are the types that say nothing about whose or what the value is.
var noise = []string{
	"voice", "pref", "internet", "x400", "msg", "video", "text", "textphone", "iphone", "dom", "intl", "postal", "parcel",
	"other",
}

// labels are Apple's own, without their marks and in small letters.
var labels = map[string]string{
	"mobile": "cell", "homefax": "home,fax", "workfax": "work,fax", "other": "", "homepage": "home",
}

const labelName = "X-ABLABEL"

// kind gives the type of a line's value.
func (d *document) kind(l *line) string {
	if label := d.label(l); label != nil {
		text := read(label.value)
		own, ok := strings.CutPrefix(text, "_$!<")
		if own, ok2 := strings.CutSuffix(own, ">!$_"); ok && ok2 {
			own = strings.ToLower(own)
			if word, known := labels[own]; known {
				return word
			}
			return own
		}
		if text != "" {
			return text
		}
	}
	var found []string
	unknown := ""
	for _, p := range l.params {
		if p.name != "TYPE" {
			continue
		}
		for word := range strings.SplitSeq(strings.ToLower(p.value), ",") {
			word = strings.TrimSpace(word)
			switch {
			case slices.Contains(words, word):
				found = append(found, word)
			case unknown == "" && !slices.Contains(noise, word):
				unknown = word
			}
		}
	}
	if found == nil {
		return unknown
	}
	return together(found)
}

// together puts words into their order, each once.
func together(found []string) string {
	var kept []string
	for _, w := range words {
		if slices.Contains(found, w) {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, ",")
}

// label gives the line with the label of a line's group, nil when it has none.
func (d *document) label(l *line) *line {
	if l.group == "" {
		return nil
	}
	for i := range d.lines {
		if d.lines[i].name == labelName && strings.EqualFold(d.lines[i].group, l.group) {
			return &d.lines[i]
		}
	}
	return nil
}

// isWords tells a type that is written as words; all others are labels.
func isWords(kind string) bool {
	return kind == "" || together(strings.Split(kind, ",")) == kind
}

// retype gives a line's parameters with another type in words.
func (d *document) retype(l *line, kind string) []param {
	var kept []param
	preferred := false
	for _, p := range l.params {
		if p.name != "TYPE" {
			kept = append(kept, p)
			continue
		}
		preferred = preferred || slices.Contains(strings.Split(strings.ToLower(p.value), ","), "pref")
	}
	var types []string
	if isWords(kind) && kind != "" {
		types = strings.Split(strings.ToUpper(kind), ",")
	}
	if l.name == "TEL" && len(types) == 1 && (kind == "home" || kind == "work") {
		types = append(types, "VOICE")
	}
	if preferred {
		types = append(types, "PREF")
	}
	if len(types) == 0 {
		return kept
	}
	if d.version == "2.1" {
		for _, t := range types {
			kept = append(kept, param{name: "TYPE", value: t, text: t})
		}
		return kept
	}
	all := strings.Join(types, ",")
	return append(kept, param{name: "TYPE", value: all, text: "TYPE=" + all})
}

// labelLine writes the label of a group.
func (d *document) labelLine(group, kind string) line {
	l := line{group: group, written: "X-ABLabel", name: labelName}
	return d.written(l, string(contentline.AppendText(nil, kind)))
}
