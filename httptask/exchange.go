package httptask

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

const maxRedirects = 10

// A hearing says how an answer is to be taken. The zero value wants JSON, and shows a body's beginning in errors.
type hearing struct {
	form    string             // "json", "xml", "text"; "": JSON, XML where the content type says so
	lenient bool               // an empty body is null
	words   *recipe.Expression // finds the platform's own words in an answer that is refused; nil: not asked
	known   recipe.Values      // what stands beside the answer in expressions
	once    bool               // the request must not reach the server twice
	traced  bool               // left is wanted
	cookie  string             // the one that is wanted: an answer that sets it is the end, whatever its body, and be it a redirect
}

// An exchange is one request, the redirects that it led to, and how that ended.
type exchange struct {
	client *Client
	hearing
	began time.Time
	host  string      // asked last
	left  atomic.Bool // a connection was there: something may have been sent; only where it is wanted

	held      bool   // the server was asked to hold the request
	elsewhere string // another origin that a redirect led to, as it may be shown; "": none did

	answer    *recipe.Answer // nil: none came, or not all of it
	err       error          // why answer is not a good one; nil if it is
	permanent bool           // asking again cannot mend err
	after     time.Duration  // the answer's wish
}

// marked adds to err what the wait has to know of it.
func (x *exchange) marked(err error) error {
	if err == nil {
		return nil
	}
	if x.permanent && err == x.err {
		err = settle.Permanent(err)
	}
	if x.after > 0 {
		err = settle.RetryAfter(x.after, err)
	}
	return err
}

func (c *Client) exchange(ctx context.Context, r Request, h hearing) *exchange {
	x := &exchange{client: c, hearing: h, began: time.Now()}
	x.left.Store(true)
	if h.traced {
		x.left.Store(false)
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { x.left.Store(true) }})
	}
	req, err := r.build(ctx)
	if err != nil {
		x.err, x.permanent = err, true
		return x
	}
	resp, err := x.send(req)
	if err != nil {
		x.err = err
		return x
	}
	defer resp.Body.Close()
	x.after = wish(resp)
	x.take(ctx, resp)
	return x
}

// send sends req and follows redirects, up to an answer that is none. On an error permanent is set.
func (x *exchange) send(req *http.Request) (*http.Response, error) {
	for n := 0; ; n++ {
		x.host = visible(req.URL.Host)
		if err := x.client.turn(req.Context()); err != nil {
			return nil, x.unreachable(req.Context(), err)
		}
		resp, err := x.transport().RoundTrip(req)
		if err != nil {
			return nil, x.unreachable(req.Context(), err)
		}
		if !isRedirect(resp.StatusCode) || !mayFollow(req.Method) || x.brings(resp) {
			return resp, nil
		}
		discard(resp)
		x.after = wish(resp)
		if n == maxRedirects {
			return nil, fmt.Errorf("more than %d redirects, the last to %s", maxRedirects, x.location(resp))
		}
		if req, err = x.follow(req, resp); err != nil {
			return nil, err
		}
	}
}

// transport is the way to the server. On a connection that was used before, the other side may hang up just now, so that
// nobody knows what it has read; net/http then even sends a GET again by itself.
func (x *exchange) transport() *http.Transport {
	if x.once {
		return x.client.fresh()
	}
	return x.client.transport
}

// turn waits until the rate lets a request go.
func (c *Client) turn(ctx context.Context) error {
	if c.limiter != nil {
		if err := c.limiter.Wait(ctx); err != nil {
			return errors.New("its turn under the target's rate would not come in time")
		}
	}
	c.requests.Add(1)
	return nil
}

// discard closes the body; a small one is read first, which keeps the connection.
func discard(resp *http.Response) {
	if 0 < resp.ContentLength && resp.ContentLength <= smallBody {
		_, _ = io.Copy(io.Discard, resp.Body)
	}
	resp.Body.Close()
}

const smallBody = 4 << 10

