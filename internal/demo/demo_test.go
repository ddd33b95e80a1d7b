package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestSnapshotSucceedsAfterItsFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New()
		id := start(t, s, "snapshot.create")
		for _, row := range []struct {
			after  time.Duration
			status int // 0: the connection is lost
			state  string
		}{
			{0, 200, "run"},
			{3 * time.Second, 0, ""},
			{3 * time.Second, 200, "run"},
			{6 * time.Second, 503, ""},
			{6 * time.Second, 200, "run"},
			{10*time.Second - 1, 200, "run"},
			{10 * time.Second, 200, "success"},
		} {
			time.Sleep(row.after - time.Since(s.executions[id].began))
			if status, state := ask(s, id); status != row.status || state != row.state {
				t.Errorf("after %v: got %d %q, want %d %q", row.after, status, state, row.status, row.state)
			}
		}
	})
}

// Who comes back to an execution that has ended, or has seen that by a batch, gets the answer.
func TestNoFaultsAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New()
		id := start(t, s, "snapshot.create")
		time.Sleep(10 * time.Second)
		if status, state := ask(s, id); status != 200 || state != "success" {
			t.Errorf("got %d %q, want 200 and success", status, state)
		}
	})
}

func TestSeveralAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New()
		one, other := start(t, s, "snapshot.create"), start(t, s, "disk.expand")
		time.Sleep(4 * time.Second) // when a connection would be lost
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", "/tools/execution/logs/"+one+";nobody;"+other, nil))
		var a struct {
			Data []struct{ ExecID, TotalStatus string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(a.Data), fmt.Sprintf("[{%s run} {%s failed}]", one, other); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestExpansionFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New()
		id := start(t, s, "disk.expand")
		time.Sleep(4 * time.Second)
		if status, state := ask(s, id); status != 200 || state != "failed" {
			t.Errorf("got %d %q, want a failed task", status, state)
		}
	})
}

func TestRefusals(t *testing.T) {
	s := New()
	if status, _ := ask(s, "nobody"); status != 404 {
		t.Errorf("an unknown execution: got %d, want 404", status)
	}
	for body, want := range map[string]int{"{": 400, `{"toolId":"nothing"}`: 200} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("POST", "/tools/execution", strings.NewReader(body)))
		var a answer
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != want || a.Code == 0 {
			t.Errorf("%s: got %d, code %d, %v; want %d and an error", body, w.Code, a.Code, err, want)
		}
	}
}

func TestTerminated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New()
		id := start(t, s, "disk.expand")
		time.Sleep(time.Second)
		for _, row := range []struct {
			id   string
			want int
		}{{id, 200}, {"nobody", 404}} {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest("PUT", "/tools/terminate/"+row.id, nil))
			if w.Code != row.want {
				t.Errorf("terminate %s: got %d, want %d", row.id, w.Code, row.want)
			}
		}
		time.Sleep(time.Hour)
		if _, state := ask(s, id); state != "failed" {
			t.Errorf("terminated: got %q, want failed", state)
		}
	})
}

func TestList(t *testing.T) {
	w := httptest.NewRecorder()
	New().ServeHTTP(w, httptest.NewRequest("GET", "/tools", nil))
	if !strings.Contains(w.Body.String(), `"toolId":"disk.expand"`) {
		t.Errorf("the list lacks a tool: %s", w.Body)
	}
}

func start(t *testing.T, s *Server, tool string) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("POST", "/tools/execution", strings.NewReader(`{"toolId":"`+tool+`"}`)))
	var started struct{ Data struct{ ExecID string } }
	if err := json.Unmarshal(w.Body.Bytes(), &started); err != nil || started.Data.ExecID == "" {
		t.Fatalf("start %s: %s", tool, w.Body)
	}
	return started.Data.ExecID
}

// ask returns the HTTP code, 0 for a lost connection, and the state.
func ask(s *Server, id string) (status int, state string) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			status = 0
		}
	}()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/tools/execution/"+id, nil))
	var a struct{ Data struct{ TotalStatus string } }
	_ = json.Unmarshal(w.Body.Bytes(), &a)
	return w.Code, a.Data.TotalStatus
}
