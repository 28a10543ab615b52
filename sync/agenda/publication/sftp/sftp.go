// Package sftp publishes feeds in a folder that is written over SFTP: the web space of most hosts. A file is written
// beside the old one and renamed over it, so that readers never see half of it.
//
// The server's key is pinned: the first connection only tells its fingerprint, for a person to compare and confirm; one
// that changes later is refused, and nothing is sent. Every call has a connection of its own, because publications are
// rare and a kept connection would not survive a sleep of the machine.
package sftp

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"diapason/sync/agenda/publication"
	"diapason/sync/dav"
	"diapason/sync/directory"
)

// ID is the kind's.
const ID = "agenda.sftp"

const example = "sftp://ftp.example.org"

// callWithin bounds one call, connection included.
const callWithin = 2 * time.Minute

// arriving is added to the name of a file until it is whole.
const arriving = ".new"

// Kind gives the target as the program registers it.
func Kind() publication.Kind {
	return publication.Kind{
		ID: ID,
		Settings: []directory.Setting{
			{Name: publication.SettingURL},
			{Name: publication.SettingUser},
			{Name: publication.SecretPassword, Secret: true, Optional: true},
			{Name: publication.SecretKey, Secret: true, Optional: true},
			{Name: publication.SecretPassphrase, Secret: true, Optional: true},
			{Name: publication.SettingFolder, Optional: true},
			{Name: publication.SettingHostKey, Optional: true},
			{Name: publication.SettingPublicURL, Optional: true},
		},
		Open: open,
	}
}

func open(p publication.Params) (publication.Target, error) {
	u, err := dav.Address(publication.Words, p.Settings[publication.SettingURL], example, "sftp")
	if err != nil {
		return nil, err
	}
	text := p.Settings[publication.SettingFolder]
	if text == "" {
		text = u.Path
	}
	folder, err := publication.Folder(text)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.TrimSpace(text), "/") {
		folder = "/" + folder
	}
	pin, err := readPin(p.Settings[publication.SettingHostKey])
	if err != nil {
		return nil, err
	}
	t := &target{host: u.Host, address: u.Host, user: p.Settings[publication.SettingUser], folder: folder, pin: pin}
	if u.Port() == "" {
		t.address = net.JoinHostPort(u.Hostname(), "22")
	}
	if t.user == "" {
		t.user = u.User.Username()
	}
	t.auth, err = methods(p.Secrets)
	return t, err
}

// target is one folder.
type target struct {
	host    string // as people read it
	address string // with its port
	user    string
	folder  string // "" is where the login leads
	pin     pin
	auth    []ssh.AuthMethod
}

// session is one connection with what it carries.
type session struct {
	*sftp.Client
	end func()
}

// connect opens a connection; it ends when ctx does, or after callWithin.
func (t *target) connect(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	var client *ssh.Client
	var err error
	for _, algorithms := range t.pin.algorithms() {
		var other *otherKey
		if client, err = t.shake(ctx, algorithms); err == nil || !t.pin.set() || !errors.As(err, &other) && !noCommon(err) {
			break
		}
	}
	if err != nil {
		cancel()
		return nil, t.unanswered(err)
	}
	stop := context.AfterFunc(ctx, func() { client.Close() })
	end := func() {
		stop()
		client.Close()
		cancel()
	}
	files, err := sftp.NewClient(client)
	if err != nil {
		end()
		return nil, dav.Wrong(directory.Refused, bare(err), "publication.notSFTP", "host", t.host)
	}
	return &session{Client: files, end: func() {
		files.Close()
		end()
	}}, nil
}

// shake makes a connection whose server proves itself with a key of certain algorithms; nil: those it prefers.
func (t *target) shake(ctx context.Context, algorithms []string) (*ssh.Client, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", t.address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	c, channels, requests, err := ssh.NewClientConn(conn, t.address, &ssh.ClientConfig{
		User: t.user, Auth: t.auth, HostKeyCallback: t.pin.check, HostKeyAlgorithms: algorithms,
		ClientVersion: "SSH-2.0-Diapason",
	})
	if err != nil {
		conn.Close()
		return nil, err
	}
	return ssh.NewClient(c, channels, requests), nil
}

