package command

import (
	"strings"

	"diapason/assets/words"
	"diapason/storage"
)

// personAdd adds somebody who can be in charge of reservations, take part in them, and own links.
type personAdd struct {
	Name  string `arg:"" name:"name"`
	Email string `name:"email" placeholder:"command.value.email"`
	Staff bool   `name:"staff"`
}

// Run adds the person.
func (c personAdd) Run(s *session) error {
	return s.withAgenda(func(w *Workspace) error {
		p := &storage.Person{Name: strings.TrimSpace(c.Name), Email: c.Email, Staff: c.Staff}
		if err := w.Agenda.SavePerson(s.ctx, p); err != nil {
			return err
		}
		s.sayT("command.person.added", "name", p.Name, "id", p.ID)
		return s.document(map[string]string{"id": p.ID, "name": p.Name})
	})
}

type personList struct{}

// Run lists the persons.
func (personList) Run(s *session) error {
	return s.withAgenda(func(w *Workspace) error {
		persons := []*storage.Person{}
		err := w.Store.View(s.ctx, func(tx storage.Reader) error {
			all, err := tx.Persons()
			persons = append(persons, all...)
			return err
		})
		if err != nil {
			return err
		}
		for _, p := range persons {
			kind := ""
			if p.Administrator {
				kind = words.T("command.person.administrator")
			}
			if err := s.line(p.ID, p.Name, p.Email, kind); err != nil {
				return err
			}
		}
		return s.document(map[string]any{"persons": persons})
	})
}
