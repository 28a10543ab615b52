package contacts_test

import (
	"fmt"
	"net/http"
	"strings"

	"diapason/storage"
	"diapason/sync/sandbox"
)

// edit is what somebody changes of the person of a number.
type edit func(n int, p *who)

// side is one of the four places where people stand, as somebody uses it who has never heard of Diapason; here it is the
// person at the window.
type side struct {
	edit   func(n int, f edit)
	remove func(n int)
	people func() map[int]who
}

func (w *world) sides() (here, anne, basile, cloud side) {
	return w.hereSide(), w.googleSide(annesAccount), w.googleSide(basilesAccount), w.cloudSide()
}

func (w *world) all() []side {
	here, anne, basile, cloud := w.sides()
	return []side{here, anne, basile, cloud}
}

// contacts gives every contact, those of the trash included.
func (w *world) contacts() (all []*storage.Contact) {
	w.Helper()
	err := w.store.View(w.Context(), func(tx storage.Reader) (err error) {
		all, err = tx.Contacts("", 0)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// find gives the living contact of a number.
func (w *world) find(n int) *storage.Contact {
	w.Helper()
	for _, c := range w.contacts() {
		if number(&c.Card) == n && c.TrashedAt.IsZero() {
			return c
		}
	}
	w.Fatalf("nobody is number %d", n)
	return nil
}

// toContact writes a person into a contact's card.
func toContact(c *storage.Card, p who) {
	c.GivenName, c.FamilyName, c.Nickname, c.Organization, c.Title = p.Given, p.Family, p.Nickname, p.Organization, p.Title
	c.SetValues("email.personal", p.Emails)
	c.SetValues("phone.personalMobile", p.Mobiles)
}

// hereSide is the person at the window.
func (w *world) hereSide() side {
	ids := map[int]string{}
	for _, c := range w.contacts() {
		if c.TrashedAt.IsZero() {
			ids[number(&c.Card)] = c.ID
		}
	}
	return side{
		edit: func(n int, f edit) {
			w.Helper()
			var c *storage.Contact
			err := w.store.View(w.Context(), func(tx storage.Reader) (err error) {
				c, err = tx.Contact(ids[n])
				return err
			})
			if err != nil {
				w.Fatal(n, err)
			}
			p := ofContact(c)
			f(n, &p)
			toContact(&c.Card, p)
			if _, err := w.service.Save(w.Context(), c); err != nil {
				w.Fatal(n, err)
			}
		},
		remove: func(n int) {
			w.Helper()
			if _, err := w.service.Trash(w.Context(), ids[n]); err != nil {
				w.Fatal(n, err)
			}
		},
		people: func() map[int]who {
			all := map[int]who{}
			for _, c := range w.contacts() {
				if n := number(&c.Card); c.TrashedAt.IsZero() {
					all[w.once(all, n)] = ofContact(c)
				}
			}
			return all
		},
	}
}

// once gives a number that is not in use yet, and tells of one that is.
func (w *world) once(all map[int]who, n int) int {
	if _, twice := all[n]; twice {
		w.Errorf("number %d is there twice", n)
	}
	return n
}

// googleSide is somebody in Google Contacts.
func (w *world) googleSide(account string) side {
	people := w.google.People
	current := func() (all map[int]sandbox.PeopleContact, contacts int) {
		all = map[int]sandbox.PeopleContact{}
		for _, c := range people.Contacts(account) {
			var n int
			fmt.Sscanf(c.First("names", "familyName"), "Morel%04d", &n) //nolint:errcheck // zero when it is nobody
			if n < strange {
				all[n] = c
				contacts++
			}
		}
		return all, contacts
	}
	named, _ := current()
	return side{
		edit: func(n int, f edit) {
			c, there := people.Contact(account, named[n].Name)
			if !there {
				w.Fatalf("%d is not at %s", n, account)
			}
			p := ofGoogle(c)
			f(n, &p)
			people.Edit(account, c.Name, asGoogle(p, nil))
		},
		remove: func(n int) { people.Remove(account, named[n].Name) },
		people: func() map[int]who {
			all := map[int]who{}
			now, contacts := current()
			for n, c := range now {
				all[n] = ofGoogle(c)
			}
			if contacts != len(all) {
				w.Errorf("%d contacts of %d people at %s", contacts, len(all), account)
			}
			return all
		},
	}
}

// plain is a value of Google's without what Google writes itself.
func plain(v map[string]any) map[string]any {
	kept := map[string]any{}
	for member, inner := range v {
		if member != "metadata" && !strings.HasPrefix(member, "formatted") {
			kept[member] = inner
		}
	}
	return kept
}

// cards gives the text of every card on the server, by its UID.
func (w *world) cards() map[string]string {
	w.Helper()
	status, text := w.server.Call(http.MethodGet, "", "", nil)
	if status != http.StatusOK {
		w.Fatal(status, text)
	}
	all := map[string]string{}
	for part := range strings.SplitAfterSeq(text, "END:VCARD\r\n") {
		_, uid, is := strings.Cut(part, "\r\nUID:")
		if uid, _, _ = strings.Cut(uid, "\r\n"); is {
			all[uid] = part
		}
	}
	return all
}

// put writes a card as another program does.
func (w *world) put(uid, text string) {
	w.Helper()
	status, answer := w.server.Call(http.MethodPut, uid+".vcf", text, http.Header{"Content-Type": {"text/vcard"}})
	if status/100 != 2 {
		w.Fatal(status, answer)
	}
}

// fill has the address book hold these cards.
func (w *world) fill(cards string) {
	w.Helper()
	if status, answer := w.server.Call(http.MethodPut, "", cards, http.Header{"Content-Type": {"text/vcard"}}); status/100 != 2 {
		w.Fatal(status, answer)
	}
}

// cloudSide is somebody with another program on the server.
func (w *world) cloudSide() side {
	uids := map[int]string{}
	cards := w.cards()
	numberOf := func(p who) (n int) {
		fmt.Sscanf(p.Family, "Morel%04d", &n) //nolint:errcheck // zero when it is nobody
		return n
	}
	for uid, text := range cards {
		uids[numberOf(ofCard(text))] = uid
	}
	return side{
		edit: func(n int, f edit) {
			w.Helper()
			p := ofCard(cards[uids[n]])
			f(n, &p)
			cards[uids[n]] = rewritten(cards[uids[n]], p)
			w.put(uids[n], cards[uids[n]])
		},
		remove: func(n int) {
			w.Helper()
			if status, answer := w.server.Call(http.MethodDelete, uids[n]+".vcf", "", nil); status/100 != 2 {
				w.Fatal(n, status, answer)
			}
		},
		people: func() map[int]who {
			all := map[int]who{}
			for _, text := range w.cards() {
				p := ofCard(text)
				all[w.once(all, numberOf(p))] = p
			}
			return all
		},
	}
}

// rewritten gives a card's text with what a person may change, and every other line as it is.
func rewritten(text string, p who) string {
	var kept []string
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "END:VCARD\r\n"), "\r\n") {
		name, _, _ := strings.Cut(strings.ReplaceAll(line, ";", ":"), ":")
		switch name {
		case "NICKNAME", "EMAIL", "TEL", "TITLE", "":
		default:
			kept = append(kept, line)
		}
	}
	fresh := asCard(p, "")
	_, fresh, _ = strings.Cut(fresh, "FN:")
	_, fresh, _ = strings.Cut(fresh, "\r\n")
	if p.Title != "" {
		fresh = "TITLE:" + p.Title + "\r\n" + fresh
	}
	return strings.Join(kept, "\r\n") + "\r\n" + fresh
}
