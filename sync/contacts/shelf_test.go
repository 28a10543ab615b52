package contacts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	stdsync "sync"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
)

// shelf is an address book in memory that is as strict as the services are: etags are obeyed, limits too, and it counts
// the effects of calls. It misbehaves on demand.
type shelf struct {
	// mu is held by calls, not by before and after, and by tests whose passes are carried by an engine.
	mu      stdsync.Mutex
	id      string
	clock   func() time.Time
	cards   map[string]*book.Entry // living ones
	order   []string
	changes []change // since the beginning
	serial  int
	caps    book.Capabilities
	page    int // cards per page

	created, updated, deleted, calls int
	read                             int // pages
	writes                           int // writing calls
	// cut has an account of a full reading lie: only so many cards are given, and total says what total says.
	cut   int
	total int // what Total says; -2: the truth
	// expired refuses every cursor that is not "".
	expired bool
	// before and after are called around each writing call: an error of before refuses it, one of after hides its outcome.
	before, after func(call string) error
	// hidden are cards that readings do not show yet; refuse names cards that cannot be kept.
	hidden map[string]bool
	refuse func(storage.Card) bool
	// strict has a batch refused as a whole, of which nothing is written, when refuse names a card of it.
	strict bool
	// choke says of a writing call's cards that it is not answered, and not applied; looked is called before a probe.
	choke  func([]storage.Card) error
	looked func()
	// leaves says of a card what of it the book does not take.
	leaves func(storage.Card) *storage.Problem
}

type change struct {
	id     string
	former []string
	gone   bool
}

func newShelf(clock func() time.Time) *shelf {
	return &shelf{
		id: "somebody@example.com", clock: clock, cards: map[string]*book.Entry{}, page: 100, total: -2, hidden: map[string]bool{},
		caps: book.Capabilities{CreateMax: 200, UpdateMax: 200, DeleteMax: 500, GetMax: 200, DeletionsTold: true},
	}
}

func (s *shelf) Capabilities() book.Capabilities { return s.caps }

func (s *shelf) Identity(context.Context) (book.Identity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	return book.Identity{ID: s.id, Name: s.id}, nil
}

func (s *shelf) copy(id string) book.Entry {
	e, alive := s.cards[id]
	if !alive {
		return book.Entry{ID: id, Deleted: true}
	}
	c := *e
	c.Card = e.Card.Clone()
	return c
}

func (s *shelf) Read(_ context.Context, c book.Cursor) (book.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	s.read++
	if c.Since != "" && s.expired {
		return book.Page{}, book.ErrExpired
	}
	var all []book.Entry
	page := book.Page{Total: -1, ServerTime: s.clock()}
	if c.Since == "" {
		page.Whole, page.Total = true, len(s.order)
		for _, id := range s.order {
			if !s.hidden[id] {
				all = append(all, s.copy(id))
			}
		}
		if s.cut > 0 {
			all = all[:min(len(all), s.cut)]
		}
		if s.total != -2 {
			page.Total = s.total
		}
	} else {
		since, _ := strconv.Atoi(c.Since)
		seen := map[string]bool{}
		for _, ch := range slices.Backward(s.changes[since:]) {
			if !seen[ch.id] && !s.hidden[ch.id] {
				seen[ch.id] = true
				e := s.copy(ch.id)
				e.Former = ch.former
				all = append(all, e)
			}
		}
	}
	from, _ := strconv.Atoi(c.Page)
	end := min(from+s.page, len(all))
	page.Entries = all[from:end]
	if end < len(all) {
		page.Next = strconv.Itoa(end)
	} else {
		page.State = strconv.Itoa(len(s.changes))
	}
	return page, nil
}

func (s *shelf) Get(_ context.Context, ids []string) ([]book.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if len(ids) > s.caps.GetMax {
		return nil, errors.New("too many")
	}
	entries := make([]book.Entry, len(ids))
	for i, id := range ids {
		entries[i] = s.copy(id)
	}
	return entries, nil
}

// put writes a card as somebody there does.
func (s *shelf) put(id string, card storage.Card, key string) {
	if _, there := s.cards[id]; !there {
		s.order = append(s.order, id)
	}
	s.serial++
	s.cards[id] = &book.Entry{ID: id, ETag: fmt.Sprint("e", s.serial), At: s.clock(), Card: card.Clone(), Key: key, InScope: true}
	s.changes = append(s.changes, change{id: id})
}

// edit changes a card as somebody there does.
func (s *shelf) edit(id string, f func(*storage.Card)) {
	card := s.cards[id].Card.Clone()
	f(&card)
	s.put(id, card, s.cards[id].Key)
}

