// Package term is what a person sees while settle waits: live lines on a terminal, plain lines elsewhere, and for each
// task one last line that says how it ended.
//
//	d := term.New(term.Detect(os.Stderr, os.Getenv), 1)
//	d.Start(0, term.Task{Name: "web-07", Plan: "every 2s-15s, timeout 30m"})
//	_, err := settle.Wait(settle.WithTrace(ctx, func(s settle.Step) { d.Step(0, s) }), policy, check)
//	d.Stop(0, term.End{Err: err})
//	d.Close()
//
// A Display holds what is known of its tasks (task, tasks), shows it one way or another (live, plain), and tells the ends
// (end, sum). A live view draws one task (one) or many (many). All that is written goes through a pen, which makes text
// from outside harmless. All that settle says stands in the catalogue, in every Language.
package term

import (
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/settle-go/settle"
)

// A Display shows one task or many. Its methods may be called from several goroutines at once. None but Close waits for
// the output: what it cannot take yet is kept, so that a terminal that was paused does not hold up the waits.
type Display struct {
	o    Options
	view view
	quit chan struct{} // closed by Close: the owner of the clock is to end
	done chan struct{} // closed by that goroutine, which has then set bug; nil before the first Start
	wake chan struct{} // something was written

	mu    sync.Mutex // guards what follows, and the view
	pen   *pen
	tasks tasks
	gone  bool // the output fails
	aside bool // Aside has taken away what was drawn

	bug     error      // what the owner of the clock panicked with
	writing sync.Mutex // held while bytes are on their way, so that they keep their order; taken before mu
}

// A view shows tasks in one way. Its methods write with the display's pen, under the display's lock.
type view interface {
	start(t *task, now time.Time)
	step(t *task, s settle.Step, fresh bool, now time.Time)
	note(lines []string, now time.Time)
	end(t *task, e ending, now time.Time)
	leave() // takes away what is drawn, until the next tick
	lost()  // somebody else has written over what is drawn
	// tick does what the time that has passed asks for, and returns how long it can then be left alone.
	tick(now time.Time) time.Duration
	// close ends the view: many tasks are summed up.
	close(below []Detail, now time.Time)
}

// New returns a Display of so many tasks, at least one, that has not written anything. One task has a live line with all
// that is known of it. Many have a line that counts them, and below it those under way that need attention or have come
// the farthest, as many as the screen takes. Their last lines stand above that: all where the screen takes one for each,
// else those of the tasks that did not succeed.
func New(o Options, n int) *Display {
	d := &Display{o: o, pen: newPen(o), quit: make(chan struct{}), wake: make(chan struct{}, 1)}
	d.tasks.list = make([]*task, n)
	if o.Terminal && (o.Mode == TTY || o.Mode != Plain && !o.CI) {
		d.view = &live{pen: d.pen, tasks: &d.tasks, screen: o.Screen, mode: o.Mode, verbose: o.Verbose}
	} else {
		d.view = &plain{pen: d.pen, tasks: &d.tasks, mode: o.Mode, verbose: o.Verbose}
	}
	return d
}

// Start begins to show the task with the key, from 0 up to the number of tasks. From the first Start to Close a goroutine
// keeps the display up to date. Only the first call for a key counts, and none after Close.
func (d *Display) Start(key int, t Task) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	added := d.tasks.add(key, t, now)
	if added == nil || d.o.Mode.silent() {
		return
	}
	d.view.start(added, now)
	if d.done == nil {
		d.done = make(chan struct{})
		if _, isLive := d.view.(*live); isLive && d.o.front != nil {
			d.heedJobs()
		}
		go d.run()
	}
	d.awaken()
}

// Step shows what one check of the task did. It is for settle.WithTrace; what comes before Start or after Stop is ignored.
func (d *Display) Step(key int, s settle.Step) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tasks.list[key]
	if t == nil || t.outcome != "" {
		return
	}
	now := time.Now()
	fresh := t.hear(s, now)
	d.tasks.changed = true
	if !d.o.Mode.silent() {
		d.view.step(t, s, fresh, now)
		d.awaken()
	}
}

// Note writes text on lines of its own. It may come at any time. Quiet does not say it.
func (d *Display) Note(text string) {
	if d.o.Mode != Quiet {
		d.Warn(text)
	}
}

// Warn is Note for what Quiet says, too.
func (d *Display) Warn(text string) {
	d.mu.Lock()
	d.view.note(lines(text), time.Now())
	d.mu.Unlock()
	d.carry()
}

// Stop ends the task with its last line and the details below it. Only the first call for a key counts, and none after
// Close. A task that was not begun has no name.
func (d *Display) Stop(key int, e End) {
	d.mu.Lock()
	now := time.Now()
	d.tasks.add(key, Task{}, now)
	t := d.tasks.list[key]
	if t == nil || t.outcome != "" || d.tasks.over {
		d.mu.Unlock()
		return
	}
	t.stop(e, now)
	d.tasks.changed = true
	d.view.end(t, d.pen.ending(t, e), now)
	d.mu.Unlock()
	d.carry()
}

// Requests tells how many requests the checks of many tasks have taken, for the line that sums them up.
func (d *Display) Requests(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tasks.requests = n
}

// Aside takes what is drawn off the terminal while do writes there, results for one, or stops the process. What do writes ends
// with a line end, and do may not call the Display.
func (d *Display) Aside(do func()) {
	d.writing.Lock()
	defer d.writing.Unlock()
	d.mu.Lock()
	d.view.leave()
	out := d.pen.out
	d.pen.out = nil
	d.aside = true
	d.mu.Unlock()
	d.send(out)
	do()
	d.mu.Lock()
	d.aside = false
	d.mu.Unlock()
}

// redraw draws everything anew: somebody else has written on the terminal.
func (d *Display) redraw() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.view.lost()
	d.awaken()
}

// Close ends the display, of many tasks with a line that sums them up, and returns when all is written and no goroutine
// is left. Details, such as how to go on, follow that line. Only the first call counts. A panic of the display's own
// goroutine is Close's, so that its caller can recover from it.
func (d *Display) Close(below ...Detail) {
	d.mu.Lock()
	if d.tasks.over {
		d.mu.Unlock()
		return
	}
	d.tasks.over = true
	d.tasks.count()
	d.view.close(below, time.Now())
	d.mu.Unlock()
	close(d.quit)
	if d.done != nil {
		<-d.done
		d.forgetJobs()
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
	if d.tasks.over || d.gone {
		return 0, false
	}
	if d.aside {
		return redraw, true
	}
	return d.view.tick(time.Now()), true
}

// carry has what was written taken to the output, by the owner of the clock where there is one.
func (d *Display) carry() {
	d.mu.Lock()
	owned := d.done != nil && !d.tasks.over
	d.mu.Unlock()
	if owned {
		d.awaken()
	} else {
		d.flush()
	}
}

func (d *Display) awaken() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// flush writes what is there. An output that fails is nobody's business here: the waits go on, and their outcomes are not
// told by this package alone. A terminal that has gone away is not drawn on any more.
func (d *Display) flush() {
	d.writing.Lock()
	defer d.writing.Unlock()
	d.mu.Lock()
	out := d.pen.out
	d.pen.out = nil
	d.mu.Unlock()
	d.send(out)
}

func (d *Display) send(out []byte) {
	if len(out) == 0 {
		return
	}
	if _, err := d.o.Out.Write(out); err != nil {
		d.mu.Lock()
		d.gone = true
		d.mu.Unlock()
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
