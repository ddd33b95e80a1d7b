package main

import (
	"math"
	"slices"
	"time"

	"github.com/settle-go/settle"
)

// An axis lays out durations over cells: evenly, or by their logarithm.
type axis struct {
	from, to float64 // seconds
	log      bool
	cells    int
	bin      int // cells of one
}

// axisOf is the axis, of at most so many cells, that tells the durations apart best. Where that makes little difference it
// is even, which is easier to read. There is at least one duration.
func axisOf(seen []settle.Observation, cells int) axis {
	const (
		worthIt  = .4 // bits by which a logarithmic axis has to tell more
		farApart = 8  // times the shortest
	)
	all := make([]float64, len(seen))
	for i, o := range seen {
		all[i] = o.Took.Seconds()
	}
	shortest, longest := slices.Min(all), slices.Max(all)
	even := axis{to: longest * 1.08, cells: cells}
	if spread := longest - shortest; shortest > longest/2 && spread > 0 { // what lies before would be empty
		even.from, even.to = max(0, shortest-.3*spread), longest+.15*spread
	}
	even.divide(len(all))
	log := axis{from: shortest / 1.3, to: longest * 1.15, log: true, cells: cells}
	log.divide(len(all))
	if longest >= farApart*shortest && log.tells(all) > even.tells(all)+worthIt {
		return log
	}
	return even
}

const fewestBins, mostBins = 6, 24

// divide makes bins of whole cells, more of them the more is known.
func (x *axis) divide(n int) {
	bins := max(fewestBins, min(mostBins, int(math.Round(2*math.Sqrt(float64(n))))))
	x.bin = max(1, x.cells/bins)
	x.cells = x.cells / x.bin * x.bin
}

// tells is how many bits the axis tells of a duration, with as many bins as there may be: two humps of which each is
// within a bin would look the same on either axis.
func (x axis) tells(all []float64) float64 {
	x.bin = max(1, x.cells/mostBins)
	x.cells = x.cells / x.bin * x.bin
	bits := 0.
	for _, n := range x.count(all) {
		if part := float64(n) / float64(len(all)); part > 0 {
			bits -= part * math.Log2(part)
		}
	}
	return bits
}

func (x *axis) count(all []float64) []int {
	bins := make([]int, x.cells/x.bin)
	for _, s := range all {
		bins[max(0, min(len(bins)-1, int(math.Floor(x.at(s)))/x.bin))]++
	}
	return bins
}

// at is where on the axis a duration lies, in cells from its beginning.
func (x *axis) at(seconds float64) float64 {
	if x.log {
		return math.Log(seconds/x.from) / math.Log(x.to/x.from) * float64(x.cells)
	}
	return (seconds - x.from) / (x.to - x.from) * float64(x.cells)
}

// when is the duration at so many cells from the beginning.
func (x *axis) when(cells float64) float64 {
	part := cells / float64(x.cells)
	if x.log {
		return x.from * math.Pow(x.to/x.from, part)
	}
	return x.from + part*(x.to-x.from)
}

// A label stands below its place on an axis.
type label struct {
	at    int // the cell
	first int // of the text
	text  string
}

// labels are durations that people count in, as many as there is room for.
func (x *axis) labels() []label {
	if x.log {
		return x.place(roundTimes)
	}
	for _, step := range roundTimes {
		var times []time.Duration
		for k := math.Ceil(x.from / step.Seconds()); k*step.Seconds() < x.to && len(times) <= x.cells; k++ {
			times = append(times, time.Duration(k)*step)
		}
		if placed := x.place(times); len(times) > 0 && len(placed) == len(times) {
			return placed
		}
	}
	return nil
}

// place puts labels below the times on the axis, leaving out those that would touch the one before.
func (x *axis) place(times []time.Duration) []label {
	const gap = 2
	var placed []label
	free := 0
	for _, t := range times {
		cell := int(x.at(t.Seconds()))
		text := brief(t)
		first := min(max(0, cell-(len(text)-1)/2), x.cells-len(text))
		if t.Seconds() < x.from || t.Seconds() >= x.to || first < free {
			continue
		}
		placed = append(placed, label{cell, first, text})
		free = first + len(text) + gap
	}
	return placed
}

// roundTimes are the steps of an even axis, and the labels of the other.
var roundTimes = slices.Concat(
	times(time.Millisecond, 1, 2, 5, 10, 20, 50, 100, 200, 500),
	times(time.Second, 1, 2, 5, 10, 15, 30),
	times(time.Minute, 1, 2, 5, 10, 15, 30),
	times(time.Hour, 1, 2, 3, 6, 12, 24, 48, 120, 240, 480, 960, 2400, 4800, 9600),
)

func times(unit time.Duration, numbers ...time.Duration) []time.Duration {
	for i := range numbers {
		numbers[i] *= unit
	}
	return numbers
}
