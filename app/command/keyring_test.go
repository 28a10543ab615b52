package command

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"diapason/storage/secrets"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/sandbox"
)

// bareComputer is a computer without a keyring and without a browser, on which the real program is started anew for each
// command: whatever it knows, it has kept.
type bareComputer struct {
	*testing.T
	program, home, workspace string
	said                     strings.Builder // everything that it printed
}

func newBareComputer(t *testing.T) *bareComputer {
	if runtime.GOOS != "linux" {
		t.Skip("a keyring is always there, or its absence is nothing that a test could bring about")
	}
	program := filepath.Join(t.TempDir(), "diapason")
	build := exec.Command("go", "build", "-tags", "migrated_fynedo", "-buildvcs=false", "-o", program, "diapason")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	home := t.TempDir()
	return &bareComputer{T: t, program: program, home: home, workspace: filepath.Join(home, "espace")}
}

// run runs a command to its end, and answers as a person when it wants one in a browser.
func (c *bareComputer) run(person sandbox.GooglePerson, args ...string) (code int, stdout, stderr string) {
	c.Helper()
	p := exec.CommandContext(c.Context(), c.program, args...)
	p.Env = []string{ // nothing of this computer's: no keyring's bus, no browser
		"HOME=" + c.home, "XDG_CONFIG_HOME=" + filepath.Join(c.home, "config"), "PATH=" + c.home, "DIAPASON_WORKSPACE=" + c.workspace,
	}
	var out, errs bytes.Buffer
	p.Stdout = &out
	pipe, err := p.StderrPipe()
	if err != nil {
		c.Fatal(err)
	}
	if err := p.Start(); err != nil {
		c.Fatal(err)
	}
	answered := make(chan error, 1)
	answered <- nil
	lines := bufio.NewScanner(io.TeeReader(pipe, &errs))
	for lines.Scan() {
		if address := consentPage.FindString(lines.Text()); address != "" {
			<-answered
			go func() {
				_, err := person.Answer(context.WithoutCancel(c.Context()), address)
				answered <- err
			}()
		}
	}
	if err := errors.Join(lines.Err(), <-answered); err != nil {
		c.Error(err)
	}
	var exit *exec.ExitError
	if err := p.Wait(); err != nil && !errors.As(err, &exit) {
		c.Fatal(err)
	}
	c.said.WriteString(out.String() + errs.String())
	return p.ProcessState.ExitCode(), out.String(), errs.String()
}

var consentPage = regexp.MustCompile(`http://\S+/o/oauth2/v2/auth\?\S+`)

// ok wants a command to succeed and gives its document.
func (c *bareComputer) ok(args ...string) map[string]any {
	c.Helper()
	code, stdout, stderr := c.run(sandbox.GooglePerson{Account: "1001"}, append(args, "--json")...)
	var doc map[string]any
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || code != 0 {
		c.Fatalf("diapason %s: exit %d, %v\n%s%s", strings.Join(args, " "), code, err, stdout, stderr)
	}
	return doc
}

