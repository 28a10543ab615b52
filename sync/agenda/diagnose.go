package agenda

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"diapason/storage"
	"diapason/sync/agenda/feedserver"
	"diapason/sync/agenda/ical"
)

// testAgent is how the test of a link calls itself; its readings are not noted.
const testAgent = "Diapason"

const (
	// testWithin is how long the test waits for an answer.
	testWithin = 20 * time.Second
	// testReads is how much of an answer it reads, in bytes.
	testReads = 20 << 20
)

// Answer is what a link answered to a reading.
type Answer struct {
	Status      int // of HTTP; 0 when nothing answered
	ContentType string
	Events      int
	Bytes       int
	// Modified is when the feed says that it last changed, zero when it does not.
	Modified time.Time
	// Problem is what is wrong, and what to do; nil when all is well.
	Problem *storage.Problem
}

// Diagnosis is what a test of a link found.
type Diagnosis struct {
	Near   Answer  // over this machine's address
	Public *Answer // over the Internet; nil when it is not published
}

// Test reads a link as a calendar program does, over each of its addresses, and says what is wrong.
func (a *Agenda) Test(ctx context.Context, id string) (Diagnosis, error) {
	u, err := a.URLs(ctx, id)
	if err != nil {
		return Diagnosis{}, err
	}
	served, err := a.Body(ctx, id)
	if err != nil {
		return Diagnosis{}, err
	}
	var d Diagnosis
	if u.Loopback == "" {
		d.Near.Problem = storage.NewProblem("agenda.offer.notServed")
	} else {
		d.Near = a.ask(ctx, u.Loopback)
	}
	if u.Public != "" {
		answer := a.ask(ctx, u.Public)
		if answer.Problem == nil && served != nil && answer.Bytes != len(served.Plain) {
			answer.Problem = storage.NewProblem("agenda.test.old")
		}
		d.Public = &answer
	}
	return d, nil
}

// ask reads one address.
func (a *Agenda) ask(ctx context.Context, address string) (answer Answer) {
	ctx, cancel := context.WithTimeout(ctx, testWithin)
	defer cancel()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true // nothing is left behind
	client := &http.Client{Transport: transport}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Answer{Problem: unanswered(err)}
	}
	req.Header.Set("User-Agent", testAgent)
	req.Header.Set("Accept", "text/calendar,text/plain;q=0.8,*/*;q=0.5")
	res, err := client.Do(req)
	if err != nil {
		return Answer{Problem: unanswered(err)}
	}
	defer res.Body.Close() // only read from: nothing is lost
	answer = Answer{Status: res.StatusCode, ContentType: res.Header.Get("Content-Type")}
	if t, err := http.ParseTime(res.Header.Get("Last-Modified")); err == nil {
		answer.Modified = t
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, testReads))
	if err != nil {
		answer.Problem = unanswered(err)
		return answer
	}
	answer.Bytes = len(body)
	answer.judge(string(body), a.p.Zone)
	return answer
}

// unanswered says that nothing answered. The address is a secret: it is not in the cause.
func unanswered(err error) *storage.Problem {
	cause := err
	var whole *url.Error
	if errors.As(err, &whole) {
		cause = whole.Err
	}
	return storage.NewProblem("agenda.test.unreachable").Because(errors.New(feedserver.Mask(cause.Error())))
}

// judge looks at an answer as the most exacting calendar programs do.
func (x *Answer) judge(body, zone string) {
	status := strconv.Itoa(x.Status)
	switch {
	case x.Status == http.StatusGone:
		x.Problem = storage.NewProblem("agenda.test.revoked")
	case x.Status == http.StatusNotFound:
		x.Problem = storage.NewProblem("agenda.test.unknown")
	case x.Status == http.StatusUnauthorized || x.Status == http.StatusForbidden:
		x.Problem = storage.NewProblem("agenda.test.closed", "status", status)
	case x.Status != http.StatusOK:
		x.Problem = storage.NewProblem("agenda.test.status", "status", status)
	case !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(body)), "BEGIN:VCALENDAR"):
		x.Problem = storage.NewProblem("agenda.test.noCalendar")
	}
	if x.Problem != nil {
		return
	}
	calendar, faults, err := ical.Read(strings.NewReader(body), ical.ReadParams{Zone: zone})
	if err != nil {
		x.Problem = storage.NewProblem("agenda.test.unreadable").Because(err)
		return
	}
	for range calendar.Events {
		x.Events++
	}
	switch {
	case len(faults) > 0:
		x.Problem = storage.NewProblem("agenda.test.faults", "count", strconv.Itoa(len(faults)))
	case !strings.HasPrefix(x.ContentType, "text/calendar"):
		x.Problem = storage.NewProblem("agenda.test.type", "type", x.ContentType)
	case x.Bytes > MaxBytes:
		x.Problem = storage.NewProblem("agenda.test.large", "bytes", strconv.Itoa(x.Bytes))
	}
}
