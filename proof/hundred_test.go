package proof_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle/proof/vcsimtest"
	"github.com/vmware/govmomi/vim25/types"
)

// A hundred tasks run at one vCenter. The simulator ends its own tasks at once; these are an extension's, which last until
// the test ends them: in rounds of ten, each as soon as the command has told the ends of the round before. So the order
// of ending is known, and no time has to pass for it.
type hundred struct {
	server *vcsimtest.Server
	shell  *shell // where the command runs
	tasks  []*vcsimtest.Task
	names  map[string]int // by what the command calls them on stderr
	want   []string       // how each ends

	mu    sync.Mutex // guards what follows
	told  map[int]bool
	round int
}

const (
	rounds   = 10
	perRound = 10
)

// newHundred starts the tasks. How each will end is given by its place in its round.
func newHundred(t *testing.T, ends [perRound]string) *hundred {
	t.Helper()
	h := &hundred{server: vcsimtest.VCenter(t), names: map[string]int{}, told: map[int]bool{}}
	for i := range rounds * perRound {
		task := h.server.NewTask(t)
		task.Run(t)
		h.tasks = append(h.tasks, task)
		h.want = append(h.want, ends[i%perRound])
	}
	h.shell = newShell(t, h.server, vcsimtest.Password)
	h.server.Forget()
	return h
}

// mixed are ends of which the failure decides the exit code.
var mixed = [perRound]string{"succeeded", "succeeded", "failed", "succeeded", "succeeded", "canceled", "succeeded", "succeeded", "succeeded", "succeeded"}

// all is the same end for each.
func all(outcome string) (ends [perRound]string) {
	for i := range ends {
		ends[i] = outcome
	}
	return ends
}

// end ends the tasks of the next round.
func (h *hundred) end(t *testing.T) {
	for i := h.round * perRound; i < (h.round+1)*perRound; i++ {
		switch task := h.tasks[i]; h.want[i] {
		case "succeeded":
			task.Succeed(t, h.server.Client.ServiceContent.RootFolder)
		case "failed":
			task.Fail(t, &types.InsufficientResourcesFault{}, fmt.Sprint("no room for ", i))
		case "canceled":
			task.Cancel(t)
		}
	}
	h.round++
}

var toldEnd = regexp.MustCompile(`(?m)^\S+Z (\S+) +(?:succeeded|failed|canceled) `)

// listen is the command's stderr: what it tells lets the next round end.
func (h *hundred) listen(t *testing.T) *heard {
	return &heard{hear: func(text string) {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, end := range toldEnd.FindAllStringSubmatch(text, -1) {
			if i, known := h.names[end[1]]; known {
				h.told[i] = true
			}
		}
		for h.round < rounds && len(h.told) >= h.round*perRound {
			h.end(t)
		}
	}}
}

// A heard keeps a text, and has somebody hear of each whole line of it.
type heard struct {
	hear func(text string)
	all  bytes.Buffer
	line []byte
}

func (h *heard) Write(p []byte) (int, error) {
	h.all.Write(p)
	h.line = append(h.line, p...)
	if end := bytes.LastIndexByte(h.line, '\n') + 1; end > 0 {
		h.hear(string(h.line[:end]))
		h.line = h.line[end:]
	}
	return len(p), nil
}

// wait runs settle wait for all: as arguments, or where they are to have names, as a list on stdin.
func (h *hundred) wait(t *testing.T, door string, named bool, flags ...string) ran {
	t.Helper()
	args := append([]string{"wait", "--timeout=5m"}, flags...)
	var list strings.Builder
	for i, task := range h.tasks {
		name := door + "/" + task.ID
		h.names[name] = i
		if !named {
			args = append(args, name)
			continue
		}
		label := fmt.Sprintf("web-%02d", i)
		h.names[label] = i
		fmt.Fprintf(&list, "%s  %s # number %d\n", name, label, i)
	}
	if named {
		args = append(args, "-f", "-")
	}
	path, err := settlePath()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Dir = h.shell.environment, t.TempDir()
	var stdout bytes.Buffer
	stderr := h.listen(t)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(list.String()), &stdout, stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.all.String()}
}

