package webdav_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"

	"go.uber.org/goleak"

	"diapason/storage"
	"diapason/sync/agenda/publication"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/agenda/publication/webdav"
	"diapason/sync/directory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const name = "agenda-k3v7q.ics"

// feed gives a body that is told apart by a number, of about n bytes.
func feed(number, n int) []byte {
	return []byte(fmt.Sprintf("BEGIN:VCALENDAR\r\nX-N:%d\r\n", number) + strings.Repeat("X-PAD:é\r\n", n/10) + "END:VCALENDAR\r\n")
}

type account struct {
	settings, secrets map[string]string
}

// on gives an account of a server.
func on(d *publicationtest.DAV, changes ...string) account {
	a := account{
		map[string]string{publication.SettingURL: d.URL, publication.SettingUser: publicationtest.User},
		map[string]string{publication.SecretPassword: publicationtest.Password},
	}
	for i := 0; i < len(changes); i += 2 {
		if changes[i] == publication.SecretPassword {
			a.secrets[changes[i]] = changes[i+1]
		} else {
			a.settings[changes[i]] = changes[i+1]
		}
	}
	return a
}

func open(t *testing.T, a account) publication.Files {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	target, err := webdav.KindOver(transport).Open(publication.Params{Settings: a.settings, Secrets: a.secrets})
	if err != nil {
		t.Fatal(err)
	}
	return target.(publication.Files)
}

// wants checks what an error says and does, and that it holds no secret.
func wants(t *testing.T, err error, class directory.Class, code string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", code)
	}
	e := directory.Classify(err)
	if e.Class != class || e.Problem.Code != code {
		t.Errorf("%v (class %d, %s), want class %d, %s", err, e.Class, e.Problem.Code, class, code)
	}
	for _, secret := range []string{publicationtest.Password, name, "k3v7q"} {
		if strings.Contains(err.Error()+e.Problem.Error()+e.Answer, secret) {
			t.Errorf("%q is in the error %v", secret, err)
		}
	}
}

