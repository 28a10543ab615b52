package publicationtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"
)

// Cert says how a server's certificate is: by default it is signed by nobody that is trusted.
type Cert struct {
	Trusted bool
	Expired bool
	Name    string // "" is 127.0.0.1
}

// Make writes the certificate and its key, and gives what a client trusts.
func (c Cert) Make(t testing.TB) (cert, key string, client *tls.Config) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "essai"},
		NotBefore: now.Add(-48 * time.Hour), NotAfter: now.Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if c.Name == "" {
		form.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	} else {
		form.DNSNames = []string{c.Name}
	}
	if c.Expired {
		form.NotAfter = now.Add(-24 * time.Hour)
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert = write(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), 0o644, dir, "cert.pem")
	key = write(t, string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw})), 0o600, dir, "key.pem")
	client = &tls.Config{RootCAs: x509.NewCertPool()}
	if c.Trusted {
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		client.RootCAs.AddCert(parsed)
	}
	return cert, key, client
}
