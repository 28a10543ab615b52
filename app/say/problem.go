package say

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"diapason/assets/words"
	"diapason/storage"
)

// sentinels maps the errors of every Store to their sentences.
var sentinels = []struct {
	err error
	key string
}{
	{storage.ErrNotFound, "problem.store.notFound"},
	{storage.ErrDuplicate, "problem.store.duplicate"},
	{storage.ErrConflict, "problem.store.conflict"},
	{storage.ErrLocked, "problem.store.locked"},
	{storage.ErrNewer, "problem.store.newer"},
	{storage.ErrReadOnly, "problem.store.readOnly"},
	{storage.ErrDamaged, "problem.store.damaged"},
	{storage.ErrDiskFull, "problem.store.diskFull"},
	{storage.ErrClosed, "problem.store.closed"},
	{context.Canceled, "say.cancelled"},
	{context.DeadlineExceeded, "say.tooLong"},
}

// Problem gives the sentence of a problem: what happened and what to do. A code without sentence gives the general
// one, never the code.
func Problem(p *storage.Problem) string {
	if p == nil {
		return ""
	}
	key := "problem." + p.Code
	if !words.Has(key) {
		return words.T("say.unexpected")
	}
	args := make([]string, 0, 2*len(p.Args))
	for name, value := range p.Args {
		if n, err := strconv.Atoi(value); err == nil && counts(p.Code) && name != "account" {
			value = words.Number(n)
		}
		args = append(args, name, value)
	}
	return words.T(key, args...)
}

// counts reports whether the numbers of a problem are counts: those of the guard are, what others bear may be a code of
// digits.
func counts(code string) bool {
	return strings.HasPrefix(code, "guard.") || strings.HasPrefix(code, "contacts.guard.")
}

// Problems gives one sentence per problem, each with the label of its field where it has one.
func Problems(ps storage.Problems) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = ProblemOnField(p)
	}
	return out
}

// ProblemOnField gives a problem's sentence preceded by its field's label, for places away from the field itself.
func ProblemOnField(p *storage.Problem) string {
	if p == nil || p.Field == "" {
		return Problem(p)
	}
	return words.T("say.onField", "field", Field(p.Field), "problem", Problem(p))
}

// Error gives the sentence of any error: of the problem or problems in its chain, of a store's sentinel, or the general
// one. A nil error gives "".
func Error(err error) string {
	if err == nil {
		return ""
	}
	var ps storage.Problems
	if errors.As(err, &ps) {
		return strings.Join(Problems(ps), "\n")
	}
	var p *storage.Problem
	if errors.As(err, &p) && words.Has("problem."+p.Code) {
		return Problem(p)
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) && words.Has(s.key) {
			return words.T(s.key)
		}
	}
	return words.T("say.unexpected")
}
