package proof_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/settle-go/settle/proof/vcsimtest"
	"github.com/vmware/govmomi/vim25/types"
)

// binaries is where settlePath builds; it is there as long as the tests run.
var binaries string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if binaries, err = os.MkdirTemp("", "settle-proof-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(binaries)
	return m.Run()
}

// settlePath is the command, built from this tree the first time that a test wants it.
var settlePath = sync.OnceValues(func() (string, error) {
	path := filepath.Join(binaries, "settle")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	build := exec.Command("go", "build", "-o", path, "./cmd/settle")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./cmd/settle: %w\n%s", err, out)
	}
	return path, nil
})

// A shell is where the command runs: with the environment that govc reads, and settings of its own.
type shell struct {
	environment []string
	settings    string
}

func newShell(t *testing.T, s *vcsimtest.Server, password string) *shell {
	t.Helper()
	settings := t.TempDir()
	return &shell{settings: settings, environment: []string{
		"HOME=" + settings, "AppData=" + settings, "XDG_CONFIG_HOME=" + settings, "XDG_STATE_HOME=" + settings, "XDG_DATA_HOME=" + settings, "LANG=C",
		"GOVC_URL=" + s.URL + "/sdk", "GOVC_USERNAME=" + vcsimtest.User, "GOVC_PASSWORD=" + password,
	}}
}

type ran struct {
	code           int
	stdout, stderr string
}

func (sh *shell) settle(t *testing.T, args ...string) ran {
	t.Helper()
	path, err := settlePath()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Dir = sh.environment, t.TempDir()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	got := ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
	if strings.Contains(got.stdout+got.stderr, vcsimtest.Password) {
		t.Errorf("settle %q shows the password:\n%s%s", args, got.stdout, got.stderr)
	}
	return got
}

func TestCommandWait(t *testing.T) {
	s := vcsimtest.VCenter(t)
	done, failed, canceled := s.NewTask(t), s.NewTask(t), s.NewTask(t)
	done.Succeed(t, s.VM(t, vmName).Self)
	failed.Fail(t, &types.Timedout{}, "the host did not answer")
	canceled.Run(t)
	canceled.Cancel(t)
	sh := newShell(t, s, vcsimtest.Password)
	rows := []struct {
		name, id string
		code     int
		stdout   string
		stderr   string // a part of it
	}{
		{"succeeded", done.ID, 0, s.VM(t, vmName).Self.Value + "\n", "succeeded"},
		{"failed", failed.ID, 1, "", "the host did not answer"},
		{"canceled", canceled.ID, 6, "", "The task was canceled by a user"},
		{"not found", "task-99999", 3, "", "not found"},
	}
	for _, door := range append([]string{"vmware"}, doors...) {
		for _, row := range rows {
			got := sh.settle(t, "wait", "--missing=0s", door+"/"+row.id)
			if got.code != row.code || got.stdout != row.stdout || !strings.Contains(got.stderr, row.stderr) {
				t.Errorf("%s, %s: got %+v, want %d, %q, %q", door, row.name, got, row.code, row.stdout, row.stderr)
			}
		}
	}
}

func TestCommandWrongPassword(t *testing.T) {
	s := vcsimtest.VCenter(t)
	task := s.NewTask(t)
	for _, door := range doors {
		if got := newShell(t, s, "wrong").settle(t, "wait", door+"/"+task.ID); got.code != 4 {
			t.Errorf("%s: got %+v, want 4", door, got)
		}
	}
}

// govc's one variable for everything: https://user:password@vcenter/sdk.
func TestCommandUserInGOVCURL(t *testing.T) {
	s := vcsimtest.VCenter(t)
	task := s.NewTask(t)
	task.Succeed(t, nil)
	u, err := url.Parse(s.URL + "/sdk")
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(vcsimtest.User, vcsimtest.Password)
	sh := newShell(t, s, "")
	sh.environment = append(sh.environment, "GOVC_URL="+u.String(), "GOVC_USERNAME=", "GOVC_PASSWORD=")
	for _, door := range doors {
		if got := sh.settle(t, "wait", door+"/"+task.ID); got.code != 0 {
			t.Errorf("%s: got %+v, want 0", door, got)
		}
	}
}

// A submit through a target from the file starts the task, waits for it, and prints its result.
func TestCommandSubmit(t *testing.T) {
	for _, door := range doors {
		t.Run(door, func(t *testing.T) {
			s := vcsimtest.VCenter(t)
			sh := newShell(t, s, "")
			sh.addTarget(t, "lab", door, s)

			got := sh.settle(t, "submit", "lab", "snapshot.create", "vm="+vmName, `name=100% <&"`, "--every=10ms")
			tree := s.VM(t, vmName).Snapshot.RootSnapshotList
			if got.code != 0 || len(tree) != 1 || got.stdout != tree[0].Snapshot.Value+"\n" || tree[0].Name != `100%25 <&"` {
				t.Fatalf("snapshot.create: %+v, snapshots %+v", got, tree)
			}
			got = sh.settle(t, "submit", "lab", "snapshot.delete", "vm="+vmName, `snapshot=100% <&"`, "--every=10ms")
			if got.code != 0 || s.VM(t, vmName).Snapshot != nil {
				t.Errorf("snapshot.delete: %+v, snapshots %+v", got, s.VM(t, vmName).Snapshot)
			}
			label := diskOf(t, s).DeviceInfo.GetDescription().Label
			got = sh.settle(t, "submit", "lab", "disk.expand", "vm="+vmName, "disk="+label, "size=20GiB", "--every=10ms")
			if got.code != 0 || diskOf(t, s).CapacityInBytes != 20<<30 {
				t.Errorf("disk.expand: %+v, the disk has %d bytes", got, diskOf(t, s).CapacityInBytes)
			}
			if got = sh.settle(t, "submit", "lab", "vm.resize", "vm="+vmName, "memory=2GiB", "--every=10ms", "-o=json"); got.code != 0 || s.VM(t, vmName).Config.Hardware.MemoryMB != 2048 {
				t.Errorf("vm.resize: %+v, %d MiB", got, s.VM(t, vmName).Config.Hardware.MemoryMB)
			}
			var document struct{ Outcome, State, Raw, Recipe, Target string }
			if err := json.Unmarshal([]byte(got.stdout), &document); err != nil || document.Outcome != "succeeded" || document.Raw != "success" || document.Recipe != door || document.Target != "lab" {
				t.Errorf("vm.resize -o json: %v, %+v", err, document)
			}

			if got = sh.settle(t, "submit", "lab", "snapshot.create", "vm=web-07", "name=x"); got.code != 3 {
				t.Errorf("a VM that is not there: %+v, want 3", got)
			}
			s.Rename(t, s.VM(t, "DC0_C0_RP0_VM1").Self, vmName)
			if got = sh.settle(t, "submit", "lab", "snapshot.create", "vm="+vmName, "name=x"); got.code != 2 {
				t.Errorf("two VMs of one name: %+v, want 2", got)
			}
		})
	}
}

func (sh *shell) addTarget(t *testing.T, name, door string, s *vcsimtest.Server) {
	t.Helper()
	folder := filepath.Join(sh.settings, "settle")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	password, err := json.Marshal(vcsimtest.Password)
	if err != nil {
		t.Fatal(err)
	}
	entry := name + ":\n  recipe: " + door + "\n  url: " + s.URL + "\n  user: " + vcsimtest.User + "\n  password: " + string(password) + "\n"
	if err := os.WriteFile(filepath.Join(folder, "targets.yaml"), []byte(entry), 0o600); err != nil {
		t.Fatal(err)
	}
}
