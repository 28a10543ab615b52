package publicationtest

import (
	"crypto/sha1" // a form that Apache reads passwords in
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// User and Password open every server.
const (
	User     = "accueil"
	Password = "clair de lune: é, 1°"
)

// DAV is Apache with mod_dav: URL is written with User and Password, and the same files are read at Public.
type DAV struct {
	*Server
	URL    string // ends in a slash
	Public string // ends in a slash
	Files  string // folder of the files, unless they are on a small disk
}

// DAVParams are what can be unusual about a DAV.
type DAVParams struct {
	// Disk gives it a disk of that size, as mount says it ("256k"), for itself.
	Disk string
	// Cert and Key are files in PEM: it speaks TLS.
	Cert, Key string
	// Login makes the public address show a page that asks for a password, as hosts do; Type serves feeds as that type.
	Login bool
	Type  string
	// Digest asks for Digest authentication alone.
	Digest bool
}

const modules = "/usr/lib/apache2/modules/mod_%s.so"

// StartDAV starts Apache with mod_dav; it is stopped when the test ends.
func StartDAV(t testing.TB, p DAVParams) *DAV {
	t.Helper()
	apache := program(t, "/usr/sbin/apache2", "apache2-bin")
	base := folder(t, t.TempDir())
	if err := os.Chmod(filepath.Dir(base), 0o755); err != nil {
		t.Fatal(err)
	}
	files := folder(t, base, "files")
	port, public := freePort(t), freePort(t)
	sum := sha1.Sum([]byte(Password))
	write(t, User+":{SHA}"+base64.StdEncoding.EncodeToString(sum[:])+"\n", 0o644, base, "passwords")
	folder(t, base, "state")
	loaded := []string{"mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "auth_digest", "dav", "dav_fs", "mime", "rewrite"}
	tls, scheme := "", "http"
	if p.Cert != "" {
		loaded, scheme = append(loaded, "ssl", "socache_shmcb"), "https"
		tls = fmt.Sprintf("SSLEngine on\nSSLCertificateFile %s\nSSLCertificateKeyFile %s\n", p.Cert, p.Key)
	}
	lock, kind, auth, login := "state/lock", "text/calendar", "Basic", ""
	if p.Disk != "" {
		lock = "files/.lock"
	}
	if p.Type != "" {
		kind = p.Type
	}
	if p.Digest {
		auth = "Digest"
	}
	if p.Login {
		write(t, "<!DOCTYPE html><title>Connexion</title>", 0o644, base, "login.html")
		login = "RewriteEngine on\nRewriteRule ^ " + filepath.Join(base, "login.html") + " [L]\n"
	}
	var conf strings.Builder
	for _, m := range loaded {
		fmt.Fprintf(&conf, "LoadModule %s_module "+modules+"\n", m, m)
	}
	if os.Geteuid() == 0 {
		conf.WriteString("User www-data\nGroup www-data\n")
	}
	fmt.Fprintf(&conf, `ServerRoot %[1]s
ServerName 127.0.0.1
PidFile %[1]s/state/pid
DefaultRuntimeDir %[1]s/state
Mutex default:%[1]s/state
ErrorLog /dev/stderr
TypesConfig /dev/null
AddType %[5]s .ics
AddType text/html .html
StartServers 1
ServerLimit 1
ThreadsPerChild 8
ThreadLimit 8
MaxRequestWorkers 8
MinSpareThreads 1
MaxSpareThreads 8
Listen 127.0.0.1:%[2]d
Listen 127.0.0.1:%[3]d
DavLockDB %[1]s/%[4]s
DocumentRoot %[1]s/files
<VirtualHost 127.0.0.1:%[2]d>
%[6]s
<Location />
Dav On
AuthType %[7]s
AuthName fichiers
AuthUserFile %[1]s/passwords
Require valid-user
</Location>
</VirtualHost>
<VirtualHost 127.0.0.1:%[3]d>
%[8]s
</VirtualHost>
`, base, port, public, lock, kind, tls, auth, login)
	file := write(t, conf.String(), 0o644, base, "apache.conf")
	d := &DAV{
		Server: &Server{
			t: t, port: port, dir: base, size: p.Disk, args: []string{apache, "-D", "FOREGROUND", "-f", file},
		},
		URL: fmt.Sprintf("%s://127.0.0.1:%d/", scheme, port), Public: fmt.Sprintf("http://127.0.0.1:%d/", public),
		Files: files,
	}
	if p.Disk != "" {
		d.disk = files
	}
	d.Start()
	t.Cleanup(d.Stop)
	return d
}