// An account is what -o json says, as far as it is looked at here.
type account struct {
	Outcome, Task, Name, ID, Reason, Error, Handle string
	Result                                         string
	Exit                                           int `json:"exit_code"`
	Checks, Requests                               int
	Tasks                                          []account
}

func (got ran) account(t *testing.T) (a account) {
	t.Helper()
	if err := json.Unmarshal([]byte(got.stdout), &a); err != nil {
		t.Fatalf("%v\n%s%s", err, got.stdout, got.stderr)
	}
	return a
}

// outcomes are those of all tasks, in the order in which the tasks were started.
func (h *hundred) outcomes(t *testing.T, a account) []string {
	t.Helper()
	got := make([]string, len(h.tasks))
	for _, end := range a.Tasks {
		i := slices.IndexFunc(h.tasks, func(k *vcsimtest.Task) bool { return k.ID == end.ID })
		if i < 0 || got[i] != "" {
			t.Fatalf("task %q is told of twice, or is none", end.ID)
		}
		got[i] = end.Outcome
	}
	return got
}

// inOrder says that no task of a round stands behind one of a later round.
func (h *hundred) inOrder(t *testing.T, ids []string) {
	t.Helper()
	round := func(id string) int {
		return slices.IndexFunc(h.tasks, func(k *vcsimtest.Task) bool { return k.ID == id }) / perRound
	}
	if !slices.IsSortedFunc(ids, func(a, b string) int { return cmp.Compare(round(a), round(b)) }) {
		t.Errorf("not in the order of ending: %v", ids)
	}
}

// requests is how many came while the command waited: all but the logout, which follows what it prints.
func (h *hundred) requests() int {
	return len(h.server.Requests()) - h.server.Calls("Logout")
}

// A hundred tasks are waited for by one command, in batch requests.
func TestHundredTasks(t *testing.T) {
	for _, door := range doors {
		for _, named := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s,named=%t", door, named), func(t *testing.T) {
				h := newHundred(t, mixed)
				got := h.wait(t, door, named, "--every=20ms", "-o=json")
				a := got.account(t)
				if diff := gocmp.Diff(h.outcomes(t, a), h.want); diff != "" {
					t.Errorf("outcomes: %s", diff)
				}
				var ids []string
				for _, end := range a.Tasks {
					ids = append(ids, end.ID)
					h.agrees(t, end, named)
				}
				h.inOrder(t, ids)
				if got.code != 1 || a.Exit != 1 || a.Outcome != "failed" {
					t.Errorf("exit code %d, %d in JSON, outcome %s, want 1, 1, failed", got.code, a.Exit, a.Outcome)
				}
				if a.Requests != h.requests() {
					t.Errorf("settle says %d requests, the server had %d", a.Requests, h.requests())
				}
				h.inBatches(t, a)
			})
		}
	}
}

// inBatches says that most checks shared a request: some forty did; a machine that is slow at the start spreads them.
func (h *hundred) inBatches(t *testing.T, a account) {
	t.Helper()
	t.Logf("%d requests, %d of them batches, for %d checks of %d tasks", h.requests(), h.server.Calls("RetrievePropertiesEx"), a.Checks, len(h.tasks))
	if h.requests()*4 > a.Checks {
		t.Errorf("%d requests for %d checks", h.requests(), a.Checks)
	}
}

