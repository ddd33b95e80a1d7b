//go:build unix

package httptask_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/settle-go/settle/target"
)

// A command that is ended takes with it what it has started.
func TestExecLeavesNothingBehind(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	tasks := openText(t, `
name: here/job
title: a command
docs: here
proof: {mock: here}
status: {request: {exec: [sh, -c, "sleep 600 & echo $! > $0; wait", "{id}"]}, state: ., succeeded: done}
`, target.Target{})
	ctx, cancel := context.WithCancel(patience(t))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _, _ = tasks.Check(file)(ctx)
	}()
	pid := 0
	for pid == 0 {
		text, _ := os.ReadFile(file)
		pid, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		time.Sleep(time.Millisecond) // until the command has told who it is
	}
	cancel()
	<-done
	for n := 0; ; n++ { // init must bury it first
		if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) || isZombie(pid) {
			return
		}
		if n == 10_000 {
			t.Fatalf("process %d is still there", pid)
		}
		time.Sleep(time.Millisecond)
	}
}

func isZombie(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(text), ") Z ")
}
