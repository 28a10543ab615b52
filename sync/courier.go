package sync

import (
	"context"
	"errors"
	"time"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/oauth"
)

// Courier does another job's errands to one account, so that they share the lanes of the directories with their pace,
// circuit breaker, pauses and words. It keeps the state of its errands on the disk itself: under way before a call,
// and the outcome after it. One call at a time.
type Courier interface {
	// Next names the next errand; "" when none is ready, and how long until one may be.
	Next(tx storage.Reader, now time.Time) (errand string, wait time.Duration, err error)
	// Carry does an errand. Failure is what the other side made of it, nil when it answered well; it has been kept
	// with the errand. Err is a failure of our own. Backoff gives the wait after a number of attempts.
	Carry(ctx context.Context, errand string, backoff func(attempts int) time.Duration) (failure *directory.Error, err error)
	// Test asks, with calls that change nothing, whether the other side answers and accepts the account.
	Test(ctx context.Context) error
	// Hurry lets what was put off leave at once: the user has repaired something.
	Hurry(ctx context.Context) error
}

// Passes answers for the runs of kind storage.RunContacts: the engine shows them, and lets people agree to those that the
// guard held, as any other run's.
type Passes interface {
	TakesBack
	HeldPlan(ctx context.Context, runID string, from, limit int) (HeldPage, error)
	Agree(ctx context.Context, runID, planHash string) error
	Refuse(ctx context.Context, runID string) error
	// Cancel ends a pass after the batch under way; what it did stays.
	Cancel(ctx context.Context, runID string) error
	// Tidy forgets the contacts that have been in the trash for long enough, and gives how many.
	Tidy(ctx context.Context) (int, error)
	// Paused reports whether a person has a pass wait.
	Paused(tx storage.Reader, runID string) (bool, error)
	// Resumes reports whether a lane goes on with a run after the program was started again.
	Resumes(tx storage.Reader, runID string) (bool, error)
}

// passes gives who answers for a run, nil when the engine itself does.
func (e *Engine) passes(ctx context.Context, runID string) (Passes, error) {
	if e.contacts == nil {
		return nil, nil
	}
	var run *storage.Run
	err := e.store.View(ctx, func(tx storage.Reader) (err error) {
		run, err = tx.Run(runID)
		return err
	})
	if err != nil || run.Kind != storage.RunContacts {
		return nil, err
	}
	return e.contacts, nil
}

// Confirmer is a Courier whose other side shows something that a person must confirm, such as a server's key.
type Confirmer interface {
	// Confirm writes what is shown now into the account's settings.
	Confirm(ctx context.Context, a *storage.Account) error
}

// CourierKind is a sort of account that errands are carried to.
type CourierKind struct {
	ID            string              // dotted: "agenda.webdav"
	Settings      []directory.Setting // secrets included
	RatePerSecond float64             // errands; 0: no limit
	// Rate is RatePerSecond where each account has its own; nil: they do not.
	Rate func(a *storage.Account) float64
	// Consent is what a person must consent to in a browser, see Engine.Connect; nil: nothing. The settings then include
	// oauth.Settings.
	Consent *oauth.Consent
	// Open makes the connection of an account from it and from the values of its secrets, by name, without I/O;
	// problems with them are *storage.Problem.
	Open func(a *storage.Account, secrets map[string]string) (Courier, error)
	// Pass asks for a pass over an account's address book inside the caller's transaction, so that the scheduler keeps the
	// slot and the run together; nil: nothing comes back by itself on such accounts. While a pass is under way or held it
	// gives that one's run as it stands, and begun is false.
	Pass func(w storage.Writer, accountID string, actor storage.Actor) (run *storage.Run, begun bool, err error)
}

// Secrets keeps what must not stand in the workspace (storage/secrets). Get gives storage.ErrNotFound when there is none.
type Secrets interface {
	Get(ctx context.Context, name string) (string, error)
	Set(ctx context.Context, name, value string) error
	Delete(ctx context.Context, name string) error
}

// secretName names a secret setting of an account.
func secretName(accountID, setting string) string { return "account/" + accountID + "/" + setting }

// connection is an open account: of a directory, or of another job.
type connection struct {
	dir     directory.Directory
	courier Courier
	caps    directory.Capabilities
}

// ask makes the harmless call that tests a connection; one that cannot be asked is taken to answer.
func (c connection) ask(ctx context.Context) error {
	if c.courier != nil {
		return c.courier.Test(ctx)
	}
	if t, ok := c.dir.(directory.Tester); ok {
		return t.Test(ctx)
	}
	return nil
}

