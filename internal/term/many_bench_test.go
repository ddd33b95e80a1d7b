package term

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

// BenchmarkMany draws 1,000 tasks, each of which is checked every two seconds: between two redraws 50 of them tell of a
// check, and those on the screen have come farther. There are ten redraws a second, so that the share of a core is the
// time of one, its steps included, times ten: under 5 % means under 5 ms. Writing the bytes is the terminal's part.
func BenchmarkMany(b *testing.B) {
	for _, rows := range []int{24, 60} {
		b.Run(fmt.Sprintf("%d rows", rows), func(b *testing.B) {
			o := Options{Screen: terminal(120)}
			o.Color, o.Height = true, func() int { return rows }
			const all, between = 1000, 50
			written, draws := 0, 0
			o.Out = counter(func(n int) { written += n })
			d := New(o, all)
			now := time.Now()
			for key := range all { // what Start does, without the goroutine: its ticks are the benchmark's
				d.view.start(d.tasks.add(key, Task{Name: fmt.Sprintf("snapshot.create web-%04d", key), Timeout: time.Hour}, now), now)
			}
			key := 0
			for b.Loop() {
				draws++
				now = now.Add(redraw)
				for range between {
					s := settle.Step{Check: draws, Status: settle.Status{State: settle.Pending, Raw: "EXECUTING", Progress: float64((draws+key)%1000) / 1000}, Next: 2 * time.Second}
					if key%20 == 0 {
						s.Err = errors.New("503 Service Unavailable")
					}
					d.Step(key, s)
					key = (key + 1) % all
				}
				d.view.tick(now)
				d.flush()
			}
			b.ReportMetric(float64(written)/float64(draws), "B/redraw")
			b.ReportMetric(100*10*b.Elapsed().Seconds()/float64(draws), "%core")
		})
	}
}

type counter func(n int)

func (c counter) Write(b []byte) (int, error) {
	c(len(b))
	return len(b), nil
}
