package browser_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// chromium is a real browser without a window, driven over a pair of pipes with the DevTools protocol:
// https://chromedevtools.github.io/devtools-protocol/
type chromium struct {
	t       *testing.T
	to      *os.File
	from    *bufio.Reader
	session string
	last    int
}

// newChromium starts a browser that ends with the test, or with the process that tests.
func newChromium(t *testing.T) *chromium {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is missing: run .ci/packages test")
	}
	theirsIn, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, theirsOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.Command(path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--user-data-dir="+home, "--remote-debugging-pipe", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+home, "DBUS_SESSION_BUS_ADDRESS=disabled:")
	cmd.ExtraFiles = []*os.File{theirsIn, theirsOut} // 3 and 4
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(theirsIn.Close(), theirsOut.Close()); err != nil {
		t.Fatal(err)
	}
	c := &chromium{t: t, to: ours, from: bufio.NewReader(from)}
	t.Cleanup(func() {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		var killed *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &killed) {
			t.Errorf("the browser ended by itself: %v", err)
		}
		if err := errors.Join(ours.Close(), from.Close()); err != nil {
			t.Error(err)
		}
	})
	var target struct{ TargetID string }
	c.must("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	c.must("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	c.session = attached.SessionID
	return c
}

// call makes one call and waits for its answer; what the browser tells meanwhile is not needed.
func (c *chromium) call(method string, params any, into any) error {
	c.last++
	raw, err := json.Marshal(map[string]any{"id": c.last, "method": method, "params": params, "sessionId": c.session})
	if c.session == "" {
		raw, err = json.Marshal(map[string]any{"id": c.last, "method": method, "params": params})
	}
	if err != nil {
		return err
	}
	if _, err := c.to.Write(append(raw, 0)); err != nil {
		return fmt.Errorf("browser: %w", err)
	}
	for {
		line, err := c.from.ReadBytes(0)
		if err != nil {
			return fmt.Errorf("browser: %w", err)
		}
		var answer struct {
			ID     int
			Result json.RawMessage
			Error  *struct{ Message string }
		}
		if err := json.Unmarshal(line[:len(line)-1], &answer); err != nil {
			return err
		}
		switch {
		case answer.ID != c.last:
			continue
		case answer.Error != nil:
			return errors.New(method + ": " + answer.Error.Message)
		case into == nil:
			return nil
		}
		return json.Unmarshal(answer.Result, into)
	}
}

func (c *chromium) must(method string, params any, into any) {
	c.t.Helper()
	if err := c.call(method, params, into); err != nil {
		c.t.Fatal(err)
	}
}

// gone are what the browser says when the page that was asked has given way to the next one.
var gone = []string{"context was destroyed", "Cannot find context", "Inspected target navigated", "Promise was collected", "uniqueContextId not found"}

// until waits for an expression to give a text that is not empty, over as many pages as it takes.
func (c *chromium) until(expression string) (string, error) {
	for {
		var got struct {
			Result           struct{ Value any }
			ExceptionDetails *struct{ Text string }
		}
		err := c.call("Runtime.evaluate", map[string]any{"awaitPromise": true, "returnByValue": true, "expression": `new Promise(done => {
			const look = () => { const v = (() => { ` + expression + ` })(); if (v) done(v); else setTimeout(look, 20) }; look() })`}, &got)
		switch text, is := got.Result.Value.(string); {
		case err != nil && !isGone(err):
			return "", err
		case err != nil:
		case got.ExceptionDetails != nil:
			return "", errors.New(got.ExceptionDetails.Text)
		case is:
			return text, nil
		}
	}
}

func isGone(err error) bool {
	for _, g := range gone {
		if strings.Contains(err.Error(), g) {
			return true
		}
	}
	return false
}

// click waits for an element and clicks it, once the answer has left: the click may end the page.
func (c *chromium) click(selector string) error {
	_, err := c.until(`const e = document.querySelector(` + strconv.Quote(selector) + `); if (!e) return ""; setTimeout(() => e.click(), 0); return "clicked"`)
	return err
}

// open goes to an address.
func (c *chromium) open(address string) error {
	return c.call("Page.navigate", map[string]any{"url": address}, nil)
}
