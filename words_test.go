package main

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// sentence is one translated text and where it stands.
type sentence struct{ file, text string }

// sentences reads all of a language's files; a key that stands twice is an error, because one of them would be lost.
func sentences(t *testing.T, lang string) map[string]sentence {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("assets", "translations", lang, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]sentence{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		keys := map[string]string{}
		if err := json.Unmarshal(raw, &keys); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for k, text := range keys {
			if first, twice := all[k]; twice {
				t.Errorf("%s stands in %s and in %s", k, first.file, file)
			}
			all[k] = sentence{file, text}
		}
	}
	return all
}

var placeholder = regexp.MustCompile(`\{[A-Za-z]+\}`)

// placeholders lists the distinct placeholders of a text, sorted. A counted sentence may leave {n} out ("one file").
func placeholders(key, text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	found = slices.Compact(found)
	if strings.HasSuffix(key, ".one") || strings.HasSuffix(key, ".other") {
		found = slices.DeleteFunc(found, func(p string) bool { return p == "{n}" })
	}
	return found
}

func TestHouseSaysEverythingInBothLanguages(t *testing.T) {
	fr, en := sentences(t, "fr"), sentences(t, "en")
	for k, s := range fr {
		other, ok := en[k]
		switch {
		case !ok:
			t.Errorf("%s (%s) has no English", k, s.file)
		case filepath.Base(other.file) != filepath.Base(s.file):
			t.Errorf("%s stands in %s and in %s", k, s.file, other.file)
		case strings.TrimSpace(s.text) == "" || strings.TrimSpace(other.text) == "":
			t.Errorf("%s is empty", k)
		case !slices.Equal(placeholders(k, s.text), placeholders(k, other.text)):
			t.Errorf("%s: placeholders differ: %q and %q", k, s.text, other.text)
		}
	}
	for k, s := range en {
		if _, ok := fr[k]; !ok {
			t.Errorf("%s (%s) has no French", k, s.file)
		}
	}
}

// mistakes of French typography, each with what it should have been.
var mistakes = []struct {
	pattern *regexp.Regexp
	advice  string
}{
	{regexp.MustCompile(` [:;?!»%]`), "a no-break space (U+00A0) stands before : ; ? ! » %"},
	{regexp.MustCompile(`« `), "a no-break space (U+00A0) stands after «"},
	{regexp.MustCompile(`«[^\x{00A0}]|[^\x{00A0}]»`), "guillemets have no-break spaces (U+00A0) inside"},
	{regexp.MustCompile(`\p{L}[;?!](\s|$)|\p{L}:(\s|$)`), "a no-break space (U+00A0) stands before : ; ? !"},
	{regexp.MustCompile(`\p{L}'\p{L}`), "the apostrophe is ’"},
	{regexp.MustCompile(`\.\.\.`), "the ellipsis is …"},
	{regexp.MustCompile(`"`), "quotation marks are « »"},
	{regexp.MustCompile(`(^|\p{L} )\d{1,3} \d{3}(\D|$)`), "a narrow no-break space (U+202F) groups thousands"},
	{regexp.MustCompile(`(?i)veuillez|\boups\b`), "say what to do, without Veuillez nor Oups"},
	{regexp.MustCompile(`  |^ | $`), "a space too many"},
	{regexp.MustCompile(`\b(Etablissement|Ecart|Etat|A jour|A synchroniser|Echec|Editer|Etoile)`), "capitals keep their accents"},
}

func TestHouseWritesFrenchWithItsTypography(t *testing.T) {
	for k, s := range sentences(t, "fr") {
		if !strings.ContainsFunc(s.text, unicode.IsLetter) {
			continue // a separator
		}
		for _, m := range mistakes {
			if m.pattern.MatchString(s.text) {
				t.Errorf("%s (%s): %s: %q", k, s.file, m.advice, s.text)
			}
		}
	}
}

