package storage

import (
	"errors"
	"sort"
	"strings"
)

// Sentinel errors of every Store. They are matched with errors.Is.
var (
	// ErrNotFound is returned when no entity bears the identifier asked for.
	ErrNotFound = errors.New("not found")
	// ErrDuplicate is returned by a write that would give two entities the same unique key.
	ErrDuplicate = errors.New("already exists")
	// ErrConflict is returned when the entity changed since the caller read it (Revision differs).
	ErrConflict = errors.New("changed since it was read")
	// ErrInUse is returned by a deletion when something that stays refers to the entity; nothing was changed.
	ErrInUse = errors.New("still in use")
	// ErrLocked is returned by Open when another process has the workspace open.
	ErrLocked = errors.New("workspace is open elsewhere")
	// ErrNewer is returned by Open when the workspace was written by a newer Diapason; nothing was touched.
	ErrNewer = errors.New("workspace belongs to a newer version")
	// ErrReadOnly is returned by Open when the workspace's file or folder cannot be written.
	ErrReadOnly = errors.New("workspace is read-only")
	// ErrDamaged is returned by Open when the file is truncated, is not a workspace or fails its check.
	ErrDamaged = errors.New("workspace is damaged")
	// ErrDiskFull is returned by a write that found no room on the disk; nothing was changed.
	ErrDiskFull = errors.New("disk is full")
	// ErrClosed is returned by every call on a Store after Close.
	ErrClosed = errors.New("workspace is closed")
)

// Problem is a message for people before it is put into words: Code names the sentence in the translations
// (key "problem." + Code), Args fill its placeholders, Field says beside which field it is shown (empty: none).
// It is an error, so that it travels through the ordinary channels and is found again with errors.As.
type Problem struct {
	Code  string            `json:"code"`
	Field Field             `json:"field,omitempty"`
	Args  map[string]string `json:"args,omitempty"`
	// Cause is the technical error behind it, for the log and the "Details" button only; it is not kept.
	Cause error `json:"-"`
}

// NewProblem makes a Problem from a code and alternating argument names and values.
func NewProblem(code string, args ...string) *Problem {
	p := &Problem{Code: code}
	if len(args) > 1 {
		p.Args = make(map[string]string, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			p.Args[args[i]] = args[i+1]
		}
	}
	return p
}

// On returns p, placed beside a field.
func (p *Problem) On(f Field) *Problem { p.Field = f; return p }

// Because returns p with its technical cause.
func (p *Problem) Because(err error) *Problem { p.Cause = err; return p }

// Error gives the technical form, in English, for logs: the code, its arguments in order, and the cause.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Code)
	names := make([]string, 0, len(p.Args))
	for k := range p.Args {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		b.WriteString(" " + k + "=" + p.Args[k])
	}
	if p.Cause != nil {
		b.WriteString(": " + p.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the technical cause.
func (p *Problem) Unwrap() error { return p.Cause }

// Problems is a list of problems that is itself an error; it is never returned empty.
type Problems []*Problem

// Error joins the technical forms.
func (ps Problems) Error() string {
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = p.Error()
	}
	return strings.Join(parts, "; ")
}
