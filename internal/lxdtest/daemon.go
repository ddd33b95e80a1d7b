package lxdtest

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
	"syscall"
	"time"
)

// A daemon is one lxd process and its folder.
type daemon struct {
	dir  string
	cmd  *exec.Cmd
	gone chan struct{} // closed once the process has ended
}

func startDaemon(lxd string) (*daemon, error) {
	// Not t.TempDir: the path of a unix socket holds 107 bytes, and a test's name may be long.
	dir, err := os.MkdirTemp("/tmp", "lxd-*-test")
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "lxd.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()

	// setpriv: the kernel ends the daemon if this process dies without its cleanups, as it does at go test's -timeout.
	cmd := exec.Command("setpriv", "--pdeathsig", "TERM", lxd, "--group", "root")
	cmd.Env = []string{
		"LXD_DIR=" + dir,
		"PATH=" + os.Getenv("PATH"),
		"HTTPS_PROXY=http://127.0.0.1:9", // nobody there: LXD would fetch a list from the internet when it starts
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	d := &daemon{dir: dir, cmd: cmd, gone: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended does not matter: that it ended too early is seen by waitReady
		close(d.gone)
	}()
	return d, nil
}

// stop ends the process and what it left behind, and removes its folder. LXD finishes a running operation before it goes,
// which takes five seconds for an instance that cannot start.
func (d *daemon) stop() error {
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	var late error
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		left := d.processes()
		if len(left) == 0 {
			break
		}
		if time.Now().After(end) {
			late = fmt.Errorf("LXD's processes %v did not end within %v:\n%s", left, patience, d.log())
			for _, pid := range left {
				if p, err := os.FindProcess(pid); err == nil {
					_ = p.Kill()
				}
			}
			break
		}
	}
	<-d.gone
	return errors.Join(late, d.unmount(), os.RemoveAll(d.dir))
}

// processes are the daemon and its helpers: an instance's monitor outlives the operation that failed to start it, and is
// nobody's child. All have the folder's path in their environment or, the monitor, in their title.
func (d *daemon) processes() []int {
	var pids []int
	for _, kind := range []string{"environ", "cmdline"} {
		files, _ := filepath.Glob("/proc/[0-9]*/" + kind)
		for _, file := range files {
			text, _ := os.ReadFile(file) // gone by now, or a kernel thread
			pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
			if bytes.Contains(text, []byte(d.dir)) && !slices.Contains(pids, pid) {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// unmount is for the daemon that was killed: one that was asked to end unmounts by itself.
func (d *daemon) unmount() error {
	var errs []error
	for _, point := range d.mounts() {
		if out, err := exec.Command("umount", "--lazy", point).CombinedOutput(); err != nil {
			errs = append(errs, fmt.Errorf("umount %s: %w: %s", point, err, out))
		}
	}
	return errors.Join(errs...)
}

func (d *daemon) mounts() []string {
	table, _ := os.ReadFile("/proc/self/mounts")
	var points []string
	for line := range strings.Lines(string(table)) {
		if point := strings.Fields(line)[1]; strings.HasPrefix(point, d.dir+"/") {
			points = append(points, point)
		}
	}
	return points
}

func (d *daemon) log() []byte {
	text, _ := os.ReadFile(filepath.Join(d.dir, "lxd.log"))
	return text
}
