//go:build linux

package windowtest

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"diapason/app/windowtest/screentree"
)

// program is one running Diapason.
type program struct {
	t         *testing.T
	process   *exec.Cmd
	ended     chan error
	tree      string // file of the screen tree
	window    string // X's number of the window
	workspace string
	home      string
	stderr    bytes.Buffer
}

// open starts the program with its window and waits until it is drawn.
func open(t *testing.T, workspace string, args ...string) *program {
	t.Helper()
	return openWith(t, workspace, nil, args...)
}

// openWith starts the program of somebody who had made choices before (nil: who had not).
func openWith(t *testing.T, workspace string, preferences map[string]any, args ...string) *program {
	t.Helper()
	home := newHome(t)
	keep(t, filepath.Join(home, ".config"), preferences)
	return openAt(t, home, workspace, args...)
}

// openAt starts the program of somebody who used it before, in the same home.
func openAt(t *testing.T, home, workspace string, args ...string) *program {
	t.Helper()
	p := &program{
		t: t, tree: filepath.Join(home, "tree.json"), workspace: workspace, home: home, ended: make(chan error, 1),
	}
	p.process = x(exec.Command(desk.program, args...))
	p.process.Env = append(p.process.Env, at(home)...)
	p.process.Env = append(p.process.Env, "DIAPASON_WORKSPACE="+workspace, screentree.Variable+"="+p.tree)
	p.process.Stderr = &p.stderr
	if err := p.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.process.Wait() }()
	t.Cleanup(func() {
		if p.process.ProcessState == nil {
			p.process.Process.Kill() //nolint:errcheck // it may have ended this very moment
			<-p.ended
		}
		if t.Failed() {
			t.Logf("the program said:\n%s", p.stderr.String())
		}
	})
	waitUntil(t, "the window", func() bool {
		out, err := x(exec.Command("xdotool", "search", "--onlyvisible", "--pid", strconv.Itoa(p.process.Process.Pid))).Output()
		if ids := strings.Fields(string(out)); err == nil && len(ids) > 0 {
			p.window = ids[len(ids)-1]
		}
		return p.window != "" && len(p.objects()) > 0
	})
	p.xdotool("windowactivate", "--sync", p.window)
	return p
}

