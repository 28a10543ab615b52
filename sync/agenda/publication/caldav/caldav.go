// Package caldav puts the events of a feed into a calendar (RFC 4791), one object per event: Nextcloud, Radicale, Baïkal
// and the calendars of many hosts show them at once, without a subscription.
//
// It changes and deletes only what it put there: every write names the version that it replaces. What somebody changed
// there since is left as it is and said. Reading the events of others, and bringing changes back, is not done here.
package caldav

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/emersion/go-webdav/caldav"

	"diapason/storage"
	"diapason/sync/agenda/publication"
	"diapason/sync/dav"
	"diapason/sync/directory"
)

// ID is the kind's.
const ID = "agenda.caldav"

const example = "https://nuage.example.org/remote.php/dav/calendars/prenom/agenda"

// together is how many objects are on their way between two notes of what is known: what a crash leaves to look at
// again.
const together = 50

// Kind gives the target as the program registers it.
func Kind() publication.Kind { return KindOver(nil) }

// KindOver gives the target with the connections of a transport; nil: the machine's.
func KindOver(transport http.RoundTripper) publication.Kind {
	return publication.Kind{
		ID: ID,
		Settings: []directory.Setting{
			{Name: publication.SettingURL},
			{Name: publication.SettingUser, Optional: true},
			{Name: publication.SecretPassword, Secret: true, Optional: true},
		},
		Open: func(p publication.Params) (publication.Target, error) {
			web, err := publication.NewWeb(p, example, transport)
			if err != nil {
				return nil, err
			}
			return &target{web}, nil
		},
	}
}

// target is one calendar.
type target struct{ *dav.Web }

// multistatus is the part of an answer to PROPFIND that is looked at.
type multistatus struct {
	Responses []struct {
		Href      string `xml:"DAV: href"`
		Propstats []struct {
			Status string `xml:"DAV: status"`
			Prop   struct {
				ETag string `xml:"DAV: getetag"`
				Type struct {
					Calendar *struct{} `xml:"urn:ietf:params:xml:ns:caldav calendar"`
				} `xml:"DAV: resourcetype"`
			} `xml:"DAV: prop"`
		} `xml:"DAV: propstat"`
	} `xml:"DAV: response"`
}

const question = `<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:"><prop><resourcetype/><getetag/></prop></propfind>`

// ask sends PROPFIND to the calendar, or with depth "1" to what it holds as well.
func (t *target) ask(ctx context.Context, depth string) (*multistatus, error) {
	var answer multistatus
	if _, err := t.Ask(ctx, "PROPFIND", t.Base.Path, depth, question, &answer); err != nil {
		return nil, err
	}
	return &answer, nil
}

// Test looks whether the address is a calendar; when it is not, it looks for those of the user, to name them.
func (t *target) Test(ctx context.Context) error {
	answer, err := t.ask(ctx, "0")
	if err != nil {
		return err
	}
	for _, r := range answer.Responses {
		for _, p := range r.Propstats {
			if p.Prop.Type.Calendar != nil {
				return nil
			}
		}
	}
	if names := t.others(ctx); names != "" {
		return dav.Wrong(directory.Refused, nil, "publication.chooseCalendar", "host", t.Host(), "calendars", names)
	}
	return dav.Wrong(directory.Refused, nil, "publication.notCalendar", "host", t.Host())
}

// others names the calendars that the service says the user has; "" when it says nothing. It serves a sentence only, so
// that what fails on the way is left aside.
func (t *target) others(ctx context.Context) string {
	client, err := caldav.NewClient(t.Web, t.Base.String())
	if err != nil {
		return ""
	}
	principal, err := client.FindCurrentUserPrincipal(ctx)
	if err != nil {
		return ""
	}
	home, err := client.FindCalendarHomeSet(ctx, principal)
	if err != nil {
		return ""
	}
	calendars, err := client.FindCalendars(ctx, home)
	if err != nil {
		return ""
	}
	const most = 5
	var names []string
	for _, c := range calendars[:min(len(calendars), most)] {
		u := *t.Base
		u.Path = c.Path
		names = append(names, u.String())
	}
	return strings.Join(names, " ")
}

