// Package settle waits for asynchronous tasks: something was started elsewhere (a snapshot, a pipeline, a disk
// expansion), and now somebody has to ask "is it finished?" until it is, at the right moments, through lost connections,
// with a limit, and without ever taking "I could not ask" for "it failed".
//
// # Polling until done
//
// A [Check] asks the platform once and says where the task stands. [Wait] asks until the task has ended:
//
//	var states = settle.States{"run": settle.Pending, "success": settle.Succeeded, "failed": settle.Failed}
//
//	snapshot, err := settle.Wait(ctx, settle.Policy{Every: 2 * time.Second, Max: 15 * time.Second, Timeout: 30 * time.Minute},
//		func(ctx context.Context) (Snapshot, settle.Status, error) {
//			s, err := client.Snapshot(ctx, id)
//			return s, states.Status(s.State), err
//		})
//
// [Wrap] makes a function of a check that takes an id, the way a decorator does. [Until] is for a condition without a
// value. Every wait has a limit: Checks, Timeout, or the context's deadline; without one it is refused.
//
// # How it ended
//
// One switch tells: nil, the task succeeded; [*TaskError], it failed or was canceled, in the platform's own words;
// [*StopError], settle stopped first, and the task may go on. [OutcomeOf] says it in one word. The value is always that
// of the last good answer.
//
// # When checks fail
//
// An error from a check means that settle could not learn where the task stands. [Policy.Errors] says how many in a row
// to put up with, [Permanent] ends the wait at once, [RetryAfter] carries the platform's wish when to ask again, and
// [ErrNotFound] says that the platform does not know the task. A raw state that nobody listed is a failed check too.
//
// # Other forms
//
// [Watch] is Wait as a loop over its checks, for progress. [WithTrace] with [LogTo] logs what checks do. [Retry] and [Do]
// call something until it returns no error, and [Policy.Attempts] does so for a loop that wants to stay a loop. All forms
// follow the same rules by the same code.
//
// # Many tasks, and when to ask
//
// A [Fleet] waits for many tasks at once without a goroutine for each, one key a request or many, under a shared rate:
// [Fleet.Each] for a set of keys, [Fleet.Start] for a [Run] to which keys come and from which they go. A [History] learns
// how long tasks of one kind take; a policy that has one asks where an end is likely, at the same number of checks.
//
// The package needs the standard library alone. Wait starts no goroutine, and allocates nothing when its first check
// finds the task succeeded.
package settle
