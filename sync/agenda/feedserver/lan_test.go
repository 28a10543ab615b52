package feedserver

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// second stands for an address of the local network: Linux gives this machine all of 127.0.0.0/8.
var second = netip.MustParseAddr("127.0.0.2")

// onNetwork starts a server on addresses of the local network, with one link.
func onNetwork(t *testing.T, l Listen) (server *Server, token string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("this system gives this machine no second address")
	}
	token = NewToken()
	body, err := NewBody("agenda.ics", []byte("BEGIN:VCALENDAR\r\n"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	shelf := NewShelf()
	shelf.Put(Hash(token), body)
	server = New(Params{shelf, virtualClock{}, slog.New(slog.DiscardHandler)})
	if err := server.Start(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server, token
}

// read reads a link, and gives the certificate that the other side showed.
func read(t *testing.T, url string) (status int, shown *x509.Certificate, err error) {
	t.Helper()
	// The test looks at the certificate itself: it has no authority behind it.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	if response.TLS != nil {
		shown = response.TLS.PeerCertificates[0]
	}
	return response.StatusCode, shown, response.Body.Close()
}

func TestLocalNetworkIsAnsweredWhereItIsThere(t *testing.T) {
	absent := netip.MustParseAddr("192.0.2.1") // of a network for documentation: no machine has it
	server, token := onNetwork(t, Listen{LAN: []netip.Addr{second, absent}})
	_, at, _ := server.Addr()
	if len(at.LAN) != 2 || !strings.HasPrefix(at.LAN[0], "http://127.0.0.2:") || !slices.Equal(server.Missing(), []netip.Addr{absent}) {
		t.Fatalf("%+v without %v", at, server.Missing())
	}
	for _, base := range []string{at.Loopback, at.LAN[0]} {
		if status, _, err := read(t, base+Path(token)); err != nil || status != http.StatusOK {
			t.Errorf("%s: %d, %v", base, status, err)
		}
	}
}

func TestAddressThatComesLaterIsAnsweredThen(t *testing.T) {
	server, token := onNetwork(t, Listen{})
	port, _, _ := server.Addr()
	other, err := net.Listen("tcp", netip.AddrPortFrom(second, uint16(port)).String())
	if err := errors.Join(err, server.Stop()); err != nil {
		t.Fatal(err)
	}
	if err := server.Start(t.Context(), Listen{Port: port, LAN: []netip.Addr{second}}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(server.Missing(), []netip.Addr{second}) {
		t.Fatalf("missing: %v", server.Missing())
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	server.run.findMissing(t.Context())
	if server.Missing() == nil || len(server.Missing()) > 0 {
		t.Fatalf("still missing: %v", server.Missing())
	}
	if status, _, err := read(t, "http://127.0.0.2:"+strconv.Itoa(port)+Path(token)); err != nil || status != http.StatusOK {
		t.Errorf("%d, %v", status, err)
	}
}

// writeCertificate makes a certificate of a serial number, with its key.
func writeCertificate(t *testing.T, dir string, serial int64) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), DNSNames: []string{"agenda.example"},
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	changed := time.Unix(1_770_000_000+serial, 0) // files written within one tick of the file system's clock differ all the same
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := errors.Join(os.WriteFile(name, pem.EncodeToMemory(block), 0o600), os.Chtimes(name, changed, changed)); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

func TestCertificateOfTheUserIsShownAndReadAgainWhenItChanges(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := writeCertificate(t, dir, 1)
	server, token := onNetwork(t, Listen{LAN: []netip.Addr{second}, Names: []string{"agenda.example"}, CertFile: certFile, KeyFile: keyFile})
	port, at, _ := server.Addr()
	p := strconv.Itoa(port)
	if want := []string{"https://agenda.example:" + p, "https://127.0.0.2:" + p}; !slices.Equal(at.LAN, want) {
		t.Errorf("%v, not %v", at.LAN, want)
	}
	expect := func(when string, serial int64) {
		t.Helper()
		status, shown, err := read(t, "https://127.0.0.2:"+p+Path(token))
		if err != nil || status != http.StatusOK || shown.SerialNumber.Int64() != serial {
			t.Fatalf("%s: %d, certificate %v, %v", when, status, shown, err)
		}
	}
	expect("at first", 1)
	writeCertificate(t, dir, 2)
	expect("renewed", 2)
	if err := os.WriteFile(certFile, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	expect("half written", 2)
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	expect("without its key", 2)
	writeCertificate(t, dir, 3)
	expect("whole again", 3)
	if status, shown, err := read(t, at.Loopback+Path(token)); err != nil || status != http.StatusOK || shown != nil {
		t.Errorf("this machine: %d, %v", status, err)
	}
	if status, _, err := read(t, "http://127.0.0.2:"+p+Path(token)); err == nil && status == http.StatusOK {
		t.Error("the local network is answered without encryption, too")
	}
}

func TestLikeliestAddressOfTheNetworkComesFirst(t *testing.T) {
	var all []LANAddress
	for _, a := range []string{
		"172.17.0.1 docker0", "fe80::1 eth0", "2001:db8::1 eth0", "203.0.113.5 ppp0", "127.0.0.1 lo", "fd00::1 eth0", "192.168.1.20 eth0",
		"169.254.3.4 eth1", "10.0.0.8 wlan0",
	} {
		addr, card, _ := strings.Cut(a, " ")
		all = append(all, LANAddress{netip.MustParseAddr(addr), card})
	}
	var got []string
	for _, a := range likeliest(all) {
		got = append(got, a.Addr.String())
	}
	want := []string{"192.168.1.20", "10.0.0.8", "203.0.113.5", "fd00::1", "2001:db8::1", "172.17.0.1"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

func TestEndOfTheStartDoesNotEndTheServer(t *testing.T) {
	server := New(Params{NewShelf(), virtualClock{}, slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(t.Context())
	err := server.Start(ctx, Listen{})
	cancel()
	if err != nil {
		t.Fatal(err)
	}
	_, at, _ := server.Addr()
	if status, _, err := read(t, at.Loopback+"/"); err != nil || status != http.StatusNotFound {
		t.Errorf("%d, %v", status, err)
	}
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
}
