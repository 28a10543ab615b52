//go:build linux

package windowtest

import (
	"os/exec"
	"strings"
	"testing"
)

// TestSecondStartBringsTheWindowToTheFront starts the program twice on one workspace: beside another window, and when the
// window was minimised.
func TestSecondStartBringsTheWindowToTheFront(t *testing.T) {
	p := open(t, t.TempDir())
	p.see("Établissements")
	other := open(t, t.TempDir())
	other.see("Établissements")
	tests := []struct {
		name string
		away func()
	}{
		{"behind another window", func() {}},
		{"minimised", func() {
			p.xdotool("windowminimize", "--sync", p.window)
			waitUntil(t, "the window manager's word that the window is minimised", func() bool { return minimised(p.window) })
		}},
	}
	for _, tt := range tests {
		tt.away()
		// Not before the window manager has given the keyboard to the other window: on a busy machine it does so a while
		// after the minimising, and would take it from the window that came to the front meanwhile.
		waitUntil(t, "the other window while this one is "+tt.name, func() bool { return inFront() == other.window })
		again := x(exec.Command(desk.program))
		again.Env = append(again.Env, at(p.home)...)
		again.Env = append(again.Env, "DIAPASON_WORKSPACE="+p.workspace)
		if out, err := again.CombinedOutput(); err != nil || len(out) > 0 {
			t.Fatalf("%s: the second start ended with %v\n%s", tt.name, err, out)
		}
		waitUntil(t, "the window that was "+tt.name, func() bool { return inFront() == p.window })
	}
	p.close()
}

// inFront gives X's number of the active window, "" when there is none.
func inFront() string {
	out, err := x(exec.Command("xdotool", "getactivewindow")).Output()
	if err != nil {
		return "" // none
	}
	return strings.TrimSpace(string(out))
}

// minimised tells whether the window manager says so of a window.
func minimised(window string) bool {
	out, err := x(exec.Command("xprop", "-id", window, "WM_STATE")).Output()
	return err == nil && strings.Contains(string(out), "Iconic")
}
