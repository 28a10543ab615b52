package sync_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync"
	"diapason/sync/directory"
	"diapason/sync/directory/trial"
	"diapason/sync/merge"
	"diapason/sync/sandbox"
)

const benchEstablishments = 10_000

// benchStore counts the transactions that write.
type benchStore struct {
	*bolt.Store
	updates int
}

// benchRig is 10,000 establishments and two directories without limits.
type benchRig struct {
	*testing.B
	store  *benchStore
	engine *sync.Engine
	trials []*sandbox.Trial
}

func newBenchRig(b *testing.B) *benchRig {
	b.Helper()
	store, err := bolt.Open(b.Context(), bolt.Params{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	r := &benchRig{B: b, store: &benchStore{Store: store}}
	var kinds []directory.Kind
	for i := range 2 {
		d, err := sandbox.NewTrial(sandbox.TrialParams{})
		if err != nil {
			b.Fatal(err)
		}
		r.trials = append(r.trials, d)
		kind := trial.KindOver(sandbox.Transport{Handler: d})
		kind.ID = fmt.Sprintf("directory.bench%d", i)
		kinds = append(kinds, declaring(kind, func(c *directory.Capabilities) { c.RatePerSecond = 0 }))
	}
	r.engine = sync.New(sync.Params{Store: store, Kinds: directory.NewKinds(kinds...)})
	if err := r.engine.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		r.engine.Stop()
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	for i, k := range kinds {
		err := r.engine.AddAccount(b.Context(), &storage.Account{
			Kind: k.ID, Name: fmt.Sprintf("Annuaire %d", i), Settings: map[string]string{trial.SettingURL: "http://essai.test"},
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for from := 0; from < benchEstablishments; from += 500 {
		err := store.Update(b.Context(), func(w storage.Writer) error {
			for i := from; i < from+500; i++ {
				if err := w.PutEstablishment(hotel(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Cleanup(store.OnChange(func(storage.Changes) { r.store.updates++ }))
	return r
}

// publish sends everything to both directories and gives the time that it took.
func (r *benchRig) publish() (*storage.Run, time.Duration) {
	r.Helper()
	began := time.Now()
	id, err := r.engine.Sync(r.Context(), sync.Request{All: true})
	if err != nil {
		r.Fatal(err)
	}
	run, err := r.engine.Wait(r.Context(), id)
	if err != nil {
		r.Fatal(err)
	}
	return run, time.Since(began)
}

// BenchmarkPublish publishes 10,000 establishments to two directories, each re-read afterwards, and then publishes again
// with nothing changed. It is measured against as many durable commits of bbolt alone, which write as many bytes (goal:
// 2,000 operations a second, or 80 % of what the commits allow; the second run 0.3 s and no request that writes).
func BenchmarkPublish(b *testing.B) {
	for b.Loop() {
		r := newBenchRig(b)
		r.store.updates = 0
		run, took := r.publish()
		if run.Totals.Sent != 2*benchEstablishments {
			b.Fatalf("run %+v", run)
		}
		commits := r.store.updates
		bare := bareCommits(b, commits, 2*benchEstablishments)
		effects := r.calls()
		again, idle := r.publish()
		if again.Totals.Unchanged != 2*benchEstablishments || r.calls() != effects {
			b.Fatalf("the second run did something: %+v, %d calls", again, r.calls()-effects)
		}
		rate := 2 * benchEstablishments / took.Seconds()
		b.ReportMetric(rate, "operations/s")
		b.ReportMetric(100*bare.Seconds()/took.Seconds(), "%-of-bare-commits")
		b.ReportMetric(float64(commits), "commits")
		b.ReportMetric(float64(idle.Milliseconds()), "second-run-ms")
		b.ReportMetric(0, "ns/op") // setting up is in it
	}
}

func (r *benchRig) calls() int {
	n := 0
	for _, d := range r.trials {
		n += d.Calls()
	}
	return n
}

// bareCommits is the time that bbolt alone takes for as many durable commits, which together write what the operations
// keep: per operation three times a record of 2 KB (marked as under way, acknowledged, re-read) and four index entries.
func bareCommits(b *testing.B, commits, operations int) time.Duration {
	b.Helper()
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // thrown away
	record := []byte(strings.Repeat("x", 2048))
	writes := 3 * operations
	began := time.Now()
	done := 0
	for c := range commits {
		upTo := writes * (c + 1) / commits
		err := db.Update(func(tx *bbolt.Tx) error {
			records, err := tx.CreateBucketIfNotExists([]byte("records"))
			if err != nil {
				return err
			}
			index, err := tx.CreateBucketIfNotExists([]byte("index"))
			if err != nil {
				return err
			}
			for ; done < upTo; done++ {
				key := binary.BigEndian.AppendUint64(nil, uint64(done%operations))
				if err := records.Put(key, record); err != nil {
					return err
				}
				for i := range byte(4) {
					if err := index.Put(append([]byte{i}, key...), nil); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began)
}

// BenchmarkPlan100k is the dry run of a publication of 100,000 establishments of which 1,000 changed since they were
// published (goal: 150 ms).
func BenchmarkPlan100k(b *testing.B) {
	r := newBenchRig(b)
	account := r.tuned(100_000)
	request := sync.Request{All: true, AccountIDs: []string{account}}
	for b.Loop() {
		plan, err := r.engine.Plan(b.Context(), request)
		if err != nil {
			b.Fatal(err)
		}
		changed := 0
		for _, i := range plan.Items {
			if i.Intent == sync.IntentUpdate {
				changed++
			}
		}
		if changed != 1000 || len(plan.Items) != 100_000 {
			b.Fatalf("%d of %d changed", changed, len(plan.Items))
		}
	}
}

// tuned brings the workspace to n establishments that the first account shows as they were, one in a hundred of them
// edited since; it gives that account.
func (r *benchRig) tuned(n int) (account string) {
	r.Helper()
	var ids []string
	err := r.store.View(r.Context(), func(tx storage.Reader) error {
		accounts, err := tx.Accounts()
		if err != nil {
			return err
		}
		account = accounts[0].ID
		ids, err = tx.EstablishmentIDsByStatus(storage.StatusActive)
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	caps := trial.Capabilities()
	for from := 0; from < n; from += 500 {
		err := r.store.Update(r.Context(), func(w storage.Writer) error {
			for i := from; i < from+500; i++ {
				e := hotel(i)
				if i < len(ids) {
					kept, err := w.Establishment(ids[i])
					if err != nil {
						return err
					}
					e = kept
				} else if err := w.PutEstablishment(e); err != nil {
					return err
				}
				l := &storage.Listing{
					EstablishmentID: e.ID, AccountID: account, RemoteID: e.ID, Sync: storage.SyncInSync,
					Desired: directory.Desired(e, caps), Accepted: directory.Desired(e, caps), Observed: directory.Desired(e, caps),
				}
				if i%100 == 0 {
					l.Accepted[storage.FieldPhone], l.Observed[storage.FieldPhone] = "+33142609999", "+33142609999"
					l.Flow = storage.FlowNeeded
				}
				l.Matches = merge.Compare(l.Accepted, l.Desired, l.Observed, caps.Readable)
				if err := w.PutListing(l); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			r.Fatal(err)
		}
	}
	return account
}

// BenchmarkMergePlan100k plans 100,000 listings of which 1,000 changed (goal: 150 ms).
func BenchmarkMergePlan100k(b *testing.B) {
	caps := trial.Capabilities()
	base := make([]storage.Snapshot, 100_000)
	wanted := make([]storage.Snapshot, len(base))
	for i := range base {
		base[i] = directory.Desired(hotel(i), caps)
		wanted[i] = directory.Desired(hotel(i), caps)
		if i%100 == 0 {
			wanted[i][storage.FieldPhone] = "+33142609999"
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		changed := 0
		for i := range base {
			matches := merge.Compare(base[i], wanted[i], base[i], caps.Readable)
			if len(merge.ToSend(wanted[i], matches, nil, false)) > 0 {
				changed++
			}
		}
		if changed != 1000 {
			b.Fatalf("%d changed", changed)
		}
	}
}

// BenchmarkEdit is one edit with everything that goes with it, in a workspace of 10,000 establishments (goal: 15 ms for
// 95 of 100).
func BenchmarkEdit(b *testing.B) {
	r := newBenchRig(b)
	var ids []string
	err := r.store.View(b.Context(), func(tx storage.Reader) (err error) {
		ids, err = tx.EstablishmentIDsByStatus(storage.StatusActive)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		began := time.Now()
		values := map[storage.Field]string{storage.FieldEmail: fmt.Sprintf("accueil%d@example.org", n)}
		if _, err := r.engine.Edit(context.Background(), ids[n*7919%len(ids)], values, storage.ActorUser); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}
