package settle

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A Policy says when to check and when to give up. It is plain data, History apart, which copies share: copy it, compare
// it with ==, share it between goroutines. Its zero value pauses a second between checks, stops at the first failed check, and has no limit, which
// every form refuses (ErrNoLimit) unless the context has a deadline.
type Policy struct {
	// when to check
	Every  time.Duration // pause after the first check; 0 means one second
	Max    time.Duration // pauses grow up to Max; 0 means that they stay at Every
	Factor float64       // how they grow: 0 means by Every each time (every, 2 every, 3 every…); 1 or more: each is Factor times the one before; needs Max
	Jitter float64       // each pause is spread evenly over ±this part of itself; 0 none, at most 1; never past Max

	History *History // how long tasks of this kind take, learned; nil: not known. Text and JSON forms leave it out

	// when to give up
	Checks  int           // after this many checks, failed ones included; 0 no such limit
	Timeout time.Duration // after this long; 0 no such limit
	Attempt time.Duration // one check, which then has failed; 0 no such limit: a check that hangs holds the wait until its limit

	// what to put up with
	Errors  int           // failed checks in a row; 0: the first one ends the wait; negative: any number
	Missing time.Duration // a task that was never yet seen may be not found for this long; 0: the first not-found ends the wait
	Grace   time.Duration // a failed or canceled answer counts only once it has lasted this long without a break; 0: at once
	Stable  int           // so many succeeded answers in a row make a success; 0 means 1
}

// Pause returns the pause that follows check n, before jitter; n below 1 counts as 1. It never shrinks as n grows, and
// never passes Max; History has no say. ok is false when Checks says that check n was the last, so that no pause follows.
func (p Policy) Pause(n int) (d time.Duration, ok bool) {
	n = max(n, 1)
	return p.pause(n), p.Checks <= 0 || n < p.Checks
}

// pause is Pause for n from 1, whatever Checks says.
func (p *Policy) pause(n int) time.Duration {
	every := p.every()
	switch {
	case p.Max <= 0:
		return every
	case every >= p.Max:
		return p.Max
	case p.Factor > 1:
		return p.geometric(n)
	case p.Factor != 0:
		return every
	case int64(n) > int64(p.Max/every):
		return p.Max
	}
	return every * time.Duration(n)
}

// geometric is Every times Factor to the power of n-1, at most Max. Multiplying step by step can only grow. Past 64
// steps that would take too long, and math.Exp2 alone may fall back by its last bits from one n to the next: its
// exponent is rounded down to a grid whose steps are wider than that.
func (p *Policy) geometric(n int) time.Duration {
	const steps, grid = 64, 1 << 36
	d, most := float64(p.every()), float64(p.Max)
	for range min(n-1, steps) {
		if d *= p.Factor; d >= most {
			return p.Max
		}
	}
	if n-1 > steps {
		exponent := float64(n-1) * (math.Log1p(p.Factor-1) / math.Ln2)
		d = max(d, float64(p.every())*math.Exp2(math.Floor(exponent*grid)/grid))
	}
	if d >= most {
		return p.Max
	}
	return min(time.Duration(math.Round(d)), p.Max)
}

// jittered spreads the pause d over ±Jitter of itself, u being evenly distributed over [0, 1).
func (p *Policy) jittered(d time.Duration, u float64) time.Duration {
	low, high := (1-p.Jitter)*float64(d), (1+p.Jitter)*float64(d)
	most := time.Duration(math.MaxInt64)
	if p.Max > 0 {
		most = p.Max
	}
	high = min(high, float64(most))
	if x := low + u*(high-low); x < float64(most) {
		return time.Duration(x)
	}
	return most
}

func (p *Policy) every() time.Duration {
	if p.Every <= 0 {
		return time.Second
	}
	return p.Every
}

// refuse returns what makes no sense in p, or nil; whether p has a limit is for the wait to say.
func (p *Policy) refuse() error {
	const negative = "is negative"
	switch {
	case p.Every < 0:
		return refused("Every", p.Every, negative)
	case p.Max < 0:
		return refused("Max", p.Max, negative)
	case p.Checks < 0:
		return refused("Checks", p.Checks, negative)
	case p.Timeout < 0:
		return refused("Timeout", p.Timeout, negative)
	case p.Attempt < 0:
		return refused("Attempt", p.Attempt, negative)
	case p.Missing < 0:
		return refused("Missing", p.Missing, negative)
	case p.Grace < 0:
		return refused("Grace", p.Grace, negative)
	case p.Stable < 0:
		return refused("Stable", p.Stable, negative)
	case p.Factor != 0 && !(p.Factor >= 1 && p.Factor <= math.MaxFloat64):
		return refused("Factor", p.Factor, "is neither 0 nor 1 or more")
	case p.Factor != 0 && p.Max == 0:
		return refused("Factor", p.Factor, "needs Max, where the pauses stop growing")
	case !(p.Jitter >= 0 && p.Jitter <= 1):
		return refused("Jitter", p.Jitter, "is not between 0 and 1")
	case p.Max != 0 && p.Max < p.every():
		return refused("Max", p.Max, "is below Every, which is "+p.every().String())
	}
	return nil
}

// A PolicyError refuses a policy: a field that makes no sense, or a text that is no policy.
type PolicyError struct {
	Field   string // as in the struct, Every; of a text that cannot be read the key as it was typed
	Value   string
	Problem string
}

func (e *PolicyError) Error() string {
	return strings.Join(strings.Fields("policy: "+e.Field+" "+e.Value+" "+e.Problem), " ")
}

func refused(field string, value any, problem string) error {
	return &PolicyError{field, fmt.Sprint(value), problem}
}
