package settle_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

const sec = time.Second

func TestRule01_ALimitOrNothing(t *testing.T) {
	rows := []struct {
		name   string
		forms  []form
		policy settle.Policy
		field  string // named in the error; empty: ErrNoLimit
	}{
		{name: "nothing set"},
		{name: "Every is no limit", policy: settle.Policy{Every: sec}},
		{name: "Attempt is no limit", policy: settle.Policy{Attempt: sec}},
		{name: "Missing is no limit", policy: settle.Policy{Missing: sec}},
		{name: "Errors is no limit", policy: settle.Policy{Errors: 3}},
		{name: "Every negative", policy: settle.Policy{Checks: 1, Every: -1}, field: "Every"},
		{name: "Max negative", policy: settle.Policy{Checks: 1, Max: -1}, field: "Max"},
		{name: "Timeout negative", policy: settle.Policy{Checks: 1, Timeout: -1}, field: "Timeout"},
		{name: "Attempt negative", policy: settle.Policy{Checks: 1, Attempt: -1}, field: "Attempt"},
		{name: "Checks negative", policy: settle.Policy{Timeout: sec, Checks: -1}, field: "Checks"},
		// Rule 12: Retry, Do and Attempts do not look at these three; whether they refuse them is left open.
		{name: "Missing negative", forms: checkForms, policy: settle.Policy{Checks: 1, Missing: -1}, field: "Missing"},
		{name: "Grace negative", forms: checkForms, policy: settle.Policy{Checks: 1, Grace: -1}, field: "Grace"},
		{name: "Stable negative", forms: checkForms, policy: settle.Policy{Checks: 1, Stable: -1}, field: "Stable"},
		{name: "Factor above 0 and below 1", policy: settle.Policy{Checks: 1, Max: time.Hour, Factor: .5}, field: "Factor"},
		{name: "Factor just below 1", policy: settle.Policy{Checks: 1, Max: time.Hour, Factor: math.Nextafter(1, 0)}, field: "Factor"},
		{name: "Factor negative", policy: settle.Policy{Checks: 1, Max: time.Hour, Factor: -2}, field: "Factor"}, // not listed, but it makes no sense
		{name: "Factor not a number", policy: settle.Policy{Checks: 1, Max: time.Hour, Factor: math.NaN()}, field: "Factor"},
		{name: "Factor infinite", policy: settle.Policy{Checks: 1, Max: time.Hour, Factor: math.Inf(1)}, field: "Factor"},
		{name: "Factor minus infinite", policy: settle.Policy{Checks: 1, Max: time.Hour, Factor: math.Inf(-1)}, field: "Factor"},
		{name: "Factor without Max", policy: settle.Policy{Checks: 1, Factor: 2}, field: "Factor"},
		{name: "Max below Every", policy: settle.Policy{Checks: 1, Every: 3 * sec, Max: 2 * sec}, field: "Max"},
		{name: "Max below the second of Every 0", policy: settle.Policy{Checks: 1, Max: sec - 1}, field: "Max"},
		{name: "Jitter negative", policy: settle.Policy{Checks: 1, Jitter: -.1}, field: "Jitter"},
		{name: "Jitter above 1", policy: settle.Policy{Checks: 1, Jitter: 1.1}, field: "Jitter"},
		{name: "Jitter not a number", policy: settle.Policy{Checks: 1, Jitter: math.NaN()}, field: "Jitter"},
		{name: "Jitter infinite", policy: settle.Policy{Checks: 1, Jitter: math.Inf(1)}, field: "Jitter"},
	}
	for _, r := range rows {
		forms := r.forms
		if forms == nil {
			forms = everyForm
		}
		t.Run(r.name, func(t *testing.T) {
			row := row{policy: r.policy, plan: "s", ends: "invalid", value: "-", more: func(t *testing.T, s *script, err error) {
				if got, want := errors.Is(err, settle.ErrNoLimit), r.field == ""; got != want {
					t.Errorf("errors.Is(%v, ErrNoLimit) is %v", err, got)
				}
				// Field or key: every= names Every too.
				if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(r.field)) {
					t.Errorf("error %v, want one that names %s", err, r.field)
				}
				_, task := errors.AsType[*settle.TaskError](err)
				_, stop := errors.AsType[*settle.StopError](err)
				if task || stop {
					t.Errorf("a refusal is a %T", err)
				}
				if s.form.name == formAttempts.name {
					equal(t, "numbers", s.numbers, []int{0})
				}
				if s.form.name == formWatch.name {
					equal(t, "pairs", s.seen, []settle.Seen[string]{{}})
				}
			}}
			eachForm(t, forms, row.test)
		})
	}
}

