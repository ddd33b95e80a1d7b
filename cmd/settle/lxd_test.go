package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/settle-go/settle/internal/lxdtest"
)

// What LXD's operations mean, as its API documents them. The envelope's own status is always Success; only that of
// the metadata tells.
var lxdFlags = []string{
	"--state", ".metadata.status", "--pending", "Pending,Running,Cancelling", "--succeeded", "Success",
	"--failed", "Failure", "--canceled", "Cancelled", "--reason", ".metadata.err", "--every", "200ms", "-o", "json",
}

// TestLXD waits by the command line for operations of a real server that none of us wrote.
func TestLXD(t *testing.T) {
	t.Parallel()
	lxd := lxdtest.Start(t)
	wait := func(operation string) (r report, err error) {
		var stdout, stderr bytes.Buffer
		code := run(append([]string{"wait", lxd.URL + operation}, lxdFlags...), strings.NewReader(""), &stdout, &stderr)
		if err := json.Unmarshal(stdout.Bytes(), &r); err != nil || code != r.ExitCode {
			return r, fmt.Errorf("exit code %d, %w\n%s%s", code, err, &stdout, &stderr)
		}
		return r, nil
	}
	for _, row := range []struct {
		name      string
		operation func() string
		exit      int
		raw       string
		reason    string
	}{
		{"a snapshot is created", func() string { return lxd.CreateSnapshot("before") }, exitSucceeded, "Success", ""},
		{"and deleted", func() string { return lxd.DeleteSnapshot("before") }, exitSucceeded, "Success", ""},
		{"an instance that cannot start", lxd.FailToStart, exitFailed, "Failure", "Failed"},
		{"an operation that was canceled", func() string {
			op := lxd.Token()
			lxd.Cancel(op)
			return op
		}, exitCanceled, "Cancelled", ""},
		{"one that LXD has forgotten", lxd.Forgotten, exitNotFound, "", ""},
		{"one that never was", func() string { return "/1.0/operations/00000000-0000-4000-8000-000000000000" }, exitNotFound, "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			r, err := wait(row.operation())
			if err != nil {
				t.Fatal(err)
			}
			if r.ExitCode != row.exit || r.Raw != row.raw || !strings.Contains(r.Reason+r.Error, row.reason) {
				t.Errorf("got exit code %d, raw %q, reason %q, error %q; want %d, %q, %q", r.ExitCode, r.Raw, r.Reason, r.Error, row.exit, row.raw, row.reason)
			}
			if row.exit == exitFailed && r.Reason == "" {
				t.Error("LXD's reason is lost")
			}
		})
	}
	t.Run("a download is followed to its end", func(t *testing.T) {
		op, finish := lxd.Download()
		go func() {
			lxd.AwaitRequests(op, 3) // it has been seen running twice
			finish()
		}()
		if r, err := wait(op); err != nil || r.ExitCode != exitSucceeded || r.Checks < 3 {
			t.Errorf("got exit code %d after %d checks, %v; want success after 3 or more", r.ExitCode, r.Checks, err)
		}
	})
}
