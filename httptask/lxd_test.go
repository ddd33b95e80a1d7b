package httptask_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/lxdtest"
	"github.com/settle-go/settle/target"
)

// operation is the id in an operation's path.
func operation(path string) string { return strings.TrimPrefix(path, "/1.0/operations/") }

const neverWas = "00000000-0000-4000-8000-000000000000"

// openLXD returns the operations of a real LXD by its own door: a certificate that it signed itself, pinned, and one of
// ours that it trusts.
func openLXD(t *testing.T, lxd *lxdtest.Server) *httptask.Tasks {
	t.Helper()
	door := lxd.HTTPS()
	return openReal(t, "lxd/operation", target.Target{
		URL: door.URL,
		TLS: target.TLS{Fingerprint: door.Fingerprint, CertFile: door.CertFile, KeyFile: door.KeyFile},
	})
}

// TestLXD waits for operations of a real LXD, for each end that they can have.
func TestLXD(t *testing.T) {
	t.Parallel()
	lxd := lxdtest.Start(t)
	tasks := openLXD(t, lxd)
	wait := func(path string) ending { return watch(t, tasks, quick(tasks), operation(path), nil) }

	id := operation(lxd.CreateSnapshot("before"))
	e := watch(t, tasks, quick(tasks), id, nil)
	e.expect(t, settle.OutcomeSucceeded, "Success", "")
	got, found, err := tasks.Result(patience(t), id, e.value)
	if want := `"/1.0/instances/` + lxdtest.Instance + `"`; err != nil || !found || !strings.Contains(string(got), want) {
		t.Errorf("result: got %s, %v, %v, want %s in it", got, found, err, want)
	}
	wait(lxd.DeleteSnapshot("before")).expect(t, settle.OutcomeSucceeded, "Success", "")

	e = wait(lxd.FailToStart())
	e.expect(t, settle.OutcomeFailed, "Failure", e.Reason)
	if e.Reason == "" {
		t.Error("LXD's reason is lost")
	}

	token := lxd.Token()
	lxd.Cancel(token)
	wait(token).expect(t, settle.OutcomeCanceled, "Cancelled", "")
	wait(neverWas).expectError(t, settle.OutcomeNotFound, "Operation not found")
}

func TestLXDForgotten(t *testing.T) {
	t.Parallel()
	lxd := lxdtest.Start(t)
	tasks := openLXD(t, lxd)
	token := lxd.Token()
	e := watch(t, tasks, quick(tasks), operation(token), func(seen settle.Seen[json.RawMessage]) {
		if seen.Check == 1 {
			lxd.Cancel(token)
			lxd.Forget(token)
		}
	})
	e.expectError(t, settle.OutcomeUnknown, "Operation not found")
	if e.Raw != "Running" {
		t.Errorf("last seen as %q, want Running", e.Raw)
	}
	watch(t, tasks, quick(tasks), operation(token), nil).expectError(t, settle.OutcomeNotFound, "Operation not found")
}

func TestLXDCancel(t *testing.T) {
	t.Parallel()
	lxd := lxdtest.Start(t)
	tasks := openLXD(t, lxd)
	id := operation(lxd.Token())
	e := watch(t, tasks, quick(tasks), id, func(seen settle.Seen[json.RawMessage]) {
		if seen.Check > 1 {
			return
		}
		if err := tasks.Cancel(patience(t), id); err != nil {
			t.Error(err)
		}
	})
	e.expect(t, settle.OutcomeCanceled, "Cancelled", "")
	if want := []string{"Running", "Cancelled"}; !slices.Equal(e.raws, want) {
		t.Errorf("seen: got %q, want %q", e.raws, want)
	}
	if err := tasks.Cancel(patience(t), id); !strings.Contains(text(err), "Only running operations can be cancelled") {
		t.Errorf("canceled again: got %v, want LXD's words", err)
	}
	if err := tasks.Cancel(patience(t), neverWas); !errors.Is(err, settle.ErrNotFound) {
		t.Errorf("one that never was: got %v, want %v", err, settle.ErrNotFound)
	}
}

// LXD holds a request for an operation until the operation has ended.
func TestLXDHolds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		attempt time.Duration
		held    int // requests before the operation ends
		checks  int
	}{
		{"until the end", time.Minute, 1, 2},
		{"for its time, and again", 3 * time.Second, 2, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lxd := lxdtest.Start(t)
			tasks := openReal(t, "lxd/operation", target.Target{URL: lxd.URL})
			path, finish := lxd.Download()
			p := quick(tasks)
			p.Attempt = tt.attempt
			go func() {
				lxd.AwaitRequests(path+"/wait", tt.held)
				finish()
			}()
			e := watch(t, tasks, p, operation(path), nil)
			e.expect(t, settle.OutcomeSucceeded, "Success", "")
			if e.checks < tt.checks || lxd.Requests(path) != 1 {
				t.Errorf("%d checks, %d of them not held, want %d or more, 1", e.checks, lxd.Requests(path), tt.checks)
			}
			if !slices.Equal(e.raws, []string{"Running", "Success"}) {
				t.Errorf("seen: %q", e.raws)
			}
		})
	}
}

