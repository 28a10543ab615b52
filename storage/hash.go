package storage

import (
	"crypto/sha256"
	"encoding/hex"
)

// ContentHash identifies the values of all fields, not their origins, times or revision.
func (e *Establishment) ContentHash() string { return e.Snapshot(Fields).Hash() }

// Hash identifies the snapshot's fields and texts.
func (s Snapshot) Hash() string {
	h := sha256.New()
	for _, f := range Fields {
		if v, ok := s[f]; ok {
			h.Write([]byte(string(f) + "\x00" + v + "\x01"))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
