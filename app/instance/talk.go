package instance

import (
	"bufio"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"diapason/storage"
)

// The two sides say one line each, as JSON.
const (
	// longestQuestion bounds what the holder reads, in bytes: the words of a command line.
	longestQuestion = 1 << 20
	// longestAnswer bounds what the second start reads, in bytes: a feed, with room.
	longestAnswer = 64 << 20
	// carriedWithin is how long a command may take at the holder.
	carriedWithin = 5 * time.Minute
)

// toFront is the name of what every window carries out by itself.
const toFront = "window"

type question struct {
	Secret string          `json:"secret"`
	What   string          `json:"what"`
	With   json.RawMessage `json:"with,omitempty"`
}

// reply is the answer to a question: one of its fields.
type reply struct {
	Answer   json.RawMessage    `json:"answer,omitempty"`
	Problem  *storage.Problem   `json:"problem,omitempty"`
	Problems []*storage.Problem `json:"problems,omitempty"`
	Sentinel string             `json:"sentinel,omitempty"` // the name of an error of package storage
	Text     string             `json:"text,omitempty"`     // of another error
}

// answer reads a question and answers it. A caller that does not take the answer has gone: what it asked for is done.
func (l *Listener) answer(c net.Conn) {
	defer c.Close() //nolint:errcheck // the caller reports what it got
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return
	}
	stop := context.AfterFunc(l.ctx, func() { c.SetReadDeadline(time.Unix(1, 0)) }) //nolint:errcheck // the connection is closed anyway
	defer stop()
	line, err := bufio.NewReader(io.LimitReader(c, longestQuestion)).ReadBytes('\n')
	if err != nil {
		return
	}
	var q question
	if json.Unmarshal(line, &q) != nil || subtle.ConstantTimeCompare([]byte(q.Secret), []byte(l.secret)) != 1 {
		return // not one of ours: it is told nothing
	}
	text, err := json.Marshal(l.replyTo(q))
	if err != nil {
		return
	}
	if err := c.SetWriteDeadline(time.Now().Add(patience)); err == nil {
		c.Write(append(text, '\n')) //nolint:errcheck // see above
	}
}

// replyTo does what is asked for.
func (l *Listener) replyTo(q question) reply {
	var answer any
	err := error(storage.ErrLocked)
	switch {
	case q.What == toFront && l.p.Window:
		select {
		case l.calls <- struct{}{}:
		default: // one is waiting to be taken
		}
		answer, err = true, nil
	case l.p.Carry != nil:
		answer, err = l.p.Carry(l.ctx, q.What, q.With)
	}
	if err != nil {
		return refusal(err)
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return refusal(err)
	}
	return reply{Answer: text}
}

// sentinels are the errors that mean the same on both sides.
var sentinels = map[string]error{
	"notFound": storage.ErrNotFound, "duplicate": storage.ErrDuplicate, "conflict": storage.ErrConflict, "inUse": storage.ErrInUse,
	"locked": storage.ErrLocked, "readOnly": storage.ErrReadOnly, "diskFull": storage.ErrDiskFull, "closed": storage.ErrClosed,
}

// refusal writes an error down.
func refusal(err error) reply {
	var one *storage.Problem
	var several storage.Problems
	switch {
	case errors.As(err, &several):
		return reply{Problems: several}
	case errors.As(err, &one):
		return reply{Problem: one}
	}
	for name, sentinel := range sentinels {
		if errors.Is(err, sentinel) {
			return reply{Sentinel: name}
		}
	}
	return reply{Text: err.Error()}
}

// err gives the error that was written down; nil when there is none.
func (r reply) err() error {
	switch {
	case r.Problem != nil:
		return r.Problem
	case len(r.Problems) > 0:
		return storage.Problems(r.Problems)
	case sentinels[r.Sentinel] != nil:
		return sentinels[r.Sentinel]
	case r.Text != "" || r.Sentinel != "":
		return errors.New("the process that has the workspace open: " + r.Sentinel + r.Text)
	}
	return nil
}

// Wake calls the window of the workspace in a folder and reports whether it answered. It did not when another kind of
// process has the workspace open.
func Wake(ctx context.Context, dir string) bool {
	letRaise()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var shown bool
	err := Ask(ctx, dir, toFront, nil, &shown)
	return err == nil && shown
}

// ErrSilent is the cause of the Problem that Ask gives when the other process ended before it answered: nobody knows how
// far it came.
var ErrSilent = errors.New("no answer from the process that has the workspace open")

// Ask has the process that has the workspace in a folder open carry something out, and reads its answer into a pointer.
// Its errors are those of what was carried out; ErrLocked of package storage when nobody can be asked, or does not do
// that.
func Ask(ctx context.Context, dir, what string, with, answer any) error {
	at, err := read(dir)
	if err != nil || !at.isOf(dir) {
		return storage.ErrLocked
	}
	ctx, cancel := context.WithTimeout(ctx, carriedWithin)
	defer cancel()
	c, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "unix", at.Socket)
	if err != nil {
		return storage.ErrLocked
	}
	defer c.Close()                                                           //nolint:errcheck // everything has been read
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // the connection is closed below
	defer stop()
	input, err := json.Marshal(with)
	if err != nil {
		return err
	}
	line, err := json.Marshal(question{Secret: at.Secret, What: what, With: input})
	if err != nil {
		return err
	}
	if _, err := c.Write(append(line, '\n')); err != nil {
		return storage.ErrLocked
	}
	said, err := bufio.NewReader(io.LimitReader(c, longestAnswer)).ReadBytes('\n')
	var r reply
	if err == nil {
		err = json.Unmarshal(said, &r)
	}
	if err != nil {
		return errors.Join(ctx.Err(), storage.NewProblem("instance.silent").Because(fmt.Errorf("%w: %w", ErrSilent, err)))
	}
	if err := r.err(); err != nil {
		return err
	}
	return json.Unmarshal(r.Answer, answer)
}
