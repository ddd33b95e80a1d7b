package httptask

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/target"
)

// A failure says in a few plain words what went wrong on the way, and wraps what the network said.
type failure struct {
	text  string
	cause error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

// A RedirectedError says that another origin, to which a redirect led, did not allow the question: it was sent none of
// the Request's headers, so none of its credentials. It wraps settle.ErrDenied.
type RedirectedError struct {
	URL        string // where the redirect led, as it may be shown
	host, said string
}

func (e *RedirectedError) Error() string {
	return fmt.Sprintf("%v after a redirect to %s, which gets no credentials: %s", settle.ErrDenied, e.host, e.said)
}

func (e *RedirectedError) Unwrap() error { return settle.ErrDenied }

// unreachable is why no answer came, and sets permanent where none will.
func (x *exchange) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		text := "canceled"
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			text = x.timedOut()
		}
		return &failure{x.host + ": " + text, context.Cause(ctx)}
	}
	text, permanent := certificateProblem(err)
	if text == "" {
		text, permanent = x.networkProblem(err)
	}
	x.permanent = x.permanent || permanent
	return &failure{x.host + ": " + text, err}
}

func (x *exchange) timedOut() string {
	return "timed out after " + time.Since(x.began).Round(time.Millisecond).String()
}

func (x *exchange) networkProblem(err error) (text string, permanent bool) {
	var dns *net.DNSError
	var timeout net.Error
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		if x.host == dns.Name || strings.HasPrefix(x.host, dns.Name+":") {
			return "no such host", true
		}
		return "no such host " + visible(dns.Name), true // a proxy
	case errors.As(err, &dns):
		return "cannot look up " + visible(dns.Name), false
	case errors.As(err, &timeout) && timeout.Timeout():
		return x.timedOut(), false
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused", false
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset", false
	case errors.Is(err, syscall.EHOSTUNREACH):
		return "no route to host", false
	case errors.Is(err, syscall.ENETUNREACH):
		return "network unreachable", false
	case errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/":
		return "it answers http, not https", false
	case errors.As(err, &record):
		return "it does not speak TLS", false
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return "connection closed before an answer came", false
	}
	return x.client.snippet(err.Error()), false
}

func certificateProblem(err error) (text string, permanent bool) {
	var another *target.FingerprintError
	if errors.As(err, &another) {
		return another.Error(), true
	}
	var verification *tls.CertificateVerificationError
	if !errors.As(err, &verification) {
		return "", false
	}
	text = "its certificate does not verify: " + certificateReason(verification.Err)
	if len(verification.UnverifiedCertificates) > 0 {
		text += fmt.Sprintf(" (sha256:%x)", sha256.Sum256(verification.UnverifiedCertificates[0].Raw))
	}
	return text, true
}

func certificateReason(err error) string {
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		return "nobody known has signed it"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "it is out of date"
	}
	return cut(visible(err.Error()), shown)
}

// unreadable is why a body could not be read.
func (x *exchange) unreadable(err error) error {
	var encoding encodingError
	switch {
	case errors.Is(err, errTooLarge), errors.As(err, &encoding):
		return &failure{x.client.snippet(err.Error()), err}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &failure{"the connection was closed in the middle of the body", err}
	}
	text, _ := x.networkProblem(err)
	return &failure{"the body cannot be read: " + text, err}
}
