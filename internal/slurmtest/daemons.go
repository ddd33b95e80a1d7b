//go:build linux

package slurmtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Daemons are the processes of one cluster, their folder and what they started.
type daemons struct {
	dir   string
	ports ports
	ended chan string    // names of those that have ended
	ctl   *os.Process    // slurmctld
	waits sync.WaitGroup // for those that we started ourselves

	mu    sync.Mutex // guards pipes
	pipes []*os.File // that the jobs of Cluster.Run read from
}

func newDaemons() (*daemons, error) {
	// Not t.TempDir: the path of a unix socket holds 107 bytes, and a test's name may be long.
	dir, err := os.MkdirTemp("/tmp", "slurm-*-test")
	if err != nil {
		return nil, err
	}
	d := &daemons{dir: dir, ended: make(chan string, 8)}
	if err := d.configure(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return d, nil
}

func (d *daemons) path(name string) string { return filepath.Join(d.dir, name) }

// run starts a daemon, as root but for slurmrestd, which refuses.
func (d *daemons) run(name string, args ...string) error {
	path, err := find(name)
	if err != nil {
		return err
	}
	log, err := os.Create(d.path(name + ".log"))
	if err != nil {
		return err
	}
	defer log.Close()

	// The kernel ends the daemon if this process dies without its cleanups, as it does at go test's -timeout. It would not
	// where the daemon gives up root by itself.
	set := []string{"--pdeathsig", "TERM"}
	if name == "slurmrestd" {
		set = append(set, "--reuid", user, "--regid", group, "--clear-groups")
	}
	cmd := d.command("setpriv", slices.Concat(set, []string{"--", path}, args)...)
	if name == "slurmrestd" {
		cmd.Env = append(cmd.Env, "SLURM_JWT=daemon") // no token of its own: it passes on those of its callers
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	if name == "slurmctld" {
		d.ctl = cmd.Process
	}
	d.waits.Go(func() {
		_ = cmd.Wait() // how it ended does not matter: that it ended too early is seen by until
		d.ended <- name
	})
	return nil
}

// command is a command that talks to this cluster.
func (d *daemons) command(name string, args ...string) *exec.Cmd {
	path, err := find(name)
	if err != nil {
		path = name // Start says it better
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = d.dir
	cmd.Env = []string{"SLURM_CONF=" + d.path(config), "PATH=" + os.Getenv("PATH")}
	return cmd
}

// stop ends everything at once: nothing of it is worth an orderly end. slurmd may start one more process while we look.
func (d *daemons) stop() error {
	var errs []error
	for _, f := range d.pipes {
		errs = append(errs, f.Close())
	}
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		left := d.processes()
		if len(left) == 0 {
			break
		}
		if time.Now().After(end) {
			return fmt.Errorf("processes %v of Slurm did not end within %v:\n%s", left, patience, d.log())
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may be gone by now
		}
	}
	d.waits.Wait()
	return errors.Join(append(errs, os.RemoveAll(d.dir))...)
}

// processes are the daemons, the jobs, and slurmstepd, which is nobody's child. All of them inherit SLURM_CONF.
func (d *daemons) processes() []int {
	var pids []int
	mark := []byte("SLURM_CONF=" + d.path(config) + "\x00")
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		environ, _ := os.ReadFile(file) // gone by now, or a kernel thread
		pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
		if bytes.Contains(environ, mark) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func (d *daemons) log() []byte {
	var all bytes.Buffer
	files, _ := filepath.Glob(d.path("*.log"))
	for _, file := range files {
		text, _ := os.ReadFile(file)
		fmt.Fprintf(&all, "%s:\n%s\n", filepath.Base(file), text)
	}
	return all.Bytes()
}

// find finds a command, or a file by its pattern. It looks where Debian keeps daemons too: a PATH does not always lead there.
func find(name string) (path string, err error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, pattern := range []string{name, "/usr/sbin/" + name} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0], nil
		}
	}
	return "", fmt.Errorf("there is no %s", name)
}
