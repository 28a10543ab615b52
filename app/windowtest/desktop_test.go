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
	bus     string // address of the session bus
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
	for _, needed := range []string{"Xvfb", "openbox", "xdotool", "scrot", "dbus-daemon"} {
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
	if err := openBus(dir); err != nil {
		return err
	}
	return openDisplay()
}

// quietBus configures a session bus that starts no services: no keyring of this machine is touched or asked for.
const quietBus = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=%s</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// openBus starts a session bus of the tests' own. Without one the program's toolkit starts one by itself, which would
// outlive the tests.
func openBus(dir string) error {
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, quietBus, dir), 0o600); err != nil {
		return err
	}
	address, err := tell(exec.Command("dbus-daemon", "--nofork", "--config-file="+config, "--print-address=3"))
	desk.bus = address
	return err
}

// openDisplay starts an X server on a free display, and a window manager.
func openDisplay() error {
	// -displayfd 3 is the pipe: the server chooses a free display and says which, once it is ready.
	number, err := tell(exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1500x900x24", "+extension", "GLX", "+render", "-noreset",
		"-nolisten", "tcp"))
	if err != nil {
		return err
	}
	desk.display = ":" + number
	wm := exec.Command("openbox", "--sm-disable")
	wm.Env = append(os.Environ(), "DISPLAY="+desk.display)
	return start(wm)
}

// tell starts a process and gives the line that it writes to descriptor 3 once it is ready.
func tell(c *exec.Cmd) (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	c.ExtraFiles = []*os.File{w}
	if err := errors.Join(start(c), w.Close()); err != nil {
		return "", errors.Join(err, r.Close())
	}
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		err = fmt.Errorf("%s did not start: %w", c.Path, err)
	}
	return strings.TrimSpace(line), errors.Join(err, r.Close())
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
	c.Env = append(c.Env, "DISPLAY="+desk.display, "DBUS_SESSION_BUS_ADDRESS="+desk.bus)
	return c
}
