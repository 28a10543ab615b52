//go:build linux

package windowtest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"diapason/app/windowtest/screentree"
)

// pairs is how many times both programs are started, by turns, so that a busy moment of the machine strikes both.
const pairs = 7

// BenchmarkWindowStart is the time from the start of the process to the first row on screen, against that of the least
// program with a Fyne list of as many rows (goal: 1.5 times).
func BenchmarkWindowStart(b *testing.B) {
	bare := filepath.Join(b.TempDir(), "barelist")
	build := exec.Command("go", "build", "-tags", "migrated_fynedo", "-buildvcs=false", "-o", bare, "./barelist")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
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

// numbered writes establishments named "Établissement 000000" and on, the way the bare list names its rows.
func numbered(b *testing.B, rows int) string {
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
func firstText(b *testing.B, env []string, name string, args ...string) time.Duration {
	b.Helper()
	process := x(exec.Command(name, args...))
	process.Env = append(process.Env, env...)
	stderr, err := process.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := process.Start(); err != nil {
		b.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { process.Process.Kill() }) //nolint:errcheck // it may have ended
	defer late.Stop()
	said := ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if lines.Text() == screentree.FirstText {
			took := time.Since(began)
			end(b, process)
			return took
		}
		said += lines.Text() + "\n"
	}
	process.Wait() //nolint:errcheck // what it said tells more
	b.Fatalf("%s ended or was killed before its first row was shown:\n%s", name, said)
	return 0
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
	slices.Sort(all)
	return all[len(all)/2]
}
