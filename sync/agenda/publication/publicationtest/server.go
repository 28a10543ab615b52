// Package publicationtest starts the real servers that publication (and sync/contacts/carddav) is tested against, on loopback and without privileges:
// Apache's mod_dav, OpenSSH's sftp-server and sshd, and Radicale. A server can be stopped, started again on the same
// port with the same files, and given a disk so small that it is soon full.
//
// It is part of tests only. A server that the machine does not have makes the test fail, with the package that is
// missing (.ci/packages installs them).
package publicationtest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	stdsync "sync"
	"testing"
	"time"

	"diapason/sync/agenda/feedserver"
)

// Server is one process that listens on loopback.
type Server struct {
	t      testing.TB
	port   int
	dir    string // its configuration and, when it has no disk of its own, its files
	args   []string
	disk   string // where a small disk is mounted, "" for none
	size   string // of it, as mount says it: "256k"
	cmd    *exec.Cmd
	ended  chan struct{}
	output *bytes.Buffer
}

// Port is where the server listens, the same after every start.
func (s *Server) Port() int { return s.port }

// Address is "127.0.0.1:port".
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// program finds a server, also where the path of ordinary users does not lead.
func program(t testing.TB, path, debian string) string {
	t.Helper()
	if found, err := exec.LookPath(filepath.Base(path)); err == nil {
		return found
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is missing: install the package %s", path, debian)
	}
	return path
}

// freePort chooses a port that nobody listens on, and that nobody is given by the system while the server is not
// started, or stopped: systems give ports from 32768 on (Linux, ip_local_port_range) or 49152 on (the others). Drawn at
// random, because the tests of several packages choose at the same time, and below the ports of the feed server.
func freePort(t testing.TB) int {
	t.Helper()
	const first, end = 20000, feedserver.FirstPort
	for range 1000 {
		port := first + rand.IntN(end-first)
		if _, twice := given.LoadOrStore(port, true); twice {
			continue
		}
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue // taken
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return port
	}
	t.Fatal("no free port")
	return 0
}

// given are the ports of this process's servers, which keep them when they are stopped.
var given stdsync.Map

// folder makes a folder below the test's that a server of another user may write to.
func folder(t testing.TB, path ...string) string {
	t.Helper()
	dir := filepath.Join(path...)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil { // the test's umask may have taken bits away
		t.Fatal(err)
	}
	return dir
}

// write writes one of a server's files.
func write(t testing.TB, text string, mode os.FileMode, path ...string) string {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return name
}

// mounted is the script that gives a command a small disk that only it sees; %s is how to become nobody in particular
// after having mounted it.
const mounted = `mount -t tmpfs -o size="$1",mode=0777 none "$2" || exit 99; shift 2; exec %s "$@"`

// command gives the server's command line; inside a mount namespace of its own when it has a small disk.
func (s *Server) command() *exec.Cmd {
	if s.disk == "" {
		return exec.Command(s.args[0], s.args[1:]...)
	}
	flags, then := []string{"-rm"}, "unshare -U"
	if os.Geteuid() == 0 {
		flags, then = []string{"-m"}, ""
	}
	script := fmt.Sprintf(mounted, then)
	args := append(append(flags, "sh", "-c", script, "sh", s.size, s.disk), s.args...)
	return exec.Command("unshare", args...)
}

// Start starts the server and waits until it takes connections. A small disk that cannot be mounted here skips the test.
func (s *Server) Start() {
	s.t.Helper()
	s.output = new(bytes.Buffer)
	s.cmd = s.command()
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.dir, s.output, s.output
	s.cmd.WaitDelay = 5 * time.Second
	quietly(s.cmd)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan struct{})
	s.ended = ended
	cmd := s.cmd
	var failed error
	go func() {
		failed = cmd.Wait()
		close(ended)
	}()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ended:
			var exit *exec.ExitError
			if s.disk != "" && errors.As(failed, &exit) && (exit.ExitCode() == 99 || bytes.Contains(s.output.Bytes(), []byte("unshare"))) {
				s.t.Skipf("no small disk can be mounted here: %s", s.output)
			}
			s.t.Fatalf("%s ended: %v\n%s", s.args[0], failed, s.output)
		case <-look.C:
		}
		if c, err := net.Dial("tcp", s.Address()); err == nil {
			if err := c.Close(); err != nil {
				s.t.Error(err)
			}
			return
		}
	}
}

// Stop ends the server with all its processes, at once and in the middle of whatever it does.
func (s *Server) Stop() {
	s.t.Helper()
	if s.cmd == nil {
		return
	}
	if err := slay(s.cmd); err != nil {
		s.t.Errorf("%s not ended: %v", s.args[0], err)
	}
	<-s.ended
	s.cmd = nil
}
