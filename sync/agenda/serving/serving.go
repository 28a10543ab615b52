// Package serving keeps the server of the subscription links running as the workspace says: on the port that it has once
// chosen, because links hold it, on the local network when its user wants that; and it writes down who reads which link.
//
// HTTP is package feedserver's; what stands on its shelf, and which tokens there are, is package agenda's.
package serving

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	stdsync "sync"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

const (
	// settingServer holds Settings as JSON.
	settingServer = "agenda.server"
	// settle is how long readings are gathered before they are written down: clients come in swarms, on the hour.
	settle = 5 * time.Second
	// tryAgain is how often a port that another program had is tried again.
	tryAgain = time.Minute
)

// Settings say how links are served. They are kept with the workspace.
type Settings struct {
	Port     int          `json:"port"`            // 0 before it was chosen
	LAN      []netip.Addr `json:"lan,omitempty"`   // empty: « Réseau local » is off
	Names    []string     `json:"names,omitempty"` // further Host names, without port
	CertFile string       `json:"certFile,omitempty"`
	KeyFile  string       `json:"keyFile,omitempty"`
}

func (s Settings) listen() feedserver.Listen {
	return feedserver.Listen{Port: s.Port, LAN: s.LAN, Names: s.Names, CertFile: s.CertFile, KeyFile: s.KeyFile}
}

// Status is how it stands.
type Status struct {
	Listening bool
	Port      int
	At        feedserver.Addresses
	Missing   []netip.Addr // addresses of the local network that are not there at the moment
	// Problem is why nothing listens, for people; nil before Start. A port that another program has is tried again every
	// minute.
	Problem error
}

// Params are what it is made of; all are required.
type Params struct {
	Store storage.Store
	Clock feedserver.Clock
	Log   *slog.Logger
}

// Serving is the server with its settings. Its methods may be called from any goroutine.
type Serving struct {
	Params
	shelf  *feedserver.Shelf
	server *feedserver.Server

	mu      stdsync.Mutex // of the server's starts and stops, and of what follows
	started bool
	problem error
	stop    context.CancelFunc
	working stdsync.WaitGroup
}

// New makes one that does not listen yet.
func New(p Params) *Serving {
	shelf := feedserver.NewShelf()
	return &Serving{
		Params: p, shelf: shelf,
		server: feedserver.New(feedserver.Params{Source: shelf, Clock: p.Clock, Log: p.Log}),
	}
}

// Shelf is where rendered feeds are put, to be served.
func (s *Serving) Shelf() *feedserver.Shelf { return s.shelf }

// Settings gives the settings as they are kept.
func (s *Serving) Settings(ctx context.Context) (kept Settings, err error) {
	err = s.Store.View(ctx, func(tx storage.Reader) error {
		kept, err = read(tx)
		return err
	})
	return kept, err
}

func read(tx storage.Reader) (kept Settings, err error) {
	text, err := tx.Setting(settingServer)
	if err != nil || text == "" {
		return kept, err
	}
	if err := json.Unmarshal([]byte(text), &kept); err != nil {
		return kept, fmt.Errorf("settings of the feed server: %w", err)
	}
	return kept, nil
}

func (s *Serving) keep(ctx context.Context, settings Settings) error {
	text, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx storage.Writer) error { return tx.PutSetting(settingServer, string(text)) })
}

// Addresses gives the beginnings of links, whether the server listens or not. The first who asks chooses the port.
func (s *Serving) Addresses(ctx context.Context) (feedserver.Addresses, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	settings, err := s.chosen(ctx)
	return settings.listen().Addresses(), err
}

// chosen gives the settings with a port; mu is held.
func (s *Serving) chosen(ctx context.Context) (Settings, error) {
	settings, err := s.Settings(ctx)
	if err != nil || settings.Port != 0 {
		return settings, err
	}
	if settings.Port, err = feedserver.FreePort(ctx); err != nil {
		return settings, err
	}
	return settings, s.keep(ctx, settings)
}

// Start serves links until Stop; ctx bounds only the start. Its error is the store's: a port that cannot be had does
// not end the rest of the agenda, and Status tells of it.
func (s *Serving) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return errors.New("the links are served already")
	}
	settings, err := s.chosen(ctx)
	if err != nil {
		return err
	}
	if err := s.listen(ctx, settings); err != nil {
		return err
	}
	s.started = true
	working, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.working.Go(func() { s.keepReadings(working) })
	s.working.Go(func() { s.keepTrying(working) })
	return nil
}

// listen starts the server and takes note of what keeps it from it; mu is held. A port that no link holds yet is
// exchanged for one that is free.
func (s *Serving) listen(ctx context.Context, settings Settings) error {
	s.problem = s.server.Start(ctx, settings.listen())
	var taken *feedserver.PortTaken
	if errors.As(s.problem, &taken) {
		given, err := s.linksGiven(ctx)
		if err != nil {
			return err
		}
		if !given && taken.Free != 0 {
			settings.Port = taken.Free
			if s.problem = s.server.Start(ctx, settings.listen()); s.problem == nil {
				return s.keep(ctx, settings)
			}
		}
	}
	if s.problem != nil {
		s.Log.Warn("the links are not served", "error", s.problem)
	}
	return nil
}

// linksGiven reports whether somebody may have a link that works.
func (s *Serving) linksGiven(ctx context.Context) (given bool, err error) {
	err = s.Store.View(ctx, func(tx storage.Reader) error {
		links, err := tx.FeedLinks()
		for _, l := range links {
			given = given || l.RevokedAt.IsZero()
		}
		return err
	})
	return given, err
}

// Change keeps other settings, and serves by them when links are served at all. Settings that cannot be served by are
// refused and change nothing: a port that another program has is a *feedserver.PortTaken.
func (s *Serving) Change(ctx context.Context, settings Settings) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := settings.listen().Validate(); err != nil {
		return err
	}
	if !s.started {
		return s.keep(ctx, settings)
	}
	before, err := s.Settings(ctx)
	if err != nil {
		return err
	}
	if settings.Port == 0 {
		settings.Port = before.Port
	}
	if err := s.server.Stop(); err != nil {
		return err
	}
	if err := s.server.Start(ctx, settings.listen()); err != nil {
		return errors.Join(err, s.listen(ctx, before))
	}
	s.problem = nil
	return s.keep(ctx, settings)
}

// Status tells how it stands.
func (s *Serving) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := Status{Missing: s.server.Missing(), Problem: s.problem}
	status.Port, status.At, status.Listening = s.server.Addr()
	return status
}

// Stop ends the serving and writes the last readings down. Stopping again does nothing.
func (s *Serving) Stop(ctx context.Context) error {
	s.mu.Lock()
	if !s.started {
		s.mu.Unlock()
		return nil
	}
	s.started = false
	s.stop()
	err := s.server.Stop()
	s.mu.Unlock()
	s.working.Wait()
	return errors.Join(err, s.note(ctx))
}

// keepTrying listens as soon as it can when another program had the port.
func (s *Serving) keepTrying(ctx context.Context) {
	tick := time.NewTicker(tryAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.retry(ctx)
		}
	}
}

func (s *Serving) retry(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.problem == nil || !s.started {
		return
	}
	settings, err := s.Settings(ctx)
	if err == nil {
		err = s.listen(ctx, settings)
	}
	if err != nil && ctx.Err() == nil {
		s.Log.Warn("the links are not served", "error", err)
	}
}
