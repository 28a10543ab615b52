package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/storage/storagetest"
)

// rich makes a closed workspace with something in every bucket.
func rich(t *testing.T) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	s := open(t, bolt.Params{Dir: dir})
	defer s.Close()
	fill(t, s, 3)
	err := s.Update(context.Background(), func(w storage.Writer) error {
		es, err := w.Establishments("", 0)
		if err != nil {
			return err
		}
		id, now := es[0].ID, es[0].UpdatedAt
		return errors.Join(
			w.PutAccount(&storage.Account{ID: "acc", Enabled: true}),
			w.PutListing(&storage.Listing{EstablishmentID: id, AccountID: "acc", NextCheck: now}),
			w.PutOperation(&storage.Operation{EstablishmentID: id, AccountID: "acc", State: storage.OpPending, CreatedAt: now}),
			w.PutRun(&storage.Run{ID: "run", StartedAt: now}),
			w.PutRunItem(&storage.RunItem{RunID: "run", At: now}),
			w.AppendJournal(&storage.JournalEntry{ID: "j", At: now, ReservationID: "r", ContactID: "c"}),
			w.PutProfile(&storage.ImportProfile{ID: "p"}),
			w.PutSchedule(&storage.Schedule{ID: "s"}),
			w.PutSetting("k", "v"))
	})
	if err != nil {
		t.Fatal(err)
	}
	fillAgenda(t, s, 25)
	err = s.Update(context.Background(), func(w storage.Writer) error {
		endless := stay(1)
		endless.Recurrence = &storage.Recurrence{Rule: "FREQ=YEARLY"}
		return errors.Join(w.PutReservation(endless), w.PutPerson(&storage.Person{ID: "adm", Name: "Adm", Administrator: true}),
			w.PutFeedLink(&storage.FeedLink{
				ID: "l", OwnerID: "alix", Label: "Lien", Detail: storage.FeedBusy, Language: "fr", TokenHash: strings.Repeat("0", 64),
			}),
			w.PutPublication(&storage.Publication{LinkID: "l", AccountID: "acc", Name: "x.ics"}),
			w.PutOutsideFeed(&storage.OutsideFeed{ID: "o", Name: "Gîte", TypeID: "t", Color: "#000000", Every: time.Hour}))
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(context.Background(), func(w storage.Writer) error {
		c, gone := somebody(1), somebody(2)
		c.ID, gone.ID, gone.TrashedAt = "c", "d", time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
		return errors.Join(w.PutAccount(&storage.Account{ID: "book", Kind: "contacts.trial"}), w.PutContact(c), w.PutContact(gone),
			w.PutContactLink(&storage.ContactLink{ContactID: "c", AccountID: "book", RemoteID: "1"}),
			w.PutContactQuestion(&storage.ContactQuestion{ID: "q", AccountID: "book", Kind: storage.QuestionMatch}),
			w.PutContactBook(&storage.ContactBook{AccountID: "book"}), w.PutContactApart("c", "m"))
	})
	if err != nil {
		t.Fatal(err)
	}
	storagetest.Verify(t, s)
	return dir, filepath.Join(dir, bolt.FileName)
}

func TestVerifyNamesEveryBrokenInvariant(t *testing.T) {
	first := func(tx *bbolt.Tx, bucket string) (b *bbolt.Bucket, k, v []byte) {
		b = tx.Bucket([]byte(bucket))
		k, v = b.Cursor().First()
		return b, bytes.Clone(k), bytes.Clone(v)
	}
	remove := func(bucket string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b, k, _ := first(tx, bucket)
			return b.Delete(k)
		}
	}
	surplus := func(bucket string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucket)).Put([]byte("zz\x00zz"), nil) }
	}
	spoil := func(bucket, value string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b, k, _ := first(tx, bucket)
			return b.Put(k, []byte(value))
		}
	}
	only := func(bucket, key string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucket)).Delete([]byte(key)) }
	}
	put := func(bucket, key, record string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte(bucket)).Put([]byte(key), append([]byte{2}, record...))
		}
	}
	rename := func(bucket string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			b, k, v := first(tx, bucket)
			return errors.Join(b.Delete(k), b.Put([]byte("renamed"), v))
		}
	}
	type breakage struct {
		name   string
		f      func(*bbolt.Tx) error
		bucket string
		text   string
	}
	tests := []breakage{
		{"counter", spoil("counts", "\x00\x00\x00\x00\x00\x00\x00\x63"), "counts", "counter differs"},
		{"missing counter", remove("counts"), "counts", "counter is missing"},
		{"missing account", remove("accounts"), "listings", "account does not exist"},
		{"missing account of an operation", remove("accounts"), "operations", "account does not exist"},
		{"missing establishment", remove("establishments"), "listings", "establishment does not exist"},
		{"missing run", remove("runs"), "items", "run does not exist"},
		{"foreign row", spoil("rows", "\x01"), "rows", "row differs"},
		{"missing row", remove("rows"), "rows", "row differs"},
		{
			"slot that ran twice", spoil("schedules", "\x01"+`{"id": "s", "rule": {"kind": "daily"}, "slots": [
				{"planned": "2026-11-19T08:00:00Z", "state": "done"}, {"planned": "2026-11-19T08:00:00Z", "state": "done"}]}`),
			"schedules", "ran twice",
		},
		{
			"two slots under way", spoil("schedules", "\x01"+`{"id": "s", "rule": {"kind": "daily"}, "slots": [
				{"planned": "2026-11-20T08:00:00Z", "state": "started"}, {"planned": "2026-11-19T08:00:00Z", "state": "started"}]}`),
			"schedules", "under way",
		},
		{"foreign identifier", spoil("ix.identifier", "x"), "ix.identifier", "points at"},
		{"foreign UID", spoil("ix.reservation.uid", "x"), "ix.reservation.uid", "points at"},
		{"foreign span", spoil("ix.reservation.month", "x"), "ix.reservation.month", "points at"},
		{"missing type", remove("types"), "reservations", "refers to nothing"},
		{"missing type of a feed", remove("types"), "outsideFeeds", "refers to nothing"},
		{"missing resource", remove("resources"), "reservations", "refers to nothing"},
		{"missing establishment of a reservation", only("establishments", "e"), "reservations", "refers to nothing"},
		{"missing establishment of a resource", only("establishments", "e"), "resources", "refers to nothing"},
		{"missing owner", only("persons", "alix"), "feedLinks", "refers to nothing"},
		{"missing link", remove("feedLinks"), "publications", "refers to nothing"},
		{"missing account of a publication", remove("accounts"), "publications", "refers to nothing"},
		{
			"two administrators", put("persons", "alix", `{"id":"alix","name":"Alix","administrator":true}`),
			"persons", "second administrator",
		},
		{
			"a link of the administrator", put("persons", "alix", `{"id":"alix","name":"Alix","administrator":true}`),
			"feedLinks", "administrator",
		},
		{"two types of one name", put("types", "u", `{"id":"u","name":"répétition","color":"#000000"}`), "types", "its name"},
		{"type without a colour", put("types", "u", `{"id":"u","name":"U"}`), "types", "invalid"},
		{"person without a name", put("persons", "u", `{"id":"u"}`), "persons", "invalid"},
		{"reservation never written", put("reservations", "u", `{"id":"u","uid":"u"}`), "reservations", "revision is zero"},
		{"reservation without times", put("reservations", "u", `{"id":"u","uid":"u"}`), "reservations", "invalid"},
		{"reservation without UID", put("reservations", "u", `{"id":"u"}`), "reservations", "unusable UID"},
		{"token that is no hash", put("feedLinks", "u", `{"id":"u","tokenHash":"x"}`), "feedLinks", "SHA-256"},
		{"publication without a name", put("publications", "l\x00acc", `{"link":"l","account":"acc"}`), "publications", "name"},
		{"foreign row of a contact", spoil("contactRows", "\x01"), "contactRows", "row differs"},
		{"missing row of a contact", remove("contactRows"), "contactRows", "row differs"},
		{"missing contact of a link", only("contacts", "c"), "contactLinks", "contact does not exist"},
		{"missing contact of a mark", only("contacts", "c"), "contactSends", "contact does not exist"},
		{"missing contact that is apart", only("contacts", "c"), "contactApart", "contact does not exist"},
		{"contact that is apart from nobody", put("contactApart", "c\x00", ""), "contactApart", "marks with nothing"},
		{"missing account of a link", only("accounts", "book"), "contactLinks", "account does not exist"},
		{"missing account of a mark", only("accounts", "book"), "contactSends", "account does not exist"},
		{"missing account of a question", only("accounts", "book"), "contactQuestions", "account does not exist"},
		{"missing account of an address book", only("accounts", "book"), "contactBooks", "account does not exist"},
		{"mark of another write", spoil("contactSends", "\x09"), "contactSends", "last write"},
		{"foreign link", spoil("ix.contact.remote", "x"), "ix.contact.remote", "points at"},
		{"contact never written", put("contacts", "u", `{"id":"u","givenName":"U"}`), "contacts", "revision is zero"},
		{"contact that says nothing", put("contacts", "u", `{"id":"u","revision":1}`), "contacts", "invalid"},
		{"link to nothing there", put("contactLinks", "c\x00book", `{"contact":"c","account":"book"}`), "contactLinks", "unusable name"},
		{"feed read all the time", put("outsideFeeds", "o", `{"id":"o","name":"O","type":"t"}`), "outsideFeeds", "invalid"},
	}
	for _, b := range []string{
		"ix.identifier", "ix.status", "ix.label", "ix.natural", "ix.name", "ix.listing.account", "ix.listing.word",
		"ix.listing.due", "ix.operation.order", "ix.run.start", "ix.journal.establishment", "ix.journal.run",
		"ix.journal.reservation", "ix.reservation.uid", "ix.reservation.month", "ix.reservation.long", "ix.feed.token",
		"ix.agenda.reference", "ix.journal.contact", "ix.contact.email", "ix.contact.mobile", "ix.contact.trash",
		"ix.contact.account", "ix.contact.remote",
	} {
		tests = append(tests, breakage{b + " lacks an entry", remove(b), b, "entry is missing"},
			breakage{b + " has one too many", surplus(b), b, "records call for"})
	}
	for _, b := range []string{
		"establishments", "listings", "accounts", "operations", "runs", "items", "journal", "profiles", "schedules",
		"types", "persons", "resources", "reservations", "feedLinks", "publications", "outsideFeeds", "contacts", "contactLinks",
		"contactQuestions", "contactBooks",
	} {
		tests = append(tests, breakage{b + " under another key", rename(b), b, "calls itself"},
			breakage{b + " of an unknown version", spoil(b, "\x09{}"), b, "version"},
			breakage{b + " that is no JSON", spoil(b, "\x01{"), b, "decode"})
	}
	_, file := rich(t)
	whole := read(t, file)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, bolt.FileName)
			if err := os.WriteFile(file, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			edit(t, file, tt.f)
			s := open(t, bolt.Params{Dir: dir})
			defer s.Close()
			violations, err := s.Verify(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range violations {
				if v.Bucket == tt.bucket && strings.Contains(v.Text, tt.text) {
					return
				}
			}
			t.Errorf("not found: %s in %s, but %v", tt.text, tt.bucket, violations)
		})
	}
}