func (s *shelf) remove(id string) {
	delete(s.cards, id)
	s.order = slices.DeleteFunc(s.order, func(other string) bool { return other == id })
	s.changes = append(s.changes, change{id: id, gone: true})
}

// rename gives a card another name, told or not.
func (s *shelf) rename(id, now string, told bool) {
	e := s.cards[id]
	s.remove(id)
	s.put(now, e.Card, e.Key)
	if told {
		s.changes[len(s.changes)-1].former = []string{id}
		s.cards[now].Former = []string{id}
	}
}

// around runs a writing call about some cards with its faults.
func (s *shelf) around(call string, cards []storage.Card, f func()) error {
	if s.before != nil {
		if err := s.before(call); err != nil {
			return err
		}
	}
	s.mu.Lock()
	choke := s.choke
	s.mu.Unlock()
	if choke != nil {
		if err := choke(cards); err != nil {
			return err
		}
	}
	if s.locked(cards, f) {
		return errRefused
	}
	if s.after != nil {
		return s.after(call)
	}
	return nil
}

// locked counts a writing call and does it, or refuses it as a whole.
func (s *shelf) locked(cards []storage.Card, f func()) (refused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	s.writes++
	if s.strict && s.refuse != nil && slices.ContainsFunc(cards, s.refuse) {
		return true
	}
	f()
	return false
}

// cardsOf gives the cards of what a call writes.
func cardsOf[T any](all []T, card func(T) storage.Card) []storage.Card {
	cards := make([]storage.Card, len(all))
	for i, one := range all {
		cards[i] = card(one)
	}
	return cards
}

var errRefused = &directory.Error{Class: directory.Refused, Problem: storage.NewProblem("test.refused"), Err: errors.New("400")}

func (s *shelf) Create(_ context.Context, cards []book.New) ([]book.Receipt, error) {
	receipts := make([]book.Receipt, len(cards))
	err := s.around("create", cardsOf(cards, func(c book.New) storage.Card { return c.Card }), func() {
		for i, c := range cards {
			if s.refuse != nil && s.refuse(c.Card) {
				receipts[i].Err = errRefused
				continue
			}
			s.created++
			id := fmt.Sprintf("r%d", s.serial+1)
			s.put(id, c.Card, c.Key)
			receipts[i].Entry = s.copy(id)
		}
	})
	return receipts, err
}

func (s *shelf) Update(_ context.Context, cards []book.Update) ([]book.Receipt, error) {
	receipts := make([]book.Receipt, len(cards))
	err := s.around("update", cardsOf(cards, func(c book.Update) storage.Card { return c.Card }), func() {
		for i, c := range cards {
			switch now := s.cards[c.Entry.ID]; {
			case now == nil:
				receipts[i].Err = &directory.Error{Class: directory.Gone, Problem: storage.NewProblem("test.gone"), Err: errors.New("404")}
			case now.ETag != c.Entry.ETag:
				receipts[i].Err = book.ErrChanged
			case s.refuse != nil && s.refuse(c.Card):
				receipts[i].Err = errRefused
			default:
				s.updated++
				s.put(now.ID, c.Card, c.Key)
				receipts[i].Entry = s.copy(now.ID)
				if s.leaves != nil {
					receipts[i].Left = s.leaves(c.Card)
				}
			}
		}
	})
	return receipts, err
}

func (s *shelf) Delete(_ context.Context, cards []book.Entry) ([]book.Receipt, error) {
	receipts := make([]book.Receipt, len(cards))
	err := s.around("delete", cardsOf(cards, func(c book.Entry) storage.Card { return c.Card }), func() {
		for i, c := range cards {
			switch now := s.cards[c.ID]; {
			case now == nil:
				receipts[i].Err = &directory.Error{Class: directory.Gone, Problem: storage.NewProblem("test.gone"), Err: errors.New("404")}
			case now.ETag != c.ETag && !s.caps.BlindDeletions:
				receipts[i].Err = book.ErrChanged
			default:
				s.deleted++
				s.remove(c.ID)
			}
		}
	})
	return receipts, err
}

func (s *shelf) Probe(_ context.Context, keys []string) (map[string]book.Entry, error) {
	if s.looked != nil {
		s.looked()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	found := map[string]book.Entry{}
	for _, id := range s.order {
		if e := s.cards[id]; slices.Contains(keys, e.Key) && !s.hidden[id] {
			found[e.Key] = s.copy(id)
		}
	}
	return found, nil
}