// unanswered classes a connection that was not made.
func (t *target) unanswered(err error) error {
	var other *otherKey
	switch {
	case errors.As(err, &other) && !t.pin.set():
		return dav.Wrong(directory.Auth, nil, "publication.hostUnknown", "host", t.host, "fingerprint", other.fingerprint)
	case errors.As(err, &other):
		return dav.Wrong(directory.Auth, nil, "publication.hostChanged", "host", t.host,
			"expected", t.pin.String(), "fingerprint", other.fingerprint)
	case strings.Contains(err.Error(), "unable to authenticate"),
		strings.Contains(err.Error(), "unexpected message type 51"): // a refusal where the library awaits a question
		return dav.Wrong(directory.Auth, bare(err), "publication.authSSH", "host", t.host)
	case noCommon(err):
		return dav.Wrong(directory.Refused, bare(err), "publication.notSSH", "host", t.host)
	}
	return dav.Unanswered(publication.Words, err, t.host)
}

// with calls f with a connection, and puts into words what it meets.
func (t *target) with(ctx context.Context, f func(*session) error) error {
	s, err := t.connect(ctx)
	if err != nil {
		return err
	}
	defer s.end()
	return t.classed(f(s))
}

// classed gives the class of what a call on files met.
func (t *target) classed(err error) error {
	var classed *directory.Error
	var status *sftp.StatusError
	switch {
	case err == nil || errors.As(err, &classed):
		return err
	case errors.Is(err, fs.ErrPermission):
		return dav.Wrong(directory.Refused, bare(err), "publication.forbidden", "host", t.host)
	case errors.Is(err, fs.ErrNotExist):
		return dav.Wrong(directory.Refused, bare(err), "publication.missing", "host", t.host)
	case errors.As(err, &status):
		return dav.Wrong(directory.Refused, bare(err), "publication.failedSFTP", "host", t.host)
	}
	return dav.Wrong(directory.Ambiguous, bare(err), "publication.unreachable", "host", t.host)
}

// bare gives an error without the path that it may bear: the name of the file is a secret.
func bare(err error) error {
	var status *sftp.StatusError
	if errors.As(err, &status) {
		return errors.New("sftp status " + strconv.Itoa(int(status.Code)))
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// Put writes the file beside the one that stands there and renames it over that one.
func (t *target) Put(ctx context.Context, name string, body []byte) error {
	return t.with(ctx, func(s *session) error {
		fresh := path.Join(t.folder, name+arriving)
		err := t.write(s, fresh, body)
		if errors.Is(err, fs.ErrNotExist) && t.folder != "" {
			if err = s.MkdirAll(t.folder); err == nil {
				err = t.write(s, fresh, body)
			}
		}
		if err != nil {
			return t.full(s, fresh, body, err)
		}
		return replace(s, fresh, path.Join(t.folder, name))
	})
}

func (t *target) write(s *session, file string, body []byte) error {
	f, err := s.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if _, err := f.ReadFrom(bytes.NewReader(body)); err != nil {
		return errors.Join(err, f.Close())
	}
	if _, can := s.HasExtension("fsync@openssh.com"); can {
		if err := f.Sync(); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	stat, err := s.Stat(file)
	if err == nil && stat.Size() != int64(len(body)) {
		err = dav.Wrong(directory.Ambiguous, nil, "publication.unreachable", "host", t.host)
	}
	return err
}

// full tells a disk without room from other failures, which SFTP does not: what was begun is taken away, and the room
// that the server counts is compared with what the file needs.
func (t *target) full(s *session, file string, body []byte, failure error) error {
	var status *sftp.StatusError
	if !errors.As(failure, &status) {
		return failure
	}
	if err := s.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failure
	}
	room, err := s.StatVFS(path.Dir(file))
	if err == nil && room.Frsize*room.Bavail < uint64(len(body)) {
		return dav.Wrong(directory.Refused, bare(failure), "publication.full", "host", t.host)
	}
	return failure
}

// replace renames a file over another. A server without OpenSSH's renaming refuses to replace: then, for an instant,
// there is no file.
func replace(s *session, from, to string) error {
	if _, can := s.HasExtension("posix-rename@openssh.com"); can {
		return s.PosixRename(from, to)
	}
	err := s.Rename(from, to)
	if err == nil {
		return nil
	}
	if gone := s.Remove(to); gone != nil {
		return err
	}
	return s.Rename(from, to)
}

// Remove deletes the file, and what an interrupted upload left of it.
func (t *target) Remove(ctx context.Context, name string) error {
	return t.with(ctx, func(s *session) error {
		for _, n := range []string{name, name + arriving} {
			if err := s.Remove(path.Join(t.folder, n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return nil
	})
}

// Test looks at the folder; one that is missing is created by the first publication.
func (t *target) Test(ctx context.Context) error {
	return t.with(ctx, func(s *session) error {
		at := t.folder
		if at == "" {
			at = "."
		}
		found, err := s.Stat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case !found.IsDir():
			return dav.Wrong(directory.Refused, nil, "publication.notFolder", "host", t.host)
		}
		return nil
	})
}
