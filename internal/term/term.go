// Package term is what a person sees while settle waits: one live line on a terminal, plain lines elsewhere, and for
// each task exactly one last line that says how it ended.
//
//	d := term.New(term.Detect(os.Stderr, os.Getenv))
//	d.Start("web-07", "every 2s-15s, timeout 30m")
//	_, err := settle.Wait(settle.WithTrace(ctx, d.Step), policy, check)
//	d.Stop(term.End{Err: err})
//
// A Display holds what is known of the task (task), shows it one way or another (live, plain), and tells the end (end).
// All that is written goes through a pen, which makes text from outside harmless. All that settle says stands in the
// catalogue, in every Language.
package term

import (
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/settle-go/settle"
)

// A Display shows one task. Its methods may be called from several goroutines at once. None but Stop waits for the
// output: what it cannot take yet is kept, so that a terminal that was paused does not hold up the wait.
type Display struct {
	o    Options
	view view
	quit chan struct{} // closed by Stop: the owner of the clock is to end
	done chan struct{} // closed by that goroutine, which has then set bug; nil before Start
	wake chan struct{} // something was written

	mu      sync.Mutex // guards what follows, and the view
	pen     *pen
	task    *task // nil before Start
	stopped bool

	bug     error      // what the owner of the clock panicked with
	writing sync.Mutex // held while bytes are on their way, so that they keep their order; taken before mu
}

// A view shows a task in one way. Its methods write with the display's pen, under the display's lock.
type view interface {
	start(t *task, now time.Time)
	step(t *task, s settle.Step, fresh bool, now time.Time)
	note(lines []string, now time.Time)
	end(t *task, e ending, now time.Time)
	// tick does what the time that has passed asks for, and returns how long it can then be left alone.
	tick(t *task, now time.Time) time.Duration
}

// New returns a Display that has not written anything.
func New(o Options) *Display {
	d := &Display{o: o, pen: newPen(o), quit: make(chan struct{}), wake: make(chan struct{}, 1)}
	if o.Terminal && (o.Mode == TTY || o.Mode != Plain && !o.CI) {
		d.view = &live{pen: d.pen, columns: o.Width, verbose: o.Verbose}
	} else {
		d.view = &plain{pen: d.pen, verbose: o.Verbose}
	}
	return d
}

// Start begins to show the task with the name; plan says what holds for its wait, in the person's language, and may be
// "". Until Stop a goroutine keeps the display up to date. Only the first call counts.
func (d *Display) Start(name, plan string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.task != nil || d.stopped {
		return
	}
	now := time.Now()
	d.task = &task{name: name, plan: plan, begun: now, due: now}
	if d.o.Mode == None {
		return
	}
	d.view.start(d.task, now)
	d.done = make(chan struct{})
	go d.run()
}

// Step shows what one check did. It is for settle.WithTrace; what comes before Start or after Stop is ignored.
func (d *Display) Step(s settle.Step) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.task == nil || d.stopped {
		return
	}
	now := time.Now()
	fresh := d.task.hear(s, now)
	if d.o.Mode != None {
		d.view.step(d.task, s, fresh, now)
		d.awaken()
	}
}

// Note writes text, such as a warning, on lines of its own. It may come at any time.
func (d *Display) Note(text string) {
	d.mu.Lock()
	d.view.note(lines(text), time.Now())
	owned := d.done != nil && !d.stopped
	d.mu.Unlock()
	if owned {
		d.awaken()
	} else {
		d.flush()
	}
}

// Stop ends the display with the one last line and its details, and returns when all is written and no goroutine is
// left. Only the first call counts. Without a Start the line has no name. A panic of the display's own goroutine is
// Stop's, so that its caller can recover from it.
func (d *Display) Stop(e End) {
	d.mu.Lock()
	if d.stopped {
		d.mu.Unlock()
		return
	}
	d.stopped = true
	now := time.Now()
	if d.task == nil {
		d.task = &task{begun: now}
	}
	d.task.stop(e.Err, now)
	d.view.end(d.task, d.pen.ending(d.task, e), now)
	d.mu.Unlock()
	close(d.quit)
	if d.done != nil {
		<-d.done
	}
	d.flush()
	if d.bug != nil {
		panic(d.bug)
	}
}

// run owns the clock: it redraws, lets plain lines give a sign of life, and takes to the output what others wrote.
func (d *Display) run() {
	defer close(d.done)
	defer func() {
		if bug := recover(); bug != nil {
			d.bug = fmt.Errorf("%v\n\n%s", bug, debug.Stack())
		}
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-d.quit:
			return
		case <-d.wake:
		case <-timer.C:
		}
		if left, goesOn := d.tick(); goesOn {
			timer.Reset(left)
		}
		d.flush()
	}
}

func (d *Display) tick() (left time.Duration, goesOn bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped {
		return 0, false
	}
	return d.view.tick(d.task, time.Now()), true
}

func (d *Display) awaken() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// flush writes what is there. An output that fails is nobody's business here: the wait goes on, and its outcome is not
// told by this package alone.
func (d *Display) flush() {
	d.writing.Lock()
	defer d.writing.Unlock()
	d.mu.Lock()
	out := d.pen.out
	d.pen.out = nil
	d.mu.Unlock()
	if len(out) > 0 {
		d.o.Out.Write(out)
	}
}

// lines takes a text of several lines apart, without the white space around it. There are not more than twenty.
func lines(text string) []string {
	const most = 20
	text = strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n")
	split := strings.SplitN(text, "\n", most+1)
	if len(split) > most {
		split[most] = "..."
	}
	for i := range split {
		split[i] = strings.TrimRight(split[i], " \t\r")
	}
	return split
}
