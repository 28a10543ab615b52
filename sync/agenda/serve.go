package agenda

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

// The settings of the server.
const (
	keyPort  = "agenda.port"
	keyLAN   = "agenda.lan"   // addresses, comma-separated; "" is off
	keyNames = "agenda.names" // Host names, comma-separated
	keyCert  = "agenda.cert"
	keyKey   = "agenda.key"
)

// Configuration says where the links are answered.
type Configuration struct {
	// Port is in every link: chosen once, and kept.
	Port int
	// LAN are the addresses of the local network that are answered too; empty: this machine only.
	LAN []netip.Addr
	// Names are the Host names under which a tunnel, a proxy or the local network call this machine.
	Names []string
	// CertFile and KeyFile are the user's certificate for the local network; both or neither.
	CertFile, KeyFile string
}

func (c Configuration) listen() feedserver.Listen {
	return feedserver.Listen{Port: c.Port, LAN: c.LAN, Names: c.Names, CertFile: c.CertFile, KeyFile: c.KeyFile}
}

// Serving tells where the links are answered now.
type Serving struct {
	Port      int
	Addresses feedserver.Addresses
	Missing   []netip.Addr // of the local network, not there at the moment
	// Refused is why nothing is answered: a *feedserver.PortTaken, a *storage.Problem; nil while it is, or before Start.
	Refused error
}

// Start prepares the workspace's agenda, renders its feeds whenever they change, answers its links, and reads outside
// feeds when they are due. A port that another program has does not keep it from starting: Serving says so.
func (a *Agenda) Start(ctx context.Context) error {
	a.lifecycle.Lock()
	defer a.lifecycle.Unlock()
	if a.cancel != nil {
		return errors.New("the agenda was started already")
	}
	if err := a.Prepare(ctx); err != nil {
		return err
	}
	k := &keeper{a: a, settled: map[string]placeTold{}}
	if err := a.p.Store.View(ctx, func(tx storage.Reader) error {
		links, err := tx.FeedLinks()
		k.place(links, a.now())
		return err
	}); err != nil {
		return err
	}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	remove := a.p.Store.OnChange(a.changed)
	a.cancel = func() { remove(); cancel() }
	a.mu.Lock()
	a.touched.reservations = true
	a.mu.Unlock()
	a.wake()
	a.working.Go(func() { k.keep(run) })
	a.working.Go(func() { a.note(run) })
	a.working.Go(func() { a.subscribe(run) })
	a.working.Go(func() { a.retry(run) })
	return a.serve(ctx)
}

// Stop ends the server, then the rendering. Stopping again does nothing.
func (a *Agenda) Stop() {
	a.lifecycle.Lock()
	defer a.lifecycle.Unlock()
	if a.cancel == nil {
		return
	}
	if err := a.server.Stop(); err != nil {
		a.p.Log.Warn("the feed server did not stop well", "error", err)
	}
	a.cancel()
	a.working.Wait()
	a.cancel = nil
}

// tryAgain is how often a port that another program had is tried again.
const tryAgain = time.Minute

// retry listens as soon as it can when another program had the port.
func (a *Agenda) retry(ctx context.Context) {
	tick := time.NewTicker(tryAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if a.Serving().Refused == nil || !a.lifecycle.TryLock() { // who holds it serves, or stops
			continue
		}
		err := a.serve(ctx)
		a.lifecycle.Unlock()
		if err != nil && ctx.Err() == nil {
			a.p.Log.Warn("the links of the agenda are not answered", "error", err)
		}
	}
}

