package httptask

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// A session is how one Tasks is logged in.
type session struct {
	tasks *Tasks
	way   *recipe.Auth  // nil: nothing is sent
	turn  chan struct{} // one logs in, the others wait for it

	// guarded by turn
	now    *login    // nil: not logged in
	denied *exchange // the platform did not take the login; nil: it did, or has not been asked
	until  time.Time // as long denied stands
}

// A login that was denied is not tried again for so long: a crowd of tasks would lock the account.
const deniedFor = time.Minute

// A login is what goes with every request.
type login struct {
	way   *recipe.Auth
	token any // what {login} stands for; nil: the way needs none
	read  any // what {read} stood for when logging in, for the logout
}

func newSession(t *Tasks, way *recipe.Auth) *session {
	s := &session{tasks: t, way: way, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// renews reports whether there is a login that a fresh one can take the place of.
func (s *session) renews() bool { return s.way != nil && (s.way.Login != nil || s.way.Exec != nil) }

// expired reports whether the answer says that the login does not hold any more.
func (s *session) expired(ctx context.Context, a *recipe.Answer) bool {
	return s.way != nil && s.way.Login != nil && s.way.Login.Expired.True(ctx, a)
}

// use returns the login that holds, after logging in where none does; nil where nothing is to be sent. A failure is an
// exchange that says why.
func (s *session) use(ctx context.Context) (*login, *exchange) {
	if s.way == nil {
		return nil, nil
	}
	select {
	case <-s.turn:
	case <-ctx.Done():
		x := &exchange{client: s.tasks.client}
		x.err = fmt.Errorf("log in: %w", context.Cause(ctx))
		return nil, x
	}
	defer func() { s.turn <- struct{}{} }()
	if s.now != nil {
		return s.now, nil
	}
	if s.denied != nil && time.Now().Before(s.until) {
		return nil, s.denied.again()
	}
	login, x := s.logIn(ctx)
	if x == nil {
		s.now, s.denied = login, nil
		return login, nil
	}
	if x.err = fmt.Errorf("log in: %w", x.err); errors.Is(x.err, settle.ErrNotFound) {
		x.err = errors.New(x.err.Error()) // it is not the task that is not there
	}
	if errors.Is(x.err, settle.ErrDenied) {
		s.denied, s.until = x, time.Now().Add(deniedFor)
	}
	return nil, x.again()
}

// again is what came of an exchange, for one more who wanted it. What they wanted to ask for then has not been sent.
func (x *exchange) again() *exchange {
	return &exchange{client: x.client, hearing: x.hearing, host: x.host, answer: x.answer, err: x.err, permanent: x.permanent, after: x.after}
}

// drop forgets a login that does not hold, unless another has taken its place already.
func (s *session) drop(ctx context.Context, was *login) {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return // who has the turn for so long is logging in, since was does not hold
	}
	if s.now == was {
		s.now = nil
	}
	s.turn <- struct{}{}
}

func (s *session) logIn(ctx context.Context) (*login, *exchange) {
	switch {
	case s.way.Exec != nil:
		return s.runToken(ctx)
	case s.way.Login != nil:
		return s.askToken(ctx)
	}
	return &login{way: s.way}, nil
}

// runToken runs the command that prints a token.
func (s *session) runToken(ctx context.Context) (*login, *exchange) {
	t := s.tasks
	var argv []string
	for _, argument := range s.way.Exec {
		text, err := argument.Fill(t.values)
		if err != nil {
			return nil, t.refuse(err)
		}
		argv = append(argv, text)
	}
	x := t.client.run(ctx, &recipe.Filled{Exec: argv}, hearing{form: "text", known: t.values})
	if x.err == nil && x.answer.Body == "" {
		x.err = errors.New(argv[0] + " printed no token")
	}
	if x.err != nil {
		return nil, x
	}
	t.secrets.Add(x.answer.Body.(string))
	return &login{way: s.way, token: x.answer.Body}, nil
}

// askToken makes the recipe's login request.
func (s *session) askToken(ctx context.Context) (*login, *exchange) {
	t, l := s.tasks, s.way.Login
	values := t.with(nil)
	if failed := t.readAll(ctx, l.Reads, values, t.ask); failed != nil {
		return nil, failed
	}
	x := t.ask(ctx, question{request: l.Request, Judge: l.Judge, values: values, cookie: l.Cookie})
	if x.err != nil {
		return nil, x
	}
	token := cookieOf(x.answer.Header, l.Cookie)
	if l.Token != nil {
		v, _, err := l.Token.First(ctx, x.answer)
		if err != nil {
			x.err = t.client.masked(err)
			return nil, x
		}
		token = v
	}
	if token == nil || token == "" {
		x.err, x.permanent = errors.New("the answer has no token where the recipe looks for it: "+x.gist(ctx)), true
		return nil, x
	}
	t.take(token)
	return &login{way: s.way, token: token, read: values["read"]}, nil
}

// ask asks without a login, and judges the answer.
func (t *Tasks) ask(ctx context.Context, q question) *exchange {
	x := t.once(ctx, q, nil)
	if x.answer != nil && x.elsewhere == "" && q.Denied.True(ctx, x.answer) {
		x.deny(ctx)
		return x
	}
	if x.answer != nil && x.err == nil && q.OK != nil && !q.OK.True(ctx, x.answer) {
		x.err = &refusal{x.gist(ctx)}
	}
	return x
}

// take makes secrets of all texts in a token, but for addresses, which a catalog of services has beside it: those may be
// told the token.
func (t *Tasks) take(token any) {
	switch token := token.(type) {
	case string:
		u, err := url.Parse(token)
		if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" {
			t.secrets.Add(token)
			return
		}
		t.own.learn(u)
	case []any:
		for _, part := range token {
			t.take(part)
		}
	case map[string]any:
		for _, part := range token {
			t.take(part)
		}
	}
}

// cookieOf is the value of the last cookie of that name, as a browser would keep it; nil where there is none.
func cookieOf(h http.Header, name string) (value any) {
	for _, cookie := range (&http.Response{Header: h}).Cookies() {
		if cookie.Name == name {
			value = cookie.Value
		}
	}
	return value
}

const logoutTime = 5 * time.Second

// end logs out, as far as that can be done in a few seconds.
func (s *session) end() {
	<-s.turn
	was := s.now
	s.now = nil
	s.turn <- struct{}{}
	if was == nil || s.way.Login == nil || s.way.Login.Logout == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), logoutTime)
	defer cancel()
	values := s.tasks.with(nil)
	values["read"] = was.read
	s.tasks.once(ctx, question{request: s.way.Login.Logout, values: values}, was)
}
