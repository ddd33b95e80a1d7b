package httptask_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/vendortest"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

const gib = 1 << 30

// A vendor is a server of vendortest.
type vendor interface {
	http.Handler
	Violations() []string
	Requests() []vendortest.Request
}

// openVendor serves v and opens it; whoever talked to it must have kept to its contract.
func openVendor(t testing.TB, v vendor, name string, values, secrets map[string]string) *httptask.Tasks {
	t.Helper()
	server := httptest.NewServer(v)
	r, err := recipe.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range r.Fields {
		if f.Default != "" {
			all[f.Name] = f.Default
		}
	}
	for field, value := range values {
		all[field] = value
	}
	tasks, err := httptask.Open(r, target.Target{URL: server.URL, Values: all, Secrets: secrets, Policy: "every=1ms max=2ms timeout=1m"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		tasks.Close()
		server.Close()
		for _, violation := range v.Violations() {
			t.Error("broke the contract:", violation)
		}
	})
	return tasks
}

func openTower(t testing.TB, tower *vendortest.Tower) *httptask.Tasks {
	t.Helper()
	return openVendor(t, tower, "smartx", map[string]string{"user": "root"}, map[string]string{"password": "secret"})
}

// submit starts an action, and waits for its end.
func submit(t *testing.T, tasks *httptask.Tasks, action string, params map[string]any) (settle.Status, error) {
	t.Helper()
	id, err := tasks.Submit(patience(t), action, params)
	if err != nil {
		t.Fatalf("%s: %v", action, err)
	}
	return waitFor(t, tasks, id)
}

func waitFor(t *testing.T, tasks *httptask.Tasks, id string) (last settle.Status, err error) {
	t.Helper()
	check := tasks.Check(id)
	_, err = settle.Wait(patience(t), tasks.Policy(), func(ctx context.Context) (json.RawMessage, settle.Status, error) {
		answer, status, err := check(ctx)
		if err == nil {
			last = status
		}
		return answer, status, err
	})
	return last, err
}

func TestTowerActions(t *testing.T) {
	tower := vendortest.SmartX()
	tasks := openTower(t, tower)
	for _, step := range []struct {
		action string
		params map[string]any
	}{
		{"snapshot.create", map[string]any{"vm": "web-07", "name": "first"}},
		{"snapshot.create", map[string]any{"vm": "vm-1", "name": `the "2nd"`, "consistency": "FILE_SYSTEM_CONSISTENT"}},
		{"snapshot.delete", map[string]any{"vm": "web-07", "snapshot": "first"}},
		{"disk.expand", map[string]any{"vm": "web-07", "disk": "data", "size": "200GiB"}},
		{"disk.expand", map[string]any{"vm": "web-07", "disk": "0", "size": "30GiB"}},
		{"disk.expand", map[string]any{"vm": "web-07", "disk": "vda", "size": int64(40 * gib)}},
		{"vm.resize", map[string]any{"vm": "web-07", "cpus": 8, "memory": "8GiB"}},
	} {
		if last, err := submit(t, tasks, step.action, step.params); err != nil || last.Raw != "SUCCESSED" {
			t.Fatalf("%s %v: got %v, %v", step.action, step.params, last, err)
		}
	}
	if diff := cmp.Diff([]string{`the "2nd"`}, tower.Snapshots("vm-1")); diff != "" {
		t.Errorf("snapshots (-want +got):\n%s", diff)
	}
	got := []any{tower.Volume("data")["size"], tower.Volume("system")["size"], tower.VM("web-07")["vcpu"], tower.VM("web-07")["memory"]}
	want := []any{json.Number("214748364800"), json.Number("42949672960"), json.Number("8"), json.Number("8589934592")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sizes (-want +got):\n%s", diff)
	}
	if got := tower.VM("web-07")["cpu"]; !cmp.Equal(got, map[string]any{"cores": json.Number("2"), "sockets": json.Number("4")}) {
		t.Errorf("the cores of a socket were changed: %v", got)
	}
}

