package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/bench/host"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// A way to ask where a task stands.
type way struct {
	name string
	ask  func(ctx context.Context) (settle.State, error)
}

// A figure is what one check costs.
type figure struct {
	Took   time.Duration
	CPU    time.Duration // of the whole process, the server's part included
	Bytes  float64       // allocated, the server's part included
	Allocs float64
}

// A question is one answer that is asked for in two ways.
type question struct {
	name, answer string
	byHand       way
	settle       way
}

// A result is a question as it was measured: medians over the rounds, and of the ratio of each pair of rounds.
type result struct {
	question
	byHand, settle figure
	ratio          float64 // of the time
	low, high      float64 // half of the pairs were between them
}

// measure asks in turns, so that whatever else the machine does falls on both.
func measure(q question, rounds, checks int) (result, error) {
	r := result{question: q}
	var byHand, bySettle []figure
	var ratios []float64
	for n := range rounds + 1 {
		ways := []way{q.byHand, q.settle}
		if n%2 == 1 {
			slices.Reverse(ways)
		}
		pair := map[string]figure{}
		for _, w := range ways {
			f, err := round(w, checks)
			if err != nil {
				return r, fmt.Errorf("%s, %s: %w", q.name, w.name, err)
			}
			pair[w.name] = f
		}
		if n == 0 {
			continue // the first one opens the connections
		}
		byHand, bySettle = append(byHand, pair[q.byHand.name]), append(bySettle, pair[q.settle.name])
		ratios = append(ratios, float64(pair[q.settle.name].Took)/float64(pair[q.byHand.name].Took))
	}
	slices.Sort(ratios)
	r.byHand, r.settle = median(byHand), median(bySettle)
	r.ratio, r.low, r.high = ratios[len(ratios)/2], ratios[len(ratios)/4], ratios[len(ratios)*3/4]
	return r, nil
}

func round(w way, checks int) (figure, error) {
	ctx := context.Background()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	cpu, began := cpuTime(), time.Now()
	for range checks {
		state, err := w.ask(ctx)
		if err != nil || state != settle.Pending {
			return figure{}, fmt.Errorf("the task is %v, %w", state, err)
		}
	}
	took, cpuTook := time.Since(began), cpuTime()-cpu
	runtime.ReadMemStats(&after)
	n := float64(checks)
	return figure{
		Took: time.Duration(float64(took) / n), CPU: time.Duration(float64(cpuTook) / n),
		Bytes: float64(after.TotalAlloc-before.TotalAlloc) / n, Allocs: float64(after.Mallocs-before.Mallocs) / n,
	}, nil
}

func median(all []figure) figure {
	return figure{
		Took:   host.Median(all, func(f figure) time.Duration { return f.Took }),
		CPU:    host.Median(all, func(f figure) time.Duration { return f.CPU }),
		Bytes:  host.Median(all, func(f figure) float64 { return f.Bytes }),
		Allocs: host.Median(all, func(f figure) float64 { return f.Allocs }),
	}
}

func cpuTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		panic(err) // it only fails for bad arguments
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// answering starts a server that says the same to everybody who shows the token.
func answering(text string) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, text)
	}))
}

const token = "a-token-that-is-secret"

const recipeText = `name: bench/task
title: a task
docs: none
proof: {mock: this program}
target:
  url:   {help: address}
  token: {secret: true}
auth: {header: {Authorization: "Bearer {token}"}}
status:
  request: {get: "{url}/tools/execution/{id}", query: {useTargetIdAsKey: "true", brief: "true"}}
  ok: .code == 0
  error: .error
  state: .data.totalStatus
  pending: [run]
  succeeded: [success]
  failed: [failed]
  progress: .data.progress / 100
  reason: .data.error
`

const answer = `{"code":0,"error":"","message":"","data":{"execId":"5d6e7f8091a2b3c4","toolId":"8d3f7a1c2b4e5f60","toolName":"disk.expand","totalStatus":"run","progress":42,"error":"","startTime":"2026-11-24 10:00:00","endTime":"","agents":[{"agentId":"a1b2c3","ip":"10.0.0.7","status":"run"},{"agentId":"d4e5f6","ip":"10.0.0.8","status":"success"}]}}`

// largeAnswer has as many agents as a large installation.
func largeAnswer() string {
	agent := `{"agentId":"a1b2c3","ip":"10.0.0.7","status":"run","log":"` + strings.Repeat("copying blocks; ", 8) + `"},`
	return strings.Replace(answer, `"agents":[`, `"agents":[`+strings.Repeat(agent, 100), 1)
}

// byHand is what a person writes without settle: net/http, a struct, a switch.
func byHand(url string) way {
	client := &http.Client{}
	return way{"by hand", func(ctx context.Context) (settle.State, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/tools/execution/5d6e7f8091a2b3c4?useTargetIdAsKey=true&brief=true", nil)
		if err != nil {
			return 0, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Accept", "application/json")
		resp, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			return 0, err
		}
		var a struct {
			Code  int    `json:"code"`
			Error string `json:"error"`
			Data  struct {
				TotalStatus string  `json:"totalStatus"`
				Progress    float64 `json:"progress"`
				Error       string  `json:"error"`
			} `json:"data"`
		}
		if err := json.Unmarshal(text, &a); err != nil {
			return 0, err
		}
		if resp.StatusCode != http.StatusOK || a.Code != 0 {
			return 0, fmt.Errorf("HTTP %d, code %d: %s", resp.StatusCode, a.Code, a.Error)
		}
		switch a.Data.TotalStatus {
		case "run":
			return settle.Pending, nil
		case "success":
			return settle.Succeeded, nil
		case "failed":
			return settle.Failed, nil
		}
		return settle.Unknown, nil
	}}
}

// bySettle is a check of httptask.
func bySettle(url string) (way, error) {
	r, err := recipe.Parse("bench.yaml", []byte(recipeText))
	if err != nil {
		return way{}, err
	}
	tasks, err := httptask.Open(r, target.Target{URL: url, Secrets: map[string]string{"token": token}})
	if err != nil {
		return way{}, err
	}
	check := tasks.Check("5d6e7f8091a2b3c4")
	return way{"settle", func(ctx context.Context) (settle.State, error) {
		_, status, err := check(ctx)
		return status.State, err
	}}, nil
}
