// Package vendortest has servers that speak the task APIs of SmartX, Nutanix and EasyOps as far as their public
// descriptions go: small ones with state, for tests of the recipes. They hold their callers to the contract: a request
// with a wrong method, a field missing or a field unknown is refused, and Violations tells of it.
//
// Nothing in them goes by the clock. A task goes one word further in its script each time it is asked for; what it was
// started for happens when it comes to its last word and that one means success.
//
//	tower := vendortest.SmartX()
//	server := httptest.NewServer(tower)
//	tower.Set(func() { tower.Script = []string{"EXECUTING", "FAILED"} })
package vendortest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

// An Object is a JSON object as the API shows it.
type Object = map[string]any

// A Request is one that came, in the order in which they came.
type Request struct {
	Method string
	Path   string // as it was escaped
	Query  string
	Header http.Header
	Body   string
}

// A Moment is when a connection is lost.
type Moment string

const (
	Before Moment = "before" // the request was not acted upon
	After  Moment = "after"  // it was, and only its answer is lost
)

// A Server is what the vendors' servers have in common. The fields of it and of those around it are set before the first
// request, or within Set.
type Server struct {
	Script []string // what a task started from now on is at each look; the last stays. nil: some looks, then success
	Silent bool     // a failed task says nothing of why
	Manual bool     // looks do not move tasks on, Advance does

	mu         sync.Mutex
	mux        *http.ServeMux
	refuse     func(w http.ResponseWriter, r *http.Request, code int, words string) // in the vendor's form
	allow      func(r *http.Request) bool
	requests   []Request
	violations []string
	losses     map[int]Moment
	tasks      []*task
	made       int
	tokens     map[string]bool
}

// A task goes through its script; done is what it was started for.
type task struct {
	id     string
	script []string
	at     int
	failed string // why, where it fails
	ended  bool   // done has been called
	done   func()
	made   string // the id of what it made or touched
}

func (t *task) word() string { return t.script[t.at] }

func newServer() Server {
	return Server{mux: http.NewServeMux(), losses: map[int]Moment{}, tokens: map[string]bool{}}
}

// Set changes the server between two requests.
func (s *Server) Set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// Requests returns what was asked so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Violations returns how callers broke the contract so far.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// Expire makes every login so far worthless.
func (s *Server) Expire() { s.Set(func() { clear(s.tokens) }) }

// Advance moves every task one word on.
func (s *Server) Advance() {
	s.Set(func() {
		for _, t := range s.tasks {
			s.advance(t)
		}
	})
}

// Lose closes the connection of the nth request from now on, 1 being the next.
func (s *Server) Lose(n int, when Moment) { s.Set(func() { s.losses[len(s.requests)+n] = when }) }

// ServeHTTP acts upon one request at a time.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.requests = append(s.requests, Request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Clone(), string(body)})
	loss := s.losses[len(s.requests)]
	answer := httptest.NewRecorder()
	if loss != Before {
		s.answer(answer, r)
	}
	if loss != "" {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
		return
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

func (s *Server) answer(w *httptest.ResponseRecorder, r *http.Request) {
	handler, pattern := s.mux.Handler(r)
	switch {
	case pattern != "" && (strings.Contains(pattern, "login") || strings.Contains(pattern, "sessions") || s.allow(r)):
		s.mux.ServeHTTP(w, r)
	case pattern != "":
		s.refuse(w, r, http.StatusUnauthorized, "not logged in")
	default:
		unknown := httptest.NewRecorder()
		handler.ServeHTTP(unknown, r)
		if unknown.Code == http.StatusMethodNotAllowed {
			s.violate(w, r, "method %s", r.Method)
			return
		}
		s.refuse(w, r, http.StatusNotFound, "no such path")
	}
}

// violate records a breach of the contract and refuses the request.
func (s *Server) violate(w http.ResponseWriter, r *http.Request, format string, values ...any) {
	problem := fmt.Sprintf(format, values...)
	s.violations = append(s.violations, r.Method+" "+r.URL.Path+": "+problem)
	s.refuse(w, r, http.StatusBadRequest, problem)
}

// body is the request's, which must have each of the required fields, and none beside those and the optional ones.
func (s *Server) body(w http.ResponseWriter, r *http.Request, required, optional string) (Object, bool) {
	var body Object
	d := json.NewDecoder(r.Body)
	d.UseNumber()
	if err := d.Decode(&body); err != nil {
		s.violate(w, r, "the body is no JSON object: %v", err)
		return nil, false
	}
	if problem := fields(body, required, optional); problem != "" {
		s.violate(w, r, "%s", problem)
		return nil, false
	}
	return body, true
}

// fields says what is wrong with the fields of o, "" where nothing is.
func fields(o Object, required, optional string) string {
	for _, name := range strings.Fields(required) {
		if o[name] == nil {
			return "no " + name
		}
	}
	known := strings.Fields(required + " " + optional)
	for name := range o {
		if !slices.Contains(known, name) {
			return "unknown field " + name
		}
	}
	return ""
}

// start starts a task; done happens when it succeeds, failed is why it does not.
func (s *Server) start(id string, script []string, made, failed string, done func()) *task {
	if s.Script != nil {
		script = s.Script
	}
	if s.Silent {
		failed = ""
	}
	t := &task{id: id, script: script, made: made, failed: failed, done: done}
	s.tasks = append(s.tasks, t)
	return t
}

// look returns the task of that id as it is now, and moves it on; nil where there is none.
func (s *Server) look(id string) *task {
	for _, t := range s.tasks {
		if t.id != id {
			continue
		}
		now := *t
		if !s.Manual {
			s.advance(t)
		}
		return &now
	}
	return nil
}

func (s *Server) advance(t *task) {
	t.at = min(t.at+1, len(t.script)-1)
	if t.at == len(t.script)-1 && !t.ended && strings.HasPrefix(strings.ToLower(t.word()), "succe") {
		t.ended = true
		t.done()
	}
}

// id makes a new one, the same in every run: the nth UUID.
func (s *Server) id() string {
	s.made++
	return fmt.Sprintf("5d6e7f80-91a2-4b3c-8d5e-%012d", s.made)
}

// number is a JSON number of a request.
func number(v any) int64 {
	n, _ := v.(json.Number)
	i, _ := n.Int64()
	return i
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func object(v any) Object {
	o, _ := v.(Object)
	return o
}

func reply(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err) // only what was made here is encoded
	}
}

// orNull is v, null where it is empty.
func orNull(v string) any {
	if v == "" {
		return nil
	}
	return v
}

// clone is a copy of o that shares nothing with it.
func clone(o Object) Object {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var copied Object
	if err := d.Decode(&copied); err != nil {
		panic(err)
	}
	return copied
}
