package sync_test

import (
	"testing"
	"testing/synctest"
	"time"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

// TestListingThatIsReadAgainAfterAReconnectionWaitsForNobody loses the access while listings are in moderation: the
// sending was taken, only the reading that follows is refused.
func TestListingThatIsReadAgainAfterAReconnectionWaitsForNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{Moderation: time.Second})
		ids := r.hotels(3)
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Unauthorized, Times: 1 << 30, Skip: 2}) // who it is, and the batch
		if _, err := r.engine.Sync(t.Context(), sync.Request{EstablishmentIDs: ids}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		for _, id := range ids {
			r.wantWord(id, storage.WordAction)
		}
		r.trial.Behave()
		if err := r.engine.TestAccount(t.Context(), r.account); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		for _, id := range ids {
			r.wantWord(id, storage.WordUpToDate)
		}
	})
}
