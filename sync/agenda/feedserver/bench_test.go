package feedserver_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"diapason/sync/agenda/feedserver"
)

const (
	benchEvents = 10_000
	// benchReaders read at once, as many as the machine of the figures has cores.
	benchReaders = 2
)

// benchFeed writes 10,000 events of the usual length: some 600 bytes each, with accents and two lines of description.
func benchFeed() []byte {
	var b bytes.Buffer
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Diapason//bench//FR\r\n")
	start := time.Date(2026, time.January, 1, 8, 0, 0, 0, time.UTC)
	for i := range benchEvents {
		at := start.Add(time.Duration(i) * 50 * time.Minute)
		const stamp = "20060102T150405Z"
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:0199a3f0-0000-7000-8000-%012d@agenda.example\r\nDTSTAMP:%s\r\nDTSTART:%s\r\nDTEND:%s\r\n"+
			"SUMMARY:Répétition générale nº %d de l’ensemble vocal\r\nLOCATION:Salle des fêtes\\, 12 rue des Érables\\, 35000 Rennes\r\n"+
			"DESCRIPTION:Apporter les partitions du programme d’été et de quoi écri\r\n re.\\nÉchauffement un quart d’heure avant\\, merci d’être à l’heure.\r\n"+
			"CATEGORIES:Répétition\r\nURL:https://agenda.example/reservations/%d\r\nSTATUS:CONFIRMED\r\nSEQUENCE:%d\r\nCREATED:%s\r\n"+
			"LAST-MODIFIED:%s\r\nEND:VEVENT\r\n",
			i, start.Format(stamp), at.Format(stamp), at.Add(time.Hour).Format(stamp), i, i, i%7, start.Format(stamp), start.Format(stamp))
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.Bytes()
}

// wire is a connection that reads the same thing again and again, with as little of its own as possible: it runs on the
// machine that is measured.
type wire struct {
	*testing.B
	conn    net.Conn
	in      *bufio.Reader
	request []byte
}

func dial(b *testing.B, address, path string, headers ...string) *wire {
	b.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	request := "GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n"
	return &wire{b, conn, bufio.NewReaderSize(conn, 256<<10), []byte(request)}
}

func (w *wire) close() {
	if err := w.conn.Close(); err != nil {
		w.Error(err)
	}
}

// read asks once and takes the answer away; it gives the length of the body.
func (w *wire) read(status string) int {
	if _, err := w.conn.Write(w.request); err != nil {
		w.Error(err)
		return 0
	}
	lines := textproto.NewReader(w.in)
	first, err := lines.ReadLine()
	if err != nil || !strings.Contains(first, " "+status+" ") {
		w.Errorf("%q, not %s: %v", first, status, err)
		return 0
	}
	header, err := lines.ReadMIMEHeader()
	if err != nil {
		w.Error(err)
		return 0
	}
	length := header.Get("Content-Length")
	if length == "" {
		return 0
	}
	n, err := strconv.Atoi(length)
	if err == nil {
		n, err = w.in.Discard(n)
	}
	if err != nil {
		w.Error(err)
	}
	return n
}

// readers read b.N times between them, and report how often in a second and how long one waited.
func readers(b *testing.B, r *rig, token, status string, headers ...string) {
	b.Helper()
	var all []*wire
	for range benchReaders {
		w := dial(b, strings.TrimPrefix(r.base, "http://"), feedserver.Path(token), headers...)
		defer w.close()
		w.read(status)
		all = append(all, w)
	}
	waits := make([][]time.Duration, benchReaders)
	var reading stdsync.WaitGroup
	b.ResetTimer()
	for i, w := range all {
		reading.Go(func() {
			for n := i; n < b.N && !b.Failed(); n += benchReaders {
				begun := time.Now()
				w.read(status)
				waits[i] = append(waits[i], time.Since(begun))
			}
		})
	}
	reading.Wait()
	b.StopTimer()
	waited := slices.Concat(waits...)
	slices.Sort(waited)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
	if len(waited) > 0 {
		b.ReportMetric(float64(waited[len(waited)*95/100].Microseconds())/1000, "p95-ms")
	}
}

// benchRig serves the feed of 10,000 events.
func benchRig(b *testing.B) (r *rig, token string, body *feedserver.Body) {
	b.Helper()
	r = newRig(b, feedserver.Listen{})
	body, err := feedserver.NewBody("agenda.ics", benchFeed(), lastChange)
	if err != nil {
		b.Fatal(err)
	}
	return r, r.link(body), body
}

