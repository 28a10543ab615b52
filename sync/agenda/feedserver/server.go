package feedserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	stdsync "sync"
	"time"

	"diapason/storage"
)

const (
	// headerPatience and readPatience are how long a caller may take to ask, writePatience how long to receive: 6 MB over
	// a slow wireless network.
	headerPatience = 5 * time.Second
	readPatience   = 10 * time.Second
	writePatience  = 2 * time.Minute
	idlePatience   = time.Minute
	// mostHeader is how long a request may be, in bytes: a path, a few lines.
	mostHeader = 16 << 10
	// grace is how long answers under way may take when the server stops.
	grace = 5 * time.Second
	// lookAgain is how often an address that is not there is looked for: a portable computer starts before its network.
	lookAgain = 15 * time.Second
)

// Listen says where to answer. Loopback (127.0.0.1 and ::1) is always answered, without encryption: nothing leaves the
// machine.
type Listen struct {
	// Port is the one kept in the settings, because links hold it; 0 takes a free one, which Addr gives.
	Port int
	// LAN are the addresses of the local network that the user has chosen; empty: « Réseau local » is off.
	LAN []netip.Addr
	// Names are the Host names under which LAN addresses, a tunnel or a proxy are called, besides the addresses themselves.
	Names []string
	// CertFile and KeyFile are the user's certificate for the local network, in PEM; both or neither.
	CertFile, KeyFile string
}

// Addresses are the beginnings of links, without the path: "http://127.0.0.1:27463".
type Addresses struct {
	Loopback string
	// LAN are those of the local network, the names before the addresses; empty when « Réseau local » is off.
	LAN []string
}

// Addresses gives the beginnings of links on a port that is chosen already, whether anything listens or not.
func (l Listen) Addresses() Addresses {
	port := strconv.Itoa(l.Port)
	at := Addresses{Loopback: "http://" + net.JoinHostPort("127.0.0.1", port)}
	if len(l.LAN) == 0 {
		return at
	}
	scheme := "http://"
	if l.CertFile != "" {
		scheme = "https://"
	}
	for _, name := range l.Names {
		at.LAN = append(at.LAN, scheme+net.JoinHostPort(name, port))
	}
	for _, a := range l.LAN {
		at.LAN = append(at.LAN, scheme+net.JoinHostPort(a.String(), port))
	}
	return at
}

// Validate refuses, as problems for people, what nobody should listen on.
func (l Listen) Validate() error {
	if l.Port != 0 && (l.Port < lowestPort || l.Port > highestPort) {
		return storage.NewProblem("feedserver.port", "port", strconv.Itoa(l.Port))
	}
	for _, a := range l.LAN {
		if !a.IsValid() || a.IsUnspecified() || a.IsMulticast() {
			return storage.NewProblem("feedserver.address", "address", a.String())
		}
	}
	return nil
}

// Server answers subscription links. Its methods may be called from any goroutine.
type Server struct {
	params Params

	mu  stdsync.Mutex
	run *running // nil while it does not listen
}

// running is a server from Start to Stop.
type running struct {
	listen  Listen
	http    *http.Server
	cert    *certificate // nil without one
	log     *slog.Logger
	stop    context.CancelFunc
	serving stdsync.WaitGroup

	mu      stdsync.Mutex
	missing []netip.Addr // of LAN, those that could not be listened on
}

// New makes a server that does not listen yet.
func New(p Params) *Server { return &Server{params: p} }

// Start listens and answers until Stop; ctx bounds only the start. A port that another program has is a *PortTaken, and
// nothing listens then. An address of the local network that is not there does not keep the others from being answered:
// it is looked for again, and Missing names it meanwhile. A stopped server may be started again.
func (s *Server) Start(ctx context.Context, l Listen) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run != nil {
		return errors.New("the feed server listens already")
	}
	if err := l.Validate(); err != nil {
		return err
	}
	r := &running{listen: l, log: s.params.Log, missing: slices.Clone(l.LAN)}
	if l.CertFile != "" || l.KeyFile != "" {
		var err error
		if r.cert, err = openCertificate(l.CertFile, l.KeyFile, s.params.Log); err != nil {
			return err
		}
	}
	listeners, err := r.bind(ctx)
	if err != nil {
		return err
	}
	r.serve(s.params, listeners)
	s.run = r
	return nil
}

