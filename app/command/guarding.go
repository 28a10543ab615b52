package command

import (
	"cmp"
	"errors"
	"strings"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync"
)

// errGuard ends a command whose run the guard holds; the report has said why.
var errGuard = errors.New("held by the guard")

// guardReport says why the guard holds a run, and what the run would do.
type guardReport struct {
	Run     string                    `json:"run"`  // "" in a dry run
	Plan    string                    `json:"plan"` // the hash to agree to
	Reasons []failure                 `json:"reasons"`
	Counts  map[string]storage.Counts `json:"counts"` // by account
	Changes int                       `json:"changes"`
	// There and Here are those of a pass over an address book, in each direction; Unshown is how many of its lines are not
	// among the items.
	There   *storage.Counts `json:"there,omitempty"`
	Here    *storage.Counts `json:"here,omitempty"`
	Unshown int             `json:"unshown,omitempty"`
	Items   []plannedItem   `json:"items"` // what would be sent
}

func newGuardReport(run string, g *storage.Guard) *guardReport {
	report := &guardReport{
		Run: run, Plan: g.Hash, Reasons: []failure{}, Counts: g.Accounts, Changes: g.Changes, Items: []plannedItem{},
		There: g.There, Here: g.Here,
	}
	for _, r := range g.Reasons {
		report.Reasons = append(report.Reasons, failure{Code: r.Code, Message: say.Problem(r)})
	}
	return report
}

// tell says the reasons to people, and how to go on or to give up.
func (g *guardReport) tell(s *session) {
	if g.Run == "" {
		s.sayT("command.guard.wouldHold")
	} else {
		s.sayT("command.guard.held")
	}
	for _, r := range g.Reasons {
		s.say(r.Message)
	}
	if g.Unshown > 0 {
		s.say(words.N("command.guard.more", g.Unshown))
	}
	if g.Run != "" {
		tellChoice(s, g.Changes, g.Plan, g.There != nil)
	}
}

// tellChoice says how to go on with a held run, or to give it up; pass tells that it is one over an address book.
func tellChoice(s *session, changes int, plan string, pass bool) {
	goOn := "command.guard.goOn"
	if pass {
		goOn = "command.guard.goOnPass"
	}
	s.sayT(goOn, "n", words.Number(changes), "plan", plan)
	s.sayT("command.guard.giveUp", "plan", plan)
}

// reportHeld says that a run is held, with all that it would change.
func reportHeld(s *session, w *Workspace, run *storage.Run) error {
	g, err := heldReport(s, w, run)
	if err != nil {
		return err
	}
	if err := s.document(syncReport{Run: run.ID, Failed: []syncFailure{}, Guard: g}); err != nil {
		return err
	}
	return errGuard
}

// heldReport tells why a run is held, with all that it would change.
func heldReport(s *session, w *Workspace, run *storage.Run) (*guardReport, error) {
	g := newGuardReport(run.ID, run.Guard)
	for from := 0; from >= 0; {
		part, err := w.Engine.HeldPlan(s.ctx, run.ID, from, page)
		if err != nil {
			return nil, err
		}
		for i := range part.Items {
			item := planned(&part.Items[i])
			g.Items = append(g.Items, item)
			if err := s.plannedLine(&item); err != nil {
				return nil, err
			}
		}
		from, g.Unshown = part.Next, part.More
	}
	g.tell(s)
	return g, nil
}

// planned puts a line of a plan into the document's form.
func planned(i *sync.PlanItem) plannedItem {
	item := plannedItem{
		ID: cmp.Or(i.EstablishmentID, i.ContactID), Name: i.Name, Directory: i.AccountID, Intent: i.Intent, There: i.There, Here: i.Here,
		Changes: make([]plannedChange, 0, len(i.Changes)), Reasons: append([]string{}, say.Problems(i.Blockers)...),
	}
	for _, c := range i.Changes {
		item.Changes = append(item.Changes, plannedChange(c))
	}
	return item
}

