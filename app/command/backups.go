package command

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"diapason/app/say"
	"diapason/assets/words"
	"diapason/storage"
	"diapason/storage/bolt"
)

type backupCommand struct {
	File string `arg:"" name:"file"`
}

// Run writes a verified copy; an existing file is never replaced.
func (c backupCommand) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		path, err := filepath.Abs(c.File)
		if err != nil {
			return err
		}
		if err := w.Store.Backup(s.ctx, path); err != nil {
			return err
		}
		s.sayT("command.backup.done", "file", path)
		return s.document(map[string]string{"file": path})
	})
}

type restoreCommand struct {
	File string `arg:"" name:"file"`
}

// Run puts a backup in the workspace's place. What was there is set aside beside it, never deleted.
func (c restoreCommand) Run(s *session) error {
	dir, err := s.folder()
	if err != nil {
		return err
	}
	path, err := filepath.Abs(c.File)
	if err != nil {
		return err
	}
	if err := bolt.Restore(s.ctx, dir, path); err != nil {
		return err
	}
	s.sayT("command.restore.done", "file", path, "folder", dir)
	return s.document(map[string]string{"file": path, "workspace": dir})
}

// refusal says what can be done about a workspace that cannot be opened. A damaged one is offered its newest good
// backup; nothing is restored or moved by itself, because a scheduled command must not go on with an older or an empty
// workspace that nobody chose.
func (s *session) refusal(reason error) Refusal {
	r := Refusal{Reason: reason}
	dir, err := s.folder()
	if err != nil || !errors.Is(reason, storage.ErrDamaged) {
		return r
	}
	b, err := bolt.NewestGood(dir)
	if err != nil {
		return r
	}
	r.Offer = words.T("command.restore.offer", "file", b.Path, "when", say.MomentWithin(b.At.Local(), time.Now()),
		"size", words.Number(int(b.Size/1024)))
	r.Restore = func(ctx context.Context) error { return bolt.Restore(ctx, dir, b.Path) }
	return r
}

// offerBackup says, on a terminal, which backup would mend a damaged workspace.
func (s *session) offerBackup(reason error) {
	if !errors.Is(reason, storage.ErrDamaged) {
		return
	}
	r := s.refusal(reason)
	if r.Offer == "" {
		s.sayT("command.restore.none")
		return
	}
	s.say(r.Offer)
	s.sayT("command.restore.how")
}

// backupEvery is how often it is asked whether a regular backup is due; the store says when (every hour).
const backupEvery = 5 * time.Minute

// KeepBackups makes the regular backups of a workspace that stays open, until ctx ends. Failures are logged and tried
// again: they must not end the work that goes on beside them.
func (w *Workspace) KeepBackups(ctx context.Context) {
	tick := time.NewTicker(backupEvery)
	defer tick.Stop()
	for {
		if due, err := w.Store.BackupDue(); err != nil {
			w.Log.Warn("backups", "error", err)
		} else if due {
			if _, err := w.Store.RotateBackup(ctx, bolt.BackupRegular); err != nil && ctx.Err() == nil {
				w.Log.Warn("backup", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
