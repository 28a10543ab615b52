package establishments

import (
	"context"
	"slices"
	"strconv"
	stdsync "sync"

	"diapason/storage"
)

// Plan is what an import would do, row by row. Its rows are in a temporary file, so that its memory hardly grows with
// the file (about fifty bytes a row); Close removes it. Safe from any goroutine; reading and correcting rows is I/O and
// does not belong on the interface's.
type Plan struct {
	importer *Importer
	judge    *judge
	file     string // the file's name
	headers  []string
	sheet    string

	mu      stdsync.Mutex
	rows    *spill
	marks   []mark
	counts  Counts
	keys    [keyKinds]*keyRows
	near    *nearIndex // nil until a row needs it
	buf     []byte
	applied bool
}

// mark is what memory knows of a row.
type mark uint8

const (
	markOutcome  mark = 0x07 // index in Outcomes, of the row alone
	markConflict mark = 0x08 // another row of the file is in the way
	markIgnored  mark = 0x10
	markWarned   mark = 0x20
	markProposal mark = 0x40
)

func (m mark) outcome() Outcome {
	switch {
	case m&markIgnored != 0:
		return OutcomeIgnored
	case m&markConflict != 0:
		return OutcomeRejected
	}
	return Outcomes[m&markOutcome]
}

// The kinds of keys that no two rows may share.
const (
	keyIdentifier = iota
	keyNatural    // only in the way of a row without identifier
	keyTarget     // the establishment that the row was matched with
	keyKinds
)

type rowKeys struct {
	text [keyKinds]string
	// coded tells that the row has an identifier.
	coded bool
}

// Counts are the rows of a plan by outcome.
type Counts struct {
	Total, Create, Update, Unchanged, Rejected, Skipped, Ignored int
	// Warned counts the rows that go in without one of their cells, Proposals those that resemble an establishment.
	Warned, Proposals int
}

func (c *Counts) add(m mark, n int) {
	c.Total += n
	switch m.outcome() {
	case OutcomeCreate:
		c.Create += n
	case OutcomeUpdate:
		c.Update += n
	case OutcomeUnchanged:
		c.Unchanged += n
	case OutcomeRejected:
		c.Rejected += n
	case OutcomeSkipped:
		c.Skipped += n
	case OutcomeIgnored:
		c.Ignored += n
	}
	if m&markWarned != 0 {
		c.Warned += n
	}
	if m&markProposal != 0 {
		c.Proposals += n
	}
}

// Counts counts the rows by outcome.
func (p *Plan) Counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// Len is the number of rows.
func (p *Plan) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.marks)
}

// File is the name of the file, Sheet that of its sheet.
func (p *Plan) File() string { return p.file }

// Sheet is the name of the sheet that was read.
func (p *Plan) Sheet() string { return p.sheet }

// Headers are the file's, Mapping what was made of them.
func (p *Plan) Headers() []string { return slices.Clone(p.headers) }

// Mapping is the mapping that the plan was made with.
func (p *Plan) Mapping() Mapping { return p.judge.mapping }

// Options are the options that the plan was made with.
func (p *Plan) Options() Options { return p.judge.options }

// Close removes the plan's temporary file.
func (p *Plan) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rows.close()
}

// Row reads one row, from 0.
func (p *Plan) Row(i int) (*PlanRow, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.row(i)
}