// uses is what the source says of keys: those it names whole, and the beginnings that it completes at run time.
type uses struct {
	called   map[string]string // key of words.T, words.N, words.Has or of NewProblem -> place
	counted  map[string]string // key of words.N
	literals map[string]bool   // every string literal
	prefixes map[string]bool   // literals that end in a dot: "word." + string(w)
}

func usesOf(t *testing.T) uses {
	t.Helper()
	u := uses{map[string]string{}, map[string]string{}, map[string]bool{}, map[string]bool{}}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if text, ok := literal(n); ok && !s.isTest() {
					u.literals[text] = true
					if strings.HasSuffix(text, ".") {
						u.prefixes[text] = true
					}
				}
			case *ast.CallExpr:
				u.call(s, n)
			}
			return true
		})
	}
	return u
}

func (u uses) call(s source, call *ast.CallExpr) {
	if len(call.Args) == 0 || s.isTest() {
		return
	}
	key, ok := literal(call.Args[0])
	if !ok {
		return
	}
	var pkg, name string
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, isIdent := f.X.(*ast.Ident); isIdent {
			pkg = x.Name
		}
	case *ast.Ident:
		name = f.Name
	}
	switch {
	case name == "NewProblem":
		u.called["problem."+key] = s.at(call)
	case pkg == "words" && name == "N":
		u.counted[key] = s.at(call)
	case pkg == "words" && (name == "T" || name == "Has"):
		u.called[key] = s.at(call)
	}
}

// literal gives the text of a string literal.
func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func TestHouseHasWordsForEverythingItSays(t *testing.T) {
	fr := sentences(t, "fr") // the English is held to the French by another test
	u := usesOf(t)
	for k, at := range u.called {
		if _, ok := fr[k]; !ok {
			t.Errorf("%s: nothing is written for %s", at, k)
		}
	}
	for k, at := range u.counted {
		for _, form := range []string{".one", ".other"} {
			if _, ok := fr[k+form]; !ok {
				t.Errorf("%s: nothing is written for %s", at, k+form)
			}
		}
	}
}

func TestHouseKeepsNoSentenceThatNobodySays(t *testing.T) {
	u := usesOf(t)
	for k, s := range sentences(t, "fr") {
		if !u.says(k) {
			t.Errorf("%s (%s) is said nowhere", k, s.file)
		}
	}
}

// says reports whether the source can come to this key: it names it, its problem's code, or a beginning of it.
func (u uses) says(key string) bool {
	key = strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
	if code, ok := strings.CutPrefix(key, "problem."); ok {
		if u.literals[code] {
			return true
		}
		return slices.ContainsFunc(beginnings(code), func(b string) bool { return u.prefixes[b] })
	}
	if u.literals[key] {
		return true
	}
	return slices.ContainsFunc(beginnings(key), func(b string) bool { return u.prefixes[b] })
}

// beginnings gives "a." and "a.b." for "a.b.c".
func beginnings(key string) []string {
	var all []string
	for i, r := range key {
		if r == '.' {
			all = append(all, key[:i+1])
		}
	}
	return all
}

// spoken are literals with French letters that are not sentences: names of languages in their own language.
var spoken = []string{"Français", "français"}

// TestHouseHasNoFrenchOutsideTheTranslations is a heuristic: a literal with an accent or a guillemet in a screen's or a
// widget's code is a sentence that the English interface would show in French.
func TestHouseHasNoFrenchOutsideTheTranslations(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() || s.room() != "app" && s.room() != "widgets" || strings.HasPrefix(s.dir(), "app/windowtest") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			text, ok := literal(n)
			if ok && strings.ContainsFunc(text, french) && !slices.Contains(spoken, text) {
				t.Errorf("%s: %q belongs into assets/translations", s.at(n), text)
			}
			return true
		})
	}
}

func french(r rune) bool {
	return r == '«' || r == '»' || r > unicode.MaxASCII && r < 0x180 && unicode.IsLetter(r)
}
