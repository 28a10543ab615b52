package bolt_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/storagetest"
)

// schema0 writes a workspace as the builds before the first release did: bare JSON, no derived bucket but identifiers.
func schema0(t *testing.T, n int) (dir string, es []*storage.Establishment) {
	t.Helper()
	dir = t.TempDir()
	edit(t, filepath.Join(dir, bolt.FileName), func(tx *bbolt.Tx) error {
		put := func(bucket, key string, v any) error {
			b, err := tx.CreateBucketIfNotExists([]byte(bucket))
			if err != nil {
				return err
			}
			raw, ok := v.(string)
			if !ok {
				j, err := json.Marshal(v)
				if err != nil {
					return err
				}
				raw = string(j)
			}
			return b.Put([]byte(key), []byte(raw))
		}
		err := errors.Join(put("meta", "schema", "0"), put("meta", "app", "0.9"), put("settings", "lang", "fr"),
			put("accounts", "acc", &storage.Account{ID: "acc", Enabled: true}),
			put("runs", "run", &storage.Run{ID: "run", Kind: storage.RunImport}))
		for i := range n {
			e := hotel(i)
			e.ID, e.Revision = "e"+strconv.Itoa(10_000+i), 1
			es = append(es, e)
			err = errors.Join(err, put("establishments", e.ID, e), put("ix.identifier", e.Identifier, e.ID),
				put("journal", "j"+e.ID, &storage.JournalEntry{ID: "j" + e.ID, EstablishmentID: e.ID, RunID: "run"}))
		}
		l := &storage.Listing{EstablishmentID: es[0].ID, AccountID: "acc", Flow: storage.FlowQueued}
		o := &storage.Operation{EstablishmentID: es[0].ID, AccountID: "acc", State: storage.OpPending}
		return errors.Join(err, put("listings", es[0].ID+"\x00acc", l), put("operations", es[0].ID+"\x00acc", o))
	})
	return dir, es
}

