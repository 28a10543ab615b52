package storagetest

import (
	"errors"
	"testing"
	"time"

	"diapason/storage"
)

var contactBookTests = []test{
	{"a link reads back whole, by contact, by account and by its name there", func(t *testing.T, s *Suite) {
		s.book("g", "n")
		s.keep(full("a"), full("b"), full("ab"))
		l := tied("a", "g", "people/1")
		l.ETag, l.RemoteAt, l.CreatedHere, l.MissingSince, l.LeftAt = `"v1"`, at(2), at(3), at(4), at(5)
		l.Ours, l.Theirs = full("").Card, full("").Card
		l.Frozen = []storage.Field{storage.FieldNote}
		l.Turns = map[storage.Field]storage.Turns{storage.FieldNote: {Theirs: true, At: []time.Time{at(1), at(2)}}}
		s.update(func(w storage.Writer) error { return w.PutContactLink(l) })
		s.tie("g", map[string]string{"ab": "people/2", "b": "people/3"})
		s.tie("n", map[string]string{"a": "people/1"})
		read := func(f func(r storage.Reader) (*storage.ContactLink, error)) *storage.ContactLink { return get(s, f) }
		same(t, "link", read(func(r storage.Reader) (*storage.ContactLink, error) { return r.ContactLink("a", "g") }), l)
		same(t, "by name", read(func(r storage.Reader) (*storage.ContactLink, error) { return r.ContactLinkByRemote("g", "people/1") }), l)
		of := get(s, func(r storage.Reader) ([]*storage.ContactLink, error) { return r.ContactLinksOf("a") })
		same(t, "of the contact", of, []*storage.ContactLink{l, tied("a", "n", "people/1")})
		first := get(s, func(r storage.Reader) ([]*storage.ContactLink, error) { return r.ContactLinks("g", "", 2) })
		same(t, "first page", first, []*storage.ContactLink{l, tied("ab", "g", "people/2")})
		rest := get(s, func(r storage.Reader) ([]*storage.ContactLink, error) { return r.ContactLinks("g", "ab", 2) })
		same(t, "second page", rest, []*storage.ContactLink{tied("b", "g", "people/3")})
		for id, want := range map[string]int{"g": 3, "n": 1, "none": 0} {
			if n := get(s, func(r storage.Reader) (int, error) { return r.CountContactLinks(id) }); n != want {
				t.Errorf("%d links on %s", n, id)
			}
		}
	}},
	{"a card there belongs to one contact", func(t *testing.T, s *Suite) {
		s.book("g", "n")
		s.keep(full("a"), full("b"))
		s.tie("g", map[string]string{"a": "1"})
		s.refused(storage.ErrDuplicate, func(w storage.Writer) error { return w.PutContactLink(tied("b", "g", "1")) })
		s.tie("n", map[string]string{"b": "1"})
		s.tie("g", map[string]string{"a": "2"})
		s.tie("g", map[string]string{"b": "1"})
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.PutContactLink(tied("x", "g", "3")) })
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.PutContactLink(tied("a", "x", "3")) })
		for _, bad := range []string{"", "a\x00b", "\xff"} {
			if err := s.Update(t.Context(), func(w storage.Writer) error { return w.PutContactLink(tied("a", "g", bad)) }); err == nil {
				t.Errorf("the name %q was accepted", bad)
			}
		}
		s.update(func(w storage.Writer) error { return w.DeleteContactLink("b", "g") })
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeleteContactLink("b", "g") })
		row := get(s, func(r storage.Reader) (storage.ContactRow, error) { return r.ContactRow("b") })
		same(t, "accounts shown", row.Accounts, []string{"n"})
	}},
	{"what was written after it was sent waits for every address book", func(t *testing.T, s *Suite) {
		s.update(func(w storage.Writer) error { return w.PutAccount(account("directory")) })
		s.book("g", "n")
		a, b := full("a"), full("b")
		s.keep(a, b)
		s.book("late")
		for id, want := range map[string][]string{"g": {"a", "b"}, "n": {"a", "b"}, "late": {}, "directory": {}} {
			same(t, id, s.waiting(id), want)
		}
		sent := func(id string, revision int) {
			s.update(func(w storage.Writer) error { return w.MarkContactSent(id, "g", revision) })
		}
		s.keep(a)
		sent("a", 1) // it was written again meanwhile
		same(t, "written again", s.waiting("g"), []string{"a", "b"})
		sent("a", 2)
		sent("a", 2)
		sent("x", 1)
		same(t, "sent", s.waiting("g"), []string{"b"})
		same(t, "elsewhere", s.waiting("n"), []string{"a", "b"})
		same(t, "new account", s.waiting("late"), []string{"a"})
		page := get(s, func(r storage.Reader) ([]string, error) { return r.ContactsToSend("n", "a", 5) })
		same(t, "second page", page, []string{"b"})
		page = get(s, func(r storage.Reader) ([]string, error) { return r.ContactsToSend("n", "", 1) })
		same(t, "first page", page, []string{"a"})
	}},
	{"an account made in the same transaction hears of the contacts after it", func(t *testing.T, s *Suite) {
		s.update(func(w storage.Writer) error {
			a := account("g")
			a.Kind = storage.JobContacts + ".trial"
			return errors.Join(w.PutContact(full("a")), w.PutAccount(a), w.PutContact(full("b")))
		})
		same(t, "waiting", s.waiting("g"), []string{"b"})
	}},
	{"questions are read oldest first", func(t *testing.T, s *Suite) {
		s.book("g", "n")
		there := full("").Card
		match := &storage.ContactQuestion{
			ID: "z", Kind: storage.QuestionMatch, AccountID: "g", ContactIDs: []string{"a", "b"}, RemoteIDs: []string{"1"}, Since: at(1),
			Name: "Zoé Martin", There: &there, Reason: storage.NewProblem("contact.changed"),
		}
		conflict := &storage.ContactQuestion{
			Kind: storage.QuestionConflict, AccountID: "n", ContactIDs: []string{"a"}, RemoteIDs: []string{"1"}, Since: at(2),
			Conflicts: []storage.ContactConflict{{Field: storage.FieldNote, Base: "x", Here: "y", There: "z", HereAt: at(1), ThereAt: at(2)}},
		}
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutContactQuestion(conflict), w.PutContactQuestion(match))
		})
		of := func(account string) []*storage.ContactQuestion {
			return get(s, func(r storage.Reader) ([]*storage.ContactQuestion, error) { return r.ContactQuestions(account) })
		}
		same(t, "all", of(""), []*storage.ContactQuestion{match, conflict})
		same(t, "of one", of("n"), []*storage.ContactQuestion{conflict})
		same(t, "one", get(s, func(r storage.Reader) (*storage.ContactQuestion, error) { return r.ContactQuestion("z") }), match)
		s.refused(storage.ErrNotFound, func(w storage.Writer) error {
			return w.PutContactQuestion(&storage.ContactQuestion{Kind: storage.QuestionMatch, AccountID: "x"})
		})
		s.update(func(w storage.Writer) error { return w.DeleteContactQuestion("z") })
		s.refused(storage.ErrNotFound, func(w storage.Writer) error { return w.DeleteContactQuestion("z") })
		same(t, "left", of(""), []*storage.ContactQuestion{conflict})
	}},
	{"an address book is remembered between passes", func(t *testing.T, s *Suite) {
		s.book("g")
		of := func(account string) *storage.ContactBook {
			return get(s, func(r storage.Reader) (*storage.ContactBook, error) { return r.ContactBook(account) })
		}
		same(t, "nothing yet", of("g"), &storage.ContactBook{AccountID: "g"})
		b := &storage.ContactBook{
			AccountID: "g", Pair: "me|Diapason", Cursor: "c", FullAt: at(1), Count: 7, LastPass: "run", LastOK: at(2),
			Pass: []byte{0, 1}, Sent: []byte("{}"),
		}
		s.update(func(w storage.Writer) error { return w.PutContactBook(b) })
		same(t, "book", of("g"), b)
		s.refused(storage.ErrNotFound, func(w storage.Writer) error {
			return w.PutContactBook(&storage.ContactBook{AccountID: "x"})
		})
	}},
	{"a removed account takes its address book along, and leaves the contacts", func(t *testing.T, s *Suite) {
		s.book("g", "n")
		s.keep(full("a"), full("b"))
		s.tie("g", map[string]string{"a": "1", "b": "2"})
		s.tie("n", map[string]string{"a": "1"})
		s.update(func(w storage.Writer) error {
			return errors.Join(w.PutContactBook(&storage.ContactBook{AccountID: "g", Cursor: "c"}),
				w.PutContactQuestion(&storage.ContactQuestion{Kind: storage.QuestionMatch, AccountID: "g"}))
		})
		s.update(func(w storage.Writer) error { return w.DeleteAccount("g") })
		rows := get(s, func(r storage.Reader) ([]storage.ContactRow, error) { return r.ContactRows("", 0) })
		if len(rows) != 2 || len(rows[0].Accounts) != 1 || len(rows[1].Accounts) != 0 {
			t.Errorf("rows %+v", rows)
		}
		qs := get(s, func(r storage.Reader) ([]*storage.ContactQuestion, error) { return r.ContactQuestions("") })
		b := get(s, func(r storage.Reader) (*storage.ContactBook, error) { return r.ContactBook("g") })
		if len(qs) != 0 || b.Cursor != "" || len(s.waiting("g")) != 0 || len(s.waiting("n")) != 2 {
			t.Errorf("%d questions, book %+v, %v and %v wait", len(qs), b, s.waiting("g"), s.waiting("n"))
		}
		s.book("g")
		s.keep(full("c"))
		same(t, "an account of the same name begins anew", s.waiting("g"), []string{"c"})
	}},
}
