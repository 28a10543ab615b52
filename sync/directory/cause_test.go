package directory_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"diapason/storage"
	"diapason/sync/directory"
)

// TestTheCauseOfACallWithoutAnswerQuotesNothing: an address may hold a name or a token, and what net/http could not read of an
// answer whatever was sent; what tells a way out of it stays.
func TestTheCauseOfACallWithoutAnswerQuotesNothing(t *testing.T) {
	const secret = "ya29.secret"
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	for what, c := range map[string]struct {
		err  error
		same error // that the cause still is; nil: none
	}{
		"a broken answer":    {fmt.Errorf("malformed HTTP response %q", secret), nil},
		"a broken header":    {errors.New("malformed MIME header: missing colon: " + secret), nil},
		"a broken proxy":     {fmt.Errorf("invalid proxy address %q: x", "http://anne:"+secret+"@proxy"), nil},
		"a refused port":     {refused, syscall.ECONNREFUSED},
		"a name":             {&net.DNSError{Err: "no such host", Name: "example.com"}, nil},
		"a cut answer":       {io.ErrUnexpectedEOF, io.ErrUnexpectedEOF},
		"an end":             {io.EOF, io.EOF},
		"a deadline":         {context.DeadlineExceeded, context.DeadlineExceeded},
		"a person who stops": {context.Canceled, context.Canceled},
		"a certificate":      {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, nil},
		"a problem of ours":  {storage.NewProblem("secrets.keyringSilent").Because(storage.ErrNotFound), storage.ErrNotFound},
	} {
		cause := directory.Cause(&url.Error{Op: "Get", URL: "https://example.com/?token=" + secret, Err: c.err})
		if strings.Contains(cause.Error(), secret) {
			t.Errorf("%s: %v", what, cause)
		}
		if c.same != nil && !errors.Is(cause, c.same) {
			t.Errorf("%s: %v is no %v", what, cause, c.same)
		}
	}
}
