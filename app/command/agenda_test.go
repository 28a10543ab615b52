package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

// served is a "serve" that goes on.
type served struct {
	*shell
	stderr *io.PipeReader
	ended  chan outcome
	end    context.CancelFunc
	links  []string // the beginnings of the links, as it said them
}

// serve starts "serve" and waits until it says where the links answer.
func (sh *shell) serve(args ...string) *served {
	sh.t.Helper()
	ctx, cancel := context.WithCancel(sh.t.Context())
	r, w := io.Pipe()
	s := &served{shell: sh, stderr: r, ended: make(chan outcome, 1), end: cancel}
	go func() {
		var stdout bytes.Buffer
		code := Run(ctx, sh.program(&stdout, w, append([]string{"serve", "--json"}, args...)...))
		s.ended <- outcome{code: code, stdout: stdout.String()}
		w.Close() //nolint:errcheck // the pipe's never fails
	}()
	lines := bufio.NewScanner(r)
	for working := false; len(s.links) == 0 && lines.Scan(); {
		_, address, ok := strings.Cut(lines.Text(), "répondent à ")
		if ok {
			s.links = append(s.links, address)
		} else if working {
			sh.t.Errorf("serve says %q", lines.Text())
			break
		}
		working = working || strings.Contains(lines.Text(), "Ctrl+C")
	}
	go io.Copy(io.Discard, r) //nolint:errcheck // it ends with the pipe
	sh.t.Cleanup(func() { cancel() })
	return s
}

// stop interrupts it, as Ctrl+C and SIGTERM do.
func (s *served) stop() outcome {
	s.t.Helper()
	s.end()
	o := <-s.ended
	if o.code != ExitDone {
		s.t.Errorf("serve: exit %d", o.code)
	}
	return o
}

// feed is what a reader got.
type feed struct {
	status int
	etag   string
	body   string
}

func (f feed) titles() []string { return f.values("SUMMARY") }

func (f feed) values(property string) (all []string) {
	for _, m := range regexp.MustCompile(`(?m)^`+property+`:(.*)\r$`).FindAllStringSubmatch(f.body, -1) {
		all = append(all, m[1])
	}
	slices.Sort(all)
	return all
}

// readLink reads a link as curl would; headers alternate names and values.
func (sh *shell) readLink(url string, headers ...string) feed {
	sh.t.Helper()
	request, err := http.NewRequestWithContext(sh.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		sh.t.Fatal(err)
	}
	request.Header.Set("User-Agent", "curl/8.5")
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	for errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) { // not rendered yet: a client comes again
		response, err = transport.RoundTrip(request)
	}
	if err != nil {
		sh.t.Fatal(err)
	}
	content, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		sh.t.Fatal(err)
	}
	return feed{response.StatusCode, response.Header.Get("ETag"), string(content)}
}

// agendaOf makes a workspace with a reservation of each of three types, a person, and a link to two of the types.
func agendaOf(t *testing.T) (sh *shell, link map[string]any) {
	t.Helper()
	sh = newShell(t)
	for kind, title := range map[string]string{"Répétition": "Filage", "rendez-vous": "Devis du toit", "Location de salle": "Anniversaire"} {
		doc := sh.ok("agenda", "import", sh.calendar(title), "--type", kind)
		wantNumbers(t, doc, map[string]float64{"created": 1, "updated": 0})
	}
	sh.ok("agenda", "person", "add", "Camille Aubier", "--email", "camille@example.com")
	link = sh.ok("agenda", "link", "add", "--person", "camille aubier", "--name", "Équipe", "--type", "Répétition", "--type", "Rendez-vous")
	return sh, link
}

// calendar writes a file with one event of tomorrow.
func (sh *shell) calendar(title string) string {
	day := time.Now().UTC().AddDate(0, 0, 1).Format("20060102")
	return sh.file(title+".ics", strings.Join([]string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Agenda//test//FR", "BEGIN:VEVENT", "UID:" + title + "@agenda.example",
		"DTSTAMP:20260301T080000Z", "DTSTART:" + day + "T140000Z", "DTEND:" + day + "T150000Z", "SUMMARY:" + title, "END:VEVENT",
		"END:VCALENDAR", "",
	}, "\r\n"))
}

