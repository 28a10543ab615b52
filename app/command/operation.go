package command

import (
	"context"
	"encoding/json"
	"errors"

	"diapason/app/instance"
	"diapason/storage"
)

// operation is what a command does to a workspace, apart from the sentences about it: it can be carried out by this
// process, or by the one that has the workspace open ("serve", or a window), with the same outcome. What goes in and what
// comes out is written as JSON on the way; the words, the files and the exit code stay with the command.
type operation[In, Out any] struct {
	name string // never changed: another version may carry it out
	do   func(ctx context.Context, w *Workspace, in In) (Out, error)
}

// run has the operation carried out where the workspace is open, else here. Another process is asked first: the lock
// that it holds would only be waited for.
func (o operation[In, Out]) run(s *session, in In) (out Out, err error) {
	dir, err := s.folder()
	if err != nil {
		return out, err
	}
	if err := instance.Ask(s.ctx, dir, o.name, in, &out); !errors.Is(err, storage.ErrLocked) {
		return out, err
	}
	err = s.withAgenda(func(w *Workspace) (err error) {
		out, err = o.do(s.ctx, w, in)
		return err
	})
	return out, err
}

// carry carries the operation out for another process.
func (o operation[In, Out]) carry(ctx context.Context, w *Workspace, with json.RawMessage) (any, error) {
	var in In
	if err := json.Unmarshal(with, &in); err != nil {
		return nil, err
	}
	if err := w.Agenda.Prepare(ctx); err != nil { // a window may not have come to it yet
		return nil, err
	}
	return o.do(ctx, w, in)
}

// carried are the operations that other processes may ask for, by name: what cannot wait until the workspace is closed.
// There is nothing else.
var carried = map[string]interface {
	carry(ctx context.Context, w *Workspace, with json.RawMessage) (any, error)
}{
	addLink.name: addLink, listLinks.name: listLinks, revokeLink.name: revokeLink, regenerateLink.name: regenerateLink,
	renderLink.name: renderLink, addPerson.name: addPerson, listPersons.name: listPersons,
}

// listen lets later starts of the program reach this process, which has the workspace open.
func (w *Workspace) listen(window bool) (err error) {
	w.holder, err = instance.Listen(w.Store.Path(), instance.Params{
		Window: window,
		Carry: func(ctx context.Context, what string, with json.RawMessage) (any, error) {
			o, known := carried[what]
			if !known {
				return nil, storage.ErrLocked
			}
			w.Log.Info("carried out for another process", "what", what)
			return o.carry(ctx, w, with)
		},
	})
	if err == nil && window {
		w.StartedAgain = w.holder.Calls()
	}
	return err
}

// closeHolder ends that, once what is carried out has ended.
func (w *Workspace) closeHolder() error {
	if w.holder == nil {
		return nil
	}
	holder := w.holder
	w.holder = nil
	return holder.Close()
}
