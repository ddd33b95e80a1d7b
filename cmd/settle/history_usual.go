package main

import (
	"slices"
	"time"

	"github.com/settle-go/settle"
)

// leastKnown is how many tasks must have been seen to end before anything is usual.
const leastKnown = 3

// usually is how long a task usually takes, as a person would say it: "3m-4m" holds eight of ten. Of few tasks it holds
// fewer, so that a single long one is not usual. "" where fewer than three were seen to end.
func (a *app) usually(h *settle.History) string {
	ended := 0
	for _, o := range h.Observations() {
		if !o.Unfinished {
			ended++
		}
	}
	if ended < leastKnown {
		return ""
	}
	return a.usualRange(h)
}

// usualRange is usually, however little is known; "" where nothing is.
func (a *app) usualRange(h *settle.History) string {
	seen := h.Observations()
	if len(seen) == 0 {
		return ""
	}
	const enough = 20 // for the tenths at the ends to hold two
	var low, high time.Duration
	var knowsLow, knowsHigh bool
	for _, outside := range []float64{.1, .2, .25} {
		if knowsHigh || outside < .2 && len(seen) < enough {
			continue
		}
		low, knowsLow = h.Quantile(outside)
		high, knowsHigh = h.Quantile(1 - outside)
	}
	shortest := slices.MinFunc(seen, byTook).Took
	longest := slices.MaxFunc(seen, byTook).Took
	low = spoken(max(low, shortest)) // an estimate is not to pass all that was seen
	switch high = spoken(min(high, longest)); {
	case !knowsLow:
		return a.say(historyWords.over, brief(spoken(longest)))
	case !knowsHigh:
		return a.say(historyWords.over, brief(low))
	case low >= high:
		return brief(high)
	}
	return brief(low) + "-" + brief(high)
}

func byTook(x, y settle.Observation) int { return int(max(-1, min(1, x.Took-y.Took))) }

// spoken is d as exactly as a person would say it.
func spoken(d time.Duration) time.Duration {
	return stepped(d, []precision{
		{10 * time.Millisecond, time.Millisecond}, {time.Second, 10 * time.Millisecond}, {3 * time.Second, 100 * time.Millisecond}, {20 * time.Second, time.Second},
		{time.Minute, 5 * time.Second}, {2 * time.Minute, 10 * time.Second}, {5 * time.Minute, 30 * time.Second}, {time.Hour, time.Minute},
		{10 * time.Hour, 10 * time.Minute}, {1 << 62, time.Hour},
	})
}

// rounded is d without digits that tell nothing.
func rounded(d time.Duration) time.Duration {
	return stepped(d, []precision{
		{10 * time.Millisecond, 10 * time.Microsecond}, {time.Second, time.Millisecond}, {10 * time.Second, 100 * time.Millisecond}, {time.Hour, time.Second},
		{1 << 62, time.Minute},
	})
}

// A precision holds for durations below a bound.
type precision struct{ below, step time.Duration }

func stepped(d time.Duration, precisions []precision) time.Duration {
	for _, p := range precisions {
		if d < p.below {
			return d.Round(p.step)
		}
	}
	return d
}
