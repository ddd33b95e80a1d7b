package vcsimtest

import (
	"context"
	"runtime"
	"testing"

	"github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// A Task is one of an extension's, which does what the test says: no time has to pass for it.
type Task struct {
	ID string

	ref    types.ManagedObjectReference
	server *Server
}

// NewTask creates a task that is queued. Only a vCenter has such.
func (s *Server) NewTask(t testing.TB) *Task {
	t.Helper()
	ctx := context.Background()
	res, err := methods.CreateTask(ctx, s.Client.Client, &types.CreateTask{
		This:       *s.Client.ServiceContent.TaskManager,
		Obj:        *s.Client.ServiceContent.TaskManager, // of an entity the simulator keeps the last tasks, without a lock
		TaskTypeId: "com.vmware.govmomi.simulator.test",
		Cancelable: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	task := &Task{ID: res.Returnval.Task.Value, ref: res.Returnval.Task, server: s}
	// The simulator answers before the task can be found.
	for {
		var out mo.Task
		err := property.DefaultCollector(s.Client.Client).RetrieveOne(ctx, task.ref, []string{"info"}, &out)
		if err == nil {
			return task
		}
		if !fault.Is(err, &types.ManagedObjectNotFound{}) {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
}

// Info returns what govmomi says of a task.
func (s *Server) Info(t testing.TB, id string) types.TaskInfo {
	t.Helper()
	var out mo.Task
	ref := types.ManagedObjectReference{Type: "Task", Value: id}
	if err := property.DefaultCollector(s.Client.Client).RetrieveOne(context.Background(), ref, []string{"info"}, &out); err != nil {
		t.Fatal(err)
	}
	return out.Info
}

// Run lets the task begin.
func (k *Task) Run(t testing.TB) {
	t.Helper()
	k.state(t, &types.SetTaskState{State: types.TaskInfoStateRunning})
}

// Progress says how much of it is done; the task must be running.
func (k *Task) Progress(t testing.TB, percent int) {
	t.Helper()
	_, err := methods.UpdateProgress(context.Background(), k.server.Client.Client, &types.UpdateProgress{This: k.ref, PercentDone: int32(percent)})
	if err != nil {
		t.Fatal(err)
	}
}

// Succeed ends it; a nil result is none.
func (k *Task) Succeed(t testing.TB, result types.AnyType) {
	t.Helper()
	k.state(t, &types.SetTaskState{State: types.TaskInfoStateSuccess, Result: result})
}

// Fail ends it with a fault.
func (k *Task) Fail(t testing.TB, fault types.BaseMethodFault, message string) {
	t.Helper()
	k.state(t, &types.SetTaskState{State: types.TaskInfoStateError, Fault: &types.LocalizedMethodFault{Fault: fault, LocalizedMessage: message}})
}

func (k *Task) state(t testing.TB, req *types.SetTaskState) {
	t.Helper()
	req.This = k.ref
	if _, err := methods.SetTaskState(context.Background(), k.server.Client.Client, req); err != nil {
		t.Fatal(err)
	}
}

// Cancel cancels it, as govmomi does.
func (k *Task) Cancel(t testing.TB) {
	t.Helper()
	if _, err := methods.CancelTask(context.Background(), k.server.Client.Client, &types.CancelTask{This: k.ref}); err != nil {
		t.Fatal(err)
	}
}

// Vanish takes it away, as vCenter does ten minutes after its end.
func (k *Task) Vanish(testing.TB) {
	ctx := k.server.model.Service.Context
	ctx.Map.Remove(ctx, k.ref)
}
