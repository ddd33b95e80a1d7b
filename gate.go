package settle

import "time"

// A gate says whether a request may be made now: a bucket of tokens that fills at a rate, behind a moment before which
// the platform wants none.
type gate struct {
	rate   float64 // tokens a second; 0: no limit
	burst  float64 // most tokens
	tokens float64 // at the time of read
	read   time.Duration
	held   time.Duration // no request before this
}

func newGate(rate float64, now time.Duration) gate {
	burst := max(1, rate/10)
	return gate{rate: rate, burst: burst, tokens: burst, read: now, held: now}
}

// A token that is this near is there: arithmetic would else wait a nanosecond for ever.
const almost = 1 - 1e-6

// opens returns when the next request may be made; now or before: at once.
func (g *gate) opens(now time.Duration) time.Duration {
	opens := g.held
	if g.rate > 0 {
		g.fill(now)
		if g.tokens < almost {
			wait := (1 - g.tokens) / g.rate * float64(time.Second)
			opens = max(opens, plus(now, time.Duration(min(wait, 1<<62))+1))
		}
	}
	return opens
}

// spend is for a request that is made now.
func (g *gate) spend(now time.Duration) {
	if g.rate > 0 {
		g.fill(now)
		g.tokens = max(g.tokens-1, 0)
	}
}

func (g *gate) fill(now time.Duration) {
	if now > g.read {
		g.tokens = min(g.burst, g.tokens+(now-g.read).Seconds()*g.rate)
		g.read = now
	}
}

// hold lets no request pass before until.
func (g *gate) hold(until time.Duration) { g.held = max(g.held, until) }

// A brake keeps the owner from waking up for each of many events a millisecond: after a burst it wakes a thousand times a
// second, and handles what has come together.
type brake struct {
	wakes float64 // left before it brakes
	read  time.Duration
}

const brakeBurst = 64

func newBrake() brake { return brake{wakes: brakeBurst, read: clock()} }

// hold waits until the owner may wake up again.
func (b *brake) hold() {
	now := clock()
	b.wakes = min(brakeBurst, b.wakes+float64(now-b.read)/float64(time.Millisecond))
	b.read = now
	if b.wakes >= 1 {
		b.wakes--
		return
	}
	time.Sleep(time.Millisecond)
}
