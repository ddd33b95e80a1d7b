package settle

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"
)

// A historyRecord is the JSON form of a History. It may only gain fields; a reader leaves out what it does not know.
type historyRecord struct {
	Version   int               `json:"version"`
	Durations []durationRecord  `json:"durations,omitempty"` // oldest first
	Since     int64             `json:"since,omitempty"`
	Count     uint64            `json:"count,omitempty"`
	Judgment  *judgmentRecord   `json:"judgment,omitempty"`
	Progress  []progressReading `json:"progress,omitempty"`
}

type durationRecord struct {
	At         int64   `json:"at"` // microseconds since 1970
	Seconds    float32 `json:"seconds"`
	Unfinished bool    `json:"unfinished,omitempty"`
}

// A judgmentRecord is audit and drift.
type judgmentRecord struct {
	Fast       [4]float64 `json:"fast"`
	Slow       [4]float64 `json:"slow"`
	Heard      int        `json:"heard"`
	Suspended  bool       `json:"suspended,omitempty"`
	Correction float64    `json:"correction"`
	Sharp      [3]float64 `json:"sharp"` // checks, plain checks, correction
	Drift      [3]uint8   `json:"drift"`
	Odd        float32    `json:"odd,omitempty"`
}

// progressReading is one band: number, ratio and its scatter, rest and its scatter.
type progressReading [5]float32

const historyVersion = 1

// MarshalJSON returns all that h has learned, in a form that later versions of this package read too.
func (h *History) MarshalJSON() ([]byte, error) { return json.Marshal(h.record()) }

// UnmarshalJSON puts what data holds in the place of all that h has learned. After an error h is as it was. Fields that
// are not known are left out, and so are durations that make no sense; a record of a higher version is an error.
// Whatever data holds, what a History promises of its pauses holds.
func (h *History) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	var r historyRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	if r.Version != historyVersion {
		return fmt.Errorf("history: version %d is not known", r.Version)
	}
	r.clean(time.Now())
	h.mu.Lock()
	defer h.mu.Unlock()
	h.set(&r)
	return nil
}

// Merge adds what other has learned to h; other stays as it is, nil adds nothing. What both have in common counts once,
// so that two processes which began with the same History and stored it may be merged, and in either order: the newest
// durations of both stay, and the rest is that of whichever learned last.
func (h *History) Merge(other *History) {
	if other == nil || other == h {
		return
	}
	theirs := other.record()
	h.mu.Lock()
	defer h.mu.Unlock()
	ours := h.recordLocked()
	merged := mergeRecords(&ours, &theirs)
	h.set(&merged)
}

func (h *History) record() historyRecord {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.recordLocked()
}

func (h *History) recordLocked() historyRecord {
	r := historyRecord{Version: historyVersion, Since: h.since, Count: h.count}
	for i, v := range h.took[:h.n] {
		r.Durations = append(r.Durations, durationRecord{h.when[i], float32(abs(v)), v < 0})
	}
	if a := &h.audit; a.n > 0 || h.drift != (drift{}) {
		d := h.drift
		r.Judgment = &judgmentRecord{
			Fast: a.fast.numbers(), Slow: a.slow.numbers(), Heard: a.n, Suspended: a.suspended,
			Correction: a.correction, Sharp: [3]float64{a.sharp.checks, a.sharp.plain, a.sharp.correction}, Drift: [3]uint8{d.longer, d.shorter, d.quiet}, Odd: d.odd,
		}
	}
	if h.learn != nil {
		for _, b := range h.learn {
			r.Progress = append(r.Progress, progressReading{b.N, b.Ratio, b.RatioScatter, b.Rest, b.RestScatter})
		}
	}
	return r
}

func (t *tally) numbers() [4]float64 {
	return [4]float64{t.Checks, t.PlainChecks, t.Delay, t.PlainDelay}
}

