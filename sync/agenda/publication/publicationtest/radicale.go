package publicationtest

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Collection is a collection of User on a real Radicale: a calendar, or an address book.
type Collection struct {
	*Server
	URL    string // of the collection, ends in a slash
	folder string // where Radicale keeps its collections
}

// StartCalendar starts Radicale with one empty calendar, its collections on a disk of a size ("512k") unless that is "".
func StartCalendar(t testing.TB, disk string) *Collection {
	t.Helper()
	c := StartRadicale(t, disk)
	c.URL += "agenda/"
	if status, _ := c.Call("MKCALENDAR", "", "", nil); status != http.StatusCreated {
		t.Fatalf("no calendar: %d", status)
	}
	return c
}

// Folder is where Radicale keeps its collections.
func (c *Collection) Folder() string { return c.folder }

// AddressBook makes an empty address book below.
func (c *Collection) AddressBook(name, shown string) *Collection {
	c.t.Helper()
	made := &Collection{Server: c.Server, URL: c.URL + name + "/", folder: c.folder}
	body := `<?xml version="1.0" encoding="utf-8"?><mkcol xmlns="DAV:" xmlns:A="urn:ietf:params:xml:ns:carddav"><set><prop>` +
		`<resourcetype><collection/><A:addressbook/></resourcetype><displayname>` + shown + `</displayname></prop></set></mkcol>`
	if status, answer := made.Call("MKCOL", "", body, nil); status != http.StatusCreated {
		c.t.Fatalf("no address book: %d %s", status, answer)
	}
	return made
}

// InMemory, as the size of a disk, keeps the collections in memory where the machine has a place for that: Radicale writes
// each card through to the disk, which tests of a thousand cards need not wait for.
const InMemory = "memory"

// StartRadicale starts Radicale with nothing of User's on it; URL is where the collections will be.
func StartRadicale(t testing.TB, disk string) *Collection {
	t.Helper()
	radicale := program(t, "/usr/bin/radicale", "radicale")
	dir, port := folder(t, t.TempDir()), freePort(t)
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // beside its small disk the server is somebody else
		t.Fatal(err)
	}
	collections := folder(t, dir, "calendars")
	if memory := "/dev/shm"; disk == InMemory {
		disk = ""
		if at, err := os.MkdirTemp(memory, "radicale"); err == nil { // elsewhere the disk does, more slowly
			collections = at
			t.Cleanup(func() {
				if err := os.RemoveAll(at); err != nil {
					t.Error(err)
				}
			})
		}
	}
	write(t, User+":"+Password+"\n", 0o644, dir, "passwords")
	config := fmt.Sprintf(`[server]
hosts = 127.0.0.1:%d
[auth]
type = htpasswd
htpasswd_filename = %s/passwords
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = %s
[logging]
level = warning
`, port, dir, collections)
	c := &Collection{folder: collections, Server: &Server{
		t: t, port: port, dir: dir, size: disk,
		args: []string{radicale, "--config", write(t, config, 0o644, dir, "radicale.conf")},
	}}
	if disk != "" {
		c.disk = collections
	}
	c.URL = fmt.Sprintf("http://127.0.0.1:%d/%s/", port, User)
	c.Start()
	t.Cleanup(c.Stop)
	return c
}

// Call makes one call below the calendar, as another application of the same user would, and gives its answer.
func (c *Collection) Call(method, name, body string, header http.Header) (int, string) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.URL+name, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	req.SetBasicAuth(User, Password)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close() // only read from: nothing is lost
	got, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, string(got)
}

// Feed reads the whole calendar.
func (c *Collection) Feed() string {
	c.t.Helper()
	status, body := c.Call(http.MethodGet, "", "", nil)
	if status != http.StatusOK {
		c.t.Fatalf("calendar not read: %d", status)
	}
	return body
}
