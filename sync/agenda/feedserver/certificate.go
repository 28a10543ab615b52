package feedserver

import (
	"crypto/tls"
	"log/slog"
	"os"
	stdsync "sync"
	"time"

	"diapason/storage"
)

// certificate is the user's, in two PEM files. Certificates are renewed every few weeks by programs of their own: the
// files are looked at again at each new connection.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      stdsync.Mutex
	read    *tls.Certificate
	changed [2]time.Time // of the files, when they were read
}

// openCertificate reads the files for the first time: a pair that is wrong from the start is the user's to mend.
func openCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.refresh(); err != nil {
		return nil, storage.NewProblem("feedserver.certificate", "certificate", certFile, "key", keyFile).Because(err)
	}
	return c, nil
}

// get gives the certificate for a connection. A pair that cannot be read, or is half replaced, leaves the one before in
// use.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refresh(); err != nil {
		c.log.Warn("the certificate could not be read again; the one before goes on", "error", err)
	}
	return c.read, nil
}

// refresh reads the pair when one of its files has changed.
func (c *certificate) refresh() error {
	var changed [2]time.Time
	for i, name := range []string{c.certFile, c.keyFile} {
		file, err := os.Stat(name)
		if err != nil {
			return err
		}
		changed[i] = file.ModTime()
	}
	if c.read != nil && changed == c.changed {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.read, c.changed = &pair, changed
	return nil
}
