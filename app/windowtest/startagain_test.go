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
	tests := []struct {
		name string
		away func()
	}{
		{"behind another window", func() {
			other := open(t, t.TempDir())
			other.see("Établissements")
		}},
		{"minimised", func() { p.xdotool("windowminimize", "--sync", p.window) }},
	}
	for _, tt := range tests {
		tt.away()
		waitUntil(t, "a window "+tt.name, func() bool { return inFront() != p.window })
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
