package trial

import (
	"context"
	"fmt"
	"net/http"

	"diapason/storage"
	"diapason/sync/directory"
	"diapason/sync/sandbox"
)

// pushBatch sends several changes in one call and puts each answer in its place. A batch that is refused as such is
// cut in two, down to single calls, so that the change that the directory cannot take is found and the others leave.
func (c *connection) pushBatch(ctx context.Context, changes []directory.Change, receipts []directory.Receipt) {
	if len(changes) == 1 {
		receipts[0] = c.push(ctx, changes[0])
		return
	}
	var batch sandbox.Batch
	var places []int // of the items among the changes
	for i, ch := range changes {
		item, err := c.item(ctx, ch)
		if err != nil {
			receipts[i].Err = err
			if waits(err) {
				fail(receipts, err)
				return
			}
			continue
		}
		batch.Items, places = append(batch.Items, item), append(places, i)
	}
	if len(batch.Items) == 0 {
		return
	}
	var answer sandbox.BatchAnswer
	said, err := c.call(ctx, request{method: http.MethodPost, path: "/v1/batch", body: batch}, &answer)
	switch {
	case err != nil && refusedWhole(err):
		c.halves(ctx, changes, receipts, places)
		return
	case err != nil:
		for _, i := range places {
			receipts[i] = directory.Receipt{RequestID: said.requestID, Err: err}
		}
		return
	}
	c.settle(receipts, places, answer, said)
}

// item gives the form of a change in a batch.
func (c *connection) item(ctx context.Context, ch directory.Change) (sandbox.BatchItem, error) {
	item := sandbox.BatchItem{Values: outward(ch.Desired, ch.Touched)}
	if ch.RemoteID == "" {
		item.ExternalID = ch.Identifier
		return item, nil
	}
	item.ID = ch.RemoteID
	var err error
	item.IfMatch, err = c.version(ctx, ch)
	return item, err
}

// refusedWhole reports whether a batch was refused before any of its items was looked at: too many items, a form that
// is not understood, or no batches at all.
func refusedWhole(err error) bool {
	class := directory.Classify(err).Class
	return class == directory.Refused || class == directory.Gone
}

// halves sends the changes at places in two batches. What makes the first half wait makes the second wait too.
func (c *connection) halves(
	ctx context.Context, changes []directory.Change, receipts []directory.Receipt, places []int,
) {
	for from, to := 0, (len(places)+1)/2; from < len(places); from, to = to, len(places) {
		part := make([]directory.Change, 0, to-from)
		for _, i := range places[from:to] {
			part = append(part, changes[i])
		}
		answers := make([]directory.Receipt, len(part))
		c.pushBatch(ctx, part, answers)
		for n, i := range places[from:to] {
			receipts[i] = answers[n]
		}
		if err := answers[len(answers)-1].Err; err != nil && waits(err) {
			for _, i := range places[to:] {
				receipts[i].Err = err
			}
			return
		}
	}
}

// settle puts the results of a batch in the places of their changes. One that is missing may have been applied; one
// that comes twice counts once.
func (c *connection) settle(
	receipts []directory.Receipt, places []int, answer sandbox.BatchAnswer, said reply,
) {
	results := make(map[int]sandbox.BatchResult, len(places))
	for _, r := range answer.Results {
		if _, twice := results[r.Item]; !twice {
			results[r.Item] = r
		}
	}
	for n, i := range places {
		r, answered := results[n]
		switch {
		case answered && r.Listing != nil && r.Status < 300:
			one := said
			one.status = fmt.Sprintf("%d %s", r.Status, http.StatusText(r.Status))
			receipts[i] = c.receipt(*r.Listing, one)
		case answered && r.Status >= 300:
			text := ""
			if r.Refusal != nil {
				text = r.Refusal.Text
			}
			receipts[i] = directory.Receipt{RequestID: said.requestID, Err: said.on(classify(r.Status, 0, text))}
		default:
			receipts[i] = directory.Receipt{RequestID: said.requestID, Err: said.on(&directory.Error{
				Class: directory.Ambiguous, Problem: storage.NewProblem("directory.unreadable"),
				Err: fmt.Errorf("no answer for item %d of %d", n, len(places)),
			})}
		}
	}
}

// waits reports whether an error makes every later call wait.
func waits(err error) bool {
	switch directory.Classify(err).Class {
	case directory.Throttled, directory.Auth, directory.Offline:
		return true
	}
	return false
}

// fail gives the error that kept a batch from leaving to all changes that have no answer.
func fail(receipts []directory.Receipt, err error) {
	for i := range receipts {
		if receipts[i].Err == nil {
			receipts[i].Err = err
		}
	}
}
