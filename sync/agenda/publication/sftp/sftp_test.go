package sftp_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"diapason/storage"
	"diapason/sync/agenda/publication"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/agenda/publication/sftp"
	"diapason/sync/directory"
)

func TestMain(m *testing.M) {
	publicationtest.ServeSFTP()
	goleak.VerifyTestMain(m)
}

const name = "agenda-k3v7q.ics"

// feed gives a body that is told apart by a number, of about n bytes.
func feed(number, n int) []byte {
	return []byte(fmt.Sprintf("BEGIN:VCALENDAR\r\nX-N:%d\r\n", number) + strings.Repeat("X-PAD:é\r\n", n/10) + "END:VCALENDAR\r\n")
}

// account gives what opens a server with its password; changes are names and values of settings and secrets.
func account(s *publicationtest.SFTP, changes ...string) publication.Params {
	p := publication.Params{
		Settings: map[string]string{publication.SettingURL: s.URL, publication.SettingUser: s.User},
		Secrets:  map[string]string{publication.SecretPassword: publicationtest.Password},
	}
	for i := 0; i < len(changes); i += 2 {
		switch changes[i] {
		case publication.SecretPassword, publication.SecretKey, publication.SecretPassphrase:
			p.Secrets[changes[i]] = changes[i+1]
		default:
			p.Settings[changes[i]] = changes[i+1]
		}
	}
	return p
}

func open(t *testing.T, p publication.Params) publication.Files {
	t.Helper()
	target, err := sftp.Kind().Open(p)
	if err != nil {
		t.Fatal(err)
	}
	return target.(publication.Files)
}

// confirmed gives the account once a person has confirmed the server's key.
func confirmed(t *testing.T, p publication.Params) publication.Params {
	t.Helper()
	key, err := open(t, p).(publication.Pinned).ServerKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.Settings[publication.SettingHostKey] = key
	return p
}

// wants checks what an error says and does, and that it holds no secret.
func wants(t *testing.T, err error, class directory.Class, code string) *storage.Problem {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", code)
	}
	e := directory.Classify(err)
	if e.Class != class || e.Problem.Code != code {
		t.Errorf("%v (class %d, %s), want class %d, %s", err, e.Class, e.Problem.Code, class, code)
	}
	for _, secret := range []string{publicationtest.Password, name, "k3v7q", "PRIVATE KEY"} {
		if strings.Contains(err.Error()+e.Problem.Error()+e.Answer, secret) {
			t.Errorf("%q is in the error %v", secret, err)
		}
	}
	return e.Problem
}

func wantFile(t *testing.T, s *publicationtest.SFTP, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(s.Files, path))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, want %d (%v)", len(got), len(want), err)
	}
}

