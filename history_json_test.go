package settle_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

var everyTen = settle.Policy{Every: 10 * time.Second, Checks: 100}

// teach has h see n tasks, a second apart by the clock of the bubble.
func teach(h *settle.History, seed uint64, n int) {
	r := rand.New(rand.NewPCG(seed, 1))
	l := lognormal(100, .2)
	for range n {
		time.Sleep(time.Second)
		d := time.Duration(l(r) * float64(time.Second))
		if r.IntN(8) == 0 {
			h.AddUnfinished(everyTen, d)
		} else {
			h.Add(everyTen, d-5*time.Second, d)
		}
	}
}

func historyJSON(t *testing.T, h *settle.History) string {
	t.Helper()
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func readHistory(t *testing.T, data string) *settle.History {
	t.Helper()
	h := new(settle.History)
	if err := json.Unmarshal([]byte(data), h); err != nil {
		t.Fatal(err)
	}
	return h
}

func planned(h *settle.History, p settle.Policy) (all []time.Duration) {
	for at := range h.Plan(p) {
		all = append(all, at)
	}
	return all
}

func TestHistory_JSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, n := range []int{0, 1, 5, 64, 200} {
			h := new(settle.History)
			teach(h, 1, n)
			back := readHistory(t, historyJSON(t, h))
			if got, want := historyJSON(t, back), historyJSON(t, h); got != want {
				t.Errorf("%d tasks: got %s, want %s", n, got, want)
			}
			if got, want := planned(back, everyTen), planned(h, everyTen); !reflect.DeepEqual(got, want) {
				t.Errorf("%d tasks: got checks at %v, want %v", n, got, want)
			}
			// Both go on alike.
			teach(h, 2, 10)
			teach(back, 2, 10)
			if got, want := planned(back, everyTen), planned(h, everyTen); !reflect.DeepEqual(got, want) {
				t.Errorf("%d tasks and 10 more: got checks at %v, want %v", n, got, want)
			}
		}
	})
}

