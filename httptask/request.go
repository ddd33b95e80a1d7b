package httptask

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// A Request is one question to a platform. It is asked anew, body and all, on every check.
type Request struct {
	Method string      // "": GET, or POST with a Body. Sent in capitals
	URL    string      // http or https; a user and password in it are sent as basic auth
	Header http.Header // sent to the URL's own origin only; Host sets the name that the server sees; Accept-Encoding is ours
	Body   []byte      // without a Content-Type, JSON is sent as application/json

	parsed  *url.URL // URL, where it has been looked at already; not changed any more
	foreign bool     // it is of another origin than the target's own
}

// Validate returns an *recipe.Error about the first thing that keeps r from being sent; its place is "url", "method" or
// "header". No request is made.
func (r Request) Validate() error {
	if _, err := r.url(); err != nil {
		return err
	}
	return r.refuse()
}

// refuse is Validate but for the URL.
func (r Request) refuse() error {
	if !isToken(r.Method) && r.Method != "" {
		return &recipe.Error{Place: "method", Problem: strconv.Quote(r.Method) + " is not an HTTP method", Hint: "--method GET"}
	}
	if r.method() == http.MethodConnect {
		return &recipe.Error{Place: "method", Problem: "CONNECT asks nothing", Hint: "--method GET"}
	}
	for name, values := range r.Header {
		if !isToken(name) {
			return &recipe.Error{Place: "header", Problem: strconv.Quote(name) + " is not a header's name", Hint: `--header "Accept: application/json"`}
		}
		if slices.ContainsFunc(values, func(v string) bool { return !isHeaderValue(v) }) {
			return &recipe.Error{Place: "header", Problem: "the value of " + name + " has a line break or another control character in it",
				Hint: "write it on one line"}
		}
	}
	return nil
}

func (r Request) url() (*url.URL, error) {
	if r.parsed != nil {
		return r.parsed, nil
	}
	refuse := func(problem, hint string) (*url.URL, error) {
		return nil, &recipe.Error{Place: "url", Problem: problem, Hint: hint}
	}
	const example = "https://HOST/PATH"
	text := strings.TrimSpace(r.URL)
	if text == "" {
		return refuse("there is none", example)
	}
	if !strings.Contains(text, "://") {
		hint := example
		if u, err := url.Parse("https://" + text); err == nil && u.Hostname() != "" {
			hint = target.ShowURL(u)
		}
		return refuse("it does not begin with http:// or https://", hint)
	}
	u, err := url.Parse(text)
	if err != nil {
		// What url.Parse says may hold a piece of a password.
		return refuse("it cannot be read as a URL", example+`; in a user or password "@", ":", "/", "#" and "%" are written %40, %3A, %2F, %23 and %25`)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return refuse(strconv.Quote(u.Scheme)+" is neither http nor https", example)
	case u.Hostname() == "":
		return refuse("it has no host", example)
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return refuse("there is no port "+port, example)
		}
	}
	return u, nil
}

func (r Request) method() string {
	switch {
	case r.Method != "":
		return strings.ToUpper(r.Method)
	case len(r.Body) > 0:
		return http.MethodPost
	}
	return http.MethodGet
}

// build makes the request as net/http sends it. User and password move from the URL to a header, so that the URL can be
// shown and followed.
func (r Request) build(ctx context.Context) (*http.Request, error) {
	u, err := r.url()
	if err == nil {
		err = r.refuse()
	}
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, r.method(), "", bytes.NewReader(r.Body))
	if err != nil {
		return nil, &recipe.Error{Place: "url", Problem: "it cannot be asked"}
	}
	to, user := *u, u.User
	to.Host = strings.TrimSuffix(to.Host, ":")
	to.User, to.Fragment, to.RawFragment = nil, "", ""
	req.URL, req.Host = &to, to.Host
	for name, values := range r.Header {
		for _, v := range values {
			req.Header.Add(name, strings.TrimSpace(v))
		}
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
		req.Header.Del("Host")
	}
	if user != nil && req.Header.Get("Authorization") == "" {
		password, _ := user.Password()
		req.SetBasicAuth(user.Username(), password)
	}
	if kind := r.contentType(); kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	setDefaults(req.Header)
	return req, nil
}

// contentType is what the body is sent as; "" where nobody knows.
func (r Request) contentType() string {
	if kind := strings.TrimSpace(r.Header.Get("Content-Type")); kind != "" {
		return kind
	}
	if len(r.Body) > 0 && json.Valid(r.Body) {
		return "application/json"
	}
	return ""
}

func setDefaults(h http.Header) {
	if h.Get("Accept") == "" {
		h.Set("Accept", "application/json")
	}
	if h.Get("User-Agent") == "" {
		h.Set("User-Agent", "settle")
	}
	h.Set("Accept-Encoding", "gzip") // a browser's "br", copied along, would be an answer we cannot read
}

func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

func isHeaderValue(s string) bool {
	return !strings.ContainsFunc(strings.TrimSpace(s), func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
