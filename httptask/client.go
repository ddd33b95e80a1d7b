// Package httptask asks a platform where its tasks stand, starts them and cancels them.
//
// A recipe at a target is opened as [Tasks]: [Tasks.Check] is a settle.Check, [Tasks.Fleet] waits for many at once,
// [Tasks.Submit] starts one. Without a recipe, a [Request] and a recipe.Reader make a settle.Check by a [Client].
package httptask

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"golang.org/x/time/rate"
)

// Options set up a Client. The zero value works.
type Options struct {
	MaxBody int64                                 // a larger body, also after it was unpacked, is a failed check; 0 means 8 MiB
	Secrets *target.Secrets                       // masked in every error and status; nil: none
	TLS     *tls.Config                           // nil: the system's authorities are trusted
	Proxy   func(*http.Request) (*url.URL, error) // nil: as the environment says
	Trusted func(*url.URL) bool                   // another origin that a redirect may take the Request's headers to; nil: none is
	Rate    float64                               // requests a second, in bursts of max(1, Rate/10); 0 no limit
}

// A Client asks over connections that it keeps open. It may be used by many goroutines at once.
type Client struct {
	maxBody   int64
	secrets   *target.Secrets
	trusted   func(*url.URL) bool
	transport *http.Transport
	fresh     func() *http.Transport // the same, with a connection of its own for every request
	limiter   *rate.Limiter          // nil: no limit
	requests  atomic.Int64           // made so far
}

const (
	defaultMaxBody = 8 << 20
	maxHeader      = 1 << 20
	// The transport goes on with these after a check has given up, so that they need limits of their own.
	dialTimeout = 30 * time.Second
	idleTimeout = 90 * time.Second
	// A check that gave up leaves its HTTP/2 connection to the next; a dead one must not be asked for ever.
	pingAfter, pingTimeout = 15 * time.Second, 15 * time.Second
)

// New returns a Client with connections of its own: HTTP/2 where the server speaks it, without Proxy a proxy as
// HTTP_PROXY, HTTPS_PROXY and NO_PROXY say.
func New(o Options) *Client {
	dialer := &net.Dialer{Timeout: dialTimeout}
	c := &Client{maxBody: o.MaxBody, secrets: o.Secrets, trusted: o.Trusted, transport: &http.Transport{
		Proxy:                  o.Proxy,
		TLSClientConfig:        o.TLS,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // we unpack, so that what comes in is bounded as well as what comes out
		TLSHandshakeTimeout:    dialTimeout,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeader,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout},
	}}
	c.fresh = sync.OnceValue(func() *http.Transport {
		fresh := c.transport.Clone()
		fresh.DisableKeepAlives = true
		return fresh
	})
	if c.maxBody <= 0 {
		c.maxBody = defaultMaxBody
	}
	if o.Proxy == nil {
		c.transport.Proxy = http.ProxyFromEnvironment
	}
	if o.Rate > 0 {
		c.limiter = rate.NewLimiter(rate.Limit(o.Rate), max(1, int(o.Rate/10)))
	}
	return c
}

// Requests returns how many HTTP requests were made so far, redirects and failed ones included.
func (c *Client) Requests() int64 { return c.requests.Load() }

// Close closes the connections that no request uses. The Client may be used on.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Ask makes one exchange. It ends with ctx at the latest.
//
// An answer with an error beside it is one that a check would not go by: another code than 2xx, or a body that is not
// JSON. Without an answer there was none, or none that could be read to its end. The errors are those of Check, marks
// included.
//
// Redirects of GET and HEAD are followed, at most 10, never from https to http, and to another origin (scheme, host,
// port) without Request's headers, user, password and body.
func (c *Client) Ask(ctx context.Context, req Request) (*recipe.Answer, error) {
	x := c.exchange(ctx, req, hearing{})
	return x.answer, x.marked(x.err)
}

// Check returns a check that asks req and reads the answer with r; its value is the answer. Where r judges the HTTP code
// itself (recipe.Reader.ReadsHTTP), an answer of any code and body in which it finds a listed state counts. Otherwise:
//
//   - 401 and 403 wrap settle.ErrDenied and are permanent; after a redirect to another origin it is a *RedirectedError;
//   - 404 and 410 wrap settle.ErrNotFound;
//   - another 4xx but 408, 425 and 429, a host that does not exist, a certificate that does not verify, a redirect from
//     https to http and a request that Validate refuses are permanent;
//   - everything else may pass: the check failed.
//
// Retry-After becomes Status.After, or settle.RetryAfter of a failed check. Secrets are masked in errors and status, not in
// the answer.
func (c *Client) Check(req Request, r *recipe.Reader) settle.Check[*recipe.Answer] {
	return func(ctx context.Context) (*recipe.Answer, settle.Status, error) {
		x := c.exchange(ctx, req, hearing{})
		status, err := x.status(ctx, r)
		return x.answer, status, x.marked(err)
	}
}

// status is what the exchange says of the task, as r reads it, masked.
func (x *exchange) status(ctx context.Context, r *recipe.Reader) (settle.Status, error) {
	status, err := x.read(ctx, r)
	status.Raw, status.Reason = x.client.secrets.Mask(status.Raw), x.client.secrets.Mask(status.Reason)
	if err == nil {
		status.After = x.after
	}
	return status, err
}

// read judges the exchange with r.
func (x *exchange) read(ctx context.Context, r *recipe.Reader) (settle.Status, error) {
	if x.answer == nil || x.err != nil && !r.ReadsHTTP() && !r.ReadsExec() {
		return settle.Status{}, x.err
	}
	status, err := r.Status(ctx, x.answer)
	if x.err == nil {
		return status, x.client.masked(err)
	}
	if err == nil && r.Lists(status.Raw) {
		return status, nil
	}
	var unlisted *recipe.UnlistedError
	if errors.As(err, &unlisted) && isGood(x.answer.Status) {
		return status, x.client.masked(err) // the body was not to be read anyway
	}
	return settle.Status{}, x.err
}

// masked is err without secrets in its text.
func (c *Client) masked(err error) error {
	var unlisted *recipe.UnlistedError
	if errors.As(err, &unlisted) {
		shown := *unlisted
		shown.Raw = c.secrets.Mask(shown.Raw)
		return &shown
	}
	if err == nil {
		return nil
	}
	if text := c.secrets.Mask(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}
