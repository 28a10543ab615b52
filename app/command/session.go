package command

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"diapason/assets/words"
)

// session is one run of a command.
type session struct {
	ctx     context.Context
	program Program
	dir     string // the workspace's folder
	json    bool
	written bool // the JSON document is out; there is one only
}

// say writes one sentence for people.
func (s *session) say(text string) {
	fmt.Fprintln(s.program.Stderr, text) //nolint:errcheck // nobody is left to tell
}

// sayT writes the sentence of a key.
func (s *session) sayT(key string, args ...string) { s.say(words.T(key, args...)) }

// document writes the one JSON document. Without --json it writes nothing: people read sentences.
func (s *session) document(v any) error {
	if !s.json || s.written {
		return nil
	}
	s.written = true
	out := json.NewEncoder(s.program.Stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(v)
}

// line writes one line of a list that people asked for; with --json the document holds it instead.
func (s *session) line(cells ...string) error {
	if s.json {
		return nil
	}
	_, err := fmt.Fprintln(s.program.Stdout, strings.Join(cells, "\t"))
	return err
}

// hasFlag reports whether a flag stands among the arguments, before they are parsed.
func hasFlag(args []string, flag string) bool {
	for _, a := range args {
		if a == "--" {
			return false
		}
		if a == flag {
			return true
		}
	}
	return false
}

// languageOf gives the language of the messages: --lang's, or the default.
func languageOf(args []string) string {
	if given := givenLanguage(args); given != "" {
		return given
	}
	return words.Languages[0]
}

// givenLanguage finds --lang before the arguments are parsed, because their errors are in that language too; "" without
// it.
func givenLanguage(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return v
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// withWorkspace opens the workspace, does the work, and closes it whatever happened.
func (s *session) withWorkspace(f func(*Workspace) error) error {
	w, err := s.open()
	if err != nil {
		return err
	}
	err = f(w)
	if closing := w.Close(); err == nil {
		err = closing
	}
	return err
}
