package httptask

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

const maxRedirects = 10

// An exchange is one request, the redirects that it led to, and how that ended.
type exchange struct {
	client *Client
	began  time.Time
	host   string // asked last

	elsewhere string // another origin that a redirect led to, as it may be shown; "": none did

	answer    *recipe.Answer // nil: none came, or not all of it
	err       error          // why answer is not a good one; nil if it is
	permanent bool           // asking again cannot mend err
	after     time.Duration  // Retry-After
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

func (c *Client) exchange(ctx context.Context, r Request) *exchange {
	x := &exchange{client: c, began: time.Now()}
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
	x.after = RetryAfter(resp)
	x.take(ctx, resp)
	return x
}

// send sends req and follows redirects, up to an answer that is none. On an error permanent is set.
func (x *exchange) send(req *http.Request) (*http.Response, error) {
	for n := 0; ; n++ {
		x.host = visible(req.URL.Host)
		resp, err := x.client.transport.RoundTrip(req)
		if err != nil {
			return nil, x.unreachable(req.Context(), err)
		}
		if !isRedirect(resp.StatusCode) || !mayFollow(req.Method) {
			return resp, nil
		}
		discard(resp)
		x.after = RetryAfter(resp)
		if n == maxRedirects {
			return nil, fmt.Errorf("more than %d redirects, the last to %s", maxRedirects, x.location(resp))
		}
		if req, err = x.follow(req, resp); err != nil {
			return nil, err
		}
	}
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
	if origin(req.URL) != origin(to) {
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

// location shows where a redirect leads.
func (x *exchange) location(resp *http.Response) string {
	text := resp.Header.Get("Location")
	if u, err := url.Parse(text); err == nil {
		text = target.ShowURL(u)
	}
	return x.client.snippet(text)
}

func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// take reads the answer and judges it by its code.
func (x *exchange) take(ctx context.Context, resp *http.Response) {
	code := resp.StatusCode
	text, err := x.client.readBody(resp)
	if err == nil {
		x.answer = &recipe.Answer{Status: code, Header: resp.Header, Text: text}
		x.answer.Body, err = recipe.Decode([]byte(text))
	}
	switch {
	case x.answer == nil && ctx.Err() != nil:
		x.err = x.unreachable(ctx, err)
	case !isGood(code):
		x.refused(resp, text)
	case err != nil && x.answer == nil:
		x.err = fmt.Errorf("%s: %w", x.heading(resp), x.unreadable(err))
	case err != nil:
		x.err = errors.New(joined(x.heading(resp)+", "+x.client.snippet(err.Error()), x.client.snippet(text)))
	}
}

func isGood(code int) bool { return 200 <= code && code < 300 }

// refused sets why an answer of another code than 2xx is a failed check.
func (x *exchange) refused(resp *http.Response, text string) {
	said := joined(x.heading(resp), x.client.snippet(text))
	switch code := resp.StatusCode; {
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

// heading is what stands above the body: the code and the content type.
func (x *exchange) heading(resp *http.Response) string {
	text := fmt.Sprintf("HTTP %d", resp.StatusCode)
	if name := http.StatusText(resp.StatusCode); name != "" {
		text += " " + name
	}
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
