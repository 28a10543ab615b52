package activity

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"diapason/app/say"
	"diapason/app/states"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
	"diapason/widgets"
	"diapason/widgets/look"
)

// Widths of the columns, in units; the operation takes what is left. A chip begins 7 before its column's title.
const (
	titleLeast     float32 = 200
	timeColumn     float32 = 64
	kindColumn     float32 = 28
	resultColumn   float32 = 203
	durationColumn float32 = 104
	actorColumn    float32 = 104
	foldColumn     float32 = 28
	chipOverhang   float32 = 7
)

// shrinking is a column that yields in a narrow window.
func shrinking(width float32, o fyne.CanvasObject) widgets.LineCell {
	return widgets.LineCell{Object: o, Width: width, Shrinks: true}
}

func (s *Screen) heads() fyne.CanvasObject {
	head := func(key string) fyne.CanvasObject {
		return widgets.NewText(words.T("activity.column."+key), look.SizeSmall, look.TextSecondary)
	}
	return widgets.NewGround(look.Sunken, margins(widgets.NewTallLine(look.HeightColumns, 0,
		widgets.Fixed(timeColumn+kindColumn, head("time")), widgets.LineCell{Object: head("operation"), Width: -1, Least: titleLeast}, widgets.Fixed(chipOverhang, nil),
		widgets.Fixed(resultColumn-chipOverhang, head("result")), shrinking(durationColumn, head("duration")),
		shrinking(actorColumn, head("actor")), widgets.Fixed(foldColumn, nil))))
}

func (s *Screen) dayRow(day time.Time) fyne.CanvasObject {
	return margins(widgets.NewTallLine(32, 0, widgets.Share(widgets.NewText(dayText(day, s.p.Now()), look.SizeSmall, look.Text).Bold())))
}

// dayText is « Aujourd’hui, jeudi 19 novembre ».
func dayText(day, now time.Time) string {
	full := say.FullDay(day, now)
	switch storage.DateOf(day) {
	case storage.DateOf(now):
		return words.T("activity.today", "day", full)
	case storage.DateOf(now.AddDate(0, 0, -1)):
		return words.T("activity.yesterday", "day", full)
	}
	return say.UpperFirst(full)
}

var kindIcons = map[storage.RunKind]look.Icon{
	storage.RunImport: look.IconImport, storage.RunSync: look.IconSync, storage.RunAutoSync: look.StatusAuto,
	storage.RunCheck: look.IconRetry, storage.RunUndo: look.IconUndo, storage.RunEdit: look.IconPencil, storage.RunDecide: look.IconPencil,
	storage.RunExport: look.IconExport, storage.RunContacts: look.IconContacts,
}

func (s *Screen) runRow(r *storage.Run) fyne.CanvasObject {
	_, open := s.reports[r.ID]
	icon, label, ground := look.IconChevronDown, "activity.expand", look.Surface
	if open {
		icon, label, ground = look.IconChevronUp, "activity.fold", look.Sunken
	}
	fold := widgets.NewIconButton(widgets.Plain, words.T(label), icon, func() { s.toggle(r) })
	fold.Height = look.HeightInline
	took := words.T("activity.running")
	if r.State != storage.RunRunning {
		took = ""
		if r.State == storage.RunHeld {
			took = words.T("activity.waiting")
		}
		if d := duration(r); d >= time.Second {
			took = say.Duration(d)
		} else if !r.EndedAt.IsZero() {
			took = words.T("activity.instant")
		}
	}
	title := widgets.NewLine(8, widgets.Own(widgets.NewWord(say.RunKind(r.Kind), look.SizeBody, look.Text).Bold()),
		widgets.Share(widgets.NewText(subject(r), look.SizeBody, look.TextSecondary)))
	return widgets.NewGround(ground, margins(widgets.NewTallLine(look.HeightTableRow, 0,
		widgets.Fixed(timeColumn, widgets.NewText(say.Time(r.StartedAt.In(s.p.Now().Location())), look.SizeSmall, look.TextSecondary)),
		widgets.Fixed(kindColumn, widgets.NewLine(0, widgets.Own(widgets.NewIconImage(kindIcons[r.Kind], 16, look.TextSecondary)), widgets.Space())),
		widgets.LineCell{Object: title, Width: -1, Least: titleLeast}, widgets.Fixed(resultColumn, s.result(r)),
		shrinking(durationColumn, widgets.NewText(took, look.SizeSmall, look.TextSecondary)),
		shrinking(actorColumn, widgets.NewText(say.Actor(r.Actor), look.SizeSmall, look.TextSecondary)),
		widgets.Fixed(foldColumn, fold))))
}

