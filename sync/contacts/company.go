package contacts

import "diapason/storage"

// learn reads which companies are known, when the account's field map asks for it: « reconnaître la société ». Each call of
// view is a short transaction.
func (r *rules) learn(view func(func(storage.Reader) error) error) error {
	if !r.fields.Map.KnownCompany {
		return nil
	}
	bearers := map[string]int{}
	for after, more := "", true; more; {
		err := view(func(tx storage.Reader) error {
			rows, err := tx.Rows(after, slice)
			for _, row := range rows {
				if after = row.ID; row.Status != storage.StatusArchived {
					bearers[storage.SearchKey(row.Name)]++
				}
			}
			more = len(rows) == slice
			return err
		})
		if err != nil {
			return err
		}
	}
	r.fields.Known = func(company string) bool { return bearers[storage.SearchKey(company)] == 1 }
	return nil
}