// AccountSettings gives what an account of a kind must know; false when this program does not know the kind.
func (e *Engine) AccountSettings(kind string) ([]directory.Setting, bool) {
	if c, carries := e.couriers[kind]; carries {
		return c.Settings, true
	}
	k, known := e.kinds[kind]
	return k.Capabilities.Settings, known
}

// CourierKinds lists the kinds of accounts of other jobs.
func (e *Engine) CourierKinds() []string {
	ids := make([]string, 0, len(e.couriers))
	for id := range e.couriers {
		ids = append(ids, id)
	}
	return ids
}

// open makes an account's connection, without asking the other side anything. Fresh are secrets that are not kept yet.
func (e *Engine) open(ctx context.Context, a *storage.Account, fresh map[string]string) (connection, error) {
	if c, carries := e.couriers[a.Kind]; carries {
		secrets, err := e.secretsOf(ctx, a, c.Settings, fresh)
		if err != nil {
			return connection{}, err
		}
		courier, err := c.Open(a, secrets)
		pace := c.RatePerSecond
		if c.Rate != nil {
			pace = c.Rate(a)
		}
		return connection{courier: courier, caps: directory.Capabilities{RatePerSecond: pace}}, err
	}
	kind, known := e.kinds[a.Kind]
	if !known {
		return connection{}, storage.NewProblem("account.kind", "kind", a.Kind)
	}
	dir, err := kind.Open(a)
	if err != nil {
		return connection{}, err
	}
	return connection{dir: dir, caps: dir.Capabilities()}, nil
}

// secretsOf gives the values of an account's secrets: the fresh ones, and those kept of the others.
func (e *Engine) secretsOf(
	ctx context.Context, a *storage.Account, settings []directory.Setting, fresh map[string]string,
) (map[string]string, error) {
	values := map[string]string{}
	for _, s := range settings {
		if !s.Secret {
			continue
		}
		if v, given := fresh[s.Name]; given {
			values[s.Name] = v
			continue
		}
		if a.ID == "" || e.secrets == nil {
			continue
		}
		v, err := e.secrets.Get(ctx, secretName(a.ID, s.Name))
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
		values[s.Name] = v
	}
	return values, nil
}

// keepSecrets keeps the secrets that an account was given; an empty one forgets.
func (e *Engine) keepSecrets(ctx context.Context, a *storage.Account, fresh map[string]string) error {
	if e.secrets == nil && len(fresh) > 0 {
		return errors.New("this engine was given no place for secrets")
	}
	for name, value := range fresh {
		var err error
		if key := secretName(a.ID, name); value == "" {
			err = e.secrets.Delete(ctx, key)
		} else {
			err = e.secrets.Set(ctx, key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetSecrets forgets an account's secrets.
func (e *Engine) forgetSecrets(ctx context.Context, a *storage.Account) error {
	if e.secrets == nil {
		return nil
	}
	for _, s := range e.couriers[a.Kind].Settings {
		if !s.Secret {
			continue
		}
		if err := e.secrets.Delete(ctx, secretName(a.ID, s.Name)); err != nil {
			return err
		}
	}
	return nil
}

// confirm has an account of another job take what its other side shows now for the right thing.
func (e *Engine) confirm(ctx context.Context, a *storage.Account, c Confirmer) error {
	if err := c.Confirm(ctx, a); err != nil {
		return directory.Classify(err).Problem.Because(err)
	}
	return e.AddAccount(ctx, a)
}

// carry does the next errand of a lane that belongs to another job; wait is how long to rest without one.
func (l *lane) carry(now time.Time, wait time.Duration) (time.Duration, error) {
	var errand string
	err := l.e.store.View(l.e.calls, func(tx storage.Reader) error {
		var until time.Duration
		var err error
		errand, until, err = l.courier.Next(tx, now)
		wait = min(wait, until)
		return err
	})
	if err != nil || errand == "" {
		return wait, err
	}
	if !l.pace(nil) {
		return 0, nil
	}
	failure, err := l.courier.Carry(l.call(), errand, l.e.backoff)
	if err != nil {
		return 0, err
	}
	l.count(failure)
	var pause *directory.Error
	if failure != nil && waits(failure.Class) {
		pause = failure
	}
	return 0, l.after(pause)
}