func BenchmarkFullReadOf10000Events(b *testing.B) {
	r, token, body := benchRig(b)
	b.SetBytes(int64(len(body.Plain)))
	readers(b, r, token, "200")
}

func BenchmarkCompressedReadOf10000Events(b *testing.B) {
	r, token, body := benchRig(b)
	b.SetBytes(int64(len(body.Gzip)))
	readers(b, r, token, "200", "Accept-Encoding: gzip")
}

func BenchmarkReadOf10000UnchangedEvents(b *testing.B) {
	r, token, body := benchRig(b)
	readers(b, r, token, "304", "If-None-Match: "+body.ETag)
}

// BenchmarkNewBodyOf10000Events is what each change of the agenda costs after the rendering.
func BenchmarkNewBodyOf10000Events(b *testing.B) {
	plain := benchFeed()
	for b.Loop() {
		if _, err := feedserver.NewBody("agenda.ics", plain, lastChange); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFullReadAgainstRadicale reads the same 10,000 events from Radicale, as Debian ships it, and from this server,
// by turns, over one connection each. What Radicale remembers of each event is there beforehand.
func BenchmarkFullReadAgainstRadicale(b *testing.B) {
	peer := startRadicale(b)
	r, token, body := benchRig(b)
	ours := dial(b, strings.TrimPrefix(r.base, "http://"), feedserver.Path(token))
	defer ours.close()
	const oursPerTurn = 200
	var own, theirs time.Duration
	turns := 0
	for b.Loop() {
		turns++
		begun := time.Now()
		events := peer.read()
		theirs += time.Since(begun)
		if events != benchEvents {
			b.Fatalf("Radicale gives %d events", events)
		}
		begun = time.Now()
		for range oursPerTurn {
			if n := ours.read("200"); n != len(body.Plain) {
				b.Fatalf("%d bytes", n)
			}
		}
		own += time.Since(begun)
	}
	perOwn, perTheirs := own.Seconds()/float64(turns*oursPerTurn), theirs.Seconds()/float64(turns)
	b.ReportMetric(1/perOwn, "reads/s")
	b.ReportMetric(1/perTheirs, "radicale-reads/s")
	b.ReportMetric(perTheirs/perOwn, "ratio")
}

// radicale is one that runs on this machine and has the events.
type radicale struct {
	*testing.B
	url string
}

func startRadicale(b *testing.B) radicale {
	b.Helper()
	const python = "/usr/bin/python3" // Debian's, which has Radicale
	if exec.Command(python, "-c", "import radicale").Run() != nil {
		if os.Getenv("CI") == "true" {
			b.Fatal("radicale is not installed")
		}
		b.Skip("radicale is not installed")
	}
	dir := b.TempDir()
	feed, folder := filepath.Join(dir, "feed.ics"), filepath.Join(dir, "collections")
	if err := os.WriteFile(feed, benchFeed(), 0o600); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.CommandContext(b.Context(), python, filepath.Join("testdata", "lay_down.py"), feed, folder).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(python, "-m", "radicale", "--config", "", "--server-hosts", address, "--auth-type", "none",
		"--storage-filesystem-folder", folder, "--rights-type", "authenticated", "--logging-level", "warning", "--web-type", "none")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			b.Error(err)
		}
		cmd.Wait() //nolint:errcheck // it was killed
	})
	p := radicale{b, "http://" + address + "/user/agenda/"}
	for {
		c, err := net.Dial("tcp", address)
		if err == nil {
			if err := c.Close(); err != nil {
				b.Fatal(err)
			}
			break
		}
		if b.Context().Err() != nil {
			b.Fatalf("radicale does not answer: %s", said.String())
		}
		time.Sleep(50 * time.Millisecond) // another program: nothing tells when it listens
	}
	p.read()
	return p
}

// read reads the collection and counts its events.
func (p radicale) read() int {
	request, err := http.NewRequestWithContext(p.Context(), http.MethodGet, p.url, nil)
	if err != nil {
		p.Fatal(err)
	}
	request.SetBasicAuth("user", "")
	response, err := (&http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}).Do(request)
	if err != nil {
		p.Fatal(err)
	}
	content, err := io.ReadAll(response.Body)
	if closing := response.Body.Close(); err == nil {
		err = closing
	}
	if err != nil || response.StatusCode != http.StatusOK {
		p.Fatalf("%d, %v: %.300s", response.StatusCode, err, content)
	}
	return bytes.Count(content, []byte("BEGIN:VEVENT"))
}
