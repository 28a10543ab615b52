//go:build linux

package windowtest

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diapason/sync/sandbox"
)

// zoe is the account at Google's emulator.
const zoe = "zoe@hotel.example"

// book is Google's emulator with an account that keeps contacts, and a gate before every batch of new ones.
type book struct {
	t         *testing.T
	home      string
	workspace string
	google    *sandbox.Google
	url       string
	gate      chan struct{} // lets one batch through; closed, it lets all through
}

func newBook(t *testing.T, workspace string) *book {
	t.Helper()
	b := &book{
		t: t, home: newHome(t), workspace: workspace, gate: make(chan struct{}),
		google: sandbox.NewGoogle(sandbox.GoogleParams{
			Now: time.Now, Clients: []sandbox.GoogleClient{{ID: "own", Secret: "GOCSPX-own"}},
			Accounts: []sandbox.GoogleAccount{{ID: "1001", Email: zoe}},
		}),
	}
	handler, over := b.google.Handler(), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ":batchCreateContacts") {
			select {
			case <-b.gate:
			case <-over: // the test failed before: nobody hears that the program went, for what it sent was not read
				return
			}
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		close(over)
		server.Close()
	})
	b.url = server.URL
	return b
}

// let lets a batch through, once it is there.
func (b *book) let() {
	b.t.Helper()
	select {
	case b.gate <- struct{}{}:
	case <-time.After(patience):
		b.t.Fatal("no batch came")
	}
}

// run runs one of the program's commands in the person's home; each line that it writes to its errors is told.
func (b *book) run(line func(string), args ...string) {
	b.t.Helper()
	c := exec.Command(desk.program, append(args, "--workspace", b.workspace)...)
	c.Env = append(append(os.Environ(), at(b.home)...), "DISPLAY=", "WAYLAND_DISPLAY=", "BROWSER=true", "DBUS_SESSION_BUS_ADDRESS="+desk.bus)
	errors, err := c.StderrPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.t.Fatal(err)
	}
	var said bytes.Buffer
	for lines := bufio.NewScanner(errors); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		line(lines.Text())
	}
	if err := c.Wait(); err != nil {
		b.t.Fatalf("diapason %s: %v\n%s", strings.Join(args, " "), err, said.String())
	}
}

// connect adds the account, with a person who grants access in the browser; all of its cards are kept in tune.
func (b *book) connect() {
	b.t.Helper()
	secret := filepath.Join(b.home, "secret")
	if err := os.WriteFile(secret, []byte("GOCSPX-own\n"), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.run(func(line string) {
		if address := strings.TrimSpace(line); strings.HasPrefix(address, b.url+"/o/oauth2/") {
			if _, err := (sandbox.GooglePerson{Account: "1001"}).Answer(b.t.Context(), address); err != nil {
				b.t.Error(err)
			}
		}
	}, "account", "add", "contacts.google", "--name", zoe, "--set", "client-id=own", "--set", "base-url="+b.url,
		"--set", "label=*", "--secret", "client-secret=@"+secret)
}

// fill imports n contacts.
func (b *book) fill(n int) {
	b.t.Helper()
	var cards strings.Builder
	for i := range n {
		fmt.Fprintf(&cards, "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Morel%03d;Zita;;;\r\nFN:Zita Morel%03d\r\nEMAIL;TYPE=HOME:zita%03d@lumen.test\r\nEND:VCARD\r\n", i, i, i)
	}
	file := filepath.Join(b.home, "contacts.vcf")
	if err := os.WriteFile(file, []byte(cards.String()), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.run(func(string) {}, "contacts", "import", file)
}

func TestAnAddressBookIsPutInTuneBatchByBatchPausedCancelledAndHeld(t *testing.T) {
	b := newBook(t, filepath.Join(t.TempDir(), "espace"))
	b.fill(420) // three batches of creations
	b.connect()
	p := openAt(t, b.home, b.workspace)
	p.press("Contacts")
	p.see("Zita Morel000")
	p.press("Synchronisation")
	p.see("Nouveau")
	p.see("Google, pas encore lu")

	p.press("Aperçu…")
	p.see("Premier passage\u00a0: les deux côtés sont réunis, rien n’est supprimé.")
	p.see("De Diapason vers Google Contacts\u00a0: 420 créés")
	p.press("Fermer")
	waitUntil(t, "the end of the preview", func() bool { return p.count("Fermer") == 0 })
	if n := len(b.google.People.Contacts(zoe)); n != 0 {
		t.Fatalf("the preview wrote %d contacts", n)
	}

	p.press("Synchroniser")
	p.see("Lot 1 sur 3")
	p.press("Mettre en pause")
	p.see("Le passage s’arrête après le lot en cours.")
	b.let()
	p.see("200 contacts sur 420")
	p.see("En pause")
	p.press("Reprendre")
	p.see("Le passage reprend.")
	p.see("Lot 2 sur 3")
	p.press("Annuler")
	p.see("Le passage s’arrête après le lot en cours\u00a0; ce qui est fait reste.")
	close(b.gate) // the second batch may be on its way, or wait for its turn
	p.seeContaining(zoe + ", annulé")

	b.google.People.Add(zoe, `{"names":[{"givenName":"Ali","familyName":"Arc"}],"emailAddresses":[{"value":"ali@lumen.test","type":"home"}]}`)
	p.press("Synchroniser")
	p.seeContaining(zoe + ", terminé")
	p.see("À jour")
	p.see("Google, 421 contacts")
	if n := len(b.google.People.Contacts(zoe)); n != 421 {
		t.Errorf("%d contacts there", n)
	}

	for _, c := range b.google.People.Contacts(zoe)[:60] {
		b.google.People.Remove(zoe, c.Name)
	}
	p.press("Synchroniser")
	p.see("Retenu")
	p.seeContaining("iraient à la corbeille ici")
	p.see("Rien n’est écrit\u00a0: ce passage sort de l’ordinaire") // the dialog opens by itself
	p.press("Décider plus tard")
	p.press("Examiner")
	p.see("Rien n’est écrit\u00a0: ce passage sort de l’ordinaire")
	p.press("Décider plus tard")
	p.press("Liste")
	p.see("Zita Morel000")
}
