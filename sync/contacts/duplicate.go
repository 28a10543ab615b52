package contacts

import (
	"context"
	"slices"
	"strings"

	"diapason/storage"
	"diapason/sync/contacts/match"
)

// Duplicate is two contacts or more that may be one.
type Duplicate struct {
	IDs   []string // oldest first
	By    SharedBy
	Value string // what they share: an e-mail (storage.EmailKey), or a mobile number in E.164 form
}

// SharedBy tells what the contacts of a Duplicate share.
type SharedBy string

// What they share; the text is the translation key "contact.duplicate." + SharedBy.
const (
	SharedEmail  SharedBy = "email"
	SharedMobile SharedBy = "mobile" // and their names may be one person's
)

const (
	// keysPerRead is how many keys of contacts one transaction reads: some milliseconds.
	keysPerRead = 20_000
	// personal is how many contacts may bear a mobile number that is one person's. Beyond, it is a firm's, and says nothing
	// about who is who.
	personal = 30
	// weighed is how many contacts that share an e-mail are compared by pairs. More of them are shown together, until it was
	// said of all together that they are apart.
	weighed = 100
)

// Duplicates gives the contacts outside the trash that may be one: they share an e-mail, or a mobile number with names
// that may be one person's (match.Compatible). Two that a person set apart (SetApart) are never together in one.
func (s *Service) Duplicates(ctx context.Context) ([]Duplicate, error) {
	var apart map[string][]string
	err := s.view(ctx, func(tx storage.Reader) (err error) {
		apart, err = tx.ContactsApart()
		return err
	})
	if err != nil {
		return nil, err
	}
	found := &duplicates{apart: apart, seen: map[string]bool{}}
	err = s.eachShared(ctx, storage.Reader.ContactEmailKeys, func(_ storage.Reader, key string, ids []string) error {
		found.byEmail(key, ids)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = s.eachShared(ctx, storage.Reader.ContactMobileKeys, found.byMobile)
	return found.list, err
}

// keysRead reads one of the indexes of contacts.
type keysRead func(storage.Reader, storage.ContactKey, int) ([]storage.ContactKey, error)

// eachKey gives f each key of an index with all the contacts that bear it, in short transactions.
func (s *Service) eachKey(ctx context.Context, read keysRead, f func(tx storage.Reader, key string, ids []string) error) error {
	var last storage.ContactKey
	var ids []string // that bear last.Key, so far
	for more := true; more; {
		err := s.view(ctx, func(tx storage.Reader) error {
			keys, err := read(tx, last, keysPerRead)
			if err != nil {
				return err
			}
			for _, k := range keys {
				if k.Key != last.Key && len(ids) > 0 {
					if err := f(tx, last.Key, ids); err != nil {
						return err
					}
					ids = nil
				}
				ids, last = append(ids, k.ContactID), k
			}
			if more = len(keys) == keysPerRead; more || len(ids) == 0 {
				return nil
			}
			return f(tx, last.Key, ids)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachShared is eachKey of the keys that several contacts bear.
func (s *Service) eachShared(ctx context.Context, read keysRead, f func(storage.Reader, string, []string) error) error {
	return s.eachKey(ctx, read, func(tx storage.Reader, key string, ids []string) error {
		if len(ids) < 2 || key == "" {
			return nil
		}
		return f(tx, key, ids)
	})
}

// duplicates are those found so far.
type duplicates struct {
	apart map[string][]string // contact -> its marks
	seen  map[string]bool     // ids of those in the list
	list  []Duplicate
}

func (d *duplicates) byEmail(key string, ids []string) {
	if len(ids) > weighed {
		if !d.allApart(ids) {
			d.add(SharedEmail, key, ids)
		}
		return
	}
	d.addGroups(SharedEmail, key, ids, func(i, j int) bool { return !d.areApart(ids[i], ids[j]) })
}

func (d *duplicates) byMobile(tx storage.Reader, key string, ids []string) error {
	if len(ids) > personal {
		return nil
	}
	cards := make([]*storage.Card, len(ids))
	for i, id := range ids {
		c, err := tx.Contact(id)
		if err != nil {
			return err
		}
		cards[i] = &c.Card
	}
	d.addGroups(SharedMobile, key, ids, func(i, j int) bool {
		return !d.areApart(ids[i], ids[j]) && match.Compatible(cards[i], cards[j])
	})
	return nil
}

// addGroups adds groups of contacts in which any two may be one, so that each such pair is in one of them.
func (d *duplicates) addGroups(by SharedBy, key string, ids []string, alike func(i, j int) bool) {
	together := map[[2]int]bool{}
	for i := range ids {
		for j := i + 1; j < len(ids); j++ {
			if together[[2]int{i, j}] || !alike(i, j) {
				continue
			}
			group := []int{i, j}
			for k := range ids {
				if k != i && k != j && !slices.ContainsFunc(group, func(g int) bool { return !alike(min(g, k), max(g, k)) }) {
					group = append(group, k)
				}
			}
			slices.Sort(group)
			members := make([]string, len(group))
			for n, g := range group {
				members[n] = ids[g]
				for _, h := range group[n+1:] {
					together[[2]int{g, h}] = true
				}
			}
			d.add(by, key, members)
		}
	}
}

// add adds a group, unless the same contacts are in the list already.
func (d *duplicates) add(by SharedBy, key string, ids []string) {
	if who := strings.Join(ids, "\x00"); !d.seen[who] {
		d.seen[who] = true
		d.list = append(d.list, Duplicate{IDs: ids, By: by, Value: key})
	}
}

// areApart reports whether a person said of two contacts that they are two.
func (d *duplicates) areApart(a, b string) bool {
	return slices.ContainsFunc(d.apart[a], func(mark string) bool { return slices.Contains(d.apart[b], mark) })
}

// allApart reports whether a person said of contacts all together that they are apart.
func (d *duplicates) allApart(ids []string) bool {
	return slices.ContainsFunc(d.apart[ids[0]], func(mark string) bool {
		return !slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(d.apart[id], mark) })
	})
}
