package httptask

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// A Look is one check of a task taken apart, for who writes a recipe.
type Look struct {
	Steps []LookStep // in the order in which they were made
}

// A LookStep is one request, what came back, and what the recipe's expressions made of that.
type LookStep struct {
	What   string // "login", "status" or "result"
	Asked  Asked
	Answer *recipe.Answer // as it came, secrets included; nil: none came, or it is nobody's business
	Found  []Finding      // in the order of the recipe's keys; none where no answer came
	Err    error          // why the answer is not a good one; nil
}

// Asked is a request as it may be shown. It is zero where it could not be made.
type Asked struct {
	Method, URL string
	Header      http.Header // without what net/http adds by itself
	Body        string
	Command     []string // in place of all that: a command and its arguments
	Stdin       string
}

// A Finding is what one expression found.
type Finding struct {
	Name       string          // its key: "state", "missing.when"
	Expression string          // as written
	Value      json.RawMessage // secrets included; nil: it gave nothing
	Err        error           // what jq could not do
}

// Look makes one check of the task, as Check's first one, and tells all about it. Status and error are those of the check;
// the Look is never nil, and has what was done up to an error.
func (t *Tasks) Look(ctx context.Context, id string) (*Look, settle.Status, error) {
	l := new(Look)
	if _, err := t.about(id); err != nil {
		return l, settle.Status{}, settle.Permanent(err)
	}
	if failed := t.lookLogin(ctx, l); failed != nil {
		return l, settle.Status{}, failed.marked(failed.err)
	}
	x := t.lookStatus(ctx, l, id)
	if x.err != nil && (x.answer == nil || !t.recipe.Status.Reader.ReadsHTTP()) {
		return l, settle.Status{}, x.marked(x.err)
	}
	status, err := x.status(ctx, t.recipe.Status.Reader)
	if err == nil && status.State == settle.Succeeded {
		t.lookResult(ctx, l, id)
	}
	return l, status, x.marked(err)
}

// lookLogin logs in, where that takes a request or a command. What a good answer to it says is secret.
func (t *Tasks) lookLogin(ctx context.Context, l *Look) (failed *exchange) {
	s := t.session
	_, failed = s.use(ctx)
	if !s.renews() {
		return failed
	}
	step := LookStep{What: "login"}
	if way := s.way; way.Login != nil {
		step.Asked = t.asked(ctx, way.Login.Request, t.with(nil), nil)
		if failed != nil {
			step.Found = t.findings(ctx, failed.answer, append(judgements(way.Login.Judge), recipe.Named{Name: "token", Expression: way.Login.Token}))
		}
	} else {
		for _, argument := range way.Exec {
			text, _ := argument.Fill(t.values) // a fault is failed's
			step.Asked.Command = append(step.Asked.Command, t.secrets.Mask(text))
		}
	}
	if failed != nil {
		step.Answer, step.Err = failed.answer, failed.err
	}
	l.Steps = append(l.Steps, step)
	return failed
}

// lookStatus asks for the task, and where the answer leads to another id at once for that.
func (t *Tasks) lookStatus(ctx context.Context, l *Look, id string) *exchange {
	s := t.recipe.Status
	w := &watched{id: id, plain: true}
	for n := 0; ; n++ {
		values, err := t.about(w.id)
		if err != nil {
			return t.refuse(err)
		}
		x := t.status(ctx, w, values)
		next, err := "", x.err
		if err == nil {
			next, err = x.leads(ctx, s.Then)
			x.err = err
		}
		l.Steps = append(l.Steps, LookStep{
			What: "status", Asked: t.asked(ctx, s.Request, values, t.session.current()), Answer: x.answer, Err: err,
			Found: append(t.findings(ctx, x.answer, t.statusExpressions()), t.findLink(x.answer, values)...),
		})
		switch {
		case err != nil || next == "" || next == w.id:
			return x
		case n == maxHops:
			x.err = fmt.Errorf("the answers lead from id to id, more than %d times", maxHops)
			return x
		}
		w.id = next
	}
}