// file writes a file beside the workspace.
func (c *bareComputer) file(name, text string) string {
	c.Helper()
	path := filepath.Join(c.home, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
	return path
}

func (c *bareComputer) keyFile() string {
	return filepath.Join(c.home, "config", "diapason-keys", "diapason.key")
}

// kept opens the encrypted file as anybody who has its key may, and gives its secrets by the end of their names.
func (c *bareComputer) kept() map[string]string {
	c.Helper()
	sealed, err := os.Open(filepath.Join(c.workspace, secrets.FileName))
	if err != nil {
		c.Fatal(err)
	}
	defer sealed.Close() //nolint:errcheck // only read from
	key, err := os.ReadFile(c.keyFile())
	if err != nil {
		c.Fatal(err)
	}
	identity, err := age.ParseX25519Identity(strings.TrimSpace(string(key)))
	if err != nil {
		c.Fatal(err)
	}
	plain, err := age.Decrypt(sealed, identity)
	if err != nil {
		c.Fatal(err)
	}
	var all map[string]string
	if err := json.NewDecoder(plain).Decode(&all); err != nil {
		c.Fatal(err)
	}
	short := map[string]string{}
	for name, value := range all {
		short[name[strings.LastIndexByte(name, '/')+1:]] = value
	}
	return short
}

// wantNowhere looks for secrets in clear in everything that the program wrote and printed.
func (c *bareComputer) wantNowhere(secrets ...string) {
	c.Helper()
	for _, s := range secrets {
		if strings.Contains(c.said.String(), s) {
			c.Errorf("%q was printed", s)
		}
	}
	err := filepath.WalkDir(c.workspace, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, s := range secrets {
			if bytes.Contains(raw, []byte(s)) {
				c.Errorf("%q stands in %s", s, path)
			}
		}
		return err
	})
	if err != nil {
		c.Error(err)
	}
}

func cardOf(name string) string { return card(name, name, "Zoé", "EMAIL:"+name+"@example.com") }

