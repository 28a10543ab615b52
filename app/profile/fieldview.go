package profile

import (
	"slices"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"golang.org/x/text/language"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/widgets"
	"diapason/widgets/look"
)

// fieldView is one field of the Profil tab: the entry, list or switch, what the directories object to, and where the
// value comes from.
type fieldView struct {
	p       *Pane
	spec    fieldSpec
	object  *widgets.Column
	field   *widgets.Field       // all but countries and switches
	choice  *widgets.SelectField // countries
	onOff   *widgets.Switch
	blocked *widgets.Text
	origin  *widgets.Text
	kept    string // what the store holds, canonical
	saving  int    // edits of it that were not answered yet
}

func newFieldView(p *Pane, spec fieldSpec) *fieldView {
	v := &fieldView{
		p: p, spec: spec,
		blocked: widgets.NewParagraph("", look.SizeSmall, look.Warning),
		origin:  widgets.NewText("", look.SizeCaption, look.TextSecondary),
	}
	var input fyne.CanvasObject
	label := say.Field(spec.Field)
	switch spec.Editor {
	case editCountry:
		v.choice = widgets.NewSelectField(label, nil, v.commit)
		v.choice.SetItems(countryItems())
		v.choice.SetSearchHint(words.T("profile.country.hint"))
		input = v.choice
	case editSwitch:
		v.onOff = widgets.NewSwitch(words.T("profile."+string(spec.Field)), func(on bool) { v.commit(boolText(on)) })
		input = widgets.NewPaddedColumn(0, widgets.Insets{Top: 24}, widgets.NewLine(0, widgets.Own(v.onOff), widgets.Space()))
	case editLong:
		rows := 3
		if spec.Limit > 500 {
			rows = 6
		}
		v.field = widgets.NewTextArea(label, rows)
		input = v.field
	default:
		v.field = widgets.NewField(label)
		input = v.field
	}
	if v.field != nil {
		v.field.OnCommit = v.commit
		v.field.OnChanged = v.typed
		switch spec.Editor {
		case editList:
			v.field.SetPlaceHolder(words.T("profile.list.hint"))
		case editDate:
			v.field.SetPlaceHolder(words.T("profile.date.hint"))
		}
	}
	v.object = widgets.NewColumn(4, input, v.blocked, v.origin)
	return v
}

func boolText(on bool) string {
	if on {
		return "TRUE"
	}
	return "FALSE"
}

// countryItems lists every country by its name in the language in use, no country first.
func countryItems() []widgets.MenuItem {
	var items []widgets.MenuItem
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string(a) + string(b)
			r, err := language.ParseRegion(code)
			if err != nil || !r.IsCountry() || r.String() != code {
				continue
			}
			items = append(items, widgets.MenuItem{ID: code, Text: storage.CountryName(code, words.Lang())})
		}
	}
	slices.SortFunc(items, func(a, b widgets.MenuItem) int {
		return strings.Compare(storage.SearchKey(a.Text), storage.SearchKey(b.Text))
	})
	return append([]widgets.MenuItem{{ID: "", Text: words.T("profile.country.none")}}, items...)
}

// typed tells the length while a limited text is written.
func (v *fieldView) typed(text string) {
	if v.spec.Limit == 0 {
		return
	}
	n := utf8.RuneCountInString(text)
	tone := widgets.Neutral
	if n > v.spec.Limit {
		tone = widgets.Error
	}
	if n*10 < v.spec.Limit*8 {
		v.field.SetMark(tone, "")
		return
	}
	v.field.SetMark(tone, words.T("profile.count", "n", words.Number(n), "limit", words.Number(v.spec.Limit)))
}

// canonical gives the text to save for what was typed. Only dates need reading here; the rest is the engine's.
func (v *fieldView) canonical(text string) (string, error) {
	if v.spec.Editor != editDate {
		return text, nil
	}
	d, err := say.ReadDate(text)
	return d.String(), err
}

