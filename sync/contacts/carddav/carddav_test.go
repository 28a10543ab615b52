package carddav_test

import (
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"diapason/storage"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts/book"
	"diapason/sync/contacts/book/booktest"
	"diapason/sync/contacts/carddav"
	"diapason/sync/contacts/vcard"
	"diapason/sync/directory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// counting is a transport that counts the calls by method and may change answers on their way.
type counting struct {
	base   *http.Transport
	writes atomic.Int64
	calls  atomic.Int64
	change func(req *http.Request, res *http.Response) // nil: none
}

func transport(t testing.TB) *counting {
	c := &counting{base: http.DefaultTransport.(*http.Transport).Clone()}
	t.Cleanup(c.base.CloseIdleConnections)
	return c
}

func (c *counting) RoundTrip(req *http.Request) (*http.Response, error) {
	c.calls.Add(1)
	if req.Method == http.MethodPut || req.Method == http.MethodDelete {
		c.writes.Add(1)
	}
	res, err := c.base.RoundTrip(req)
	if err == nil && c.change != nil {
		c.change(req, res)
	}
	return res, err
}

// params are those of a book on Radicale.
func params(url string, over http.RoundTripper) carddav.Params {
	return carddav.Params{BaseURL: url, User: publicationtest.User, Password: publicationtest.Password, Label: booktest.Label, Transport: over}
}

func open(t testing.TB, p carddav.Params) *carddav.Book {
	t.Helper()
	b, err := carddav.Open(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// outside is another application at a collection.
type outside struct{ c *publicationtest.Collection }

func (o outside) call(t *testing.T, want int, method, id, body string) string {
	t.Helper()
	status, answer := o.c.Call(method, path.Base(id), body, http.Header{"Content-Type": {"text/vcard"}})
	if status != want {
		t.Fatalf("%s %s: %d %s", method, id, status, answer)
	}
	return answer
}

const photo = "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD="

func (o outside) Add(t *testing.T, familyName string) string {
	name := storage.SearchKey(familyName) + ".vcf"
	o.call(t, http.StatusCreated, http.MethodPut, name, "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:"+name+"\r\nN:"+familyName+";;;;\r\nFN:"+familyName+
		"\r\n"+photo+"\r\nitem1.X-ABDATE:2010-01-01\r\nitem1.X-ABLabel:Rencontre\r\nX-ODD;X-P=1:valeur\\, entière\r\nEND:VCARD\r\n")
	return "/" + publicationtest.User + "/" + path.Base(o.c.URL) + "/" + name
}

func (o outside) edit(t *testing.T, id string, change func(card string) string) {
	t.Helper()
	o.call(t, http.StatusCreated, http.MethodPut, id, change(o.call(t, http.StatusOK, http.MethodGet, id, "")))
}

var named = regexp.MustCompile(`(?m)^N:([^;\r]*)`)

func (o outside) Rename(t *testing.T, id, familyName string) {
	o.edit(t, id, func(card string) string {
		return named.ReplaceAllString(card, "N:"+familyName)
	})
}

func (o outside) Delete(t *testing.T, id string) { o.call(t, http.StatusOK, http.MethodDelete, id, "") }

func (o outside) Label(t *testing.T, id, label string, on bool) {
	o.edit(t, id, func(card string) string {
		if on {
			return strings.Replace(card, "END:VCARD", "CATEGORIES:"+label+"\r\nEND:VCARD", 1)
		}
		for _, text := range []string{"," + label, label + ",", label} {
			if strings.Contains(card, text) {
				return strings.Replace(card, text, "", 1)
			}
		}
		t.Fatalf("no label %s in %s", label, card)
		return ""
	})
}

func (o outside) FamilyName(t *testing.T, id string) string {
	status, card := o.c.Call(http.MethodGet, path.Base(id), "", nil)
	if status == http.StatusNotFound {
		return ""
	}
	return named.FindStringSubmatch(card)[1]
}

func (o outside) Foreign(t *testing.T, id string) string {
	card := o.call(t, http.StatusOK, http.MethodGet, id, "")
	var kept []string
	for line := range strings.Lines(card) {
		if strings.Contains(line, "PHOTO") || strings.Contains(line, "X-ODD") || strings.Contains(strings.ToUpper(line), "X-AB") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func TestBook(t *testing.T) {
	t.Parallel()
	home := publicationtest.StartRadicale(t, "")
	booktest.Run(t, func(t *testing.T) booktest.Rig {
		c := home.AddressBook(fmt.Sprint("carnet-", made.Add(1)), "Carnet")
		over := transport(t)
		return booktest.Rig{
			Open: func(t *testing.T, label string) book.Book {
				p := params(c.URL, over)
				p.Label = label
				return open(t, p)
			},
			Outside: outside{c},
			Writes:  func(*testing.T) int { return int(over.writes.Load()) },
			Expire: func(t *testing.T) {
				if err := os.RemoveAll(filepath.Join(home.Folder(), "collection-root", publicationtest.User, path.Base(c.URL), ".Radicale.cache", "sync-token")); err != nil {
					t.Fatal(err)
				}
			},
			Page: 100,
			Fill: func(t *testing.T, n int) {
				var cards strings.Builder
				for i := range n {
					if err := vcard.Encode(&cards, vcard.New{UID: fmt.Sprint("fill-", i), Card: storage.Card{FamilyName: fmt.Sprint("Nom ", i)}}); err != nil {
						t.Fatal(err)
					}
				}
				// Radicale takes a whole address book at once; its name and kind come again with it.
				header := http.Header{"Content-Type": {"text/vcard"}}
				if status, answer := c.Call(http.MethodPut, "", cards.String(), header); status != http.StatusCreated {
					t.Fatalf("%d %s", status, answer)
				}
			},
			Phone: [2]string{"home", "cell"}, Email: [2]string{"home", "work"}, Address: [2]string{"home", "work"}, Link: [2]string{"home", "work"},
			DeletesObeyETag: true,
		}
	})
}

// wants checks what an error says and does, and that it holds no secret.
func wants(t *testing.T, err error, class directory.Class, code string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", code)
	}
	e := directory.Classify(err)
	if e.Class != class || e.Problem.Code != code {
		t.Errorf("%v (class %d, %s), want class %d, %s", err, e.Class, e.Problem.Code, class, code)
	}
	if strings.Contains(err.Error()+e.Problem.Error()+e.Answer, publicationtest.Password) {
		t.Errorf("the password is in the error %v", err)
	}
}
