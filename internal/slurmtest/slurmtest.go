//go:build linux

// Package slurmtest runs a real Slurm for one test: a queue with jobs that none of us wrote, and its REST API. It needs Linux,
// root and some packages of Debian; where one is missing the test is left out, and under CI it fails.
//
//	c := slurmtest.Start(t)
//	job := c.Submit("exit 7")
//	// … ask c.URL + "/slurm/v0.0.38/job/" + job as c.User with c.Token() …
//
// Every test has daemons, a folder and ports of its own, so tests and test binaries may run side by side.
package slurmtest

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

const (
	user     = "nobody"
	version  = "v0.0.38" // of the REST API
	cpus     = 32        // that the only node says it has; a job takes one unless it asks for more
	patience = time.Minute
)

// What must be there, and the package of Debian that has it.
var needed = []struct{ file, debian string }{
	{"setpriv", "util-linux"},
	{"munged", "munge"},
	{"slurmctld", "slurmctld"},
	{"slurmd", "slurmd"},
	{"slurmrestd", "slurmrestd"},
	{"scontrol", "slurm-client"},
	{"/usr/lib/*/slurm-wlm/auth_jwt.so", "slurm-wlm-jwt-plugin"},
}

// A Cluster is a Slurm of one node without accounting. Its methods fail the test it was started for, so only that test's
// goroutine may call them; subtests have For.
type Cluster struct {
	// URL is that of slurmrestd, without a path; it speaks openapi/v0.0.38.
	URL string
	// User is whom jobs run as and whom tokens are for. It may not touch the jobs of others.
	User string
	// Dir is a folder that User may write to. It is gone when the test ends.
	Dir string

	t       testing.TB
	daemons *daemons
}

// Start returns once Slurm answers and its node takes jobs. When the test ends the daemons, the jobs that still run and the
// folder are gone.
func Start(t testing.TB) *Cluster {
	t.Helper()
	need(t)
	d, err := newDaemons()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.stop(); err != nil {
			t.Error(err)
		}
	})
	c := &Cluster{URL: fmt.Sprintf("http://127.0.0.1:%d", d.ports.rest), User: user, Dir: d.path("work"), t: t, daemons: d}
	c.start()
	return c
}

// For returns the same cluster, whose methods fail t instead. The cluster still ends with the test it was started for.
func (c *Cluster) For(t testing.TB) *Cluster {
	other := *c
	other.t = t
	return &other
}

// need leaves the test out where Slurm is not installed, but under CI it fails.
func need(t testing.TB) {
	t.Helper()
	missing, hint := lacking()
	if missing != "" && os.Getenv("CI") != "" {
		t.Fatalf("%s (%s)", missing, hint)
	} else if missing != "" {
		t.Skipf("%s: this test was left out (%s)", missing, hint)
	}
}

func lacking() (missing, hint string) {
	var packages []string
	for _, n := range needed {
		if _, err := find(n.file); err != nil {
			packages = append(packages, n.debian)
		}
	}
	if packages != nil {
		return "Slurm is not installed", "apt-get install --no-install-recommends " + strings.Join(packages, " ")
	}
	if os.Geteuid() != 0 {
		return "Slurm needs root", "run the tests as root"
	}
	return "", ""
}

// start has the daemons follow each other: slurmctld asks munged for credentials as soon as it runs.
func (c *Cluster) start() {
	c.t.Helper()
	d := c.daemons
	run := func(daemon string, args ...string) {
		c.t.Helper()
		if err := d.run(daemon, args...); err != nil {
			c.t.Fatal(err)
		}
	}
	run("munged", "--foreground", "--socket="+d.path("munge.socket"), "--key-file="+d.path("munge.key"),
		"--pid-file="+d.path("munge.pid"), "--seed-file="+d.path("munge.seed"))
	c.until("munged listens", func() bool { return exists(d.path("munge.socket")) })
	run("slurmctld", "-D")
	run("slurmd", "-D")
	run("slurmrestd", "-a", "rest_auth/jwt", "-s", "openapi/"+version, strings.TrimPrefix(c.URL, "http://"))

	c.awaitNode()
	c.until("slurmrestd answers", func() bool {
		resp, err := http.Get(c.URL + "/openapi/v3")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return true // 401: it wants a token
	})
}

func (c *Cluster) awaitNode() {
	c.t.Helper()
	c.until("the node takes jobs", func() bool {
		out, err := c.daemons.command("sinfo", "--noheader", "--format=%T").Output()
		state := strings.TrimSpace(string(out))
		return err == nil && (state == "idle" || state == "mixed" || state == "allocated")
	})
}

// Token is what sbatch users get from `scontrol token`: it holds for half an hour, for User.
func (c *Cluster) Token() string {
	c.t.Helper()
	return c.token("1800")
}

// ExpiredToken is a Token whose half an hour is over.
func (c *Cluster) ExpiredToken() string {
	c.t.Helper()
	return c.token("-60")
}

func (c *Cluster) token(lifespan string) string {
	c.t.Helper()
	_, token, ok := strings.Cut(c.call("scontrol", "token", "username="+user, "lifespan="+lifespan), "SLURM_JWT=")
	if !ok {
		c.t.Fatal("scontrol made no token")
	}
	return token
}

// call returns what a command of Slurm's prints, run as root.
func (c *Cluster) call(command string, args ...string) string {
	c.t.Helper()
	return c.feed("", command, args...)
}

func (c *Cluster) feed(stdin, command string, args ...string) string {
	c.t.Helper()
	cmd := c.daemons.command(command, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); ok {
		c.t.Fatalf("%s %q: %v\n%s%s", command, args, err, exit.Stderr, out)
	} else if err != nil {
		c.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// until asks again and again whether what is so.
func (c *Cluster) until(what string, so func() bool) {
	c.t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		select {
		case name := <-c.daemons.ended:
			c.t.Fatalf("%s ended early\n%s", name, c.daemons.log())
		default:
		}
		if time.Now().After(end) {
			c.t.Fatalf("after %v still not so: %s\n%s", patience, what, c.daemons.log())
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
