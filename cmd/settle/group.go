package main

import (
	"context"
	"encoding/json"
	"runtime/debug"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// A group is the tasks that one Fleet asks about: those of a target, or all that no recipe describes.
type group struct {
	fleet   settle.Fleet[int, *recipe.Answer]
	members map[int]*waiting // by key
	order   []int
}

type fleetAnswer = settle.Answer[*recipe.Answer]

type batchOfIDs = func(context.Context, []string) (map[string]settle.Answer[json.RawMessage], error)

// groups are in the order in which their first tasks were named.
func (v *vigil) groups() []*group {
	var all []*group
	by := map[*installed]*group{}
	for _, w := range v.all {
		g := by[w.at]
		if g == nil {
			g = newGroup(w.at)
			if v.rate > 0 {
				g.fleet.Rate = v.rate
			}
			if v.workers > 0 {
				g.fleet.Workers = v.workers
			}
			by[w.at] = g
			all = append(all, g)
		}
		g.members[w.key] = w
		g.order = append(g.order, w.key)
	}
	return all
}

// newGroup is without members; at is nil for tasks that no recipe describes.
func newGroup(at *installed) *group {
	g := &group{members: map[int]*waiting{}}
	if at != nil {
		fleet := at.Fleet()
		g.fleet.Rate, g.fleet.Size = fleet.Rate, fleet.Size
		if fleet.Batch != nil {
			g.fleet.Batch = func(ctx context.Context, keys []int) (map[int]fleetAnswer, error) {
				return g.batch(ctx, fleet.Batch, keys)
			}
			return g
		}
	}
	g.fleet.Check = func(ctx context.Context, key int) (*recipe.Answer, settle.Status, error) {
		return g.members[key].guarded(ctx)
	}
	return g
}

// batch asks about several by one request.
func (g *group) batch(ctx context.Context, ask batchOfIDs, keys []int) (answers map[int]fleetAnswer, err error) {
	defer func() {
		if bug := recover(); bug != nil {
			answers, err = nil, settle.Permanent(&bugError{bug, debug.Stack()})
		}
	}()
	ids := make([]string, len(keys))
	for i, key := range keys {
		ids[i] = g.members[key].id
	}
	found, err := ask(ctx, ids)
	answers = make(map[int]fleetAnswer, len(keys))
	for i, key := range keys {
		w, a := g.members[key], found[ids[i]]
		if _, answered := found[ids[i]]; !answered {
			if a.Err = err; err == nil {
				a.Err = settle.ErrUnanswered
			}
		}
		answer := fleetAnswer{Err: a.Err, Status: a.Status}
		if a.Value != nil {
			answer.Value = &recipe.Answer{Text: string(a.Value)}
		}
		answer.Status, answer.Err = w.heard(answer.Value, answer.Status, answer.Err)
		answers[key] = answer
	}
	return answers, err
}

// How long the first checks of tasks that can share a request may take to be asked for: once apart, they would stay so.
const gathering = 20 * time.Millisecond

// together has tasks that can share a request do so: from a first moment, at which all have been added, they go by pauses
// alone, which are the same for all. A history would give each moments of its own, and so each check a request of its own.
func (g *group) together() (first time.Time) {
	if g.fleet.Batch == nil || len(g.members) == 1 {
		return first
	}
	for _, w := range g.members {
		w.policy.History = nil // w.took tells it in the end
	}
	return time.Now().Add(gathering)
}

// run waits for the members, and hands each end on.
func (g *group) run(ctx context.Context, ends chan<- ending) {
	fleet := g.fleet.Start(ctx)
	defer fleet.Close()
	first := g.together()
	left := 0
	for _, key := range g.order {
		w := g.members[key]
		if err := fleet.Add(key, settle.Entry{Policy: &w.policy, First: first}); err != nil {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			ends <- ending{waiting: w, err: err}
			continue
		}
		left++
	}
	if left == 0 {
		return
	}
	for key, result := range fleet.Ends() {
		ends <- ending{waiting: g.members[key], last: result.Value, err: result.Err}
		if left--; left == 0 {
			return
		}
	}
}
