package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/demo"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

func (a *app) demoCommand() *cobra.Command {
	var stay bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Watch settle at work: nothing else is needed",
		Long: `settle demo starts a small task API on the loopback interface, in the shape of EasyOps tool executions. It
submits "create snapshot" there and waits for it, through a lost connection and a 503, then submits a disk
expansion that fails. It takes about fifteen seconds, and exits 0 when all went as announced.`,
		Example: `  settle demo
  settle demo --stay                            # keeps the API up as target demo, to try things on`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.demo(cmd.Context(), stay)
		},
	}
	cmd.Flags().BoolVar(&stay, "stay", false, "go on serving as target demo until Ctrl-C")
	return cmd
}

// acts are what the demo shows, in order, each with the exit code that it announces.
var acts = []struct {
	tool     string
	announce term.Text
	exit     int
}{
	{"snapshot.create", words.demoSnapshot, exitSucceeded},
	{"disk.expand", words.demoExpand, exitFailed},
}

func (a *app) demo(ctx context.Context, stay bool) (err error) {
	if stay {
		if err := freeForDemo(ctx); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return &exitError{exitUnknown, fmt.Errorf("demo: %w", err)}
	}
	server := &http.Server{Handler: demo.New(), ErrorLog: log.New(io.Discard, "", 0)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // until Close
	}()
	defer func() {
		_ = server.Close()
		<-served
	}()
	url := "http://" + listener.Addr().String()
	if stay { // before anything is shown: who reads of it types it at once, in another terminal
		if err := enterTarget(url); err != nil {
			return err
		}
		defer func() {
			if left := leaveTarget(url); left != nil {
				err = left
			}
		}()
	}
	a.demoing = true
	a.tell(words.demoServes, url)
	for i, act := range acts {
		a.tell(act.announce, i+1)
		if code := a.act(ctx, url, act.tool); ctx.Err() != nil {
			a.forgetDemo(url)
			return exitWith(code)
		} else if code != act.exit {
			return &exitError{exitInternal, fmt.Errorf("demo: %s ended with exit code %d, not %d", act.tool, code, act.exit)}
		}
		a.tell(words.demoExit, act.exit, exitMeaning[act.exit])
	}
	if stay {
		return a.stay(ctx)
	}
	a.tell(words.demoReal, "settle target add ops easyops https://easyops.example.com --field org=8888 --user easyops", "settle wait ops/EXECUTION_ID")
	return nil
}

// demoTarget is the target that demo --stay is.
const demoTarget = "demo"

// stay keeps the API up until it is interrupted.
func (a *app) stay(ctx context.Context) error {
	a.tell(words.demoStays, "settle submit demo tool.run tool=snapshot.create agents=web-07", "settle submit demo tool.run tool=disk.expand agents=web-07 --detach")
	<-ctx.Done()
	code, _ := exitAfterSignal(ctx)
	return exitWith(code)
}

// forgetDemo removes the waits that the demo at url has left: nothing answers there any more.
func (a *app) forgetDemo(url string) {
	j, err := a.journal()
	if err != nil {
		return
	}
	entries, _ := j.List()
	for _, e := range entries {
		if strings.HasPrefix(e.Task, url+"/") && e.Phase == journal.Stopped {
			_ = j.Remove(e)
		}
	}
}

// enterTarget makes the demo at url a target.
func enterTarget(url string) error {
	targets, _, err := loadTargets()
	if err != nil {
		return err
	}
	return targets.Add(&target.Entry{Name: demoTarget, Recipe: "easyops/tool", Fields: map[string]string{"url": url, "org": "8888", "user": "demo"}, Policy: "every=1s"})
}

// leaveTarget removes the target that the demo at url was, unless somebody has done so, or it is another's by now.
func leaveTarget(url string) error {
	targets, _, err := loadTargets()
	if err != nil {
		return err
	}
	if e, err := targets.Entry(demoTarget); err != nil || e.Fields["url"] != url {
		return nil
	}
	return targets.Remove(demoTarget)
}

// freeForDemo refuses a target of that name that is somebody's, or of a demo that is up; one that a demo has left is
// removed.
func freeForDemo(ctx context.Context) error {
	targets, _, err := loadTargets()
	if err != nil {
		return err
	}
	e, err := targets.Entry(demoTarget)
	if err != nil {
		return nil // there is none
	}
	switch url := e.Fields["url"]; {
	case !strings.HasPrefix(url, "http://127.0.0.1:") || e.Fields["user"] != "demo":
		return usage("target", said("there is a target demo, which is none of settle's"), said("settle target remove demo, or settle demo without --stay"))
	case isUp(ctx, url):
		return usage("target", said("another demo is up at %s", url), said("settle submit demo uses it, or end it first by Ctrl-C"))
	}
	return targets.Remove(demoTarget)
}

// isUp reports whether a demo answers at url.
func isUp(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/tools", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

var exitMeaning = map[int]settle.Outcome{exitSucceeded: settle.OutcomeSucceeded, exitFailed: settle.OutcomeFailed}

// act submits a tool and waits for it, by the very command line that it shows.
func (a *app) act(ctx context.Context, url, tool string) (code int) {
	id, err := submitDemo(ctx, url, tool)
	if err != nil {
		return a.exit(&exitError{exitUnknown, fmt.Errorf("demo: submit %s: %w", tool, err)})
	}
	args := demoWait(url, id)
	fmt.Fprintf(a.stderr, "\n$ settle %s\n", strings.Join(args, " "))
	for i := range args {
		args[i] = strings.Trim(args[i], "'")
	}
	root := a.root()
	root.SetArgs(args)
	return a.exit(root.ExecuteContext(ctx))
}

// demoWait is the arguments, quoted for a shell, that wait for one EasyOps tool execution.
func demoWait(url, id string) []string {
	return []string{
		"wait", "'" + url + "/tools/execution/" + id + "?useTargetIdAsKey=true'",
		"--ok", "'.code == 0'", "--state", ".data.totalStatus", "--pending", "run", "--succeeded", "success", "--failed", "failed",
		"--progress", "'.data.progress / 100'", "--reason", ".data.error", "--result", ".data.outputs", "--every", "1s", "--no-history", "-v",
	}
}

func submitDemo(ctx context.Context, url, tool string) (id string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/tools/execution", strings.NewReader(fmt.Sprintf(`{"toolId": %q}`, tool)))
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var started struct{ Data struct{ ExecID string } }
	if err := json.NewDecoder(resp.Body).Decode(&started); err != nil {
		return "", err
	}
	return started.Data.ExecID, nil
}

// tell writes a paragraph of the demo.
func (a *app) tell(t term.Text, args ...any) {
	table := term.Table{Wide: a.options.Wide}
	if a.options.Width != nil {
		table.Width = a.options.Width()
	}
	fmt.Fprintln(a.stderr)
	for line := range strings.SplitSeq(a.say(t, args...), "\n") {
		if !strings.HasPrefix(line, "  ") { // else it is typed
			line = strings.TrimSuffix(table.Indent(line, 0), "\n")
		}
		fmt.Fprintln(a.stderr, line)
	}
}
