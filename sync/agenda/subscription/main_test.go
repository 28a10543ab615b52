package subscription

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stay is a calendar with one stay in whole days, as booking services write them.
const stay = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Gites//Hosting//EN\r\nBEGIN:VEVENT\r\nUID:1@gites.example\r\n" +
	"DTSTAMP:20260301T080000Z\r\nDTSTART;VALUE=DATE:20260710\r\nDTEND;VALUE=DATE:20260717\r\nSUMMARY:Reserved\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// served starts a service and gives the address of its calendar.
func served(t *testing.T, answer http.HandlerFunc) *url.URL {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return address(t, server.URL+"/agenda.ics?s=secret-part")
}

func address(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := ParseAddress(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func say(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) } //nolint:errcheck // the client may be gone
}

// failed reads what must fail, and holds the failure to its silence about the address.
func failed(t *testing.T, p Params, at *url.URL) *Failure {
	t.Helper()
	_, err := NewClient(p).Read(context.Background(), Request{Address: at, Zone: "Europe/Paris"})
	var f *Failure
	if !errors.As(err, &f) {
		t.Fatalf("it gives %v", err)
	}
	if text := err.Error(); strings.Contains(text, "secret-part") || strings.Contains(text, "agenda.ics") {
		t.Errorf("the error tells the address: %s", text)
	}
	for name, value := range f.Problem.Args {
		if strings.Contains(value, "secret-part") {
			t.Errorf("%s tells the address: %s", name, value)
		}
	}
	return f
}

// secure starts a service in TLS, and gives what trusts it.
func secure(t *testing.T, answer http.HandlerFunc) (*url.URL, *tls.Config) {
	t.Helper()
	server := httptest.NewTLSServer(answer)
	t.Cleanup(server.Close)
	server.Config.ErrorLog = nil
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return address(t, server.URL+"/agenda.ics"), &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

// brief is a bound that a service which never ends must reach.
const brief = 50 * time.Millisecond
