// Package proof_test proves the VMware recipes and the command against govmomi's simulator. It is a module of its own, so
// that nobody who uses settle depends on govmomi.
package proof_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/proof/vcsimtest"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/vmware/govmomi/vim25/types"
)

// doors are the recipes that reach the same tasks.
var doors = []string{"vmware/soap", "vmware/vsphere"}

// eachDoor runs f for each of the doors to a new vCenter.
func eachDoor(t *testing.T, f func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks)) {
	for _, door := range doors {
		t.Run(door, func(t *testing.T) {
			s := vcsimtest.VCenter(t)
			f(t, s, open(t, s, door))
		})
	}
}

func open(t testing.TB, s *vcsimtest.Server, door string) *httptask.Tasks {
	t.Helper()
	return openAs(t, s, door, vcsimtest.Password)
}

func openAs(t testing.TB, s *vcsimtest.Server, door, password string) *httptask.Tasks {
	t.Helper()
	return openAt(t, s.URL, door, password)
}

func openAt(t testing.TB, url, door, password string) *httptask.Tasks {
	t.Helper()
	r, err := recipe.Find(door)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"user": vcsimtest.User}
	for _, f := range r.Fields {
		if f.Default != "" {
			values[f.Name] = f.Default
		}
	}
	tasks, err := httptask.Open(r, target.Target{
		Recipe: door, URL: url, Values: values, Secrets: map[string]string{"password": password}, Proxy: "none", Policy: often.String(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tasks.Close)
	return tasks
}

// often asks without a pause that anybody would notice, and gives up at the first check that fails.
var often = settle.Policy{Every: time.Millisecond, Max: 10 * time.Millisecond, Timeout: time.Minute}

func submit(t testing.TB, tasks *httptask.Tasks, action string, params map[string]any) (id string) {
	t.Helper()
	id, err := tasks.Submit(context.Background(), action, params)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// an end is how a task ended: what settle must say of it is what govmomi says.
type end struct {
	State  settle.State
	Raw    string
	Reason string
	Result string
}

// wait waits for a task and returns how it ended, as settle says.
func wait(t testing.TB, tasks *httptask.Tasks, id string) end {
	t.Helper()
	ctx := context.Background()
	var last settle.Status
	var answer json.RawMessage
	for seen, err := range settle.Watch(ctx, often, tasks.Check(id)) {
		last, answer = seen.Status, seen.Value
		var failed *settle.TaskError
		if err != nil && !errors.As(err, &failed) {
			t.Fatal(err)
		}
	}
	got := end{State: last.State, Raw: last.Raw, Reason: last.Reason}
	if last.State != settle.Succeeded {
		return got
	}
	result, found, err := tasks.Result(ctx, id, answer)
	if err != nil {
		t.Fatal(err)
	}
	if found {
		if err := json.Unmarshal(result, &got.Result); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

// said is how a task ended, as govmomi says.
func said(t testing.TB, s *vcsimtest.Server, id string) end {
	t.Helper()
	info := s.Info(t, id)
	want := end{Raw: string(info.State)}
	if ref, isRef := info.Result.(types.ManagedObjectReference); isRef {
		want.Result = ref.Value
	}
	switch info.State {
	case types.TaskInfoStateSuccess:
		want.State = settle.Succeeded
	case types.TaskInfoStateError:
		want.State, want.Reason = settle.Failed, info.Error.LocalizedMessage
		if _, isCanceled := info.Error.Fault.(*types.RequestCanceled); isCanceled {
			want.State, want.Raw = settle.Canceled, "error RequestCanceled"
		}
	default:
		t.Fatalf("task %s has not ended: %s", id, info.State)
	}
	return want
}

// agree waits for a task and compares its end with what govmomi says of it.
func agree(t testing.TB, s *vcsimtest.Server, tasks *httptask.Tasks, id string) end {
	t.Helper()
	got := wait(t, tasks, id)
	if want := said(t, s, id); got != want {
		t.Errorf("task %s: settle says %+v, govmomi %+v", id, got, want)
	}
	return got
}
