//go:build linux

package slurmtest

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// An answer is what slurmrestd says of a job.
type answer struct {
	HTTP   int    `json:"-"`
	Text   string `json:"-"`
	Errors []struct {
		Number int    `json:"error_number"`
		Error  string `json:"error"`
	}
	Jobs []struct {
		State    string `json:"job_state"`
		Reason   string `json:"state_reason"`
		ExitCode int    `json:"exit_code"`
	}
}

func look(t *testing.T, c *Cluster, method, job, token string) (a answer) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.URL+"/slurm/"+version+"/job/"+job, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("X-SLURM-USER-NAME", c.User)
		req.Header.Set("X-SLURM-USER-TOKEN", token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a.HTTP, a.Text = resp.StatusCode, string(text)
	_ = json.Unmarshal(text, &a) // 401 comes as text
	return a
}

func expect(t *testing.T, c *Cluster, job, state, reason string) {
	t.Helper()
	var a answer
	c.until("job "+job+" is "+state+", "+reason, func() bool {
		a = look(t, c, http.MethodGet, job, c.Token())
		return a.HTTP != http.StatusOK || a.Jobs[0].State == state && a.Jobs[0].Reason == reason
	})
	if a.HTTP != http.StatusOK {
		t.Errorf("HTTP %d, want 200, %s, %s:\n%s", a.HTTP, state, reason, a.Text)
	}
}

func expectError(t *testing.T, a answer, number int) {
	t.Helper()
	if a.HTTP != http.StatusInternalServerError || len(a.Errors) == 0 || a.Errors[0].Number != number {
		t.Errorf("HTTP %d, want 500, error_number %d:\n%s", a.HTTP, number, a.Text)
	}
}

func TestJobs(t *testing.T) {
	t.Parallel()
	whole := Start(t)
	run := func(name string, f func(*testing.T, *Cluster)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, whole.For(t))
		})
	}
	run("it succeeds", func(t *testing.T, c *Cluster) { expect(t, c, c.Submit("exit 0"), "COMPLETED", "None") })
	run("it fails", func(t *testing.T, c *Cluster) { expect(t, c, c.Submit("exit 7"), "FAILED", "NonZeroExitCode") })
	run("its time is over", func(t *testing.T, c *Cluster) { expect(t, c, c.TimeOut(), "TIMEOUT", "TimeLimit") })
	run("it asks too much", func(t *testing.T, c *Cluster) {
		expect(t, c, c.Submit("exit 0", "--nodes=2"), "PENDING", "PartitionNodeLimit")
	})
	run("it is held", func(t *testing.T, c *Cluster) {
		job := c.Submit("exit 0", "--hold")
		expect(t, c, job, "PENDING", "JobHeldUser")
		c.Control("release", job)
		expect(t, c, job, "COMPLETED", "None")
	})
	run("it is finished", func(t *testing.T, c *Cluster) {
		job, finish := c.Run()
		expect(t, c, job, "RUNNING", "None")
		finish(3)
		finish(0) // does not count
		expect(t, c, job, "FAILED", "NonZeroExitCode")
	})
	run("it is canceled", func(t *testing.T, c *Cluster) {
		job, _ := c.Run()
		expect(t, c, job, "RUNNING", "None")
		c.Cancel(job)
		expect(t, c, job, "CANCELLED", "None")
	})
	run("not allowed", func(t *testing.T, c *Cluster) {
		job := c.Submit("exit 0", "--hold", "--uid=root")
		expectError(t, look(t, c, http.MethodDelete, job, c.Token()), 2002)
		expectError(t, look(t, c, http.MethodGet, job, c.ExpiredToken()), -1)
		expectError(t, look(t, c, http.MethodGet, job, "wrong"), -1)
		if a := look(t, c, http.MethodGet, job, ""); a.HTTP != http.StatusUnauthorized {
			t.Errorf("HTTP %d without a token, want 401", a.HTTP)
		}
	})
}

func TestForget(t *testing.T) {
	t.Parallel()
	c := Start(t)
	job := c.Submit("exit 0")
	c.Forget(job)
	expectError(t, look(t, c, http.MethodGet, job, c.Token()), 2017)
	expectError(t, look(t, c, http.MethodGet, "4711", c.Token()), 2017)
}

func TestNode(t *testing.T) {
	t.Parallel()
	c := Start(t)
	job, _ := c.Run()
	c.Await(job, "RUNNING")
	c.Preempt()
	expect(t, c, job, "PREEMPTED", "None")

	job, _ = c.Run("--no-requeue")
	c.Await(job, "RUNNING")
	c.FailNode()
	expect(t, c, job, "NODE_FAIL", "NodeDown")
}

func TestController(t *testing.T) {
	t.Parallel()
	c := Start(t)
	job, finish := c.Run()
	expect(t, c, job, "RUNNING", "None")
	token := c.Token()
	c.StopController()
	finish(0)
	expectError(t, look(t, c, http.MethodGet, job, token), -1) // as for a wrong token, after many seconds
	c.StartController()
	expect(t, c, job, "COMPLETED", "None")
}

// A test may end while jobs run and wait; nothing may outlive it.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	var c *Cluster
	t.Run("a test", func(t *testing.T) {
		c = Start(t)
		c.Submit("exit 0", "--hold")
		c.Run()
		c.Await(c.Submit("sleep 4711"), "RUNNING")
	})
	if c == nil {
		return
	}
	if left := c.daemons.processes(); len(left) > 0 {
		t.Errorf("processes %v run on", left)
	}
	if exists(c.daemons.dir) {
		t.Errorf("%s is still there", c.daemons.dir)
	}
	if _, err := http.Get(c.URL); err == nil {
		t.Error("the port is still open")
	}
}

// TestNeed is what `make check` asks whether the tests against Slurm were left out.
func TestNeed(t *testing.T) { need(t) }
