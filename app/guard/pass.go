package guard

import (
	"strings"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// passColumns are those of a held pass over an address book.
func passColumns() []widgets.ListColumn {
	return []widgets.ListColumn{
		{ID: "name", Title: words.T("guard.pass.column.contact"), Flex: 2},
		{ID: "there", Title: words.T("guard.pass.column.there"), Flex: 3},
		{ID: "here", Title: words.T("guard.pass.column.here"), Flex: 3},
	}
}

// passSum says what a held pass would do in all: in the address book, here, and how much of it is not listed.
func passSum(g *storage.Guard, unshown int) string {
	text := words.N("guard.pass.sum", g.Changes)
	for _, side := range []struct {
		key, deleted string
		counts       *storage.Counts
	}{{"guard.pass.sum.there", "guard.pass.sum.deleted", g.There}, {"guard.pass.sum.here", "guard.pass.sum.trashed", g.Here}} {
		var parts []string
		for _, c := range []struct {
			key string
			n   int
		}{
			{"guard.pass.sum.created", side.counts.Created},
			{"guard.pass.sum.modified", side.counts.Modified},
			{"guard.pass.sum.emptied", side.counts.Emptied},
			{side.deleted, side.counts.Closed},
		} {
			if c.n > 0 {
				parts = append(parts, words.N(c.key, c.n))
			}
		}
		if len(parts) > 0 {
			text = words.T("guard.pass.sum.then", "first", text, "second", words.T(side.key, "parts", strings.Join(parts, ", ")))
		}
	}
	if unshown > 0 {
		text = words.T("guard.pass.sum.then", "first", text, "second", words.N("guard.pass.unshown", unshown))
	}
	return text
}

// fillPass writes a contact into a row: whose, what happens to the card, what happens here.
func (d *Dialog) fillPass(item *sync.PlanItem, row *widgets.ListRow) {
	name := widgets.ListCell{Text: item.Name, Sub: d.p.Accounts[item.AccountID], Bold: true}
	if item.There == "" && item.Here == "" {
		row.Cells = append(row.Cells, name,
			widgets.ListCell{Text: words.T("guard.pass.vanished"), Icon: look.StatusAction, Tone: widgets.Warning},
			widgets.ListCell{Text: words.T("guard.pass.asked"), Faint: true})
		return
	}
	there, here := widgets.ListCell{}, widgets.ListCell{}
	if item.There != "" {
		there.Text = words.T("guard.pass.there." + item.There)
	}
	if item.Here != "" {
		here.Text = words.T("guard.pass.here." + item.Here)
	}
	if item.There == "delete" {
		there.Icon, there.Tone = look.StatusAction, widgets.Warning
	}
	if item.Here == "trash" {
		here.Icon, here.Tone = look.StatusAction, widgets.Warning
	}
	if item.There == "update" {
		there.Sub = passChange(item.Changes)
	} else {
		here.Sub = passChange(item.Changes)
	}
	row.Cells = append(row.Cells, name, there, here)
}

// passChange writes what changes of a contact on one line, the worst first; "" for nothing.
func passChange(changes []storage.FieldChange) string {
	if len(changes) == 0 {
		return ""
	}
	shown := worstOf(changes)
	text := words.T("guard.pass.change", "field", say.ContactField(shown.Field),
		"before", contactValue(shown.Field, shown.Before), "after", contactValue(shown.Field, shown.After))
	if n := len(changes) - 1; n > 0 {
		return words.N("guard.pass.more", n, "change", text)
	}
	return text
}

func contactValue(f storage.Field, text string) string {
	if text == "" {
		return words.T("guard.empty")
	}
	return strings.ReplaceAll(say.ContactValues(f, strings.Split(text, "\n")), "\n", ", ")
}