// What comes of a snapshot, however the server behaves.
func TestTowerQuirks(t *testing.T) {
	snapshot := map[string]any{"vm": "web-07", "name": "s"}
	tests := []struct {
		name   string
		quirk  func(*vendortest.Tower)
		want   settle.Outcome
		last   settle.Status
		exists bool
	}{
		{"progress 0 at the end", func(tower *vendortest.Tower) { tower.Flat = true }, settle.OutcomeSucceeded, settle.Status{State: settle.Succeeded, Raw: "SUCCESSED"}, true},
		{"no task: it is done", func(tower *vendortest.Tower) { tower.Synchronous = true }, settle.OutcomeSucceeded, settle.Status{State: settle.Succeeded}, true},
		{"locked at first", func(tower *vendortest.Tower) { tower.Locked = 3 }, settle.OutcomeSucceeded, settle.Status{State: settle.Succeeded, Raw: "SUCCESSED", Progress: 1}, true},
		{"not visible at first", func(tower *vendortest.Tower) { tower.Empty = 4 }, settle.OutcomeSucceeded, settle.Status{State: settle.Succeeded, Raw: "SUCCESSED", Progress: 1}, true},
		{"paused for a while", func(tower *vendortest.Tower) { tower.Script = []string{"EXECUTING", "PAUSED", "PAUSED", "SUCCESSED"} }, settle.OutcomeSucceeded, settle.Status{State: settle.Succeeded, Raw: "SUCCESSED", Progress: 1}, true},
		{"failed", func(tower *vendortest.Tower) { tower.Script = []string{"PENDING", "FAILED"} }, settle.OutcomeFailed, settle.Status{State: settle.Failed, Raw: "FAILED", Progress: 0.5, Reason: "TASK_FAILED: not enough space in the storage pool"}, false},
		{"a word nobody knows", func(tower *vendortest.Tower) { tower.Script = []string{"PENDING", "EXPLODED"} }, settle.OutcomeUnknown, settle.Status{State: settle.Pending, Raw: "PENDING"}, false},
		{"a lost login", func(tower *vendortest.Tower) { tower.Lose(1, vendortest.Before) }, settle.OutcomeSucceeded, settle.Status{State: settle.Succeeded, Raw: "SUCCESSED", Progress: 1}, true},
		{"a lost reading", func(tower *vendortest.Tower) { tower.Lose(2, vendortest.After) }, settle.OutcomeSucceeded, settle.Status{State: settle.Succeeded, Raw: "SUCCESSED", Progress: 1}, true},
		{"a lost check", func(tower *vendortest.Tower) { tower.Lose(4, vendortest.Before); tower.Lose(5, vendortest.After) }, settle.OutcomeSucceeded, settle.Status{State: settle.Succeeded, Raw: "SUCCESSED", Progress: 1}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tower := vendortest.SmartX()
			tasks := openTower(t, tower)
			tt.quirk(tower)
			last, err := submit(t, tasks, "snapshot.create", snapshot)
			if got := settle.OutcomeOf(err); got != tt.want {
				t.Errorf("got %v (%v), want %v", got, err, tt.want)
			}
			if diff := cmp.Diff(tt.last, last); diff != "" {
				t.Errorf("last status (-want +got):\n%s", diff)
			}
			if got := len(tower.Snapshots("vm-1")) == 1; got != tt.exists {
				t.Errorf("the snapshot exists: %v, want %v", got, tt.exists)
			}
		})
	}
}

// A start whose answer is lost is not sent again: nobody knows whether it has happened.
func TestTowerLostStart(t *testing.T) {
	for _, when := range []vendortest.Moment{vendortest.Before, vendortest.After} {
		tower := vendortest.SmartX()
		tasks := openTower(t, tower)
		tower.Lose(3, when) // login, get-vms, the start
		_, err := tasks.Submit(patience(t), "snapshot.create", map[string]any{"vm": "web-07", "name": "s"})
		var lost *httptask.LostError
		if !errors.As(err, &lost) || settle.OutcomeOf(err) != settle.OutcomeUnknown {
			t.Errorf("%s: got %v", when, err)
		}
		if n := asked(tower, "create-vm-snapshot"); n != 1 {
			t.Errorf("%s: the start was sent %d times", when, n)
		}
	}
}

func asked(v vendor, path string) (n int) {
	for _, r := range v.Requests() {
		if strings.Contains(r.Path, path) {
			n++
		}
	}
	return n
}

