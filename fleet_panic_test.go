package settle_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/settle-go/settle"
)

// What panics, and how: a function of its own, so that a stack tells of it.
func goWrong(how string) {
	switch how {
	case "panic":
		panic("went wrong")
	case "error":
		panic(errBad)
	case "nil":
		panic(nil)
	case "exit":
		runtime.Goexit()
	case "fault":
		var none []int
		_ = none[len(how)]
	}
}

// wrongFleet is a fleet that goes wrong at the place in its second request.
func wrongFleet(p *platform, place, how string) (f fleet, trace func(settle.Step)) {
	f = fleet{Policy: settle.Policy{Checks: 9, Errors: 9}, Size: 1}
	p.during = func(n int, _ context.Context, _ []string) {
		if n == 2 && (place == "Check" || place == "Batch") {
			goWrong(how)
		}
	}
	told := 0
	switch place {
	case "Check":
		return p.single(f), nil
	case "Batch":
		return p.batches(f), nil
	case "Seen":
		f.Seen = func(string, settle.Seen[string]) {
			if told++; told == 2 {
				goWrong(how)
			}
		}
		return p.single(f), nil
	case "trace":
		return p.single(f), func(settle.Step) {
			if told++; told == 2 {
				goWrong(how)
			}
		}
	case "a stop's trace":
		return p.single(f), func(s settle.Step) {
			if s.Last {
				goWrong(how)
			}
		}
	}
	panic(place)
}

func TestFleetPanic_Each(t *testing.T) {
	for _, place := range []string{"Check", "Batch", "Seen", "trace", "a stop's trace"} {
		for _, how := range []string{"panic", "error", "nil", "exit", "fault"} {
			t.Run(place+" "+how, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					before := goroutines()
					p := newPlatform(nil)
					f, trace := wrongFleet(p, place, how)
					ctx, cancel := context.WithCancel(settle.WithTrace(t.Context(), trace))
					if place == "a stop's trace" {
						time.AfterFunc(500*time.Millisecond, cancel)
					}
					got := recovered(func() { collect(p.start, f.Each(ctx, slices.Values(keysTo(20)))) })
					verifyPanic(t, got, how)
					synctest.Wait()
					if got := goroutines(); got != before {
						t.Errorf("%d goroutines, want %d", got, before)
					}
					asked := len(p.made())
					time.Sleep(time.Hour)
					if p.under != 0 || len(p.made()) != asked {
						t.Errorf("%d requests under way, %d after the panic", p.under, len(p.made())-asked)
					}
					cancel()
				})
			})
		}
	}
}

// recovered is what f panics with. f must not leave in another way: a Goexit of f's own goroutine would be one.
func recovered(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return "no panic"
}

func verifyPanic(t *testing.T, got any, how string) {
	t.Helper()
	broken, ok := got.(*settle.PanicError)
	if !ok {
		t.Fatalf("recovered %#v, want a *PanicError", got)
	}
	if !strings.Contains(string(broken.Stack), "goWrong") {
		t.Errorf("the stack is not the one that panicked:\n%s", broken.Stack)
	}
	message := broken.Error()
	switch value := broken.Value; how {
	case "panic":
		if value != "went wrong" || !strings.Contains(message, "went wrong") {
			t.Errorf("value %v, message %q", value, message)
		}
	case "error":
		if value != errBad || !errors.Is(broken, errBad) || !strings.Contains(message, errBad.Error()) {
			t.Errorf("value %v, message %q", value, message)
		}
	case "nil":
		if _, ok := value.(*runtime.PanicNilError); !ok {
			t.Errorf("value %#v", value)
		}
	case "exit":
		if value != nil || !strings.Contains(message, "Goexit") {
			t.Errorf("value %v, message %q", value, message)
		}
	case "fault":
		if fault, ok := errors.AsType[runtime.Error](broken); !ok || value != any(fault) {
			t.Errorf("value %#v", value)
		}
	}
	if !strings.Contains(message, "goWrong") {
		t.Errorf("the message holds no stack: %q", message)
	}
}

func TestFleetPanic_TheRestStopsAndIsWaitedFor(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		p := newPlatform(map[string]string{"0": "p:1h", "1": "p:1h", "2": "s:9s~", "3": "x:7s~"})
		p.during = func(_ int, ctx context.Context, keys []string) {
			if keys[0] == "bad" {
				time.Sleep(5 * sec)
				goWrong("error")
			}
		}
		f := make(p, fleet{Policy: settle.Policy{Checks: 9, Errors: 9}, Size: 1})
		got := recovered(func() {
			collect(p.start, f.Each(t.Context(), slices.Values([]string{"0", "1", "2", "3", "bad"})))
		})
		verifyPanic(t, got, "error")
		if at := time.Since(p.start); at != 9*sec || p.under != 0 {
			t.Errorf("panicked at %v with %d requests under way, want 9s, 0", at, p.under)
		}
		for _, q := range p.made() {
			if q.at > 5*sec || q.ctx.Err() == nil {
				t.Errorf("a request for %v at %v, its context: %v", q.keys, q.at, q.ctx.Err())
			}
			if (q.keys[0] == "0" || q.keys[0] == "1") && q.back != 5*sec {
				t.Errorf("the check of %s was let go at %v, want 5s", q.keys[0], q.back)
			}
		}
	})
}

