//go:build linux

package windowtest

import (
	"bytes"
	"encoding/json"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diapason/assets/words"
)

// album is where the pictures go and which variant they show.
type album struct {
	dir, theme, lang string
}

// take keeps a picture of the window once it holds still, without the pointer over anything.
func (a album) take(p *program, name string) {
	p.t.Helper()
	p.xdotool("mousemove", "1495", "895")
	path := filepath.Join(a.dir, name+"-"+a.theme+"-"+a.lang+".png")
	var before []byte
	still := func() bool {
		if out, err := x(exec.Command("scrot", "--overwrite", "--focused", path)).CombinedOutput(); err != nil {
			p.t.Fatalf("scrot: %v\n%s", err, out)
		}
		now, err := os.ReadFile(path)
		if err != nil {
			p.t.Fatal(err)
		}
		same := bytes.Equal(before, now)
		before = now
		return same
	}
	for deadline := time.Now().Add(5 * time.Second); !still() && time.Now().Before(deadline); time.Sleep(look) {
		continue // a spinner never holds still: then the last picture is kept
	}
	squeeze(p.t, path)
}

// squeeze writes a picture again as small as it goes, and makes sure that it shows something: many colours.
func squeeze(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	colours := map[color.Color]bool{}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			colours[picture.At(x, y)] = true
		}
	}
	if len(colours) < 50 {
		t.Errorf("%s shows nothing", path)
	}
	var small bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&small, picture); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, small.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// showroom makes the workspace that is shown: the demonstration's, played to its end, with one value that somebody
// changed on the trial directory since, and many in the Google account.
func showroom(t *testing.T) (home, workspace string) {
	t.Helper()
	home, workspace = newHome(t), filepath.Join(t.TempDir(), "espace")
	commandWith(t, at(home), workspace, "demo")
	path := filepath.Join(workspace, "annuaire-essai.json")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(raw), "+33199004242", "+33199004299", 1)
	if changed == string(raw) {
		t.Fatal("the trial directory does not show what the demonstration published")
	}
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	stir(t, workspace)
	return home, workspace
}

// someRows is a file of which two rows create, one updates, one changes nothing and one is rejected. Nobody knows what
// its last column means, so that the assistant asks.
const someRows = "Identifiant;Nom;Rue et numéro;Code postal;Ville;Pays;Téléphone;Catégories;Chef de secteur\n" +
	"DEMO-01;Hôtel du Vieux Port Imaginaire;12 quai des Songes;13002;Marseille;FR;04 65 71 10 99;Hôtel;Mme Ici\n" +
	"DEMO-12;Bar Le Dernier Quartier;9 passage de l’Éclipse;75011;Paris;FR;01 99 00 10 12;Bar;M. Là\n" +
	"DEMO-13;Chocolaterie La Fève Errante;4 rue du Cacao;64000;Pau;FR;05 36 49 10 13;Chocolatier;Mme Ici\n" +
	"DEMO-14;;7 rue Sans Nom;44000;Nantes;FR;02 61 91 10 14;Boutique;M. Là\n" +
	"DEMO-15;Cinéma Le Plan Fixe;1 place de l’Image;69002;Lyon;FR;04 65 71 10 15;Cinéma;Mme Ici\n"

// TestScreenshotsOfEveryScreen walks through every screen. DIAPASON_SCREENSHOTS names a folder to keep the pictures of
// both themes and both languages in ("make screenshots"); without it one variant is walked through.
func TestScreenshotsOfEveryScreen(t *testing.T) {
	dir := os.Getenv("DIAPASON_SCREENSHOTS")
	variants := []album{
		{dir, "light", "fr"}, {dir, "dark", "fr"}, {dir, "light", "en"}, {dir, "dark", "en"},
	}
	if dir == "" {
		variants = []album{{t.TempDir(), "light", "fr"}}
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	home, original := showroom(t)
	file := filepath.Join(t.TempDir(), "etablissements.csv")
	if err := os.WriteFile(file, []byte(someRows), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := words.Use(words.Languages[0]); err != nil {
			t.Error(err)
		}
	})
	for _, a := range variants {
		t.Run(a.theme+"-"+a.lang, func(t *testing.T) {
			if err := words.Use(a.lang); err != nil {
				t.Fatal(err)
			}
			workspace := filepath.Join(t.TempDir(), "espace")
			if err := os.CopyFS(workspace, os.DirFS(original)); err != nil {
				t.Fatal(err)
			}
			a.firstUse(t)
			keep(t, filepath.Join(home, ".config"), a.preferences(t))
			p := openAt(t, home, workspace) // where the key of its secrets is
			a.list(p)
			a.pane(p)
			a.assistant(p, file)
			a.agenda(p)
			a.contacts(p)
			a.tools(p)
			a.books(p)
			p.close()
		})
	}
}

// preferences are the choices of theme and language, as the program keeps them.
func (a album) preferences(t *testing.T) map[string]any {
	t.Helper()
	return map[string]any{"theme": a.theme, "language": a.lang}
}

func (a album) firstUse(t *testing.T) {
	t.Helper()
	p := openWith(t, filepath.Join(t.TempDir(), "vide"), a.preferences(t))
	p.see(words.T("shell.place.establishments"))
	a.take(p, "01-empty")
	p.close()
}

