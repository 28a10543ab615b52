// Package instance keeps a workspace to one window: starting the program again on it brings the window that is there to
// the front. The window listens on a local socket, and says in a file of the workspace where that socket is; the second
// start finds the workspace's lock taken, reads the file and calls.
//
// The lock is the store's and decides alone who has the workspace: what lives here is only a way to call its holder.
// A process without a window (serve, an import) does not listen, and what a crashed one left behind answers nobody.
package instance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	stdsync "sync"
	"time"
)

const (
	// addressName is the file of the workspace that says where its window listens.
	addressName = "diapason.window"
	// roomPrefix and socketName make the socket's path: a folder of its own, which only its owner can enter.
	roomPrefix = "diapason-window-"
	socketName = "window.sock"
	// answer tells the window of a workspace from whatever else may listen there.
	answer = "diapason window\n"
	// patience is how long the other side may take: it is on this machine and answers from memory.
	patience = 5 * time.Second
	// longestTemp is the length, in bytes, of a folder for temporary files below which a socket's path still fits: a
	// socket's whole path may have 103 bytes on macOS, 107 on Linux and Windows.
	longestTemp = 60
)

// Listener answers later starts of the program on a workspace, from Listen to Close.
type Listener struct {
	socket  net.Listener
	address string // file of the workspace
	calls   chan struct{}
	serving stdsync.WaitGroup
}

// Listen makes this process the window of the workspace in a folder. The process has the workspace open: what an earlier
// one left there is of one that is no more, and is replaced.
func Listen(dir string) (*Listener, error) {
	address := filepath.Join(dir, addressName)
	if before, err := os.ReadFile(address); err == nil {
		tidy(string(before)) //nolint:errcheck // the remains of a crash in a folder for temporary files: no harm done
	}
	room, err := os.MkdirTemp(tempDir(), roomPrefix) // only its owner may enter: mode 0700
	if err != nil {
		return nil, fmt.Errorf("folder of the window's socket: %w", err)
	}
	path := filepath.Join(room, socketName)
	socket, err := net.Listen("unix", path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("window's socket: %w", err), os.Remove(room))
	}
	if err := os.WriteFile(address, []byte(path), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("address of the window: %w", err), socket.Close(), tidy(path))
	}
	l := &Listener{socket: socket, address: address, calls: make(chan struct{}, 1)}
	l.serving.Go(l.serve)
	return l, nil
}

// Calls is signalled when the program was started again. Calls that nobody has taken yet are one.
func (l *Listener) Calls() <-chan struct{} { return l.calls }

// Close ends the listening and leaves nothing behind. A later start finds no window.
func (l *Listener) Close() error {
	path := l.socket.Addr().String()
	err := l.socket.Close()
	l.serving.Wait()
	return errors.Join(err, os.Remove(l.address), tidy(path))
}

// serve answers until the socket is closed. Callers take turns: there is nothing to wait for between them.
func (l *Listener) serve() {
	for {
		c, err := l.socket.Accept()
		if err != nil {
			return // closed
		}
		select {
		case l.calls <- struct{}{}:
		default: // one is waiting to be taken
		}
		// A caller that does not take the answer has gone: the window comes to the front all the same.
		c.SetDeadline(time.Now().Add(patience)) //nolint:errcheck // see above
		io.WriteString(c, answer)               //nolint:errcheck // see above
		c.Close()                               //nolint:errcheck // see above
	}
}

// Wake calls the window of the workspace in a folder and reports whether it answered. It did not when another kind of
// process has the workspace open.
func Wake(ctx context.Context, dir string) bool {
	path, err := os.ReadFile(filepath.Join(dir, addressName))
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	letRaise()
	c, err := (&net.Dialer{}).DialContext(ctx, "unix", string(path))
	if err != nil {
		return false
	}
	defer c.Close() //nolint:errcheck // everything has been read
	late, _ := ctx.Deadline()
	if err := c.SetDeadline(late); err != nil {
		return false
	}
	said, err := io.ReadAll(io.LimitReader(c, int64(len(answer))))
	return err == nil && string(said) == answer
}

// tidy removes a socket and its folder. It touches nothing that Listen did not name.
func tidy(path string) error {
	room := filepath.Dir(path)
	if filepath.Base(path) != socketName || !strings.HasPrefix(filepath.Base(room), roomPrefix) {
		return nil
	}
	for _, p := range []string{path, room} {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// tempDir is where the socket's folder is made: the system's place for temporary files, unless its name is too long for
// a socket below it.
func tempDir() string {
	if dir := os.TempDir(); len(dir) <= longestTemp || runtime.GOOS == "windows" {
		return dir
	}
	return "/tmp"
}
