package publication_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	stdsync "sync"
	"syscall"
	"testing"

	davserver "golang.org/x/net/webdav"

	"diapason/sync/sandbox"
)

// space is a WebDAV server in memory that can be made to fail.
type space struct {
	dav  *davserver.Handler
	mu   stdsync.Mutex
	fail func(w http.ResponseWriter, r *http.Request) bool // true: it answered itself
	away bool
	puts int
	all  int
}

func newSpace() *space {
	return &space{dav: &davserver.Handler{FileSystem: davserver.NewMemFS(), LockSystem: davserver.NewMemLS()}}
}

// RoundTrip is the network: a server that is away refuses connections.
func (s *space) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	away := s.away
	s.mu.Unlock()
	if away {
		return nil, fmt.Errorf("dial: %w", syscall.ECONNREFUSED)
	}
	return sandbox.Transport{Handler: s}.RoundTrip(r)
}

func (s *space) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.all++
	if r.Method == http.MethodPut {
		s.puts++
	}
	fail := s.fail
	s.mu.Unlock()
	if _, password, _ := r.BasicAuth(); password != "lune" {
		w.Header().Set("WWW-Authenticate", "Basic")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if fail != nil && fail(w, r) {
		return
	}
	s.dav.ServeHTTP(w, r)
}

func (s *space) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *space) counts() (puts, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.puts, s.all
}

// files gives what stands in the space, by name.
func (s *space) files(t *testing.T) map[string]string {
	t.Helper()
	dir, err := s.dav.FileSystem.OpenFile(t.Context(), "/", os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	list, err := dir.Readdir(-1)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, i := range list {
		f, err := s.dav.FileSystem.OpenFile(t.Context(), path.Join("/", i.Name()), os.O_RDONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		all[i.Name()] = string(body)
	}
	return all
}

// answer makes the space answer some methods with a status.
func (s *space) answer(status int, header http.Header, methods ...string) {
	s.set(func() {
		s.fail = func(w http.ResponseWriter, r *http.Request) bool {
			for _, m := range methods {
				if r.Method == m {
					for k, v := range header {
						w.Header()[k] = v
					}
					w.WriteHeader(status)
					return true
				}
			}
			return false
		}
	})
}

func (s *space) heal() {
	s.set(func() { s.fail, s.away = nil, false })
}
