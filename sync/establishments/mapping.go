package establishments

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/tabular"
)

// Mapping says what the columns of a sheet mean.
type Mapping struct {
	Sheet     int             // index in the workbook's sheets
	HeaderRow int             // number of the header row, from 1; rows above it are left out
	Columns   []storage.Field // per column of the file; "" is ignored
	// Constants fill the cells that are empty or have no column, in every row.
	Constants map[storage.Field]string
	// Defaults do the same for the rows that create an establishment only. They are what was guessed (country) and the
	// status of a newcomer; an existing establishment never gets them.
	Defaults map[storage.Field]string
}

// Evidence tells why a column was given its field.
type Evidence string

// The evidences, from the strongest.
const (
	EvidenceNone    Evidence = ""
	EvidenceProfile Evidence = "profile" // remembered from another file with the same headers
	EvidenceExact   Evidence = "exact"   // a name or synonym of the field
	EvidenceNear    Evidence = "near"    // nearly the spelling of one
)

// Suggestion is a mapping found by itself, with what a person needs to correct it.
type Suggestion struct {
	Mapping
	Headers  []string
	Evidence []Evidence // per column
	// Samples are the first rows under the header, as texts per column.
	Samples [][]string
	Profile *storage.ImportProfile // the remembered one, nil without
	// Options are those remembered with the profile; none without one, or with one that knew none.
	Options Options
}

const (
	headerSearch = 40 // rows among which the header is sought
	sampleRows   = 20
)

// SuggestMapping maps the first visible sheet that has rows under its titles. Profiles are the remembered ones; one made
// for the same headers wins. A sheet whose titles are those of establishments is never passed over for another: without
// rows there is nothing to import.
func SuggestMapping(ctx context.Context, w *tabular.Workbook, profiles []*storage.ImportProfile) (*Suggestion, error) {
	sheets := w.Sheets()
	order := make([]int, 0, len(sheets))
	for _, hidden := range []bool{false, true} {
		for i, s := range sheets {
			if s.Hidden == hidden {
				order = append(order, i)
			}
		}
	}
	var nothing error // why the best sheet so far is not imported
	for _, i := range order {
		s, err := mapSheet(ctx, w, i, 0, profiles)
		switch {
		case err != nil:
			return nil, err
		case s == nil:
			nothing = cmp.Or(nothing, noRows(w))
		case len(s.Samples) > 0:
			return s, nil
		case checkMapping(s.Mapping) == nil:
			return nil, onlyTitles(w)
		default:
			nothing = onlyTitles(w)
		}
	}
	return nil, nothing
}

func noRows(w *tabular.Workbook) error { return storage.NewProblem("import.noRows", "name", w.Name()) }

func onlyTitles(w *tabular.Workbook) error {
	return storage.NewProblem("import.onlyTitles", "name", w.Name())
}

// SuggestSheet maps one sheet. headerRow is the number of the header row, 0 to find it. A sheet without a row under the
// header is refused.
func SuggestSheet(
	ctx context.Context, w *tabular.Workbook, sheet, headerRow int, profiles []*storage.ImportProfile,
) (*Suggestion, error) {
	s, err := mapSheet(ctx, w, sheet, headerRow, profiles)
	switch {
	case err != nil:
		return nil, err
	case s == nil:
		return nil, noRows(w)
	case len(s.Samples) == 0:
		return nil, onlyTitles(w)
	}
	return s, nil
}

// mapSheet maps one sheet; nil when it has no row at all.
func mapSheet(
	ctx context.Context, w *tabular.Workbook, sheet, headerRow int, profiles []*storage.ImportProfile,
) (*Suggestion, error) {
	rows, err := firstRows(ctx, w, sheet, max(headerRow, headerSearch)+sampleRows)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(rows, func(r tabular.Row) bool { return r.Number == headerRow })
	if headerRow == 0 || at < 0 {
		at = findHeader(rows)
	}
	if at < 0 {
		return nil, nil
	}
	s := &Suggestion{Mapping: Mapping{Sheet: sheet, HeaderRow: rows[at].Number}}
	for _, c := range rows[at].Cells {
		s.Headers = append(s.Headers, strings.TrimSpace(c.Text))
	}
	for _, r := range rows[at+1 : min(len(rows), at+1+sampleRows)] {
		texts := make([]string, len(s.Headers))
		for i := range texts {
			texts[i] = r.Cell(i).Text
		}
		s.Samples = append(s.Samples, texts)
	}
	s.mapColumns(profiles)
	s.guessDefaults(rows[at+1:])
	return s, nil
}

