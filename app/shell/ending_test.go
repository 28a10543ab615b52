package shell

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestEndingIsTakenFromFyneAndStillDone(t *testing.T) {
	a := test.NewTempApp(t)
	done := 0
	a.Lifecycle().SetOnStopped(func() { done++ })
	ending := takeEnding(a)
	if l, ok := a.Lifecycle().(interface{ OnStopped() func() }); !ok || l.OnStopped() != nil {
		t.Error("Fyne's loop would still be asked, which may never answer")
	}
	ending()
	if done != 1 {
		t.Errorf("the ending was done %d times", done)
	}
}