// commit saves what was typed or chosen.
func (v *fieldView) commit(text string) {
	value, err := v.canonical(text)
	if err != nil {
		v.complain(err)
		return
	}
	v.saving++
	v.p.session.set(map[storage.Field]string{v.spec.Field: value}, func(err error) {
		v.saving = max(v.saving-1, 0) // another establishment was shown meanwhile, and this one again
		v.complain(err)
		if err == nil {
			v.show(v.p.state)
		}
	})
}

// complain shows what is wrong beside the field; an error of another kind goes to the window.
func (v *fieldView) complain(err error) {
	text := ""
	if p := problemOn(err, v.spec.Field); p != nil {
		text = say.Problem(p)
	} else if err != nil {
		v.p.p.Host.Failure(err)
	}
	switch {
	case v.field != nil:
		v.field.SetError(text)
	case v.choice != nil:
		v.choice.SetError(text)
		if text != "" {
			v.choice.SetValue(v.kept)
		}
	}
	if err == nil {
		return
	}
	if v.onOff != nil {
		v.onOff.SetOn(v.kept == "TRUE")
	}
	v.p.profile.relayout()
}

// edited gives a kept value as it is edited: national phone numbers, dates with the day first.
func (v *fieldView) edited(e *storage.Establishment) string {
	text := e.Value(v.spec.Field)
	switch v.spec.Editor {
	case editPhone:
		return say.Phone(text, e.Address.Country)
	case editDate:
		if d, err := storage.ParseDate(text); err == nil {
			return say.TypedDate(d)
		}
	case editList:
		return strings.ReplaceAll(text, ";", "; ")
	}
	return text
}

// show fills the field from the state, which may come at any moment: accounts are added, runs go on. A field that is being
// typed in, whose text is on its way to the store, or whose text was refused, keeps it.
func (v *fieldView) show(s *state) {
	e := s.Est
	v.kept = e.Value(v.spec.Field)
	switch {
	case v.saving > 0:
	case v.choice != nil:
		v.choice.SetValue(v.kept)
	case v.onOff != nil:
		v.onOff.SetOn(v.kept == "TRUE")
	case v.field.Typing() && v.field.Changed():
	case v.field.Error() != "":
	default:
		v.field.SetValue(v.edited(e))
	}
	v.mark(importanceOf(e, v.spec.Field))
	var texts []string
	for _, b := range s.blockersOn(v.spec.Field) {
		texts = append(texts, words.T("profile.blocker", "directory", b.Directory, "problem", say.Problem(b.Problem)))
	}
	v.blocked.SetText(strings.Join(texts, "\n"))
	v.origin.SetText(v.p.origin(e, v.spec.Field))
}

var needTones = map[importance]widgets.Tone{
	needRequired: widgets.Error, needBasic: widgets.Warning, needOptional: widgets.Neutral,
}

func (v *fieldView) mark(need importance) {
	text := ""
	if need != needNone {
		text = words.T("profile.need." + string(need))
	}
	switch {
	case v.field != nil:
		v.field.SetMark(needTones[need], text)
	case v.choice != nil:
		v.choice.SetMark(needTones[need], text)
	}
}

// origin tells by whom and when a field was last changed; "" when it never was.
func (p *Pane) origin(e *storage.Establishment, f storage.Field) string {
	o, ok := e.Origins[f]
	if !ok || e.Value(f) == "" {
		return ""
	}
	return words.T("profile.origin", "how", words.T("profile.origin."+string(o.Actor)), "when", lowerFirst(p.moment(o.At)))
}

// lowerFirst puts « Hier, 9 h 42 » inside a sentence.
func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return strings.ToLower(string(r)) + s[size:]
}

// focus gives the keyboard to the field.
func (v *fieldView) focus() {
	switch {
	case v.field != nil:
		widgets.Focus(v.field.Focusable())
	case v.choice != nil:
		widgets.Focus(v.choice.Focusable())
	case v.onOff != nil:
		widgets.Focus(v.onOff)
	}
}

// clear empties the field for another establishment.
func (v *fieldView) clear() {
	v.kept, v.saving = "", 0
	if v.field != nil {
		v.field.SetError("")
		v.field.SetValue("")
	}
}