// entryRow is an entry of the journal that belongs to no run: what a search found beside the runs.
func (s *Screen) entryRow(j *storage.JournalEntry) fyne.CanvasObject {
	open := widgets.NewIconButton(widgets.Plain, words.T("activity.openEstablishment"), look.IconChevronRight, func() { s.p.Host.OpenEstablishment(j.EstablishmentID) })
	open.Height = look.HeightInline
	way := widgets.Fixed(foldColumn, open)
	if j.EstablishmentID == "" { // of the agenda
		way.Object = nil
	}
	title := widgets.NewLine(8, widgets.Own(widgets.NewWord(say.JournalAction(j.Action), look.SizeBody, look.Text).Bold()),
		widgets.Share(widgets.NewText(entryText(j, s.accounts[j.AccountID]), look.SizeBody, look.TextSecondary)))
	return margins(widgets.NewTallLine(look.HeightTableRow, 0,
		widgets.Fixed(timeColumn, widgets.NewText(say.Time(j.At.In(s.p.Now().Location())), look.SizeSmall, look.TextSecondary)),
		widgets.Fixed(kindColumn, widgets.NewLine(0, widgets.Own(widgets.NewIconImage(look.IconHistory, 16, look.TextSecondary)), widgets.Space())),
		widgets.LineCell{Object: title, Width: -1, Least: titleLeast},
		shrinking(actorColumn, widgets.NewText(say.Actor(j.Actor), look.SizeSmall, look.TextSecondary)),
		way))
}

// entryText tells whose an entry is and what it says: the values of a change, else the reason.
func entryText(j *storage.JournalEntry, directory string) string {
	text := j.Name
	add := func(more string) {
		if more != "" {
			text = words.T("activity.subject.both", "subject", text, "count", more)
		}
	}
	add(directory)
	for i, c := range j.Changes {
		if i == 2 {
			add(words.N("activity.entry.more", len(j.Changes)-2))
			break
		}
		if j.ReservationID != "" { // its values name others by their identifiers; its own history has them in words
			add(say.Field(c.Field))
			continue
		}
		add(words.T("activity.entry.change", "field", say.Field(c.Field), "before", shownValue(j.ContactID, c.Field, c.Before),
			"after", shownValue(j.ContactID, c.Field, c.After)))
	}
	if j.Reason != nil {
		add(say.ProblemOnField(j.Reason))
	}
	return text
}

// shownValue writes a value on one line; of a contact, when its id is given.
func shownValue(contactID string, f storage.Field, text string) string {
	switch {
	case text == "":
		return words.T("activity.entry.empty")
	case contactID != "":
		return strings.ReplaceAll(say.ContactValues(f, strings.Split(text, "\n")), "\n", ", ")
	}
	return say.Value(f, text, "")
}

// subject tells what a run was about and how much of it: « réseau.xlsx, 310 lignes ».
func subject(r *storage.Run) string {
	unit := "activity.subject.establishments"
	switch r.Kind {
	case storage.RunImport:
		unit = "activity.subject.rows"
	case storage.RunSync, storage.RunAutoSync, storage.RunCheck:
		unit = "activity.subject.listings"
	case storage.RunContacts:
		unit = "activity.subject.contacts"
	case storage.RunUndo: // of any of them
		unit = "activity.subject.things"
	}
	count := ""
	n := r.Totals.Total
	if r.State == storage.RunHeld {
		n = r.Guard.Changes // it may have no lines yet
	}
	if n > 0 {
		count = words.N(unit, n)
	}
	if r.Subject == "" || count == "" {
		return r.Subject + count
	}
	return words.T("activity.subject.both", "subject", r.Subject, "count", count)
}

// result is the chip of a run, and beside it what went through when something did not.
func (s *Screen) result(r *storage.Run) fyne.CanvasObject {
	chip := widgets.NewChip(widgets.Neutral, "", "")
	beside := ""
	o := outcomeOf(r)
	state := states.Run(r.State)
	switch o {
	case outcomeRunning:
		p, ok := s.progress[r.ID]
		if !ok || p.Finished {
			p = sync.Progress{Total: r.Totals.Total}
		}
		showProgress(chip, p)
		s.chips[r.ID] = chip
	case outcomeFailed:
		state = states.Run(storage.RunFailed)
		chip.Set(state.Tone, state.Icon, words.N("activity.failures", max(failures(r.Totals), 1)), false)
		if n := successes(r.Totals); n > 0 {
			beside = words.N("activity.successes", n)
		}
	default:
		chip.Set(state.Tone, state.Icon, words.T("activity."+string(o)), state.Calm)
		if o == outcomeCancelled && r.Totals.Skipped > 0 {
			beside = words.N("activity.skipped", r.Totals.Skipped)
		}
	}
	return widgets.NewLine(8, widgets.Own(chip), widgets.Share(widgets.NewText(beside, look.SizeSmall, look.TextSecondary)))
}

func showProgress(chip *widgets.Chip, p sync.Progress) {
	state := states.Run(storage.RunRunning)
	text := words.T("activity.running")
	if p.Total > 0 {
		text = words.T("activity.progress", "done", words.Number(p.Done), "total", words.Number(p.Total))
	}
	chip.Set(state.Tone, state.Icon, text, false)
}