// bind takes the port on loopback.
func (r *running) bind(ctx context.Context) (listeners []net.Listener, err error) {
	if r.listen.Port == 0 {
		listeners, r.listen.Port, err = someFree(ctx)
	} else {
		listeners, err = loopback(ctx, r.listen.Port)
	}
	switch {
	case isTaken(err):
		return nil, whyTaken(ctx, r.listen.Port)
	case err != nil:
		return nil, fmt.Errorf("feed server: %w", err)
	}
	return listeners, nil
}

// serve answers on the listeners, and on the addresses of the local network as they come.
func (r *running) serve(p Params, listeners []net.Listener) {
	r.http = &http.Server{
		Handler:           &handler{Params: p, hosts: hostsOf(r.listen, r.listen.Port)},
		ReadHeaderTimeout: headerPatience, ReadTimeout: readPatience, WriteTimeout: writePatience, IdleTimeout: idlePatience,
		MaxHeaderBytes: mostHeader, ErrorLog: log.New(masked{p.Log}, "", 0),
	}
	if r.cert != nil {
		r.http.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: r.cert.get}
	}
	for _, l := range listeners {
		r.answer(l, false)
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	r.findMissing(ctx)
	if len(r.listen.LAN) > 0 {
		r.serving.Go(func() { r.keepLooking(ctx) })
	}
}

// answer serves one listener on a goroutine of its own.
func (r *running) answer(l net.Listener, encrypted bool) {
	r.serving.Go(func() {
		serve := r.http.Serve
		if encrypted {
			serve = func(l net.Listener) error { return r.http.ServeTLS(l, "", "") }
		}
		if err := serve(l); !errors.Is(err, http.ErrServerClosed) {
			r.log.Error("the feed server stopped answering", "address", l.Addr().String(), "error", err)
		}
	})
}

// findMissing listens on those addresses of the local network that were not there before.
func (r *running) findMissing(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.missing = slices.DeleteFunc(r.missing, func(a netip.Addr) bool {
		l, err := listen(ctx, a.String(), r.listen.Port)
		if err != nil {
			r.log.Info("an address of the local network cannot be listened on", "address", a.String(), "error", err)
			return false
		}
		r.answer(l, r.cert != nil)
		return true
	})
}

func (r *running) keepLooking(ctx context.Context) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			r.findMissing(ctx)
		}
	}
}

// Stop ends the listening; answers under way have five seconds. Stopping again does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.run
	if r == nil {
		return nil
	}
	s.run = nil
	r.stop()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	err := r.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = r.http.Close()
	}
	r.serving.Wait()
	return err
}

// Addr gives the port that is listened on, and the beginnings of links; false while the server does not listen.
func (s *Server) Addr() (port int, at Addresses, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run == nil {
		return 0, Addresses{}, false
	}
	return s.run.listen.Port, s.run.listen.Addresses(), true
}

// Missing lists the addresses of the local network that are not there at the moment, so that nobody is answered on them.
func (s *Server) Missing() []netip.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run == nil {
		return nil
	}
	s.run.mu.Lock()
	defer s.run.mu.Unlock()
	return slices.Clone(s.run.missing)
}

// masked writes what the standard library's server has to say into the log, without tokens.
type masked struct{ log *slog.Logger }

// Write takes one message.
func (m masked) Write(message []byte) (int, error) {
	m.log.Warn("feed server", "said", Mask(strings.TrimSpace(string(message))))
	return len(message), nil
}
