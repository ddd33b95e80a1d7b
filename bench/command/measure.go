package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/settle-go/settle/bench/host"
)

// A way to ask, as a command.
type way struct {
	name string // as a person would type it
	argv []string
}

// ways are what is measured. The first is what the others are compared with.
func ways(curl, settle, server string) []way {
	states := []string{"--state", ".data.totalStatus", "--pending", "run", "--succeeded", "success", "--failed", "failed"}
	return []way{
		{"curl -s URL", []string{curl, "-q", "-s", "-H", "Authorization: Bearer " + token, server + path}},
		{"settle wait URL --state …", append([]string{settle, "wait", server + path, "--header", "Authorization: Bearer " + token}, states...)},
		{"settle wait easyops/ID", []string{settle, "wait", "easyops/" + id}},
		{"settle version", []string{settle, "version"}},
	}
}

// A figure is what a command costs: medians, and of the ratio of each round to that of the first way.
type figure struct {
	way       way
	took, cpu time.Duration
	memory    float64 // bytes
	ratio     float64 // of the time
	low, high float64 // half of the rounds were between them
}

type sample struct {
	took, cpu time.Duration
	memory    float64
}

// measure runs the commands in turns, so that whatever else the machine does falls on all, and begins each round with
// another one.
func measure(ways []way, env []string, rounds int) ([]figure, error) {
	samples := make([][]sample, len(ways))
	for n := range rounds + 1 {
		for i := range ways {
			i := (i + n) % len(ways)
			s, err := once(ways[i], env)
			if err != nil {
				return nil, err
			}
			if n > 0 { // the first one reads the binaries from the disk
				samples[i] = append(samples[i], s)
			}
		}
	}
	figures := make([]figure, len(ways))
	for i, of := range samples {
		ratios := make([]float64, rounds)
		for n := range ratios {
			ratios[n] = float64(of[n].took) / float64(samples[0][n].took)
		}
		slices.Sort(ratios)
		figures[i] = figure{
			way: ways[i], ratio: ratios[rounds/2], low: ratios[rounds/4], high: ratios[rounds*3/4],
			took: host.Median(of, func(s sample) time.Duration { return s.took }),
			cpu:  host.Median(of, func(s sample) time.Duration { return s.cpu }), memory: host.Median(of, func(s sample) float64 { return s.memory }),
		}
	}
	return figures, nil
}

// once runs a command to its end, which must be a success.
func once(w way, env []string) (sample, error) {
	cmd := exec.Command(w.argv[0], w.argv[1:]...)
	cmd.Env = env
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if err != nil {
		again := exec.Command(w.argv[0], w.argv[1:]...) // what it says is not collected while it is measured
		again.Env = env
		said, _ := again.CombinedOutput()
		return sample{}, fmt.Errorf("%s: %w\n%s", w.name, err, said)
	}
	use := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	memory := float64(use.Maxrss)
	if runtime.GOOS != "darwin" { // which counts in bytes
		memory *= 1024
	}
	return sample{took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), memory}, nil
}

// environment is that of a user who has waited before: what settle keeps is kept.
func environment(folder, server string) []string {
	return append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+filepath.Join(folder, "config"), "XDG_STATE_HOME="+filepath.Join(folder, "state"),
		"EASYOPS_URL="+server, "EASYOPS_TOKEN="+token, "no_proxy=127.0.0.1")
}

// build makes the binary as it is released.
func build(folder string) (string, error) {
	binary := filepath.Join(folder, "settle")
	cmd := exec.Command("go", "build", "-C", "..", "-trimpath", "-ldflags=-s -w", "-o", binary, "./cmd/settle")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build settle: %w\n%s", err, out)
	}
	return binary, nil
}

func firstLine(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(out), "\n")
	words := strings.Fields(line)
	if len(words) < 2 {
		return "", errors.New(name + " does not say its version")
	}
	return strings.Join(words[:2], " "), nil
}

// answering starts a server that says the same to everybody who shows the token: the task has succeeded.
func answering() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
}

const (
	token  = "a-token-that-is-secret"
	id     = "5d6e7f8091a2b3c4"
	path   = "/tools/execution/" + id + "?useTargetIdAsKey=true&brief=true"
	answer = `{"code":0,"error":"","message":"","data":{"execId":"5d6e7f8091a2b3c4","toolId":"8d3f7a1c2b4e5f60","toolName":"disk.expand","totalStatus":"success","progress":100,"error":"","startTime":"2026-11-24 10:00:00","endTime":"2026-11-24 10:04:02"}}`
)
