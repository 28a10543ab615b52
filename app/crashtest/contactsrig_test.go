//go:build linux

package crashtest

import (
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"diapason/storage"
	"diapason/storage/storagetest"
	"diapason/sync/agenda/publication/publicationtest"
	"diapason/sync/contacts"
	"diapason/sync/contacts/vcard"
	"diapason/sync/sandbox"
)

// anne is the account at Google's emulator.
const anne = "anne@example.com"

// step is by how much the clock goes on between two workers: a pass that waited for an answer goes on, what left lately no
// longer counts for the guard, and after a week the sync token has expired.
const step = 26 // hours

// shown is what the three sides must agree on of a person. Each value is edited by one side only: the given name here, the
// nickname at Google, the middle name at Radicale.
type shown struct{ given, nickname, middle string }

// contactsRig is a workspace with two address books: Google's emulator, in this process, and a real Radicale, reached
// through it. The workers' clock and the emulator's go ahead of the wall's.
type contactsRig struct {
	*mortal
	dice     *rand.Rand
	hours    int
	ahead    atomic.Int64 // the same, as a duration
	people   *sandbox.People
	radicale *publicationtest.Collection
	gates    map[string]*gate // by service
	created  map[string]int   // cards at Radicale, by path
	wanted   map[string]shown // what others wrote last, by family name
	serial   int
}

// The services.
const (
	atGoogle   = "Google"
	atRadicale = "Radicale"
)

func newContactsRig(t *testing.T) *contactsRig {
	t.Helper()
	dice, _ := dice(t)
	r := &contactsRig{mortal: newMortal(t), dice: dice, created: map[string]int{}, wanted: map[string]shown{}}
	r.people = sandbox.NewPeople(sandbox.PeopleParams{Now: func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) }})
	r.radicale = publicationtest.StartRadicale(t, "").AddressBook("carnet", "Carnet")
	there, err := url.Parse("http://" + r.radicale.Address())
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(there)
	proxy.ErrorLog = log.New(io.Discard, "", 0) // that a worker has died in the middle of a call
	r.gates = map[string]*gate{
		atGoogle: {
			service: r.people, count: func(*http.Request, int) {},
			batch: func(call *http.Request) bool { return strings.Contains(call.URL.Path, ":batch") },
			halve: func() { r.people.Misbehave(sandbox.Fault{Kind: sandbox.HalfApplied}) },
		},
		atRadicale: {
			service: undying(proxy), batch: func(*http.Request) bool { return false },
			count: func(call *http.Request, status int) {
				if call.Header.Get("If-None-Match") != "" && status == http.StatusCreated {
					r.created[call.URL.Path]++
				}
			},
		},
	}
	for range 6 {
		r.create(atGoogle, "G")
		r.create(atRadicale, "R")
	}
	for range 2 { // they will be deleted there
		r.create(atGoogle, "D")
		r.create(atRadicale, "D")
	}
	r.populate()
	r.settle()
	return r
}

// undying has a call go on to its end although who made it is dead.
func undying(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(context.WithoutCancel(r.Context())))
	})
}

