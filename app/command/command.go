// Package command is Diapason without its window: the command line for servers, scheduled tasks, scripts and people who
// cannot use a window. It reads the arguments, opens the workspace, drives the same engine as the window, and reports:
// people read sentences on standard error, programs one JSON document on standard output.
//
// It decides nothing about establishments or directories, and it knows no toolkit. docs/cli.md is its manual; a test
// runs the manual's examples.
package command

import (
	"context"
	"errors"
	"io"

	"diapason/app/instance"
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
)

// The exit codes, part of the interface (docs/cli.md).
const (
	ExitDone     = 0 // all done
	ExitFailures = 1 // done, with failures listed; or stopped by an error of the machine
	ExitUsage    = 2 // wrong use or bad input; nothing was changed
	ExitGuard    = 3 // the guard stopped the run
	ExitLocked   = 4 // the workspace is open elsewhere
)

// Program is what main gives: the streams of the process and how to compose a workspace and a window.
type Program struct {
	Args   []string // without the program's name
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	// Open composes store, log and engine on a folder. Its errors are those of the store.
	Open func(ctx context.Context, dir string) (*Workspace, error)
	// Window shows an open workspace until the user closes it; it returns the error that kept it from opening.
	Window func(ctx context.Context, w *Workspace) error
	// Refuse shows in a window why a workspace cannot be opened, until the user closes it.
	Refuse func(ctx context.Context, r Refusal) error
	// Browse opens an address in the person's own browser.
	Browse func(address string) error
	// Version is shown by "version".
	Version string
}

// Refusal says why a workspace cannot be opened. Offer is the sentence about the backup that would mend it, "" without
// one; Restore puts that backup in place.
type Refusal struct {
	Reason  error
	Offer   string
	Restore func(ctx context.Context) error
}

// Run obeys the arguments and gives the exit code. Cancelling ctx (Ctrl+C) stops what runs: the item in flight is
// finished, the rest is reported as not done.
func Run(ctx context.Context, p Program) int {
	s := &session{ctx: ctx, program: p, json: hasFlag(p.Args, "--json")}
	if err := words.Use(languageOf(p.Args)); err != nil {
		return s.fail(storage.NewProblem("command.lang", "value", languageOf(p.Args)))
	}
	command, err := s.parse()
	if err == nil && command != nil {
		err = command.Run(s)
	}
	if err != nil {
		return s.fail(err)
	}
	return ExitDone
}

// errFailures ends a command whose report lists failures; the report has said everything.
var errFailures = errors.New("done with failures")

// exitCode gives the code that an error ends the process with.
func exitCode(err error) int {
	var p *storage.Problem
	var ps storage.Problems
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, storage.ErrLocked):
		return ExitLocked
	case errors.Is(err, errGuard):
		return ExitGuard
	case errors.Is(err, errFailures), errors.Is(err, context.Canceled), errors.Is(err, storage.ErrDiskFull),
		errors.Is(err, instance.ErrSilent):
		return ExitFailures
	case errors.As(err, &p), errors.As(err, &ps):
		return ExitUsage
	}
	for _, bad := range []error{
		storage.ErrNotFound, storage.ErrDuplicate, storage.ErrNewer, storage.ErrReadOnly, storage.ErrDamaged,
	} {
		if errors.Is(err, bad) {
			return ExitUsage
		}
	}
	return ExitFailures
}

// fail reports an error, unless the command's own report did, and gives its exit code.
func (s *session) fail(err error) int {
	code := exitCode(err)
	if errors.Is(err, errFailures) || errors.Is(err, errGuard) {
		return code
	}
	text := say.Error(err)
	if errors.Is(err, context.Canceled) {
		text = words.T("command.interrupted")
	}
	s.say(text)
	if s.json && !s.written {
		s.document(struct {
			Error failure `json:"error"`
		}{failure{Code: codeOf(err), Message: text}})
	}
	return code
}

// failure is an error in a JSON document.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// codeOf gives the stable code of an error for programs.
func codeOf(err error) string {
	var p *storage.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	var ps storage.Problems
	if errors.As(err, &ps) && len(ps) > 0 {
		return ps[0].Code
	}
	for code, sentinel := range map[string]error{
		"notFound": storage.ErrNotFound, "duplicate": storage.ErrDuplicate, "conflict": storage.ErrConflict,
		"locked": storage.ErrLocked, "newer": storage.ErrNewer, "readOnly": storage.ErrReadOnly,
		"damaged": storage.ErrDamaged, "diskFull": storage.ErrDiskFull, "interrupted": context.Canceled,
	} {
		if errors.Is(err, sentinel) {
			return code
		}
	}
	return "unexpected"
}