// newHome makes the home of somebody who starts the program for the first time.
func newHome(t testing.TB) string {
	t.Helper()
	home := t.TempDir()
	for _, dir := range []string{".cache", ".config", "run"} {
		if err := os.Mkdir(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

// at gives the variables of somebody's home, on a screen of one pixel per unit.
func at(home string) []string {
	return []string{
		"HOME=" + home, "XDG_RUNTIME_DIR=" + filepath.Join(home, "run"),
		"XDG_CONFIG_HOME=" + filepath.Join(home, ".config"), "XDG_CACHE_HOME=" + filepath.Join(home, ".cache"),
		"FYNE_SCALE=1",
	}
}

// close closes the window as the window manager does, and waits for the end of the program.
func (p *program) close() {
	p.t.Helper()
	looks := 0
	waitUntil(p.t, "the end of the program", func() bool {
		select {
		case err := <-p.ended:
			p.ended <- err
			return true
		default:
			if looks%60 == 0 { // a key that is pressed while the window manager is busy may go nowhere
				x(exec.Command("xdotool", "windowactivate", p.window, "key", "alt+F4")).Run() //nolint:errcheck // it may just have gone
			}
			looks++
			return false
		}
	})
	if err := <-p.ended; err != nil {
		p.t.Fatalf("the program ended with %v\n%s", err, p.stderr.String())
	}
	p.ended <- nil
}

// objects reads what stands where. It is empty before the first drawing.
func (p *program) objects() []screentree.Object {
	select {
	case err := <-p.ended:
		p.ended <- err
		crash, _ := os.ReadFile(filepath.Join(p.workspace, "diapason-crash.txt")) //nolint:errcheck // there may be none
		p.t.Fatalf("the program ended by itself: %v\n%s\n%s", err, p.stderr.String(), crash)
	default:
	}
	raw, err := os.ReadFile(p.tree)
	if err != nil {
		return nil
	}
	var all []screentree.Object
	if err := json.Unmarshal(raw, &all); err != nil {
		p.t.Fatal(err)
	}
	return all
}

// find gives the first visible text that is as wanted; above everything when it stands in a menu or a dialog.
func (p *program) find(text string) (screentree.Object, bool) {
	all := p.objects()
	slices.SortStableFunc(all, func(a, b screentree.Object) int {
		switch {
		case a.Overlay == b.Overlay:
			return 0
		case a.Overlay:
			return -1
		}
		return 1
	})
	for _, o := range all {
		if o.Text == text {
			return o, true
		}
	}
	return screentree.Object{}, false
}

// see waits until a text is on screen.
func (p *program) see(text string) screentree.Object {
	p.t.Helper()
	var found screentree.Object
	waitUntil(p.t, "«"+text+"»", func() (ok bool) {
		found, ok = p.find(text)
		return ok
	})
	return found
}

// count tells how often a text is on screen.
func (p *program) count(text string) int {
	n := 0
	for _, o := range p.objects() {
		if o.Text == text {
			n++
		}
	}
	return n
}

// gone waits until a text is not on screen any more.
func (p *program) gone(text string) {
	p.t.Helper()
	waitUntil(p.t, "«"+text+"» to go", func() bool { return p.count(text) == 0 })
}

// press clicks on a text once it stands still: what was pressed before may still be laying the page out.
func (p *program) press(text string) {
	p.t.Helper()
	var o screentree.Object
	waitUntil(p.t, "«"+text+"», standing still", func() bool {
		before := o
		o, _ = p.find(text)
		return o.Text == text && o == before
	})
	p.click(o.X+o.W/2, o.Y+o.H/2)
}

// pressStarting clicks on the first text that starts with some words.
func (p *program) pressStarting(words string) {
	p.t.Helper()
	var found screentree.Object
	waitUntil(p.t, "a text that starts with «"+words+"»", func() bool {
		all := p.objects()
		i := slices.IndexFunc(all, func(o screentree.Object) bool { return strings.HasPrefix(o.Text, words) })
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	})
	p.click(found.X+found.W/2, found.Y+found.H/2)
}

// click clicks at a place of the window.
func (p *program) click(x, y float32) {
	p.t.Helper()
	p.xdotool("mousemove", "--window", p.window, strconv.Itoa(int(x)), strconv.Itoa(int(y)), "click", "1")
}

// key presses keys: "ctrl+f", "Escape".
func (p *program) key(keys ...string) {
	p.t.Helper()
	p.xdotool(append([]string{"key", "--delay", "30"}, keys...)...)
}

// write types a text into what has the focus.
func (p *program) write(text string) {
	p.t.Helper()
	p.xdotool("type", "--delay", "20", text)
}

func (p *program) xdotool(args ...string) {
	p.t.Helper()
	if out, err := x(exec.Command("xdotool", args...)).CombinedOutput(); err != nil {
		p.t.Fatalf("xdotool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// drop drags files from another program's window and releases them over a place of this window.
func (p *program) drop(x1, y1 int, files ...string) {
	p.t.Helper()
	const sourceX, sourceY = 1400, 500 // beside Diapason's window, never under it
	source := x(exec.Command("/usr/bin/python3", append([]string{
		"testdata/dragsource.py", strconv.Itoa(sourceX), strconv.Itoa(sourceY),
	}, files...)...))
	source.Env = append(source.Env, "GDK_BACKEND=x11", "NO_AT_BRIDGE=1")
	out, err := source.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	var stderr bytes.Buffer
	source.Stderr = &stderr
	if err := source.Start(); err != nil {
		p.t.Fatal(err)
	}
	said := make(chan string, 100)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			said <- lines.Text()
		}
		close(said)
	}()
	defer func() {
		source.Process.Kill() //nolint:errcheck // a process of ours that has nothing more to do
		for range said {
		}
		source.Wait() //nolint:errcheck // killed
	}()
	step := 0
	hears := func(word string, meanwhile func()) {
		p.t.Helper()
		waitUntil(p.t, "the drag's «"+word+"»", func() bool {
			select {
			case got, open := <-said:
				if !open {
					p.t.Fatalf("the drag source ended: %s", stderr.String())
				}
				return got == word
			default:
				step++
				meanwhile()
				return false
			}
		})
	}
	hears("ready", func() {})
	p.xdotool("mousemove", strconv.Itoa(sourceX+40), strconv.Itoa(sourceY+40), "mousedown", "1")
	hears("begin", func() { p.xdotool("mousemove_relative", "--", "-6", "0") })
	hears("accepted", func() { // a hand is never quite still
		p.xdotool("mousemove", "--window", p.window, strconv.Itoa(x1+step%8), strconv.Itoa(y1))
	})
	p.xdotool("mouseup", "1")
	hears("end", func() {})
}

// command runs one of the program's commands on the workspace, which no window has open, and reads its document.
func command(t testing.TB, workspace string, args ...string) map[string]any {
	t.Helper()
	return commandWith(t, nil, workspace, args...)
}

// commandWith is command with further variables: those of a home (at), whose secrets the window reads afterwards.
func commandWith(t testing.TB, variables []string, workspace string, args ...string) map[string]any {
	t.Helper()
	c := exec.Command(desk.program, append(args, "--json", "--workspace", workspace)...)
	c.Env = append(append(os.Environ(), variables...), "DISPLAY=", "WAYLAND_DISPLAY=")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("diapason %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	var doc map[string]any
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatalf("diapason %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return doc
}

// beside gives the nearest widget of a type that stands right of a text, on its line.
func (p *program) beside(text, kind string) screentree.Object {
	p.t.Helper()
	return p.onLine(text, kind)[0]
}

// onLine gives the widgets of a type that stand right of a text, on its line, from the left.
func (p *program) onLine(text, kind string) []screentree.Object {
	p.t.Helper()
	var found []screentree.Object
	waitUntil(p.t, kind+" beside «"+text+"»", func() bool {
		label, ok := p.find(text)
		if !ok {
			return false
		}
		found = nil
		for _, o := range p.objects() {
			level := o.Y < label.Y+label.H && label.Y < o.Y+o.H
			if o.Type == kind && level && o.X >= label.X {
				found = append(found, o)
			}
		}
		slices.SortFunc(found, func(a, b screentree.Object) int { return cmp.Compare(a.X, b.X) })
		return len(found) > 0
	})
	return found
}

// under gives the nearest widget of a type that stands below a text and begins at its left edge.
func (p *program) under(text, kind string) screentree.Object {
	p.t.Helper()
	var best screentree.Object
	waitUntil(p.t, kind+" under «"+text+"»", func() bool {
		label, ok := p.find(text)
		if !ok {
			return false
		}
		best = screentree.Object{}
		for _, o := range p.objects() {
			below := o.Y >= label.Y+label.H-2 && o.X < label.X+8 && o.X+o.W > label.X
			if o.Type == kind && below && (best.Type == "" || o.Y < best.Y) {
				best = o
			}
		}
		return best.Type != ""
	})
	return best
}

// scrollTo turns the wheel over a place until a text is whole on screen. Each turn waits for what the one before did: on a
// busy machine turns queue up, and what is pressed next would have moved on by then.
func (p *program) scrollTo(text string, x, y float32) {
	p.t.Helper()
	p.xdotool("mousemove", "--window", p.window, strconv.Itoa(int(x)), strconv.Itoa(int(y)))
	const enough = 20           // looks after which a turn went nowhere: the pointer had not arrived yet
	var under screentree.Object // a text near the place; it moves when a turn is answered
	turns, looks := 0, 0        // turns that were not answered, and looks since the last one
	waitUntil(p.t, "«"+text+"» after scrolling", func() bool {
		if turns > 0 && looks < enough {
			looks++
			if !slices.Contains(p.objects(), under) {
				turns, looks, under = turns-1, 0, p.nearest(x, y)
			}
			if turns > 0 {
				return false
			}
		}
		if o, ok := p.find(text); ok && o.H > 12 && o.Y < 600 {
			return true
		}
		if under = p.nearest(x, y); under.Text != "" {
			p.xdotool("click", "5")
			turns, looks = turns+1, 0
		}
		return false
	})
}

// nearest gives the text whose middle is nearest to a place.
func (p *program) nearest(x, y float32) (best screentree.Object) {
	away := func(o screentree.Object) float64 {
		return math.Hypot(float64(o.X+o.W/2-x), float64(o.Y+o.H/2-y))
	}
	for _, o := range p.objects() {
		if o.Text != "" && (best.Text == "" || away(o) < away(best)) {
			best = o
		}
	}
	return best
}

// toText writes a value of a document, to be searched.
func toText(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// seeContaining waits until a text that contains some words is on screen.
func (p *program) seeContaining(words string) {
	p.t.Helper()
	waitUntil(p.t, "a text with «"+words+"»", func() bool {
		return slices.ContainsFunc(p.objects(), func(o screentree.Object) bool { return strings.Contains(o.Text, words) })
	})
}
