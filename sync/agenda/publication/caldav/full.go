package caldav

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"diapason/storage"
	"diapason/sync/dav"
	"diapason/sync/directory"
)

// trialUID is the key of the trial event among what is known: no event of a feed has it.
const trialUID = "diapason-trial"

// trial is an event that every calendar accepts, in a year that nobody looks at; its arguments are its UID and some text.
const trial = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Diapason//essai//FR\r\nBEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:19700101T000000Z\r\n" +
	"DTSTART:19700101T000000Z\r\nDTEND:19700101T010000Z\r\nSUMMARY:Diapason\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n"

// doubt looks whose fault a failure is, once per bringing about: it puts a trial event of the size of what failed, in
// bytes, and takes it away again. When that is refused too, no event is to blame, and it gives the error that says so;
// nil when the service stores events and the failure stands as it is.
func (w *work) doubt(ctx context.Context, cause error, size int) error {
	if w.doubted || w.keep == nil || !dav.IsStatus(cause, dav.MayBeFull...) {
		return nil
	}
	w.doubted = true
	name := nameOf(w.prefix, trialUID)
	// Kept before it leaves: what a crash leaves there is taken away the next time, as is every event that a feed has no more.
	w.noted[trialUID] = storage.PublishedEvent{Path: name}
	if err := w.keep(maps.Clone(w.noted)); err != nil {
		return err
	}
	header := http.Header{"Content-Type": {"text/calendar; charset=utf-8"}}
	_, err := w.Send(ctx, http.MethodPut, w.Base.Path+name, trialOf(name, size), header)
	switch {
	case dav.IsStatus(err, dav.MayBeFull...):
		w.known[trialUID] = w.noted[trialUID] // it may stand there all the same
		return dav.Wrong(directory.Refused, err, "publication.storesNothing", "host", w.Host())
	case dav.IsStatus(err, http.StatusInsufficientStorage):
		return err
	case err != nil:
		return nil // something else, and not what is looked for
	}
	if _, err := w.Send(ctx, http.MethodDelete, w.Base.Path+name, nil, nil); err != nil {
		w.known[trialUID] = w.noted[trialUID]
	}
	return nil
}

// trialOf writes the trial event with about as many bytes as size.
func trialOf(uid string, size int) []byte {
	const line = "X-DIAPASON-TRIAL:0123456789012345678901234567890123456789\r\n"
	return fmt.Appendf(nil, trial, uid, strings.Repeat(line, size/len(line)))
}