func TestFleetPanic_TheFirstOfMany(t *testing.T) {
	eachFleet(t, func(t *testing.T, make func(*platform, fleet) fleet) {
		p := newPlatform(nil)
		p.during = func(n int, ctx context.Context, keys []string) {
			if keys[0] == "0" {
				time.Sleep(sec)
				goWrong("error")
			}
			<-ctx.Done()
			time.Sleep(sec)
			panic("a later one")
		}
		f := make(p, fleet{Policy: settle.Policy{Checks: 9}, Size: 1})
		verifyPanic(t, recovered(func() { collect(p.start, f.Each(t.Context(), slices.Values(keysTo(8)))) }), "error")
		if at := time.Since(p.start); p.under != 0 || at != 2*sec {
			t.Errorf("panicked at %v with %d requests under way, want 2s, 0", at, p.under)
		}
	})
}

// While the loop's body runs a check panics: the caller has it when the body comes back, however it does.
func TestFleetPanic_WhileTheBodyRuns(t *testing.T) {
	for _, leaves := range []bool{false, true} {
		t.Run(fmt.Sprint("leaves ", leaves), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				before := goroutines()
				p := newPlatform(map[string]string{"a": "s"})
				p.during = func(_ int, ctx context.Context, keys []string) {
					if keys[0] == "b" {
						if leaves {
							<-ctx.Done()
						} else {
							time.Sleep(sec)
						}
						goWrong("error")
					}
				}
				f := p.single(fleet{Policy: settle.Policy{Checks: 9}})
				verifyPanic(t, recovered(func() {
					for key := range f.Each(t.Context(), slices.Values([]string{"a", "b"})) {
						if key != "a" {
							t.Errorf("a result for %s", key)
						}
						if leaves {
							break
						}
						time.Sleep(time.Minute)
					}
				}), "error")
				synctest.Wait()
				if got := goroutines(); got != before {
					t.Errorf("%d goroutines, want %d", got, before)
				}
			})
		})
	}
}

// A check that calls t.FailNow, as tests do from the wrong goroutine.
func TestFleetPanic_OneKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := fleet{Policy: settle.Policy{Timeout: time.Hour, Attempt: sec}, Check: func(context.Context, string) (string, settle.Status, error) {
			goWrong("exit")
			return "", settle.Status{}, nil
		}}
		verifyPanic(t, recovered(func() { collect(time.Now(), f.Each(t.Context(), slices.Values([]string{"a"}))) }), "exit")
	})
}

const wrongPlace = "SETTLE_TEST_WRONG"

// In a Run it ends the process: this test starts itself again, and that process must not outlive it.
func TestFleetPanic_Run(t *testing.T) {
	if wrong := os.Getenv(wrongPlace); wrong != "" {
		place, how, _ := strings.Cut(wrong, "/")
		p := newPlatform(nil)
		f, trace := wrongFleet(p, place, how)
		f.Policy.Every = time.Millisecond
		ctx, cancel := context.WithCancel(settle.WithTrace(context.Background(), trace))
		defer cancel()
		r := f.Start(ctx)
		for _, key := range keysTo(20) {
			r.Add(key, settle.Entry{})
		}
		if place == "a stop's trace" {
			r.Add("late", settle.Entry{Policy: &settle.Policy{Timeout: sec}, Start: time.Now().Add(-time.Hour)})
		}
		for range r.Ends() {
		}
		r.Close()
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal("this program cannot start itself: ", err)
	}
	for _, place := range []string{"Check", "Batch", "Seen", "trace", "a stop's trace"} {
		for how, words := range map[string]string{"panic": "went wrong", "error": errBad.Error(), "exit": "Goexit", "fault": "out of range"} {
			t.Run(place+" "+how, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				child := exec.CommandContext(ctx, program, "-test.run=^TestFleetPanic_Run$", "-test.timeout=50s")
				child.Env = append(os.Environ(), wrongPlace+"="+place+"/"+how)
				out, err := child.CombinedOutput()
				exit, ok := errors.AsType[*exec.ExitError](err)
				if !ok || exit.ExitCode() != 2 {
					t.Fatalf("the process ended with %v, want exit code 2:\n%s", err, out)
				}
				for _, want := range []string{words, "goWrong", "panic: "} {
					if !strings.Contains(string(out), want) {
						t.Errorf("no %q in what it leaves:\n%s", want, out)
					}
				}
				if strings.Contains(string(out), "test timed out") {
					t.Errorf("it went on:\n%s", out)
				}
			})
		}
	}
}
