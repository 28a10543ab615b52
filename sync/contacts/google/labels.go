package google

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"diapason/storage"
	"diapason/sync/contacts/book"
	"diapason/sync/directory"
)

// labelName is the name of our mark in a label's clientData: it finds the label again when a person renames it.
const labelName = "diapason.label"

// allContactsGroup is Google's own group of the contacts that its page shows.
const allContactsGroup = "contactGroups/myContacts"

// labelsServe is how long labels serve that were read over this connection. Within it they are read again only when
// something speaks against them: one that a person renames shows its new name by then.
const labelsServe = 15 * time.Minute

// labels are the account's labels as they were read last.
type labels struct {
	read   bool
	at     time.Time         // when they were read
	looked bool              // they were read because cards were refused
	groups map[string]bool   // resource names of all groups, Google's own included
	names  map[string]string // by resource name; Google's own groups are left out
	scope  string            // resource name of the account's label; "" when it is not there, or all cards are in tune
	marked bool              // it bears our mark
	etag   string
	data   []map[string]any // its clientData
}

// group is a ContactGroup of the API.
type group struct {
	ResourceName string           `json:"resourceName,omitempty"`
	ETag         string           `json:"etag,omitempty"`
	Name         string           `json:"name,omitempty"`
	GroupType    string           `json:"groupType,omitempty"`
	ClientData   []map[string]any `json:"clientData,omitempty"`
}

func (g group) marked(label string) bool {
	for _, d := range g.ClientData {
		if d["key"] == labelName && d["value"] == label {
			return true
		}
	}
	return false
}

const groupMask = "name,groupType,clientData"

// readLabels reads them. Known is the resource name that the label had at an earlier reading.
func (b *Book) readLabels(ctx context.Context, known string) error {
	var all []group
	for page := ""; ; {
		q := url.Values{"pageSize": {strconv.Itoa(pageSize)}, "groupFields": {groupMask}}
		if page != "" {
			q.Set("pageToken", page)
		}
		var answer struct {
			ContactGroups []group
			NextPageToken string
		}
		if _, err := b.call(ctx, request{method: http.MethodGet, path: "/v1/contactGroups", query: q}, &answer); err != nil {
			return err
		}
		all = append(all, answer.ContactGroups...)
		if page = answer.NextPageToken; page == "" || len(answer.ContactGroups) == 0 {
			break
		}
	}
	found := labels{read: true, at: b.now(), groups: map[string]bool{}, names: map[string]string{}}
	for _, g := range all {
		found.groups[g.ResourceName] = true
		if g.GroupType != "SYSTEM_CONTACT_GROUP" {
			found.names[g.ResourceName] = g.Name
		}
	}
	if b.label != "" {
		found.take(b.label, known, all)
		if found.scope == "" && known != "" {
			return b.lost(ctx, known)
		}
	}
	b.labels = found
	return nil
}

// take finds the account's label: the one known, else the one that bears our mark, else the one of that name.
func (l *labels) take(label, known string, all []group) {
	key := storage.SearchKey(label)
	tests := []func(g group) bool{
		func(g group) bool { return g.ResourceName == known },
		func(g group) bool { return g.marked(label) },
		func(g group) bool { return storage.SearchKey(g.Name) == key },
	}
	for _, test := range tests {
		for _, g := range all {
			if _, theirs := l.names[g.ResourceName]; theirs && test(g) {
				l.scope, l.marked, l.etag, l.data = g.ResourceName, g.marked(label), g.ETag, g.ClientData
				return
			}
		}
	}
}

// lost says what became of the account's label, which the list of labels does not show any more. It is not made again:
// a list that came back empty by mistake has had every contact created twice in other programs.
func (b *Book) lost(ctx context.Context, known string) error {
	_, err := b.call(ctx, request{method: http.MethodGet, path: "/v1/" + known}, nil)
	var e *directory.Error
	switch {
	case err == nil:
		return wrong(directory.Ambiguous, errors.New("the list of labels lacks one that is there"), "google.labels")
	case errors.As(err, &e) && e.Class == directory.Gone: // of all cards: no card is at fault
		return wrong(directory.Gone, e, "google.labelGone", "label", b.label)
	}
	return err
}

// needLabels reads the labels when this connection did not yet.
func (b *Book) needLabels(ctx context.Context) error {
	if b.labels.read {
		return nil
	}
	return b.readLabels(ctx, "")
}

// recentLabels reads the labels before some are written, unless they were read a moment ago.
func (b *Book) recentLabels(ctx context.Context) error {
	if b.labels.recent(b.now()) {
		return nil
	}
	return b.readLabels(ctx, b.labels.scope)
}

