//go:build linux

package httptask_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/slurmtest"
	"github.com/settle-go/settle/target"
)

// openSlurm returns the jobs of a real Slurm.
func openSlurm(t *testing.T, c *slurmtest.Cluster, token string) *httptask.Tasks {
	t.Helper()
	return openReal(t, "slurm/job", target.Target{
		URL:     c.URL,
		Values:  map[string]string{"version": "v0.0.38", "user": c.User},
		Secrets: map[string]string{"token": token},
	})
}

// on runs a subtest beside the others of the same cluster.
func on(t *testing.T, whole *slurmtest.Cluster, name string, f func(*testing.T, *slurmtest.Cluster, *httptask.Tasks)) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		c := whole.For(t)
		f(t, c, openSlurm(t, c, c.Token()))
	})
}

// TestSlurm waits for jobs of a real Slurm, for each end that they can have.
func TestSlurm(t *testing.T) {
	t.Parallel()
	whole := slurmtest.Start(t)
	type cluster = *slurmtest.Cluster
	task := func(c cluster, script, task, state string) string {
		task = c.Submit(script, "--array=0-2") + task
		c.Await(task, state) // before it runs, slurmrestd does not find it
		return task
	}
	for _, tt := range []struct {
		name    string
		start   func(cluster) (job string)
		outcome settle.Outcome
		raw     string
		reason  string
	}{
		{"succeeds", func(c cluster) string { return c.Submit("exit 0") }, settle.OutcomeSucceeded, "COMPLETED", ""},
		{"fails", func(c cluster) string { return c.Submit("exit 7") }, settle.OutcomeFailed, "FAILED", "NonZeroExitCode, exit code 7"},
		{"runs out of time", cluster.TimeOut, settle.OutcomeFailed, "TIMEOUT", "TimeLimit"},
		{"is canceled before it runs", func(c cluster) string {
			job := c.Submit("exit 0", "--hold")
			c.Cancel(job)
			return job
		}, settle.OutcomeCanceled, "CANCELLED", "JobHeldUser"},
		{"an array succeeds", func(c cluster) string { return c.Submit("exit 0", "--array=0-2") }, settle.OutcomeSucceeded, "COMPLETED", ""},
		{"one of an array fails", func(c cluster) string {
			return c.Submit("[ $SLURM_ARRAY_TASK_ID != 1 ] || exit 3", "--array=0-2")
		}, settle.OutcomeFailed, "FAILED", "task 1: NonZeroExitCode, exit code 3"},
		{"the last task of an array", func(c cluster) string {
			return task(c, "[ $SLURM_ARRAY_TASK_ID != 1 ] || exit 3", "_2", "COMPLETED")
		}, settle.OutcomeSucceeded, "COMPLETED", ""},
		{"the failed task of an array", func(c cluster) string {
			return task(c, "[ $SLURM_ARRAY_TASK_ID != 1 ] || exit 3", "_1", "FAILED")
		}, settle.OutcomeFailed, "FAILED", "task 1: NonZeroExitCode, exit code 3"},
	} {
		on(t, whole, tt.name, func(t *testing.T, c cluster, tasks *httptask.Tasks) {
			watch(t, tasks, quick(tasks), tt.start(c), nil).expect(t, tt.outcome, tt.raw, tt.reason)
		})
	}
	for name, id := range map[string]string{"never was": "4711", "no number": "abc", "never was in an array": "4711_1"} {
		on(t, whole, name, func(t *testing.T, c cluster, tasks *httptask.Tasks) {
			watch(t, tasks, quick(tasks), id, nil).expectError(t, settle.OutcomeNotFound, "not found")
		})
	}
}

