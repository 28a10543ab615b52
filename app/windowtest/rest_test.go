//go:build linux

package windowtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"diapason/app/windowtest/screentree"
)

// rest is how long the window is watched while nobody touches it.
const rest = 30 * time.Second

// BenchmarkRest is what the window takes with 100,000 establishments while nobody touches it: memory that is its own (goal:
// 300 MB), memory with the pages of the database's file and of the libraries, and the share of one processor (goal: 1.5 %).
// Fyne wakes up sixty times a second to look for events, whatever a program does; so the least program with a list is
// watched beside it, for as long and at the same time.
func BenchmarkRest(b *testing.B) {
	home, workspace := newHome(b), filepath.Join(b.TempDir(), "espace")
	command(b, workspace, "import", "establishments", numbered(b, 100_000))
	command(b, workspace, "account", "add", "geojson", "--name", "Carte", "--set", "folder="+b.TempDir())
	env := append(at(home), "DIAPASON_WORKSPACE="+workspace, screentree.FirstTextVariable+"=Établissement 0")
	bare, bareEnv := bareList(b), append(at(newHome(b)), screentree.FirstTextVariable+"=Établissement 0")
	var anonymous, resident, busy, floor float64
	for b.Loop() {
		running(b, screentree.FirstText, func(ours int, _ string) {
			running(b, screentree.FirstText, func(least int, _ string) {
				untilCalm(b, ours)
				untilCalm(b, least)
				before, beforeLeast, began := processorTime(b, ours), processorTime(b, least), time.Now()
				time.Sleep(rest)
				took := time.Since(began).Seconds()
				busy = 100 * (processorTime(b, ours) - before).Seconds() / took
				floor = 100 * (processorTime(b, least) - beforeLeast).Seconds() / took
				anonymous, resident = memory(b, ours, "Anonymous"), memory(b, ours, "Rss")
			}, bareEnv, bare, "100000")
		}, env, desk.program)
	}
	b.ReportMetric(0, "ns/op") // the time of starting and watching says nothing
	b.ReportMetric(anonymous, "anonymous-MB")
	b.ReportMetric(resident, "rss-MB")
	b.ReportMetric(busy, "cpu-percent")
	b.ReportMetric(floor, "bare-list-cpu-percent")
	b.ReportMetric(busy/floor, "times-bare-list-cpu")
}

// untilCalm waits until a program that has started has read everything: until it uses next to no time for a second.
func untilCalm(b *testing.B, pid int) {
	b.Helper()
	const calm = 50 * time.Millisecond
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		before := processorTime(b, pid)
		time.Sleep(time.Second)
		if processorTime(b, pid)-before <= calm {
			return
		}
	}
	b.Fatalf("the program is still busy %v after its first row", patience)
}

// processorTime is what a process has used so far, in the kernel's ticks of 10 ms (proc(5), stat: utime and stime).
func processorTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	// The second field is the program's name in brackets; the third comes after them.
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	ticks := 0
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// memory reads a line of what a process has in memory, in MB (proc(5), smaps_rollup).
func memory(b *testing.B, pid int, line string) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		b.Fatal(err)
	}
	for text := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(text, line+":"); ok {
			kB := 0
			if _, err := fmt.Sscan(rest, &kB); err != nil {
				b.Fatal(err)
			}
			return float64(kB) / 1024
		}
	}
	b.Fatalf("no line %q in\n%s", line, raw)
	return 0
}
