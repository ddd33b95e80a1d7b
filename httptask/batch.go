package httptask

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// Fleet returns a Fleet whose keys are ids of these tasks and whose values are as Check has them: by batch requests where
// the recipe has them, at the target's rate. It may be changed before it is started, and serves one Each or Start at a
// time. What a batch leaves out may be asked about alone, by up to 8 requests beside the Fleet's Workers; the target's
// Workers bounds all together.
func (t *Tasks) Fleet() settle.Fleet[string, json.RawMessage] {
	crowd := &crowd{tasks: t, all: map[string]*watched{}, room: make(chan struct{}, aloneAtOnce)}
	fleet := settle.Fleet[string, json.RawMessage]{Policy: t.policy, Rate: t.target.Rate}
	if t.recipe.Batch == nil {
		fleet.Check = crowd.check
		return fleet
	}
	fleet.Batch, fleet.Size = crowd.batch, t.recipe.Batch.Max
	return fleet
}

// A crowd is the tasks of one Fleet.
type crowd struct {
	tasks *Tasks
	mu    sync.Mutex
	all   map[string]*watched // guarded by mu; a watched itself belongs to its check
	room  chan struct{}       // holds one for each that is asked about alone by a batch
}

func (c *crowd) watched(id string) *watched {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.all[id]
	if w == nil {
		w = c.tasks.watch(id)
		w.plain = true // a request that the server holds would keep a worker from all others
		c.all[id] = w
	}
	return w
}

// forget drops what is known of a task that has ended; asked about again, it is a new one.
func (c *crowd) forget(id string, s settle.Status) {
	if !s.State.Ended() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.all, id)
}

// check asks about one task alone.
func (c *crowd) check(ctx context.Context, id string) (json.RawMessage, settle.Status, error) {
	answer, status, err := c.tasks.check(ctx, c.watched(id))
	c.forget(id, status)
	return jsonOf(answer), status, err
}

type answers = map[string]settle.Answer[json.RawMessage]

// batch asks about many tasks by one request, and alone about those that it says nothing of, where the recipe wants that.
func (c *crowd) batch(ctx context.Context, ids []string) (answers, error) {
	b, t := c.tasks.recipe.Batch, c.tasks
	if len(ids) == 1 && b.MissingSingle {
		return c.alone(ctx, ids, answers{}), nil
	}
	x := t.call(ctx, question{request: b.Request, Judge: b.Judge, values: t.with(recipe.Values{"ids": ids}), many: true})
	if x.err != nil {
		if b.OnErrorSingle && x.spoiled() {
			return c.alone(ctx, ids, answers{}), nil
		}
		if errors.Is(x.err, settle.ErrNotFound) {
			x.err = errors.New(x.err.Error()) // it is not each of them that is not there
		}
		return nil, x.marked(x.err)
	}
	found, err := c.items(ctx, x, ids)
	if err != nil {
		return nil, x.marked(err)
	}
	return c.missing(ctx, ids, found), nil
}

// spoiled reports whether the platform itself refused the batch, which one id may have done; not a server that is down.
func (x *exchange) spoiled() bool {
	if x.answer == nil || errors.Is(x.err, settle.ErrDenied) {
		return false
	}
	switch x.answer.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return false
	}
	return true
}

// missing adds what the answer does not say.
func (c *crowd) missing(ctx context.Context, ids []string, found answers) answers {
	var left []string
	for _, id := range ids {
		if _, answered := found[id]; !answered {
			left = append(left, id)
		}
	}
	if c.tasks.recipe.Batch.MissingSingle {
		return c.alone(ctx, left, found)
	}
	for _, id := range left {
		found[id] = settle.Answer[json.RawMessage]{Status: settle.Status{State: settle.Pending, Reason: "not in the answer yet"}}
	}
	return found
}

// So many are asked about alone at once, by all batches together, as a Fleet without batches would: one after the other,
// the last ones would never have their turn.
const aloneAtOnce = 8

// alone asks about each of ids by itself.
func (c *crowd) alone(ctx context.Context, ids []string, found answers) answers {
	all := make([]settle.Answer[json.RawMessage], len(ids))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(aloneAtOnce, len(ids)) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(ids)); i = next.Add(1) - 1 {
				a := &all[i]
				c.room <- struct{}{}
				a.Value, a.Status, a.Err = c.check(ctx, ids[i])
				<-c.room
			}
		})
	}
	group.Wait()
	for i, id := range ids {
		found[id] = all[i]
	}
	return found
}

// items takes the answer to a batch apart, as far as it was asked for.
func (c *crowd) items(ctx context.Context, x *exchange, ids []string) (answers, error) {
	b := c.tasks.recipe.Batch
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	v, _, err := b.Items.First(ctx, x.answer)
	if err != nil {
		return nil, x.client.masked(err)
	}
	found := answers{}
	switch v := v.(type) {
	case map[string]any:
		for id, item := range v {
			if b.ID != nil {
				id = c.idOf(ctx, x, item)
			}
			if asked[id] {
				found[id] = c.item(ctx, x, id, item)
			}
		}
	case []any:
		for _, item := range v {
			if id := c.idOf(ctx, x, item); asked[id] {
				found[id] = c.item(ctx, x, id, item)
			}
		}
	default:
		return nil, fmt.Errorf("batch.items: %s finds no list: %s", b.Items, x.gist(ctx))
	}
	return found, nil
}

func (c *crowd) idOf(ctx context.Context, x *exchange, item any) string {
	v, _, err := c.tasks.recipe.Batch.ID.First(ctx, c.alike(x, item, nil))
	if err != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// alike is an item as if it had been asked about alone.
func (c *crowd) alike(x *exchange, item any, known recipe.Values) *recipe.Answer {
	return &recipe.Answer{Status: x.answer.Status, Header: x.answer.Header, Body: item, Known: known}
}

func (c *crowd) item(ctx context.Context, x *exchange, id string, item any) settle.Answer[json.RawMessage] {
	known, err := c.tasks.about(id)
	if err != nil {
		return settle.Answer[json.RawMessage]{Err: settle.Permanent(err)}
	}
	answer := c.alike(x, item, known)
	w := c.watched(id)
	if c.tasks.recipe.Status.Missing.When.True(ctx, answer) {
		_, status, err := c.tasks.gone(w, &exchange{answer: answer, err: fmt.Errorf("%w: the batch says so", settle.ErrNotFound)})
		c.forget(id, status)
		return settle.Answer[json.RawMessage]{Value: jsonOf(answer), Status: status, Err: err}
	}
	status, err := c.tasks.recipe.Status.Reader.Read(ctx, answer)
	status.Raw, status.Reason = x.client.secrets.Mask(status.Raw), x.client.secrets.Mask(status.Reason)
	if err != nil {
		return settle.Answer[json.RawMessage]{Status: status, Err: x.client.masked(err)}
	}
	status.After = x.after
	w.seen = true
	c.forget(id, status)
	return settle.Answer[json.RawMessage]{Value: jsonOf(answer), Status: status}
}