// isMigrated checks that what schema0 wrote is all there, in this version's form.
func isMigrated(t *testing.T, s *bolt.Store, es []*storage.Establishment) {
	t.Helper()
	storagetest.Verify(t, s)
	err := s.View(context.Background(), func(r storage.Reader) error {
		n, err := r.CountEstablishments()
		if n != len(es) {
			t.Errorf("%d establishments, want %d", n, len(es))
		}
		for _, e := range es {
			got, getErr := r.EstablishmentByIdentifier(e.Identifier)
			if err = errors.Join(err, getErr); err != nil {
				return err
			}
			if diff := cmp.Diff(e, got); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", e.ID, diff)
			}
		}
		row, rowErr := r.Row(es[0].ID)
		if row.WordOn("acc") != storage.WordPending {
			t.Errorf("the first row shows %+v", row.Listings)
		}
		counts, countErr := r.CountOperations()
		if counts[storage.OpPending] != 1 {
			t.Errorf("operations: %v", counts)
		}
		journal, journalErr := r.RunJournal("run", "", 0)
		if len(journal) != len(es) {
			t.Errorf("%d journal entries", len(journal))
		}
		lang, langErr := r.Setting("lang")
		if lang != "fr" {
			t.Errorf("the language is %q", lang)
		}
		return errors.Join(err, rowErr, countErr, journalErr, langErr)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestListingsOfSchema1AreKeptInTheShorterForm(t *testing.T) {
	dir := t.TempDir()
	s := open(t, bolt.Params{Dir: dir})
	e, a := hotel(0), &storage.Account{ID: "acc", Enabled: true}
	err := s.Update(context.Background(), func(w storage.Writer) error {
		return errors.Join(w.PutAccount(a), w.PutEstablishment(e),
			w.PutListing(&storage.Listing{EstablishmentID: e.ID, AccountID: "acc"}))
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	whole := `{"establishment":"` + e.ID + `","account":"acc","desired":{"name":"A","city":"P"},"accepted":{"name":"A","city":"P"},` +
		`"observed":{"name":"A","city":"P"},"matches":{"name":"same","city":"same"},"sync":"inSync"}`
	key := []byte(e.ID + "\x00acc")
	edit(t, filepath.Join(dir, bolt.FileName), func(tx *bbolt.Tx) error {
		return errors.Join(tx.Bucket([]byte("meta")).Put([]byte("schema"), []byte("1")),
			tx.Bucket([]byte("listings")).Put(key, append([]byte{1}, whole...)))
	})
	s = open(t, bolt.Params{Dir: dir})
	storagetest.Verify(t, s)
	err = s.View(context.Background(), func(r storage.Reader) error {
		l, err := r.Listing(e.ID, "acc")
		if err == nil && (l.Accepted[storage.FieldName] != "A" || l.Matches[storage.FieldCity] != storage.MatchSame) {
			t.Errorf("listing %+v", l)
		}
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(dir, bolt.FileName), func(tx *bbolt.Tx) error {
		if n := len(tx.Bucket([]byte("listings")).Get(key)); n >= len(whole) {
			t.Errorf("the record has %d bytes, it had %d", n, len(whole))
		}
		return nil
	})
}

// schema2 makes a workspace as it was before the agenda: without its buckets.
func schema2(t *testing.T, n int) (dir string) {
	t.Helper()
	dir, file := workspace(t, n)
	edit(t, file, func(tx *bbolt.Tx) error {
		err := errors.Join(meta("schema", "2")(tx), meta("derived", "1 fr 1 schema 2")(tx))
		for _, b := range []string{
			"types", "persons", "resources", "reservations", "feedLinks", "publications", "outsideFeeds",
			"ix.journal.reservation", "ix.reservation.uid", "ix.reservation.month", "ix.reservation.long", "ix.feed.token",
			"ix.agenda.reference",
		} {
			err = errors.Join(err, tx.DeleteBucket([]byte(b)), tx.Bucket([]byte("meta")).Delete([]byte("bucket/"+b)))
		}
		return err
	})
	return dir
}

func TestAWorkspaceFromBeforeTheAgendaGetsAnEmptyOne(t *testing.T) {
	dir := schema2(t, 3)
	s := open(t, bolt.Params{Dir: dir})
	defer s.Close()
	err := s.Update(context.Background(), func(w storage.Writer) error {
		n, err := w.CountEstablishments()
		rs, reservationsErr := w.Reservations("", 0)
		ts, typesErr := w.ReservationTypes()
		if n != 3 || len(rs) != 0 || len(ts) != 0 {
			t.Errorf("%d establishments, %d reservations, %d types", n, len(rs), len(ts))
		}
		return errors.Join(err, reservationsErr, typesErr,
			w.PutReservationType(&storage.ReservationType{Name: "Séjour", Color: "#1a73e8"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	storagetest.Verify(t, s)
	backups, err := bolt.Backups(dir)
	if err != nil || len(backups) != 1 || backups[0].Reason != bolt.BackupMigration {
		t.Errorf("backups %v, %v", backups, err)
	}
}

// A program from before the agenda would delete what reservations refer to: it refuses the file by its version.
func TestAProgramFromBeforeTheAgendaRefusesTheFile(t *testing.T) {
	dir := schema2(t, 1)
	s := open(t, bolt.Params{Dir: dir})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(dir, bolt.FileName), func(tx *bbolt.Tx) error {
		if v := string(tx.Bucket([]byte("meta")).Get([]byte("schema"))); v != strconv.Itoa(bolt.Schema) || bolt.Schema <= 2 {
			t.Errorf("the file's version is %s", v)
		}
		return nil
	})
}

// schema3 makes a workspace as it was before contacts: without their buckets.
func schema3(t *testing.T, n int) (dir string) {
	t.Helper()
	dir, file := workspace(t, n)
	edit(t, file, before("3", "contacts", "contactLinks", "contactSends", "contactQuestions", "contactBooks", "contactRows", "contactApart",
		"ix.journal.contact", "ix.contact.email", "ix.contact.mobile", "ix.contact.trash", "ix.contact.account", "ix.contact.remote"))
	return dir
}

// before takes away what a schema did not have yet.
func before(schema string, buckets ...string) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		err := errors.Join(meta("schema", schema)(tx), meta("derived", "1 fr 1 schema "+schema)(tx))
		for _, b := range buckets {
			err = errors.Join(err, tx.DeleteBucket([]byte(b)), tx.Bucket([]byte("meta")).Delete([]byte("bucket/"+b)))
		}
		return err
	}
}

func TestAWorkspaceFromBeforeContactsWereSetApartKeepsItsContacts(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, bolt.FileName)
	s := open(t, bolt.Params{Dir: dir})
	err := s.Update(context.Background(), func(w storage.Writer) error {
		return w.PutContact(&storage.Contact{ID: "c", Card: storage.Card{GivenName: "Zoé"}})
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	edit(t, file, before("4", "contactApart"))
	s = open(t, bolt.Params{Dir: dir})
	err = s.Update(context.Background(), func(w storage.Writer) error { return w.PutContactApart("c", "mark") })
	storagetest.Verify(t, s)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestAWorkspaceFromBeforeContactsGetsNoneAfterABackup(t *testing.T) {
	dir := schema3(t, 3)
	s := open(t, bolt.Params{Dir: dir})
	err := s.Update(context.Background(), func(w storage.Writer) error {
		n, err := w.CountEstablishments()
		cs, contactsErr := w.Contacts("", 0)
		if n != 3 || len(cs) != 0 {
			t.Errorf("%d establishments, %d contacts", n, len(cs))
		}
		return errors.Join(err, contactsErr, w.PutContact(&storage.Contact{Card: storage.Card{GivenName: "Zoé"}}))
	})
	storagetest.Verify(t, s)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	backups, err := bolt.Backups(dir)
	if err != nil || len(backups) != 1 || backups[0].Reason != bolt.BackupMigration {
		t.Errorf("backups %v, %v", backups, err)
	}
	edit(t, filepath.Join(dir, bolt.FileName), func(tx *bbolt.Tx) error {
		if v := string(tx.Bucket([]byte("meta")).Get([]byte("schema"))); v != strconv.Itoa(bolt.Schema) || bolt.Schema <= 3 {
			t.Errorf("a program from before contacts would open version %s", v)
		}
		return nil
	})
}

func TestOpenMigratesAnOlderWorkspaceAfterABackup(t *testing.T) {
	dir, es := schema0(t, 520)
	s := open(t, bolt.Params{Dir: dir})
	isMigrated(t, s, es)
	backups, err := bolt.Backups(dir)
	if err != nil || len(backups) != 1 || backups[0].Reason != bolt.BackupMigration {
		t.Fatalf("backups %v, %v", backups, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// The backup is the file as it was: restored, it is migrated again.
	if err := bolt.Restore(context.Background(), dir, backups[0].Path); err != nil {
		t.Fatal(err)
	}
	s = open(t, bolt.Params{Dir: dir})
	defer s.Close()
	isMigrated(t, s, es)
}

func TestAnInterruptedMigrationGoesOnWhereItWas(t *testing.T) {
	dir, es := schema0(t, 520)
	for stop := 0; ; stop++ {
		ctx, cancel := context.WithCancel(context.Background())
		first := true
		s, err := bolt.Open(ctx, bolt.Params{Dir: dir, Migrating: func(int) {
			if first = !first; first { // one slice goes through, the next is interrupted
				cancel()
			}
		}})
		cancel()
		if errors.Is(err, context.Canceled) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if stop < 3 {
			t.Errorf("it was interrupted %d times only", stop)
		}
		isMigrated(t, s, es)
		backups, err := bolt.Backups(dir)
		if err != nil || len(backups) != 1 {
			t.Errorf("backups %v, %v", backups, err)
		}
		if err := bolt.CheckBackup(backups[0].Path); err != nil {
			t.Error(err)
		}
		return
	}
}

func TestRowsOfAnotherCollationAreMadeAgain(t *testing.T) {
	dir, file := workspace(t, 30)
	edit(t, file, func(tx *bbolt.Tx) error {
		rows := tx.Bucket([]byte("rows"))
		k, _ := rows.Cursor().First()
		return errors.Join(rows.Put(k, []byte("made by another version")), meta("derived", "1 fr 1 schema 1")(tx))
	})
	s := open(t, bolt.Params{Dir: dir})
	defer s.Close()
	storagetest.Verify(t, s)
}

func TestAMigrationThatDoesNotVerifyIsNotAccepted(t *testing.T) {
	dir, _ := schema0(t, 3)
	edit(t, filepath.Join(dir, bolt.FileName), func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("accounts")).Delete([]byte("acc")) // the listing now refers to nothing
	})
	if s, err := bolt.Open(context.Background(), bolt.Params{Dir: dir}); !errors.Is(err, storage.ErrDamaged) {
		t.Errorf("opening gives %v, %v", s, err)
	}
	good, err := bolt.NewestGood(dir)
	if err != nil || good.Reason != bolt.BackupMigration {
		t.Errorf("the backup made before is %v, %v", good, err)
	}
}