// What Slurm says of a job that has not ended.
func TestSlurmBeforeTheEnd(t *testing.T) {
	t.Parallel()
	whole := slurmtest.Start(t)
	type cluster = *slurmtest.Cluster
	run := func(c cluster, options ...string) string {
		job, _ := c.Run(options...)
		c.Await(job, "RUNNING")
		return job
	}
	for _, tt := range []struct {
		name  string
		start func(cluster) (job string)
		state settle.State
		raw   string
	}{
		{"runs", func(c cluster) string { return run(c) }, settle.Pending, "RUNNING"},
		{"asks too much", func(c cluster) string { return c.Submit("exit 0", "--nodes=2") }, settle.Pending, "PENDING"},
		{"held by its user", func(c cluster) string { return c.Submit("exit 0", "--hold") }, settle.Blocked, "PENDING JobHeldUser"},
		{"held by root", func(c cluster) string {
			job := c.Submit("exit 0", "--hold")
			c.Control("hold", job)
			return job
		}, settle.Blocked, "PENDING JobHeldAdmin"},
		{"suspended", func(c cluster) string {
			job := run(c)
			c.Control("suspend", job)
			return job
		}, settle.Pending, "SUSPENDED"},
		{"requeued and held", func(c cluster) string {
			job := run(c)
			c.Control("requeuehold", job)
			c.Await(job, "PENDING")
			return job
		}, settle.Blocked, "PENDING JobHeldUser"},
		{"held as a special exit", func(c cluster) string {
			job := run(c)
			c.Control("requeuehold", "State=SpecialExit", job)
			c.Await(job, "SPECIAL_EXIT")
			return job
		}, settle.Blocked, "SPECIAL_EXIT"},
		{"an array of which one runs", func(c cluster) string {
			return c.Submit("[ $SLURM_ARRAY_TASK_ID != 1 ] || sleep 600", "--array=0-2")
		}, settle.Pending, "RUNNING"},
	} {
		on(t, whole, tt.name, func(t *testing.T, c cluster, tasks *httptask.Tasks) {
			job := tt.start(c)
			p := quick(tasks)
			for seen, err := range settle.Watch(t.Context(), p, tasks.Check(job)) {
				if err != nil || seen.Err != nil {
					t.Fatalf("%v, %v", err, seen.Err)
				}
				if s := seen.Status; s.State == tt.state && s.Raw == tt.raw {
					break
				} else if s.State.Ended() || seen.Next == 0 {
					t.Fatalf("got %v, want %v [%s]", s, tt.state, tt.raw)
				}
			}
		})
	}
}

// A blocked job goes on as soon as somebody acts.
func TestSlurmBlocked(t *testing.T) {
	t.Parallel()
	whole := slurmtest.Start(t)
	on(t, whole, "what it depends on has failed", func(t *testing.T, c *slurmtest.Cluster, tasks *httptask.Tasks) {
		job := c.Submit("exit 0", "--dependency=afterok:"+c.Submit("exit 1"))
		e := watch(t, tasks, quick(tasks), job, func(seen settle.Seen[json.RawMessage]) {
			if seen.Status.State == settle.Blocked {
				c.Cancel(job)
			}
		})
		e.expect(t, settle.OutcomeCanceled, "CANCELLED", "DependencyNeverSatisfied")
		if !slices.Contains(e.raws, "PENDING DependencyNeverSatisfied") {
			t.Errorf("it was never blocked: %q", e.raws)
		}
	})
	on(t, whole, "a held job is released", func(t *testing.T, c *slurmtest.Cluster, tasks *httptask.Tasks) {
		job := c.Submit("exit 0", "--hold")
		e := watch(t, tasks, quick(tasks), job, func(seen settle.Seen[json.RawMessage]) {
			if seen.Check == 1 {
				c.Control("release", job)
			}
		})
		e.expect(t, settle.OutcomeSucceeded, "COMPLETED", "")
		if e.raws[0] != "PENDING JobHeldUser" {
			t.Errorf("it was not held first: %q", e.raws)
		}
	})
}

func TestSlurmForgotten(t *testing.T) {
	t.Parallel()
	c := slurmtest.Start(t)
	tasks := openSlurm(t, c, c.Token())
	job, finish := c.Run()
	c.Await(job, "RUNNING")
	e := watch(t, tasks, quick(tasks), job, func(seen settle.Seen[json.RawMessage]) {
		if seen.Check == 1 {
			finish(0)
			c.Forget(job)
		}
	})
	e.expectError(t, settle.OutcomeUnknown, "not found")
	if e.Raw != "RUNNING" {
		t.Errorf("last seen as %q, want RUNNING", e.Raw)
	}
	watch(t, tasks, quick(tasks), job, nil).expectError(t, settle.OutcomeNotFound, "not found")
}

