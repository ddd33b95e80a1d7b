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
)

// A question is one request of the recipe, and how its answer is judged.
type question struct {
	request *recipe.Request
	recipe.Judge
	reader *recipe.Reader // which may judge the HTTP code itself; nil: nobody does
	values recipe.Values
	header map[string]string // sent too
	keep   bool              // a code that refuses is not the end of it: who asks judges the answer
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
		t.session.drop(login)
	}
}

// once asks with that login; nil: with none.
func (t *Tasks) once(ctx context.Context, q question, login *login) *exchange {
	values := q.values
	if login != nil {
		values = maps.Clone(values)
		values["login"] = login.token
	}
	h := hearing{form: q.request.Form(), lenient: true, words: q.Error, known: values}
	filled, err := q.request.Fill(ctx, values)
	if err != nil {
		return t.refuse(err)
	}
	if q.request.IsExec() {
		return t.client.run(ctx, filled, h)
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
	return t.client.exchange(ctx, request, h)
}

// refuse is an exchange that was not made, since err says that it cannot be.
func (t *Tasks) refuse(err error) *exchange {
	x := &exchange{client: t.client, permanent: true}
	if masked := t.secrets.Mask(err.Error()); masked != err.Error() {
		err = errors.New(masked)
	}
	x.err = err
	return x
}

// sign adds to a request what the login and the target say must go with it, where it goes to the target's own origin.
func (t *Tasks) sign(ctx context.Context, r *Request, login *login, values recipe.Values) error {
	u, err := r.url()
	if err != nil {
		return err
	}
	if !t.own.have(u) {
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
	if x.answer == nil || x.elsewhere != "" {
		return false
	}
	if errors.Is(x.err, settle.ErrDenied) {
		return q.reader == nil || !q.reader.ReadsHTTP() || !t.reads(ctx, q, x)
	}
	return q.Denied.True(ctx, x.answer) || t.session.expired(ctx, x.answer)
}

// reads reports whether the reader finds a listed state in the answer, whatever its code.
func (t *Tasks) reads(ctx context.Context, q question, x *exchange) bool {
	status, err := q.reader.Status(ctx, x.answer)
	return err == nil && q.reader.Lists(status.Raw)
}

// deny makes of an answer that the login is not enough for what a wait has to know.
func (x *exchange) deny(ctx context.Context) {
	if errors.Is(x.err, settle.ErrDenied) {
		return
	}
	said := x.client.snippet(x.said(ctx))
	if said == "" {
		said = joined(codeText(x.answer.Status), x.client.snippet(x.answer.Text))
	}
	x.err, x.permanent = fmt.Errorf("%w: %s", settle.ErrDenied, said), true
}

// judge says by the recipe's words whether the answer counts.
func (t *Tasks) judge(ctx context.Context, q question, x *exchange) {
	if x.answer == nil {
		return
	}
	readable := q.reader != nil && q.reader.ReadsHTTP() && t.reads(ctx, q, x)
	switch missing := t.recipe.Status.Missing.When; {
	case readable:
		x.err, x.permanent = nil, false
	case missing.True(ctx, x.answer):
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
