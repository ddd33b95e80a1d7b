package term

import (
	"errors"
	"fmt"
	"testing"

	"github.com/settle-go/settle"
)

// What the library says of a check is said in the person's language; what the platform and the system say is theirs.
func TestProblems(t *testing.T) {
	for _, row := range []struct {
		err              error
		english, chinese string
	}{
		{fmt.Errorf("%w: HTTP 404 Not Found", settle.ErrNotFound), "not found: HTTP 404 Not Found", "未找到：HTTP 404 Not Found"},
		{fmt.Errorf("%w \"odd\": nobody listed it", settle.ErrUnknownState), `unknown state "odd": nobody listed it`, `未知状态 "odd"，各列表中都没有`},
		{fmt.Errorf("log in: %w", settle.ErrDenied), "log in: not allowed", "log in: 无权查询"},
		{errors.New("not found: the disk"), "not found: the disk", "not found: the disk"},
	} {
		for language, want := range map[Language]string{English: row.english, Chinese: row.chinese} {
			p := newPen(Options{Screen: Screen{Language: language}})
			if got := p.problem(row.err); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
}

// One request is not "1 requests".
func TestEffort(t *testing.T) {
	for n, want := range map[int64]string{0: "", 1: "3 checks by 1 request", 12: "3 checks by 12 requests"} {
		p := newPen(Options{})
		if got := p.effort(&tasks{requests: n, sum: tally{checks: 3}}).String(); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}
