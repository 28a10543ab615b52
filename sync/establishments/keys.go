package establishments

import (
	"hash/maphash"
	"slices"
)

// keyRows remembers which rows of a file bear a key, in a few bytes a row: keys are kept as hashes, and only one that
// is borne twice has a list.
type keyRows struct {
	seed  maphash.Seed
	first map[uint64]int32
	more  map[uint64][]int32 // every row of a key borne more than once, in order
}

func newKeyRows() *keyRows {
	return &keyRows{seed: maphash.MakeSeed(), first: map[uint64]int32{}, more: map[uint64][]int32{}}
}

func (k *keyRows) add(key string, row int) {
	if key == "" {
		return
	}
	h, r := maphash.String(k.seed, key), int32(row)
	first, ok := k.first[h]
	if !ok {
		k.first[h] = r
		return
	}
	rows := k.more[h]
	if len(rows) == 0 {
		rows = []int32{first}
	}
	at, _ := slices.BinarySearch(rows, r)
	rows = slices.Insert(rows, at, r)
	k.first[h], k.more[h] = rows[0], rows
}

func (k *keyRows) remove(key string, row int) {
	if key == "" {
		return
	}
	h := maphash.String(k.seed, key)
	rows := k.more[h]
	if at, ok := slices.BinarySearch(rows, int32(row)); ok {
		rows = slices.Delete(rows, at, at+1)
	}
	switch len(rows) {
	case 0:
		delete(k.first, h)
	case 1:
		k.first[h] = rows[0]
		delete(k.more, h)
	default:
		k.first[h], k.more[h] = rows[0], rows
	}
}

// count gives the number of rows that bear the key.
func (k *keyRows) count(key string) int {
	h := maphash.String(k.seed, key)
	if n := len(k.more[h]); n > 0 {
		return n
	}
	if _, ok := k.first[h]; ok && key != "" {
		return 1
	}
	return 0
}

// other gives another row that bears the key, -1 when there is none.
func (k *keyRows) other(key string, row int) int {
	if key == "" {
		return -1
	}
	h := maphash.String(k.seed, key)
	for _, r := range k.more[h] {
		if r != int32(row) {
			return int(r)
		}
	}
	if r, ok := k.first[h]; ok && r != int32(row) {
		return int(r)
	}
	return -1
}