// firstRows reads up to limit rows of a sheet.
func firstRows(ctx context.Context, w *tabular.Workbook, sheet, limit int) ([]tabular.Row, error) {
	rows, err := w.Rows(ctx, sheet)
	if err != nil {
		return nil, err
	}
	var out []tabular.Row
	for len(out) < limit && rows.Next() {
		r := rows.Row()
		r.Cells = slices.Clone(r.Cells)
		out = append(out, r)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// findHeader gives the index of the row that knows the most names of fields; without any, of the first row that is as
// wide as the table and all text. Titles, merged or not, are narrow and know no name.
func findHeader(rows []tabular.Row) int {
	best, most := -1, 0
	widest := 0
	for i, r := range rows {
		if i >= headerSearch {
			break
		}
		known := 0
		seen := map[storage.Field]bool{}
		filled := 0
		for _, c := range r.Cells {
			if strings.TrimSpace(c.Text) != "" {
				filled++
			}
			if f := exactField(c.Text); f != "" && !seen[f] && c.Flags == 0 {
				seen[f] = true
				known++
			}
		}
		widest = max(widest, filled)
		if known > most {
			best, most = i, known
		}
	}
	if most >= 2 || most == 1 && widest <= 2 {
		return best
	}
	for i, r := range rows {
		filled, texts := 0, 0
		for _, c := range r.Cells {
			if strings.TrimSpace(c.Text) != "" {
				filled++
				if c.Flags == 0 {
					texts++
				}
			}
		}
		if filled == texts && filled*5 >= widest*3 {
			return i
		}
	}
	return min(0, len(rows)-1)
}

// mapColumns gives each column its field: remembered, exact, then near; each field once.
func (s *Suggestion) mapColumns(profiles []*storage.ImportProfile) {
	s.Columns = make([]storage.Field, len(s.Headers))
	s.Evidence = make([]Evidence, len(s.Headers))
	s.Constants = map[storage.Field]string{}
	print := Fingerprint(s.Headers)
	for _, p := range profiles {
		if p.Fingerprint == print && len(p.Columns) == len(s.Headers) && (s.Profile == nil || p.UsedAt.After(s.Profile.UsedAt)) {
			s.Profile = p
		}
	}
	if s.Profile != nil {
		s.adopt(s.Profile)
		return
	}
	taken := map[storage.Field]bool{}
	give := func(i int, f storage.Field, e Evidence) {
		s.Columns[i], s.Evidence[i] = f, e
		taken[f] = true
	}
	for i, h := range s.Headers {
		if f := exactField(h); f != "" && !taken[f] {
			give(i, f, EvidenceExact)
		}
	}
	for {
		column, field, best := -1, storage.Field(""), 0.0
		for i, h := range s.Headers {
			if s.Columns[i] != "" || exactField(h) != "" {
				continue
			}
			if f, score := nearField(h, taken); score > best {
				column, field, best = i, f, score
			}
		}
		if column < 0 {
			return
		}
		give(column, field, EvidenceNear)
	}
}

func (s *Suggestion) adopt(p *storage.ImportProfile) {
	for i, f := range p.Columns {
		if f.Known() {
			s.Columns[i], s.Evidence[i] = f, EvidenceProfile
		}
	}
	for f, v := range p.Constants {
		s.Constants[f] = v
	}
	s.Options = Options{
		CreateOnly: p.Options[optionRows] == rowsCreate, UpdateOnly: p.Options[optionRows] == rowsUpdate,
		EmptyErases: p.Options[optionEmpty] == emptyErases,
	}
}

// How a profile keeps the options. What is not there, or not known, is the default.
const (
	optionRows  = "rows"
	rowsCreate  = "create"
	rowsUpdate  = "update"
	optionEmpty = "empty"
	emptyErases = "erases"
)

func (o Options) kept() map[string]string {
	kept := map[string]string{}
	switch {
	case o.CreateOnly:
		kept[optionRows] = rowsCreate
	case o.UpdateOnly:
		kept[optionRows] = rowsUpdate
	}
	if o.EmptyErases {
		kept[optionEmpty] = emptyErases
	}
	return kept
}

// guessDefaults makes newcomers active and, where no column names the country and the postcodes have five digits,
// French.
func (s *Suggestion) guessDefaults(rows []tabular.Row) {
	s.Defaults = map[storage.Field]string{}
	if !slices.Contains(s.Columns, storage.FieldStatus) && s.Constants[storage.FieldStatus] == "" {
		s.Defaults[storage.FieldStatus] = string(storage.StatusActive)
	}
	zip := slices.Index(s.Columns, storage.FieldZip)
	if zip < 0 || slices.Contains(s.Columns, storage.FieldCountry) || s.Constants[storage.FieldCountry] != "" {
		return
	}
	french, other := 0, 0
	for _, r := range rows {
		c := r.Cell(zip)
		switch z := frenchZip(c); {
		case z == "":
		case len(z) == 5 && allDigits(z):
			french++
		default:
			other++
		}
	}
	if french > other {
		s.Defaults[storage.FieldCountry] = "FR"
	}
}

// Fingerprint identifies a header row, whatever its case, accents and spaces.
func Fingerprint(headers []string) string {
	h := sha256.New()
	for _, t := range headers {
		h.Write([]byte(storage.SearchKey(t) + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// NewProfile remembers what was chosen, its mapping and options, for the next file with the same headers. The caller keeps
// it (Writer.PutProfile).
func NewProfile(id, name string, chosen Suggestion, now time.Time) *storage.ImportProfile {
	return &storage.ImportProfile{
		ID: id, Name: name, Headers: slices.Clone(chosen.Headers), Fingerprint: Fingerprint(chosen.Headers),
		Columns: slices.Clone(chosen.Columns), Constants: chosen.Constants, Options: chosen.Options.kept(), UsedAt: now,
	}
}