// TestWithoutAKeyringBothKindsOfAddressBookWork takes an account of each kind through its life on a computer without
// keyring. The program is another process for every command: the access is what it finds in the encrypted file.
func TestWithoutAKeyringBothKindsOfAddressBookWork(t *testing.T) {
	c := newBareComputer(t)
	google := sandbox.NewGoogle(sandbox.GoogleParams{
		Now: time.Now, Clients: []sandbox.GoogleClient{{ID: "own", Secret: "GOCSPX-own"}},
		Accounts: []sandbox.GoogleAccount{{ID: "1001", Email: "zoe@hotel.example"}},
	})
	service := httptest.NewServer(google.Handler())
	defer service.Close()
	server := publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")
	put := func(name string) {
		t.Helper()
		header := http.Header{"Content-Type": {"text/vcard"}}
		if status, answer := server.Call(http.MethodPut, name+".vcf", cardOf(name), header); status/100 != 2 {
			t.Fatal(status, answer)
		}
	}
	put("Babouchka")

	// Added, and told where the secrets are.
	for _, args := range [][]string{
		{
			"contacts.google", "--name", "Google", "--set", "client-id=own", "--set", "base-url=" + service.URL, "--set", "units-per-minute=60000",
			"--set", "label=*", "--secret", "client-secret=@" + c.file("client", "GOCSPX-own\n"),
		},
		{
			"contacts.carddav", "--name", "Nuage", "--set", "base-url=" + server.URL, "--set", "user=" + publicationtest.User, "--set", "label=*",
			"--secret", "password=@" + c.file("mot", publicationtest.Password+"\n"),
		},
	} {
		code, _, told := c.run(sandbox.GooglePerson{Account: "1001"}, append([]string{"account", "add"}, args...)...)
		for _, where := range []string{"fichier chiffré", filepath.Join(c.workspace, secrets.FileName), c.keyFile()} {
			if code != 0 || !strings.Contains(told, where) {
				t.Fatalf("exit %d; it is not told that the secrets are in %s: %s", code, where, told)
			}
		}
	}
	first := c.kept()
	if want := []string{"client-secret", "password", "refresh-token"}; !slices.Equal(slices.Sorted(maps.Keys(first)), want) {
		t.Fatalf("kept: %q", slices.Sorted(maps.Keys(first)))
	}
	for _, path := range []string{c.keyFile(), filepath.Join(c.workspace, secrets.FileName)} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v may be read by others: %v", path, err)
		}
	}

	// Tested, and put in tune, each time by a program that has just started.
	c.ok("contacts", "import", c.file("carnet.vcf", cardOf("Kirikipu")))
	both := func() {
		t.Helper()
		for _, account := range []string{"Google", "Nuage"} {
			c.ok("account", "test", account)
			c.ok("contacts", "sync", account)
		}
		c.ok("contacts", "sync", "Google") // what came from the other one
	}
	cards := func() (there, at int) {
		_, list := server.Call("PROPFIND", "", "", http.Header{"Depth": {"1"}})
		return len(google.People.Contacts("zoe@hotel.example")), strings.Count(list, ".vcf</href>")
	}
	both()
	if there, at := cards(); there != 2 || at != 2 {
		t.Fatalf("%d contacts at Google, %d cards on the server", there, at)
	}

	// An access that Google replaces with each use is the one in the file.
	google.ExpireAccess()
	google.Behave(func(b *sandbox.GoogleBehaviour) { b.Rotate = true })
	put("Farandole")
	both()
	rotated := c.kept()
	if rotated["refresh-token"] == first["refresh-token"] || google.Live("1001") != 1 {
		t.Errorf("the access that took the place of the first is not kept; %d live", google.Live("1001"))
	}
	google.Behave(func(b *sandbox.GoogleBehaviour) { b.Rotate = false })

	// Without the key, as on another computer: said in words, and nothing is lost.
	if err := os.Rename(c.keyFile(), c.keyFile()+".away"); err != nil {
		t.Fatal(err)
	}
	for _, account := range []string{"Google", "Nuage"} {
		if code, _, told := c.run(sandbox.GooglePerson{}, "account", "test", account); code == 0 || !strings.Contains(told, c.keyFile()) {
			t.Errorf("%s without the key: exit %d, %s", account, code, told)
		}
	}
	if err := os.Rename(c.keyFile()+".away", c.keyFile()); err != nil {
		t.Fatal(err)
	}

	// The access ends and is given anew: the account and its links stay, nobody is created twice.
	google.Withdraw("1001")
	if code, _, told := c.run(sandbox.GooglePerson{}, "contacts", "sync", "Google"); code == 0 || !strings.Contains(told, "Se reconnecter") {
		t.Errorf("a withdrawn access: exit %d, %s", code, told)
	}
	if code, _, told := c.run(sandbox.GooglePerson{Account: "1001"}, "account", "reconnect", "Google"); code != 0 {
		t.Fatalf("exit %d: %s", code, told)
	}
	c.ok("account", "change", "Nuage", "--secret", "password=@"+c.file("faux", "Mot-faux-9431\n"))
	if code, _, told := c.run(sandbox.GooglePerson{}, "contacts", "sync", "Nuage"); code == 0 || !strings.Contains(told, "mot de passe") {
		t.Errorf("a wrong password: exit %d, %s", code, told)
	}
	c.ok("account", "change", "Nuage", "--secret", "password=@"+c.file("mot", publicationtest.Password+"\n"))
	both()
	if there, at := cards(); there != 3 || at != 3 {
		t.Errorf("%d contacts at Google, %d cards on the server", there, at)
	}
	again := c.kept()
	if again["refresh-token"] == rotated["refresh-token"] || again["password"] != publicationtest.Password {
		t.Error("the new access is not what is kept")
	}

	// Removed: the secrets are gone from the file, and the access at Google.
	c.ok("account", "remove", "Google")
	if left := c.kept(); len(left) != 1 || left["password"] == "" || google.Live("1001") != 0 {
		t.Errorf("left of a Google account: %q, %d live", slices.Sorted(maps.Keys(left)), google.Live("1001"))
	}
	c.ok("account", "remove", "Nuage")
	if left := c.kept(); len(left) > 0 {
		t.Errorf("left of a server's account: %q", slices.Sorted(maps.Keys(left)))
	}
	if doc := c.ok("verify"); len(doc["violations"].([]any)) > 0 {
		t.Errorf("%v", doc)
	}
	c.wantNowhere("GOCSPX-own", publicationtest.Password, "Mot-faux-9431", first["refresh-token"], rotated["refresh-token"], again["refresh-token"])
}