// populate makes the two accounts.
func (r *contactsRig) populate() {
	r.Helper()
	google, radicale := httptest.NewServer(r.gates[atGoogle]), httptest.NewServer(r.gates[atRadicale])
	r.Cleanup(google.Close)
	r.Cleanup(radicale.Close)
	store := r.open()
	path := strings.TrimPrefix(r.radicale.URL, "http://"+r.radicale.Address())
	err := store.Update(r.Context(), func(w storage.Writer) error {
		for _, a := range []*storage.Account{
			{Kind: "contacts.google", Name: atGoogle, Settings: map[string]string{"base-url": google.URL, "user": anne}},
			{Kind: "contacts.carddav", Name: atRadicale, Settings: map[string]string{
				"base-url": radicale.URL + path, "user": publicationtest.User, "password": publicationtest.Password,
			}},
		} {
			a.Enabled, a.Settings[contacts.SettingLabel] = true, "*"
			if err := w.PutAccount(a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	if err := store.Close(); err != nil {
		r.Fatal(err)
	}
}

// later has the clocks go on.
func (r *contactsRig) later(hours int) {
	r.hours += hours
	r.ahead.Store(int64(time.Duration(r.hours) * time.Hour))
}

// create makes somebody at a service, as another application does.
func (r *contactsRig) create(service, letter string) {
	r.Helper()
	r.serial++
	name := fmt.Sprintf("%s%d", letter, r.serial)
	if r.wanted[name] = (shown{given: "Zoe"}); service == atGoogle {
		r.people.Add(anne, fmt.Sprintf(`{"names":[{"familyName":%q,"givenName":"Zoe"}],"emailAddresses":[{"type":"home","value":%q}]}`,
			name, strings.ToLower(name)+"@example.com"))
		return
	}
	card := fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:%s\r\nN:%[1]s;Zoe;;;\r\nFN:Zoe %[1]s\r\nEMAIL;TYPE=HOME:%s@example.com\r\nX-OURS-NOT:%[1]s\r\nEND:VCARD\r\n",
		name, strings.ToLower(name))
	if status, answer := r.radicale.Call(http.MethodPut, name+".vcf", card, http.Header{"Content-Type": {"text/vcard"}}); status != http.StatusCreated {
		r.Fatal(status, answer)
	}
}

var middleName = regexp.MustCompile(`(?m)^(N:[^;]*;[^;]*;)[^;]*`)

// edit gives somebody a value that was never used before, at a service, as another application does. Somebody who changes
// or goes at that moment is left alone.
func (r *contactsRig) edit(service string) {
	r.Helper()
	r.serial++
	value := fmt.Sprintf("là-bas-%d", r.serial)
	if service == atGoogle {
		all := r.people.Contacts(anne)
		c := all[r.dice.IntN(len(all))]
		name := c.First("names", "familyName")
		if w := r.wanted[name]; !strings.HasPrefix(name, "D") {
			r.people.Edit(anne, c.Name, fmt.Sprintf(`{"nicknames":[{"value":%q}]}`, value))
			w.nickname = value
			r.wanted[name] = w
		}
		return
	}
	cards := r.cards()
	name := slices.Sorted(maps.Keys(cards))[r.dice.IntN(len(cards))]
	family := vcard.Parse([]byte(cards[name].text)).Card.FamilyName
	if strings.HasPrefix(family, "D") {
		return
	}
	status, _ := r.radicale.Call(http.MethodPut, name, middleName.ReplaceAllString(cards[name].text, "${1}"+value),
		http.Header{"Content-Type": {"text/vcard"}, "If-Match": {cards[name].etag}})
	if status/100 == 2 {
		w := r.wanted[family]
		w.middle = value
		r.wanted[family] = w
	}
}

// card is the text of a card at Radicale, with its version.
type card struct{ text, etag string }

// cards gives every card at Radicale, by the last part of its path.
func (r *contactsRig) cards() map[string]card {
	r.Helper()
	ask := `<?xml version="1.0"?><A:addressbook-query xmlns="DAV:" xmlns:A="urn:ietf:params:xml:ns:carddav"><prop><getetag/><A:address-data/></prop></A:addressbook-query>`
	status, answer := r.radicale.Call("REPORT", "", ask, http.Header{"Depth": {"1"}, "Content-Type": {"application/xml"}})
	if status != http.StatusMultiStatus {
		r.Fatal(status, answer)
	}
	all := map[string]card{}
	for _, part := range strings.Split(answer, "<href>")[1:] {
		href, _, _ := strings.Cut(part, "</href>")
		all[path.Base(href)] = card{text: strings.ReplaceAll(between(part, "address-data>"), "&#13;", ""), etag: between(part, "getetag>")}
	}
	return all
}

// between gives what stands in the first element of a name.
func between(text, element string) string {
	_, rest, _ := strings.Cut(text, element)
	inside, _, _ := strings.Cut(rest, "</")
	return strings.ReplaceAll(inside, "&quot;", `"`)
}

// settle lets workers finish everything, with time enough between them for what a crash left to be looked for.
func (r *contactsRig) settle() {
	r.Helper()
	for range 3 {
		r.later(step)
		r.ended(r.spawn(r.hours, 0, "contacts-settle", ""))
	}
}

// survived opens the workspace after a kill: it is sound, and holds each contact with the given name acknowledged last, or
// one that was being written when it happened. What is found is what must be kept from now on.
func (r *contactsRig) survived() {
	r.Helper()
	store := r.open()
	storagetest.Verify(r.T, store)
	found := r.here(store)
	if err := store.Close(); err != nil {
		r.Fatal(err)
	}
	for name := range r.kept {
		if _, there := found[name]; !there {
			r.Errorf("%s is not there any more", name)
		}
	}
	for name, s := range found {
		if strings.HasPrefix(name, "D") {
			continue // nobody edits it; it may be about to go
		}
		w, others := r.wanted[name]
		if kept, acknowledged := r.kept[name]; acknowledged {
			w.given = kept
		}
		if allowed := append([]string{w.given}, r.tried[name]...); !slices.Contains(allowed, s.given) {
			r.Errorf("%s: %q is kept, acknowledged was %q", name, s.given, w.given)
		}
		if r.tried[name] = nil; !others || strings.HasPrefix(s.given, "ici-") {
			r.kept[name] = s.given
		}
		w.given = s.given
		r.wanted[name] = w
	}
}

// here gives the contacts outside the trash, by family name.
func (r *contactsRig) here(store storage.Store) map[string]shown {
	r.Helper()
	all := map[string]shown{}
	err := store.View(context.Background(), func(tx storage.Reader) error {
		list, err := tx.Contacts("", 0)
		for _, c := range list {
			if _, twice := all[c.FamilyName]; twice && c.TrashedAt.IsZero() {
				r.Errorf("%s is there twice", c.FamilyName)
			}
			if c.TrashedAt.IsZero() {
				all[c.FamilyName] = shown{c.GivenName, c.Nickname, c.MiddleName}
			}
		}
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return all
}

// sides gives what stands on the three sides, by side and family name; somebody who is there twice is an error.
func (r *contactsRig) sides(store storage.Store) map[string]map[string]shown {
	r.Helper()
	google, radicale := map[string]shown{}, map[string]shown{}
	put := func(side map[string]shown, where, name string, s shown) {
		if _, twice := side[name]; twice {
			r.Errorf("%s is there twice at %s", name, where)
		}
		side[name] = s
	}
	for _, c := range r.people.Contacts(anne) {
		put(google, atGoogle, c.First("names", "familyName"), shown{c.First("names", "givenName"), c.First("nicknames", "value"), c.First("names", "middleName")})
	}
	for _, text := range r.cards() {
		c := vcard.Parse([]byte(text.text)).Card
		put(radicale, atRadicale, c.FamilyName, shown{c.GivenName, c.Nickname, c.MiddleName})
	}
	return map[string]map[string]shown{"here": r.here(store), atGoogle: google, atRadicale: radicale}
}
