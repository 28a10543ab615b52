package publicationtest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"
)

// SFTP is OpenSSH's sftp-server, behind sshd or behind a server of ours that knows a password.
type SFTP struct {
	*Server
	URL   string // "sftp://127.0.0.1:port"
	User  string
	Key   string // private key that logs in, in OpenSSH's form
	Files string // folder of the files, unless they are on a small disk
}

// asServer is the variable that makes a test's own program the server in front of sftp-server.
const asServer = "DIAPASON_TEST_SSH"

// front is what that server is told.
type front struct {
	Address, HostKey, Authorized, Sftp, Files string
}

// NewKey makes a private key, and the line that lets it in.
func NewKey(t testing.TB) (private, authorized string) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "essai")
	if err != nil {
		t.Fatal(err)
	}
	line, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block)), string(ssh.MarshalAuthorizedKey(line))
}

// StartSFTP starts sftp-server behind a server that takes User with Password or Key. The test's TestMain must begin with
// ServeSFTP.
func StartSFTP(t testing.TB, disk string) *SFTP {
	t.Helper()
	s := newSFTP(t)
	s.User = User
	if s.size = disk; disk != "" {
		s.disk = s.Files
	}
	s.NewHostKey()
	private, authorized := NewKey(t)
	s.Key = private
	config, err := json.Marshal(front{
		Address: s.Address(), HostKey: filepath.Join(s.dir, hostKey), Authorized: authorized, Files: s.Files,
		Sftp: program(t, "/usr/lib/openssh/sftp-server", "openssh-sftp-server"),
	})
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s.args = []string{"env", asServer + "=" + string(config), self}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// StartSSHD starts sshd itself for the user who runs the test, who comes in with Key; it skips a machine without sshd,
// because installing it would open the machine to the network, and a user without a shell, whom sshd never lets in.
func StartSSHD(t testing.TB) *SFTP {
	t.Helper()
	const sshd = "/usr/sbin/sshd"
	if _, err := os.Stat(sshd); err != nil {
		t.Skip("sshd is not installed")
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if known, err := exec.Command("getent", "passwd", me.Username).Output(); err != nil || bytes.Contains(known, []byte("/nologin")) {
		t.Skipf("%s has no shell (%v)", me.Username, err)
	}
	if me.Uid == "0" { // sshd wants the folder that its service makes
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s := newSFTP(t)
	s.User = me.Username
	s.NewHostKey()
	private, authorized := NewKey(t)
	s.Key = private
	config := fmt.Sprintf(`ListenAddress %s
HostKey %s/host
PidFile none
AuthorizedKeysFile %s
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
Subsystem sftp /usr/lib/openssh/sftp-server
`, s.Address(), s.dir, write(t, authorized, 0o644, s.dir, "authorized"))
	s.args = []string{sshd, "-D", "-e", "-f", write(t, config, 0o644, s.dir, "sshd.conf")}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

func newSFTP(t testing.TB) *SFTP {
	t.Helper()
	dir := folder(t, t.TempDir())
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	s := &SFTP{Server: &Server{t: t, port: freePort(t), dir: dir}, Files: folder(t, dir, "files")}
	s.URL = "sftp://" + s.Address()
	return s
}

// hostKey is the file of the server's own key.
const hostKey = "host"

// NewHostKey gives the server another key, from its next start on.
func (s *SFTP) NewHostKey() {
	s.t.Helper()
	key, _ := NewKey(s.t)
	name := write(s.t, key, 0o600, s.dir, hostKey)
	if s.disk == "" {
		return
	}
	if err := os.Chmod(name, 0o644); err != nil { // beside its small disk the server is somebody else
		s.t.Fatal(err)
	}
}

// ServeSFTP is the server that StartSFTP starts: it serves for ever when it was asked to, and returns at once otherwise.
func ServeSFTP() {
	text := os.Getenv(asServer)
	if text == "" {
		return
	}
	var f front
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		fatal(err)
	}
	os.Unsetenv(asServer)
	raw, err := os.ReadFile(f.HostKey)
	if err != nil {
		fatal(err)
	}
	host, err := ssh.ParsePrivateKey(raw)
	if err != nil {
		fatal(err)
	}
	config := &ssh.ServerConfig{
		PasswordCallback: func(c ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if c.User() != User || string(password) != Password {
				return nil, fmt.Errorf("wrong password")
			}
			return nil, nil
		},
		PublicKeyCallback: func(c ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if c.User() != User || string(ssh.MarshalAuthorizedKey(key)) != f.Authorized {
				return nil, fmt.Errorf("wrong key")
			}
			return nil, nil
		},
	}
	config.AddHostKey(host)
	l, err := net.Listen("tcp", f.Address)
	if err != nil {
		fatal(err)
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			fatal(err)
		}
		go f.serve(conn, config)
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// serve gives a connection the subsystem sftp and nothing else.
func (f front) serve(conn net.Conn, config *ssh.ServerConfig) {
	server, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return // refused: the client has been told
	}
	defer server.Close()
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, asked, err := offered.Accept()
		if err != nil {
			return
		}
		for r := range asked {
			sftp := r.Type == "subsystem" && len(r.Payload) > 4 && string(r.Payload[4:]) == "sftp"
			if r.WantReply {
				if err := r.Reply(sftp, nil); err != nil {
					return
				}
			}
			if sftp {
				go f.run(channel)
			}
		}
	}
}

func (f front) run(channel ssh.Channel) {
	defer channel.Close()
	cmd := exec.Command(f.Sftp, "-d", f.Files)
	cmd.Stdout, cmd.Stderr = channel, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return
	}
	go func() {
		io.Copy(in, channel)
		in.Close()
	}()
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
