// Package vcsimtest runs govmomi's simulator of vCenter and ESXi for tests, with the Virtual Infrastructure JSON API in
// front of it, which the simulator does not serve.
//
// That front is made of govmomi's types, its VMOMI JSON decoder and encoder, and the simulator's SOAP API: it says what
// VMware's own client library would have said, and is no vCenter.
package vcsimtest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// Who may log in.
const (
	User     = "ops@vsphere.local"
	Password = `p<&"ss`
)

// A Server is one simulated installation. It ends with the test.
type Server struct {
	URL    string          // where it answers, without /sdk
	Client *govmomi.Client // govmomi's own, logged in; its requests are not among Requests

	model *simulator.Model

	mu        sync.Mutex // guards what follows
	requests  []Request
	intercept func(w http.ResponseWriter, r *http.Request) bool
}

// A Request is one that came over URL.
type Request struct {
	Method string
	Path   string
	Call   string // the method that it calls: the path's end, over SOAP the element in the body
}

// VCenter starts a vCenter with two powered-on VMs, DC0_C0_RP0_VM0 and DC0_C0_RP0_VM1.
func VCenter(t testing.TB) *Server {
	model := simulator.VPX()
	model.Host, model.ClusterHost, model.Machine = 0, 1, 2
	return start(t, model)
}

// ESXi starts an ESXi host with two powered-on VMs, ha-host_VM0 and ha-host_VM1. It speaks SOAP only.
func ESXi(t testing.TB) *Server { return start(t, simulator.ESX()) }

func start(t testing.TB, model *simulator.Model) *Server {
	t.Helper()
	if err := model.Create(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Remove)
	// A user of the listener's is what makes the simulator refuse others.
	model.Service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword(User, Password)}
	inner := model.Service.NewServer()
	t.Cleanup(inner.Close)

	s := &Server{model: model}
	mux := http.NewServeMux()
	mux.Handle("/", model.Service.ServeMux)
	if model.ServiceContent.About.ApiType == "VirtualCenter" {
		mux.Handle("/sdk/vim25/", newFront(t, inner.URL))
	}
	outer := httptest.NewServer(s.watch(mux))
	t.Cleanup(outer.Close)
	s.URL = outer.URL

	client, err := govmomi.NewClient(context.Background(), inner.URL, true)
	if err != nil {
		t.Fatal(err)
	}
	s.Client = client
	return s
}

func (s *Server) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.mu.Lock()
		s.requests = append(s.requests, Request{Method: r.Method, Path: r.URL.Path, Call: callOf(r.URL.Path, body)})
		intercept := s.intercept
		s.mu.Unlock()
		if intercept == nil || !intercept(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

func callOf(path string, body []byte) string {
	if _, inside, isSOAP := bytes.Cut(body, []byte("Body>")); isSOAP {
		name := bytes.TrimPrefix(bytes.TrimSpace(inside), []byte("<"))
		if end := bytes.IndexAny(name, " >/"); end > 0 {
			return string(name[:end])
		}
	}
	return path[strings.LastIndexByte(path, '/')+1:]
}

// Requests returns what came since the start, or the last call of Forget.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Calls returns how often a method was called, or a property read.
func (s *Server) Calls(name string) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Call == name {
			n++
		}
	}
	return n
}

// Forget empties Requests.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Asks reports whether r calls that method. It leaves r's body to be read again.
func (s *Server) Asks(r *http.Request, call string) bool {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && callOf(r.URL.Path, body) == call
}

// Intercept lets f answer in the server's place: it returns true where it has. A nil f ends that.
func (s *Server) Intercept(f func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.intercept = f
}

// Expire ends all sessions but Client's.
func (s *Server) Expire(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	var m mo.SessionManager
	ref := *s.Client.ServiceContent.SessionManager
	if err := property.DefaultCollector(s.Client.Client).RetrieveOne(ctx, ref, []string{"sessionList", "currentSession"}, &m); err != nil {
		t.Fatal(err)
	}
	for _, session := range m.SessionList {
		if session.Key == m.CurrentSession.Key {
			continue
		}
		if err := s.Client.SessionManager.TerminateSession(ctx, []string{session.Key}); err != nil {
			t.Fatal(err)
		}
	}
}

// Sessions returns how many are logged in, Client apart.
func (s *Server) Sessions(t testing.TB) int {
	t.Helper()
	var m mo.SessionManager
	ref := *s.Client.ServiceContent.SessionManager
	if err := property.DefaultCollector(s.Client.Client).RetrieveOne(context.Background(), ref, []string{"sessionList"}, &m); err != nil {
		t.Fatal(err)
	}
	return len(m.SessionList) - 1
}

// VM returns the VM of that name, as it is now.
func (s *Server) VM(t testing.TB, name string) mo.VirtualMachine {
	t.Helper()
	ctx := context.Background()
	vm, err := find.NewFinder(s.Client.Client).VirtualMachine(ctx, "/*/vm/"+name)
	if err != nil {
		t.Fatal(err)
	}
	var out mo.VirtualMachine
	if err := vm.Properties(ctx, vm.Reference(), []string{"name", "config", "snapshot", "parent", "resourcePool", "datastore"}, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Rename gives a VM another name; the folder does not have to be free of it.
func (s *Server) Rename(t testing.TB, vm types.ManagedObjectReference, name string) {
	t.Helper()
	ctx := s.model.Service.Context
	ctx.Map.AtomicUpdate(ctx, ctx.Map.Get(vm), []types.PropertyChange{{Name: "name", Val: name}})
}

// PowerOn starts a task that powers on a VM, and fails where it runs already.
func (s *Server) PowerOn(t testing.TB, vm types.ManagedObjectReference) *object.Task {
	t.Helper()
	res, err := methods.PowerOnVM_Task(context.Background(), s.Client.Client, &types.PowerOnVM_Task{This: vm})
	if err != nil {
		t.Fatal(err)
	}
	return object.NewTask(s.Client.Client, res.Returnval)
}

// RefuseMissing is for Intercept: it answers as a vCenter would where nobody asks it to leave out what is not there. A
// batch with one absent task is then refused as a whole.
func RefuseMissing(w http.ResponseWriter, r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return false
	}
	body = bytes.ReplaceAll(body, []byte("<reportMissingObjectsInResults>true"), []byte("<reportMissingObjectsInResults>false"))
	body = bytes.ReplaceAll(body, []byte(`"reportMissingObjectsInResults":true`), []byte(`"reportMissingObjectsInResults":false`))
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	return false
}
