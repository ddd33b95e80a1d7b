package proof_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/proof/vcsimtest"
	"github.com/vmware/govmomi/vim25/types"
)

// What each state of a task is, asked once while the test holds the task there.
func TestStates(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		steps := []struct {
			name string
			to   func(*vcsimtest.Task)
			want settle.Status
		}{
			{"queued", func(*vcsimtest.Task) {}, settle.Status{State: settle.Pending, Raw: "queued"}},
			{"running", func(k *vcsimtest.Task) { k.Run(t) }, settle.Status{State: settle.Pending, Raw: "running"}},
			{"progress", func(k *vcsimtest.Task) { k.Run(t); k.Progress(t, 55) }, settle.Status{State: settle.Pending, Raw: "running", Progress: .55}},
			{"success", func(k *vcsimtest.Task) { k.Run(t); k.Succeed(t, nil) }, settle.Status{State: settle.Succeeded, Raw: "success"}},
			{"error", func(k *vcsimtest.Task) {
				k.Run(t)
				k.Fail(t, &types.InsufficientResourcesFault{}, "no room for <it> & more")
			}, settle.Status{State: settle.Failed, Raw: "error", Reason: "no room for <it> & more"}},
			{"error without words", func(k *vcsimtest.Task) { k.Fail(t, &types.Timedout{}, "") }, settle.Status{State: settle.Failed, Raw: "error", Reason: "Timedout"}},
			{"canceled", func(k *vcsimtest.Task) { k.Run(t); k.Cancel(t) },
				settle.Status{State: settle.Canceled, Raw: "error RequestCanceled", Reason: "The task was canceled by a user"}},
		}
		for _, step := range steps {
			task := s.NewTask(t)
			step.to(task)
			_, got, err := tasks.Check(task.ID)(context.Background())
			if err != nil || got != step.want {
				t.Errorf("%s: got %+v, %v, want %+v", step.name, got, err, step.want)
			}
		}
	})
}

// Each end is what govmomi says of it.
func TestEnds(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		vm := s.VM(t, "DC0_C0_RP0_VM0").Self
		running := s.PowerOn(t, vm)
		if got := agree(t, s, tasks, running.Reference().Value); got.State != settle.Failed || !strings.Contains(got.Reason, "InvalidPowerState") {
			t.Errorf("power on of a VM that runs: %+v", got)
		}

		canceled := s.NewTask(t)
		canceled.Run(t)
		if err := tasks.Cancel(context.Background(), canceled.ID); err != nil {
			t.Fatal(err)
		}
		if got := agree(t, s, tasks, canceled.ID); got.State != settle.Canceled {
			t.Errorf("a task that settle canceled: %+v", got)
		}

		done := s.NewTask(t)
		done.Succeed(t, vm)
		if got := agree(t, s, tasks, done.ID); got.Result != vm.Value {
			t.Errorf("the result of a task: %+v", got)
		}
	})
}

// A wait sees progress as it comes, and the end once it is there.
func TestProgress(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		task := s.NewTask(t)
		next := []func(){
			func() { task.Run(t) },
			func() { task.Progress(t, 10) },
			func() { task.Progress(t, 55) },
			func() { task.Progress(t, 90) },
			func() { task.Succeed(t, nil) },
		}
		var got []string
		for seen, err := range settle.Watch(context.Background(), often, tasks.Check(task.ID)) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, seen.Status.String())
			if len(next) > 0 {
				next[0]()
				next = next[1:]
			}
		}
		want := []string{"pending [queued]", "pending [running]", "pending [running] 10%", "pending [running] 55%", "pending [running] 90%", "succeeded [success]"}
		// The simulator keeps the last percentage of a task that has ended.
		if n := len(got); n > 0 {
			got[n-1] = strings.TrimSuffix(got[n-1], " 90%")
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Error(diff)
		}
	})
}

// A session that ends in the middle of a wait costs one login, and not the wait.
func TestSessionExpires(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		task := s.NewTask(t)
		task.Run(t)
		var states []settle.State
		for seen, err := range settle.Watch(context.Background(), often, tasks.Check(task.ID)) {
			if err != nil || seen.Err != nil {
				t.Fatal(err, seen.Err)
			}
			states = append(states, seen.Status.State)
			switch len(states) {
			case 1:
				s.Expire(t)
			case 2:
				task.Succeed(t, nil)
			}
		}
		if want := []settle.State{settle.Pending, settle.Pending, settle.Succeeded}; !slices.Equal(states, want) {
			t.Errorf("got %v, want %v", states, want)
		}
		if got := s.Calls("Login"); got != 2 {
			t.Errorf("%d logins, want 2", got)
		}
	})
}

