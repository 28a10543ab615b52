package states

import (
	"testing"

	"diapason/storage"
	"diapason/widgets"
)

func TestEveryStateHasAShape(t *testing.T) {
	for _, w := range storage.Words {
		if Word(w).Icon == "" {
			t.Errorf("word %s has no icon", w)
		}
	}
	for _, s := range storage.Statuses {
		if Status(s).Icon == "" {
			t.Errorf("status %s has no icon", s)
		}
	}
	for _, s := range []storage.RunState{
		storage.RunRunning, storage.RunDone, storage.RunFailed, storage.RunCancelled, storage.RunUndone,
		storage.RunHeld,
	} {
		if Run(s).Icon == "" {
			t.Errorf("run state %s has no icon", s)
		}
	}
	for _, r := range []storage.ItemResult{
		storage.ItemPending, storage.ItemSent, storage.ItemChecked, storage.ItemUnchanged, storage.ItemFailed,
		storage.ItemRejected, storage.ItemSkipped, storage.ItemRestored, storage.ItemConflict,
		storage.ItemCreated, storage.ItemUpdated, storage.ItemDecided,
	} {
		if Item(r).Icon == "" {
			t.Errorf("result %s has no icon", r)
		}
	}
}

func TestWordsThatAskForALookAreNotCalm(t *testing.T) {
	for _, w := range storage.Words {
		calm := w == storage.WordUpToDate || w == storage.WordLinked || w == storage.WordDisabled
		if s := Word(w); s.Calm != calm || s.Tone == widgets.Neutral && !calm {
			t.Errorf("%s: %+v", w, s)
		}
	}
}
