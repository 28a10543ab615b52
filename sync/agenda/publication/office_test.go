package publication_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync/agenda/publication"
)

func TestChangesThatFollowEachOtherAreOneUploadAndNoChangeIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		p := r.publish(link)
		r.wantState(r.after(time.Second, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v0"})
		for n := range 20 {
			r.write(link, fmt.Sprint("v", n+1))
			time.Sleep(300 * time.Millisecond)
		}
		r.wantState(r.after(time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v20"})
		if puts, _ := r.space.counts(); puts != 2 {
			t.Errorf("%d uploads, want 2", puts)
		}
		r.write(link, "v21")
		r.write(link, "v20")
		r.wantState(r.after(time.Minute, link), "", "")
		if puts, _ := r.space.counts(); puts != 2 {
			t.Errorf("%d uploads: what stands there already was sent again", puts)
		}
		if len(p.Name) < 32 || strings.Contains(p.Name, link) {
			t.Errorf("%q can be guessed", p.Name)
		}
	})
}

// The feed changes after its body was taken to be sent, and before that is kept.
func TestAChangeThatComesWhileABodyIsTakenIsPublishedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		p := r.publish(link)
		r.after(time.Second, link)
		r.mu.Lock()
		r.taken = func() { r.write(link, "v2") }
		r.mu.Unlock()
		r.write(link, "v1")
		r.wantState(r.after(time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v2"})
	})
}

func TestSpaceThatIsAwayIsWaitedForAndSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		p := r.publish(link)
		r.after(time.Second, link)
		r.space.set(func() { r.space.away = true })
		r.write(link, "v1")
		r.wantState(r.after(10*time.Minute, link), storage.OpPending, "publication.offline")
		if why := r.pause(); why == nil || why.Code != "lane.offline" {
			t.Errorf("the account says %v", why)
		}
		r.write(link, "v2")
		r.space.heal()
		r.wantState(r.after(2*time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v2"})
		if why := r.pause(); why != nil {
			t.Errorf("the account still says %v", why)
		}
	})
}

func TestSpaceThatAsksToWaitIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		r.space.answer(http.StatusServiceUnavailable, http.Header{"Retry-After": {"600"}}, http.MethodPut)
		r.publish(link)
		r.wantState(r.after(time.Second, link), storage.OpPending, "publication.throttled")
		if why := r.pause(); why == nil || why.Code != "lane.throttled" {
			t.Errorf("the account says %v", why)
		}
		r.space.heal()
		_, before := r.space.counts()
		r.after(9*time.Minute, link)
		if _, all := r.space.counts(); all != before {
			t.Errorf("%d calls while it asked to wait", all-before)
		}
		r.wantState(r.after(3*time.Minute, link), "", "")
	})
}

func TestFullSpaceIsSaidAndTheOldFeedStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link, other := r.link("Équipe", "v0"), r.link("Salle", "s0")
		p, q := r.publish(link), r.publish(other)
		r.after(time.Minute, link)
		r.space.answer(http.StatusInsufficientStorage, nil, http.MethodPut)
		r.write(link, "v1")
		r.wantState(r.after(time.Minute, link), storage.OpRetry, "publication.full")
		r.wantFiles(map[string]string{p.Name: "v0", q.Name: "s0"})
		if why := r.pause(); why != nil {
			t.Errorf("the whole account waits: %v", why)
		}
		r.space.heal()
		r.wantState(r.after(10*time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v1", q.Name: "s0"})

		r.space.answer(http.StatusInsufficientStorage, nil, http.MethodPut)
		r.write(link, "v2")
		before, _ := r.space.counts()
		r.after(24*time.Hour, link)
		if puts, _ := r.space.counts(); puts-before > 20 {
			t.Errorf("%d tries in a day at a full disk", puts-before)
		}
		r.space.heal()
		r.write(link, "v3") // what changes is tried at once
		r.wantState(r.after(time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v3", q.Name: "s0"})
	})
}

func TestServerErrorsOpenTheCircuitBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		r.space.answer(http.StatusInternalServerError, nil, http.MethodPut, "PROPFIND")
		p := r.publish(link)
		r.wantState(r.after(5*time.Minute, link), storage.OpRetry, "publication.serverError")
		if why := r.pause(); why == nil || why.Code != "lane.open" {
			t.Errorf("the account says %v", why)
		}
		r.space.heal()
		r.wantState(r.after(time.Hour, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v0"})
	})
}

func TestWrongPasswordWaitsForTheUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		a := r.accountNow()
		if err := r.engine.AddAccountWith(t.Context(), a, map[string]string{publication.SecretPassword: "soleil"}); err != nil {
			t.Fatal(err)
		}
		link := r.link("Équipe", "v0")
		p := r.publish(link)
		r.wantState(r.after(time.Second, link), storage.OpPending, "publication.auth")
		if why := r.pause(); why == nil || why.Code != "publication.auth" {
			t.Errorf("the account says %v", why)
		}
		_, before := r.space.counts()
		r.after(24*time.Hour, link)
		if _, all := r.space.counts(); all != before {
			t.Errorf("%d calls with a password that was refused", all-before)
		}
		var problem *storage.Problem
		if err := r.engine.TestAccount(t.Context(), r.account); !errors.As(err, &problem) || problem.Code != "publication.auth" {
			t.Errorf("the test says %v", err)
		}
		if err := r.engine.AddAccountWith(t.Context(), r.accountNow(), map[string]string{publication.SecretPassword: "lune"}); err != nil {
			t.Fatal(err)
		}
		r.wantState(r.after(time.Second, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v0"})
	})
}

func TestUploadThatACrashInterruptedIsPutAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		p := r.publish(link)
		r.after(time.Second, link)
		r.space.set(func() {
			r.space.fail = func(_ http.ResponseWriter, req *http.Request) bool {
				if req.Method == "MOVE" {
					<-req.Context().Done() // never answers
				}
				return req.Method == "MOVE"
			}
		})
		r.write(link, "v1")
		under := r.after(time.Minute, link)
		r.wantState(under, storage.OpInflight, "")
		if under.Published != "" {
			t.Error("what stands there is taken to be known while it is not")
		}
		r.close() // gives the call ten seconds, then ends it
		r.space.heal()
		r.open()
		r.wantState(r.after(time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v1"})
	})
}

func TestInflightPublicationFoundAtTheStartIsPutAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		r.publish(link)
		p := r.after(time.Second, link)
		r.close()
		store, err := bolt.Open(t.Context(), bolt.Params{Dir: r.dir})
		if err != nil {
			t.Fatal(err)
		}
		p.State, p.Published = storage.OpInflight, ""
		if err := store.Update(t.Context(), func(w storage.Writer) error { return w.PutPublication(p) }); err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		before, _ := r.space.counts()
		r.open()
		r.wantState(r.after(time.Second, link), "", "")
		if puts, _ := r.space.counts(); puts != before+1 {
			t.Errorf("%d uploads after the crash, want 1", puts-before)
		}
	})
}

func TestRevokedLinkIsTakenAwayAlsoWhenTheSpaceIsAwayAtFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link, kept := r.link("Équipe", "v0"), r.link("Salle", "s0")
		r.publish(link)
		q := r.publish(kept)
		r.after(time.Minute, link)
		r.space.set(func() { r.space.away = true })
		err := r.store.Update(t.Context(), func(w storage.Writer) error {
			l, err := w.FeedLink(link)
			if err != nil {
				return err
			}
			l.RevokedAt = time.Now()
			return w.PutFeedLink(l)
		})
		if err != nil {
			t.Fatal(err)
		}
		if p := r.after(5*time.Minute, link); p == nil || !p.Leaving {
			t.Fatalf("%+v: the removal is forgotten", p)
		}
		r.space.heal()
		if p := r.after(5*time.Minute, link); p != nil {
			t.Errorf("%+v is left", p)
		}
		r.wantFiles(map[string]string{q.Name: "s0"})
		var problem *storage.Problem
		if _, err := r.office.Publish(t.Context(), link, r.account); !errors.As(err, &problem) || problem.Code != "publication.revoked" {
			t.Errorf("a revoked link is published: %v", err)
		}
	})
}

func TestWithdrawnFeedLeavesAndNewNamesReplaceOldOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		first := r.publish(link)
		r.after(time.Second, link)
		if err := r.office.Renew(t.Context(), link); err != nil {
			t.Fatal(err)
		}
		second := r.after(time.Minute, link)
		if second.Name == first.Name || len(second.Former) != 0 {
			t.Errorf("%+v", second)
		}
		r.wantFiles(map[string]string{second.Name: "v0"})
		if err := r.office.Withdraw(t.Context(), link, r.account); err != nil {
			t.Fatal(err)
		}
		if p := r.after(time.Minute, link); p != nil {
			t.Errorf("%+v is left", p)
		}
		r.wantFiles(map[string]string{})
	})
}

func TestFeedThatIsNotRenderedYetIsWaitedForWithoutAWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", unrendered)
		p := r.publish(link)
		r.wantState(r.after(time.Minute, link), storage.OpPending, "")
		r.write(link, "v0")
		r.wantState(r.after(time.Minute, link), "", "")
		r.wantFiles(map[string]string{p.Name: "v0"})
	})
}

func TestFeedThatCannotBeMadeHoldsNoOtherBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		broken, link := r.link("Équipe", ""), r.link("Salle", "s0")
		delete(r.bodies, broken)
		r.publish(broken)
		p := r.publish(link)
		r.wantState(r.after(time.Minute, broken), storage.OpRetry, "publication.noFeed")
		r.wantFiles(map[string]string{p.Name: "s0"})
	})
}
