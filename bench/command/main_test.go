package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestWithoutCurl(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var stdout, stderr bytes.Buffer
	if code := run(nil, &stdout, &stderr); code != 1 || stdout.Len() > 0 || !strings.Contains(stderr.String(), "curl is not installed") {
		t.Errorf("exit code %d, %s%s", code, &stdout, &stderr)
	}
}

func TestMeasure(t *testing.T) {
	ways := []way{{"one", []string{"true"}}, {"two", []string{"true"}}}
	figures, err := measure(ways, nil, 3)
	if err != nil || len(figures) != 2 || figures[0].way.name != "one" || figures[0].ratio != 1 || figures[1].ratio <= 0 {
		t.Errorf("got %+v, %v", figures, err)
	}
	if _, err := measure([]way{{"failing", []string{"sh", "-c", "echo why; exit 3"}}}, nil, 1); err == nil || !strings.Contains(err.Error(), "why") {
		t.Errorf("got %v, want what the command said", err)
	}
}

func TestTable(t *testing.T) {
	figures := []figure{{way: way{name: "curl"}, took: 2 * time.Millisecond, ratio: 1}, {way: way{name: "settle"}, took: 3 * time.Millisecond, ratio: 1.5, low: 1.4, high: 1.6}}
	if got := table(figures, 7); !strings.Contains(got, "7 of each") || !strings.Contains(got, "| `curl` | 2.0 ms | 0.0 ms | 0.0 MB | 1 |") || !strings.Contains(got, "| 1.50 (half of the rounds: 1.40 to 1.60) |") {
		t.Errorf("got\n%s", got)
	}
}