// What the command has learned of how long such tasks take must not give each of them moments of its own: they would not
// share a request any more. The recipe is vSphere's with shorter pauses, which are not fixed as --every would fix them.
func TestHundredTasksOfKnownLength(t *testing.T) {
	known := t.TempDir()
	for range 2 {
		h := newHundred(t, mixed)
		addRecipe(t, h.shell, "policy: every=2s max=15s", "policy: every=20ms max=50ms")
		h.shell.environment = append(h.shell.environment, "XDG_STATE_HOME="+known)
		got := h.wait(t, "lab/task", false, "-o=json")
		if got.code != 1 {
			t.Errorf("exit code %d, want 1\n%s", got.code, got.stderr)
		}
		h.inBatches(t, got.account(t))
	}
	if files, err := filepath.Glob(filepath.Join(known, "settle", "history", "*.json")); err != nil || len(files) != 1 {
		t.Errorf("%v: %q, want one history", err, files)
	}
}

// agrees compares what settle says of one task's end with what govmomi says.
func (h *hundred) agrees(t *testing.T, got account, named bool) {
	t.Helper()
	want := said(t, h.server, got.ID)
	if got.Reason != want.Reason || got.Result != want.Result || (got.Name != "") != named || got.Handle == "" {
		t.Errorf("settle says %+v, govmomi %+v", got, want)
	}
}

// As text, each is a line when it ends.
func TestHundredTasksAsText(t *testing.T) {
	h := newHundred(t, [perRound]string{"succeeded", "canceled", "succeeded", "succeeded", "succeeded", "succeeded", "succeeded", "succeeded", "succeeded", "succeeded"})
	got := h.wait(t, "vmware", true, "--every=20ms")
	var ids []string
	lines := strings.Split(strings.TrimSpace(got.stdout), "\n")
	for _, line := range lines {
		task, _, _ := strings.Cut(line, "\t")
		ids = append(ids, strings.TrimPrefix(task, "vmware/"))
	}
	h.inOrder(t, ids)
	if len(lines) != len(h.tasks) || strings.Count(got.stdout, "\tsucceeded\t") != 90 || strings.Count(got.stdout, "\tcanceled\t") != 10 {
		t.Errorf("%d lines:\n%s", len(lines), got.stdout)
	}
	if got.code != 6 || !strings.Contains(got.stderr, fmt.Sprintf("requests=%d", h.requests())) {
		t.Errorf("exit code %d, want 6, with requests=%d on stderr:\n%s", got.code, h.requests(), got.stderr)
	}
}

// With --any one success is enough, with --fail-fast one failure; the tasks that are left go on.
func TestHundredTasksUntilEnough(t *testing.T) {
	rows := []struct {
		flag, ends, left string
		code             int
	}{
		{"--any", "succeeded", "another task has succeeded", 0},
		{"--any", "failed", "", 1},
		{"--fail-fast", "failed", "another task did not succeed", 1},
		{"--fail-fast", "canceled", "another task did not succeed", 6},
		{"--fail-fast", "succeeded", "", 0},
	}
	for _, row := range rows {
		t.Run(row.flag+" "+row.ends, func(t *testing.T) {
			h := newHundred(t, all(row.ends))
			got := h.wait(t, "vmware", false, "--every=20ms", row.flag, "-o=json")
			a := got.account(t)
			if got.code != row.code || a.Exit != row.code {
				t.Errorf("exit code %d, %d in JSON, want %d", got.code, a.Exit, row.code)
			}
			if len(a.Tasks) != len(h.tasks) || a.Requests != h.requests() {
				t.Errorf("%d tasks, %d requests, want %d, %d", len(a.Tasks), a.Requests, len(h.tasks), h.requests())
			}
			ended, left := 0, 0
			for _, end := range a.Tasks {
				switch {
				case end.Outcome == row.ends:
					ended++
				case end.Outcome == "interrupted" && row.left != "" && strings.Contains(end.Error, row.left):
					left++
				default:
					t.Errorf("%+v", end)
				}
			}
			if want := row.left != ""; ended == 0 || (left > 0) != want {
				t.Errorf("%d ended, %d were left, want some left: %t", ended, left, want)
			}
		})
	}
}
