package command

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diapason/sync/agenda/publication/publicationtest"
)

// TestMain lets the tests have an SFTP server, which is this very program.
func TestMain(m *testing.M) {
	publicationtest.ServeSFTP()
	os.Exit(m.Run())
}

func TestAccountOfARealWebSpaceIsAddedTestedChangedAndRemoved(t *testing.T) {
	sh, d := newShell(t), publicationtest.StartDAV(t, publicationtest.DAVParams{})
	good, wrong := sh.file("bon", publicationtest.Password+"\n"), sh.file("faux", "autre\r\n")
	added := sh.ok("account", "add", "agenda.webdav", "--name", "Nuage", "--set", "base-url="+d.URL, "--set", "user="+publicationtest.User,
		"--secret", "password=@"+good)
	if added["kind"] != "agenda.webdav" {
		t.Errorf("%v", added)
	}
	sh.ok("account", "test", "Nuage")
	sh.ok("account", "change", "Nuage", "--secret", "password=@"+wrong)
	if o := sh.run("account", "test", "Nuage", "--json"); o.code != ExitFailures || !strings.Contains(o.stdout, "publication.auth") {
		t.Errorf("exit %d: %s", o.code, o.stdout)
	}
	sh.ok("account", "change", "Nuage", "--secret", "password=@"+good, "--set", "folder=agendas")
	sh.ok("account", "test", "Nuage")
	if listed := sh.run("account", "list"); !strings.Contains(listed.stdout, "Nuage") {
		t.Errorf("%q", listed.stdout)
	}
	err := filepath.WalkDir(sh.env["DIAPASON_WORKSPACE"], func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(publicationtest.Password)) {
			t.Errorf("the password stands in %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sh.ok("account", "remove", "Nuage")
}

func TestKeyOfASFTPServerIsToldThenConfirmed(t *testing.T) {
	sh, s := newShell(t), publicationtest.StartSFTP(t, "")
	key := sh.file("cle", s.Key)
	sh.ok("account", "add", "agenda.sftp", "--name", "Hebergeur", "--set", "base-url="+s.URL, "--set", "user="+s.User, "--secret", "key=@"+key)
	o := sh.run("account", "test", "Hebergeur", "--json")
	if o.code != ExitFailures || !strings.Contains(o.stdout, "publication.hostUnknown") || !strings.Contains(o.stdout, "SHA256:") {
		t.Errorf("exit %d: %s", o.code, o.stdout)
	}
	sh.ok("account", "accept", "Hebergeur")
	sh.ok("account", "test", "Hebergeur")
	s.Stop()
	s.NewHostKey()
	s.Start()
	o = sh.run("account", "test", "Hebergeur", "--json")
	if o.code != ExitFailures || !strings.Contains(o.stdout, "publication.hostChanged") || strings.Count(o.stdout, "SHA256:") != 2 {
		t.Errorf("exit %d: %s", o.code, o.stdout)
	}
}

func TestSecretsAreReadFromFilesOnly(t *testing.T) {
	sh := newShell(t)
	add := []string{"account", "add", "agenda.webdav", "--name", "Nuage", "--set", "base-url=https://nuage.example.org", "--json"}
	for code, extra := range map[string][]string{
		"command.secretAsSetting":  {"--set", "password=hiver"},
		"command.secretFile":       {"--secret", "password=hiver"},
		"command.secret":           {"--secret", "motdepasse=hiver"},
		"command.secretUnreadable": {"--secret", "password=@" + filepath.Join(sh.dir, "absent")},
	} {
		o := sh.run(append(add, extra...)...)
		if o.code != ExitUsage || !strings.Contains(o.stdout, code) || strings.Contains(o.stdout+o.stderr, "hiver") {
			t.Errorf("%v: exit %d: %s", extra, o.code, o.stdout)
		}
	}
}

func TestLinkIsPublishedOnARealWebSpaceAndTakenAway(t *testing.T) {
	sh, link := agendaOf(t)
	d := publicationtest.StartDAV(t, publicationtest.DAVParams{})
	account := sh.ok("account", "add", "agenda.webdav", "--name", "Nuage", "--set", "base-url="+d.URL, "--set", "user="+publicationtest.User,
		"--set", "public-url="+d.Public, "--secret", "password=@"+sh.file("secret", publicationtest.Password))
	published := sh.ok("agenda", "link", "publish", "Équipe", "Nuage")
	url := published["url"].(string)
	if published["link"] != link["id"] || published["account"] != account["id"] || !strings.HasPrefix(url, d.Public) {
		t.Errorf("%v", published)
	}
	// until serves until the publications are as f wants them.
	until := func(f func() bool) {
		t.Helper()
		s := sh.serve()
		defer s.stop()
		look := time.NewTicker(20 * time.Millisecond)
		defer look.Stop()
		for !f() {
			<-look.C
		}
	}
	until(func() bool { return strings.Contains(sh.readLink(url).body, "SUMMARY:Filage") })
	list := sh.ok("agenda", "link", "published")["publications"].([]any)
	if one := list[0].(map[string]any); len(list) != 1 || one["name"] != "Équipe" || one["published"] == nil || one["url"] != url {
		t.Errorf("%v", list)
	}
	sh.ok("agenda", "link", "withdraw", "Équipe", "Nuage")
	until(func() bool { return sh.readLink(url).status == http.StatusNotFound })
	if list := sh.ok("agenda", "link", "published")["publications"].([]any); len(list) != 0 {
		t.Errorf("%v", list)
	}
	sh.ok("account", "add", "geojson", "--name", "Carte", "--set", "folder="+sh.dir)
	if o := sh.run("agenda", "link", "publish", "Équipe", "Carte"); o.code != ExitUsage {
		t.Errorf("published on a directory: exit %d", o.code)
	}
}
