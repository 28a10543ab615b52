package activity

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"diapason/app/apptest"
	"diapason/app/command"
	"diapason/app/say"
	"diapason/storage"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts"
	"diapason/sync/tabular"
)

// addressBook is a workspace with contacts, in tune with a real server, and all that leaves it.
type addressBook struct {
	*testing.T
	store   storage.Store
	people  *contacts.Service
	engine  *sync.Engine
	server  *publicationtest.Collection
	account *storage.Account
	mu      stdsync.Mutex
	logged  bytes.Buffer
}

// Write takes a line of the log.
func (b *addressBook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.logged.Write(p)
}

func newAddressBook(t *testing.T) *addressBook {
	t.Helper()
	b := &addressBook{T: t, store: apptest.Store(t), server: publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")}
	kept, err := secrets.Open(secrets.Params{Workspace: t.TempDir(), KeyDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.people = contacts.New(contacts.Params{
		Store: b.store, Secrets: kept, Clock: sync.WallClock{}, Log: log, Kinds: command.AddressBooks(kept, sync.WallClock{}), Word: say.ContactField,
	})
	b.engine = sync.New(sync.Params{Store: b.store, Couriers: b.people.CourierKinds(), Secrets: kept, Contacts: b.people, Log: log})
	b.people.ReportTo(b.engine.Jobs())
	t.Cleanup(func() {
		b.engine.Stop()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	b.account = &storage.Account{Kind: "contacts.carddav", Name: "Nuage", Settings: map[string]string{
		"base-url": b.server.URL, "user": publicationtest.User, contacts.SettingLabel: "*",
	}}
	b.done(b.engine.AddAccountWith(t.Context(), b.account, map[string]string{"password": publicationtest.Password}))
	b.done(b.engine.Start(t.Context()))
	return b
}

func (b *addressBook) done(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// card is somebody as files and servers keep them.
func (b *addressBook) card(i int, more string) string {
	return fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u%d\r\nN:Kirikipu%d;Zébuline;;;\r\nFN:Zébuline Kirikipu%d\r\nEMAIL:k%d@secret-lumen.test\r\n"+
		"TEL;TYPE=CELL:+336998877%02d\r\n%sEND:VCARD\r\n", i, i, i, i, i, more)
}

func (b *addressBook) take(cards string) contacts.ImportReport {
	b.Helper()
	report, err := b.people.ImportFile(b.Context(), "carnet.vcf", strings.NewReader(cards), contacts.ImportParams{})
	b.done(err)
	return report
}

// pass makes one and waits for its end.
func (b *addressBook) pass(want storage.RunState) *storage.Run {
	b.Helper()
	id, err := b.people.Sync(b.Context(), b.account.ID, storage.ActorUser)
	b.done(err)
	run, err := b.engine.Wait(b.Context(), id)
	b.done(err)
	if run.State != want {
		b.Fatalf("the pass is %s: %v, want %s", run.State, run.Problem, want)
	}
	return run
}

func (b *addressBook) all() (all []*storage.Contact) {
	b.Helper()
	b.done(b.store.View(b.Context(), func(tx storage.Reader) (err error) {
		all, err = tx.Contacts("", 0)
		return err
	}))
	return all
}

// there changes every card that the server has.
func (b *addressBook) there(change func(card string) string) {
	b.Helper()
	for _, c := range b.all() {
		name := c.ID + ".vcf"
		if status, card := b.server.Call(http.MethodGet, name, "", nil); status == http.StatusOK {
			method, body := http.MethodPut, change(card)
			if body == "" {
				method = http.MethodDelete
			}
			if status, answer := b.server.Call(method, name, body, http.Header{"Content-Type": {"text/vcard"}}); status/100 != 2 {
				b.Fatal(status, answer)
			}
		}
	}
}

// live does with contacts whatever is journalled: imports, edits, conflicts, decisions, refusals, a merge, a held pass, undos.
func (b *addressBook) live() {
	ctx := b.Context()
	var file strings.Builder
	for i := range 12 {
		file.WriteString(b.card(i, "NOTE:Allergie aux oursins\r\nitem1.TEL:+33123456789\r\nitem1.X-ABLABEL:Standard de Babeth\r\n"))
	}
	report := b.take(file.String())
	undo, err := b.engine.Undo(ctx, report.Run.ID)
	b.done(err)
	_, err = b.engine.Wait(ctx, undo)
	b.done(err)
	b.take(file.String())
	b.take(strings.Replace(b.card(20, ""), "k20@", "k1@", 1))
	b.pass(storage.RunDone)
	for i, c := range b.all() { // both sides, close together: conflicts
		c.Nickname = "Turlututu"
		change, err := b.people.Save(ctx, c)
		b.done(err)
		if i == 0 {
			b.done(b.people.Undo(ctx, change))
		}
	}
	b.there(func(card string) string {
		return strings.Replace(card, "END:VCARD", "NICKNAME:Rigodon\r\nTITLE:Dompteuse de Babouchka\r\nEND:VCARD", 1)
	})
	b.pass(storage.RunDone)
	n, err := b.people.DecideAll(ctx, b.account.ID, "here")
	b.done(err)
	if n == 0 {
		b.Error("there was no conflict")
	}
	merged := b.pass(storage.RunDone)
	undo, err = b.engine.Undo(ctx, merged.ID)
	if err == nil {
		_, err = b.engine.Wait(ctx, undo)
	}
	b.done(err)
	all := b.all()
	_, err = b.people.Merge(ctx, all[0].ID, all[1].ID, all[0].Card)
	b.done(err)
	_, err = b.people.Trash(ctx, all[2].ID)
	b.done(err)
	_, err = b.people.SetApart(ctx, all[3].ID, all[4].ID)
	b.done(err)
	b.there(func(string) string { return "" })
	held := b.pass(storage.RunHeld)
	b.done(b.people.Agree(ctx, held.ID, held.Guard.Hash))
	_, err = b.engine.Wait(ctx, held.ID)
	b.done(err)
}

// TestNoContactLeavesWithTheJournalOfActivite saves the journal as Activité does, after everything that can be done with
// contacts: which contact and which field it tells, and nothing that somebody's card said.
func TestNoContactLeavesWithTheJournalOfActivite(t *testing.T) {
	b := newAddressBook(t)
	b.live()
	out := map[string]string{"the log": ""}
	for _, ending := range Endings {
		path := filepath.Join(t.TempDir(), "journal"+ending)
		b.done(saveJournal(t.Context(), b.store, time.Time{}, map[string]string{b.account.ID: "Nuage"}, path, time.UTC))
		out["the journal"+ending] = strings.Join(texts(t, path), "\n")
		raw, err := os.ReadFile(path)
		b.done(err)
		out["the file of the journal"+ending] = string(raw)
	}
	var support bytes.Buffer
	b.done(b.engine.SupportFile(t.Context(), &support, time.Time{}))
	archive, err := zip.NewReader(bytes.NewReader(support.Bytes()), int64(support.Len()))
	b.done(err)
	for _, f := range archive.File {
		r, err := f.Open()
		b.done(err)
		raw, err := io.ReadAll(r)
		b.done(cmp.Or(err, r.Close()))
		out["the support file, "+f.Name] = string(raw)
	}
	b.mu.Lock()
	out["the log"] = b.logged.String()
	b.mu.Unlock()
	for where, text := range out {
		for _, said := range []string{
			publicationtest.Password, "Kirikipu", "Zébuline", "secret-lumen", "3369988", "69988", "oursins", "Babeth", "23456789", "23 45 67",
			"Turlututu", "Rigodon", "Babouchka", "Dompteuse",
		} {
			if i := strings.Index(text, said); i >= 0 {
				t.Errorf("%s says %q: …%s…", where, said, text[max(0, i-150):min(len(text), i+100)])
			}
		}
	}
	journal := out["the journal.csv"]
	for _, told := range []string{b.all()[0].ID, "•••", "Nuage"} {
		if strings.Count(journal, told) < 5 {
			t.Errorf("the journal does not tell %q: %s", told, journal)
		}
	}
	for _, action := range []storage.JournalAction{
		storage.JournalCreate, storage.JournalUpdate, storage.JournalDelete, storage.JournalSend,
	} {
		if !strings.Contains(journal, say.JournalAction(action)) {
			t.Errorf("nothing was journalled as %q", action)
		}
	}
}

// texts reads the cells of a table.
func texts(t *testing.T, path string) (all []string) {
	t.Helper()
	book, err := tabular.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.Rows(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		for _, c := range rows.Row().Cells {
			all = append(all, c.Text)
		}
	}
	if err := cmp.Or(rows.Err(), rows.Close(), book.Close()); err != nil {
		t.Fatal(err)
	}
	return all
}