func (s *session) plannedLine(i *plannedItem) error {
	if i.There == "" && i.Here == "" {
		return s.line(words.T("command.intent."+string(i.Intent)), i.Name, i.Directory)
	}
	var does []string
	if i.There != "" {
		does = append(does, words.T("guard.pass.there."+i.There))
	}
	if i.Here != "" {
		does = append(does, words.T("guard.pass.here."+i.Here))
	}
	return s.line(strings.Join(does, ", "), i.Name, i.Directory)
}

// decide obeys --agree and --refuse: the held run of that plan goes on, or is given up.
func (c syncCommand) decide(s *session) error {
	plan := c.Agree + c.Refuse
	if c.Agree != "" && c.Refuse != "" || c.All || c.DryRun || len(c.IDs)+len(c.Directory) > 0 {
		return storage.NewProblem("command.agreeAlone")
	}
	return s.withWorkspace(func(w *Workspace) error {
		run, err := heldRun(s, w, plan)
		if err != nil {
			return err
		}
		if c.Refuse != "" {
			if err := w.Engine.Refuse(s.ctx, run.ID); err != nil {
				return err
			}
			s.sayT("command.guard.refused")
			return s.document(syncReport{Run: run.ID, Failed: []syncFailure{}})
		}
		return c.agree(s, w, run)
	})
}

// agree lets the run go on with exactly the plan that was shown; when it has changed since, the new one is shown.
func (c syncCommand) agree(s *session, w *Workspace, run *storage.Run) error {
	if err := w.Start(s.ctx); err != nil {
		return err
	}
	err := w.Engine.Agree(s.ctx, run.ID, c.Agree)
	if p, ok := errors.AsType[*storage.Problem](err); ok && p.Code == "guard.planChanged" {
		s.say(say.Problem(p))
		run, err = heldAs(s, w, run.ID)
		if err == nil {
			err = reportHeld(s, w, run)
		}
		return err
	}
	if err != nil {
		return err
	}
	if run, err = waitFor(s, w, run.ID); err != nil {
		return err
	}
	if run.Kind == storage.RunContacts && run.State != storage.RunHeld {
		return reportPass(s, w, run)
	}
	return reportSync(s, w, run)
}

// heldRun finds the held run of a plan.
func heldRun(s *session, w *Workspace, plan string) (*storage.Run, error) {
	runs, err := w.Engine.Held(s.ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if r.Guard.Hash == plan {
			return r, nil
		}
	}
	return nil, storage.NewProblem("command.unknownPlan", "plan", plan)
}

func heldAs(s *session, w *Workspace, id string) (run *storage.Run, err error) {
	err = w.Store.View(s.ctx, func(tx storage.Reader) error {
		run, err = tx.Run(id)
		return err
	})
	return run, err
}

// heldStatus is a held run in the status.
type heldStatus struct {
	Run     string    `json:"run"`
	Plan    string    `json:"plan"`
	Changes int       `json:"changes"`
	Reasons []failure `json:"reasons"`
	pass    bool      // over an address book
}

// heldOf lists the runs that wait for an agreement.
func heldOf(s *session, w *Workspace) ([]heldStatus, error) {
	runs, err := w.Engine.Held(s.ctx)
	held := []heldStatus{}
	for _, r := range runs {
		g := newGuardReport(r.ID, r.Guard)
		held = append(held, heldStatus{Run: g.Run, Plan: g.Plan, Changes: g.Changes, Reasons: g.Reasons, pass: g.There != nil})
	}
	return held, err
}

// tellHeld says to people that runs wait, and for what.
func tellHeld(s *session, held []heldStatus) {
	if len(held) == 0 {
		return
	}
	s.say(words.N("command.status.held", len(held)))
	for _, h := range held {
		for _, r := range h.Reasons {
			s.say(r.Message)
		}
		tellChoice(s, h.Changes, h.Plan, h.pass)
	}
}
