//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package term

import (
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// jobs is for Ctrl-Z: what is drawn leaves the terminal before the process stops, and is drawn again when it goes on. Go
// does not give a signal back to the system that was heard once, so it is heard as long as the process lives.
var jobs struct {
	begin   sync.Once
	display atomic.Pointer[Display] // that which draws; nil: none
}

func (d *Display) heedJobs() {
	jobs.display.Store(d)
	jobs.begin.Do(func() {
		if signal.Ignored(syscall.SIGTSTP) { // its parent does not want it to stop
			return
		}
		heard := make(chan os.Signal, 4)
		signal.Notify(heard, syscall.SIGTSTP, syscall.SIGCONT)
		go func() {
			for s := range heard {
				hearJob(s, heard)
			}
		}()
	})
}

func (d *Display) forgetJobs() { jobs.display.CompareAndSwap(d, nil) }

func hearJob(s os.Signal, heard <-chan os.Signal) {
	d := jobs.display.Load()
	stop := func() { stopSelf(heard) }
	switch {
	case s == syscall.SIGTSTP && d != nil:
		d.Aside(stop)
	case s == syscall.SIGTSTP:
		stop()
	}
	if d != nil {
		d.redraw()
	}
}

// stopSelf stops the process until it is told to go on. SIGTTIN is a stop that Go leaves to the system, which knows better
// than SIGSTOP: it does not stop a process that no shell could wake.
func stopSelf(heard <-chan os.Signal) {
	if syscall.Kill(os.Getpid(), syscall.SIGTTIN) != nil {
		return
	}
	select {
	case <-heard:
	case <-time.After(redraw): // nobody stops us
	}
}

// inFront returns whether the process is in the group that has the terminal. One that is not known, as from inside a
// container, has it.
func inFront(fd int) func() bool {
	return func() bool {
		group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
		return err != nil || group == 0 || group == unix.Getpgrp()
	}
}