func (p *Plan) row(i int) (*PlanRow, error) {
	if i < 0 || i >= len(p.marks) {
		return nil, storage.ErrNotFound
	}
	b, err := p.rows.read(i, p.buf)
	if err != nil {
		return nil, err
	}
	p.buf = b
	r, err := decodeRow(b)
	if err != nil {
		return nil, err
	}
	r.Index, r.Outcome = i, p.marks[i].outcome()
	if p.marks[i]&markConflict != 0 {
		if err := p.explainConflict(r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// explainConflict adds the reasons that lie in other rows of the file.
func (p *Plan) explainConflict(r *PlanRow) error {
	k := p.keysOf(r)
	r.Changes = nil
	for kind := range keyKinds {
		other := p.rival(k, kind, r.Index)
		if other < 0 {
			continue
		}
		line, err := p.number(other)
		if err != nil {
			return err
		}
		switch kind {
		case keyIdentifier:
			r.Problems = append(r.Problems, storage.NewProblem("row.identifierTwice", "value", k.text[kind], "line", line).
				On(storage.FieldIdentifier))
		case keyNatural:
			r.Problems = append(r.Problems, storage.NewProblem("row.keyTwice", "line", line).On(storage.FieldName))
		case keyTarget:
			r.Problems = append(r.Problems, storage.NewProblem("row.targetTwice", "line", line).On(storage.FieldName))
		}
		return nil
	}
	return nil
}

// number gives the file's line of a row.
func (p *Plan) number(i int) (string, error) {
	b, err := p.rows.read(i, nil)
	if err != nil {
		return "", err
	}
	d := decoder{b: b}
	return strconv.Itoa(d.number()), nil
}

func (p *Plan) keysOf(r *PlanRow) rowKeys {
	id := r.id
	if id == (identity{}) {
		id = p.judge.identify(r)
	}
	return rowKeys{
		text:  [keyKinds]string{id.identifier, id.natural + id.weak, r.EstablishmentID},
		coded: id.identifier != "",
	}
}

// rival gives another row that stands in this row's way by one kind of key, -1 without.
func (p *Plan) rival(k rowKeys, kind, row int) int {
	if kind == keyNatural && k.coded {
		return -1
	}
	return p.keys[kind].other(k.text[kind], row)
}

// append adds a freshly decided row.
func (p *Plan) append(r *PlanRow) error {
	b, err := r.encode(p.buf[:0])
	if err != nil {
		return err
	}
	p.buf = b
	r.Index = len(p.marks)
	p.marks = append(p.marks, markOf(r))
	k := p.keysOf(r)
	for kind := range keyKinds {
		p.keys[kind].add(k.text[kind], r.Index)
	}
	return p.rows.add(b)
}

func markOf(r *PlanRow) mark {
	m := mark(max(0, slices.Index(Outcomes, r.own)))
	if r.ignored {
		m |= markIgnored
	}
	if len(r.Warnings) > 0 && r.own != OutcomeRejected {
		m |= markWarned
	}
	if r.Proposal != nil {
		m |= markProposal
	}
	return m
}

// settle finds the rows that stand in each other's way, once all are there, and counts.
func (p *Plan) settle(ctx context.Context) error {
	for kind := range keyKinds {
		for _, rows := range p.keys[kind].more {
			for _, i := range rows {
				if err := ctx.Err(); err != nil {
					return err
				}
				if kind == keyNatural {
					r, err := p.row(int(i))
					if err != nil {
						return err
					}
					if p.keysOf(r).coded {
						continue
					}
				}
				p.marks[i] |= markConflict
			}
		}
	}
	p.counts = Counts{}
	for _, m := range p.marks {
		p.counts.add(m, 1)
	}
	return nil
}

// Correct writes another text over a field of a row and plans the row anew.
func (p *Plan) Correct(ctx context.Context, i int, f storage.Field, text string) (*PlanRow, error) {
	return p.change(ctx, i, func(r *PlanRow) {
		if r.Corrected == nil {
			r.Corrected = map[storage.Field]string{}
		}
		r.Corrected[f] = text
	})
}

// Ignore leaves a row out, or takes it in again.
func (p *Plan) Ignore(ctx context.Context, i int, ignored bool) (*PlanRow, error) {
	return p.change(ctx, i, func(r *PlanRow) { r.ignored = ignored })
}

// AcceptProposal makes a row update the establishment it resembles, or create one after all.
func (p *Plan) AcceptProposal(ctx context.Context, i int, accepted bool) (*PlanRow, error) {
	return p.change(ctx, i, func(r *PlanRow) {
		if r.Proposal != nil {
			r.Proposal.Accepted = accepted
		}
	})
}

// change changes one row, plans it anew, and looks again at the rows that shared a key with it before or do now.
func (p *Plan) change(ctx context.Context, i int, f func(*PlanRow)) (*PlanRow, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.applied {
		return nil, storage.NewProblem("import.applied")
	}
	r, err := p.row(i)
	if err != nil {
		return nil, err
	}
	var touched []int
	p.shareKeys(r, &touched, (*keyRows).remove)
	f(r)
	err = p.importer.store.View(ctx, func(tx storage.Reader) error {
		_, _, err := p.judge.decide(tx, r)
		return err
	})
	if err != nil {
		p.shareKeys(r, &touched, (*keyRows).add)
		return nil, err
	}
	if err := p.propose(ctx, r); err != nil {
		return nil, err
	}
	p.shareKeys(r, &touched, (*keyRows).add)
	b, err := r.encode(nil)
	if err != nil {
		return nil, err
	}
	if err := p.rows.replace(i, b); err != nil {
		return nil, err
	}
	p.counts.add(p.marks[i], -1)
	p.marks[i] = markOf(r)
	p.counts.add(p.marks[i], 1)
	for _, t := range append(touched, i) {
		if err := p.remark(t); err != nil {
			return nil, err
		}
	}
	return p.row(i)
}

// shareKeys takes a row's keys out of the file's or puts them in, and notes the one other row for which that makes a
// difference. An ignored row has no keys.
func (p *Plan) shareKeys(r *PlanRow, touched *[]int, do func(*keyRows, string, int)) {
	if r.ignored {
		return
	}
	k := p.keysOf(r)
	for kind := range keyKinds {
		if p.keys[kind].count(k.text[kind]) <= 2 {
			if other := p.keys[kind].other(k.text[kind], r.Index); other >= 0 {
				*touched = append(*touched, other)
			}
		}
		do(p.keys[kind], k.text[kind], r.Index)
	}
}

// remark looks again whether other rows stand in a row's way.
func (p *Plan) remark(i int) error {
	b, err := p.rows.read(i, nil)
	if err != nil {
		return err
	}
	r, err := decodeRow(b)
	if err != nil {
		return err
	}
	k, conflict := p.keysOf(r), mark(0)
	for kind := range keyKinds {
		if !r.ignored && p.rival(k, kind, i) >= 0 {
			conflict = markConflict
		}
	}
	p.counts.add(p.marks[i], -1)
	p.marks[i] = p.marks[i]&^markConflict | conflict
	p.counts.add(p.marks[i], 1)
	return nil
}

// propose finds the establishment that a row to be created resembles.
func (p *Plan) propose(ctx context.Context, r *PlanRow) error {
	if r.Proposal != nil && r.Proposal.Accepted {
		return nil
	}
	r.Proposal = nil
	if r.own != OutcomeCreate {
		return nil
	}
	if p.near == nil {
		n, err := buildNear(ctx, p.importer.store)
		if err != nil {
			return err
		}
		p.near = n
	}
	if len(p.near.known) > 0 {
		r.Proposal = p.near.find(r.Values[storage.FieldName], r.Values[storage.FieldZip], r.Values[storage.FieldStreet])
	}
	return nil
}
