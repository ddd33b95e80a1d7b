//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/target"
)

// Two take up what is left at once: each wait is one's alone, and the other leaves it, says so, or finds nothing left. No
// check is answered before one of them has gone, or all waits are somebody's.
func TestResumedByTwo(t *testing.T) {
	t.Parallel()
	const tasks = 5
	for range 5 {
		k := newKiller(t, moment{at: 4})
		args := []string{"wait"}
		for i := range tasks {
			args = append(args, fmt.Sprint(k.url, "/runs/run-", i))
		}
		k.killed(t, append(args, reads...)...)
		if left := leftOf(k.list(t)); len(left) != tasks {
			t.Fatalf("it knows %+v", left)
		}
		k.forget()
		settled := make(chan struct{})
		free := sync.OnceFunc(func() { close(settled) })
		k.holdChecks(func(string, int) {
			if k.askedFor() == tasks {
				free()
			}
			<-settled
		})
		var group sync.WaitGroup
		codes := map[string]int{}
		for _, who := range []string{"a", "b"} {
			cmd := k.command(t, "resume", "--timeout=20s", "--header=X-Who: "+who)
			said := new(bytes.Buffer)
			cmd.Stderr = said
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("%s:\n%s", who, said)
				}
			})
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			group.Go(func() {
				_ = cmd.Wait()
				free()
				k.mu.Lock()
				defer k.mu.Unlock()
				codes[who] = cmd.ProcessState.ExitCode()
			})
		}
		group.Wait()
		for id, who := range k.who {
			if len(who) != 1 {
				t.Errorf("%s was asked for by %v", id, who)
			}
		}
		if a, b := codes["a"], codes["b"]; min(a, b) != 0 || max(a, b) != 0 && max(a, b) != exitInvalid {
			t.Errorf("exit codes %v", codes)
		}
		for _, w := range k.list(t) {
			if w.Phase != journal.Ended || w.Outcome != "succeeded" {
				t.Errorf("it knows %+v", w)
			}
		}
	}
}

// What another process takes while this one begins is left to it, unless somebody has named it.
func TestLeftToAnother(t *testing.T) {
	for _, named := range []bool{false, true} {
		t.Setenv("XDG_STATE_HOME", t.TempDir())
		a := &app{secrets: new(target.Secrets), stderr: io.Discard}
		j, err := a.journal()
		if err != nil {
			t.Fatal(err)
		}
		v := &vigil{app: a, unnamed: !named}
		for i, process := range []int{0, os.Getppid(), 0} {
			e := &journal.Entry{Phase: journal.Waiting, Process: process, Task: fmt.Sprint("lab/run-", i)}
			if err := j.Add(e); err != nil {
				t.Fatal(err)
			}
			v.all = append(v.all, &waiting{key: i, entry: e, resumed: true})
		}
		err = v.keep()
		_ = v.keeper.close()
		if named {
			if err == nil {
				t.Error("a wait that another process has was taken, since it was named")
			}
			continue
		}
		var tasks []string
		for key, w := range v.all {
			tasks = append(tasks, w.entry.Task)
			if w.key != key {
				t.Errorf("%s has key %d, want %d", w.entry.Task, w.key, key)
			}
		}
		if err != nil || !slices.Equal(tasks, []string{"lab/run-0", "lab/run-2"}) {
			t.Errorf("%v, %q", err, tasks)
		}
	}
}

// What follows a success follows that of all, also of those that had ended before the kill.
func TestFollowsTheWholeRun(t *testing.T) {
	t.Parallel()
	for other, follows := range map[string]bool{"run-1": true, "bad": false} {
		t.Run(other, func(t *testing.T) {
			k := newKiller(t, moment{at: -1})
			killed := make(chan struct{})
			free := sync.OnceFunc(func() { close(killed) })
			defer free()
			k.holdChecks(func(id string, _ int) {
				if id == "good" {
					<-killed
				}
			})
			close(k.ready)
			mark := filepath.Join(k.state, "followed")
			cmd := k.command(t, "wait", "--timeout=20s", "lab/good", "lab/"+other, "--", "touch", mark)
			cmd.Stdout = &firstWrite{then: sync.OnceFunc(func() { // it tells the end of other
				_ = cmd.Process.Kill()
				free()
			})}
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			if err := cmd.Run(); err == nil || cmd.ProcessState.Exited() {
				t.Fatalf("settle wait ended by itself: %v\n%s", err, &stderr)
			}
			waits := k.list(t)
			code := 0
			switch left := leftOf(waits); {
			case len(waits) != 2 || len(left) == 0:
				t.Fatalf("it knows %+v", waits)
			case len(left) == 2 && !follows: // the end of other was not on disk yet: it is asked for again
				code = exitFailed
			}
			k.resumes(t, code)
			if _, err := os.Stat(mark); (err == nil) != follows {
				t.Errorf("followed: %t, want %t", err == nil, follows)
			}
		})
	}
}

// Several learn how long tasks of one kind take at once: their last answers come together. Of those that are killed then
// nothing need stay, and of the others everything does.
func TestLearnedByMany(t *testing.T) {
	t.Parallel()
	const processes = 6
	for _, kills := range []int{0, 1, processes - 1} {
		t.Run(fmt.Sprint(kills, " killed"), func(t *testing.T) {
			k := newKiller(t, moment{at: -1})
			close(k.ready)
			var together sync.WaitGroup
			together.Add(processes)
			var cmds []*exec.Cmd
			k.holdChecks(func(id string, check int) {
				if check == 3 {
					together.Done()
					together.Wait()
				}
			})
			for i := range processes {
				cmd := k.command(t, append([]string{"wait", fmt.Sprint(k.url, "/runs/run-", i)}, reads...)...)
				cmds = append(cmds, cmd)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
			}
			together.Wait()
			for _, cmd := range cmds[:kills] {
				_ = cmd.Process.Kill()
			}
			for i, cmd := range cmds {
				if err := cmd.Wait(); err != nil && i >= kills {
					t.Errorf("settle wait: %v", err)
				}
			}
			if n := k.learned(t); n < processes-kills || n > processes {
				t.Errorf("%d were learned of %d, of which %d were killed", n, processes, kills)
			}
			k.holdChecks(nil)
			k.settle(t, append([]string{"wait", k.url + "/runs/another"}, reads...)...)
			if n := k.learned(t); n < processes-kills+1 {
				t.Errorf("%d are known after one more", n)
			}
		})
	}
}

// learned is how many tasks settle history knows, all of one kind.
func (k *killer) learned(t *testing.T) int {
	t.Helper()
	code, stdout, stderr := k.settle(t, "history", "-o=json")
	var said struct{ Kinds []struct{ Count int } }
	if err := json.Unmarshal([]byte(stdout), &said); err != nil || code != 0 || len(said.Kinds) != 1 {
		t.Fatalf("settle history: %d, %v\n%s%s", code, err, stdout, stderr)
	}
	return said.Kinds[0].Count
}
