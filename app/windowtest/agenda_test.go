//go:build linux

package windowtest

import (
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"diapason/app/windowtest/screentree"
)

// drag presses the mouse at a place of the window, moves it in small steps and lets it go at another.
func (p *program) drag(x1, y1, x2, y2 float32) {
	p.t.Helper()
	at := func(x, y float32) []string {
		return []string{"mousemove", "--window", p.window, strconv.Itoa(int(x)), strconv.Itoa(int(y))}
	}
	p.xdotool(append(at(x1, y1), "mousedown", "1")...)
	const steps = 12
	for i := 1; i <= steps; i++ {
		p.xdotool(at(x1+(x2-x1)*float32(i)/steps, y1+(y2-y1)*float32(i)/steps)...)
	}
	p.xdotool("mouseup", "1")
}

// feed reads a link as a calendar program does, until it is as wanted.
func feed(t *testing.T, address string, wanted func(body string) bool) string {
	t.Helper()
	body := ""
	waitUntil(t, "the feed", func() bool {
		response, err := http.Get(address)
		if err != nil {
			return false
		}
		defer response.Body.Close()
		raw, err := io.ReadAll(response.Body)
		body = string(raw)
		return err == nil && response.StatusCode == http.StatusOK && wanted(body)
	})
	return body
}

// sequenceOf gives the SEQUENCE of the event whose title is Audition; 0 when it says none.
func sequenceOf(t *testing.T, body string) int {
	t.Helper()
	for event := range strings.SplitSeq(body, "BEGIN:VEVENT") {
		if !strings.Contains(event, "Audition") {
			continue
		}
		_, after, found := strings.Cut(event, "\r\nSEQUENCE:")
		if !found {
			return 0
		}
		text, _, _ := strings.Cut(after, "\r\n")
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	t.Fatalf("the feed does not show it:\n%s", body)
	return 0
}

// last finds the last object with a text: the one in the panel at the right, when the screen says it twice.
func (p *program) last(text string) (found screentree.Object) {
	p.t.Helper()
	waitUntil(p.t, "«"+text+"»", func() (ok bool) {
		for _, o := range p.objects() {
			if o.Text == text && o.X >= found.X {
				found, ok = o, true
			}
		}
		return ok
	})
	return found
}

// copied presses « Copier » and reads the clipboard: pasted into the search field, which shows all of it.
func (p *program) copied() string {
	p.t.Helper()
	p.press("Copier")
	p.key("ctrl+f", "ctrl+v")
	address := ""
	waitUntil(p.t, "the address that was copied", func() bool {
		for _, o := range p.objects() {
			if strings.HasPrefix(o.Text, "http://") && strings.HasSuffix(o.Text, ".ics") {
				address = o.Text
			}
		}
		return address != ""
	})
	p.key("ctrl+a", "BackSpace")
	p.press("Semaine")
	p.see("Jours") // the band of whole days: the week stands where the list was
	return address
}

func TestReservationIsCreatedByDraggingAndReadThroughALink(t *testing.T) {
	p := open(t, filepath.Join(t.TempDir(), "espace"), "demo")
	p.press("Agenda")
	visit := p.see("Visite d’un deux-pièces") // from 9 h to 10 h: free time is below
	p.drag(visit.X+20, visit.Y+30, visit.X+20, visit.Y+68)
	p.see("Titre")
	p.write("Audition")
	p.key("Return")
	p.see("«\u00a0Audition\u00a0» ajouté")

	p.press("Synchroniser")
	field := p.under("Propriétaire", "*widgets.Dropdown")
	p.click(field.X+field.W/2, field.Y+field.H/2)
	p.press("Camille Brunet")
	for _, kind := range []string{"Prestation pédagogique", "Répétition", "Location de salle", "Séjour"} {
		o := p.last(kind)
		p.click(o.X+8, o.Y+o.H/2)
	}
	p.press("Créer le lien")
	p.see("Copier")
	address := p.copied()
	body := feed(t, address, func(body string) bool { return strings.Contains(body, "Audition") })
	for _, other := range []string{"Régate", "Chorale", "Gravure", "Chambre 7"} {
		if strings.Contains(body, other) {
			t.Errorf("the link shows %s, of a type that is not ticked", other)
		}
	}
	if !strings.Contains(body, "Brunch") || !strings.Contains(body, "Estimation") {
		t.Errorf("the link does not show the two types that are ticked:\n%s", body)
	}
	before := sequenceOf(t, body)

	p.press("Audition")
	p.see("Enregistrer")
	title := p.under("Titre", "*widgets.entry")
	p.click(title.X+title.W/2, title.Y+title.H/2)
	p.key("End")
	p.write(" finale")
	p.press("Enregistrer")
	body = feed(t, address, func(body string) bool { return strings.Contains(body, "Audition finale") })
	if after := sequenceOf(t, body); after <= before {
		t.Errorf("SEQUENCE went from %d to %d", before, after)
	}
	p.close()
}
