package command

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/bolt"
	"diapason/sync/establishments"
	"diapason/sync/tabular"
)

// importEstablishments imports a file with the mapping that the window would propose.
type importEstablishments struct {
	File       string `arg:"" name:"file"`
	Profile    string `name:"profile" placeholder:"command.value.profile"`
	DryRun     bool   `name:"dry-run"`
	CreateOnly bool   `name:"create-only" xor:"which"`
	UpdateOnly bool   `name:"update-only" xor:"which"`
	EraseEmpty bool   `name:"erase-empty"`
}

// rejection is one row of the file that is not imported; Reason holds the sentences of all its problems.
type rejection struct {
	Row      int           `json:"row"`
	Reason   string        `json:"reason"`
	Problems []cellProblem `json:"problems"`
}

type cellProblem struct {
	Field  storage.Field `json:"field,omitempty"`
	Code   string        `json:"code"`
	Reason string        `json:"reason"`
}

type importReport struct {
	Run       string      `json:"run"`
	DryRun    bool        `json:"dryRun"`
	Created   int         `json:"created"`
	Updated   int         `json:"updated"`
	Unchanged int         `json:"unchanged"`
	Skipped   int         `json:"skipped"` // left out by --create-only or --update-only
	Rejected  []rejection `json:"rejected"`
	// Warnings are the optional cells that were set aside because they cannot be read; their rows are imported.
	Warnings []cellWarning `json:"warnings"`
}

type cellWarning struct {
	Row int `json:"row"`
	cellProblem
}

// backupFrom is the number of rows from which an import is preceded by a backup.
const backupFrom = 100

// Run plans, backs up when much will change, applies and lists the rejected rows.
func (c importEstablishments) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) (err error) {
		workbook, err := tabular.Open(s.ctx, c.File)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, workbook.Close()) }()
		found, err := c.suggestion(s, w, workbook)
		if err != nil {
			return err
		}
		importer := w.Importer()
		plan, err := importer.Plan(s.ctx, workbook, found.Mapping, c.options(found.Options), nil)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, plan.Close()) }()
		return c.apply(s, w, importer, plan)
	})
}

func (c importEstablishments) apply(
	s *session, w *Workspace, importer *establishments.Importer, plan *establishments.Plan,
) error {
	report, err := reportOf(plan)
	if err != nil {
		return err
	}
	report.DryRun = c.DryRun
	if !c.DryRun {
		if plan.Len() > backupFrom {
			if _, err := w.Store.RotateBackup(s.ctx, bolt.BackupImport); err != nil {
				return err
			}
		}
		run, err := importer.Apply(s.ctx, plan)
		if err != nil {
			return err
		}
		if err := report.follow(s, w, run); err != nil {
			return err
		}
	}
	return report.tell(s, filepath.Base(c.File))
}

// tell lists the rejected rows and sums up.
func (r importReport) tell(s *session, name string) error {
	for _, no := range r.Rejected {
		s.sayT("command.import.rejected", "row", strconv.Itoa(no.Row), "reason", no.Reason)
	}
	if len(r.Warnings) > 0 {
		s.say(words.N("command.import.warnings", len(r.Warnings)))
	}
	key := "command.import.done"
	if r.DryRun {
		key = "command.import.plan"
	}
	s.sayT(key, "file", name, "created", words.Number(r.Created), "updated", words.Number(r.Updated),
		"unchanged", words.Number(r.Unchanged), "rejected", words.Number(len(r.Rejected)))
	if err := s.document(r); err != nil {
		return err
	}
	if len(r.Rejected) > 0 {
		return errFailures
	}
	return nil
}

