package vcsimtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

const sessionHeader = "vmware-api-session-id"

var releases = []string{"8.0.1.0", "8.0.2.0", "8.0.3.0"}

// bodies has the methods that the front knows.
var bodies = map[string]func() soap.HasFault{
	"CancelTask":             func() soap.HasFault { return new(methods.CancelTaskBody) },
	"CreateSnapshotEx_Task":  func() soap.HasFault { return new(methods.CreateSnapshotEx_TaskBody) },
	"FindByInventoryPath":    func() soap.HasFault { return new(methods.FindByInventoryPathBody) },
	"Login":                  func() soap.HasFault { return new(methods.LoginBody) },
	"Logout":                 func() soap.HasFault { return new(methods.LogoutBody) },
	"PowerOnVM_Task":         func() soap.HasFault { return new(methods.PowerOnVM_TaskBody) },
	"ReconfigVM_Task":        func() soap.HasFault { return new(methods.ReconfigVM_TaskBody) },
	"RemoveSnapshot_Task":    func() soap.HasFault { return new(methods.RemoveSnapshot_TaskBody) },
	"RetrievePropertiesEx":   func() soap.HasFault { return new(methods.RetrievePropertiesExBody) },
	"RetrieveServiceContent": func() soap.HasFault { return new(methods.RetrieveServiceContentBody) },
}

// A front answers the Virtual Infrastructure JSON API with what an SDK says over SOAP. It keeps nothing: a session's id is
// its cookie's value there.
type front struct {
	sdk    string
	client *http.Client
}

func newFront(t testing.TB, sdk *url.URL) *front {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	u := *sdk
	u.User = nil
	return &front{sdk: u.String(), client: &http.Client{Transport: transport}}
}

// A call is one request: a property to be read, or a method.
type call struct {
	session string
	this    types.ManagedObjectReference
	member  string
	body    []byte
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := callIn(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	switch r.Method {
	case http.MethodGet:
		f.property(w, c)
	case http.MethodPost:
		f.method(w, c)
	default:
		http.Error(w, "", http.StatusMethodNotAllowed)
	}
}

// callIn reads /sdk/vim25/{release}/{type}/{id}/{member}.
func callIn(r *http.Request) (call, error) {
	parts := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/sdk/vim25/"), "/")
	if len(parts) != 4 || !slices.Contains(releases, parts[0]) {
		return call{}, fmt.Errorf("%s: no such object", r.URL.Path)
	}
	id, err := url.PathUnescape(parts[2])
	if err != nil {
		return call{}, err
	}
	body, err := io.ReadAll(r.Body)
	return call{r.Header.Get(sessionHeader), types.ManagedObjectReference{Type: parts[1], Value: id}, parts[3], body}, err
}

func (f *front) property(w http.ResponseWriter, c call) {
	if c.this.Type == "ServiceInstance" && c.member == "content" {
		f.method(w, call{this: c.this, member: "RetrieveServiceContent"}) // a session is not needed for that one
		return
	}
	var res methods.RetrievePropertiesExBody
	_, err := f.ask(c.session, &methods.RetrievePropertiesExBody{Req: &types.RetrievePropertiesEx{
		This: types.ManagedObjectReference{Type: "PropertyCollector", Value: "propertyCollector"},
		SpecSet: []types.PropertyFilterSpec{{
			PropSet:   []types.PropertySpec{{Type: c.this.Type, PathSet: []string{c.member}}},
			ObjectSet: []types.ObjectSpec{{Obj: c.this}},
		}},
	}}, &res)
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadGateway)
	case res.Fault_ != nil:
		say(w, http.StatusInternalServerError, res.Fault_.VimFault())
	case len(res.Res.Returnval.Objects) != 1:
		http.Error(w, "", http.StatusBadGateway)
	case len(res.Res.Returnval.Objects[0].MissingSet) > 0:
		say(w, http.StatusInternalServerError, res.Res.Returnval.Objects[0].MissingSet[0].Fault.Fault)
	case len(res.Res.Returnval.Objects[0].PropSet) == 0:
		w.WriteHeader(http.StatusNoContent)
	default:
		say(w, http.StatusOK, res.Res.Returnval.Objects[0].PropSet[0].Val)
	}
}

func (f *front) method(w http.ResponseWriter, c call) {
	newBody := bodies[c.member]
	if newBody == nil {
		http.Error(w, c.member+": no such method", http.StatusNotFound)
		return
	}
	req, res := newBody(), newBody()
	field := reflect.ValueOf(req).Elem().FieldByName("Req")
	field.Set(reflect.New(field.Type().Elem()))
	if err := decode(c.body, field.Interface()); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	field.Elem().FieldByName("This").Set(reflect.ValueOf(c.this))

	session, err := f.ask(c.session, req, res)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if fault := res.Fault(); fault != nil {
		say(w, http.StatusInternalServerError, fault.VimFault())
		return
	}
	if session != "" {
		w.Header().Set(sessionHeader, session)
	}
	value := reflect.ValueOf(res).Elem().FieldByName("Res").Elem().FieldByName("Returnval")
	if !value.IsValid() || value.Kind() == reflect.Pointer && value.IsNil() {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	say(w, http.StatusOK, value.Interface())
}

func decode(body []byte, into any) error {
	if len(body) == 0 {
		return nil
	}
	if err := types.NewJSONDecoder(bytes.NewReader(body)).Decode(into); err != nil {
		return err
	}
	var understood bytes.Buffer
	if err := types.NewJSONEncoder(&understood).Encode(into); err != nil {
		return err
	}
	var in, out any
	if err := json.Unmarshal(body, &in); err != nil {
		return err
	}
	if err := json.Unmarshal(understood.Bytes(), &out); err != nil {
		return err
	}
	return lost("", in, out)
}

// lost says which member of in is not in out, and so was not understood: the decoder passes over what it does not know.
func lost(place string, in, out any) error {
	switch in := in.(type) {
	case map[string]any:
		object, _ := out.(map[string]any)
		for name, v := range in {
			other, isThere := object[name]
			if !isThere && (name == "_typeName" || v == false || v == "" || v == 0.) {
				continue
			}
			if err := lost(place+"."+name, v, other); err != nil {
				return err
			}
		}
		return nil
	case []any:
		list, _ := out.([]any)
		for i, v := range in {
			if i == len(list) {
				return fmt.Errorf("%s[%d] was not understood", place, i)
			}
			if err := lost(fmt.Sprintf("%s[%d]", place, i), v, list[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if out == nil {
		return fmt.Errorf("%s was not understood", place)
	}
	return nil
}

func say(w http.ResponseWriter, code int, value any) {
	var out bytes.Buffer
	if err := types.NewJSONEncoder(&out).Encode(value); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(out.Bytes())
}

// ask sends req over SOAP and reads the answer into res, a fault included. The cookie is that of a new session, or "".
func (f *front) ask(session string, req, res soap.HasFault) (cookie string, err error) {
	var body bytes.Buffer
	if err := xml.NewEncoder(&body).Encode(&soap.Envelope{Body: req}); err != nil {
		return "", err
	}
	r, err := http.NewRequest(http.MethodPost, f.sdk, &body)
	if err != nil {
		return "", err
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: soap.SessionCookieName, Value: session})
	}
	answer, err := f.client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	dec := xml.NewDecoder(answer.Body)
	dec.TypeFunc = types.TypeFunc()
	if err := dec.Decode(&soap.Envelope{Body: res}); err != nil {
		return "", err
	}
	for _, c := range answer.Cookies() {
		if c.Name == soap.SessionCookieName {
			cookie = c.Value
		}
	}
	return cookie, nil
}
