package carddav_test

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"diapason/storage"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
)

// encrypted puts TLS before a service.
func encrypted(t *testing.T, cert publicationtest.Cert, to string) (address string, over *http.Transport, asked *atomic.Int64) {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key, client := cert.Make(t)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: target.Scheme, Host: target.Host})
	proxy.Transport = transport(t)
	asked = new(atomic.Int64)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		ErrorLog: log.New(io.Discard, "", 0), // clients that do not trust it hang up
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			proxy.ServeHTTP(w, r)
		}),
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.ServeTLS(listener, certificate, key) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return "https://" + listener.Addr().String() + target.Path, &http.Transport{TLSClientConfig: client}, asked
}

// TestACertificateThatNobodyTrustsIsNeverAccepted: the password leaves for nobody whose certificate this computer does not
// trust, and the words say what to do; the server of one's own is joined once its certificate is trusted here.
func TestACertificateThatNobodyTrustsIsNeverAccepted(t *testing.T) {
	t.Parallel()
	c := publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")
	outside{c}.Add(t, "Un")
	for what, test := range map[string]struct {
		cert publicationtest.Cert
		code string
	}{
		"signed by nobody":      {publicationtest.Cert{}, "carddav.certificate"},
		"of another name":       {publicationtest.Cert{Trusted: true, Name: "ailleurs.example"}, "carddav.certificateName"},
		"expired":               {publicationtest.Cert{Trusted: true, Expired: true}, "carddav.certificateExpired"},
		"of one's own, trusted": {publicationtest.Cert{Trusted: true}, ""},
	} {
		t.Run(what, func(t *testing.T) {
			address, over, asked := encrypted(t, test.cert, c.URL)
			t.Cleanup(over.CloseIdleConnections)
			b := open(t, params(address, over))
			_, err := b.Identity(t.Context())
			if test.code == "" {
				if err != nil {
					t.Fatal(err)
				}
				wantNames(t, b, "", "Un")
				return
			}
			wants(t, err, directory.Offline, test.code)
			for _, call := range []func() error{
				func() error { _, err := b.Read(t.Context(), book.Cursor{}); return err },
				func() error { _, err := b.Get(t.Context(), []string{"/accueil/carnet/un.vcf"}); return err },
				func() error {
					_, err := b.Create(t.Context(), []book.New{{Key: "k", Card: storage.Card{FamilyName: "Deux"}}})
					return err
				},
			} {
				wants(t, call(), directory.Offline, test.code)
			}
			if n := asked.Load(); n > 0 {
				t.Errorf("%d calls went through", n)
			}
		})
	}
	plain := "https" + strings.TrimPrefix(c.URL, "http")
	_, err := open(t, params(plain, transport(t))).Identity(t.Context())
	wants(t, err, directory.Offline, "carddav.notTLS")
}
