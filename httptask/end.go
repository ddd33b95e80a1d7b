package httptask

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/itchyny/gojq"
	"github.com/settle-go/settle/recipe"
)

// Result returns what the task has brought that succeeded with that answer, the last value of its check; found is false
// where the recipe does not say, or finds nothing. It may ask the platform. An error takes nothing from the success.
func (t *Tasks) Result(ctx context.Context, id string, answer json.RawMessage) (result json.RawMessage, found bool, err error) {
	r := t.recipe.Result
	if r == nil || id == "" {
		return nil, false, nil
	}
	values, err := t.about(t.at(id))
	if err != nil {
		return nil, false, err
	}
	a, err := answerOf(answer, values)
	if r.Request != nil {
		x := t.call(ctx, question{request: r.Request, Judge: r.Judge, values: values})
		a, err = x.answer, x.err
	}
	if err != nil {
		return nil, false, fmt.Errorf("result: %w", err)
	}
	v, found, err := r.Value.First(ctx, a)
	if err != nil || !found || v == nil {
		return nil, false, t.client.masked(err)
	}
	result, err = gojq.Marshal(v)
	return result, err == nil, err
}

// Link returns the address of the page where a person sees the task, with that answer as the last value of its check; ""
// where the recipe does not say.
func (t *Tasks) Link(id string, answer json.RawMessage) string {
	l := t.recipe.Link
	values, err := t.about(t.at(id))
	if l == nil || err != nil {
		return ""
	}
	if l.Template != nil {
		text, err := l.Template.Fill(values)
		if err != nil {
			return ""
		}
		return t.secrets.Mask(text)
	}
	a, err := answerOf(answer, values)
	if err != nil {
		return ""
	}
	return t.secrets.Mask(l.Value.Words(context.Background(), a))
}

// Cancel asks the platform to cancel the task; a nil error means that it took the request. Whether the task ends so is for
// a wait to see. Where the recipe cannot cancel, the error is an *recipe.Error.
func (t *Tasks) Cancel(ctx context.Context, id string) error {
	if t.recipe.Cancel == nil {
		return &recipe.Error{Place: "cancel", Problem: t.recipe.Name + " does not say how a task is canceled"}
	}
	w := t.watch(id)
	if t.recipe.Status.Then != nil {
		t.locate(ctx, w) // a build is not canceled by its queue item; where that fails, there is only the id
	}
	values, err := t.about(w.id)
	if err != nil {
		return err
	}
	x := t.call(ctx, question{request: t.recipe.Cancel, Judge: t.recipe.Status.Judge, values: values})
	if x.err != nil {
		return fmt.Errorf("cancel: %w", x.err)
	}
	return nil
}

// answerOf is an answer that was kept as JSON.
func answerOf(text json.RawMessage, known recipe.Values) (*recipe.Answer, error) {
	a := &recipe.Answer{Text: string(text), Known: known}
	if len(text) == 0 {
		return a, nil
	}
	var err error
	a.Body, err = recipe.Decode(text)
	return a, err
}
