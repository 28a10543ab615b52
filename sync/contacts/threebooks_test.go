package contacts_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/merge"
)

// TestThreeAccountsAndAThousandContactsStayInTune is the whole of keeping contacts in tune, through what the program is
// made of: the engine with a lane per account, the couriers, the workspace on the disk, the access that people granted in
// a browser. Two accounts are at Google's emulator, with its OAuth part, the limits by the minute that programs have met
// and its delays; the third is on a real Radicale. Time is virtual but for Radicale's own.
//
// It is complete in that each of the four sides begins with people of its own and with some of the others', that each of
// them then makes every sort of change (a text, a value more, a value less, a deletion; several fields of one person from
// two sides; one field from two sides, the later one winning, or a person being asked where clocks cannot tell), that the
// process dies in each sort of writing call, between what took effect there and what is known here, that an access token
// expires on the way and a sync token between two passes with changes waiting on all sides, and that in the end it looks
// at everything: each side says of each person exactly what is wanted and has nobody else, each was created once, what no
// program of ours knows is as it was, and another round writes nothing anywhere.
func TestThreeAccountsAndAThousandContactsStayInTune(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.populate()
	synctest.Test(t, func(t *testing.T) {
		w.T = t
		w.clock.since = time.Now()
		w.start()
		defer w.stop()

		w.clock.skip(time.Hour) // the access tokens of the consent are over: the first call is signed anew
		w.dieIn(w.a, w.toGoogle, "POST /v1/people:batchCreateContacts", 1)
		w.dieIn(w.b, w.toGoogle, "POST /v1/people:batchCreateContacts", 1)
		w.dieIn(w.c, w.toServer, "PUT ", 20)
		w.round() // books in a chain need two: the first one hears of the last one's people in the second
		w.editEverywhere()
		w.google.ExpireAccess()
		refreshed := w.google.Counts().Refreshes
		w.dieIn(w.a, w.toGoogle, "POST /v1/people:batchUpdateContacts", 0)
		w.dieIn(w.c, w.toServer, "PUT ", 4)
		w.dieIn(w.b, w.toGoogle, "POST /v1/people:batchDeleteContacts", 0)
		if n := w.google.Counts().Refreshes; n == refreshed {
			t.Error("no access token was renewed")
		}
		w.decide()
		w.round()

		w.clock.skip(8 * 24 * time.Hour) // no sync token is valid any more
		w.editAgain()
		w.round() // what a complete reading does not find,
		w.round() // is asked for by the pass after it before it is believed,
		w.round() // and reaches the book that came before in the next one
		w.inTune()
		w.still()
		w.nobodyTwice()
		w.othersFieldsStand()
	})
}

// The people of the beginning: some stand on one side, some on two, known by their e-mail.
const (
	hereTo               = 400
	anneFrom, anneTo     = 300, 700
	basileFrom, basileTo = 600, 900
	cloudFrom, cloudTo   = 100, 1000
	alsoCloudTo          = 50 // of those who are here
	// Some of Anne's contacts bear another label than the one that is kept in tune; their numbers begin there.
	strangers, strange = 3, 5000
)

// others are fields of Google's that no program of ours knows.
func others(n int) map[string]any {
	return map[string]any{
		"relations":   []any{map[string]any{"person": fmt.Sprint("Ida ", n), "type": "sister"}},
		"userDefined": []any{map[string]any{"key": "Casier", "value": fmt.Sprint(n)}},
		"imClients":   []any{map[string]any{"username": fmt.Sprint("zoe", n), "protocol": "jabber", "type": "home"}},
		"clientData":  []any{map[string]any{"key": "csync-uid", "value": fmt.Sprint("other program ", n)}},
	}
}

// otherLines are lines that no program of ours knows.
func otherLines(n int) []string {
	return []string{
		fmt.Sprint("X-CASIER;X-COTE=gauche:", n), "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRg==",
		fmt.Sprint("item7.X-ABDATE;TYPE=pref:19", 10+n%90, "-05-01"), "item7.X-ABLABEL:_$!<Anniversary>!$_",
	}
}

