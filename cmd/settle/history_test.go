package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/target"
)

var historyPolicy = settle.Policy{Every: 2 * time.Second, Max: 15 * time.Second, Timeout: 30 * time.Minute}

// historyOf is what is known after tasks that took so many seconds; below 0: nobody saw them end.
func historyOf(seconds ...float64) *settle.History {
	h := new(settle.History)
	for _, s := range seconds {
		if s < 0 {
			h.AddUnfinished(historyPolicy, inSeconds(-s))
		} else {
			h.Add(historyPolicy, inSeconds(s), inSeconds(s))
		}
	}
	return h
}

func TestUsually(t *testing.T) {
	for _, row := range []struct {
		name    string
		seconds []float64
		want    string
	}{
		{"nothing", nil, ""},
		{"two", []float64{180, 240}, ""},
		{"two, and one that nobody saw end", []float64{180, 240, -300}, ""},
		{"three", []float64{180, 210, 240}, "3m-4m"},
		{"many", []float64{200, 900, 170, 205, 242, 180, 190, 185, 210, 220, 230, 240}, "3m-4m"},
		{"all the same", []float64{61, 60, 62, 61, 60, 61}, "1m"},
		{"short", []float64{.21, .22, .25, .31, .3, .29}, "210ms-310ms"},
		{"long", []float64{7000, 7300, 8000, 9000, 9100}, "2h-2h30m"},
		{"most go on", []float64{60, 61, 62, -300, -300, -300, -300, -300}, "over 1m"},
	} {
		a := new(app)
		if got := a.usually(historyOf(row.seconds...)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

func TestKindNamed(t *testing.T) {
	kinds := []string{"ci/build", "tower", "tower/snapshot.create", "tower/vm.create"}
	for _, row := range []struct{ name, want, hint string }{
		{"tower", "tower", ""},
		{"tower/s", "tower/snapshot.create", ""},
		{"c", "ci/build", ""},
		{"tower/", "", "settle history with one of tower/snapshot.create, tower/vm.create"},
		{"ci/biuld", "", "did you mean ci/build?"},
		{"nothing/like/it", "", "settle history"},
	} {
		got, err := kindNamed(row.name, kinds)
		hint := ""
		if err != nil {
			hint = refusedBy(err).Hint
		}
		if got != row.want || hint != row.hint {
			t.Errorf("%s: got %q, hint %q", row.name, got, hint)
		}
	}
}

// Whatever is known, a chart keeps to its width, has each task in a bar, and its bars no higher than they may be.
func TestChartsKeepToTheirWidth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, screen := range []term.Screen{{}, {ASCII: true}, {Wide: true}} {
		for range 100 {
			var seconds []float64
			scale := []float64{1e-4, 1, 300, 1e5}[r.IntN(4)]
			for range 1 + r.IntN(64) {
				s := scale * (.001 + r.ExpFloat64())
				if r.IntN(8) == 0 {
					s = -s
				}
				seconds = append(seconds, s)
			}
			h := historyOf(seconds...)
			seen := h.Observations()
			width := []int{20, 40, 80, 300}[r.IntN(4)]
			c := chart{width: width, glyphs: glyphsFor(screen), unfinished: "unfinished", checks: "checks"}
			lines := c.draw(seen, checksUpTo(h, historyPolicy, slices.MaxFunc(seen, byTook).Took))
			if len(lines) > tallest+6 {
				t.Fatalf("%d lines of %v", len(lines), seconds)
			}
			for _, line := range lines {
				if n := term.Cells(line); n > width {
					t.Fatalf("%d cells of %d: %s", n, width, line)
				}
			}
			x := axisOf(seen, 60)
			ended, _ := apart(seen)
			sum := 0
			for _, n := range x.count(ended) {
				sum += n
			}
			if sum != len(ended) {
				t.Fatalf("%d of %d tasks in the bars", sum, len(ended))
			}
			for _, s := range ended {
				if at := x.at(s); at < 0 || at >= float64(x.cells) {
					t.Fatalf("%v lies at %v of %d", s, at, x.cells)
				}
			}
		}
	}
}

func TestAxes(t *testing.T) {
	for _, row := range []struct {
		name    string
		seconds []float64
		log     bool
		labels  string
	}{
		{"near each other", []float64{180, 190, 200, 210}, false, "2m55s 3m 3m5s 3m10s 3m15s 3m20s 3m25s 3m30s"},
		{"from the start", []float64{10, 30, 40, 50}, false, "0s 5s 10s 15s 20s 25s 30s 35s 40s 45s 50s"},
		{"two humps far apart", []float64{3, 300, 5, 305, 8, 302, 12, 301, 20, 30}, true, "5s 10s 15s 30s 1m 2m 5m"},
		{"one", []float64{34}, false, "0s 5s 10s 15s 20s 25s 30s 35s"},
		{"the same", []float64{34, 34, 34}, false, "0s 5s 10s 15s 20s 25s 30s 35s"},
	} {
		x := axisOf(historyOf(row.seconds...).Observations(), 66)
		var labels []string
		for _, l := range x.labels() {
			labels = append(labels, l.text)
		}
		if got := strings.Join(labels, " "); got != row.labels || x.log != row.log {
			t.Errorf("%s: got %s, logarithmic %v", row.name, got, x.log)
		}
	}
}

func TestFigures(t *testing.T) {
	seen := historyOf(3, 10, -100, 1000).Observations()
	got := figures([]float64{0, 2, 4, 12}, seen)
	if got.Checks == nil || *got.Checks != 3.5 || *got.Late != 1.5 {
		t.Errorf("got %v, %v", got.Checks, got.Late)
	}
	if none := figures([]float64{0, 2}, historyOf(-5).Observations()); none.Checks != nil || none.Late != nil {
		t.Errorf("got %v of nothing", none)
	}
}

// Without a home there is nothing known, and no file where the command happens to run.
func TestHistoriesWithoutAHome(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", "")
	t.Setenv("HOME", "")
	t.Setenv("LocalAppData", "")
	t.Setenv("USERPROFILE", "")
	t.Chdir(t.TempDir())
	a := &app{secrets: new(target.Secrets)}
	if n := a.histories().Load("kind").Len(); n != 0 {
		t.Errorf("%d known", n)
	}
	if err := a.histories().Learn("kind", historyOf(1)); err == nil {
		t.Error("learned without a place")
	}
	if _, err := a.kinds(); err == nil {
		t.Error("found kinds")
	}
}

// Where the columns do not fit, a name stays beside its number.
func TestNarrowFigures(t *testing.T) {
	narrow := term.Table{Width: 20}
	if got, want := quantileText(narrow, [][]string{{"10 %", "25 %", "median", "75 %"}, {"1s", "2.5s", "3.6s", "-"}}), "10 %    1s\n25 %    2.5s\nmedian  3.6s\n75 %    -\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got := figureText(narrow, [][]string{{"", "checks", "seen after"}, {"by what is known", "5.0", "581ms"}, {"every 1s", "-", "-"}})
	if want := "by what is known\n  checks 5.0\n  seen after 581ms\nevery 1s\n  checks -\n  seen after -\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