func TestRule01_WhatIsALimit(t *testing.T) {
	runRows(t, []row{
		{name: "Checks", policy: settle.Policy{Checks: 1}, plan: "s", calls: "0s", ends: "succeeded"},
		{name: "Timeout", policy: settle.Policy{Timeout: sec}, plan: "s", calls: "0s", ends: "succeeded"},
		{name: "the context's deadline", deadline: sec, plan: "s", calls: "0s", ends: "succeeded"},
		{name: "Errors may be negative", policy: settle.Policy{Checks: 3, Errors: -7}, plan: "x x s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec},
		{name: "Every 0 counts as its second", policy: settle.Policy{Checks: 2, Max: sec}, plan: "p s", calls: "0s 1s", ends: "succeeded", elapsed: sec},
		{name: "Max equal to Every", policy: settle.Policy{Checks: 2, Every: 3 * sec, Max: 3 * sec}, plan: "s", calls: "0s", ends: "succeeded"},
		{name: "Factor 1", policy: settle.Policy{Checks: 3, Max: 3 * sec, Factor: 1}, plan: "p p s", calls: "0s 1s 2s", ends: "succeeded", elapsed: 2 * sec},
		{name: "Jitter 1", policy: settle.Policy{Checks: 1, Jitter: 1}, plan: "s", calls: "0s", ends: "succeeded"},
		{name: "all limits at once", policy: settle.Policy{Checks: 1, Timeout: sec, Attempt: sec}, deadline: sec, plan: "s", calls: "0s", ends: "succeeded"},
	})
}

func TestRule02_CheckFirstThenPause(t *testing.T) {
	never := func(t *testing.T, s *script, err error) {
		stop, ok := errors.AsType[*settle.StopError](err)
		if !ok || stop.Checks != 0 || stop.Elapsed != 0 || stop.Last != nil {
			t.Errorf("error %#v, want a StopError after no checks", err)
		}
		if s.form.name == formAttempts.name {
			equal(t, "numbers", s.numbers, []int{0})
		}
	}
	runRows(t, []row{
		{name: "three checks, two pauses", policy: settle.Policy{Every: 2 * sec, Checks: 3}, plan: "p", calls: "0s 2s 4s", ends: "timeout", elapsed: 4 * sec},
		{name: "one check, no pause", policy: settle.Policy{Every: 2 * sec, Checks: 1}, plan: "p", calls: "0s", ends: "timeout"},
		{name: "no pause after a success", policy: settle.Policy{Every: 2 * sec, Checks: 3}, plan: "p s", calls: "0s 2s", ends: "succeeded", elapsed: 2 * sec},
		{name: "success at once", policy: settle.Policy{Every: 2 * sec, Checks: 3}, plan: "s", calls: "0s", ends: "succeeded"},
		{name: "success in the last check", policy: settle.Policy{Every: 2 * sec, Checks: 3}, plan: "p p s", calls: "0s 2s 4s", ends: "succeeded", elapsed: 4 * sec},
		{name: "no pause after a failure that ends it", forms: checkForms, policy: settle.Policy{Checks: 9, Errors: 1}, plan: "x", calls: "0s 1s", ends: "unknown", elapsed: sec},
		{name: "a second where Every is 0", policy: settle.Policy{Checks: 3}, plan: "p", calls: "0s 1s 2s", ends: "timeout", elapsed: 2 * sec},
		{name: "a context that was canceled: no call", dead: true, policy: settle.Policy{Checks: 3}, plan: "s", ends: "interrupted", cause: errStop, more: never},
		{name: "a deadline that is gone by: no call", deadline: -sec, policy: settle.Policy{Checks: 3}, plan: "s", ends: "timeout", cause: context.DeadlineExceeded, more: never},
	})
}

func TestRule06_OneLastLookJustInTime(t *testing.T) {
	byDeadline := func(t *testing.T, _ *script, err error) {
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("errors.Is does not find DeadlineExceeded in %v", err)
		}
	}
	byTimeout := func(t *testing.T, _ *script, err error) {
		if errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("errors.Is finds DeadlineExceeded in %v, which the Timeout stopped", err)
		}
	}
	four := settle.Policy{Every: 4 * sec, Timeout: 10 * sec}
	with := func(change func(*settle.Policy)) settle.Policy {
		p := four
		change(&p)
		return p
	}
	atLast := 9600 * time.Millisecond // ten seconds less a tenth of Every
	runRows(t, []row{
		{name: "Timeout", policy: four, plan: "p", calls: "0s 4s 8s 9.6s", ends: "timeout", elapsed: atLast, more: byTimeout},
		{name: "the context's deadline", policy: settle.Policy{Every: 4 * sec}, deadline: 10 * sec, plan: "p", calls: "0s 4s 8s 9.6s", ends: "timeout", elapsed: atLast, cause: context.DeadlineExceeded, more: byDeadline},
		{name: "the deadline is nearer", policy: four, deadline: 6 * sec, plan: "p", calls: "0s 4s 5.6s", ends: "timeout", elapsed: 5600 * time.Millisecond, cause: context.DeadlineExceeded, more: byDeadline},
		{name: "the Timeout is nearer", policy: settle.Policy{Every: 4 * sec, Timeout: 6 * sec}, deadline: 10 * sec, plan: "p", calls: "0s 4s 5.6s", ends: "timeout", elapsed: 5600 * time.Millisecond, more: byTimeout},
		{name: "the margin is the longest check so far", policy: settle.Policy{Every: 4 * sec, Timeout: 14500 * time.Millisecond}, plan: "p:3s p:1s", calls: "0s 7s 11.5s", ends: "timeout", elapsed: 12500 * time.Millisecond},
		{name: "but at most half the time left", policy: settle.Policy{Every: 2 * sec, Timeout: 12 * sec}, plan: "p:3s p:1s", calls: "0s 5s 8s 10.5s", ends: "timeout", elapsed: 11500 * time.Millisecond},
		{name: "Every above the limit", policy: settle.Policy{Every: 10 * sec, Timeout: 4 * sec}, plan: "p", calls: "0s 3s", ends: "timeout", elapsed: 3 * sec},
		{name: "Every far above the limit: half", policy: settle.Policy{Every: time.Minute, Timeout: 4 * sec}, plan: "p", calls: "0s 2s", ends: "timeout", elapsed: 2 * sec},
		{name: "a tenth of the second where Every is 0", policy: settle.Policy{Timeout: 1500 * time.Millisecond}, plan: "p", calls: "0s 1s 1.4s", ends: "timeout", elapsed: 1400 * time.Millisecond},
		{name: "a growing pause", policy: settle.Policy{Every: sec, Max: time.Hour, Timeout: 10 * sec}, plan: "p", calls: "0s 1s 3s 6s 9.9s", ends: "timeout", elapsed: 9900 * time.Millisecond},
		// A pause that ends exactly at the limit less the margin would not end later: it stays, and a last look follows.
		{name: "a pause that ends right there", policy: settle.Policy{Every: sec, Timeout: 1100 * time.Millisecond}, plan: "p", calls: "0s 1s 1.05s", ends: "timeout", elapsed: 1050 * time.Millisecond},
		{name: "Checks are reached first", policy: with(func(p *settle.Policy) { p.Checks = 3 }), plan: "p", calls: "0s 4s 8s", ends: "timeout", elapsed: 8 * sec},
		{name: "the last look succeeds", policy: four, plan: "p p p s", calls: "0s 4s 8s 9.6s", ends: "succeeded", elapsed: atLast, value: "v4"},
		{name: "the last look sees a failed task", forms: statusForms, policy: four, plan: "p p p f", calls: "0s 4s 8s 9.6s", ends: "failed", elapsed: atLast, raw: "r4"},
		{name: "the last look fails: Errors before the limit", forms: checkForms, policy: four, plan: "p p p x", calls: "0s 4s 8s 9.6s", ends: "unknown", elapsed: atLast, cause: errLost, last: errLost},
		{name: "the last look fails, within Errors", forms: checkForms, policy: with(func(p *settle.Policy) { p.Errors = 1 }), plan: "p p p x", calls: "0s 4s 8s 9.6s", ends: "timeout", elapsed: atLast, last: errLost, more: byTimeout},
		{name: "the last look fails, in a form without Errors", forms: opForms, policy: four, plan: "p p p x", calls: "0s 4s 8s 9.6s", ends: "timeout", elapsed: atLast, last: errLost},
		{name: "the last look is refused for good", forms: checkForms, policy: with(func(p *settle.Policy) { p.Errors = -1 }), plan: "p p p !", calls: "0s 4s 8s 9.6s", ends: "unknown", elapsed: atLast, cause: errBad},
		{name: "not found in the last look, within Missing", forms: checkForms, policy: with(func(p *settle.Policy) { p.Missing = time.Hour }), plan: "n", calls: "0s 4s 8s 9.6s", ends: "timeout", elapsed: atLast},
		{name: "an unknown state in the last look", forms: statusForms, policy: with(func(p *settle.Policy) { p.Errors = -1 }), plan: "p p p u", calls: "0s 4s 8s 9.6s", ends: "timeout", elapsed: atLast, last: settle.ErrUnknownState, raw: "r3"},
		{name: "blocked in the last look", forms: statusForms, policy: four, plan: "b", calls: "0s 4s 8s 9.6s", ends: "timeout", elapsed: atLast, raw: "r1"},
		{name: "at once again in the last look", forms: statusForms, policy: four, plan: "p p p p-1s", calls: "0s 4s 8s 9.6s", ends: "timeout", elapsed: atLast},
		{name: "failed in the last look, within Grace", forms: statusForms, policy: with(func(p *settle.Policy) { p.Grace = time.Hour }), plan: "p p p f", calls: "0s 4s 8s 9.6s", ends: "timeout", elapsed: atLast, raw: "r4"},
		{name: "succeeded in the last look, once of twice", forms: statusForms, policy: with(func(p *settle.Policy) { p.Stable = 2 }), plan: "p p p s", calls: "0s 4s 8s 9.6s", ends: "timeout", elapsed: atLast, value: "v4"},
	})
}

