package command

import (
	"context"
	"errors"
	"testing"

	"diapason/storage"
)

// TestSecondStartBringsTheFirstWindowToTheFront starts the program again while its window is open.
func TestSecondStartBringsTheFirstWindowToTheFront(t *testing.T) {
	for _, again := range [][]string{nil, {"demo"}, {"--lang", "en"}} {
		sh := newShell(t)
		sh.env["DISPLAY"] = ":0"
		sh.env["DIAPASON_WORKSPACE"] = t.TempDir()
		sh.window = func(_ context.Context, w *Workspace) error {
			sh.window = func(context.Context, *Workspace) error { return errors.New("a second window") }
			if o := sh.run(again...); o.code != ExitDone || o.stdout != "" || o.stderr != "" || sh.refused != nil {
				t.Errorf("diapason %v: exit %d, refused %v\n%s%s", again, o.code, sh.refused, o.stdout, o.stderr)
			}
			select {
			case <-w.StartedAgain:
			default:
				t.Errorf("diapason %v: the first window was not called", again)
			}
			if o := sh.run("status"); o.code != ExitLocked {
				t.Errorf("a command beside the window: exit %d", o.code)
			}
			return nil
		}
		if o := sh.run(); o.code != ExitDone {
			t.Fatalf("exit %d\n%s", o.code, o.stderr)
		}
		sh.window = nil
		if o := sh.run(); o.code != ExitDone {
			t.Errorf("after the window was closed: exit %d\n%s", o.code, o.stderr)
		}
	}
}

func TestWorkspaceThatNoWindowHasOpenIsRefusedInAWindow(t *testing.T) {
	sh := newShell(t)
	sh.env["DISPLAY"] = ":0"
	w, err := openForTest(t.Context(), sh.env["DIAPASON_WORKSPACE"])
	if err != nil {
		t.Fatal(err)
	}
	if o := sh.run(); o.code != ExitLocked || sh.refused == nil || !errors.Is(sh.refused.Reason, storage.ErrLocked) {
		t.Errorf("exit %d, refused %v", o.code, sh.refused)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}
