package bolt

import (
	"maps"

	"diapason/storage"
)

// listingRecord keeps what a directory accepted and what it shows as differences from what we want: in most listings
// they are the same, and reading them is most of the engine's work. Records of older versions hold them whole.
type listingRecord struct {
	*listing
	Accepted storage.Snapshot `json:"accepted,omitempty"`
	Observed storage.Snapshot `json:"observed,omitempty"`
	// NearAccepted and NearObserved tell that the snapshot is Desired, but for the fields given.
	NearAccepted bool                                 `json:"nearAccepted,omitempty"`
	NearObserved bool                                 `json:"nearObserved,omitempty"`
	Matches      map[storage.Field]storage.FieldMatch `json:"matches,omitempty"`
	// Match is the match of every field of Desired that is not in Matches.
	Match storage.FieldMatch `json:"match,omitempty"`
}

type listing storage.Listing

func listingRecordOf(l *storage.Listing) *listingRecord {
	r := &listingRecord{listing: (*listing)(l)}
	r.Accepted, r.NearAccepted = nearly(l.Accepted, l.Desired)
	r.Observed, r.NearObserved = nearly(l.Observed, l.Desired)
	r.Matches, r.Match = mostly(l.Matches, l.Desired)
	return r
}

// nearly gives the fields in which s differs from desired, or s whole when it has less than that.
func nearly(s, desired storage.Snapshot) (storage.Snapshot, bool) {
	if len(s) < len(desired) || len(desired) == 0 {
		return s, false
	}
	for f := range desired {
		if _, has := s[f]; !has {
			return s, false
		}
	}
	differences := storage.Snapshot{}
	for f, v := range s {
		if wanted, has := desired[f]; !has || wanted != v {
			differences[f] = v
		}
	}
	return differences, true
}

// mostly gives the most frequent of the matches, and the others.
func mostly(matches map[storage.Field]storage.FieldMatch, desired storage.Snapshot) (map[storage.Field]storage.FieldMatch, storage.FieldMatch) {
	if len(matches) != len(desired) {
		return matches, ""
	}
	counts := map[storage.FieldMatch]int{}
	for f := range desired {
		m := matches[f]
		if m == "" {
			return matches, ""
		}
		counts[m]++
	}
	var most storage.FieldMatch
	for m, n := range counts {
		if n > counts[most] || n == counts[most] && m < most {
			most = m
		}
	}
	others := map[storage.Field]storage.FieldMatch{}
	for f, m := range matches {
		if m != most {
			others[f] = m
		}
	}
	return others, most
}

// restore gives the listing what the record says in short.
func (r *listingRecord) restore(l *storage.Listing) {
	l.Accepted, l.Observed, l.Matches = r.Accepted, r.Observed, r.Matches
	if r.NearAccepted {
		l.Accepted = over(l.Desired, r.Accepted)
	}
	if r.NearObserved {
		l.Observed = over(l.Desired, r.Observed)
	}
	if r.Match == "" {
		return
	}
	l.Matches = make(map[storage.Field]storage.FieldMatch, len(l.Desired))
	for f := range l.Desired {
		l.Matches[f] = r.Match
	}
	maps.Copy(l.Matches, r.Matches)
}

func over(desired, differences storage.Snapshot) storage.Snapshot {
	s := maps.Clone(desired)
	if s == nil {
		s = storage.Snapshot{}
	}
	maps.Copy(s, differences)
	return s
}