// serve listens as the settings say. What keeps it from that is told by Serving, and is no error of the start. A port
// that another program has and that no link holds yet is exchanged for one that is free.
func (a *Agenda) serve(ctx context.Context) error {
	c, err := a.Configuration(ctx)
	if err != nil {
		return err
	}
	refused := a.server.Start(ctx, c.listen())
	var taken *feedserver.PortTaken
	if errors.As(refused, &taken) && taken.Free != 0 {
		given, err := a.given(ctx)
		if err != nil {
			return err
		}
		if !given {
			c.Port = taken.Free
			if refused = a.server.Start(ctx, c.listen()); refused == nil {
				if err := a.writeConfiguration(ctx, c); err != nil {
					return err
				}
			}
		}
	}
	if refused != nil {
		a.p.Log.Warn("the links of the agenda are not answered", "error", refused)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refused = refused
	return nil
}

// given reports whether somebody may have a link that works.
func (a *Agenda) given(ctx context.Context) (given bool, err error) {
	err = a.p.Store.View(ctx, func(tx storage.Reader) error {
		links, err := tx.FeedLinks()
		for _, l := range links {
			given = given || l.RevokedAt.IsZero()
		}
		return err
	})
	return given, err
}

// Serving tells where the links are answered.
func (a *Agenda) Serving() Serving {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := Serving{Refused: a.refused, Missing: a.server.Missing()}
	s.Port, s.Addresses, _ = a.server.Addr()
	return s
}

// Configuration reads the settings. The port is chosen the first time, among those that are free, and kept.
func (a *Agenda) Configuration(ctx context.Context) (Configuration, error) {
	c, err := a.readConfiguration(ctx)
	if err != nil || c.Port != 0 {
		return c, err
	}
	if c.Port, err = feedserver.FreePort(ctx); err != nil {
		return c, err
	}
	err = a.p.Store.Update(ctx, func(tx storage.Writer) error { return tx.PutSetting(keyPort, strconv.Itoa(c.Port)) })
	return c, err
}

func (a *Agenda) readConfiguration(ctx context.Context) (Configuration, error) {
	var c Configuration
	err := a.p.Store.View(ctx, func(tx storage.Reader) error {
		all, err := tx.Settings()
		if err != nil {
			return err
		}
		c.Port, _ = strconv.Atoi(all[keyPort]) //nolint:errcheck // an unreadable port is chosen anew
		for _, text := range list(all[keyLAN]) {
			if address, err := netip.ParseAddr(text); err == nil {
				c.LAN = append(c.LAN, address)
			}
		}
		c.Names, c.CertFile, c.KeyFile = list(all[keyNames]), all[keyCert], all[keyKey]
		return nil
	})
	return c, err
}

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// Configure keeps other settings and, while the agenda is started, answers as they say from now on. When that cannot be,
// the error says why, and what was before goes on.
func (a *Agenda) Configure(ctx context.Context, c Configuration) error {
	if err := c.listen().Validate(); err != nil {
		return err
	}
	a.lifecycle.Lock()
	defer a.lifecycle.Unlock()
	before, err := a.Configuration(ctx)
	if err != nil {
		return err
	}
	if c.Port == 0 {
		c.Port = before.Port
	}
	if err := a.writeConfiguration(ctx, c); err != nil || a.cancel == nil {
		return err
	}
	if err := a.again(ctx); err != nil {
		return err
	}
	refused := a.Serving().Refused
	if refused == nil {
		return nil
	}
	if err := a.writeConfiguration(ctx, before); err != nil {
		return err
	}
	return errors.Join(refused, a.again(ctx))
}

// again stops the server and starts it as the settings say.
func (a *Agenda) again(ctx context.Context) error {
	if err := a.server.Stop(); err != nil {
		a.p.Log.Warn("the feed server did not stop well", "error", err)
	}
	return a.serve(ctx)
}

func (a *Agenda) writeConfiguration(ctx context.Context, c Configuration) error {
	var addresses []string
	for _, address := range c.LAN {
		addresses = append(addresses, address.String())
	}
	values := map[string]string{
		keyPort: strconv.Itoa(c.Port), keyLAN: strings.Join(addresses, ","), keyNames: strings.Join(c.Names, ","),
		keyCert: c.CertFile, keyKey: c.KeyFile,
	}
	return a.p.Store.Update(ctx, func(tx storage.Writer) error {
		for key, value := range values {
			if err := tx.PutSetting(key, value); err != nil {
				return err
			}
		}
		return nil
	})
}