func (t *Tasks) lookResult(ctx context.Context, l *Look, id string) {
	r := t.recipe.Result
	if r == nil || r.Request == nil {
		return
	}
	values, err := t.about(id)
	if err != nil {
		return // Look has asked before
	}
	x := t.call(ctx, question{request: r.Request, Judge: r.Judge, values: values})
	l.Steps = append(l.Steps, LookStep{
		What: "result", Asked: t.asked(ctx, r.Request, values, t.session.current()), Answer: x.answer, Err: x.err,
		Found: t.findings(ctx, x.answer, append(judgements(r.Judge), recipe.Named{Name: "value", Expression: r.Value})),
	})
}

// current is the login that holds, nil where none does; it does not log in.
func (s *session) current() *login {
	<-s.turn
	defer func() { s.turn <- struct{}{} }()
	return s.now
}

func judgements(j recipe.Judge) []recipe.Named {
	return []recipe.Named{{Name: "ok", Expression: j.OK}, {Name: "error", Expression: j.Error}, {Name: "denied", Expression: j.Denied}}
}

func (t *Tasks) statusExpressions() []recipe.Named {
	s := t.recipe.Status
	all := append(judgements(s.Judge), recipe.Named{Name: "missing.when", Expression: s.Missing.When})
	all = append(all, s.Reader.Expressions()...)
	all = append(all, recipe.Named{Name: "then", Expression: s.Then}, recipe.Named{Name: "follow", Expression: s.Follow})
	if r := t.recipe.Result; r != nil && r.Request == nil {
		all = append(all, recipe.Named{Name: "result", Expression: r.Value})
	}
	if l := t.recipe.Link; l != nil {
		all = append(all, recipe.Named{Name: "link", Expression: l.Value})
	}
	return all
}

// findings is what those of the expressions find that were given.
func (t *Tasks) findings(ctx context.Context, a *recipe.Answer, all []recipe.Named) []Finding {
	var found []Finding
	for _, e := range all {
		if a == nil || e.Expression == nil {
			continue
		}
		f := Finding{Name: e.Name, Expression: e.String()}
		v, some, err := e.First(ctx, a)
		if err == nil && some {
			f.Value, err = json.Marshal(v)
		}
		f.Err = t.client.masked(err)
		found = append(found, f)
	}
	return found
}

// findLink is the link that is a template.
func (t *Tasks) findLink(a *recipe.Answer, values recipe.Values) []Finding {
	l := t.recipe.Link
	if a == nil || l == nil || l.Template == nil {
		return nil
	}
	f := Finding{Name: "link", Expression: l.Template.String()}
	text, err := l.Template.Fill(values)
	if err == nil {
		f.Value, err = json.Marshal(text)
	}
	f.Err = t.client.masked(err)
	return []Finding{f}
}

// asked shows the request as it goes with that login.
func (t *Tasks) asked(ctx context.Context, r *recipe.Request, values recipe.Values, l *login) Asked {
	if l != nil {
		values = maps.Clone(values)
		values["login"] = l.token
	}
	filled, err := r.Fill(ctx, values)
	switch {
	case err != nil:
		return Asked{}
	case r.IsExec():
		return Asked{Command: t.secrets.ShowArguments(filled.Exec), Stdin: t.secrets.Mask(string(filled.Stdin))}
	}
	request := Request{Method: filled.Method, URL: filled.URL, Header: filled.Header, Body: filled.Body}
	if request.Header == nil {
		request.Header = http.Header{}
	}
	if err := t.sign(ctx, &request, l, values); err != nil {
		return Asked{}
	}
	return t.showRequest(request)
}

func (t *Tasks) showRequest(r Request) Asked {
	u, err := r.url()
	if err != nil {
		return Asked{}
	}
	t.secrets.AddURL(u)
	t.secrets.AddBody(r.Body)
	shown := Asked{Method: r.method(), URL: t.secrets.Mask(target.ShowURL(u)), Header: http.Header{}, Body: t.secrets.Mask(string(r.Body))}
	for name, values := range r.Header {
		for _, value := range values {
			shown.Header.Add(name, t.secrets.Mask(target.ShowHeader(name, value)))
		}
	}
	return shown
}