// A token that is refused is asked for anew, once, and the wait goes on.
func TestTowerLoginExpires(t *testing.T) {
	tower := vendortest.SmartX()
	tower.Manual = true
	tasks := openTower(t, tower)
	id, err := tasks.Submit(patience(t), "snapshot.create", map[string]any{"vm": "web-07", "name": "s"})
	if err != nil {
		t.Fatal(err)
	}
	check := tasks.Check(id)
	for range 3 {
		tower.Expire()
		tower.Advance()
		if _, _, err := check(patience(t)); err != nil {
			t.Fatal(err)
		}
	}
	if got := asked(tower, "/login"); got != 4 {
		t.Errorf("got %d logins, want 4", got)
	}
	for _, r := range tower.Requests() {
		if strings.HasPrefix(r.Header.Get("Authorization"), "Bearer") {
			t.Error("CloudTower's token has no Bearer before it")
		}
	}
}

func TestTowerKeyAndPassword(t *testing.T) {
	tower := vendortest.SmartX()
	key := openVendor(t, tower, "smartx", nil, map[string]string{"token": "api-key"})
	if _, err := submit(t, key, "snapshot.create", map[string]any{"vm": "web-07", "name": "s"}); err != nil {
		t.Error(err)
	}
	if asked(tower, "/login") > 0 {
		t.Error("with a key there is nothing to log in for")
	}
	wrong := openVendor(t, tower, "smartx", map[string]string{"user": "root"}, map[string]string{"password": "guess-1"})
	if _, err := waitFor(t, wrong, "task"); settle.OutcomeOf(err) != settle.OutcomeDenied || strings.Contains(err.Error(), "guess-1") {
		t.Errorf("got %v", err)
	}
}

func TestTowerRefusals(t *testing.T) {
	tests := []struct {
		name, action string
		params       map[string]any
		want         settle.Outcome
		words        string
	}{
		{"no such VM", "snapshot.create", map[string]any{"vm": "web-99", "name": "s"}, settle.OutcomeNotFound, "web-99"},
		{"in the recycle bin", "snapshot.create", map[string]any{"vm": "gone", "name": "s"}, settle.OutcomeNotFound, "gone"},
		{"two of that name", "snapshot.create", map[string]any{"vm": "twin", "name": "s"}, settle.OutcomeInvalid, "vm-2, vm-3"},
		{"no such snapshot", "snapshot.delete", map[string]any{"vm": "web-07", "snapshot": "s"}, settle.OutcomeNotFound, "snapshot"},
		{"no such disk", "disk.expand", map[string]any{"vm": "web-07", "disk": "logs", "size": "1TiB"}, settle.OutcomeNotFound, "logs"},
		{"a smaller disk", "disk.expand", map[string]any{"vm": "web-07", "disk": "data", "size": "50GiB"}, settle.OutcomeInvalid, "can only grow"},
		{"nothing to resize", "vm.resize", map[string]any{"vm": "web-07"}, settle.OutcomeInvalid, "give cpus, memory or both"},
		{"half a socket", "vm.resize", map[string]any{"vm": "web-07", "cpus": 5}, settle.OutcomeInvalid, "not a multiple"},
		{"no such consistency", "snapshot.create", map[string]any{"vm": "web-07", "name": "s", "consistency": "PERFECT"}, settle.OutcomeInvalid, "CRASH_CONSISTENT"},
	}
	tower := vendortest.SmartX()
	tasks := openTower(t, tower)
	for _, tt := range tests {
		_, err := tasks.Submit(patience(t), tt.action, tt.params)
		got := settle.OutcomeOf(err)
		var refused *recipe.Error
		if errors.As(err, &refused) {
			got = settle.OutcomeInvalid
		}
		if got != tt.want || !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%s: got %v (%v), want %v with %q", tt.name, got, err, tt.want, tt.words)
		}
	}
	for _, start := range []string{"create-vm-snapshot", "delete-vm-snapshot", "expand-vm-disk", "update-vm-basic-info"} {
		if asked(tower, start) > 0 {
			t.Errorf("%s was sent", start)
		}
	}
}

// What other programs that wait for CloudTower get wrong: an answer without the tasks was taken for their end, a missing
// error_message crashed, an id that is not there was waited for without end, and one lost connection ended the wait.