func TestSlurmCancel(t *testing.T) {
	t.Parallel()
	whole := slurmtest.Start(t)
	on(t, whole, "a job that runs", func(t *testing.T, c *slurmtest.Cluster, tasks *httptask.Tasks) {
		job, _ := c.Run()
		c.Await(job, "RUNNING")
		e := watch(t, tasks, quick(tasks), job, func(seen settle.Seen[json.RawMessage]) {
			if seen.Check > 1 {
				return
			}
			if err := tasks.Cancel(patience(t), job); err != nil {
				t.Error(err)
			}
		})
		e.expect(t, settle.OutcomeCanceled, "CANCELLED", "")
	})
	on(t, whole, "an array of which one runs", func(t *testing.T, c *slurmtest.Cluster, tasks *httptask.Tasks) {
		job := c.Submit("[ $SLURM_ARRAY_TASK_ID != 1 ] || sleep 600", "--array=0-2")
		c.Await(job+"_1", "RUNNING")
		if err := tasks.Cancel(patience(t), job); err != nil {
			t.Error(err)
		}
		watch(t, tasks, quick(tasks), job, nil).expect(t, settle.OutcomeCanceled, "CANCELLED", "")
	})
	on(t, whole, "a job that was never there", func(t *testing.T, _ *slurmtest.Cluster, tasks *httptask.Tasks) {
		if err := tasks.Cancel(patience(t), "4711"); !errors.Is(err, settle.ErrNotFound) {
			t.Errorf("got %v, want %v", err, settle.ErrNotFound)
		}
	})
	on(t, whole, "somebody else's job", func(t *testing.T, c *slurmtest.Cluster, tasks *httptask.Tasks) {
		job := c.Submit("exit 0", "--hold", "--uid=root")
		if err := tasks.Cancel(patience(t), job); !errors.Is(err, settle.ErrDenied) || !strings.Contains(text(err), "Access/permission denied") {
			t.Errorf("got %v, want %v", err, settle.ErrDenied)
		}
	})
}

func TestSlurmSubmit(t *testing.T) {
	t.Parallel()
	whole := slurmtest.Start(t)
	params := func(script string, more ...string) map[string]any {
		p := map[string]any{"script": "#!/bin/sh\n" + script, "directory": whole.Dir}
		for i := 0; i < len(more); i += 2 {
			p[more[i]] = more[i+1]
		}
		return p
	}
	on(t, whole, "one that succeeds", func(t *testing.T, _ *slurmtest.Cluster, tasks *httptask.Tasks) {
		job, err := tasks.Submit(patience(t), "job.submit", params("exit 0"))
		if err != nil {
			t.Fatal(err)
		}
		watch(t, tasks, quick(tasks), job, nil).expect(t, settle.OutcomeSucceeded, "COMPLETED", "")
	})
	on(t, whole, "one that fails", func(t *testing.T, _ *slurmtest.Cluster, tasks *httptask.Tasks) {
		job, err := tasks.Submit(patience(t), "job.submit", params("exit 5", "partition", "urgent", "name", "five"))
		if err != nil {
			t.Fatal(err)
		}
		watch(t, tasks, quick(tasks), job, nil).expect(t, settle.OutcomeFailed, "FAILED", "NonZeroExitCode, exit code 5")
	})
	on(t, whole, "one that Slurm refuses", func(t *testing.T, _ *slurmtest.Cluster, tasks *httptask.Tasks) {
		_, err := tasks.Submit(patience(t), "job.submit", params("exit 0", "partition", "nosuch"))
		var refused *httptask.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, "Invalid partition name specified") {
			t.Errorf("got %v, want it refused", err)
		}
	})
	on(t, whole, "with a token that has expired", func(t *testing.T, c *slurmtest.Cluster, _ *httptask.Tasks) {
		_, err := openSlurm(t, c, c.ExpiredToken()).Submit(patience(t), "job.submit", params("exit 0"))
		if !errors.Is(err, settle.ErrDenied) {
			t.Errorf("got %v, want %v", err, settle.ErrDenied)
		}
	})
}

