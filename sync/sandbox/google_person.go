package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// GooglePerson answers the pages of the emulator as somebody in a browser would, without one.
type GooglePerson struct {
	Account string   // the id of the account to choose
	Untick  []string // scopes
	Deny    bool
}

var ticketOf = regexp.MustCompile(`name="ticket" value="([^"]+)"`)

// Answer opens the address of a request for consent, answers, and follows the way back to the program. It gives the page
// that is shown at the end: the program's, or Google's when that refuses to go on.
func (p GooglePerson) Answer(ctx context.Context, address string) (page string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	if page, err = visit(ctx, http.MethodGet, address, nil); err != nil {
		return "", err
	}
	base := u.Scheme + "://" + u.Host + "/o/oauth2/v2/"
	if strings.Contains(page, `name="account"`) {
		page, err = visit(ctx, http.MethodPost, base+"choose", url.Values{"ticket": {ticketIn(page)}, "account": {p.Account}})
		if err != nil {
			return "", err
		}
	}
	if !strings.Contains(page, `name="answer"`) {
		return page, nil
	}
	form := url.Values{"ticket": {ticketIn(page)}, "answer": {"allow"}}
	if p.Deny {
		form.Set("answer", "deny")
	}
	form["scope"] = slices.DeleteFunc(strings.Fields(u.Query().Get("scope")), func(s string) bool { return slices.Contains(p.Untick, s) })
	return visit(ctx, http.MethodPost, base+"consent", form)
}

func ticketIn(page string) string {
	if found := ticketOf.FindStringSubmatch(page); found != nil {
		return found[1]
	}
	return ""
}

// visit asks for a page, following redirects, the one back to the program included.
func visit(ctx context.Context, method, address string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("browser: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	return string(raw), errors.Join(err, res.Body.Close())
}