// versions lists what the calendar holds, by the last part of its path.
func (t *target) versions(ctx context.Context) (map[string]string, error) {
	answer, err := t.ask(ctx, "1")
	if err != nil {
		return nil, err
	}
	there := make(map[string]string, len(answer.Responses))
	for _, r := range answer.Responses {
		href, err := url.Parse(strings.TrimSpace(r.Href))
		if err != nil || strings.HasSuffix(href.Path, "/") {
			continue // the calendar itself
		}
		for _, p := range r.Propstats {
			if p.Prop.ETag != "" {
				there[href.Path[strings.LastIndexByte(href.Path, '/')+1:]] = p.Prop.ETag
			}
		}
	}
	return there, nil
}

// PutEvents makes the events of a feed stand in the calendar.
func (t *target) PutEvents(
	ctx context.Context, prefix string, known publication.Events, feed []byte, keep func(publication.Events) error,
) (publication.Events, error) {
	objects, whole := split(feed)
	if !whole {
		return known, dav.Wrong(directory.Refused, nil, "publication.cutFeed")
	}
	w := &work{target: t, prefix: prefix, known: maps.Clone(known), keep: keep}
	if w.known == nil {
		w.known = publication.Events{}
	}
	var err error
	if w.there, err = t.versions(ctx); err != nil {
		w.noted = maps.Clone(w.known)
		return w.known, cmp.Or(w.doubt(ctx, err, 0), err)
	}
	wanted := make(map[string]bool, len(objects))
	for _, o := range objects {
		wanted[o.uid] = true
	}
	var steps []step
	for uid, k := range known { // first: it makes room
		if !wanted[uid] {
			if s, needed := w.drop(uid, k); needed {
				steps = append(steps, s)
			}
		}
	}
	for _, o := range objects {
		if s, needed := w.put(prefix, o); needed {
			steps = append(steps, s)
		}
	}
	return w.do(ctx, steps)
}

// RemoveEvents takes away what was put there.
func (t *target) RemoveEvents(ctx context.Context, known publication.Events) (publication.Events, error) {
	there, err := t.versions(ctx)
	if err != nil {
		return known, err
	}
	w := &work{target: t, there: there, known: maps.Clone(known)}
	var steps []step
	for uid, k := range known {
		if s, needed := w.drop(uid, k); needed {
			steps = append(steps, s)
		}
	}
	return w.do(ctx, steps)
}

// work is one bringing about.
type work struct {
	*target
	prefix  string
	there   map[string]string // versions, by name
	known   publication.Events
	noted   publication.Events             // what was kept last: known, with what is on its way
	keep    func(publication.Events) error // nil: nothing needs to be kept before
	left    []string                       // titles, or UIDs, of what somebody else changed
	refused []string
	unnamed bool // some write was not told its version
	doubted bool // the service was tried with an event of ours
}

// step is one write.
type step struct {
	uid, title, name string
	version          string // that it replaces; "" for what is not there
	object           *object
}

// put says what has to be done for an object.
func (w *work) put(prefix string, o object) (step, bool) {
	name := nameOf(prefix, o.uid)
	s := step{uid: o.uid, title: o.title, name: name, version: w.there[name], object: &o}
	k, ours := w.known[o.uid]
	switch {
	case !ours && s.version == "":
		return s, true
	case ours && k.ETag == "": // on its way when we were interrupted: whatever stands there is ours
		return s, true
	case !ours || s.version != k.ETag:
		w.left = append(w.left, title(s))
		return s, false
	}
	return s, k.Hash != o.hash
}

// drop says what has to be done for an event that shall not be there any more.
func (w *work) drop(uid string, k storage.PublishedEvent) (step, bool) {
	s := step{uid: uid, name: k.Path, version: w.there[k.Path]}
	switch {
	case s.version == "":
		delete(w.known, uid) // gone already
		return s, false
	case k.ETag != "" && k.ETag != s.version:
		w.left = append(w.left, title(s))
		return s, false
	}
	return s, true
}