// A page that rots while the file is closed is not noticed at Open; reading it is an error, not the end of the program.
func TestReadingARottenPageIsAnError(t *testing.T) {
	dir, file := workspace(t, 60)
	b := read(t, file)
	page := os.Getpagesize()
	// Spoil the pages one after another until a read fails.
	for at := 2 * page; at+page <= len(b); at += page {
		spoilt := bytes.Clone(b)
		for i := at; i < at+16; i++ {
			spoilt[i] = 0xee
		}
		if err := os.WriteFile(file, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := bolt.Open(context.Background(), bolt.Params{Dir: dir})
		if err != nil {
			continue
		}
		err = s.View(context.Background(), func(r storage.Reader) error {
			_, err := r.Establishments("", 0)
			return err
		})
		_ = s.Close() // it may not be possible to mark a rotten file as closed
		if errors.Is(err, storage.ErrDamaged) {
			return
		}
		if err != nil {
			t.Fatalf("page %d: %v", at/page, err)
		}
	}
	t.Error("no spoilt page was noticed")
}

func TestVerifyCanBeCancelled(t *testing.T) {
	dir, _ := rich(t)
	s := open(t, bolt.Params{Dir: dir})
	defer s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Verify(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("it gives %v", err)
	}
}

func TestVerifyFindsNoFaultInWhatIsWrittenMeanwhile(t *testing.T) {
	s := open(t, bolt.Params{Dir: t.TempDir()})
	fillAgenda(t, s, 25)
	done, ended := make(chan struct{}), make(chan error)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				ended <- nil
				return
			default:
			}
			if err := s.Update(context.Background(), func(w storage.Writer) error { return w.PutSetting("k", strings.Repeat("v", i%5000)) }); err != nil {
				ended <- err
				return
			}
		}
	}()
	for range 10 {
		if found, err := s.Verify(t.Context()); err != nil || len(found) > 0 {
			t.Errorf("found %v, %v", found, err)
			break
		}
	}
	close(done)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