// A fleet asks for all operations by one request. One by one, the first eight held requests would be all that is asked, and
// LXD forgets the others.
func TestLXDBatch(t *testing.T) {
	t.Parallel()
	lxd := lxdtest.Start(t)
	tasks := openReal(t, "lxd/operation", target.Target{URL: lxd.URL})
	var ids []string
	for range 20 {
		ids = append(ids, operation(lxd.Token()))
	}
	fleet := tasks.Fleet()
	answers, err := fleet.Batch(patience(t), ids)
	if err != nil || len(answers) != len(ids) || tasks.Requests() != 1 {
		t.Fatalf("%d answers by %d requests, %v, want %d by 1", len(answers), tasks.Requests(), err, len(ids))
	}
	for _, id := range ids {
		if a := answers[id]; a.Err != nil || a.Status.State != settle.Pending || a.Status.Raw != "Running" {
			t.Errorf("%s: got %v, %v", id, a.Status, a.Err)
		}
	}
}

func TestLXDFleet(t *testing.T) {
	t.Parallel()
	lxd := lxdtest.Start(t)
	canceled := lxd.Token()
	want := map[string]settle.Outcome{
		operation(lxd.CreateSnapshot("one")): settle.OutcomeSucceeded,
		operation(lxd.FailToStart()):         settle.OutcomeFailed,
		operation(canceled):                  settle.OutcomeCanceled,
		neverWas:                             settle.OutcomeNotFound,
	}
	lxd.Cancel(canceled)
	expectFleet(t, openLXD(t, lxd), want)
}

func TestLXDSubmit(t *testing.T) {
	t.Parallel()
	lxd := lxdtest.Start(t)
	tasks := openReal(t, "lxd/operation", target.Target{URL: lxd.URL, Policy: "every=200ms"})
	snapshot := map[string]any{"instance": lxdtest.Instance, "name": "pre-upgrade"}
	power := map[string]any{"instance": lxdtest.Instance, "action": "start"}
	for _, tt := range []struct {
		action  string
		params  map[string]any
		outcome settle.Outcome
		raw     string
	}{
		{"snapshot.create", snapshot, settle.OutcomeSucceeded, "Success"},
		{"snapshot.delete", snapshot, settle.OutcomeSucceeded, "Success"},
		{"instance.state", power, settle.OutcomeFailed, "Failure"},
	} {
		t.Run(tt.action, func(t *testing.T) {
			id, err := tasks.Submit(patience(t), tt.action, tt.params)
			if err != nil {
				t.Fatal(err)
			}
			e := watch(t, tasks, quick(tasks), id, nil)
			e.expect(t, tt.outcome, tt.raw, e.Reason)
		})
	}
	t.Run("of an instance that is not there", func(t *testing.T) {
		_, err := tasks.Submit(patience(t), "snapshot.create", map[string]any{"instance": "nosuch", "name": "x"})
		if !errors.Is(err, settle.ErrNotFound) {
			t.Errorf("got %v, want %v", err, settle.ErrNotFound)
		}
	})
	t.Run("with a name that is no name", func(t *testing.T) {
		_, err := tasks.Submit(patience(t), "snapshot.create", map[string]any{"instance": lxdtest.Instance, "name": "a/b"})
		var refused *httptask.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, "Invalid snapshot name") {
			t.Errorf("got %v, want it refused", err)
		}
	})
	// Where LXD can mount, an instance that is about to start is busy for five seconds, and the second start waits for it.
	t.Run("while the instance is busy", func(t *testing.T) {
		for range 2 {
			id, err := tasks.Submit(patience(t), "instance.state", power)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { watch(t, tasks, quick(tasks), id, nil) }()
		}
	})
}

// Who may not ask, and whom we do not ask.
func TestLXDTrust(t *testing.T) {
	t.Parallel()
	lxd := lxdtest.Start(t)
	door := lxd.HTTPS()
	id := operation(lxd.Token())
	pinned := target.TLS{Fingerprint: door.Fingerprint, CertFile: door.CertFile, KeyFile: door.KeyFile}
	stranger, nobody, other, unpinned := pinned, pinned, pinned, pinned
	stranger.CertFile, stranger.KeyFile = door.StrangerCert, door.StrangerKey
	nobody.CertFile, nobody.KeyFile = "", ""
	other.Fingerprint = "sha256:" + strings.Repeat("0", 64)
	unpinned.Fingerprint = ""
	for _, tt := range []struct {
		name    string
		tls     target.TLS
		outcome settle.Outcome // of a wait with one check too few
		words   string
	}{
		{"a client that LXD trusts", pinned, settle.OutcomeTimeout, ""},
		{"one that it does not", stranger, settle.OutcomeDenied, "not allowed"},
		{"one without a certificate", nobody, settle.OutcomeDenied, "not allowed"},
		{"another fingerprint is pinned", other, settle.OutcomeUnknown, door.Fingerprint},
		{"nothing is pinned", unpinned, settle.OutcomeUnknown, "certificate"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tasks := openReal(t, "lxd/operation", target.Target{URL: door.URL, TLS: tt.tls})
			p := quick(tasks)
			p.Checks = 2
			p.Attempt = 2 * time.Second
			e := watch(t, tasks, p, id, nil)
			e.expectError(t, tt.outcome, tt.words)
			probe := tasks.Probe(patience(t))
			if trusted := tt.outcome == settle.OutcomeTimeout; probe.LoggedIn != trusted || (probe.Err == nil) != trusted || trusted && probe.Version == "" {
				t.Errorf("probe: logged in %v, version %q, %v, want %v", probe.LoggedIn, probe.Version, probe.Err, trusted)
			}
			if tt.outcome != settle.OutcomeTimeout && e.checks != 1 {
				t.Errorf("%d checks, want 1: it cannot pass", e.checks)
			}
		})
	}
}
