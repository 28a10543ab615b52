package carddav_test

import (
	"encoding/base64"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/book/booktest"
	"diapason/sync/contacts/carddav"
	"diapason/sync/directory"
)

// TestNoErrorPassesOnWhatAServiceQuotes: neither the password nor anything of a card is in an error, whatever answers.
func TestNoErrorPassesOnWhatAServiceQuotes(t *testing.T) {
	t.Parallel()
	c := publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")
	target, err := url.Parse("http://" + c.Address())
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = transport(t)
	address, turn := booktest.Turning(t, proxy)
	b := open(t, params(address+"/"+publicationtest.User+"/carnet/", transport(t)))
	receipts, err := b.Create(t.Context(), []book.New{{Key: "kirikipu", Card: booktest.Private()}})
	if err != nil || receipts[0].Err != nil {
		t.Fatal(err, receipts)
	}
	basic := base64.StdEncoding.EncodeToString([]byte(publicationtest.User + ":" + publicationtest.Password))
	booktest.RunDiscreet(t, b, receipts[0].Entry, turn, publicationtest.Password, basic)
}

// TestAnAddressThatHoldsASecretIsRefusedAndNotRepeated: addresses are kept and shown with the settings.
func TestAnAddressThatHoldsASecretIsRefusedAndNotRepeated(t *testing.T) {
	for _, address := range []string{
		"https://anne:secret-lumen@nuage.example/dav", "https://nuage.example/dav?token=secret-lumen", "https://nuage.example/dav#secret-lumen",
		"https://nuage.example:secret-lumen/dav", "https://[secret-lumen/dav", "secret-lumen", "ftp://nuage.example/secret-lumen",
	} {
		_, err := carddav.Open(params(address, nil))
		if err == nil {
			t.Errorf("%s is taken", address)
		} else if said := booktest.Says(directory.Classify(err)); strings.Contains(said, "secret-lumen") {
			t.Errorf("%s is repeated: %s", address, said)
		}
	}
}