func read(t *testing.T, d *publicationtest.DAV, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(d.Files, path))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestFeedIsPutReplacedVerifiedAndRemoved(t *testing.T) {
	d := publicationtest.StartDAV(t, publicationtest.DAVParams{})
	a := on(d, publication.SettingFolder, "/agendas/été 2026/", publication.SettingPublicURL, d.Public+"agendas/%C3%A9t%C3%A9%202026/")
	target := open(t, a)
	if err := target.Test(t.Context()); err != nil {
		t.Fatalf("before the folder is there: %v", err)
	}
	for n := range 3 {
		if err := target.Put(t.Context(), name, feed(n, 100_000)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read(t, d, "agendas/été 2026/"+name), feed(n, 100_000)) {
			t.Fatalf("feed %d is not what stands there", n)
		}
		if err := publication.Verify(t.Context(), publication.PublicURL(a.settings, name), feed(n, 100_000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := target.Test(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to remove
		if err := target.Remove(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(filepath.Join(d.Files, "agendas/été 2026"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		if strings.HasSuffix(f.Name(), ".ics") || strings.Contains(f.Name(), name) {
			t.Errorf("%s was left", f.Name())
		}
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	d := publicationtest.StartDAV(t, publicationtest.DAVParams{})
	digest := publicationtest.StartDAV(t, publicationtest.DAVParams{Digest: true})
	if err := os.Mkdir(filepath.Join(d.Files, "fermé"), 0o555); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Files, "fichier"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		a     account
		class directory.Class
		code  string
	}{
		"wrong password": {on(d, publication.SecretPassword, "autre"), directory.Auth, "publication.auth"},
		"no password":    {on(d, publication.SecretPassword, "", publication.SettingUser, ""), directory.Auth, "publication.auth"},
		"digest alone":   {on(digest), directory.Auth, "publication.authScheme"},
		"no such space":  {on(d, publication.SettingURL, d.URL+"absent"), directory.Refused, "publication.missing"},
		"not WebDAV":     {on(d, publication.SettingURL, d.Public), directory.Refused, "publication.notDAV"},
		"a file, not a folder": {
			on(d, publication.SettingURL, d.URL+"fichier/"), directory.Refused, "publication.refused",
		},
	}
	for what, c := range cases {
		t.Run(what, func(t *testing.T) {
			target := open(t, c.a)
			wants(t, target.Test(t.Context()), c.class, c.code)
			if err := target.Put(t.Context(), name, feed(1, 10)); err == nil {
				t.Error("it could be put")
			}
		})
	}
}

func TestServerThatIsAwayIsOfflineAndGoesOnAfterItsRestart(t *testing.T) {
	d := publicationtest.StartDAV(t, publicationtest.DAVParams{})
	target := open(t, on(d))
	if err := target.Put(t.Context(), name, feed(1, 1000)); err != nil {
		t.Fatal(err)
	}
	d.Stop()
	wants(t, target.Test(t.Context()), directory.Offline, "publication.offline")
	wants(t, target.Put(t.Context(), name, feed(2, 1000)), directory.Offline, "publication.offline")
	d.Start()
	if got := read(t, d, name); !bytes.Equal(got, feed(1, 1000)) {
		t.Error("the old feed is not whole")
	}
	if err := target.Put(t.Context(), name, feed(2, 1000)); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, name); !bytes.Equal(got, feed(2, 1000)) {
		t.Error("the new feed is not there")
	}
}

// cut is a transport that sends a part of the body and then kills the server.
type cut struct {
	base  *http.Transport
	after int64
	kill  func()
}

func (c *cut) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPut {
		req = req.Clone(req.Context())
		req.Body = &cutBody{req.Body, c}
	}
	return c.base.RoundTrip(req)
}

type cutBody struct {
	io.ReadCloser
	c *cut
}

func (b *cutBody) Read(p []byte) (int, error) {
	if b.c.after <= 0 {
		b.c.kill()
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), 32<<10)])
	b.c.after -= int64(n)
	return n, err
}

func TestInterruptedUploadLeavesTheOldFeedReadable(t *testing.T) {
	d := publicationtest.StartDAV(t, publicationtest.DAVParams{})
	if err := open(t, on(d)).Put(t.Context(), name, feed(1, 1000)); err != nil {
		t.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	a, killed := on(d), make(chan struct{})
	kill := stdsync.OnceFunc(func() {
		d.Stop()
		close(killed)
	})
	target, err := webdav.KindOver(&cut{base: transport, after: 4 << 20, kill: kill}).Open(
		publication.Params{Settings: a.settings, Secrets: a.secrets})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, target.(publication.Files).Put(t.Context(), name, feed(2, 32<<20)), directory.Ambiguous, "publication.unreachable")
	<-killed
	d.Start()
	if err := publication.Verify(t.Context(), d.Public+name, feed(1, 1000)); err != nil {
		t.Errorf("the old feed: %v", err)
	}
	if err := open(t, on(d)).Put(t.Context(), name, feed(3, 1000)); err != nil {
		t.Fatal(err)
	}
	if err := publication.Verify(t.Context(), d.Public+name, feed(3, 1000)); err != nil {
		t.Errorf("the next feed: %v", err)
	}
}

func TestFullDiskOnTheirSideIsSaidAndTheOldFeedStays(t *testing.T) {
	d := publicationtest.StartDAV(t, publicationtest.DAVParams{Disk: "512k"})
	target := open(t, on(d))
	if err := target.Put(t.Context(), name, feed(1, 10_000)); err != nil {
		t.Fatal(err)
	}
	const filler = "photo.jpg"
	if err := target.Put(t.Context(), filler, feed(0, 250_000)); err != nil {
		t.Fatal(err)
	}
	wants(t, target.Put(t.Context(), name, feed(2, 400_000)), directory.Refused, "publication.full")
	if err := publication.Verify(t.Context(), d.Public+name, feed(1, 10_000)); err != nil {
		t.Errorf("the old feed: %v", err)
	}
	if err := target.Remove(t.Context(), filler); err != nil {
		t.Fatal(err)
	}
	if err := target.Put(t.Context(), name, feed(2, 400_000)); err != nil {
		t.Fatal(err)
	}
	if err := publication.Verify(t.Context(), d.Public+name, feed(2, 400_000)); err != nil {
		t.Errorf("once there is room: %v", err)
	}
}

func TestCertificatesThatDoNotHoldAreToldApart(t *testing.T) {
	for what, c := range map[string]struct {
		cert publicationtest.Cert
		code string
	}{
		"unknown authority": {publicationtest.Cert{}, "publication.certificate"},
		"another name":      {publicationtest.Cert{Trusted: true, Name: "ailleurs.example"}, "publication.certificateName"},
		"expired":           {publicationtest.Cert{Trusted: true, Expired: true}, "publication.certificateExpired"},
		"good":              {publicationtest.Cert{Trusted: true}, ""},
	} {
		t.Run(what, func(t *testing.T) {
			cert, key, pool := c.cert.Make(t)
			d := publicationtest.StartDAV(t, publicationtest.DAVParams{Cert: cert, Key: key})
			transport := http.DefaultTransport.(*http.Transport).Clone()
			transport.TLSClientConfig = pool
			t.Cleanup(transport.CloseIdleConnections)
			a := on(d)
			target, err := webdav.KindOver(transport).Open(publication.Params{Settings: a.settings, Secrets: a.secrets})
			if err != nil {
				t.Fatal(err)
			}
			err = target.(publication.Files).Put(t.Context(), name, feed(1, 100))
			if c.code == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wants(t, err, directory.Offline, c.code)
		})
	}
	t.Run("no TLS at all", func(t *testing.T) {
		d := publicationtest.StartDAV(t, publicationtest.DAVParams{})
		a := on(d, publication.SettingURL, strings.Replace(d.URL, "http:", "https:", 1))
		wants(t, open(t, a).Test(t.Context()), directory.Offline, "publication.notTLS")
	})
}

func TestPublicAddressIsReadAsAnApplicationDoes(t *testing.T) {
	d := publicationtest.StartDAV(t, publicationtest.DAVParams{})
	login := publicationtest.StartDAV(t, publicationtest.DAVParams{Login: true})
	plain := publicationtest.StartDAV(t, publicationtest.DAVParams{Type: "text/plain"})
	for _, s := range []*publicationtest.DAV{d, login, plain} {
		if err := open(t, on(s)).Put(t.Context(), name, feed(1, 100)); err != nil {
			t.Fatal(err)
		}
	}
	gone := publicationtest.StartDAV(t, publicationtest.DAVParams{})
	gone.Stop()
	for what, c := range map[string]struct {
		address string
		body    []byte
		class   directory.Class
		code    string
	}{
		"asks for a password":   {d.URL + name, feed(1, 100), directory.Refused, "publication.public.closed"},
		"is not there":          {d.Public + "autre-" + name, feed(1, 100), directory.Refused, "publication.public.missing"},
		"login page":            {login.Public + name, feed(1, 100), directory.Refused, "publication.public.page"},
		"another feed":          {d.Public + name, feed(2, 100), directory.Refused, "publication.public.stale"},
		"wrong type":            {plain.Public + name, feed(1, 100), directory.Refused, "publication.public.type"},
		"nobody answers":        {gone.Public + name, feed(1, 100), directory.Offline, "publication.offline"},
		"an address of nothing": {"agenda.ics", feed(1, 100), directory.Refused, "publication.publicAddress"},
	} {
		t.Run(what, func(t *testing.T) { wants(t, publication.Verify(t.Context(), c.address, c.body), c.class, c.code) })
	}
}

func TestSettingsThatCannotWorkAreRefusedBeforeAnyCall(t *testing.T) {
	for text, code := range map[string]string{
		"":                                     "publication.address",
		"nuage":                                "publication.address",
		"ftp://nuage.example.org":              "publication.address",
		"http://nuage.example.org/dav":         "publication.plain",
		"https://moi:secret@nuage.example.org": "publication.passwordInAddress",
	} {
		_, err := webdav.Kind().Open(publication.Params{Settings: map[string]string{publication.SettingURL: text}})
		if p, ok := err.(*storage.Problem); !ok || p.Code != code || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want %s", text, err, code)
		}
	}
	_, err := webdav.Kind().Open(publication.Params{Settings: map[string]string{
		publication.SettingURL: "https://nuage.example.org", publication.SettingFolder: "a/../..",
	}})
	if p, ok := err.(*storage.Problem); !ok || p.Code != "publication.folderName" {
		t.Error(err)
	}
	for _, text := range []string{"https://moi@nuage.example.org/a", "http://127.0.0.1:8080", "http://nas.local/dav", "http://192.168.1.9"} {
		if _, err := webdav.Kind().Open(publication.Params{Settings: map[string]string{publication.SettingURL: text}}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
