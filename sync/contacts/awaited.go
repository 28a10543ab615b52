package contacts

import (
	"context"
	"maps"
	"slices"

	"diapason/storage"
)

// awaitAnswers finds the contacts that a doubtful card may be about: a person is asked whose it is, and until the answer none
// of them gets a card of its own, which would be that card a second time and leave the person nothing to answer.
func (p *pass) awaitAnswers(ctx context.Context) error {
	p.awaited = map[string]bool{}
	asked, err := p.doubtful(ctx)
	if err != nil {
		return err
	}
	for id := range asked {
		if e := p.entries[id]; e != nil && e.Deleted {
			delete(asked, id)
			p.moot = append(p.moot, id)
		}
	}
	for _, l := range p.lines {
		switch _, open := asked[l.remoteID]; {
		case len(l.candidates) > 0:
			asked[l.remoteID] = l.candidates
		case open: // it is known now whose card it is
			delete(asked, l.remoteID)
		}
	}
	for _, candidates := range asked {
		for _, id := range candidates {
			p.awaited[id] = true
		}
	}
	return nil
}

// doubtful gives the candidates of the questions whose a card is, by card. A complete reading that lacks a card proves
// nothing: it is asked for by its name. A card that goes by another name now is asked about anew.
func (p *pass) doubtful(ctx context.Context) (map[string][]string, error) {
	asked := map[string][]string{}
	err := p.s.view(ctx, func(tx storage.Reader) error {
		questions, err := tx.ContactQuestions(p.account.ID)
		for _, q := range questions {
			if q.Kind == storage.QuestionMatch && len(q.RemoteIDs) > 0 {
				asked[q.RemoteIDs[0]] = q.ContactIDs
			}
		}
		return err
	})
	if err != nil || len(asked) == 0 {
		return asked, err
	}
	if p.whole {
		missing := slices.DeleteFunc(slices.Sorted(maps.Keys(asked)), func(id string) bool { return p.entries[id] != nil })
		for part := range slices.Chunk(missing, max(p.caps.GetMax, 1)) {
			if err := p.fetchSome(ctx, part); err != nil {
				return nil, err
			}
		}
	}
	for _, e := range p.entries {
		for _, id := range e.Former {
			if _, open := asked[id]; open && id != e.ID {
				delete(asked, id)
				p.moot = append(p.moot, id)
			}
		}
	}
	return asked, nil
}

// forgetMoot forgets the questions whose cards are no more.
func (r *report) forgetMoot() error {
	for _, id := range r.p.moot {
		if err := r.settled(&storage.ContactQuestion{Kind: storage.QuestionMatch, RemoteIDs: []string{id}}); err != nil {
			return err
		}
	}
	return nil
}
