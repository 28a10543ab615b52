package bolt

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"diapason/storage"
)

// maxID bounds identifiers, in bytes; ours have 36.
const maxID = 200

// checkIDs refuses what cannot be a part of a key. It is a mistake of the caller, not of the user.
func checkIDs(ids ...string) error {
	for _, id := range ids {
		if id == "" || len(id) > maxID || strings.IndexByte(id, 0) >= 0 {
			return fmt.Errorf("storage: unusable identifier %q", id)
		}
	}
	return checkTexts(ids)
}

// checkTexts refuses what JSON would not give back as it was: indexes are computed from both sides of it.
func checkTexts(texts []string) error {
	for _, s := range texts {
		if !utf8.ValidString(s) {
			return fmt.Errorf("storage: %q is not UTF-8", s)
		}
	}
	return nil
}

// join puts parts together with a zero byte between them.
func join(parts ...string) []byte {
	n := len(parts)
	for _, p := range parts {
		n += len(p)
	}
	k := make([]byte, 0, n)
	for i, p := range parts {
		if i > 0 {
			k = append(k, 0)
		}
		k = append(k, p...)
	}
	return k
}

// prefix is join with a zero byte at the end: what all keys that begin with these parts have in common.
func prefix(parts ...string) []byte { return append(join(parts...), 0) }

// after gives the least key greater than k.
func after(k []byte) []byte { return append(bytes.Clone(k), 0) }

// lastPart gives the text after the last zero byte.
func lastPart(k []byte) string { return string(k[bytes.LastIndexByte(k, 0)+1:]) }

// timeKey gives eight bytes that sort as the instants do; the zero time comes first.
func timeKey(t time.Time) []byte {
	var b [8]byte
	if t.IsZero() {
		return b[:]
	}
	binary.BigEndian.PutUint64(b[:], uint64(t.UnixNano())^(1<<63))
	return b[:]
}

func labelKey(label string) string {
	if k := storage.SearchKey(label); k != "" {
		return k
	}
	return strings.ReplaceAll(label, "\x00", "")
}

func naturalHash(key string) []byte {
	h := sha256.Sum256([]byte(key))
	return h[:16]
}

func itemKey(runID string, seq int) []byte {
	return binary.BigEndian.AppendUint32(prefix(runID), uint32(seq))
}

// ids makes UUIDv7 identifiers that never go backwards, even when the clock does: the 12 bits after the milliseconds
// count on. Only the goroutine that holds the write transaction uses it.
type ids struct {
	now  func() time.Time
	last uint64 // milliseconds << 12 | count
}

func (g *ids) next() (string, error) {
	n := uint64(g.now().UnixMilli()) << 12
	g.last = max(n, g.last+1)
	var u uuid.UUID
	if _, err := rand.Read(u[8:]); err != nil {
		return "", fmt.Errorf("make an identifier: %w", err)
	}
	binary.BigEndian.PutUint64(u[:8], g.last>>12<<16|7<<12|g.last&0xfff)
	u[8] = u[8]&0x3f | 0x80
	return u.String(), nil
}

// resume makes the generator go on after an identifier already given; another kind of identifier is ignored.
func (g *ids) resume(id string) {
	u, err := uuid.Parse(id)
	if err != nil || u.Version() != 7 {
		return
	}
	n := binary.BigEndian.Uint64(u[:8])
	g.last = max(g.last, n>>16<<12|n&0xfff)
}