func isRedirect(code int) bool {
	switch code {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func mayFollow(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// follow returns the request that a redirect asks for. What is not for another origin is not sent when a later redirect
// leads back, either: the other side would say where to.
func (x *exchange) follow(req *http.Request, resp *http.Response) (*http.Request, error) {
	to, err := req.URL.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" || to.Hostname() == "" {
		return nil, fmt.Errorf("HTTP %d redirects to nowhere: Location %s", resp.StatusCode, x.location(resp))
	}
	to.User, to.Fragment, to.RawFragment = nil, "", ""
	switch {
	case req.URL.Scheme == "https" && to.Scheme == "http":
		x.permanent = true
		return nil, fmt.Errorf("HTTP %d redirects from https to http, to %s: not followed, anybody could read along", resp.StatusCode, x.location(resp))
	case to.Scheme != "http" && to.Scheme != "https":
		return nil, fmt.Errorf("HTTP %d redirects to %s: neither http nor https", resp.StatusCode, x.location(resp))
	}
	next := req.Clone(req.Context())
	next.URL = to
	if origin(req.URL) != origin(to) && !x.client.trusts(to) {
		x.elsewhere = x.client.snippet(target.ShowURL(to))
		next.Header, next.Host = http.Header{}, ""
		next.Body, next.GetBody, next.ContentLength = nil, nil, 0
		setDefaults(next.Header)
	}
	if next.GetBody != nil {
		if next.Body, err = next.GetBody(); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// brings reports whether the answer sets the cookie that is wanted, and so is a good one: the usual answer to a login by a
// form is a redirect to a page for people.
func (h *hearing) brings(resp *http.Response) bool {
	return h.cookie != "" && resp.StatusCode < 400 && cookieOf(resp.Header, h.cookie) != nil
}

func (c *Client) trusts(u *url.URL) bool { return c.trusted != nil && c.trusted(u) }

// location shows where a redirect leads.
func (x *exchange) location(resp *http.Response) string {
	text := resp.Header.Get("Location")
	if u, err := url.Parse(text); err == nil {
		text = target.ShowURL(u)
	}
	return x.client.snippet(text)
}

// take reads the answer and judges it by its code.
func (x *exchange) take(ctx context.Context, resp *http.Response) {
	code := resp.StatusCode
	text, err := x.client.readBody(resp)
	if err == nil {
		x.answer = &recipe.Answer{Status: code, Header: resp.Header, Text: text, Known: x.known}
		x.answer.Body, err = x.decode(resp.Header.Get("Content-Type"), text)
	}
	switch {
	case x.answer == nil && ctx.Err() != nil:
		x.err = x.unreachable(ctx, err)
	case x.answer != nil && x.brings(resp):
	case !isGood(code):
		x.refused(ctx, resp, text)
	case err != nil && x.answer == nil:
		x.err = fmt.Errorf("%s: %w", x.heading(resp), x.unreadable(err))
	case err != nil:
		x.err = errors.New(joined(x.heading(resp)+", "+x.client.snippet(err.Error()), x.client.snippet(text)))
	}
}

// decode reads a body of that content type.
func (h *hearing) decode(kind, text string) (any, error) {
	form := h.form
	if media, _, _ := strings.Cut(kind, ";"); form == "" && strings.HasSuffix(strings.ToLower(strings.TrimSpace(media)), "xml") {
		form = "xml"
	}
	switch {
	case form == "text":
		return strings.TrimSpace(text), nil
	case h.lenient && strings.TrimSpace(text) == "":
		return nil, nil
	case form == "xml":
		return recipe.DecodeXML(text)
	}
	return recipe.DecodeText(text)
}

func isGood(code int) bool { return 200 <= code && code < 300 }

// refused sets why an answer of another code than 2xx is a failed check.
func (x *exchange) refused(ctx context.Context, resp *http.Response, text string) {
	said := joined(x.heading(resp), x.client.snippet(text))
	if words := x.client.snippet(x.said(ctx)); words != "" {
		said = joined(codeText(resp.StatusCode), words)
	}
	switch code := resp.StatusCode; {
	case isLimited(resp):
		x.err = errors.New(said)
	case (code == http.StatusUnauthorized || code == http.StatusForbidden) && x.elsewhere != "":
		x.err, x.permanent = &RedirectedError{x.elsewhere, x.host, said}, true
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		x.err, x.permanent = fmt.Errorf("%w: %s", settle.ErrDenied, said), true
	case code == http.StatusNotFound, code == http.StatusGone:
		x.err = fmt.Errorf("%w: %s", settle.ErrNotFound, said)
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests:
		x.err = errors.New(said)
	case isRedirect(code):
		x.err = fmt.Errorf("HTTP %d redirects a %s to %s: not followed, only GET and HEAD are", code, resp.Request.Method, x.location(resp))
	default:
		x.err, x.permanent = errors.New(said), 400 <= code && code < 500
	}
}

// said is the platform's words in the answer; "" where there are none, or nobody said where.
func (x *exchange) said(ctx context.Context) string {
	if x.words == nil || x.answer == nil {
		return ""
	}
	return x.words.Words(ctx, x.answer)
}

func codeText(code int) string {
	text := fmt.Sprintf("HTTP %d", code)
	if name := http.StatusText(code); name != "" {
		text += " " + name
	}
	return text
}

// heading is what stands above the body: the code and the content type.
func (x *exchange) heading(resp *http.Response) string {
	text := codeText(resp.StatusCode)
	if kind := resp.Header.Get("Content-Type"); kind != "" {
		return text + ", " + cut(visible(x.client.secrets.Mask(kind)), longestKind)
	}
	return text + ", no content type"
}

const longestKind = 80

func joined(heading, text string) string {
	if text == "" {
		return heading
	}
	return heading + ": " + text
}