func TestEventsSetAsideAreSaidWithTheirLinesInBothLanguages(t *testing.T) {
	sh := newShell(t)
	path := sh.file("odd.ics", strings.Join([]string{
		"BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:alone", "DTSTART:20260903T100000Z", "RECURRENCE-ID:20260903T100000Z", "SUMMARY:Sans série", "END:VEVENT",
		"BEGIN:VEVENT", "UID:nowhere", "DTSTART;TZID=Nowhere/Atall:20260903T083000", "SUMMARY:Goûter", "END:VEVENT",
		"BEGIN:VEVENT", "DTSTART:20260229", "END:VEVENT", "END:VCALENDAR", "",
	}, "\r\n"))
	for lang, want := range map[string][]string{
		"fr": {"Ligne 2\u00a0: «\u00a0Sans série\u00a0» est laissé de côté. ", "Ligne 8\u00a0: «\u00a0Goûter\u00a0» est laissé de côté. Le fuseau ", "Ligne 13\u00a0: «\u00a0…\u00a0» est laissé de côté. "},
		"en": {"Line 2: “Sans série” is set aside. ", "Line 8: “Goûter” is set aside. The time zone ", "Line 13: “…” is set aside. "},
	} {
		o := sh.run("agenda", "import", path, "--dry-run", "--lang", lang)
		if o.code != ExitFailures {
			t.Errorf("exit %d", o.code)
		}
		lines := strings.Split(o.stderr, "\n")
		for i, beginning := range want {
			if i >= len(lines) || !strings.HasPrefix(lines[i], beginning) || strings.TrimPrefix(lines[i], beginning) == "" {
				t.Errorf("said\n%s\nwant the beginning %q", o.stderr, beginning)
			}
		}
	}
}

func TestLinkIsReadFromServeWhatItsTypesSay(t *testing.T) {
	sh, link := agendaOf(t)
	url := link["url"].(string)
	serving := sh.serve()
	if len(serving.links) != 1 || !strings.HasPrefix(url, serving.links[0]+"/agenda/") {
		t.Fatalf("%s is served at %v", url, serving.links)
	}
	first := sh.readLink(url)
	if first.status != http.StatusOK || first.etag == "" {
		t.Fatalf("%d, ETag %q", first.status, first.etag)
	}
	if got := first.titles(); len(got) != 2 || !strings.Contains(got[0], "Devis du toit") || !strings.Contains(got[1], "Filage") {
		t.Errorf("it shows %q", got)
	}
	if again := sh.readLink(url, "If-None-Match", first.etag); again.status != http.StatusNotModified {
		t.Errorf("unchanged: %d", again.status)
	}
	if other := sh.readLink(url, "Host", "agenda.rebind.example"); other.status != http.StatusForbidden {
		t.Errorf("another Host: %d", other.status)
	}
	if nobody := sh.readLink(serving.links[0] + feedserver.Path(feedserver.NewToken())); nobody.status != http.StatusNotFound {
		t.Errorf("nobody's link: %d", nobody.status)
	}
	doc := serving.stop().document(t)
	if links := doc["links"].([]any); len(links) != 1 || links[0] != serving.links[0] {
		t.Errorf("the document says %v", doc)
	}

	serving = sh.serve() // another process
	if again := sh.readLink(url, "If-None-Match", first.etag); again.status != http.StatusNotModified {
		t.Errorf("after a restart: %d", again.status)
	}
	serving.stop()
	listed := sh.ok("agenda", "link", "list")["links"].([]any)[0].(map[string]any)
	if readings := listed["readings"].([]any); len(readings) != 1 || readings[0].(map[string]any)["client"] != "curl" {
		t.Errorf("readings: %v", listed["readings"])
	}
	if found := sh.ok("verify")["violations"].([]any); len(found) != 0 {
		t.Errorf("violations: %v", found)
	}
}

