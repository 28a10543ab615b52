package match

import (
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/contacts/book"
)

// crowded is how many contacts may bear a value before it is taken for a company's, which tells nobody for sure. It bounds
// the candidates of a question too: thousands of cards that bear one number are looked at in a time that grows with them,
// not with their square.
const crowded = 50

// finder recognises the cards of one reading.
type finder struct {
	Params
	crowds map[string]*crowd // by what they share
}

// crowd is the contacts of a value that more than crowded bear.
type crowd struct {
	some   []string            // the first ones
	byName map[string][]string // by the words of their names; the first ones of each
}

// bearers gives the contacts that bear one of some values, sorted, each once. Of a value that a crowd bears it gives, as
// many, those of the card's name, else some.
func (f *finder) bearers(keys []string, kind string, look func(string) ([]string, error), e *book.Entry) (ids, many []string, err error) {
	for _, key := range keys {
		if key == "" {
			continue
		}
		c := f.crowds[kind+key]
		if c == nil {
			found, err := look(key)
			if err != nil {
				return nil, nil, err
			}
			if len(found) <= crowded {
				ids = append(ids, found...)
				continue
			}
			if c, err = f.crowd(found); err != nil {
				return nil, nil, err
			}
			f.crowds[kind+key] = c
		}
		if named := c.byName[nameKey(&e.Card)]; len(named) > 0 {
			many = append(many, named...)
		} else {
			many = append(many, c.some...)
		}
	}
	return merged(ids), merged(many), nil
}

// crowd reads the names of a crowd, once.
func (f *finder) crowd(ids []string) (*crowd, error) {
	slices.Sort(ids)
	c := &crowd{some: ids[:crowded:crowded], byName: map[string][]string{}}
	for _, id := range ids {
		one, err := f.contact(id)
		if err != nil {
			return nil, err
		}
		if one == nil {
			continue
		}
		if key := nameKey(&one.Card); len(c.byName[key]) < crowded {
			c.byName[key] = append(c.byName[key], id)
		}
	}
	return c, nil
}

// nameKey is the same for cards of the same name.
func nameKey(c *storage.Card) string { return strings.Join(nameWords(c), " ") }

// merged gives what is in some lists, sorted, each once; nil when there is nothing.
func merged(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}
