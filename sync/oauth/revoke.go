package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"diapason/storage"
)

// maxAnswer is the largest answer that is read, in bytes.
const maxAnswer = 64 << 10

// Revoke takes a grant back, by its refresh token: every access token of it dies too. One that was dead before is no
// error. Transport is nil but in tests.
func Revoke(ctx context.Context, endpoint Endpoint, refreshToken string, transport http.RoundTripper) error {
	form := url.Values{"token": {refreshToken}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.Revoke, strings.NewReader(form))
	if err != nil {
		return storage.NewProblem("oauth.address").Because(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := caller(transport).Do(req)
	if err != nil {
		return storage.NewProblem("oauth.notRevoked").Because(causeOf(err))
	}
	defer res.Body.Close() // only read from: nothing is lost
	if res.StatusCode == http.StatusOK {
		return nil
	}
	var answer struct{ Error string }
	if err := json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(&answer); err == nil && answer.Error == "invalid_token" {
		return nil
	}
	return storage.NewProblem("oauth.notRevoked").Because(errors.New("revocation: " + strconv.Itoa(res.StatusCode) + " " + plain(answer.Error)))
}
