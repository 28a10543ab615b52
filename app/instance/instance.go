// Package instance is how a second start of the program reaches the process that has its workspace open: to bring its
// window to the front, or to have it carry out one of a few commands. The holder listens on a local socket, and says in
// a file of the workspace, which only its owner can read, where that socket is and which secret opens it; the second
// start finds the workspace's lock taken, reads the file and asks.
//
// The lock is the store's and decides alone who has the workspace: what lives here is only a way to call its holder,
// which knows what it carries out (package command). A process that soon ends (an import) does not listen, and what a
// crashed one left behind answers nobody.
package instance

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
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
	// addressName is the file of the workspace that says how its holder is reached.
	addressName = "diapason.holder"
	// roomPrefix and socketName make the socket's path: a folder of its own, which only its owner can enter.
	roomPrefix = "diapason-holder-"
	socketName = "holder.sock"
	// patience is how long one side takes to say a line: it is on this machine.
	patience = 5 * time.Second
	// together bounds the callers that are answered at once; the others wait for their turn.
	together = 8
	// longestTemp is the length, in bytes, of a folder for temporary files below which a socket's path still fits: a
	// socket's whole path may have 103 bytes on macOS, 107 on Linux and Windows.
	longestTemp = 60
)

// address is what the file of the workspace holds.
type address struct {
	Folder string `json:"folder"` // of the workspace: a copy of the folder is another one, which nobody holds
	Socket string `json:"socket"`
	Secret string `json:"secret"`
}

// Params are what the holder of a workspace answers.
type Params struct {
	// Window tells that it shows a window, which comes to the front when the program is started again.
	Window bool
	// Carry carries out what another process of the same user asks for, by a name, and gives what is answered, as JSON
	// writes it. It gives ErrLocked of package storage for a name that it does not know. Several may be under way; ctx
	// ends with the listening. Nil: nothing is carried out.
	Carry func(ctx context.Context, what string, with json.RawMessage) (any, error)
}

// Listener answers later starts of the program on a workspace, from Listen to Close.
type Listener struct {
	p       Params
	socket  net.Listener
	address string // file of the workspace
	secret  string
	calls   chan struct{}
	turns   chan struct{}
	ctx     context.Context
	cancel  context.CancelFunc
	serving stdsync.WaitGroup
}

// Listen makes this process the one that answers for the workspace in a folder. It has the workspace open: what an
// earlier one left there is of one that is no more, and is replaced.
func Listen(dir string, p Params) (*Listener, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	l := &Listener{
		p: p, address: filepath.Join(dir, addressName), secret: rand.Text(),
		calls: make(chan struct{}, 1), turns: make(chan struct{}, together),
	}
	if before, err := read(dir); err == nil {
		tidy(before.Socket) //nolint:errcheck // the remains of a crash in a folder for temporary files: no harm done
	}
	if err := os.Remove(l.address); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("address of the holder: %w", err)
	}
	room, err := os.MkdirTemp(tempDir(), roomPrefix) // only its owner may enter: mode 0700
	if err != nil {
		return nil, fmt.Errorf("folder of the holder's socket: %w", err)
	}
	path := filepath.Join(room, socketName)
	if l.socket, err = net.Listen("unix", path); err != nil {
		return nil, errors.Join(fmt.Errorf("holder's socket: %w", err), os.Remove(room))
	}
	text, err := json.Marshal(address{Folder: dir, Socket: path, Secret: l.secret})
	if err == nil {
		err = os.WriteFile(l.address, text, 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("address of the holder: %w", err), l.socket.Close(), tidy(path))
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.serving.Go(l.serve)
	return l, nil
}

// Calls is signalled when the program was started again on a window's workspace. Calls that nobody has taken yet are one.
func (l *Listener) Calls() <-chan struct{} { return l.calls }

// Close ends the listening, once what is carried out has ended, and leaves nothing behind. A later start finds nobody.
func (l *Listener) Close() error {
	path := l.socket.Addr().String()
	l.cancel()
	err := l.socket.Close()
	l.serving.Wait()
	return errors.Join(err, os.Remove(l.address), tidy(path))
}

// serve answers until the socket is closed.
func (l *Listener) serve() {
	for {
		c, err := l.socket.Accept()
		if err != nil {
			return // closed
		}
		l.turns <- struct{}{}
		l.serving.Go(func() {
			defer func() { <-l.turns }()
			l.answer(c)
		})
	}
}

// read reads how the holder of a workspace is reached.
func read(dir string) (a address, err error) {
	text, err := os.ReadFile(filepath.Join(dir, addressName))
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	return a, err
}

// isOf reports whether it is that of the workspace in a folder, and not of the one that the folder was copied from.
func (a address) isOf(dir string) bool {
	here, err := os.Stat(dir)
	if err != nil {
		return false
	}
	there, err := os.Stat(a.Folder)
	return err == nil && os.SameFile(here, there)
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
