package settle_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

func TestFleetRate_NoneStarves(t *testing.T) {
	histories := map[string]*settle.History{"without History": nil, "with History": sureHistory()}
	for name, h := range histories {
		t.Run(name, func(t *testing.T) {
			eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
				p := newPlatform(nil)
				r := make(p, fleet{Rate: 1, Size: 1}).Start(t.Context())
				slow, quick := settle.Policy{Every: 20 * sec, Timeout: 24 * time.Hour, History: h}, settle.Policy{Every: time.Millisecond, Timeout: 24 * time.Hour, History: h}
				for i, key := range keysTo(30) {
					e := settle.Entry{Policy: &slow}
					if i%2 == 0 {
						e = settle.Entry{Policy: &quick, Start: time.Now().Add(-100 * sec)}
					}
					if err := r.Add(key, e); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(40 * time.Minute)
				last, longest, who := map[string]time.Duration{}, time.Duration(0), ""
				for _, q := range append(p.made(), request{at: time.Since(p.start), keys: keysTo(30)}) {
					for _, key := range q.keys {
						if gap := q.at - last[key]; gap > longest {
							longest, who = gap, key
						}
						last[key] = q.at
					}
				}
				// 30 keys at one a second, and the pause before that. With History a key may wait for five minutes
				// until it goes first, and then for its turn among those that do; or its plan is to wait so long.
				most := 30*sec + 20*sec + 2*sec
				if h != nil {
					most += 10 * time.Minute
				}
				if longest > most {
					t.Errorf("%s was not asked for %v, want at most %v", who, longest, most)
				}
				if n := len(p.made()); n < 40*60-1 {
					t.Errorf("%d requests in 40 minutes at one a second", n)
				}
				r.Close()
			})
		})
	}
}

// sureHistory knows that its tasks take 99 to 101 seconds.
func sureHistory() *settle.History {
	h := new(settle.History)
	for i := range 64 {
		d := 99*sec + time.Duration(i*37%64)*2*sec/64
		h.Add(settle.Policy{Every: sec, Timeout: time.Hour}, d, d)
	}
	return h
}

func TestFleetRate_TheOneWithTheMostToGainGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(map[string]string{"holder": "x+60s"})
		policy := settle.Policy{Every: sec, Timeout: time.Hour, History: sureHistory()}
		r := p.single(fleet{Policy: policy, Rate: 300, Workers: 1}).Start(t.Context())
		green := keysTo(20)
		for _, key := range green {
			r.Add(key, settle.Entry{})
		}
		time.Sleep(500 * time.Millisecond)
		// Asked once, after all others, so that those are overdue for longer. When the hold ends it has surely ended, and they surely have not.
		r.Add("ripe", settle.Entry{Start: time.Now().Add(-90 * sec)})
		time.Sleep(50 * time.Millisecond)
		r.Add("holder", settle.Entry{Policy: &settle.Policy{Checks: 1}})
		time.Sleep(59 * sec)
		asked := len(p.made())
		if asked != 22 {
			t.Fatalf("%d requests before the hold ended, want 22: %s", asked, p.calls())
		}
		time.Sleep(10 * sec)
		place := slices.IndexFunc(p.made()[asked:], func(q request) bool { return q.keys[0] == "ripe" })
		if place != 0 {
			t.Errorf("the ripe one was asked as number %d after the hold, want it to be first", place+1)
		}
		r.Close()
	})
}

// The task of the odd key has just begun and takes ten hours, those of the others are long since overdue: it has nothing
// to gain, and is asked for all that.
func TestFleetRate_NoneStarvesThatHasNothingToGain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := new(settle.History)
		for i := range 64 {
			d := 10*time.Hour + time.Duration(i*37%64)*sec
			h.Add(settle.Policy{Every: sec, Timeout: 24 * time.Hour}, d, d)
		}
		p := newPlatform(nil)
		r := p.single(fleet{Policy: settle.Policy{Every: sec, Timeout: 100 * time.Hour, History: h}, Rate: .02}).Start(t.Context())
		r.Add("odd", settle.Entry{})
		for _, key := range keysTo(4) {
			r.Add(key, settle.Entry{Start: time.Now().Add(-11 * time.Hour)})
		}
		time.Sleep(2 * time.Hour)
		r.Close()
		last := time.Duration(0)
		for _, q := range append(p.made(), request{at: 2 * time.Hour, keys: []string{"odd"}}) {
			if q.keys[0] != "odd" {
				continue
			}
			if gap := q.at - last; gap > 5*time.Minute+3*sec+250*sec { // a pause, five minutes of patience, a turn of all
				t.Errorf("not asked from %v to %v", last, q.at)
			}
			last = q.at
		}
	})
}
