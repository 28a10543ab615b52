package publication_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/agenda/publication"
)

func TestAccountOfTheAgendaIsNoDirectory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		e := &storage.Establishment{Identifier: "H001", Status: storage.StatusActive, Name: "Hôtel", AutoSync: true}
		if err := r.engine.Create(t.Context(), e, storage.ActorUser); err != nil {
			t.Fatal(err)
		}
		var problem *storage.Problem
		if _, err := r.engine.Sync(t.Context(), sync.Request{All: true}); !errors.As(err, &problem) || problem.Code != "sync.noAccount" {
			t.Errorf("establishments are sent there: %v", err)
		}
		schedules, err := r.engine.Schedules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range schedules {
			if s.Account == r.account {
				t.Errorf("%+v: a schedule of directories", s)
			}
		}
		err = r.store.View(t.Context(), func(tx storage.Reader) error {
			listings, err := tx.Listings(e.ID)
			if len(listings) != 0 {
				t.Errorf("%d listings there", len(listings))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestRemovedAccountForgetsItsSecretsAndPublications(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		r.publish(link)
		r.after(time.Second, link)
		name := "account/" + r.account + "/" + publication.SecretPassword
		if v, err := r.secrets.Get(t.Context(), name); err != nil || v != "lune" {
			t.Fatalf("%q, %v", v, err)
		}
		if err := r.engine.RemoveAccount(t.Context(), r.account); err != nil {
			t.Fatal(err)
		}
		if p := r.after(time.Second, link); p != nil {
			t.Errorf("%+v", p)
		}
		if _, err := r.secrets.Get(t.Context(), name); !errors.Is(err, secrets.ErrNotFound) {
			t.Errorf("the secret is left: %v", err)
		}
	})
}

func TestJournalSaysWhatWasPublishedAndNeverUnderWhichName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		link := r.link("Équipe", "v0")
		p := r.publish(link)
		r.after(time.Second, link)
		r.space.answer(http.StatusInsufficientStorage, nil, http.MethodPut)
		r.write(link, "v1")
		r.after(2*time.Hour, link)
		r.space.heal()
		r.after(12*time.Hour, link)
		if err := r.office.Withdraw(t.Context(), link, r.account); err != nil {
			t.Fatal(err)
		}
		r.after(time.Minute, link)
		var got []string
		err := r.store.View(t.Context(), func(tx storage.Reader) error {
			entries, err := tx.Journal(storage.JournalQuery{AccountID: r.account})
			for _, j := range entries {
				got = append(got, string(j.Action)+" "+j.Name)
				if strings.Contains(fmt.Sprintf("%+v %v", j, j.Reason), strings.TrimSuffix(p.Name, ".ics")) {
					t.Errorf("%+v bears the name of the file", j)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"unpublish Équipe", "publish Équipe", "publishFailed Équipe", "publish Équipe"}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}
