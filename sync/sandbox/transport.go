package sandbox

import (
	"bytes"
	"context"
	"io"
	"net/http"
	stdsync "sync"
)

// Transport is an http.RoundTripper that calls a handler in memory: for tests in virtual time, which a real socket
// would freeze. A handler that aborts gives the error of a cut connection; a body that does not come makes its reader
// wait; a deadline ends the call while the handler goes on, as over a network.
type Transport struct{ Handler http.Handler }

// RoundTrip calls the handler.
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body := []byte{}
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	received := r.Clone(r.Context())
	received.Body, received.RequestURI = io.NopCloser(bytes.NewReader(body)), r.URL.RequestURI()
	w := newMemoryWriter(r.Context())
	go w.serve(t.Handler, received)
	stop := context.AfterFunc(r.Context(), func() { w.gone(r.Context().Err()) })
	select {
	case <-w.started:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if w.broken != nil {
		stop()
		return nil, w.broken
	}
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, ContentLength: -1, Request: r, Body: &memoryBody{w.out, stop},
	}, nil
}

// memoryWriter is the handler's side of a call in memory.
type memoryWriter struct {
	// client is over when the client's time is: what the handler writes after that reaches nobody.
	client  context.Context
	header  http.Header
	begin   stdsync.Once
	started chan struct{} // closed when the status is known or the connection is broken
	// Set before started is closed:
	status int
	sent   http.Header
	broken error

	in  *io.PipeWriter
	out *io.PipeReader
	// cause is what breakWith asked for. Of the handler's goroutine.
	cause error
}

func newMemoryWriter(client context.Context) *memoryWriter {
	out, in := io.Pipe()
	return &memoryWriter{client: client, header: http.Header{}, started: make(chan struct{}), in: in, out: out, cause: io.ErrUnexpectedEOF}
}

// serve calls the handler and ends the answer as a server does.
func (w *memoryWriter) serve(h http.Handler, r *http.Request) {
	defer func() {
		switch p := recover(); p {
		case nil:
			w.WriteHeader(http.StatusOK)
			w.end(nil)
		case http.ErrAbortHandler: // the sentinel that handlers panic with
			w.begin.Do(func() {
				w.broken = w.cause
				close(w.started)
			})
			w.end(w.cause)
		default:
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
}

// end closes the body; nil is its ordinary end.
func (w *memoryWriter) end(err error) {
	if over := w.client.Err(); over != nil {
		err = over
	}
	if err := w.in.CloseWithError(err); err != nil {
		panic(err) // io.Pipe promises none
	}
}

// gone tells both sides that the client's time is over. The writer's end is the one to close: the reader of a pipe
// whose own end was closed is told only that it was closed, not why.
func (w *memoryWriter) gone(err error) {
	if err := w.in.CloseWithError(err); err != nil {
		panic(err) // io.Pipe promises none
	}
}

// Header gives the headers to be sent.
func (w *memoryWriter) Header() http.Header { return w.header }

// WriteHeader sends the headers.
func (w *memoryWriter) WriteHeader(status int) {
	if w.client.Err() != nil {
		return
	}
	w.begin.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.started)
	})
}

// Write sends a part of the body; it waits until it is read.
func (w *memoryWriter) Write(p []byte) (int, error) {
	if err := w.client.Err(); err != nil {
		return 0, err
	}
	w.WriteHeader(http.StatusOK)
	return w.in.Write(p)
}

// Flush has nothing to send: nothing is kept back.
func (w *memoryWriter) Flush() {}

// breakWith says how the connection that the handler is about to abort ends.
func (w *memoryWriter) breakWith(err error) { w.cause = err }

// memoryBody is the client's side of the body.
type memoryBody struct {
	*io.PipeReader
	stop func() bool
}

// Close lets the handler write on for nobody.
func (b *memoryBody) Close() error {
	b.stop()
	return b.PipeReader.Close()
}
