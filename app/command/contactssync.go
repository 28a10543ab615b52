package command

import (
	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
)

// contactsSync puts an address book in tune with the contacts.
type contactsSync struct {
	Account string `arg:"" name:"account"`
	DryRun  bool   `name:"dry-run"`
}

// contactsLine is one contact that a pass could not bring to rest, or one line of a plan.
type contactsLine struct {
	Contact string          `json:"contact"`
	Name    string          `json:"name"`
	There   string          `json:"there"`
	Here    string          `json:"here"`
	Changes []plannedChange `json:"changes"`
	Asks    bool            `json:"asks"`
	Reason  string          `json:"reason"`
}

// contactsReport is how a pass went.
type contactsReport struct {
	Run     string        `json:"run"`
	Sent    int           `json:"sent"`
	Created int           `json:"created"`
	Updated int           `json:"updated"`
	Skipped int           `json:"skipped"`
	Failed  []syncFailure `json:"failed"`
	Problem *failure      `json:"problem"` // why the pass as a whole stopped
	Guard   *guardReport  `json:"guard"`
}

// Run makes a pass, or says what one would do.
func (c contactsSync) Run(s *session) error {
	return s.onAccount(c.Account, func(w *Workspace, a *storage.Account) error {
		if c.DryRun {
			return c.plan(s, w, a)
		}
		if err := w.Start(s.ctx); err != nil {
			return err
		}
		id, err := w.Contacts.Sync(s.ctx, a.ID, storage.ActorUser)
		if err != nil {
			return err
		}
		run, err := waitFor(s, w, id)
		if err != nil {
			return err
		}
		if run.State == storage.RunHeld {
			return reportHeld(s, w, run)
		}
		return c.tell(s, w, run)
	})
}

// tell says how a pass went.
func (contactsSync) tell(s *session, w *Workspace, run *storage.Run) error {
	report := contactsReport{
		Run: run.ID, Sent: run.Totals.Sent, Created: run.Totals.Created, Updated: run.Totals.Updated,
		Skipped: run.Totals.Skipped, Failed: []syncFailure{},
	}
	err := eachItem(s, w.Store, run.ID, func(i *storage.RunItem) {
		if i.Result != storage.ItemFailed && i.Result != storage.ItemConflict {
			return
		}
		f := syncFailure{ID: i.ContactID, Name: i.Name, Directory: i.AccountID, Reason: say.ItemResult(i.Result)}
		if len(i.Problems) > 0 {
			f.Code, f.Reason = i.Problems[0].Code, say.Problem(i.Problems[0])
		}
		report.Failed = append(report.Failed, f)
		s.sayT("command.sync.failed", "name", i.Name, "reason", f.Reason)
	})
	if err != nil {
		return err
	}
	if run.Problem != nil {
		report.Problem = &failure{Code: run.Problem.Code, Message: say.Problem(run.Problem)}
		s.say(report.Problem.Message)
	}
	s.sayT("command.contacts.synced", "sent", words.Number(report.Sent), "created", words.Number(report.Created),
		"updated", words.Number(report.Updated), "failed", words.Number(len(report.Failed)))
	if err := s.document(report); err != nil {
		return err
	}
	if run.State != storage.RunDone || len(report.Failed) > 0 {
		return errFailures
	}
	return nil
}

// plan says what a pass would do; the address book is asked, and nothing is written anywhere.
func (contactsSync) plan(s *session, w *Workspace, a *storage.Account) error {
	plan, err := w.Contacts.Plan(s.ctx, a.ID)
	if err != nil {
		return err
	}
	lines := make([]contactsLine, 0, len(plan.Lines))
	for i := range plan.Lines {
		l := lineOf(&plan.Lines[i])
		lines = append(lines, l)
		if err := s.line(l.There, l.Here, l.Name, l.Reason); err != nil {
			return err
		}
	}
	s.say(words.N("command.contacts.wouldSync", len(lines)))
	document := map[string]any{"dryRun": true, "plan": plan.Hash, "first": plan.First, "lines": lines, "guard": nil}
	if plan.Guard == nil {
		return s.document(document)
	}
	g := newGuardReport("", plan.Guard)
	document["guard"] = g
	g.tell(s)
	if err := s.document(document); err != nil {
		return err
	}
	return errGuard
}

func lineOf(l *contacts.Line) contactsLine {
	line := contactsLine{
		Contact: l.ContactID, Name: l.Name, There: l.There, Here: l.Here, Changes: make([]plannedChange, 0, len(l.Changes)),
		Asks: l.Ask || l.Conflicts > 0,
	}
	for _, c := range l.Changes {
		line.Changes = append(line.Changes, plannedChange(c))
	}
	if l.Reason != nil {
		line.Reason = say.Problem(l.Reason)
	}
	return line
}
