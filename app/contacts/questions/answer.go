package questions

import (
	"context"

	"fyne.io/fyne/v2"

	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
	"diapason/sync/merge"
	"diapason/widgets"
	"diapason/widgets/look"
)

// decide keeps an answer, says so, and goes to the next question. passes tells that the next pass brings it about.
func (v *View) decide(answer contacts.Answer, by *widgets.Button, told string, passes bool) {
	asked, next := v.detail.ContactQuestion, v.desk.after()
	id, account := asked.ID, asked.AccountID
	if next == "" {
		next = id
	}
	by.SetBusy(true)
	v.p.Background(func() {
		err := v.p.Service.Decide(context.Background(), id, answer)
		v.p.UI(func() {
			by.SetBusy(false)
			if err != nil {
				v.p.Host.Failure(err)
				return
			}
			delete(v.desk.sides, id)
			v.built = false
			v.reload(next)
			if passes {
				v.p.Host.Toast(told, words.T("questions.sync"), func() { v.sync([]string{account}) })
			} else {
				v.p.Host.Toast(told, words.T("contacts.undo"), func() { v.askAgain(asked) })
			}
		})
	})
}

// askAgain takes back that a question was left alone, and brings it to the front.
func (v *View) askAgain(q *storage.ContactQuestion) {
	v.slow.Do(func(ctx context.Context) error { return v.p.Service.AskAgain(ctx, q) }, func() {
		v.built = false
		v.reload(q.ID)
		v.p.Host.Toast(words.T("contacts.undone"), "", nil)
	})
}

// sync asks for passes over the books of some accounts, one after another.
func (v *View) sync(accounts []string) {
	v.slow.Do(func(ctx context.Context) error {
		_, err := v.p.Service.SyncInTurn(ctx, accounts, storage.ActorUser)
		return err
	}, func() { v.p.Host.Toast(words.T("questions.syncing"), "", nil) })
}

// askIgnore confirms that a card is to be left alone: no other answer follows it.
func (v *View) askIgnore() {
	d := v.detail
	v.ask(words.T("questions.ignore.title", "name", d.Name), words.T("questions.ignore.text", "book", bookName(d.account)),
		option{words.T("questions.ignoreCard"), widgets.Danger, func(b *widgets.Button) {
			v.decide(contacts.Answer{Ignore: true}, b, words.T("questions.ignored", "name", d.Name), false)
		}})
}

// askAll offers to decide every conflict alike, by name and number.
func (v *View) askAll() {
	n, accounts := v.desk.conflicts()
	all := func(side merge.Side) func(*widgets.Button) {
		return func(*widgets.Button) { v.decideAll(side, accounts) }
	}
	text := words.T("questions.all.text")
	if len(accounts) > 1 {
		text = words.N("questions.all.several", len(accounts))
	}
	v.ask(words.N("questions.all.title", n), text,
		option{words.N("questions.all.there", n), widgets.Outlined, all(merge.SideThere)},
		option{words.N("questions.all.here", n), widgets.Primary, all(merge.SideHere)})
}

// decideAll answers every conflict with one side.
func (v *View) decideAll(side merge.Side, accounts []*storage.Account) {
	n := 0
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	v.slow.Do(func(ctx context.Context) error {
		for _, id := range ids {
			decided, err := v.p.Service.DecideAll(ctx, id, side)
			if err != nil {
				return err
			}
			n += decided
		}
		return nil
	}, func() {
		v.desk.sides = map[string]map[storage.Field]merge.Side{}
		v.built = false
		v.reload(v.wanted)
		v.p.Host.Toast(words.N("questions.all.done", n), words.T("questions.sync"), func() { v.sync(ids) })
	})
}

// option is an answer in a dialog.
type option struct {
	text string
	kind widgets.ButtonKind
	do   func(*widgets.Button)
}

// ask shows a dialog that can be left without an answer.
func (v *View) ask(title, text string, options ...option) {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.content)
	if c == nil {
		return
	}
	var d *widgets.Dialog
	buttons := []*widgets.Button{widgets.NewButton(widgets.Outlined, words.T("questions.cancel"), "", func() { d.Close() })}
	for _, o := range options {
		b := widgets.NewButton(o.kind, o.text, "", nil)
		b.OnTapped = func() {
			d.Close()
			o.do(b)
		}
		buttons = append(buttons, b)
	}
	d = widgets.ShowDialog(c, widgets.DialogParams{
		Title: title, Body: widgets.NewParagraph(text, look.SizeBody, look.TextSecondary), Buttons: buttons, Width: 560,
	})
}
