//go:build linux

package slurmtest

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
)

// Submit queues a job that runs script, sh, as User, and returns its id. Options are sbatch's, such as "--hold",
// "--nodes=2" (pending for ever), "--dependency=afterok:1" or "--uid=root".
func (c *Cluster) Submit(script string, options ...string) (job string) {
	c.t.Helper()
	args := append([]string{"--parsable", "--chdir=/", "--output=/dev/null", "--uid=" + user}, options...)
	return c.feed("#!/bin/sh\n"+script+"\n", "sbatch", args...)
}

// Run submits a job that runs until finish is called and then ends with that exit code. Only the first call counts.
func (c *Cluster) Run(options ...string) (job string, finish func(code int)) {
	c.t.Helper()
	d := c.daemons
	d.mu.Lock()
	defer d.mu.Unlock()
	name := d.path(fmt.Sprintf("pipe%d", len(d.pipes)))
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		c.t.Fatal(err)
	}
	if err := os.Chmod(name, 0o644); err != nil { // Mkfifo heeds the umask
		c.t.Fatal(err)
	}
	pipe, err := os.OpenFile(name, os.O_RDWR, 0) // not O_WRONLY: that waits for a reader
	if err != nil {
		c.t.Fatal(err)
	}
	d.pipes = append(d.pipes, pipe)
	var once sync.Once
	// Should this process die, the job reads the end of the file and ends too.
	return c.Submit("read -r code <"+name+"\nexit $code", options...), func(code int) {
		once.Do(func() { fmt.Fprintln(pipe, code) })
	}
}

// Cancel cancels a job as root. One that runs is COMPLETING for some seconds before it is CANCELLED.
func (c *Cluster) Cancel(job string) {
	c.t.Helper()
	c.call("scancel", job)
}

// Control runs scontrol as root: Control("release", job), Control("suspend", job).
func (c *Cluster) Control(args ...string) {
	c.t.Helper()
	c.call("scontrol", args...)
}

// TimeOut submits a job whose time is over as soon as it runs, and returns its id. Slurm sees it within half a minute.
func (c *Cluster) TimeOut() (job string) {
	c.t.Helper()
	job, _ = c.Run()
	c.Await(job, "RUNNING")
	c.Control("update", "jobid="+job, "TimeLimit=0")
	return job
}

// Forget returns once Slurm no longer knows the job, which has ended or is about to: some seconds later. From then on it
// forgets all jobs as soon.
func (c *Cluster) Forget(job string) {
	c.t.Helper()
	path := c.daemons.path(config)
	text, err := os.ReadFile(path)
	if err == nil {
		soon := strings.Replace(string(text), "MinJobAge=3600", "MinJobAge=2", 1)
		err = os.WriteFile(path, []byte(soon), 0o644)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.Control("reconfigure")
	c.Await(job, "")
}

// Preempt submits a job that needs the whole node and goes before all others, which end as PREEMPTED.
func (c *Cluster) Preempt() (job string) {
	c.t.Helper()
	return c.Submit("exit 0", "--partition=urgent", fmt.Sprintf("--cpus-per-task=%d", cpus))
}

// FailNode takes the node away from under its jobs. Those that may not be queued again end as NODE_FAIL.
func (c *Cluster) FailNode() {
	c.t.Helper()
	c.Control("update", "nodename=ALL", "state=down", "reason=test")
}

// StopController ends slurmctld in an orderly way: jobs run on, and nobody knows how they stand. It returns once it has
// ended.
func (c *Cluster) StopController() {
	c.t.Helper()
	if err := c.daemons.ctl.Signal(syscall.SIGTERM); err != nil {
		c.t.Fatal(err)
	}
	if name := <-c.daemons.ended; name != "slurmctld" {
		c.t.Fatalf("%s ended early\n%s", name, c.daemons.log())
	}
}

// StartController starts slurmctld again after StopController. It returns once it answers.
func (c *Cluster) StartController() {
	c.t.Helper()
	if err := c.daemons.run("slurmctld", "-D"); err != nil {
		c.t.Fatal(err)
	}
	c.awaitNode()
}

var jobState = regexp.MustCompile(`\bJobState=(\S+)`)

// State is the job's as scontrol shows it, "" for one that Slurm does not know, or no longer.
func (c *Cluster) State(job string) string {
	c.t.Helper()
	out, err := c.daemons.command("scontrol", "show", "job", job).CombinedOutput()
	if strings.Contains(string(out), "Invalid job id") {
		return ""
	}
	found := jobState.FindSubmatch(out)
	if err != nil || found == nil {
		c.t.Fatalf("scontrol show job %s: %v\n%s", job, err, out)
	}
	return string(found[1])
}

// Await returns once State is state.
func (c *Cluster) Await(job, state string) {
	c.t.Helper()
	var got string
	c.until(fmt.Sprintf("job %s is %q", job, state), func() bool {
		got = c.State(job)
		return got == state
	})
}
