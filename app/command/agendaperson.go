package command

import (
	"context"
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
	p, err := addPerson.run(s, c)
	if err != nil {
		return err
	}
	s.sayT("command.person.added", "name", p.Name, "id", p.ID)
	if len(p.Namesakes) > 0 {
		s.say(words.N("command.person.namesakes", len(p.Namesakes), "name", p.Name, "ids", strings.Join(p.Namesakes, ", ")))
	}
	return s.document(p)
}

// addedPerson is a person who was added.
type addedPerson struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Namesakes are the others of that name, whatever its accents and capitals: commands know these only by their ids.
	Namesakes []string `json:"namesakes"`
}

// addPerson keeps a new person. A name that another bears is taken: people do have the same name.
var addPerson = operation[personAdd, addedPerson]{
	"agenda.person.add", func(ctx context.Context, w *Workspace, c personAdd) (addedPerson, error) {
		added := addedPerson{Namesakes: []string{}}
		p := &storage.Person{Name: strings.TrimSpace(c.Name), Email: c.Email, Staff: c.Staff}
		if err := w.Agenda.SavePerson(ctx, p); err != nil {
			return added, err
		}
		added.ID, added.Name = p.ID, p.Name
		return added, w.Store.View(ctx, func(tx storage.Reader) error {
			all, err := tx.Persons()
			for _, other := range all {
				if other.ID != p.ID && storage.SearchKey(other.Name) == storage.SearchKey(p.Name) {
					added.Namesakes = append(added.Namesakes, other.ID)
				}
			}
			return err
		})
	},
}

type personList struct{}

// Run lists the persons.
func (c personList) Run(s *session) error {
	persons, err := listPersons.run(s, c)
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
}

// listPersons gives the persons.
var listPersons = operation[personList, []*storage.Person]{
	"agenda.person.list", func(ctx context.Context, w *Workspace, _ personList) ([]*storage.Person, error) {
		persons := []*storage.Person{}
		return persons, w.Store.View(ctx, func(tx storage.Reader) error {
			all, err := tx.Persons()
			persons = append(persons, all...)
			return err
		})
	},
}
