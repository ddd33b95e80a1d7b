package httptask

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// A question is one request of the recipe, and how its answer is judged.
type question struct {
	request *recipe.Request
	recipe.Judge
	reader *recipe.Reader // which may judge the HTTP code itself; nil: nobody does
	values recipe.Values
	header map[string]string // sent too
	keep   bool              // a code that refuses is not the end of it: who asks judges the answer
	once   bool              // the request must not reach the server twice
	held   bool              // the server is asked to hold the request
	cookie string            // the one that is wanted of the answer
	many   bool              // it is about many tasks: missing.when is not asked of it as a whole
}

// call asks, logged in, and once more with a fresh login where the answer says that the login does not hold. The exchange
// that comes back has been judged: no error in it means that the answer counts.
func (t *Tasks) call(ctx context.Context, q question) *exchange {
	for fresh := false; ; fresh = true {
		login, failed := t.session.use(ctx)
		if failed != nil {
			return failed
		}
		x := t.once(ctx, q, login)
		if !t.denied(ctx, q, x) {
			t.judge(ctx, q, x)
			return x
		}
		if fresh || !t.session.renews() {
			x.deny(ctx)
			return x
		}
		t.session.drop(ctx, login)
	}
}

// once asks with that login; nil: with none.
func (t *Tasks) once(ctx context.Context, q question, login *login) *exchange {
	values := q.values
	if login != nil && login.token != nil {
		values = maps.Clone(values)
		values["login"] = login.token
	}
	h := hearing{form: q.request.Form(), lenient: true, words: q.Error, known: values, once: q.once, traced: q.once || q.held, cookie: q.cookie}
	filled, err := q.request.Fill(ctx, values)
	if err != nil {
		return t.refuse(err)
	}
	if q.request.IsExec() {
		return t.inTurn(ctx, func() *exchange { return t.client.run(ctx, filled, h) })
	}
	request := Request{Method: filled.Method, URL: filled.URL, Header: filled.Header, Body: filled.Body}
	if request.Header == nil {
		request.Header = http.Header{}
	}
	if err := t.sign(ctx, &request, login, values); err != nil {
		return t.refuse(err)
	}
	for name, value := range q.header {
		request.Header.Set(name, value)
	}
	x := t.inTurn(ctx, func() *exchange { return t.client.exchange(ctx, request, h) })
	if request.foreign && x.elsewhere == "" {
		x.isForeign(request.parsed)
	}
	return x
}

// inTurn asks as soon as one more request may be under way.
func (t *Tasks) inTurn(ctx context.Context, ask func() *exchange) *exchange {
	if t.room == nil {
		return ask()
	}
	select {
	case t.room <- struct{}{}:
		defer func() { <-t.room }()
		return ask()
	case <-ctx.Done():
		return &exchange{client: t.client, err: &failure{"its turn did not come, since so many requests to the target were under way", context.Cause(ctx)}}
	}
}

// isForeign notes that what was asked is not of the target's own origin, so that it was not told who asks.
func (x *exchange) isForeign(u *url.URL) {
	x.elsewhere = x.client.snippet(target.ShowURL(u))
	if errors.Is(x.err, settle.ErrDenied) {
		x.err = fmt.Errorf("%w (%s is not the target's own origin and gets no credentials; hosts: [%q] in its entry would change that)",
			x.err, visible(u.Host), u.Scheme+"://"+u.Host)
	}
}

// refuse is an exchange that was not made, since err says that it cannot be.
func (t *Tasks) refuse(err error) *exchange {
	var refused *recipe.Error
	if errors.As(err, &refused) {
		shown := *refused
		shown.Problem, shown.Hint = t.secrets.Mask(shown.Problem), t.secrets.Mask(shown.Hint)
		err = &shown
	}
	return &exchange{client: t.client, permanent: true, err: t.client.masked(err)}
}

// sign adds to a request what the login and the target say must go with it, where it goes to the target's own origin.
func (t *Tasks) sign(ctx context.Context, r *Request, login *login, values recipe.Values) error {
	u, err := r.url()
	if err != nil {
		return err
	}
	r.parsed = u
	if r.foreign = !t.own.have(u); r.foreign {
		return t.strip(r, u)
	}
	for name, value := range t.target.Headers {
		r.Header.Set(name, value)
	}
	if login == nil {
		return nil
	}
	return login.sign(ctx, r, u, values)
}

// strip takes from a request to a foreign origin all that is not for it. What cannot be taken away is refused.
func (t *Tasks) strip(r *Request, u *url.URL) error {
	r.Header = http.Header{}
	if shown := t.secrets.Mask(r.URL + "\n" + string(r.Body)); shown != r.URL+"\n"+string(r.Body) {
		return &recipe.Error{
			Place: "hosts", Problem: fmt.Sprintf("%s is not the target's own origin, and would be sent a secret", origin(u)),
			Hint: fmt.Sprintf("if it belongs to the target, add to its entry hosts: [%q]", u.Scheme+"://"+u.Host),
		}
	}
	return nil
}

// denied reports whether the answer says that the login does not hold, or is not enough.
func (t *Tasks) denied(ctx context.Context, q question, x *exchange) bool {
	switch {
	case x.elsewhere != "":
		return false
	case errors.Is(x.err, settle.ErrDenied):
		return x.answer == nil || !t.reads(ctx, q, x)
	case x.answer == nil:
		return false
	}
	return q.Denied.True(ctx, x.answer) || t.session.expired(ctx, x.answer)
}

// reads reports whether the code is the reader's to judge, and it finds a listed state in the answer.
func (t *Tasks) reads(ctx context.Context, q question, x *exchange) bool {
	if q.reader == nil || !q.reader.ReadsHTTP() && !q.reader.ReadsExec() {
		return false
	}
	status, err := q.reader.Status(ctx, x.answer)
	return err == nil && q.reader.Lists(status.Raw)
}

// deny makes of an answer that the login is not enough for what a wait has to know.
func (x *exchange) deny(ctx context.Context) {
	if errors.Is(x.err, settle.ErrDenied) {
		return
	}
	x.err, x.permanent = fmt.Errorf("%w: %s", settle.ErrDenied, x.gist(ctx)), true
}

// judge says by the recipe's words whether the answer counts.
func (t *Tasks) judge(ctx context.Context, q question, x *exchange) {
	if x.answer == nil {
		return
	}
	switch missing := t.recipe.Status.Missing.When; {
	case x.err != nil && t.reads(ctx, q, x):
		x.err, x.permanent = nil, false
	case !q.many && missing.True(ctx, x.answer):
		if !errors.Is(x.err, settle.ErrNotFound) {
			x.err, x.permanent = fmt.Errorf("%w: %s", settle.ErrNotFound, x.gist(ctx)), false
		}
	case x.err != nil || q.OK == nil || q.keep:
	case !q.OK.True(ctx, x.answer):
		x.err = &refusal{x.gist(ctx)}
	}
}

// A refusal is an answer of HTTP 2xx, or a command's, that says of itself that it is none.
type refusal struct{ text string }

func (r *refusal) Error() string { return r.text }

// gist is what the answer says, in the platform's words where there are some.
func (x *exchange) gist(ctx context.Context) string {
	if said := x.client.snippet(x.said(ctx)); said != "" {
		return said
	}
	text := x.answer.Text
	if x.answer.Exec != nil && x.answer.Exec.Stderr != "" {
		text = x.answer.Exec.Stderr
	}
	if x.answer.Status == 0 {
		return x.client.snippet(text)
	}
	return joined(codeText(x.answer.Status), x.client.snippet(text))
}
