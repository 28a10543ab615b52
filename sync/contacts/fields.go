package contacts

import (
	"diapason/storage"
	"diapason/sync/contacts/fieldmap"
)

// FieldMaps gives the field map of an account, and that of its kind, which nobody edited. One that cannot be read is a
// problem; the other is given all the same.
func (s *Service) FieldMaps(a *storage.Account) (now, original fieldmap.Map, err error) {
	kind, known := s.kinds[a.Kind]
	if !known {
		return now, original, storage.NewProblem("account.kind", "kind", a.Kind)
	}
	original = kind.Fields()
	now, err = fieldmap.Parse(a.Settings[SettingFields], original)
	return now, original, err
}

// SetFieldMap writes a field map into the settings of an account, which are not kept by this; the one of its kind is no
// setting.
func (s *Service) SetFieldMap(a *storage.Account, m fieldmap.Map) error {
	_, original, err := s.FieldMaps(&storage.Account{Kind: a.Kind})
	if err != nil {
		return err
	}
	if err := m.Validate(); err != nil {
		return err
	}
	settings := map[string]string{}
	for name, value := range a.Settings {
		settings[name] = value
	}
	delete(settings, SettingFields)
	if text := m.String(); text != original.String() {
		settings[SettingFields] = text
	}
	a.Settings = settings
	return nil
}