func title(s step) string {
	if s.title != "" {
		return s.title
	}
	return s.uid
}

// do makes the writes. Before some of them leave, what is known of them is kept as "on its way".
func (w *work) do(ctx context.Context, steps []step) (publication.Events, error) {
	for len(steps) > 0 {
		some := steps[:min(together, len(steps))]
		steps = steps[len(some):]
		if w.keep != nil {
			w.noted = maps.Clone(w.known)
			for _, s := range some {
				w.noted[s.uid] = storage.PublishedEvent{Path: s.name}
			}
			if err := w.keep(maps.Clone(w.noted)); err != nil {
				return w.known, err
			}
		}
		for _, s := range some {
			if err := w.write(ctx, s); err != nil {
				return w.known, err // those after it have not left
			}
		}
	}
	if w.unnamed {
		if err := w.name(ctx); err != nil {
			return w.known, err
		}
	}
	return w.known, w.verdict()
}

// write makes one write. A refusal of the one object is noted and is no error.
func (w *work) write(ctx context.Context, s step) error {
	method, header, body := http.MethodDelete, http.Header{}, []byte(nil)
	if s.object != nil {
		method, body = http.MethodPut, s.object.body
		header.Set("Content-Type", "text/calendar; charset=utf-8")
	}
	switch {
	case s.version == "":
		header.Set("If-None-Match", "*")
	case !strings.HasPrefix(s.version, "W/"): // a weak version matches nothing (RFC 9110, 13.1.1)
		header.Set("If-Match", s.version)
	}
	answer, err := w.Send(ctx, method, w.Base.Path+s.name, body, header)
	class := directory.Ambiguous
	if err != nil {
		class = directory.Classify(err).Class
	}
	switch {
	case err == nil && s.object == nil, dav.IsStatus(err, http.StatusNotFound) && s.object == nil:
		delete(w.known, s.uid)
	case err == nil:
		k := storage.PublishedEvent{Path: s.name, Hash: s.object.hash, ETag: answer.Get("ETag")}
		w.unnamed = w.unnamed || k.ETag == ""
		w.known[s.uid] = k
	case class == directory.Stale:
		w.left = append(w.left, title(s))
	case dav.IsStatus(err, http.StatusInsufficientStorage), dav.IsStatus(err, http.StatusMethodNotAllowed):
		return err // the calendar as a whole
	case class == directory.Refused:
		w.refused = append(w.refused, title(s))
		return w.doubt(ctx, err, len(body))
	default:
		w.known[s.uid] = storage.PublishedEvent{Path: s.name} // what became of it is not known
		return cmp.Or(w.doubt(ctx, err, len(body)), err)
	}
	return nil
}

// name asks for the versions that answers did not tell: a server that stores something else than what it was sent
// must not (RFC 4791, 5.3.4).
func (w *work) name(ctx context.Context) error {
	there, err := w.versions(ctx)
	if err != nil {
		return err
	}
	for uid, k := range w.known {
		if k.ETag == "" && k.Hash != "" {
			k.ETag = there[k.Path]
			w.known[uid] = k
		}
	}
	return nil
}

// verdict says what could not be brought about.
func (w *work) verdict() error {
	switch {
	case len(w.refused) > 0:
		return dav.Wrong(directory.Refused, nil, "publication.eventsRefused",
			"host", w.Host(), "count", strconv.Itoa(len(w.refused)), "titles", some(w.refused))
	case len(w.left) > 0:
		return dav.Wrong(directory.Stale, nil, "publication.eventsLeft",
			"host", w.Host(), "count", strconv.Itoa(len(w.left)), "titles", some(w.left))
	}
	return nil
}

// some names the first few.
func some(titles []string) string {
	const few = 3
	if len(titles) > few {
		return strings.Join(titles[:few], ", ") + "…"
	}
	return strings.Join(titles, ", ")
}
