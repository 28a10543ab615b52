//go:build linux

package windowtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"diapason/app/windowtest/screentree"
)

// pairs is how many times both programs are started, by turns, so that a busy moment of the machine strikes both.
const pairs = 7

// BenchmarkWindowStart is the time from the start of the process to the first row on screen, against that of the least
// program with a Fyne list of as many rows (goal: 1.5 times).
func BenchmarkWindowStart(b *testing.B) {
	bare := bareList(b)
	for _, rows := range []int{12, 100_000} {
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			home, workspace := newHome(b), filepath.Join(b.TempDir(), "espace")
			command(b, workspace, "import", "establishments", numbered(b, rows))
			command(b, workspace, "account", "add", "geojson", "--name", "Carte", "--set", "folder="+b.TempDir())
			env := append(at(home), "DIAPASON_WORKSPACE="+workspace, screentree.FirstTextVariable+"=Établissement 0")
			var ours, theirs []time.Duration
			for b.Loop() {
				for range pairs {
					ours = append(ours, firstText(b, env, desk.program))
					theirs = append(theirs, firstText(b, env, bare, strconv.Itoa(rows)))
				}
			}
			b.ReportMetric(0, "ns/op") // both programs' times together say nothing
			b.ReportMetric(float64(median(ours).Milliseconds()), "diapason-ms")
			b.ReportMetric(float64(median(theirs).Milliseconds()), "bare-ms")
			b.ReportMetric(float64(median(ours))/float64(median(theirs)), "ratio")
		})
	}
}

// BenchmarkFrame is the time of one frame while the wheel turns over 100,000 rows, from the turn until the new rows are on
// screen, against that of the bare Fyne list scrolled by as much (goal for people: no frame above some 20 ms beyond it).
// A notch moves a row at most; a page brings other rows in every frame, as dragging the bar does.
func BenchmarkFrame(b *testing.B) {
	const rows = 100_000
	bare := bareList(b)
	home, workspace := newHome(b), filepath.Join(b.TempDir(), "espace")
	command(b, workspace, "import", "establishments", numbered(b, rows))
	command(b, workspace, "account", "add", "geojson", "--name", "Carte", "--set", "folder="+b.TempDir())
	for _, by := range []struct{ name, units string }{{"notch", "25"}, {"page", "700"}} {
		b.Run(by.name, func(b *testing.B) {
			env := append(at(home), "DIAPASON_WORKSPACE="+workspace,
				screentree.FirstTextVariable+"=Établissement 0", screentree.FramesVariable+"="+by.units)
			var ours, theirs []time.Duration
			for b.Loop() {
				for range 3 {
					ours = append(ours, frames(b, env, desk.program)...)
					theirs = append(theirs, frames(b, env, bare, strconv.Itoa(rows))...)
				}
			}
			b.ReportMetric(0, "ns/op") // both programs' times together say nothing
			ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
			b.ReportMetric(ms(median(ours)), "diapason-ms")
			b.ReportMetric(ms(quantile(ours, 95)), "diapason-p95-ms")
			b.ReportMetric(ms(median(theirs)), "bare-ms")
			b.ReportMetric(ms(quantile(theirs, 95)), "bare-p95-ms")
			b.ReportMetric(float64(median(ours))/float64(median(theirs)), "ratio")
		})
	}
}

// bareList builds the least program with a list.
func bareList(b *testing.B) string {
	b.Helper()
	bare := filepath.Join(b.TempDir(), "barelist")
	build := exec.Command("go", "build", "-tags", "migrated_fynedo", "-buildvcs=false", "-o", bare, "./barelist")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return bare
}

// numbered writes establishments named "Établissement 000000" and on, the way the bare list names its rows.
func numbered(b testing.TB, rows int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "numbered.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "identifier;status;name;streetAndNumber;zip;city;country;phone")
	for i := range rows {
		fmt.Fprintf(w, "N-%06d;active;Établissement %06d;%d rue Haute;75001;Paris;FR;01 99 00 %02d %02d\n", i, i, i%200+1, i/100%100, i%100)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// firstText starts a program, measures until it says that its first row is shown, and ends it.
func firstText(b *testing.B, env []string, name string, args ...string) (took time.Duration) {
	b.Helper()
	began := time.Now()
	untilSaid(b, screentree.FirstText, func(string) { took = time.Since(began) }, env, name, args...)
	return took
}

// frames starts a program that scrolls its list, gives the time of each frame, and ends it.
func frames(b *testing.B, env []string, name string, args ...string) (took []time.Duration) {
	b.Helper()
	untilSaid(b, screentree.Frames, func(list string) {
		var micros []int64
		if err := json.Unmarshal([]byte(list), &micros); err != nil {
			b.Fatal(err)
		}
		for _, n := range micros {
			took = append(took, time.Duration(n)*time.Microsecond)
		}
	}, env, name, args...)
	return took
}

// untilSaid runs a program until it says a line that begins so, hands over the rest of that line, and ends the program.
func untilSaid(b *testing.B, beginning string, said func(rest string), env []string, name string, args ...string) {
	b.Helper()
	running(b, beginning, func(_ int, rest string) { said(rest) }, env, name, args...)
}

// running is untilSaid for what is done with the process while it runs.
func running(b *testing.B, beginning string, said func(pid int, rest string), env []string, name string, args ...string) {
	b.Helper()
	process := x(exec.Command(name, args...))
	process.Env = append(process.Env, env...)
	stderr, err := process.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := process.Start(); err != nil {
		b.Fatal(err)
	}
	late := time.AfterFunc(2*patience, func() { process.Process.Kill() }) //nolint:errcheck // it may have ended
	defer late.Stop()
	other := ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), beginning); ok {
			said(process.Process.Pid, rest)
			end(b, process)
			return
		}
		other += lines.Text() + "\n"
	}
	process.Wait() //nolint:errcheck // what it said tells more
	b.Fatalf("%s ended or was killed before it said %q:\n%s", name, beginning, other)
}

// end asks a program to end as the system does, and waits until the workspace is free again.
func end(b *testing.B, process *exec.Cmd) {
	b.Helper()
	if err := process.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	process.Wait() //nolint:errcheck // the bare program has no end but the signal
}

func median(all []time.Duration) time.Duration {
	return quantile(all, 50)
}

func quantile(all []time.Duration, percent int) time.Duration {
	slices.Sort(all)
	return all[len(all)*percent/100]
}