func TestHistory_JSONFromElsewhere(t *testing.T) {
	at := func(age time.Duration) int64 { return time.Now().Add(-age).UnixMicro() }
	tests := []struct {
		name, data string
		n          int // durations read; -1: an error
	}{
		{"nothing known", `{"version":1}`, 0},
		{"null", `null`, 1},
		{"fields of a newer one", fmt.Sprintf(`{"version":1,"sizes":[1,2],"durations":[{"at":%d,"seconds":3,"cpu":7}]}`, at(0)), 1},
		{"a newer version", `{"version":2,"durations":[]}`, -1},
		{"no version", `{}`, -1},
		{"not an object", `[]`, -1},
		{"cut off", `{"version":1,"durations":[{"at":1`, -1},
		{"a word for a number", `{"version":1,"durations":[{"at":1,"seconds":"x"}]}`, -1},
		{"a number too large", `{"version":1,"durations":[{"at":1,"seconds":1e99}]}`, -1},
		{"durations that make no sense", `{"version":1,"durations":[{"at":1,"seconds":-3},{"at":2,"seconds":0},{"at":3,"seconds":1e30},{"at":-4,"seconds":2}]}`, 0},
		{"from the future", fmt.Sprintf(`{"version":1,"since":%d,"durations":[{"at":%d,"seconds":3},{"at":%d,"seconds":4}]}`, at(-48*time.Hour), at(-48*time.Hour), at(0)), 1},
		{"out of order and twice", `{"version":1,"durations":[{"at":2,"seconds":3},{"at":1,"seconds":3},{"at":2,"seconds":3}]}`, 2},
		{"too many", `{"version":1,"durations":[` + strings.TrimSuffix(strings.Repeat(`{"at":9,"seconds":3},`, 1), ",") + numbered(500) + `]}`, 64},
		{"a judgment that makes no sense", `{"version":1,"durations":[{"at":2,"seconds":3}],"judgment":{"fast":[0,0,0,0],"slow":[1,-1,1,1],"heard":9,"correction":1e300}}`, 1},
		{"progress that makes no sense", `{"version":1,"durations":[{"at":2,"seconds":3}],"progress":[[1,2,3,4,5]]}`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := new(settle.History)
			h.Add(everyTen, time.Minute, time.Minute)
			before := historyJSON(t, h)
			err := json.Unmarshal([]byte(tt.data), h)
			switch {
			case tt.n < 0 && err == nil:
				t.Error("no error")
			case tt.n < 0 && historyJSON(t, h) != before:
				t.Error("an error, and it has changed")
			case tt.n >= 0 && (err != nil || h.Len() != tt.n):
				t.Errorf("got %d durations, %v, want %d", h.Len(), err, tt.n)
			}
			planned(h, everyTen)
			h.Add(everyTen, time.Minute, time.Minute)
		})
	}
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"at":%d,"seconds":%d}`, 10+i, 1+i%7)
	}
	return b.String()
}

// Two processes begin with the same History, learn on their own, and are merged: in either order the same comes out,
// what both had counts once, and merging again changes nothing.
func TestHistory_Merge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, n := range []struct{ both, a, b int }{{0, 0, 0}, {0, 5, 0}, {0, 0, 5}, {10, 5, 7}, {64, 3, 0}, {64, 20, 30}, {200, 100, 100}} {
			common := new(settle.History)
			teach(common, 1, n.both)
			a, b := readHistory(t, historyJSON(t, common)), readHistory(t, historyJSON(t, common))
			teach(a, 2, n.a)
			teach(b, 3, n.b)
			ab, ba := readHistory(t, historyJSON(t, a)), readHistory(t, historyJSON(t, b))
			ab.Merge(b)
			ba.Merge(a)
			if got, want := historyJSON(t, ab), historyJSON(t, ba); got != want {
				t.Errorf("%v: one order gives %s, the other %s", n, got, want)
			}
			if got, want := planned(ab, everyTen), planned(ba, everyTen); !reflect.DeepEqual(got, want) {
				t.Errorf("%v: checks at %v and at %v", n, got, want)
			}
			if all := n.both + n.a + n.b; all <= 16 && ab.Len() != all {
				t.Errorf("%v: %d durations", n, ab.Len())
			}
			once := historyJSON(t, ab)
			ab.Merge(b)
			ab.Merge(a)
			ab.Merge(ab)
			ab.Merge(nil)
			if got := historyJSON(t, ab); got != once {
				t.Errorf("%v: merged again: %s, before %s", n, got, once)
			}
		}
	})
}

// One process has seen the tasks change and forgotten what was before: a merge does not bring it back.
func TestHistory_MergeAfterAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := new(settle.History)
		teach(a, 1, 40)
		b := readHistory(t, historyJSON(t, a))
		for range 3 {
			time.Sleep(time.Second)
			a.Add(everyTen, 20*time.Minute, 20*time.Minute)
		}
		a.Merge(b)
		if a.Len() > 5 {
			t.Errorf("%d durations", a.Len())
		}
	})
}

// Whatever a file holds, it is read or refused, and the two bounds of a plan hold.
func FuzzHistory_JSON(f *testing.F) {
	h := new(settle.History)
	for i := range 20 {
		h.Add(everyTen, time.Duration(i)*time.Second, time.Minute)
	}
	h.AddUnfinished(everyTen, time.Hour)
	data, _ := json.Marshal(h)
	f.Add(data)
	f.Add([]byte(`{"version":1,"durations":[{"at":1,"seconds":1e-9},{"at":2,"seconds":9e9},{"at":3,"seconds":5,"unfinished":true}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h := new(settle.History)
		if json.Unmarshal(data, h) != nil {
			return
		}
		last, n := time.Duration(0), 0
		for at := range h.Plan(settle.Policy{Every: 10 * time.Second, Checks: 50}) {
			if gap := at - last; gap < 0 || gap > 30*time.Second+time.Nanosecond || n > 0 && gap < 250*time.Millisecond-time.Nanosecond {
				t.Fatalf("check %d comes %s after the last", n, gap)
			}
			if most := 2*at.Seconds()/10 + 4; float64(n) > most+1e-6 {
				t.Fatalf("%d checks by %s", n, at)
			}
			last = at
			n++
		}
		if n != 50 || last < 490*time.Second {
			t.Fatalf("%d checks, the last at %s", n, last)
		}
		again, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		back := new(settle.History)
		if err := json.Unmarshal(again, back); err != nil || back.Len() != h.Len() {
			t.Fatalf("%v, %d of %d durations", err, back.Len(), h.Len())
		}
	})
}