func TestRule06_NoWaitOutlastsItsLimit(t *testing.T) {
	four := settle.Policy{Every: 4 * sec, Timeout: 10 * sec}
	runRows(t, []row{
		{name: "the first check hangs, Timeout", forms: callForms, policy: four, plan: "p:1h", calls: "0s", ends: "timeout", elapsed: 10 * sec, last: context.DeadlineExceeded},
		{name: "the first check hangs, deadline", forms: callForms, policy: settle.Policy{Every: 4 * sec}, deadline: 10 * sec, plan: "p:1h", calls: "0s", ends: "timeout", elapsed: 10 * sec, cause: context.DeadlineExceeded},
		// The limit has been reached: it is looked at before Errors, unlike in a last look that fails before it.
		{name: "the last look hangs", forms: callForms, policy: four, plan: "p p p p:1h", calls: "0s 4s 8s 9.6s", ends: "timeout", elapsed: 10 * sec, last: context.DeadlineExceeded},
		{name: "a check without an ear ends at the limit", policy: four, plan: "p p p:5s~", calls: "0s 4s 8s", ends: "timeout", elapsed: 13 * sec},
		{name: "and its failure does not win over the limit", policy: four, plan: "p p x:5s~", calls: "0s 4s 8s", ends: "timeout", elapsed: 13 * sec, last: errLost},
		{name: "a success after the limit counts", policy: four, plan: "p p s:5s~", calls: "0s 4s 8s", ends: "succeeded", elapsed: 13 * sec, value: "v3"},
	})
}
