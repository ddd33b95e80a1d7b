package vcsimtest_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle/proof/vcsimtest"
	"github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// govmomi's own JSON client is the judge of the front: it logs in, starts, reads and is refused there as over SOAP.
func TestGovmomiSpeaksJSONToTheFront(t *testing.T) {
	s := vcsimtest.VCenter(t)
	ctx := context.Background()
	client := jsonClient(t, s, vcsimtest.Password)
	vm := s.VM(t, "DC0_C0_RP0_VM0")

	res, err := methods.PowerOnVM_Task(ctx, client, &types.PowerOnVM_Task{This: vm.Self})
	if err != nil {
		t.Fatal(err)
	}
	object.NewTask(s.Client.Client, res.Returnval).Wait(ctx)
	got := retrieve(t, client, res.Returnval)
	if want := s.Info(t, res.Returnval.Value); !cmp.Equal(got, want) {
		t.Errorf("over JSON and over SOAP: %s", cmp.Diff(got, want))
	}
	if _, isState := got.Error.Fault.(*types.InvalidPowerState); got.State != types.TaskInfoStateError || !isState {
		t.Errorf("got %v, %T, want error, InvalidPowerState", got.State, got.Error.Fault)
	}

	_, err = methods.PowerOnVM_Task(ctx, client, &types.PowerOnVM_Task{This: types.ManagedObjectReference{Type: "VirtualMachine", Value: "vm-0"}})
	if !fault.Is(err, &types.ManagedObjectNotFound{}) {
		t.Errorf("a VM that is not there: %v", err)
	}
	s.Expire(t)
	if _, err = methods.PowerOnVM_Task(ctx, client, &types.PowerOnVM_Task{This: vm.Self}); !fault.Is(err, &types.NotAuthenticated{}) {
		t.Errorf("without a session: %v", err)
	}
}

func TestTheFrontRefusesAWrongPassword(t *testing.T) {
	s := vcsimtest.VCenter(t)
	client := newJSONClient(t, s)
	err := session.NewManager(client).Login(context.Background(), url.UserPassword(vcsimtest.User, "wrong"))
	if !fault.Is(err, &types.InvalidLogin{}) {
		t.Errorf("got %v, want InvalidLogin", err)
	}
}

func newJSONClient(t *testing.T, s *vcsimtest.Server) *vim25.Client {
	t.Helper()
	u, err := soap.ParseURL(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	sc := soap.NewClient(u, true)
	client, err := vim25.NewClient(context.Background(), sc)
	if err != nil {
		t.Fatal(err)
	}
	client.Client.Version = "8.0.1.0"
	client.UseJSON(true)
	return client
}

func jsonClient(t *testing.T, s *vcsimtest.Server, password string) *vim25.Client {
	t.Helper()
	client := newJSONClient(t, s)
	if err := session.NewManager(client).Login(context.Background(), url.UserPassword(vcsimtest.User, password)); err != nil {
		t.Fatal(err)
	}
	return client
}

func retrieve(t *testing.T, client *vim25.Client, task types.ManagedObjectReference) types.TaskInfo {
	t.Helper()
	res, err := methods.RetrievePropertiesEx(context.Background(), client, &types.RetrievePropertiesEx{
		This: client.ServiceContent.PropertyCollector,
		SpecSet: []types.PropertyFilterSpec{{
			PropSet:   []types.PropertySpec{{Type: "Task", PathSet: []string{"info"}}},
			ObjectSet: []types.ObjectSpec{{Obj: task}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []mo.Task
	if err := mo.LoadObjectContent(res.Returnval.Objects, &out); err != nil {
		t.Fatal(err)
	}
	return out[0].Info
}

// A misspelled member changes nothing at a vCenter, and tells nobody: the front refuses it.
func TestTheFrontRefusesWhatItDoesNotKnow(t *testing.T) {
	s := vcsimtest.VCenter(t)
	const login = "/sdk/vim25/8.0.1.0/SessionManager/SessionManager/Login"
	rows := []struct {
		name, path, body string
		want             int
	}{
		{"right", login, `{"_typeName": "LoginRequestType", "userName": "` + vcsimtest.User + `", "password": "p<&\"ss"}`, http.StatusOK},
		{"a misspelled member", login, `{"username": "x", "password": "y"}`, http.StatusBadRequest},
		{"no such method", "/sdk/vim25/8.0.1.0/SessionManager/SessionManager/Logon", `{}`, http.StatusNotFound},
		{"no such release", "/sdk/vim25/7.0.0.0/SessionManager/SessionManager/Login", `{}`, http.StatusNotFound},
	}
	for _, row := range rows {
		res, err := http.Post(s.URL+row.path, "application/json", strings.NewReader(row.body))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != row.want {
			t.Errorf("%s: got %d, want %d", row.name, res.StatusCode, row.want)
		}
	}
}