func TestRegeneratedAndRevokedLinksAreGone(t *testing.T) {
	sh, link := agendaOf(t)
	id, old := link["id"].(string), link["url"].(string)
	serving := sh.serve()
	before := sh.readLink(old)
	serving.stop()

	fresh := sh.ok("agenda", "link", "regenerate", "équipe")["url"].(string)
	serving = sh.serve()
	if got := sh.readLink(old); got.status != http.StatusGone {
		t.Errorf("the address of before: %d", got.status)
	}
	after := sh.readLink(fresh)
	if fresh == old || after.status != http.StatusOK || !slices.Equal(after.values("UID"), before.values("UID")) {
		t.Errorf("the new address: %d, UIDs %v, before %v", after.status, after.values("UID"), before.values("UID"))
	}
	serving.stop()

	if doc := sh.ok("agenda", "link", "revoke", id); doc["revoked"] != true {
		t.Errorf("%v", doc)
	}
	serving = sh.serve()
	for _, url := range []string{old, fresh} {
		if got := sh.readLink(url); got.status != http.StatusGone {
			t.Errorf("revoked: %d", got.status)
		}
	}
	serving.stop()
	if listed := sh.ok("agenda", "link", "list", "--urls")["links"].([]any)[0].(map[string]any); listed["revoked"] == nil || listed["url"] != nil {
		t.Errorf("listed: %v", listed)
	}
}

func TestLinksAreListedWithoutTheirSecret(t *testing.T) {
	sh, link := agendaOf(t)
	url := link["url"].(string)
	for _, lang := range []string{"fr", "en"} {
		for _, format := range [][]string{nil, {"--json"}} {
			o := sh.run(append([]string{"agenda", "link", "list", "--lang", lang}, format...)...)
			if o.code != ExitDone || !strings.Contains(o.stdout, "Équipe") || feedserver.Mask(o.stdout) != o.stdout {
				t.Errorf("exit %d: %s", o.code, o.stdout)
			}
		}
	}
	if o := sh.run("agenda", "link", "list", "--urls"); !strings.Contains(o.stdout, url) {
		t.Errorf("it was asked for: %s", o.stdout)
	}
}

func TestLinkIsRenderedToAFileOrToStandardOutput(t *testing.T) {
	sh, _ := agendaOf(t)
	o := sh.run("agenda", "render", "Équipe")
	if o.code != ExitDone || !strings.HasPrefix(o.stdout, "BEGIN:VCALENDAR\r\n") || strings.Count(o.stdout, "BEGIN:VEVENT") != 2 {
		t.Fatalf("exit %d: %s", o.code, o.stdout)
	}
	file := filepath.Join(sh.dir, "rendu.ics")
	doc := sh.ok("agenda", "render", "Équipe", file)
	wantNumbers(t, doc, map[string]float64{"events": 2, "bytes": float64(len(o.stdout))})
	content, err := os.ReadFile(file)
	if err != nil || string(content) != o.stdout {
		t.Errorf("%d bytes of %d, %v", len(content), len(o.stdout), err)
	}
	if doc := sh.ok("agenda", "render", "Équipe"); doc["file"] != "" {
		t.Errorf("%v", doc)
	}
}

func TestAgendaRefusesInWords(t *testing.T) {
	sh, _ := agendaOf(t)
	administrator := ""
	for _, p := range sh.ok("agenda", "person", "list")["persons"].([]any) {
		if p := p.(map[string]any); p["administrator"] == true {
			administrator = p["name"].(string)
		}
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"agenda", "import", "absent.ics"}, "absent.ics"},
		{[]string{"agenda", "import", sh.file("vide.ics", ""), "--type", "Répétition"}, "vide"},
		{[]string{"agenda", "import", sh.calendar("Bal"), "--type", "Bal"}, "Types connus\u00a0: Évènement"},
		{[]string{"agenda", "link", "add", "--person", "Personne d’autre", "--name", "x"}, "Aucune personne ne s’appelle Personne d’autre"},
		{[]string{"agenda", "link", "add", "--person", administrator, "--name", "x"}, administrator},
		{[]string{"agenda", "link", "add", "--person", "Camille Aubier", "--name", "x", "--detail", "tout"}, "--detail ne peut pas valoir"},
		{[]string{"agenda", "link", "add", "--name", "x"}, "--person"},
		{[]string{"agenda", "link", "revoke", "absent"}, "Aucun lien ne s’appelle absent"},
		{[]string{"agenda", "render", "absent"}, "Aucun lien ne s’appelle absent"},
		{[]string{"agenda", "link", "add", "--person", "Camille Aubier", "--name", "x", "--resource", "Salle"}, "Aucune ressource"},
		{[]string{"agenda"}, "import"},
		{[]string{"serve", "--lan", "partout"}, "partout"},
		{[]string{"serve", "--port", "80"}, "1024"},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			o := sh.run(tt.args...)
			if o.code != ExitUsage || !strings.Contains(o.stderr, tt.want) || o.stdout != "" {
				t.Errorf("exit %d, said %q on standard error, %q on standard output", o.code, o.stderr, o.stdout)
			}
		})
	}
	if links := sh.ok("agenda", "link", "list")["links"].([]any); len(links) != 1 {
		t.Errorf("%d links, one was made", len(links))
	}
}

