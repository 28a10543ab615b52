package bolt_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/storagetest"
)

// A program that is killed at any moment loses nothing it was told is kept, and leaves nothing half done. The number of
// kills is small here; DIAPASON_CRASHES=1000 makes it a night's work.
func TestKilledAtAnyMomentNothingIsLost(t *testing.T) {
	if dir := os.Getenv("DIAPASON_CRASH_DIR"); dir != "" {
		writeForEver(t, dir)
		return
	}
	kills := 8
	if v := os.Getenv("DIAPASON_CRASHES"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			t.Fatal(err)
		}
		kills = n
	}
	dir := t.TempDir()
	acknowledged := map[string]bool{}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	for range kills {
		killAfter(t, dir, 1+rnd.IntN(40), acknowledged)
		survived(t, dir, acknowledged)
	}
	t.Logf("%d kills, %d transactions", kills, len(acknowledged))
}

// killAfter lets a child write until it has acknowledged n transactions, and kills it in the middle of the next.
func killAfter(t *testing.T, dir string, n int, acknowledged map[string]bool) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKilledAtAnyMomentNothingIsLost$")
	child.Env = append(os.Environ(), "DIAPASON_CRASH_DIR="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for seen := 0; lines.Scan(); seen++ {
		if len(lines.Text()) != 36 {
			t.Fatalf("the child says %q", lines.Text())
		}
		acknowledged[lines.Text()] = true
		if seen == n {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) {
		t.Fatalf("the child ended by itself: %v", err)
	}
}

// writeForEver is the child: it creates an establishment with its journal entry and its operation in one transaction,
// acknowledges it on standard output, and goes on until it is killed.
func writeForEver(t *testing.T, dir string) {
	s := open(t, bolt.Params{Dir: dir})
	ctx := context.Background()
	err := s.Update(ctx, func(w storage.Writer) error { return w.PutAccount(&storage.Account{ID: "acc", Enabled: true}) })
	for err == nil {
		e := hotelWithout()
		err = s.Update(ctx, func(w storage.Writer) error {
			if err := w.PutEstablishment(e); err != nil {
				return err
			}
			return errors.Join(
				w.PutListing(&storage.Listing{EstablishmentID: e.ID, AccountID: "acc", Flow: storage.FlowQueued}),
				w.PutOperation(&storage.Operation{
					EstablishmentID: e.ID, AccountID: "acc", State: storage.OpPending, CreatedAt: e.CreatedAt,
				}),
				w.AppendJournal(&storage.JournalEntry{EstablishmentID: e.ID, Action: storage.JournalCreate}))
		})
		if err == nil {
			_, err = fmt.Println(e.ID)
		}
	}
	t.Fatal(err)
}

// survived checks the workspace after a kill. The transaction that was under way may be there or not, but whole.
func survived(t *testing.T, dir string, acknowledged map[string]bool) {
	t.Helper()
	s := open(t, bolt.Params{Dir: dir})
	defer s.Close()
	storagetest.Verify(t, s)
	err := s.View(context.Background(), func(r storage.Reader) error {
		for id := range acknowledged {
			if _, err := r.Row(id); err != nil {
				t.Errorf("acknowledged and lost: %v", err)
			}
		}
		rows, err := r.Rows("", 0)
		operations, err2 := r.Operations("acc", 0)
		journal, err3 := r.Journal(storage.JournalQuery{Limit: 1 << 30})
		if len(rows) != len(operations) || len(rows) != len(journal) {
			t.Errorf("%d rows, %d operations, %d journal entries", len(rows), len(operations), len(journal))
		}
		for i := range rows {
			acknowledged[rows[i].ID] = true
		}
		return errors.Join(err, err2, err3)
	})
	if err != nil {
		t.Error(err)
	}
}