// want notes what all sides shall say of somebody.
func (w *world) want(n int, f func(*who)) {
	p := w.wanted[n].clone()
	f(&p)
	w.wanted[n] = p.clone()
}

// populate puts the people where they begin. Those of two sides have something of their own on each.
func (w *world) populate() {
	w.Helper()
	for n := range cloudTo {
		w.wanted[n] = the(n)
	}
	w.start()
	for n := alsoCloudTo - 10; n < cloudFrom; n++ {
		w.want(n, func(p *who) { p.Organization = fmt.Sprint("Lumen ", n%7) })
	}
	err := w.store.Update(w.Context(), func(tx storage.Writer) error {
		for n := range hereTo {
			c := &storage.Contact{}
			toContact(&c.Card, w.wanted[n])
			if err := tx.PutContact(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	w.stop()
	people := w.google.People
	kept, other := people.AddLabel(annesAccount, "Diapason"), people.AddLabel(annesAccount, "Famille")
	for n := anneFrom; n < anneTo; n++ {
		p := the(n)
		if n < anneFrom+10 {
			p.Nickname = fmt.Sprint("Zo", n)
			w.want(n, func(all *who) { all.Nickname = p.Nickname })
		}
		people.Label(annesAccount, people.Add(annesAccount, asGoogle(p, others(n))), kept, true)
	}
	for n := range strangers {
		people.Label(annesAccount, people.Add(annesAccount, asGoogle(the(strange+n), others(n))), other, true)
	}
	for n := basileFrom; n < basileTo; n++ {
		p := the(n)
		if n < basileFrom+10 {
			p.Mobiles = []string{fmt.Sprintf("+336%08d", 20_000_000+n)}
			w.want(n, func(all *who) { all.Mobiles = append(all.Mobiles, p.Mobiles...) })
		}
		people.Add(basilesAccount, asGoogle(p, others(n)))
	}
	var cards strings.Builder
	for n := range cloudTo {
		if n >= alsoCloudTo && n < cloudFrom {
			continue
		}
		p := the(n)
		if n >= 800 && n < 850 {
			p.Emails = append(p.Emails, fmt.Sprintf("z%04d@ailleurs.test", n))
			w.want(n, func(all *who) { all.Emails = p.Emails })
		}
		cards.WriteString(asCard(p, fmt.Sprint("uid", n), otherLines(n)...))
	}
	w.fill(cards.String())
}

// numbers are those of some people.
func numbers(from, n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = from + i
	}
	return list
}

// editEverywhere has people change things on all four sides.
func (w *world) editEverywhere() {
	w.Helper()
	here, anne, basile, cloud := w.sides()
	nickname := func(text string) edit {
		return func(n int, p *who) { p.Nickname = fmt.Sprint(text, " ", n) }
	}
	more := func(from int) edit {
		return func(n int, p *who) { p.Mobiles = append(p.Mobiles, fmt.Sprintf("+336%08d", from+n)) }
	}
	fewer := func(_ int, p *who) { p.Emails = p.Emails[:1] }
	title := func(n int, p *who) { p.Title = fmt.Sprint("Titre ", n) }

	// A text, of people who began there and of others; a value more; a value less; what belongs to a company.
	for _, c := range []struct {
		by      side
		of      []int
		changed edit
	}{
		{here, numbers(100, 4), nickname("Ici")},
		{here, numbers(980, 4), nickname("Ici")},
		{anne, numbers(330, 4), nickname("Anne")},
		{anne, numbers(20, 4), nickname("Anne")},
		{basile, numbers(700, 4), nickname("Basile")},
		{basile, numbers(500, 4), nickname("Basile")},
		{cloud, numbers(950, 4), nickname("Nuage")},
		{cloud, numbers(400, 4), nickname("Nuage")},
		{here, numbers(120, 3), more(30_000_000)},
		{anne, numbers(350, 3), more(30_000_000)},
		{basile, numbers(720, 3), more(30_000_000)},
		{cloud, numbers(970, 3), more(30_000_000)},
		{here, numbers(800, 3), fewer},
		{anne, numbers(805, 3), fewer},
		{basile, numbers(810, 3), fewer},
		{cloud, numbers(815, 3), fewer},
		{here, numbers(140, 3), title},
		{cloud, numbers(985, 3), title},
		// One person from two sides: other fields, and the same set.
		{here, numbers(160, 4), nickname("Ici")},
		{anne, numbers(160, 3), more(40_000_000)},
		{anne, numbers(430, 4), nickname("Anne")},
		{basile, numbers(430, 3), more(40_000_000)},
		{basile, numbers(740, 4), nickname("Basile")},
		{cloud, numbers(740, 3), more(40_000_000)},
		{cloud, numbers(920, 4), nickname("Nuage")},
		{here, numbers(920, 3), more(40_000_000)},
		{anne, numbers(360, 3), more(50_000_000)},
		{cloud, numbers(360, 3), more(60_000_000)},
	} {
		for _, n := range c.of {
			c.by.edit(n, c.changed)
			w.want(n, func(p *who) { c.changed(n, p) })
		}
	}

	// One text from two sides: the later one wins, whichever pass comes first.
	for _, c := range []struct {
		of            []int
		first, second side
	}{{numbers(370, 3), here, anne}, {numbers(375, 3), anne, here}, {numbers(380, 3), anne, basile}, {numbers(385, 3), basile, anne}} {
		for _, n := range c.of {
			c.first.edit(n, nickname("Avant"))
		}
		w.clock.skip(time.Minute)
		for _, n := range c.of {
			c.second.edit(n, nickname("Après"))
			w.want(n, func(p *who) { nickname("Après")(n, p) })
		}
	}
	for _, n := range disputed { // this server's clock is far from ours: a person is asked, and chooses the server's
		here.edit(n, nickname("Ici"))
		cloud.edit(n, nickname("Choisi"))
		w.want(n, func(p *who) { nickname("Choisi")(n, p) })
	}

	for i, by := range []side{here, anne, basile, cloud} {
		for _, n := range numbers(150+i*150, 3) {
			by.remove(n)
			delete(w.wanted, n)
		}
	}
	anne.remove(outlived) // and somebody edits it elsewhere: it is there again
	basile.edit(outlived, nickname("Vivant"))
	w.want(outlived, func(p *who) { nickname("Vivant")(outlived, p) })
	w.clock.skip(time.Hour)
}

// disputed are those whom a person is asked about; outlived is deleted on one side and edited on another.
var disputed = numbers(390, 3)

const outlived = 398

// decide answers the questions: what stands on the server is right.
func (w *world) decide() {
	w.Helper()
	var questions []*storage.ContactQuestion
	err := w.store.View(w.Context(), func(tx storage.Reader) (err error) {
		questions, err = tx.ContactQuestions(w.c.ID)
		return err
	})
	if err != nil || len(questions) != len(disputed) {
		w.Fatalf("%d questions, %v", len(questions), err)
	}
	for _, q := range questions {
		if err := w.service.Decide(w.Context(), q.ID, contacts.Answer{
			Sides: map[storage.Field]merge.Side{storage.FieldNickname: merge.SideThere},
		}); err != nil {
			w.Fatal(q.Name, err)
		}
	}
}

// editAgain changes something on each side while no sync token is valid.
func (w *world) editAgain() {
	w.Helper()
	for i, by := range w.all() {
		for _, n := range numbers(210+i*200, 3) {
			by.edit(n, func(_ int, p *who) { p.Nickname = fmt.Sprint("Encore ", n) })
			w.want(n, func(p *who) { p.Nickname = fmt.Sprint("Encore ", n) })
		}
		by.remove(215 + i*200)
		delete(w.wanted, 215+i*200)
	}
	w.clock.skip(time.Hour)
}

// inTune looks at all four sides.
func (w *world) inTune() {
	w.Helper()
	for i, by := range w.all() {
		got := by.people()
		if name := []string{"here", "Anne", "Basile", "the server"}[i]; !maps.EqualFunc(got, w.wanted, func(a, b who) bool { return cmp.Equal(a, b) }) {
			diff := cmp.Diff(w.wanted, got)
			w.Errorf("%s: %d people, wanted %d (-wanted +got)\n%s", name, len(got), len(w.wanted), diff[:min(len(diff), 3000)])
		}
	}
	if w.Failed() {
		w.FailNow()
	}
}

// still makes a round that must write nothing anywhere.
func (w *world) still() {
	w.Helper()
	revisions := func() map[string]int {
		all := map[string]int{}
		for _, c := range w.contacts() {
			all[c.ID] = c.Revision
		}
		return all
	}
	writes := func() [3]int {
		return [3]int{w.google.People.Writes(annesAccount), w.google.People.Writes(basilesAccount), w.toServer.written()}
	}
	before, written := revisions(), writes()
	w.round()
	if after := writes(); after != written || !maps.Equal(before, revisions()) {
		w.Fatalf("another round wrote something: %v, then %v\n%s", written, after, cmp.Diff(before, revisions()))
	}
}

// nobodyTwice counts the creations.
func (w *world) nobodyTwice() {
	w.Helper()
	born := map[string]int{}
	for _, c := range w.contacts() {
		for _, account := range []string{annesAccount, basilesAccount} {
			n := w.google.People.Created(account, c.ID)
			if born[account] += n; n > 1 && !(account == annesAccount && number(&c.Card) == outlived) {
				w.Errorf("%s was created %d times at %s", c.FamilyName, n, account)
			}
		}
	}
	again := w.google.People.Created(annesAccount, w.find(outlived).ID) // where it was deleted
	if want := cloudTo - (anneTo - anneFrom) + again; born[annesAccount] != want || again != 1 {
		w.Errorf("%d were created at Anne's, wanted %d; once more: %d", born[annesAccount], want, again)
	}
	if want := cloudTo - (basileTo - basileFrom); born[basilesAccount] != want {
		w.Errorf("%d were created at Basile's, wanted %d", born[basilesAccount], want)
	}
	if want := cloudFrom - alsoCloudTo; len(w.toServer.created) != want {
		w.Errorf("%d were created on the server, wanted %d", len(w.toServer.created), want)
	}
	for path, n := range w.toServer.created {
		if n != 1 {
			w.Errorf("%s was created %d times", path, n)
		}
	}
	for _, account := range []string{annesAccount, basilesAccount} {
		if v := w.google.People.Violations(account); len(v) > 0 || w.google.People.Throttled(account) > 0 {
			w.Errorf("%s: %v, %d calls too many", account, v, w.google.People.Throttled(account))
		}
	}
}

// othersFieldsStand looks at what no program of ours knows, and at those whom nobody asked to keep in tune.
func (w *world) othersFieldsStand() {
	w.Helper()
	untouched := 0
	for account, from := range map[string]int{annesAccount: anneFrom, basilesAccount: basileFrom} {
		to := map[string]int{annesAccount: anneTo, basilesAccount: basileTo}[account]
		for _, c := range w.google.People.Contacts(account) {
			var n int
			fmt.Sscanf(c.First("names", "familyName"), "Morel%04d", &n) //nolint:errcheck // zero when it is nobody
			if n >= strange {
				if untouched++; w.google.People.Effects(account, c.Name) != 0 {
					w.Errorf("%s of another label was written to", c.Name)
				}
				n -= strange
			} else if n < from || n >= to || n == outlived {
				continue
			}
			for field, want := range others(n) {
				if !slices.ContainsFunc(c.Values[field], func(v map[string]any) bool {
					return cmp.Equal(plain(v), want.([]any)[0])
				}) {
					w.Errorf("%s of %d at %s: %v", field, n, account, c.Values[field])
				}
			}
		}
	}
	if untouched != strangers {
		w.Errorf("%d strangers of %d", untouched, strangers)
	}
	for uid, text := range w.cards() {
		var n int
		if _, err := fmt.Sscanf(uid, "uid%d", &n); err != nil {
			continue
		}
		for _, line := range otherLines(n) {
			if !strings.Contains(text, "\r\n"+line+"\r\n") {
				w.Errorf("%s lost %q:\n%s", uid, line, text)
			}
		}
	}
}
