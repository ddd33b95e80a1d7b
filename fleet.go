package settle

import (
	"context"
	"math"
	"sync"
	"time"
)

// A Fleet waits for many tasks at once: one goroutine owns the schedule, Workers goroutines check, and a task that is
// waited for costs its entry in the schedule and no goroutine. Every rule of a wait holds for every key.
//
// Exactly one of Check and Batch is set; anything else is a panic. A Fleet is a value and may be used many times.
type Fleet[K comparable, T any] struct {
	Policy Policy                                                       // of every key that does not bring its own
	Check  func(ctx context.Context, key K) (T, Status, error)          // one key a request
	Batch  func(ctx context.Context, keys []K) (map[K]Answer[T], error) // or many keys a request: the error is that of every key not in the map; with no error such a key has ErrUnanswered
	Seen   func(key K, seen Seen[T])                                    // every check as it happens, on the goroutine that owns the schedule: it must not block, nor call Add, Remove or Close; nil: nobody looks

	Size    int     // most keys in one batch; 0 means 100
	Workers int     // requests under way at once; 0 means 8
	Rate    float64 // requests a second, shared by all, in bursts of at most max(1, Rate/10); 0 no limit
}

// An Answer is what a batch says of one key, as a Check would return it.
type Answer[T any] struct {
	Value  T
	Status Status
	Err    error
}

// A Result is how the wait for one key ended: Value and Err as Wait returns them, Status the last good answer.
type Result[T any] struct {
	Value  T
	Status Status
	Err    error
}

// An Entry says what is special about one key.
type Entry struct {
	Policy *Policy   // nil: the Fleet's. It must not change while the key is waited for
	Start  time.Time // when the wait began, for one taken up again: its limit counts from there, and one that is past it ends at once with Checks 0; zero: now
	First  time.Time // when to make its first check, before its limit at the latest; zero: now
}

// A Run is a Fleet at work, to which keys come and from which they go. Its methods may be called from many goroutines.
type Run[K comparable, T any] struct {
	fleet  Fleet[K, T]
	refuse error           // why no key can be added: a field of the Fleet that makes no sense
	ctx    context.Context // of the whole run: it lives as long, and every wait of it ends with it
	cancel context.CancelFunc
	trace  func(Step)

	each  bool           // Each's: a panic is its caller's, and it ends when the last key has
	under sync.WaitGroup // the owner and the workers
	wake  chan struct{}  // for the owner: something has come that it does not expect

	// mu guards all that follows. It is held for arithmetic, never while a check runs, or Seen or the trace.
	// The owner alone judges answers and ends waits; Add and Remove enter and take out; workers take what is due.
	mu      sync.Mutex
	work    sync.Cond // for workers: there may be something to ask, or stopping
	ended   sync.Cond // for Ends: there is an end, or no more will come
	slots   slots[K, T]
	keys    index[K, T]     // every key that is waited for
	leaving map[K]leaver    // keys removed while they were asked, until the answer is back
	due     schedule        // when each resting key is due, and when one that is due reaches its limit
	backlog backlog         // keys that are due and not asked yet, in the order in which they became so
	learned bool            // some policy has a History
	gate    gate            // whether a request may be made now
	asked   int             // requests under way
	idle    int             // workers with nothing to do
	answers []brought[K, T] // brought by workers, to be judged
	spare   []brought[K, T] // the room of those before
	ends    queue[end[K, T]]
	over    bool        // no key is waited for, and none will be
	broken  *PanicError // Each's: what a check, Seen or a trace panicked with
}

// A leaver is a removed key whose answer is still under way; again is when to ask it if it was added again.
type leaver struct {
	id    uint32
	again time.Duration
}

type end[K comparable, T any] struct {
	key    K
	result Result[T]
}

// Start begins a run without keys. It ends, with all its goroutines, when ctx does or after Close.
func (f Fleet[K, T]) Start(ctx context.Context) *Run[K, T] {
	r := f.run(ctx)
	r.start()
	return r
}

func (f Fleet[K, T]) run(ctx context.Context) *Run[K, T] {
	if (f.Check == nil) == (f.Batch == nil) {
		panic("settle: a Fleet needs exactly one of Check and Batch")
	}
	r := &Run[K, T]{fleet: f, trace: traceOf(ctx), wake: make(chan struct{}, 1), leaving: map[K]leaver{}}
	r.work.L, r.ended.L = &r.mu, &r.mu
	r.keys = newIndex(&r.slots)
	r.ctx, r.cancel = context.WithCancel(ctx)
	switch {
	case f.Size < 0:
		r.refuse = refused("Size", f.Size, "is negative")
	case f.Workers < 0:
		r.refuse = refused("Workers", f.Workers, "is negative")
	case !(f.Rate >= 0 && f.Rate <= math.MaxFloat64):
		r.refuse = refused("Rate", f.Rate, "is neither 0 nor above it")
	}
	r.gate = newGate(f.Rate, clock())
	return r
}

// start starts the owner and the workers.
func (r *Run[K, T]) start() {
	workers := r.fleet.Workers
	if workers <= 0 {
		workers = 8
	}
	r.under.Go(func() { r.guard(r.own) })
	for range workers {
		r.under.Go(func() { r.guard(r.toil) })
	}
}

// own is the goroutine that owns the schedule.
func (r *Run[K, T]) own() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	brake := newBrake()
	done := r.ctx.Done()
	for {
		next, over := r.pass()
		if over {
			return
		}
		brake.hold()
		timer.Reset(next)
		select {
		case <-timer.C:
		case <-r.wake:
		case <-done:
			done = nil // pass has seen it; what is left are the answers under way
		}
	}
}

// pass judges what the workers have brought, ends what has reached its limit, sends what is due to be asked, and
// returns how long the owner may then sleep; over says that nothing is left to do.
func (r *Run[K, T]) pass() (next time.Duration, over bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.judgeAll()
	now := clock()
	if r.ctx.Err() != nil {
		r.work.Broadcast() // they go
		if r.asked > 0 {
			return never, false
		}
		r.endAll(now)
	}
	r.raise(now)
	if r.over = (r.each || r.ctx.Err() != nil) && r.keys.live == 0 && r.asked == 0; r.over {
		r.cancel()
		r.work.Broadcast()
		r.ended.Broadcast()
		return 0, true
	}
	r.rouse(now)
	return r.nextEvent(now), false
}