// put, replaced, removed: the same behind our own server and behind sshd.
func putsReplacesAndRemoves(t *testing.T, s *publicationtest.SFTP, p publication.Params, at string) {
	t.Helper()
	target := open(t, confirmed(t, p))
	if err := target.Test(t.Context()); err != nil {
		t.Fatalf("before the folder is there: %v", err)
	}
	for n := range 2 {
		if err := target.Put(t.Context(), name, feed(n, 100_000)); err != nil {
			t.Fatal(err)
		}
		wantFile(t, s, at+"/"+name, feed(n, 100_000))
	}
	if err := target.Test(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to remove
		if err := target.Remove(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(filepath.Join(s.Files, at))
	if err != nil || len(left) != 0 {
		t.Errorf("%v left, %v", left, err)
	}
}

func TestFeedIsPutReplacedAndRemoved(t *testing.T) {
	s := publicationtest.StartSFTP(t, "")
	t.Run("with a password, from where the login leads", func(t *testing.T) {
		putsReplacesAndRemoves(t, s, account(s, publication.SettingFolder, "www/été/"), "www/été")
	})
	t.Run("with a key, by a path from the root", func(t *testing.T) {
		p := account(s, publication.SettingFolder, s.Files+"/a/b", publication.SecretPassword, "", publication.SecretKey, s.Key)
		putsReplacesAndRemoves(t, s, p, "a/b")
	})
}

func TestFeedIsPutThroughSSHD(t *testing.T) {
	s := publicationtest.StartSSHD(t)
	p := account(s, publication.SettingFolder, s.Files+"/www", publication.SecretKey, s.Key)
	putsReplacesAndRemoves(t, s, p, "www")
	wrong, _ := publicationtest.NewKey(t)
	p = confirmed(t, account(s, publication.SecretKey, wrong, publication.SecretPassword, "autre"))
	wants(t, open(t, p).Test(t.Context()), directory.Auth, "publication.authSSH")
}

func TestServersKeyIsConfirmedByAPersonAndAChangedOneIsRefused(t *testing.T) {
	s := publicationtest.StartSFTP(t, "")
	p := account(s)
	first := wants(t, open(t, p).Put(t.Context(), name, feed(1, 100)), directory.Auth, "publication.hostUnknown")
	key := first.Args["fingerprint"]
	if !strings.HasPrefix(key, "ssh-ed25519 SHA256:") {
		t.Fatalf("%q is no fingerprint", key)
	}
	if _, err := os.Stat(filepath.Join(s.Files, name)); !os.IsNotExist(err) {
		t.Error("something was sent before the key was confirmed")
	}
	_, bare, _ := strings.Cut(key, " ")
	for _, form := range []string{key, bare, "256 " + bare + " root@example (ED25519)"} {
		p.Settings[publication.SettingHostKey] = form
		if err := open(t, p).Put(t.Context(), name, feed(1, 100)); err != nil {
			t.Errorf("confirmed as %q: %v", form, err)
		}
	}
	s.Stop()
	s.NewHostKey()
	s.Start()
	for _, form := range []string{key, bare} {
		p.Settings[publication.SettingHostKey] = form
		changed := wants(t, open(t, p).Put(t.Context(), name, feed(2, 100)), directory.Auth, "publication.hostChanged")
		if changed.Args["expected"] != form || changed.Args["fingerprint"] == key || !strings.Contains(changed.Args["fingerprint"], "SHA256:") {
			t.Errorf("%v does not say both fingerprints", changed)
		}
	}
	wantFile(t, s, name, feed(1, 100))
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	s := publicationtest.StartSFTP(t, "")
	if err := os.WriteFile(filepath.Join(s.Files, "fichier"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		changes []string
		class   directory.Class
		code    string
	}{
		"wrong password": {[]string{publication.SecretPassword, "autre"}, directory.Auth, "publication.authSSH"},
		"no secret":      {[]string{publication.SecretPassword, ""}, directory.Auth, "publication.authSSH"},
		"a file, not a folder": {
			[]string{publication.SettingFolder, "fichier"}, directory.Refused, "publication.notFolder",
		},
	}
	for what, c := range cases {
		t.Run(what, func(t *testing.T) {
			target := open(t, confirmed(t, account(s, c.changes...)))
			wants(t, target.Test(t.Context()), c.class, c.code)
			if err := target.Put(t.Context(), name, feed(1, 10)); err == nil {
				t.Error("it could be put")
			}
		})
	}
	t.Run("no right to write", func(t *testing.T) {
		target := open(t, confirmed(t, account(s, publication.SettingFolder, "/proc/1")))
		if err := target.Put(t.Context(), name, feed(1, 10)); err == nil {
			t.Error("it could be put")
		} else if c := directory.Classify(err).Class; c != directory.Refused {
			t.Errorf("class %d: %v", c, err)
		}
	})
}

func TestServerThatIsAwayIsOfflineAndGoesOnAfterItsRestart(t *testing.T) {
	s := publicationtest.StartSFTP(t, "")
	target := open(t, confirmed(t, account(s)))
	if err := target.Put(t.Context(), name, feed(1, 1000)); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	wants(t, target.Put(t.Context(), name, feed(2, 1000)), directory.Offline, "publication.offline")
	s.Start()
	wantFile(t, s, name, feed(1, 1000))
	if err := target.Put(t.Context(), name, feed(2, 1000)); err != nil {
		t.Fatal(err)
	}
	wantFile(t, s, name, feed(2, 1000))
}

// relay passes a connection on and cuts it, with the server, after some bytes from the client.
func relay(t *testing.T, to string, after int64, cut func()) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	go func() {
		defer close(done)
		in, err := l.Accept()
		if err != nil {
			return
		}
		defer in.Close()
		out, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		back := make(chan struct{})
		go func() {
			defer close(back)
			pass(in, out, 1<<40)
		}()
		pass(out, in, after)
		cut()
		out.Close()
		in.Close()
		<-back
	}()
	return "sftp://" + l.Addr().String()
}

// pass copies up to n bytes.
func pass(to, from net.Conn, n int64) {
	buffer := make([]byte, 32<<10)
	for n > 0 {
		got, err := from.Read(buffer[:min(int64(len(buffer)), n)])
		if _, werr := to.Write(buffer[:got]); werr != nil || err != nil {
			return
		}
		n -= int64(got)
	}
}

func TestInterruptedUploadLeavesTheOldFeedReadable(t *testing.T) {
	s := publicationtest.StartSFTP(t, "")
	p := confirmed(t, account(s))
	if err := open(t, p).Put(t.Context(), name, feed(1, 1000)); err != nil {
		t.Fatal(err)
	}
	cut, stopped := confirmed(t, account(s)), make(chan struct{})
	cut.Settings[publication.SettingURL] = relay(t, s.Address(), 2<<20, func() {
		s.Stop()
		close(stopped)
	})
	wants(t, open(t, cut).Put(t.Context(), name, feed(2, 16<<20)), directory.Ambiguous, "publication.unreachable")
	<-stopped
	wantFile(t, s, name, feed(1, 1000))
	if half, err := os.ReadFile(filepath.Join(s.Files, name+".new")); err != nil || len(half) == 0 || len(half) >= 16<<20 {
		t.Fatalf("%d bytes arrived: the upload was not interrupted in its middle (%v)", len(half), err)
	}
	s.Start()
	if err := open(t, p).Put(t.Context(), name, feed(3, 1000)); err != nil {
		t.Fatal(err)
	}
	wantFile(t, s, name, feed(3, 1000))
	if _, err := os.Stat(filepath.Join(s.Files, name+".new")); !os.IsNotExist(err) {
		t.Error("the half of the interrupted upload was left")
	}
}

func TestFullDiskOnTheirSideIsSaidAndTheOldFeedStays(t *testing.T) {
	s := publicationtest.StartSFTP(t, "512k")
	target := open(t, confirmed(t, account(s, publication.SettingFolder, s.Files)))
	if err := target.Put(t.Context(), name, feed(1, 10_000)); err != nil {
		t.Fatal(err)
	}
	const filler = "photo.jpg"
	if err := target.Put(t.Context(), filler, feed(0, 250_000)); err != nil {
		t.Fatal(err)
	}
	wants(t, target.Put(t.Context(), name, feed(2, 400_000)), directory.Refused, "publication.full")
	if err := target.Remove(t.Context(), filler); err != nil {
		t.Fatal(err)
	}
	if err := target.Put(t.Context(), name, feed(2, 400_000)); err != nil {
		t.Errorf("once there is room: %v", err)
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	target, err := sftp.Kind().Open(publication.Params{Settings: map[string]string{publication.SettingURL: "sftp://" + l.Addr().String()}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		heard := make([]byte, 1<<10)
		for {
			if _, err := conn.Read(heard); err != nil {
				return
			}
			cancel()
		}
	}()
	wants(t, target.Test(ctx), directory.Ambiguous, "publication.unreachable")
}

func TestSecretsThatCannotWorkAreRefusedBeforeAnyCall(t *testing.T) {
	s := &publicationtest.SFTP{URL: "sftp://ftp.example.org", User: "moi"}
	for what, c := range map[string]struct {
		p    publication.Params
		code string
	}{
		"not a key":         {account(s, publication.SecretKey, "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n"), "publication.key"},
		"not a fingerprint": {account(s, publication.SettingHostKey, "aa:bb:cc"), "publication.hostKey"},
		"not SFTP":          {account(s, publication.SettingURL, "https://ftp.example.org"), "publication.address"},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := sftp.Kind().Open(c.p)
			if p, ok := err.(*storage.Problem); !ok || p.Code != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
}
