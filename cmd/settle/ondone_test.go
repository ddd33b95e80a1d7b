package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/target"
)

// What a platform says may be no text for a variable.
func TestOnDoneWithWhatAPlatformSays(t *testing.T) {
	a := &app{secrets: new(target.Secrets)}
	reason := "100% $(touch x) `y`\n::error::\x00" + strings.Repeat("é", maxVariable)
	said, problem := a.onDone(t.Context(), `printf '%s' "$SETTLE_REASON" | head -n 1; printf '%s' "$SETTLE_REASON" | tail -c 5; echo; wc -c`,
		report{Outcome: settle.OutcomeFailed, Reason: reason})
	if problem != nil || len(said) != 3 || said[0] != "100% $(touch x) `y`" || said[1] != "é..." {
		t.Fatalf("got %q, %v", said, problem)
	}
	var n int
	if _, err := fmt.Sscan(said[2], &n); err != nil || n < len(reason) {
		t.Errorf("stdin had %d bytes, want more than %d", n, len(reason))
	}
}

func TestOnDoneAfterTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("a signal"))
	a := &app{secrets: new(target.Secrets)}
	said, problem := a.onDone(ctx, "echo $SETTLE_OUTCOME", report{Outcome: settle.OutcomeInterrupted})
	if diff := cmp.Diff([]string{"interrupted"}, said); diff != "" || problem != nil {
		t.Errorf("%v (-want +got):\n%s", problem, diff)
	}
}

func TestOnDoneThatHangs(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	a := &app{secrets: new(target.Secrets)}
	said, problem := a.notify(ctx, "echo begun; sleep 1000 & sleep 1000", report{})
	if diff := cmp.Diff([]string{"begun"}, said); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
	if problem == nil || !strings.Contains(problem.Error(), "still running after") {
		t.Errorf("got %v", problem)
	}
}

func TestLastLines(t *testing.T) {
	secrets := new(target.Secrets)
	secrets.Add("s3cr3t")
	a := &app{secrets: secrets}
	many := strings.Repeat("x\n", 30)
	for _, row := range []struct {
		name, text string
		cut        bool
		want       []string
	}{
		{"nothing", " \n\n", false, nil},
		{"as Windows ends lines", "a\r\n\r\nb\r\n", false, []string{"a", "", "b"}},
		{"a secret", "my s3cr3t\n", false, []string{"my ***"}},
		{"not the first line", "alf a line\nb", true, []string{"b"}},
		{"one long line", "alf a line", true, []string{"alf a line"}},
		{"too many", many, false, strings.Split(strings.Repeat("x ", onDoneLines-1)+"x", " ")},
	} {
		if diff := cmp.Diff(row.want, a.lastLines([]byte(row.text), row.cut)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}