func (l *labels) recent(now time.Time) bool {
	ago := now.Sub(l.at)
	return l.read && ago >= 0 && ago < labelsServe
}

// explain reports whether the labels say all about some cards: they were read lately, they have every group that a card
// is in, and no card is out of the account's label, which may be because that is gone.
func (b *Book) explain(people []person) bool {
	if !b.labels.recent(b.now()) {
		return false
	}
	for i := range people {
		p := &people[i]
		if p.Metadata.Deleted || p.fault {
			continue
		}
		inScope := b.label == ""
		for _, group := range p.groups() {
			if !b.labels.groups[group] {
				return false
			}
			inScope = inScope || group == b.labels.scope
		}
		if !inScope {
			return false
		}
	}
	return true
}

// needScope makes sure, before cards are created, that the account's label is there and bears our mark.
func (b *Book) needScope(ctx context.Context) error {
	if err := b.recentLabels(ctx); err != nil || b.label == "" || b.labels.marked {
		return err
	}
	mark := map[string]any{"key": labelName, "value": b.label}
	if b.labels.scope == "" {
		made, err := b.makeLabel(ctx, b.label, mark)
		if err != nil {
			return err
		}
		b.labels.scope, b.labels.marked = made, true
		return nil
	}
	g := group{ETag: b.labels.etag, ClientData: append(b.labels.data, mark)}
	body := map[string]any{"contactGroup": g, "updateGroupFields": "clientData", "readGroupFields": groupMask}
	if _, err := b.call(ctx, request{method: http.MethodPut, path: "/v1/" + b.labels.scope, body: body}, nil); err != nil {
		return err
	}
	b.labels.marked = true
	return nil
}

// vanished looks, once cards were refused, whether a label went away there since the labels were read. One reading of the
// labels answers for all refusals until they are read for another reason.
func (b *Book) vanished(ctx context.Context) (bool, error) {
	if b.labels.looked {
		return false, nil
	}
	before := b.labels.groups
	if err := b.readLabels(ctx, b.labels.scope); err != nil {
		b.labels.at = time.Time{} // whoever writes next asks again
		return false, err
	}
	b.labels.looked = true
	for group := range before {
		if !b.labels.groups[group] {
			return true, nil
		}
	}
	return false, nil
}

// spare looks whether cards that were refused are not at fault, because of a label that went away there. They are left to
// the next pass then, which writes them under the labels of then. labelled tells which cards were put under labels.
func (b *Book) spare(ctx context.Context, receipts []book.Receipt, labelled func(i int) bool) {
	var at []int
	for i := range receipts {
		if isRefused(receipts[i].Err) && labelled(i) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return
	}
	gone, err := b.vanished(ctx)
	if gone {
		err = wrong(directory.Gone, receipts[at[0]].Err, "google.labels")
	}
	if err != nil {
		failed(receipts, err, at...)
	}
}

// spared is spare for a call that was refused as a whole: it is made again.
func (b *Book) spared(ctx context.Context, refusal error) error {
	if !isRefused(refusal) {
		return refusal
	}
	gone, err := b.vanished(ctx)
	switch {
	case gone:
		return wrong(directory.Stale, refusal, "google.labels")
	case err != nil:
		return err
	}
	return refusal
}

func isRefused(err error) bool {
	var e *directory.Error
	return errors.As(err, &e) && e.Class == directory.Refused
}

// makeLabel makes a label and gives its resource name. Mark is nil for those that people make here.
func (b *Book) makeLabel(ctx context.Context, name string, mark map[string]any) (string, error) {
	g := group{Name: name}
	if mark != nil {
		g.ClientData = []map[string]any{mark}
	}
	var made group
	body := map[string]any{"contactGroup": g, "readGroupFields": groupMask}
	_, err := b.call(ctx, request{method: http.MethodPost, path: "/v1/contactGroups", body: body}, &made)
	var e *directory.Error
	if errors.As(err, &e) && e.Class == directory.Stale { // somebody made it meanwhile, or it was not in the list
		if err := b.readLabels(ctx, ""); err != nil {
			return "", err
		}
		if known := b.labelNamed(name); known != "" {
			return known, nil
		}
		return "", wrong(directory.Ambiguous, e, "google.labels")
	}
	if err != nil {
		return "", err
	}
	b.labels.names[made.ResourceName], b.labels.groups[made.ResourceName] = made.Name, true
	return made.ResourceName, nil
}

// labelNamed gives the resource name of a label; "" when there is none of that name.
func (b *Book) labelNamed(name string) string {
	key := storage.SearchKey(name)
	for resource, known := range b.labels.names {
		if storage.SearchKey(known) == key {
			return resource
		}
	}
	return ""
}
