package command

import (
	"cmp"
	"context"
	"errors"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/sync/contacts"
)

// contactsSync puts address books in tune with the contacts, one after another.
type contactsSync struct {
	Accounts []string `arg:"" optional:"" name:"account"`
	All      bool     `name:"all"`
	DryRun   bool     `name:"dry-run"`
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
	Account string        `json:"account"` // its id
	Run     string        `json:"run"`
	Sent    int           `json:"sent"`
	Created int           `json:"created"`
	Updated int           `json:"updated"`
	Skipped int           `json:"skipped"`
	Failed  []syncFailure `json:"failed"`
	Problem *failure      `json:"problem"` // why the pass as a whole stopped
	Guard   *guardReport  `json:"guard"`
}

// Run makes the passes, or says what they would do. Of one account named it writes that one's document; of several, all of
// them.
func (c contactsSync) Run(s *session) error {
	if c.All == (len(c.Accounts) > 0) {
		return storage.NewProblem("command.accountsOrAll")
	}
	return s.withWorkspace(func(w *Workspace) error {
		accounts, err := c.accounts(s, w)
		if err != nil {
			return err
		}
		var documents []any
		var result error
		if c.DryRun {
			documents, result, err = c.rehearse(s, w, accounts)
		} else {
			documents, result, err = c.pass(s, w, accounts)
		}
		if err != nil {
			return err
		}
		document := any(map[string]any{"passes": documents})
		if len(c.Accounts) == 1 {
			document = documents[0]
		}
		if err := s.document(document); err != nil {
			return err
		}
		return result
	})
}

// accounts gives those that are meant: of all, those that are switched on, in the order of their names.
func (c contactsSync) accounts(s *session, w *Workspace) (accounts []*storage.Account, err error) {
	for _, text := range c.Accounts {
		a, err := findAccount(s, w.Store, text)
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, a)
	}
	if !c.All {
		return accounts, nil
	}
	all, err := w.Contacts.Standings(s.ctx)
	for i := range all {
		if all[i].Account.Enabled {
			accounts = append(accounts, all[i].Account)
		}
	}
	if err == nil && len(accounts) == 0 {
		err = storage.NewProblem("command.noAddressBook")
	}
	return accounts, err
}

// pass makes passes over accounts and waits for each. The result is what the command ends with: what the guard holds comes
// before failures.
func (c contactsSync) pass(s *session, w *Workspace, accounts []*storage.Account) (documents []any, result, err error) {
	if err := w.Start(s.ctx); err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, a := range accounts {
		if !c.waits(a) {
			ids = append(ids, a.ID)
		}
	}
	runs, err := w.Contacts.SyncInTurn(s.ctx, ids, storage.ActorUser)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(s.ctx, func() { // those whose turn has not come are given up too
		for _, id := range runs {
			if err := w.Contacts.Cancel(context.Background(), id); err != nil {
				w.Log.Error("pass not cancelled", "run", id, "error", err)
			}
		}
	})
	defer stop()
	for _, a := range accounts {
		if len(accounts) > 1 {
			s.sayT("command.contacts.account", "account", a.Name)
		}
		if c.waits(a) {
			documents, result = append(documents, refusedReport(s, a)), cmp.Or(result, errFailures)
			continue
		}
		run, err := waitFor(s, w, runs[0])
		if err != nil {
			return nil, nil, err
		}
		runs = runs[1:]
		document, failed, err := passReport(s, w, a, run)
		if err != nil {
			return nil, nil, err
		}
		documents = append(documents, document)
		if result == nil || errors.Is(failed, errGuard) {
			result = failed
		}
	}
	return documents, result, nil
}

// waits reports whether an account waits for its owner: of all accounts it is left out.
func (c contactsSync) waits(a *storage.Account) bool {
	return c.All && a.Pause != nil && a.PausedUntil.IsZero()
}

// refusedReport says why no pass is made over an account.
func refusedReport(s *session, a *storage.Account) contactsReport {
	why := say.Problem(a.Pause)
	s.say(why)
	return contactsReport{Account: a.ID, Failed: []syncFailure{}, Problem: &failure{Code: a.Pause.Code, Message: why}}
}

// passReport says how a pass ended, and what the command ends with for it.
func passReport(s *session, w *Workspace, a *storage.Account, run *storage.Run) (document any, result, err error) {
	if run.State == storage.RunHeld {
		g, err := heldReport(s, w, run)
		if err != nil {
			return nil, nil, err
		}
		return contactsReport{Account: a.ID, Run: run.ID, Failed: []syncFailure{}, Guard: g}, errGuard, nil
	}
	report, result, err := endedReport(s, w, a.ID, run)
	return report, result, err
}

// reportPass says how a pass that was agreed to went.
func reportPass(s *session, w *Workspace, run *storage.Run) error {
	account := ""
	all, err := w.Contacts.Standings(s.ctx)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].Run != nil && all[i].Run.ID == run.ID {
			account = all[i].Account.ID
		}
	}
	report, result, err := endedReport(s, w, account, run)
	if err == nil {
		err = s.document(report)
	}
	return cmp.Or(err, result)
}

// endedReport says how a pass that is not held went.
func endedReport(s *session, w *Workspace, accountID string, run *storage.Run) (report contactsReport, result, err error) {
	report = contactsReport{
		Account: accountID, Run: run.ID, Sent: run.Totals.Sent, Created: run.Totals.Created, Updated: run.Totals.Updated,
		Skipped: run.Totals.Skipped, Failed: []syncFailure{},
	}
	err = eachItem(s, w.Store, run.ID, func(i *storage.RunItem) {
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
		return report, nil, err
	}
	if run.Problem != nil {
		report.Problem = &failure{Code: run.Problem.Code, Message: say.Problem(run.Problem)}
		s.say(report.Problem.Message)
	}
	s.sayT("command.contacts.synced", "sent", words.Number(report.Sent), "created", words.Number(report.Created),
		"updated", words.Number(report.Updated), "failed", words.Number(len(report.Failed)))
	if run.State != storage.RunDone || len(report.Failed) > 0 {
		result = errFailures
	}
	return report, result, nil
}

// rehearse says what passes would do; the address books are asked, and nothing is written anywhere.
func (c contactsSync) rehearse(s *session, w *Workspace, accounts []*storage.Account) (documents []any, result, err error) {
	for _, a := range accounts {
		if len(accounts) > 1 {
			s.sayT("command.contacts.account", "account", a.Name)
		}
		plan, err := w.Contacts.Plan(s.ctx, a.ID)
		if err != nil {
			return nil, nil, err
		}
		document, err := planDocument(s, &plan)
		if err != nil {
			return nil, nil, err
		}
		document["account"] = a.ID
		documents = append(documents, document)
		if plan.Guard != nil {
			result = errGuard
		}
	}
	return documents, result, nil
}

// planDocument says what one pass would do.
func planDocument(s *session, plan *contacts.Plan) (map[string]any, error) {
	lines := make([]contactsLine, 0, len(plan.Lines))
	for i := range plan.Lines {
		l := lineOf(&plan.Lines[i])
		lines = append(lines, l)
		if err := s.line(l.There, l.Here, l.Name, l.Reason); err != nil {
			return nil, err
		}
	}
	s.say(words.N("command.contacts.wouldSync", len(lines)))
	document := map[string]any{"dryRun": true, "plan": plan.Hash, "first": plan.First, "lines": lines, "guard": nil}
	if plan.Guard != nil {
		g := newGuardReport("", plan.Guard)
		document["guard"] = g
		g.tell(s)
	}
	return document, nil
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
