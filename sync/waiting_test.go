package sync_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"diapason/storage"
	"diapason/sync"
	"diapason/sync/sandbox"
)

func TestWaitingListsWhatNeedsSomebodyPageByPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sandbox.TrialParams{})
		ids := r.published(5)
		for i := range 3 {
			r.trial.EditByOthers(fmt.Sprintf("H%03d", i), map[string]string{"phone": theirs})
		}
		r.check(ids...)
		r.trial.Misbehave(sandbox.Fault{Kind: sandbox.Answer, Status: 422, Times: 1})
		r.edit(ids[3], storage.FieldEmail, "a@example.org")
		r.sync(ids[3])

		var found []string
		for after, pages := "", 0; ; pages++ {
			page, err := r.engine.Waiting(t.Context(), after, 2)
			if err != nil || len(page.Items) > 2 || pages > 4 {
				t.Fatalf("page %+v %v", page, err)
			}
			for _, w := range page.Items {
				found = append(found, fmt.Sprintf("%s %s %s", w.Kind, w.Name, w.AccountID))
				if w.Kind == sync.WaitingDrift {
					want := []sync.DriftField{{Field: storage.FieldPhone, Ours: ours, Published: ours, Theirs: theirs}}
					if diff := cmp.Diff(want, w.Fields); diff != "" {
						t.Error(diff)
					}
				} else if w.Reason == nil {
					t.Errorf("no reason: %+v", w)
				}
			}
			if after = page.Next; after == "" {
				break
			}
		}
		var want []string
		for i := range 3 {
			want = append(want, fmt.Sprintf("drift Hôtel %d %s", i, r.account))
		}
		want = append(want, "action Hôtel 3 "+r.account)
		if diff := cmp.Diff(want, found); diff != "" {
			t.Error(diff)
		}
		counts, err := r.engine.CountWaiting(t.Context())
		if err != nil || counts[sync.WaitingDrift] != 3 || counts[sync.WaitingAction] != 1 || counts[sync.WaitingHeld] != 0 {
			t.Errorf("counts %v %v", counts, err)
		}
	})
}
