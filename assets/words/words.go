// Package words puts Diapason's sentences into the user's language. It reads assets/translations/<language>/*.json:
// flat JSON objects from a key to a sentence with {named} placeholders; "key.one" and "key.other" are the two forms of
// a counted sentence. One key is one whole sentence: nothing is ever concatenated from two.
//
// It knows no screen and no entity. Fyne's own built-in words are registered by app/shell.
package words

import (
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"
	stdsync "sync"
	"sync/atomic"

	"diapason/assets"
)

// Languages are the interface's languages; the first is the default.
var Languages = []string{"fr", "en"}

// catalogs are read when their language is first used: a start needs one of them.
var (
	catalogs = prepare()
	current  atomic.Pointer[catalog] // nil: the default language
)

type catalog struct {
	lang      string
	sentences func() map[string]string
}

func prepare() map[string]*catalog {
	all := make(map[string]*catalog, len(Languages))
	for _, lang := range Languages {
		all[lang] = &catalog{lang: lang, sentences: stdsync.OnceValue(func() map[string]string { return load(lang) })}
	}
	return all
}

func load(lang string) map[string]string {
	sentences := map[string]string{}
	dir := path.Join("translations", lang)
	files, err := assets.Translations.ReadDir(dir)
	if err != nil {
		panic("words: " + err.Error()) // embedded: cannot fail in a program that was built
	}
	for _, f := range files {
		raw, err := assets.Translations.ReadFile(path.Join(dir, f.Name()))
		if err != nil {
			panic("words: " + err.Error())
		}
		if err := json.Unmarshal(raw, &sentences); err != nil {
			panic("words: " + lang + "/" + f.Name() + ": " + err.Error())
		}
	}
	return sentences
}

// inUse gives the catalog of the language in use.
func inUse() *catalog {
	if c := current.Load(); c != nil {
		return c
	}
	return catalogs[Languages[0]]
}

// Use chooses the language, "fr" or "en"; another one is refused.
func Use(lang string) error {
	c, ok := catalogs[lang]
	if !ok {
		return fmt.Errorf("unknown language %q", lang)
	}
	current.Store(c)
	return nil
}

// Lang gives the language in use.
func Lang() string { return inUse().lang }

// Has reports whether the key is translated in the language in use.
func Has(key string) bool {
	_, ok := inUse().sentences()[key]
	return ok
}

// Each gives the sentence of key in every language, in the order of Languages.
func Each(key string) []string {
	all := make([]string, len(Languages))
	for i, lang := range Languages {
		all[i] = catalogs[lang].sentences()[key]
	}
	return all
}

// T gives the sentence of key with its placeholders filled from alternating names and values:
// T("sync.done", "count", "3"). A missing key gives the key itself, which a test catches.
func T(key string, args ...string) string {
	s, ok := inUse().sentences()[key]
	if !ok {
		return key
	}
	return fill(s, args)
}

// In gives the sentence of key in a language, whatever the one in use: for what is read elsewhere, as a feed.
func In(lang, key string, args ...string) string {
	c, ok := catalogs[lang]
	if !ok {
		c = catalogs[Languages[0]]
	}
	s, ok := c.sentences()[key]
	if !ok {
		return key
	}
	return fill(s, args)
}

// N gives the form of key for n, with {n} filled with the grouped number: in French 0 and 1 are singular, in English
// only 1.
func N(key string, n int, args ...string) string {
	c := inUse()
	form := ".other"
	if n == 1 || (n == 0 && c.lang == "fr") {
		form = ".one"
	}
	s, ok := c.sentences()[key+form]
	if !ok {
		return key + form
	}
	return fill(s, append([]string{"n", Number(n)}, args...))
}

// Number groups thousands: 1 201 (narrow no-break space) in French, 1,201 in English.
func Number(n int) string {
	sep := ","
	if Lang() == "fr" {
		sep = "\u202f"
	}
	digits := strconv.Itoa(max(n, -n))
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + sep + digits[i:]
	}
	if n < 0 {
		return "-" + digits
	}
	return digits
}

func fill(s string, args []string) string {
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+args[i]+"}", args[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
