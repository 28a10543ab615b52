package command

import (
	"net/netip"
	"strings"

	"diapason/app/say"
	"diapason/storage"
	"diapason/sync/agenda/feedserver"
)

// serveCommand runs the scheduler, the lanes and the subscription links until it is interrupted.
type serveCommand struct {
	Port int      `name:"port" placeholder:"command.value.port"`
	LAN  []string `name:"lan" placeholder:"command.value.address"`
}

// Run keeps the workspace open; Ctrl+C or SIGTERM lets the item in flight finish and ends.
func (c serveCommand) Run(s *session) error {
	return s.withWorkspace(func(w *Workspace) error {
		if err := c.configure(s, w); err != nil {
			return err
		}
		if err := w.Start(s.ctx); err != nil {
			return err
		}
		if err := w.Agenda.Start(s.ctx); err != nil {
			return err
		}
		if err := w.listen(false); err != nil { // the links answer all the same
			w.Log.Warn("no other command will be carried out meanwhile", "error", err)
		}
		s.sayT("command.serve.started", "folder", w.Store.Path())
		links := tellServing(s, w)
		w.KeepBackups(s.ctx)
		s.sayT("command.stopping")
		return s.document(map[string]any{"served": w.Store.Path(), "links": links})
	})
}

// noLAN switches « Réseau local » off.
const noLAN = "off"

// configure keeps what the command line says of the links' server.
func (c serveCommand) configure(s *session, w *Workspace) error {
	if c.Port == 0 && len(c.LAN) == 0 {
		return nil
	}
	configuration, err := w.Agenda.Configuration(s.ctx)
	if err != nil {
		return err
	}
	if c.Port != 0 {
		configuration.Port = c.Port
	}
	if len(c.LAN) > 0 {
		configuration.LAN = nil
	}
	for _, text := range c.LAN {
		if text == noLAN {
			continue
		}
		address, err := netip.ParseAddr(text)
		if err != nil {
			return unknownAddress(text)
		}
		configuration.LAN = append(configuration.LAN, address)
	}
	return w.Agenda.Configure(s.ctx, configuration)
}

// unknownAddress names those that there are.
func unknownAddress(text string) error {
	there, err := feedserver.LANAddresses()
	if err != nil {
		return err
	}
	var names []string
	for _, a := range there {
		names = append(names, a.Addr.String())
	}
	return storage.NewProblem("command.lanAddress", "value", text, "addresses", strings.Join(names, ", "))
}

// tellServing says where the links answer, or why they do not, and gives the addresses.
func tellServing(s *session, w *Workspace) (links []string) {
	links = []string{}
	serving := w.Agenda.Serving()
	if serving.Refused != nil {
		s.say(say.Error(serving.Refused))
		return links
	}
	links = append(append(links, serving.Addresses.Loopback), serving.Addresses.LAN...)
	for _, address := range links {
		s.sayT("command.serve.links", "address", address)
	}
	for _, address := range serving.Missing {
		s.sayT("command.serve.missing", "address", address.String())
	}
	return links
}