// set takes over a clean record.
func (h *History) set(r *historyRecord) {
	h.n, h.since, h.count, h.audit, h.drift, h.learn = 0, r.Since, r.Count, audit{}, drift{}, nil
	for _, d := range r.Durations {
		v := d.Seconds
		if d.Unfinished {
			v = -v
		}
		h.took[h.n], h.when[h.n] = v, d.At
		h.n++
	}
	if j := r.Judgment; j != nil {
		f, s := j.Fast, j.Slow
		h.audit = audit{
			fast: tally{f[0], f[1], f[2], f[3]}, slow: tally{s[0], s[1], s[2], s[3]},
			n: j.Heard, suspended: j.Suspended, correction: j.Correction,
			sharp: sharpness{j.Sharp[0], j.Sharp[1], j.Sharp[2]},
		}
		h.drift = drift{j.Drift[0], j.Drift[1], j.Drift[2], j.Odd}
	}
	if len(r.Progress) > 0 {
		h.learn = &progress{}
		for i, b := range r.Progress {
			h.learn[i] = band{b[0], b[1], b[2], b[3], b[4]}
		}
	}
	var p Policy
	if m := h.model.Load(); m != nil {
		p = Policy{Every: m.every, Max: m.max, Factor: m.factor}
	}
	h.rebuild(&p)
}

// clean drops what no History would have written: a file may come from anywhere.
func (r *historyRecord) clean(now time.Time) {
	const longest = float32(math.MaxInt64 / int64(time.Second))
	// A clock that was wrong once must not make its durations the newest for ever.
	latest := now.Add(24 * time.Hour).UnixMicro()
	r.Durations = slices.DeleteFunc(r.Durations, func(d durationRecord) bool {
		return !(d.Seconds >= 1e-9 && d.Seconds <= longest) || d.At < 0 || d.At > latest
	})
	if r.Since < 0 || r.Since > latest {
		r.Since = 0
	}
	r.Durations = newest(r.Durations, r.Since)
	if j := r.Judgment; j != nil && !j.sound() {
		r.Judgment = nil
	}
	sound := len(r.Progress) == len(progress{})
	for _, b := range r.Progress {
		sound = sound && b[0] >= 0 && b[0] <= memory && b[2] >= 0 && b[4] >= 0
	}
	if !sound {
		r.Progress = nil
	}
}

func (j *judgmentRecord) sound() bool {
	for _, t := range [][4]float64{j.Fast, j.Slow} {
		for i, x := range t {
			// A tally of plain checks and plain delay is what others are divided by.
			if !(x >= 0 && x <= 1e18) || j.Heard > 0 && i%2 == 1 && x == 0 {
				return false
			}
		}
	}
	for _, c := range []float64{j.Correction, j.Sharp[2]} {
		if c < correctionLeast || c > correctionMost {
			return false
		}
	}
	sharp := j.Sharp[0] >= 0 && j.Sharp[0] <= 1e18 && j.Sharp[1] >= 0 && j.Sharp[1] <= 1e18
	return sharp && j.Heard >= 0
}

// newest gives those durations that a ring would hold, oldest first, each once.
func newest(all []durationRecord, since int64) []durationRecord {
	slices.SortFunc(all, func(a, b durationRecord) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Seconds, b.Seconds), cmp.Compare(sign(a), sign(b)))
	})
	all = slices.Compact(all)
	cut := 0
	for i := len(all) - 1; i >= 0; i-- {
		if d := all[i]; d.Unfinished {
			cut++
		}
		if all[i].At < since || all[i].Unfinished && cut > ringSize/4 {
			all = slices.Delete(all, i, i+1)
		}
	}
	return all[max(0, len(all)-ringSize):]
}

func sign(d durationRecord) int {
	if d.Unfinished {
		return 1
	}
	return 0
}

func mergeRecords(a, b *historyRecord) historyRecord {
	// The later one is the same whichever comes first.
	if cmp.Or(cmp.Compare(a.last(), b.last()), cmp.Compare(a.Count, b.Count), compareJSON(a, b)) < 0 {
		a, b = b, a
	}
	m := *a
	m.Since, m.Count = max(a.Since, b.Since), max(a.Count, b.Count)
	m.Durations = newest(slices.Concat(a.Durations, b.Durations), m.Since)
	if m.Judgment == nil {
		m.Judgment = b.Judgment
	}
	if m.Progress == nil {
		m.Progress = b.Progress
	}
	return m
}

func (r *historyRecord) last() int64 {
	if n := len(r.Durations); n > 0 {
		return r.Durations[n-1].At
	}
	return 0
}

func compareJSON(a, b *historyRecord) int {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Compare(x, y)
}