func (a album) list(p *program) {
	p.t.Helper()
	waitUntil(p.t, "the list", func() bool { return len(p.rows()) > 5 })
	for _, row := range p.rows()[:3] {
		p.click(row.X+32, row.Y+row.H/2)
	}
	p.see(words.T("list.syncCount", "n", "3"))
	a.take(p, "02-list")
	p.press(words.T("list.filterStatus"))
	a.take(p, "03-filter")
	p.key("Escape")
	p.key("Escape")
}

func (a album) pane(p *program) {
	p.t.Helper()
	p.key("ctrl+f")
	p.write("bastien lepage") // where the demonstration's first choice stands
	waitUntil(p.t, "the row that was sought", func() bool { return len(p.rows()) == 1 })
	row := p.rows()[0]
	p.click(row.X+120, row.Y+row.H/2)
	p.see(words.T("profile.tab.profile"))
	a.take(p, "04-profile")
	p.press(words.T("profile.tab.hours"))
	a.take(p, "05-hours")
	p.press(words.T("profile.tab.directories"))
	buttons := p.onLine(words.T("demo.account"), "*widgets.Button")
	p.middle(buttons[len(buttons)-1]) // unfolds the directory
	p.press(words.T("profile.directories.check"))
	waitUntil(p.t, "the difference", func() bool { return p.count(words.T("word.drift")) > 0 })
	a.take(p, "06-directories")
	p.press(words.T("profile.tab.history"))
	a.take(p, "07-history")
	p.key("Escape")
}

func (a album) assistant(p *program, file string) {
	p.t.Helper()
	p.drop(600, 400, file)
	p.see(words.T("importwizard.toPreview"))
	a.take(p, "08-import-columns")
	p.press(words.T("importwizard.toPreview"))
	p.see(words.N("importwizard.apply", 3))
	a.take(p, "09-import-preview")
	p.press(words.N("importwizard.apply", 3))
	p.see(words.T("importwizard.result.done"))
	a.take(p, "10-import-result")
	p.press(words.T("importwizard.finish"))
}

// agenda shows the demonstration's week, a reservation, a new link, the month and the list.
func (a album) agenda(p *program) {
	p.t.Helper()
	p.press(words.T("shell.place.agenda"))
	p.see(words.T("agenda.heading"))
	p.press(words.T("agenda.view.week"))
	block := p.see("État des lieux")
	a.take(p, "19-agenda-week")
	p.click(block.X+10, block.Y+block.H/2)
	p.see(words.T("agenda.save"))
	a.take(p, "20-agenda-reservation")
	p.key("Escape")
	p.key("ctrl+s")
	field := p.under(words.T("sharing.field.owner"), "*widgets.Dropdown")
	p.middle(field)
	p.press("Camille Brunet")
	p.press(words.T("sharing.create"))
	p.see(words.T("sharing.another"))
	a.take(p, "21-agenda-link")
	p.key("ctrl+s")
	p.press(words.T("agenda.view.month"))
	a.take(p, "22-agenda-month")
	p.press(words.T("agenda.view.list"))
	a.take(p, "23-agenda-list")
}

func (a album) tools(p *program) {
	p.t.Helper()
	for _, place := range []string{"activity", "integrations", "settings"} {
		p.press(words.T("shell.place." + place))
		waitUntil(p.t, "the screen "+place, func() bool { return p.count(words.T("shell.place."+place)) > 1 })
		a.take(p, map[string]string{
			"activity": "11-activity", "integrations": "12-integrations", "settings": "13-settings",
		}[place])
		switch place {
		case "activity":
			a.activity(p)
		case "integrations":
			a.fault(p)
		}
	}
	p.press(words.T("settings.tab.planning"))
	p.see(words.T("schedule.kind.publish"))
	a.take(p, "14-planning")
}

// activity opens the report of the import that had a failure, then what waits for a decision.
func (a album) activity(p *program) {
	p.t.Helper()
	buttons := p.onLine(words.N("activity.failures", 1), "*widgets.Button")
	p.middle(buttons[len(buttons)-1])
	p.see(words.T("activity.save"))
	a.take(p, "15-report")
	p.press(words.T("activity.tab.waitingCount", "n", "1"))
	p.see(words.T("decisions.accept"))
	a.take(p, "16-to-decide")
	p.press(words.T("activity.tab.runs"))
}

// fault makes the demonstration's directory go wrong, and mends it.
func (a album) fault(p *program) {
	p.t.Helper()
	buttons := p.onLine(words.T("demo.account"), "*widgets.Button")
	p.middle(buttons[len(buttons)-1])
	p.press(words.T("integrations.simulate"))
	p.see(words.T("integrations.simulateDo"))
	a.take(p, "17-simulate")
	p.press(words.T("integrations.simulateDo"))
	p.see(words.T("integrations.restore"))
	a.take(p, "18-simulated")
	p.press(words.T("integrations.restore"))
	p.gone(words.T("integrations.restore"))
	answers := words.T("integrations.tested", "name", words.T("demo.account"))
	p.see(answers)
	p.gone(answers)
}

// keep writes the preferences where the program will look for them.
func keep(t *testing.T, config string, preferences map[string]any) {
	t.Helper()
	if preferences == nil {
		return
	}
	dir := filepath.Join(config, "fyne", "org.diapason.Diapason")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(preferences)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "preferences.json"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