func TestTwoOfANameAreToldApartByTheirIdentifier(t *testing.T) {
	all := []named{{"a", "Équipe"}, {"b", "equipe"}, {"c", "Chœur"}}
	if id, err := oneOf(all, "b", "unknown", "ambiguous"); id != "b" || err != nil {
		t.Errorf("%q, %v", id, err)
	}
	if id, err := oneOf(all, "chœur", "unknown", "ambiguous"); id != "c" || err != nil {
		t.Errorf("%q, %v", id, err)
	}
	for text, code := range map[string]string{"équipe": "ambiguous", "Orgue": "unknown"} {
		_, err := oneOf(all, text, "unknown", "ambiguous")
		var p *storage.Problem
		if !errors.As(err, &p) || p.Code != code {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestPersonWithTheNameOfAnotherIsAddedAndSaid(t *testing.T) {
	sh := newShell(t)
	first := sh.ok("agenda", "person", "add", "Émile Garnier")
	if names := first["namesakes"].([]any); len(names) != 0 {
		t.Errorf("the only one has namesakes: %v", names)
	}
	o := sh.run("agenda", "person", "add", "emile garnier", "--json")
	if o.code != ExitDone || !strings.Contains(o.stderr, "s’appelle aussi") || !strings.Contains(o.stderr, first["id"].(string)) {
		t.Errorf("exit %d, %s", o.code, o.stderr)
	}
	if names := o.document(t)["namesakes"].([]any); len(names) != 1 || names[0] != first["id"] {
		t.Errorf("%v", names)
	}
	o = sh.run("agenda", "person", "add", "Emile Garnier", "--lang", "en")
	if o.code != ExitDone || !strings.Contains(o.stderr, "2 others are called") {
		t.Errorf("exit %d, %s", o.code, o.stderr)
	}
	if o := sh.run("agenda", "link", "add", "--person", "Émile Garnier", "--name", "Famille"); o.code != ExitUsage { // which one?
		t.Errorf("exit %d, %s", o.code, o.stderr)
	}
}

func TestCalendarFileThatIsNotThereIsSaidInWords(t *testing.T) {
	sh := newShell(t)
	folder, missing := t.TempDir(), filepath.Join(t.TempDir(), "absent.ics")
	for _, tt := range []struct{ path, lang, code, says string }{
		{folder, "fr", "command.calendarFolder", "est un dossier. Donner le fichier"},
		{folder, "en", "command.calendarFolder", "is a folder. Give the calendar file"},
		{missing, "fr", "file.notFound", "est introuvable. Vérifier"},
		{missing, "en", "file.notFound", "Check that it"},
	} {
		o := sh.run("agenda", "import", tt.path, "--lang", tt.lang, "--json")
		if o.code != ExitUsage || !strings.Contains(o.stderr, tt.says) || !strings.Contains(o.stderr, tt.path) {
			t.Errorf("%s: exit %d, %s", tt.path, o.code, o.stderr)
		}
		if code := o.document(t)["error"].(map[string]any)["code"]; code != tt.code {
			t.Errorf("%s: %v", tt.path, code)
		}
	}
}

func TestWorkspaceOpenedFirstInEnglishHasEnglishTypes(t *testing.T) {
	sh := newShell(t)
	sh.ok("agenda", "person", "add", "Camille", "--lang", "en")
	sh.ok("agenda", "link", "add", "--person", "Camille", "--name", "Team", "--type", "Rehearsal") // in French from now on
	if o := sh.run("agenda", "link", "add", "--person", "Camille", "--name", "Équipe", "--type", "Répétition"); o.code != ExitUsage {
		t.Errorf("exit %d, %s", o.code, o.stderr)
	}
}
