// Diapason keeps one truth about a user's establishments and puts the online directories in tune with it. This file
// composes the program and decides nothing: paths and flags are app/command's, the window is app/shell's.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	stdsync "sync"
	"syscall"
	"time"

	"gopkg.in/natefinch/lumberjack.v2"

	"diapason/app/browser"
	"diapason/app/command"
	"diapason/app/demo"
	"diapason/app/say"
	"diapason/app/shell"
	"diapason/assets/words"
	"diapason/storage/bolt"
	"diapason/storage/secrets"
	"diapason/sync"
	"diapason/sync/agenda"
	"diapason/sync/agenda/publication"
	"diapason/sync/agenda/publication/caldav"
	"diapason/sync/agenda/publication/sftp"
	"diapason/sync/agenda/publication/webdav"
	"diapason/sync/contacts"
	"diapason/sync/directory"
	"diapason/sync/directory/geojson"
	"diapason/sync/directory/googlefile"
	"diapason/sync/directory/trial"
	"diapason/sync/directory/website"
)

// version is this release's; it stands in FyneApp.toml and CHANGELOG.md too.
const version = "0.1.0"

// The files beside the workspace's own.
const (
	logName   = "diapason.log"
	crashName = "diapason-crash.txt"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command.Run(ctx, command.Program{
		Args: os.Args[1:], Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv,
		Open: open, Window: window, Refuse: refuse, Browse: browser.Open, Version: version,
	})
	stop()
	os.Exit(code)
}

// kinds are the connectors this program knows.
func kinds() directory.Kinds {
	return directory.NewKinds(googlefile.Kind(), website.Kind(), geojson.Kind(), trial.Kind())
}

// open composes store, log and engine on a workspace's folder.
func open(ctx context.Context, dir string) (*command.Workspace, error) {
	log := slog.New(slog.DiscardHandler) // only an open workspace has a log: a refused folder is left untouched
	store, err := bolt.Open(ctx, bolt.Params{Dir: dir, AppVersion: version, SlowView: func(took time.Duration) {
		log.Warn("a reading took long", "took", took)
	}})
	if err != nil {
		return nil, err
	}
	log, release, err := openLog(dir)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	keyring := secrets.SystemKeyring()
	if demo.Marked(dir) {
		keyring = nil // nothing of a demonstration stays in the person's own
	}
	kept, err := secrets.Open(secrets.Params{Workspace: dir, Keyring: keyring})
	if err != nil {
		return nil, errors.Join(err, release(), store.Close())
	}
	zone := sync.LocalZone(os.Getenv)
	calendar := agenda.New(agenda.Params{
		Store: store, Secrets: kept, Clock: sync.WallClock{}, Log: log, Zone: zone, Words: words.In, Language: words.Lang,
	})
	office := publication.NewOffice(publication.OfficeParams{Store: store, Feeds: calendar, Clock: sync.WallClock{}, Log: log})
	calendar.PublishTo(office)
	people := contacts.New(contacts.Params{
		Store: store, Secrets: kept, Clock: sync.WallClock{}, Log: log, Kinds: command.AddressBooks(kept, sync.WallClock{}), Word: say.ContactField,
	})
	couriers := append(command.Couriers(office, webdav.Kind(), sftp.Kind(), caldav.Kind()), people.CourierKinds()...)
	engine := sync.New(sync.Params{
		Store: store, Kinds: kinds(), Couriers: couriers,
		Secrets: kept, Reservations: calendar, Contacts: people, Clock: sync.WallClock{}, Log: log, Zone: zone, Version: version,
		Backup: func(ctx context.Context) error {
			_, err := store.RotateBackup(ctx, bolt.BackupAgreed)
			return err
		},
	})
	people.ReportTo(engine.Jobs())
	return &command.Workspace{
		Store: store, Engine: engine, Agenda: calendar, Contacts: people, Secrets: kept, Publications: office, Clock: sync.WallClock{}, Log: log,
		Release: release,
	}, nil
}

// openLog opens the rotating log and the file that a crash of the process is written to. The crash file of a clean end
// is removed, so that one that is there tells of a crash.
func openLog(dir string) (*slog.Logger, func() error, error) {
	rotating := &lumberjack.Logger{Filename: filepath.Join(dir, logName), MaxSize: 5, MaxBackups: 3} // MiB, files
	crashPath := filepath.Join(dir, crashName)
	crash, err := os.OpenFile(crashPath, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("crash file: %w", err)
	}
	if err := debug.SetCrashOutput(crash, debug.CrashOptions{}); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("crash file: %w", err), crash.Close())
	}
	before, err := crash.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, nil, errors.Join(err, crash.Close())
	}
	release := func() error {
		err := errors.Join(debug.SetCrashOutput(nil, debug.CrashOptions{}), crash.Close(), rotating.Close())
		if before == 0 {
			err = errors.Join(err, os.Remove(crashPath))
		}
		return err
	}
	return slog.New(slog.NewTextHandler(rotating, nil)), release, nil
}

// window shows a workspace until its window is closed. The engine works and the regular backups are made meanwhile.
func window(ctx context.Context, w *command.Workspace) error {
	if err := w.Start(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var backups stdsync.WaitGroup
	backups.Go(func() { w.KeepBackups(ctx) })
	populate := func() {
		if err := w.Populate(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("the demonstration's contacts", "error", err)
		}
	}
	restore := ""
	err := shell.Run(ctx, shell.Params{
		Store: w.Store, Engine: w.Engine, Agenda: w.Agenda, Contacts: w.Contacts, Secrets: w.Secrets, Publications: w.Publications, Clock: w.Clock, Log: w.Log, Version: version, Demo: w.DemonstrateNow,
		StartFolder: w.StartFolder, Language: w.Language, Name: w.Name, StartedAgain: w.StartedAgain,
		Simulation:   w.Simulation,
		Shown:        func() { backups.Go(populate) },
		Begin:        func() error { return w.Agenda.Start(ctx) }, // a new workspace gets its types in the window's language
		RestoreLater: func(backup string) { restore = backup },
		BackupNow: func(ctx context.Context) error {
			_, err := w.Store.RotateBackup(ctx, bolt.BackupRegular)
			return err
		},
		Backup: func(ctx context.Context) error {
			_, err := w.Store.RotateBackup(ctx, bolt.BackupImport)
			return err
		},
	})
	stop()
	backups.Wait()
	if err != nil || restore == "" {
		return err
	}
	return restoreAndReopen(context.WithoutCancel(ctx), w, restore)
}

// restoreAndReopen puts a backup in the workspace's place and starts the program again on it: Fyne opens one window in
// the life of a process.
func restoreAndReopen(ctx context.Context, w *command.Workspace, backup string) error {
	dir := w.Store.Path()
	if err := w.Close(); err != nil {
		return err
	}
	if err := bolt.Restore(ctx, dir, backup); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	return exec.Command(self, "--workspace", dir).Start()
}

// refuse shows why there is no workspace to show.
func refuse(ctx context.Context, r command.Refusal) error {
	return shell.Refuse(ctx, shell.Refusal{Reason: r.Reason, Offer: r.Offer, Restore: r.Restore})
}