func TestWrongPassword(t *testing.T) {
	for _, door := range doors {
		t.Run(door, func(t *testing.T) {
			s := vcsimtest.VCenter(t)
			task := s.NewTask(t)
			tasks := openAs(t, s, door, "wrong")
			_, err := settle.Wait(context.Background(), often, tasks.Check(task.ID))
			if settle.OutcomeOf(err) != settle.OutcomeDenied {
				t.Errorf("got %v: %v, want denied", settle.OutcomeOf(err), err)
			}
			if got := s.Calls("Login"); got > 2 {
				t.Errorf("%d logins: that locks an account", got)
			}
		})
	}
}

func TestAbsentTask(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		_, err := settle.Wait(context.Background(), often, tasks.Check("task-99999"))
		if settle.OutcomeOf(err) != settle.OutcomeNotFound {
			t.Errorf("got %v: %v, want not_found", settle.OutcomeOf(err), err)
		}
	})
}

// vCenter forgets a task ten minutes after its end. One that was seen running and is gone then has an end that nobody
// knows: it is no success.
func TestVanishedTask(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		task := s.NewTask(t)
		task.Run(t)
		var last error
		for _, err := range settle.Watch(context.Background(), often, tasks.Check(task.ID)) {
			if last = err; err == nil {
				task.Vanish(t)
			}
		}
		if got := settle.OutcomeOf(last); got != settle.OutcomeUnknown {
			t.Errorf("got %v: %v, want unknown", got, last)
		}
	})
}

func TestLogout(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		task := s.NewTask(t)
		task.Succeed(t, nil)
		before := s.Sessions(t)
		wait(t, tasks, task.ID)
		if got := s.Sessions(t); got != before+1 {
			t.Errorf("%d sessions during the wait, want %d", got, before+1)
		}
		tasks.Close()
		if got := s.Sessions(t); got != before {
			t.Errorf("%d sessions after Close, want %d", got, before)
		}
	})
}

// A hundred tasks are one request.
func TestBatch(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		ids := make([]string, 100)
		for i := range ids {
			task := s.NewTask(t)
			if task.Run(t); i%3 == 0 {
				task.Fail(t, &types.Timedout{}, "too slow")
			} else {
				task.Succeed(t, s.Client.ServiceContent.RootFolder)
			}
			ids[i] = task.ID
		}
		s.Forget()
		before := tasks.Requests()
		ended := each(t, tasks, ids)
		if got, want := s.Calls("RetrievePropertiesEx"), 1; got != want {
			t.Errorf("%d batch requests, want %d", got, want)
		}
		if got, want := tasks.Requests()-before, int64(len(s.Requests())); got != want || got > 5 {
			t.Errorf("%d requests counted, %d came", got, want)
		}
		for _, id := range ids {
			if got, want := ended[id].Status.State, said(t, s, id).State; got != want {
				t.Errorf("task %s: settle says %v, govmomi %v", id, got, want)
			}
		}
	})
}

// An id that is not there is that one's not-found, whether vCenter leaves it out of the batch or refuses the whole.
func TestBatchWithAnAbsentID(t *testing.T) {
	for _, spoiled := range []bool{false, true} {
		name := map[bool]string{false: "left out", true: "refused"}[spoiled]
		t.Run(name, func(t *testing.T) {
			eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
				good, bad := s.NewTask(t), s.NewTask(t)
				good.Succeed(t, nil)
				bad.Fail(t, &types.Timedout{}, "too slow")
				if spoiled {
					s.Intercept(vcsimtest.RefuseMissing)
				}
				ended := each(t, tasks, []string{good.ID, "task-99999", bad.ID})
				got := map[string]settle.Outcome{}
				for id, r := range ended {
					got[id] = settle.OutcomeOf(r.Err)
				}
				want := map[string]settle.Outcome{good.ID: settle.OutcomeSucceeded, "task-99999": settle.OutcomeNotFound, bad.ID: settle.OutcomeFailed}
				if diff := cmp.Diff(got, want); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestBatchAfterTheSessionExpired(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		first, second := s.NewTask(t), s.NewTask(t)
		first.Succeed(t, nil)
		second.Run(t)
		fleet := tasks.Fleet()
		fleet.Policy = often
		for id, r := range fleet.Each(context.Background(), slices.Values([]string{first.ID, second.ID})) {
			if r.Err != nil {
				t.Errorf("task %s: %v", id, r.Err)
			}
			if id == first.ID {
				s.Expire(t)
				second.Succeed(t, nil)
			}
		}
		if got := s.Calls("Login"); got != 2 {
			t.Errorf("%d logins, want 2", got)
		}
	})
}

func each(t testing.TB, tasks *httptask.Tasks, ids []string) map[string]settle.Result[json.RawMessage] {
	t.Helper()
	fleet := tasks.Fleet()
	fleet.Policy = often
	ended := map[string]settle.Result[json.RawMessage]{}
	for id, r := range fleet.Each(context.Background(), slices.Values(ids)) {
		ended[id] = r
	}
	if len(ended) != len(ids) {
		t.Errorf("%d results for %d tasks", len(ended), len(ids))
	}
	return ended
}
