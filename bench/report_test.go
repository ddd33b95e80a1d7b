package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle/bench/host"
)

func TestVersions(t *testing.T) {
	for _, c := range contenders {
		for _, m := range c.modules {
			if got := host.Version(m); !strings.HasPrefix(got, "v") {
				t.Errorf("%s: got the version %q of %s", c.name, got, m)
			}
		}
	}
}

// made gives every contender the same figures, times the factor that is given for it.
func made(times map[string]float64) []entry {
	var es []entry
	for _, c := range contenders {
		f := times[c.name]
		if f == 0 {
			f = 1
		}
		costs := []cost{{ns: 90 * f, allocs: 1}, {ns: 100 * f, bytes: 16, allocs: 1}, {ns: 300 * f, allocs: 1}}
		es = append(es, entry{contender: c, first: costs, ten: costs, naps: []nap{{bytes: 3000 * f, goroutines: 1}}})
	}
	return es
}

func TestGoals(t *testing.T) {
	tests := []struct {
		name  string
		times map[string]float64
		want  string // of each goal
	}{
		{"settle beside its equals", nil, "missed met met met"},
		{"settle is faster", map[string]float64{"settle": 0.5}, "met met met met"},
		{"settle is times", map[string]float64{"settle": 3.1}, "missed missed met missed"},
		{"one lean peer", map[string]float64{"k8s-poll": 0.7}, "missed met met missed"},
		{"a lean loop is no peer", map[string]float64{"loop": 0.1}, "missed met met met"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, g := range goals(made(tt.times)) {
				word, _, _ := strings.Cut(g, ":")
				got = append(got, word)
			}
			if !slices.Equal(got, strings.Fields(tt.want)) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestDocument(t *testing.T) {
	es := made(map[string]float64{"settle": 0.5})
	got := document(es, tables(es, 7, time.Second), "cd bench && go run . -n 7")
	for _, want := range []string{
		"| **settle**                             | yes     |  50 |     45 to 150 |  0 |      1 |     1.00 |\n",
		"| **settle**                             | yes     |   1500 |  1500 to 1500 |       1.00 |     1.00 |\n",
		"| azcore Poller [1]",
		"`cd bench && go run . -n 7`",
		"cenkalti/backoff github.com/cenkalti/backoff/v7 v7.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
}