func TestEmptyBatchAnswerIsNoSuccess(t *testing.T) {
	tower := vendortest.SmartX()
	tasks := openTower(t, tower)
	var ids []string
	for _, name := range []string{"a", "b", "c"} {
		id, err := tasks.Submit(patience(t), "snapshot.create", map[string]any{"vm": "web-07", "name": name})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	tower.Set(func() { tower.Empty = 5 })
	fleet := tasks.Fleet()
	for id, result := range fleet.Each(patience(t), slices.Values(ids)) {
		if result.Err != nil || result.Status.Raw != "SUCCESSED" {
			t.Errorf("%s: got %v, %v", id, result.Status, result.Err)
		}
	}
	if got := tower.Snapshots("vm-1"); len(got) != 3 {
		t.Errorf("the waits ended before the tasks: %v", got)
	}
}

func TestFailedWithoutMessage(t *testing.T) {
	tower := vendortest.SmartX()
	tower.Script, tower.Silent = []string{"EXECUTING", "FAILED"}, true
	tasks := openTower(t, tower)
	last, err := submit(t, tasks, "snapshot.create", map[string]any{"vm": "web-07", "name": "s"})
	if settle.OutcomeOf(err) != settle.OutcomeFailed || last.Reason != "" {
		t.Errorf("got %v, %v", last, err)
	}
}

func TestUnknownIDIsNotWaitedForWithoutEnd(t *testing.T) {
	tower := vendortest.SmartX()
	tasks := openTower(t, tower)
	policy := tasks.Policy()
	if policy.Missing <= 0 {
		t.Error("a task that was just started may not be there yet")
	}
	policy.Missing = 1
	if _, err := settle.Wait(patience(t), policy, tasks.Check("nonsense")); settle.OutcomeOf(err) != settle.OutcomeNotFound {
		t.Errorf("alone: got %v", err)
	}
	known, err := tasks.Submit(patience(t), "snapshot.create", map[string]any{"vm": "web-07", "name": "s"})
	if err != nil {
		t.Fatal(err)
	}
	fleet := tasks.Fleet()
	fleet.Policy = policy
	for id, result := range fleet.Each(patience(t), slices.Values([]string{known, "nonsense", "rubbish"})) {
		want := settle.OutcomeNotFound
		if id == known {
			want = settle.OutcomeSucceeded
		}
		if got := settle.OutcomeOf(result.Err); got != want {
			t.Errorf("%s: got %v (%v), want %v", id, got, result.Err, want)
		}
	}
}

// An installation is found to speak its own kinds, and not the others of its vendor.
func TestVendorsAreDetected(t *testing.T) {
	tests := []struct {
		name            string
		server          vendor
		values, secrets map[string]string
		kinds           map[string]bool
	}{
		{"CloudTower", vendortest.SmartX(), map[string]string{"user": "root"}, map[string]string{"password": "secret"}, map[string]bool{"smartx/cloudtower": true, "smartx/smtxos": false}},
		{"Prism Central", vendortest.Nutanix("v3", "v4"), map[string]string{"user": "admin"}, map[string]string{"password": "secret"}, map[string]bool{"nutanix/v4": true, "nutanix/v3": true, "nutanix/v2": false}},
		{"an older Prism Central", vendortest.Nutanix("v3"), map[string]string{"user": "admin"}, map[string]string{"password": "secret"}, map[string]bool{"nutanix/v4": false, "nutanix/v3": true, "nutanix/v2": false}},
		{"Prism Element", vendortest.Nutanix("v2"), map[string]string{"user": "admin"}, map[string]string{"password": "secret"}, map[string]bool{"nutanix/v4": false, "nutanix/v3": false, "nutanix/v2": true}},
		{"EasyOps", vendortest.EasyOps(), map[string]string{"org": "1", "user": "u"}, nil, map[string]bool{"easyops/tool": true, "easyops/flow": true}},
	}
	for _, tt := range tests {
		for kind, want := range tt.kinds {
			if p := openVendor(t, tt.server, kind, tt.values, tt.secrets).Probe(patience(t)); p.Speaks != want {
				t.Errorf("%s, %s: got %v (%v), want %v", tt.name, kind, p.Speaks, p.Err, want)
			}
		}
	}
}
