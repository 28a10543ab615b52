package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// saveEvery is how often a served emulator with a file writes its changes.
const saveEvery = time.Second

// Server is an emulator being served.
type Server struct {
	URL  string // "http://127.0.0.1:43211"
	done chan error
}

// Serve answers on addr, which must be a loopback address ("127.0.0.1:0" chooses a free port), until ctx ends. Wait
// gives the end.
func (t *Trial) Serve(ctx context.Context, addr string) (*Server, error) {
	return Serve(ctx, addr, t, t.Save)
}

// Serve answers with any emulator's handler, as Trial.Serve does; save writes what changed since it was called last.
func Serve(ctx context.Context, addr string, handler http.Handler, save func() error) (*Server, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("emulator: %s is not a loopback address", host)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	s := &Server{URL: "http://" + listener.Addr().String(), done: make(chan error, 1)}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }, // the end ends the faults that make wait
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	go func() {
		tick := time.NewTicker(saveEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if err := save(); err != nil {
					s.done <- errors.Join(err, server.Close(), <-stopped)
					return
				}
			case err := <-stopped:
				s.done <- errors.Join(err, save())
				return
			case <-ctx.Done():
				closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
				err := server.Shutdown(closing)
				cancel()
				if end := <-stopped; !errors.Is(end, http.ErrServerClosed) {
					err = errors.Join(err, end)
				}
				s.done <- errors.Join(err, save())
				return
			}
		}
	}()
	return s, nil
}

// Wait returns when the server is stopped and its listings are saved. It may be called once.
func (s *Server) Wait() error { return <-s.done }

// saved is the form of the file.
type saved struct {
	Account string    `json:"account"`
	Next    int       `json:"next"`
	Records []*Record `json:"records"`
}

// Save writes the listings to the file, when there is one and something changed.
func (t *Trial) Save() error {
	t.mu.Lock()
	if t.file == "" || !t.dirty {
		t.mu.Unlock()
		return nil
	}
	t.dirty = false
	next, account := t.next, t.account
	t.mu.Unlock()
	raw, err := json.MarshalIndent(saved{Account: account, Next: next, Records: t.Records()}, "", "\t")
	if err != nil {
		return fmt.Errorf("trial directory: %w", err)
	}
	if err := replaceFile(t.file, raw); err != nil {
		return fmt.Errorf("trial directory: %w", err)
	}
	return nil
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, raw []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".emulator-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(raw)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

func (t *Trial) load() error {
	if t.file == "" {
		return nil
	}
	raw, err := os.ReadFile(t.file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var s saved
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("%s: %w", t.file, err)
	}
	t.account, t.next = s.Account, s.Next
	for _, r := range s.Records {
		t.records[r.ID], t.external[r.ExternalID] = r, r
	}
	return nil
}
