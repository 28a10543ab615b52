package files

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/sync/contacts"
	"diapason/widgets"
	"diapason/widgets/look"
)

// How much of what is set aside is named: the report of the import has it all.
const (
	mostReasons = 3
	mostNames   = 4
)

// findings says what a file brings in, what is set aside last.
func findings(r contacts.ImportReport) []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	line := func(n int, tone widgets.Tone, icon look.Icon, key string, args ...string) {
		if n > 0 {
			objects = append(objects, remark(tone, icon, words.N("contacts.files."+key, n, args...)))
		}
	}
	if r.Created+r.Updated == 0 {
		key := "contacts.files.nothing"
		if len(r.Aside) > 0 {
			key = "contacts.files.nothingTaken"
		}
		objects = append(objects, widgets.NewParagraph(words.T(key), look.SizeBody, look.Text))
	}
	line(r.Created, widgets.Success, look.StatusCreate, "created")
	line(r.Updated, widgets.Info, look.StatusEdit, "updated")
	line(r.Unchanged, widgets.Neutral, look.StatusOK, "unchanged")
	if n := len(r.Kept); n > 0 {
		var names []string
		for _, k := range r.Kept {
			names = append(names, cmp.Or(k.Name, words.T("contacts.files.nameless")))
		}
		line(n, widgets.Neutral, look.StatusManual, "kept", "names", listed(names))
	}
	line(len(r.Aside), widgets.Warning, look.StatusAction, "aside")
	objects = append(objects, reasons(r.Aside)...)
	if r.Created+r.Updated > 0 {
		objects = append(objects, widgets.NewParagraph(words.T("contacts.files.promise"), look.SizeSmall, look.TextSecondary))
	}
	return objects
}

// reason is why some cards are set aside, in words.
type reason struct {
	why   string
	cards []string
}

// grouped puts the cards that are set aside for the same reason together, in the order in which the reasons come.
func grouped(aside []contacts.ImportAside) []*reason {
	var all []*reason
	byWhy := map[string]*reason{}
	for _, a := range aside {
		why := say.Problem(a.Problem)
		r := byWhy[why]
		if r == nil {
			r = &reason{why: why}
			byWhy[why] = r
			all = append(all, r)
		}
		r.cards = append(r.cards, named(a))
	}
	return all
}

// named names a card that is set aside, its line in the file, and whom it resembles.
func named(a contacts.ImportAside) string {
	key := "contacts.files.card"
	var like []string
	for _, c := range a.Candidates {
		like = append(like, cmp.Or(c.Name, words.T("contacts.files.nameless")))
		key = "contacts.files.card.like"
	}
	return words.T(key, "name", cmp.Or(a.Name, words.T("contacts.files.nameless")), "line", words.Number(a.Line), "names", listed(like))
}

// reasons says why cards are set aside, with the first ones of each reason.
func reasons(aside []contacts.ImportAside) []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	all := grouped(aside)
	for _, r := range all[:min(len(all), mostReasons)] {
		objects = append(objects, widgets.NewPaddedColumn(2, widgets.Insets{Left: 22},
			widgets.NewParagraph(words.N("contacts.files.why", len(r.cards), "why", r.why), look.SizeSmall, look.Text),
			widgets.NewParagraph(listed(r.cards), look.SizeSmall, look.TextSecondary)))
	}
	if n := len(all) - mostReasons; n > 0 {
		objects = append(objects, widgets.NewPaddedColumn(0, widgets.Insets{Left: 22},
			widgets.NewParagraph(words.N("contacts.files.reasons", n), look.SizeSmall, look.TextSecondary)))
	}
	return objects
}

// listed names the first things and counts the others.
func listed(names []string) string {
	text := strings.Join(names[:min(len(names), mostNames)], ", ")
	if n := len(names) - mostNames; n > 0 {
		return words.N("contacts.files.more", n, "names", text)
	}
	return text
}

func remark(tone widgets.Tone, icon look.Icon, text string) fyne.CanvasObject {
	return widgets.NewLine(8, widgets.Own(widgets.NewStatusIcon(tone, icon)), widgets.Share(widgets.NewParagraph(text, look.SizeBody, look.Text)))
}
