package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// A platform is the server that the scripts ask.
//
//	/states/NAME/a,b,c   answers {"status": a}, then b, then c again and again; a number is an HTTP code,
//	                     and hold is no answer before the caller goes away
//	/html /half /text    200 with something that is not JSON
//	/endless /bomb       ten gigabytes, as they are and packed into ten megabytes
//	/hang                no answer before the caller goes away
//	/echo                the request's method, headers and body, as JSON with status done
//	/to?URL              a redirect
//	/json?BODY           BODY
//	/github/repos/o/r/actions/runs/7                           a run that was successful, for who has the token s3cr3t-t0k3n
//	/gitlab/api/v4/projects/group%2Fsite/pipelines/7           the same of a pipeline, for the job's token
//	/start /refuse /envelope /lose                             a start: the answer has id and Location, is 409, is
//	                     HTTP 200 with code 7, never comes
//	/begin/NAME/a,b,c    a start whose nth answer is: lose, a lost connection; hold; an HTTP code; else an id, or
//	                     several with + between
//	/begun/NAME          how often it was sent, and each header Idempotency-Key that came
type platform struct {
	mu    sync.Mutex // guards what follows
	asked int
	at    map[string]int
	begun map[string][]string
	more  *sync.Cond // asked has grown

	closed chan struct{}
}

func newPlatform() *platform {
	p := &platform{at: map[string]int{}, begun: map[string][]string{}, closed: make(chan struct{})}
	p.more = sync.NewCond(&p.mu)
	return p
}

func (p *platform) close() { close(p.closed) }

// awaitAsked returns how often p was asked, once that is n or more.
func (p *platform) awaitAsked(n int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.asked < n {
		p.more.Wait()
	}
	return p.asked
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked++
	p.more.Broadcast()
	p.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	kind, rest, _ := strings.Cut(r.URL.Path[1:], "/")
	switch kind {
	case "states":
		p.state(w, r, rest)
	case "html":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><title>Log in</title></html>")
	case "half":
		fmt.Fprint(w, `{"status": "do`)
	case "text":
		fmt.Fprint(w, `all is well`)
	case "endless":
		endless(w)
	case "bomb":
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		endless(packed)
		_ = packed.Close()
	case "hang":
		p.hold(r)
	case "echo":
		body, _ := io.ReadAll(r.Body)
		_ = json.NewEncoder(w).Encode(map[string]any{"status": "done", "method": r.Method, "headers": r.Header, "body": string(body)})
	case "to":
		w.Header().Set("Location", r.URL.RawQuery)
		w.WriteHeader(http.StatusTemporaryRedirect)
	case "json":
		fmt.Fprint(w, strings.ReplaceAll(r.URL.RawQuery, "%20", " "))
	case "github":
		ended(w, r, "/github/repos/o/r/actions/runs/7", r.Header.Get("Authorization") == "Bearer s3cr3t-t0k3n")
	case "gitlab":
		ended(w, r, "/gitlab/api/v4/projects/group%2Fsite/pipelines/7", r.Header.Get("Job-Token") == "s3cr3t-t0k3n")
	case "start":
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Location", "http://"+r.Host+"/states/at+location/run,done")
		w.WriteHeader(http.StatusAccepted)
		_ = json.NewEncoder(w).Encode(map[string]any{"id": "a b+7", "method": r.Method, "headers": r.Header, "body": string(body)})
	case "begin":
		p.begin(w, r, rest)
	case "begun":
		p.mu.Lock()
		defer p.mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]any{"status": "done", "sent": len(p.begun[rest]), "keys": p.begun[rest]})
	case "refuse":
		w.WriteHeader(http.StatusConflict)
		fmt.Fprint(w, `{"message": "the queue is full"}`)
	case "envelope":
		fmt.Fprint(w, `{"code": 7, "error": "no such job"}`)
	case "lose":
		lose(w)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func lose(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// begin answers a start.
func (p *platform) begin(w http.ResponseWriter, r *http.Request, path string) {
	name, list, _ := strings.Cut(path, "/")
	answers := strings.Split(list, ",")
	_, _ = io.Copy(io.Discard, r.Body) // with a body unread, nobody is told that the caller goes away
	p.mu.Lock()
	answer := answers[min(len(p.begun[name]), len(answers)-1)]
	p.begun[name] = append(p.begun[name], r.Header.Get("Idempotency-Key"))
	p.mu.Unlock()
	code, err := strconv.Atoi(answer)
	switch {
	case answer == "lose":
		lose(w)
	case answer == "hold":
		p.hold(r)
	case err == nil:
		w.WriteHeader(code)
	default:
		_ = json.NewEncoder(w).Encode(map[string]any{"id": answer, "ids": strings.Split(answer, "+")})
	}
}

// ended answers with a CI run, or pipeline, that has succeeded.
func ended(w http.ResponseWriter, r *http.Request, path string, allowed bool) {
	switch {
	case r.URL.EscapedPath() != path:
		w.WriteHeader(http.StatusNotFound)
	case !allowed:
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"message": "Bad credentials"}`)
	default:
		state := map[string]any{"status": "completed", "conclusion": "success", "html_url": "https://github.example/o/r/actions/runs/7"}
		if strings.HasPrefix(path, "/gitlab/") {
			state = map[string]any{"status": "success", "web_url": "https://gitlab.example/group/site/-/pipelines/7"}
		}
		_ = json.NewEncoder(w).Encode(state)
	}
}

func (p *platform) hold(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-p.closed:
	}
}

func (p *platform) state(w http.ResponseWriter, r *http.Request, path string) {
	name, list, _ := strings.Cut(path, "/")
	states := strings.Split(list, ",")
	p.mu.Lock()
	i := min(p.at[name], len(states)-1)
	p.at[name]++
	p.mu.Unlock()
	if states[i] == "hold" {
		p.hold(r)
		return
	}
	if code, err := strconv.Atoi(states[i]); err == nil {
		w.WriteHeader(code)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"status": states[i], "progress": float64(i+1) / float64(len(states)), "message": "disk full", "id": json.Number("9007199254740993"),
	})
}

// endless writes ten gigabytes, or as much as is wanted.
func endless(w io.Writer) {
	block := []byte(strings.Repeat(" ", 1<<20))
	for range 10 << 10 {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}
