//go:build linux

package crashtest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"diapason/storage/bolt"
)

// TestMain removes the worker that the tests built.
func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		if err := os.RemoveAll(filepath.Dir(built)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// kills is how many times a test kills its worker: few with the other tests, DIAPASON_CRASHES=500 for a long look.
func kills(t *testing.T, few int) int {
	t.Helper()
	text := os.Getenv("DIAPASON_CRASHES")
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func dice(t *testing.T) (*rand.Rand, int) {
	t.Helper()
	seed := int(time.Now().UnixNano() % 1e9)
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(uint64(seed), 0)), seed
}

func TestKilledAtAnyMomentNothingIsLostAndNothingIsDoneTwice(t *testing.T) {
	r := newRig(t)
	dice, seed := dice(t)
	n := kills(t, 30)
	for i := range n {
		v := r.start(seed+i, "work", "")
		time.AfterFunc(time.Duration(20+dice.IntN(150))*time.Millisecond, func() {
			v.Process.Kill() //nolint:errcheck // dead already is what is wanted
		})
		r.dead(v)
		r.survived()
	}
	r.inTune()
	r.Logf("%d kills, %d effects", n, r.effects())
}

// seams are the named moments inside the process: the edit's transaction is kept; the operation is marked as under way; the
// answer is there and not kept yet; the answer is kept and nothing was read back.
var seams = []string{"afterEdit", "afterInflight", "beforeAcknowledgement", "afterAcknowledgement"}

func TestKilledAtEachSeamNothingIsLostAndNothingIsDoneTwice(t *testing.T) {
	for _, seam := range seams {
		t.Run(seam, func(t *testing.T) {
			r := newRig(t)
			dice, seed := dice(t)
			n := kills(t, 6)
			for i := range n {
				r.dead(r.start(seed+i, "work", fmt.Sprintf("%s=%d*off->return", seam, dice.IntN(12))))
				r.survived()
			}
			r.inTune()
		})
	}
}

func TestKilledAroundAWriteTheChangeTakesEffectOnce(t *testing.T) {
	for _, when := range outsideSeams {
		t.Run(when, func(t *testing.T) {
			r := newRig(t)
			dice, seed := dice(t)
			n := kills(t, 6)
			for i := range n {
				killing := make(chan func(), 1)
				r.oracle.set(&trap{when: when, after: dice.IntN(12), kill: func() { (<-killing)() }})
				v := r.start(seed+i, "work", "")
				killing <- func() {
					if err := v.Process.Kill(); err != nil {
						t.Error(err)
					}
				}
				r.dead(v)
				r.survived()
			}
			r.inTune()
		})
	}
}

// A workspace of an older version is brought to this one in slices; killed between two of them, it goes on.
func TestKilledDuringAMigrationItGoesOn(t *testing.T) {
	r := newRig(t)
	n := kills(t, 6)
	for i := range n {
		r.age()
		r.dead(r.start(i, "work", "migrationSlice=return"))
		r.survived()
	}
	r.inTune()
}

// age makes the workspace look like one whose indexes an older version made.
func (r *rig) age() {
	r.Helper()
	db, err := bbolt.Open(filepath.Join(r.dir, bolt.FileName), 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		r.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("derived"), []byte("older")) })
	if err != nil {
		r.Fatal(err)
	}
	if err := db.Close(); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) effects() int {
	n := 0
	for _, e := range r.oracle.effects {
		n += e
	}
	return n
}
