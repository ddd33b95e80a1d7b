package vendortest

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// An Ops is an EasyOps: its tool and its flow service behind one address, and at /tool and /flow the gateway that wants each
// request signed, with the keys "access" and "secret". It has the tools disk-check (tool-1) and two named twin, and the flow
// release-web (flow-1), which a search for "release" finds beside release-web-old.
type Ops struct {
	Server
	Code   int  // of the next answers, with HTTP 200
	Codes  int  // how many those are
	More   int  // so many tools are not in the list
	Opaque bool // what the call for many executions answers has nothing in it that its callers could know

	Started []Object // the bodies of what was started
}

// EasyOps returns an EasyOps.
func EasyOps() *Ops {
	o := &Ops{Server: newServer()}
	o.refuse = func(w http.ResponseWriter, _ *http.Request, code int, words string) {
		reply(w, code, Object{"code": 100000 + code, "codeExplain": "ERR_REFUSED", "error": words, "data": nil})
	}
	o.allow = func(r *http.Request) bool {
		if r.Header.Get("org") != "" && r.Header.Get("user") != "" {
			return true
		}
		return o.signed(r)
	}
	for pattern, handler := range map[string]http.HandlerFunc{
		"GET /tools": func(w http.ResponseWriter, _ *http.Request) {
			o.say(w, Object{"page": 1, "page_size": 30, "total": 3 + o.More, "list": []Object{
				{"toolId": "tool-1", "vId": "v1", "name": "disk-check"}, {"toolId": "tool-2", "vId": "v1", "name": "twin"}, {"toolId": "tool-3", "vId": "v1", "name": "twin"}}})
		},
		"GET /flows": func(w http.ResponseWriter, r *http.Request) {
			found := []Object{}
			for id, name := range map[string]string{"flow-1": "release-web", "flow-2": "release-web-old"} {
				if keyword := r.FormValue("keyword"); strings.Contains(name, keyword) || id == keyword {
					found = append(found, Object{"flowId": id, "version": 1563958843, "name": name})
				}
			}
			o.say(w, Object{"list": found})
		},
		"POST /tools/execution":         o.runTool,
		"POST /flows/execution":         o.runFlow,
		"GET /tools/execution/{id}":     o.readTool,
		"GET /flows/execution/{id}":     o.readFlow,
		"GET /tools/execution/logs/{s}": o.readMany,
		"PUT /tools/terminate/{id}":     o.terminate,
	} {
		method, path, _ := strings.Cut(pattern, " ")
		o.mux.HandleFunc(pattern, handler)
		o.mux.HandleFunc(method+" /"+path[1:5]+path, handler) // behind the gateway, /tool or /flow
	}
	return o
}

// say answers with the envelope.
func (o *Ops) say(w http.ResponseWriter, data any) {
	if o.Codes > 0 {
		o.Codes--
		reply(w, http.StatusOK, Object{"code": o.Code, "codeExplain": "ERR_UNAVAILABLE", "error": "the service is being restarted", "data": nil})
		return
	}
	reply(w, http.StatusOK, Object{"code": 0, "codeExplain": "", "error": "", "data": data})
}

// signed is the gateway's check: HMAC-SHA1 over method, path, sorted parameters, type and MD5 of the body, end, key.
func (o *Ops) signed(r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return false
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	query := r.URL.Query()
	var parameters []string
	for name := range query {
		if name != "accesskey" && name != "expires" && name != "signature" {
			parameters = append(parameters, name+query.Get(name))
		}
	}
	slices.Sort(parameters)
	sum := ""
	if len(body) > 0 {
		digest := md5.Sum(body)
		sum = hex.EncodeToString(digest[:])
	}
	mac := hmac.New(sha1.New, []byte("secret"))
	fmt.Fprintf(mac, "%s\n%s\n%s\n%s\n%s\n%s\n%s", r.Method, r.URL.Path, strings.Join(parameters, ""), r.Header.Get("Content-Type"), sum, query.Get("expires"), "access")
	return query.Get("accesskey") == "access" && query.Get("signature") == hex.EncodeToString(mac.Sum(nil))
}

func (o *Ops) runTool(w http.ResponseWriter, r *http.Request) {
	body, ok := o.body(w, r, "toolId vId inputs execUser", "timeout needNotify callback")
	if !ok || !o.agents(w, r, object(body["inputs"])) {
		return
	}
	if o.Codes > 0 {
		o.say(w, nil)
		return
	}
	task := o.start("exec-"+o.id(), []string{"run", "run", "success"}, "", "exit status 1", func() {})
	o.Started = append(o.Started, body)
	o.say(w, Object{"execId": task.id})
}

func (o *Ops) runFlow(w http.ResponseWriter, r *http.Request) {
	body, ok := o.body(w, r, "flowId version flowInputs needNotify", "endCallback")
	if !ok || !o.agents(w, r, object(body["flowInputs"])) {
		return
	}
	if number(body["version"]) == 0 {
		o.violate(w, r, "version is no number")
		return
	}
	task := o.start("flow-"+o.id(), []string{"wait", "executing", "success"}, "", "step 2 failed", func() {})
	o.Started = append(o.Started, body)
	o.say(w, Object{"taskId": task.id})
}

// agents checks the form of @agents.
func (o *Ops) agents(w http.ResponseWriter, r *http.Request, inputs Object) bool {
	list, isList := inputs["@agents"].([]any)
	if inputs["@agents"] != nil && !isList {
		o.violate(w, r, "@agents is no list")
		return false
	}
	for _, a := range list {
		if problem := fields(object(a), "", "ip instanceId"); problem != "" || len(object(a)) == 0 {
			o.violate(w, r, "@agents: %s", problem)
			return false
		}
	}
	return true
}

func (o *Ops) readTool(w http.ResponseWriter, r *http.Request) {
	task := o.look(r.PathValue("id"))
	if task == nil {
		o.refuse(w, r, http.StatusNotFound, "no such execution")
		return
	}
	o.say(w, o.show(task, r.FormValue("brief") == "true"))
}

func (o *Ops) show(task *task, brief bool) Object {
	data := Object{"execId": task.id, "toolId": "tool-1", "totalStatus": task.word(), "error": "", "status": Object{"10.0.0.7": task.word()}}
	if task.word() == "failed" {
		data["error"] = task.failed
	}
	if !brief {
		data["outputs"] = Object{"10.0.0.7": Object{"used": "71%"}}
	}
	return data
}

func (o *Ops) readMany(w http.ResponseWriter, r *http.Request) {
	data := Object{}
	for id := range strings.SplitSeq(r.PathValue("s"), ";") {
		if o.Opaque {
			data[id] = "log of " + id
		} else if task := o.look(id); task != nil {
			data[id] = o.show(task, true)
		}
	}
	o.say(w, Object{"code": 0, "error": "", "message": "", "data": data})
}

func (o *Ops) terminate(w http.ResponseWriter, r *http.Request) {
	for _, t := range o.tasks {
		if t.id == r.PathValue("id") {
			t.script, t.at, t.failed = []string{"failed"}, 0, "terminated"
		}
	}
	o.say(w, nil)
}

func (o *Ops) readFlow(w http.ResponseWriter, r *http.Request) {
	task := o.look(r.PathValue("id"))
	if task == nil {
		o.refuse(w, r, http.StatusNotFound, "no such execution")
		return
	}
	data := Object{"taskId": task.id, "flowId": "flow-1", "totalStatus": task.word(), "message": "", "outputs": Object{"version": "1.2"}}
	if task.word() == "failed" {
		data["message"] = task.failed
	}
	o.say(w, data)
}
