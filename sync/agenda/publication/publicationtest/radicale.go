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

// Calendar is a calendar of User on a real Radicale.
type Calendar struct {
	*Server
	URL string // of the calendar, ends in a slash
}

// StartCalendar starts Radicale with one empty calendar, its collections on a disk of a size ("512k") unless that is "".
func StartCalendar(t testing.TB, disk string) *Calendar {
	t.Helper()
	radicale := program(t, "/usr/bin/radicale", "radicale")
	dir, port := folder(t, t.TempDir()), freePort(t)
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // beside its small disk the server is somebody else
		t.Fatal(err)
	}
	collections := folder(t, dir, "calendars")
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
	c := &Calendar{Server: &Server{
		t: t, port: port, dir: dir, size: disk,
		args: []string{radicale, "--config", write(t, config, 0o644, dir, "radicale.conf")},
	}}
	if disk != "" {
		c.disk = collections
	}
	c.URL = fmt.Sprintf("http://127.0.0.1:%d/%s/agenda/", port, User)
	c.Start()
	t.Cleanup(c.Stop)
	if status, _ := c.Call("MKCALENDAR", "", "", nil); status != http.StatusCreated {
		t.Fatalf("no calendar: %d", status)
	}
	return c
}

// Call makes one call below the calendar, as another application of the same user would, and gives its answer.
func (c *Calendar) Call(method, name, body string, header http.Header) (int, string) {
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
func (c *Calendar) Feed() string {
	c.t.Helper()
	status, body := c.Call(http.MethodGet, "", "", nil)
	if status != http.StatusOK {
		c.t.Fatalf("calendar not read: %d", status)
	}
	return body
}
