package establishments

import (
	"context"
	"hash/maphash"
	"strings"

	"diapason/storage"
)

// nearIndex finds establishments that resemble a row: the same postcode, and the same street or a similar name. It is
// built once a plan needs it, from the whole store, page by page.
type nearIndex struct {
	seed    maphash.Seed
	heads   map[uint64]int32 // key → entry + 1
	entries []nearEntry
	known   []nearEstablishment
}

type nearEntry struct{ establishment, next int32 }

type nearEstablishment struct{ id, name, key, line string }

const (
	nearPage = 500
	// nearSteps bounds the establishments compared with one row.
	nearSteps = 60
	// nearLikeness is the least likeness of two names at the same postcode.
	nearLikeness = 0.75
)

// commonWords stand in too many names to tell anything.
var commonWords = map[string]bool{
	"hotel": true, "le": true, "la": true, "les": true, "de": true, "du": true, "des": true, "d": true, "l": true,
	"et": true, "a": true, "au": true, "the": true, "of": true, "and": true, "agence": true, "paris": true, "sarl": true, "sas": true,
}

func buildNear(ctx context.Context, s storage.Store) (*nearIndex, error) {
	n := &nearIndex{seed: maphash.MakeSeed(), heads: map[uint64]int32{}}
	for last := ""; ; {
		var page []*storage.Establishment
		err := s.View(ctx, func(tx storage.Reader) error {
			var err error
			page, err = tx.Establishments(last, nearPage)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			last = e.ID
			i := int32(len(n.known))
			n.known = append(n.known, nearEstablishment{e.ID, e.Name, storage.SearchKey(e.Name), e.Address.Line()})
			for _, k := range n.keys(e.Name, e.Address.Zip, e.Address.Street) {
				n.entries = append(n.entries, nearEntry{i, n.heads[k]})
				n.heads[k] = int32(len(n.entries))
			}
		}
		if len(page) < nearPage {
			return n, nil
		}
	}
}

// keys are the street and the telling words of the name, each with the postcode.
func (n *nearIndex) keys(name, zip, street string) []uint64 {
	z := storage.SearchKey(zip)
	if z == "" {
		return nil
	}
	var keys []uint64
	if s := storage.SearchKey(street); s != "" {
		keys = append(keys, maphash.String(n.seed, z+"|s|"+s))
	}
	for w := range strings.FieldsSeq(storage.SearchKey(name)) {
		if !commonWords[w] {
			keys = append(keys, maphash.String(n.seed, z+"|n|"+w))
		}
	}
	return keys
}

// find gives the establishment that resembles most, nil when none does.
func (n *nearIndex) find(name, zip, street string) *Proposal {
	best, score, steps := int32(-1), 0.0, 0
	key, hasStreet := storage.SearchKey(name), storage.SearchKey(street) != ""
	for i, k := range n.keys(name, zip, street) {
		for at := n.heads[k]; at != 0 && steps < nearSteps; at = n.entries[at-1].next {
			steps++
			e := n.entries[at-1].establishment
			s := likeness(key, n.known[e].key)
			if i == 0 && hasStreet {
				s += nearLikeness // the same street
			}
			if s > score {
				best, score = e, s
			}
		}
	}
	if best < 0 || score < nearLikeness {
		return nil
	}
	e := n.known[best]
	return &Proposal{ID: e.id, Name: e.name, Line: e.line}
}
