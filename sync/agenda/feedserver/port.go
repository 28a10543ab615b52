package feedserver

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"syscall"

	"diapason/storage"
)

const (
	// FirstPort and LastPort are those that a new workspace chooses among. They are below those that systems give to
	// outgoing connections (32768 and above on Linux, 49152 on Windows and macOS), so that a chosen one stays free between
	// two starts; and they are many, so that a workspace seldom draws another's while that one is not open.
	FirstPort = 27463
	LastPort  = 32462

	lowestPort, highestPort = 1024, 65535
)

// PortTaken is the error of a port that another program listens on. It unwraps to words for people.
type PortTaken struct {
	Port int
	By   string // the program; "" when it cannot be found out
	Free int    // one that could be taken instead; 0 when none was found
}

// Error gives the technical form.
func (e *PortTaken) Error() string {
	return fmt.Sprintf("port %d is taken by %q; %d is free", e.Port, e.By, e.Free)
}

// Unwrap gives the words.
func (e *PortTaken) Unwrap() error {
	port, free := strconv.Itoa(e.Port), strconv.Itoa(e.Free)
	if e.By != "" {
		return storage.NewProblem("feedserver.portTakenBy", "port", port, "program", e.By, "free", free)
	}
	return storage.NewProblem("feedserver.portTaken", "port", port, "free", free)
}

// loopback listens on both addresses of this machine; on IPv6's only where there is one. Names and programs use either:
// a port that another program has on one of them is taken.
func loopback(ctx context.Context, port int) ([]net.Listener, error) {
	var all []net.Listener
	for _, address := range []string{"127.0.0.1", "::1"} {
		l, err := listen(ctx, address, port)
		switch {
		case err == nil:
			all = append(all, l)
		case isTaken(err) || len(all) == 0:
			return nil, errors.Join(err, closeAll(all))
		}
	}
	return all, nil
}

func listen(ctx context.Context, address string, port int) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(address, strconv.Itoa(port)))
}

func closeAll(all []net.Listener) error {
	var errs []error
	for _, l := range all {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// FreePort finds a port that could be listened on, for links that are given before anything listens. Whoever keeps it
// must still be ready for another program to take it first.
func FreePort(ctx context.Context) (int, error) {
	listeners, port, err := someFree(ctx)
	if err = errors.Join(err, closeAll(listeners)); err != nil {
		return 0, fmt.Errorf("free port: %w", err)
	}
	return port, nil
}

// someFree listens on a port that is free. It begins anywhere: the workspaces of one machine seldom meet.
func someFree(ctx context.Context) (listeners []net.Listener, port int, err error) {
	const ports = LastPort - FirstPort + 1
	begin := rand.IntN(ports)
	for i := range ports {
		port = FirstPort + (begin+i)%ports
		if listeners, err = loopback(ctx, port); err == nil || !isTaken(err) {
			break
		}
	}
	return listeners, port, err
}

// whyTaken finds out about a port that could not be had.
func whyTaken(ctx context.Context, port int) *PortTaken {
	taken := &PortTaken{Port: port, By: holder(port)}
	if free, err := FreePort(ctx); err == nil {
		taken.Free = free
	}
	return taken
}

// isTaken tells a port that another program has from other failures.
func isTaken(err error) bool {
	var code syscall.Errno
	return errors.As(err, &code) && slices.Contains(takenCodes, code)
}
