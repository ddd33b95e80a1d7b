package httptask

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/settle-go/settle/recipe"
)

const (
	maxStderr = 64 << 10
	// What a command has started may keep its output open after it was ended.
	commandDelay = 2 * time.Second
)

// run runs a command, whose standard output is the answer. It is ended with ctx, and all that it has started with it.
func (c *Client) run(ctx context.Context, f *recipe.Filled, h hearing) *exchange {
	x := &exchange{client: c, hearing: h, began: time.Now(), host: filepath.Base(f.Exec[0])}
	cmd := exec.CommandContext(ctx, f.Exec[0], f.Exec[1:]...)
	cmd.WaitDelay = commandDelay
	inGroup(cmd)
	cmd.Stdin = bytes.NewReader(f.Stdin)
	stdout, stderr := &capped{most: c.maxBody}, &capped{most: maxStderr, cuts: true}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	x.left.Store(cmd.Process != nil)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		x.err = x.unreachable(ctx, err)
		return x
	case stdout.over:
		x.err = fmt.Errorf("%s: %w: more than %s", x.host, errTooLarge, bytesText(c.maxBody))
		return x
	case cmd.ProcessState == nil:
		x.err, x.permanent = errors.New(c.snippet(err.Error())), true
		return x
	case err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay): // what it left running in the background does not matter
		x.err = errors.New(joined(x.host, c.snippet(err.Error())))
		return x
	}
	x.answer = &recipe.Answer{Text: stdout.text.String(), Exec: &recipe.Exec{Code: cmd.ProcessState.ExitCode(), Stderr: stderr.text.String()}, Known: h.known}
	x.answer.Body, err = x.decode("", x.answer.Text)
	switch {
	case x.answer.Exec.Code != 0:
		x.err = errors.New(joined(fmt.Sprintf("%s exits with %d", x.host, x.answer.Exec.Code), c.snippet(x.answer.Exec.Stderr)))
	case err != nil:
		x.err = errors.New(joined(x.host+" prints "+c.snippet(err.Error()), c.snippet(x.answer.Text)))
	}
	return x
}

// capped keeps up to most bytes. More is cut, or over is set and the writing fails.
type capped struct {
	text bytes.Buffer // not embedded: its ReadFrom would go round Write
	most int64
	cuts bool
	over bool
}

func (c *capped) Write(p []byte) (int, error) {
	room := c.most - int64(c.text.Len())
	if int64(len(p)) <= room {
		return c.text.Write(p)
	}
	c.over = !c.cuts
	_, _ = c.text.Write(p[:max(0, room)])
	if c.over {
		return int(max(0, room)), errTooLarge
	}
	return len(p), nil
}
