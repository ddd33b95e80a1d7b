// Package demo is a small task API to try settle on: tool executions in the shape of EasyOps, which take some seconds
// and now and then fail to answer, as real ones do.
package demo

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Tool is something that the server can run.
type Tool struct {
	Takes   time.Duration
	Reaches int            // percent, at its end
	Error   string         // why it fails, at the end; "" when it succeeds
	Outputs map[string]any // of a success
	Lost    time.Duration  // the first question after so long loses its connection within the answer; 0: none does
	Busy    time.Duration  // the first question after so long is answered by a 503; 0: none is
}

// Tools are what a demo runs: a snapshot that succeeds after a lost connection and a 503, an expansion that fails, and what
// the recipe has as its example.
var Tools = map[string]Tool{
	"disk-check": {Takes: 3 * time.Second, Reaches: 100, Outputs: map[string]any{"disks": 2, "faults": 0}},
	"snapshot.create": {
		Takes: 10 * time.Second, Reaches: 100, Lost: 3 * time.Second, Busy: 6 * time.Second,
		Outputs: map[string]any{"snapshot": "pre-upgrade", "vm": "web-07", "size": "3.4 GiB"},
	},
	"disk.expand": {
		Takes: 4 * time.Second, Reaches: 62,
		Error: `NoSpaceLeft: container "default" has 3.1 GiB free, 40 GiB needed`,
	},
}

// A Server is an http.Handler with four requests:
//
//	GET  /tools                                    lists Tools
//	POST /tools/execution       {"toolId": NAME}   starts one of Tools and answers with its execId
//	GET  /tools/execution/{id}                     says where it stands: totalStatus run, success or failed
//	GET  /tools/execution/logs/{id;id}             says that of several; those it does not know are left out
//	PUT  /tools/terminate/{id}                     ends it, failed
type Server struct {
	mux        http.ServeMux
	mu         sync.Mutex // guards executions
	executions map[string]*execution
}

// New returns a server that has run nothing yet.
func New() *Server {
	s := &Server{executions: map[string]*execution{}}
	s.mux.HandleFunc("GET /tools", s.list)
	s.mux.HandleFunc("POST /tools/execution", s.start)
	s.mux.HandleFunc("GET /tools/execution/{id}", s.show)
	s.mux.HandleFunc("GET /tools/execution/logs/{ids}", s.showAll)
	s.mux.HandleFunc("PUT /tools/terminate/{id}", s.terminate)
	return s
}

// An execution is a tool's run. Its fields are guarded by the server's mu.
type execution struct {
	id         string
	tool       Tool
	began      time.Time
	lost, busy bool          // has happened
	terminated time.Duration // after so long; 0: nobody has
}

// answer is the envelope of every answer.
type answer struct {
	Code        int    `json:"code"`
	CodeExplain string `json:"codeExplain"`
	Error       string `json:"error"`
	Data        any    `json:"data"`
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) list(w http.ResponseWriter, _ *http.Request) {
	var list []map[string]string
	for _, id := range slices.Sorted(maps.Keys(Tools)) {
		list = append(list, map[string]string{"toolId": id, "name": id, "vId": "1"})
	}
	write(w, http.StatusOK, answer{Data: map[string]any{"total": len(list), "list": list}})
}

func (s *Server) start(w http.ResponseWriter, r *http.Request) {
	var order struct {
		ToolID string `json:"toolId"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&order); err != nil {
		write(w, http.StatusBadRequest, answer{Code: 100012, CodeExplain: "ERR_INVALID_ARGUMENT", Error: err.Error()})
		return
	}
	tool, known := Tools[order.ToolID]
	if !known {
		write(w, http.StatusOK, answer{Code: 100011, CodeExplain: "ERR_NOT_FOUND", Error: fmt.Sprintf("no tool %q", order.ToolID)})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := fmt.Sprintf("%s-%d", order.ToolID, len(s.executions)+1)
	s.executions[id] = &execution{id: id, tool: tool, began: time.Now()}
	write(w, http.StatusOK, answer{Data: map[string]string{"execId": id}})
}

// find returns the execution that r is about; nil where there is none, and then it has answered so. The caller holds mu.
func (s *Server) find(w http.ResponseWriter, r *http.Request) *execution {
	e := s.executions[r.PathValue("id")]
	if e == nil {
		write(w, http.StatusNotFound, answer{Code: 100011, CodeExplain: "ERR_NOT_FOUND", Error: "no such execution"})
	}
	return e
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(w, r)
	if e == nil {
		return
	}
	after := time.Since(e.began)
	runs := after < e.tool.Takes // what has ended is not asked about again and again
	switch {
	case runs && happensNow(e.tool.Lost, after, &e.lost):
		// Half an answer, since a client may ask again by itself where there was none.
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte(`{"code":0,"data":{`))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case runs && happensNow(e.tool.Busy, after, &e.busy):
		w.Header().Set("Retry-After", "1")
		write(w, http.StatusServiceUnavailable, answer{Code: 100013, CodeExplain: "ERR_UNAVAILABLE", Error: "busy, try again"})
	default:
		write(w, http.StatusOK, answer{Data: e.stand(after)})
	}
}

// showAll has no faults: those are for a person who follows one execution.
func (s *Server) showAll(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []map[string]any{}
	for id := range strings.SplitSeq(r.PathValue("ids"), ";") {
		if e := s.executions[id]; e != nil {
			all = append(all, e.stand(time.Since(e.began)))
		}
	}
	write(w, http.StatusOK, answer{Data: all})
}

func (s *Server) terminate(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(w, r)
	if e == nil {
		return
	}
	if after := time.Since(e.began); e.terminated == 0 && after < e.tool.Takes {
		e.terminated = max(after, 1)
	}
	write(w, http.StatusOK, answer{})
}

// happensNow reports whether a fault that is due once after `due` is to happen now, and remembers that it has.
func happensNow(due, after time.Duration, happened *bool) bool {
	now := due > 0 && after >= due && !*happened
	*happened = *happened || now
	return now
}

// stand is where the execution stands after so long.
func (e *execution) stand(after time.Duration) map[string]any {
	if e.terminated > 0 {
		after = e.terminated
	}
	ran := min(1, float64(after)/float64(e.tool.Takes))
	data := map[string]any{"execId": e.id, "progress": int(ran * float64(e.tool.Reaches)), "error": ""}
	switch {
	case e.terminated > 0:
		data["totalStatus"], data["error"] = "failed", "terminated"
	case after < e.tool.Takes:
		data["totalStatus"] = "run"
	case e.tool.Error != "":
		data["totalStatus"], data["error"] = "failed", e.tool.Error
	default:
		data["totalStatus"], data["outputs"] = "success", e.tool.Outputs
	}
	return data
}

func write(w http.ResponseWriter, status int, a answer) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(a) // a caller that has gone does not want it
}