func TestSlurmToken(t *testing.T) {
	t.Parallel()
	whole := slurmtest.Start(t)
	job := whole.Submit("exit 0", "--hold")
	good := whole.Token()
	for _, tt := range []struct {
		name, token string
		outcome     settle.Outcome
	}{
		{"good", good, settle.OutcomeTimeout},
		{"expired", whole.ExpiredToken(), settle.OutcomeDenied},
		{"no token at all", "tr0ub4dor", settle.OutcomeDenied},
		{"with its variable", "SLURM_JWT=tr0ub4dor", settle.OutcomeDenied},
		// slurmrestd says of it what it says when slurmctld is down, and that may pass.
		{"of another cluster", good[:strings.LastIndex(good, ".")] + ".MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI", settle.OutcomeUnknown},
	} {
		on(t, whole, tt.name, func(t *testing.T, c *slurmtest.Cluster, _ *httptask.Tasks) {
			tasks := openSlurm(t, c, tt.token)
			p := quick(tasks)
			p.Errors, p.Checks = 2, 4
			e := watch(t, tasks, p, job, nil)
			words := "the token does not hold"
			if tt.outcome == settle.OutcomeTimeout {
				words = ""
			}
			e.expectError(t, tt.outcome, words)
			if strings.Contains(text(e.err), tt.token) {
				t.Errorf("the token is shown: %v", e.err)
			}
			if tt.outcome == settle.OutcomeDenied && e.checks != 1 {
				t.Errorf("%d checks, want 1", e.checks)
			}
			probe := tasks.Probe(patience(t))
			if ok := tt.outcome == settle.OutcomeTimeout; probe.Speaks != ok || (probe.Err == nil) != ok || ok && probe.Version == "" {
				t.Errorf("probe: speaks %v, version %q, %v, want %v", probe.Speaks, probe.Version, probe.Err, ok)
			}
			if got, want := errors.Is(probe.Err, settle.ErrDenied), tt.outcome == settle.OutcomeDenied; got != want {
				t.Errorf("probe: denied %v, want %v: %v", got, want, probe.Err)
			}
		})
	}
}

// What Slurm does to all jobs of a node.
func TestSlurmNode(t *testing.T) {
	t.Parallel()
	c := slurmtest.Start(t)
	tasks := openSlurm(t, c, c.Token())
	job, _ := c.Run()
	c.Await(job, "RUNNING")
	c.Preempt()
	watch(t, tasks, quick(tasks), job, nil).expect(t, settle.OutcomeFailed, "PREEMPTED", "")

	job, _ = c.Run("--no-requeue")
	c.Await(job, "RUNNING")
	c.FailNode()
	watch(t, tasks, quick(tasks), job, nil).expect(t, settle.OutcomeFailed, "NODE_FAIL", "NodeDown")

	job = c.Submit("exit 0", "--deadline=now+1seconds")
	watch(t, tasks, quick(tasks), job, nil).expect(t, settle.OutcomeFailed, "DEADLINE", "DeadLine")
}

// A wait outlives slurmctld, of which nothing can be learned meanwhile.
func TestSlurmController(t *testing.T) {
	t.Parallel()
	c := slurmtest.Start(t)
	tasks := openSlurm(t, c, c.Token())
	job, finish := c.Run()
	c.Await(job, "RUNNING")
	p := quick(tasks)
	p.Attempt = time.Second
	failed := 0
	e := watch(t, tasks, p, job, func(seen settle.Seen[json.RawMessage]) {
		switch {
		case seen.Check == 1:
			c.StopController()
		case seen.Err != nil:
			if failed++; failed == 2 {
				finish(0)
				c.StartController()
			}
		}
	})
	e.expect(t, settle.OutcomeSucceeded, "COMPLETED", "")
	if failed < 2 {
		t.Errorf("%d checks failed, want 2 or more", failed)
	}

	c.StopController()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := tasks.Submit(ctx, "job.submit", map[string]any{"script": "#!/bin/sh\nexit 0"})
	var lost *httptask.LostError
	if !errors.As(err, &lost) {
		t.Errorf("got %v, want a LostError: nobody knows", err)
	}
}

// Many jobs at once.
func TestSlurmFleet(t *testing.T) {
	t.Parallel()
	c := slurmtest.Start(t)
	tasks := openSlurm(t, c, c.Token())
	canceled := c.Submit("exit 0", "--hold")
	want := map[string]settle.Outcome{
		c.Submit("exit 0"): settle.OutcomeSucceeded,
		c.Submit("exit 1"): settle.OutcomeFailed,
		canceled:           settle.OutcomeCanceled,
		"4711":             settle.OutcomeNotFound,
	}
	c.Cancel(canceled)
	expectFleet(t, tasks, want)
}
