package httptask

import (
	"context"
	"maps"

	"github.com/settle-go/settle/recipe"
)

// Rehearse does once what Start does before the start itself: it logs in and asks what the action reads first. What it has
// asked comes back, and as the last step the request that would start the action; that is not sent. The errors are those of
// Start before a start was sent, and the Look then has what was done up to it.
func (t *Tasks) Rehearse(ctx context.Context, action string, params map[string]any) (*Look, error) {
	l := new(Look)
	s, err := t.prepare(action, params)
	if err != nil {
		return l, err
	}
	if failed := t.lookLogin(ctx, l); failed != nil {
		return l, failed.err
	}
	values := maps.Clone(s.values)
	failed := t.readAll(ctx, s.action.Reads, values, func(ctx context.Context, q question) *exchange {
		x := t.call(ctx, q)
		l.Steps = append(l.Steps, LookStep{What: "read", Asked: t.asked(ctx, q.request, q.values, t.session.current()), Answer: x.answer, Err: x.err})
		return x
	})
	if failed != nil {
		return l, failed.err
	}
	return l, t.lookStart(ctx, l, s, values)
}

// lookStart adds the request that would start the action.
func (t *Tasks) lookStart(ctx context.Context, l *Look, s *start, values recipe.Values) error {
	if _, err := s.action.Request.Fill(ctx, values); err != nil {
		return t.client.masked(err)
	}
	asked := t.asked(ctx, s.action.Request, values, t.session.current())
	for name, value := range s.header {
		asked.Header.Set(name, value)
	}
	l.Steps = append(l.Steps, LookStep{What: "start", Asked: asked})
	return nil
}