// suggestion has the mapping that the window would propose: of the profile named, of a profile remembered for the same
// headers, or found by the names of the columns.
func (c importEstablishments) suggestion(
	s *session, w *Workspace, workbook *tabular.Workbook,
) (*establishments.Suggestion, error) {
	profiles, err := c.profiles(s, w)
	if err != nil {
		return nil, err
	}
	found, err := establishments.SuggestMapping(s.ctx, workbook, profiles)
	if err != nil {
		return nil, err
	}
	if c.Profile != "" && found.Profile == nil {
		return nil, storage.NewProblem("command.profileMismatch", "profile", c.Profile, "file", workbook.Name())
	}
	return found, nil
}

// options are the flags', completed by those remembered with a profile that was named. One that merely has the same headers
// does not decide here what is erased or left out: nobody looks at the plan first.
func (c importEstablishments) options(remembered establishments.Options) establishments.Options {
	o := establishments.Options{CreateOnly: c.CreateOnly, UpdateOnly: c.UpdateOnly, EmptyErases: c.EraseEmpty}
	if c.Profile == "" {
		return o
	}
	if !o.CreateOnly && !o.UpdateOnly {
		o.CreateOnly, o.UpdateOnly = remembered.CreateOnly, remembered.UpdateOnly
	}
	o.EmptyErases = o.EmptyErases || remembered.EmptyErases
	return o
}

// profiles gives the remembered profiles, or only the one that was named.
func (c importEstablishments) profiles(s *session, w *Workspace) ([]*storage.ImportProfile, error) {
	var all []*storage.ImportProfile
	err := w.Store.View(s.ctx, func(tx storage.Reader) (err error) {
		all, err = tx.Profiles()
		return err
	})
	if err != nil || c.Profile == "" {
		return all, err
	}
	names := make([]string, len(all))
	for i, p := range all {
		if storage.SearchKey(p.Name) == storage.SearchKey(c.Profile) {
			return []*storage.ImportProfile{p}, nil
		}
		names[i] = p.Name
	}
	if len(all) == 0 {
		return nil, storage.NewProblem("command.noProfiles", "profile", c.Profile)
	}
	return nil, storage.NewProblem("command.unknownProfile", "profile", c.Profile, "profiles", strings.Join(names, ", "))
}

// reportOf lists what a plan would do, row by row.
func reportOf(plan *establishments.Plan) (importReport, error) {
	report := importReport{Rejected: []rejection{}, Warnings: []cellWarning{}}
	for i := range plan.Len() {
		row, err := plan.Row(i)
		if err != nil {
			return report, err
		}
		switch row.Outcome {
		case establishments.OutcomeCreate:
			report.Created++
		case establishments.OutcomeUpdate:
			report.Updated++
		case establishments.OutcomeUnchanged:
			report.Unchanged++
		case establishments.OutcomeSkipped, establishments.OutcomeIgnored:
			report.Skipped++
		case establishments.OutcomeRejected:
			report.Rejected = append(report.Rejected, rejected(row.Number, row.Problems))
			continue
		}
		for _, p := range row.Warnings {
			report.Warnings = append(report.Warnings, cellWarning{row.Number, cell(p)})
		}
	}
	return report, nil
}

// follow replaces what was planned by what the run did: every row is decided anew when it is written.
func (r *importReport) follow(s *session, w *Workspace, run *storage.Run) error {
	r.Run = run.ID
	r.Created, r.Updated, r.Unchanged, r.Skipped = run.Totals.Created, run.Totals.Updated, run.Totals.Unchanged, run.Totals.Skipped
	r.Rejected = []rejection{}
	return eachItem(s, w.Store, run.ID, func(i *storage.RunItem) {
		if i.Result == storage.ItemRejected {
			r.Rejected = append(r.Rejected, rejected(i.Row, i.Problems))
		}
	})
}

func rejected(row int, problems storage.Problems) rejection {
	no := rejection{Row: row, Reason: strings.Join(say.Problems(problems), " "), Problems: []cellProblem{}}
	for _, p := range problems {
		no.Problems = append(no.Problems, cell(p))
	}
	return no
}

func cell(p *storage.Problem) cellProblem {
	return cellProblem{Field: p.Field, Code: p.Code, Reason: say.Problem(p)}
}
