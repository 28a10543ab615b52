//go:build linux

package windowtest

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	// patience is how long any one condition may take on a busy machine of two cores.
	patience = 30 * time.Second
	// look is the pause between two looks at a condition.
	look = 50 * time.Millisecond
)

// desk is what all tests share: a display with a window manager, and the program.
var desk struct {
	display string
	program string
	closing []func() error
}

func TestMain(m *testing.M) {
	code := 1
	if err := setUp(); err != nil {
		fmt.Fprintln(os.Stderr, "window tests:", err)
	} else {
		code = m.Run()
	}
	for i := len(desk.closing) - 1; i >= 0; i-- {
		if err := desk.closing[i](); err != nil {
			fmt.Fprintln(os.Stderr, "window tests:", err)
			code = 1
		}
	}
	os.Exit(code)
}

func setUp() error {
	for _, needed := range []string{"Xvfb", "openbox", "xdotool", "scrot"} {
		if _, err := exec.LookPath(needed); err != nil {
			return fmt.Errorf("%s is missing: run them with make test, which installs it", needed)
		}
	}
	dir, err := os.MkdirTemp("", "diapason-windowtest-")
	if err != nil {
		return err
	}
	desk.closing = append(desk.closing, func() error { return os.RemoveAll(dir) })
	desk.program = filepath.Join(dir, "diapason")
	build := exec.Command("go", "build", "-tags", "migrated_fynedo,screentree", "-buildvcs=false", "-o", desk.program,
		"../..")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return openDisplay()
}

// openDisplay starts an X server on a free display, and a window manager.
func openDisplay() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	// -displayfd 3 is the pipe: the server chooses a free display and says which, once it is ready.
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1500x900x24", "+extension", "GLX", "+render", "-noreset",
		"-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := start(x); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		return fmt.Errorf("Xvfb did not start: %w", err)
	}
	desk.display = ":" + strings.TrimSpace(number)
	wm := exec.Command("openbox", "--sm-disable")
	wm.Env = append(os.Environ(), "DISPLAY="+desk.display)
	return start(wm)
}

// start starts a process that is ended with the tests.
func start(c *exec.Cmd) error {
	if err := c.Start(); err != nil {
		return err
	}
	desk.closing = append(desk.closing, func() error {
		if err := c.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		var exit *exec.ExitError
		if err := c.Wait(); err != nil && !errors.As(err, &exit) {
			return err
		}
		return nil
	})
	return nil
}

// waitUntil waits for a condition; it fails the test, with a picture of the screen, when it does not come.
func waitUntil(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(look) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s; the screen is in %s", what, picture(t))
		}
	}
}

// picture keeps the screen for whoever reads the failure.
func picture(t *testing.T) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Join("testdata", "failed"), 0o755); err != nil {
		t.Error(err)
	}
	path := filepath.Join("testdata", "failed", strings.ReplaceAll(t.Name(), "/", "-")+".png")
	if out, err := x(exec.Command("scrot", "-o", path)).CombinedOutput(); err != nil {
		t.Errorf("scrot: %v\n%s", err, out)
	}
	return path
}

// x puts a command on the display.
func x(c *exec.Cmd) *exec.Cmd {
	if c.Env == nil {
		c.Env = os.Environ()
	}
	c.Env = append(c.Env, "DISPLAY="+desk.display)
	return c
}
