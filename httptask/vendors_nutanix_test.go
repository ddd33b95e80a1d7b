package httptask_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/vendortest"
	"github.com/settle-go/settle/recipe"
)

func openPrism(t testing.TB, prism *vendortest.Prism, version string) *httptask.Tasks {
	t.Helper()
	return openVendor(t, prism, "nutanix/"+version, map[string]string{"user": "admin"}, map[string]string{"password": "secret"})
}

func TestPrismActions(t *testing.T) {
	for _, version := range []string{"v2", "v3", "v4"} {
		t.Run(version, func(t *testing.T) {
			prism := vendortest.Nutanix(version)
			tasks := openPrism(t, prism, version)
			id := prism.VM("web-07").ID
			for _, step := range []struct {
				action string
				params map[string]any
			}{
				{"snapshot.create", map[string]any{"vm": "web-07", "name": "first"}},
				{"snapshot.create", map[string]any{"vm": id, "name": "it's 50 %"}},
				{"snapshot.create", map[string]any{"vm": id, "name": "third"}},
				{"snapshot.delete", map[string]any{"vm": "web-07", "snapshot": "it's 50 %"}},
				{"disk.expand", map[string]any{"vm": "web-07", "disk": "SCSI.1", "size": "200GiB"}},
				{"disk.expand", map[string]any{"vm": id, "disk": "scsi.0", "size": "30GiB"}},
				{"vm.resize", map[string]any{"vm": "web-07", "cpus": 8}},
				{"vm.resize", map[string]any{"vm": id, "memory": "8GiB"}},
			} {
				last, err := submit(t, tasks, step.action, step.params)
				if err != nil || !strings.EqualFold(last.Raw, "SUCCEEDED") {
					t.Fatalf("%s %v: got %v, %v", step.action, step.params, last, err)
				}
			}
			want := vendortest.PrismVM{ID: id, Sockets: 4, Cores: 2, Memory: 8 * gib, Disks: []int64{30 * gib, 200 * gib}, Points: []string{"first", "third"}}
			if diff := cmp.Diff(want, prism.VM("web-07")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPrismQuirks(t *testing.T) {
	resize := map[string]any{"vm": "web-07", "cpus": 8}
	tests := []struct {
		version, name string
		quirk         func(*vendortest.Prism)
		want          settle.Outcome
		reason        string
		sockets       int64
	}{
		{"v4", "stale twice", func(p *vendortest.Prism) { p.Stale = 2 }, settle.OutcomeSucceeded, "", 4},
		{"v3", "stale twice", func(p *vendortest.Prism) { p.Stale = 2 }, settle.OutcomeSucceeded, "", 4},
		{"v4", "the start's answer is lost", func(p *vendortest.Prism) { p.Lose(3, vendortest.After) }, settle.OutcomeSucceeded, "", 4},
		{"v4", "the start is lost", func(p *vendortest.Prism) { p.Lose(3, vendortest.Before) }, settle.OutcomeSucceeded, "", 4},
		{"v4", "failed", func(p *vendortest.Prism) { p.Script = []string{"RUNNING", "FAILED"} }, settle.OutcomeFailed, "not enough space on the container", 2},
		{"v3", "failed", func(p *vendortest.Prism) { p.Script = []string{"RUNNING", "FAILED"} }, settle.OutcomeFailed, "INTERNAL_ERROR: not enough space on the container", 2},
		{"v2", "failed", func(p *vendortest.Prism) { p.Script = []string{"Running", "Failed"} }, settle.OutcomeFailed, "not enough space on the container", 2},
		{"v4", "failed, messages null", func(p *vendortest.Prism) {
			p.Script, p.Silent, p.MadeNull = []string{"RUNNING", "FAILED"}, true, true
		}, settle.OutcomeFailed, "", 2},
		{"v3", "failed without a word", func(p *vendortest.Prism) { p.Script, p.Silent = []string{"FAILED"}, true }, settle.OutcomeFailed, "", 2},
		{"v2", "failed without a word", func(p *vendortest.Prism) { p.Script, p.Silent = []string{"Failed"}, true }, settle.OutcomeFailed, "", 2},
		{"v4", "suspended for a while", func(p *vendortest.Prism) { p.Script = []string{"SUSPENDED", "SUSPENDED", "SUCCEEDED"} }, settle.OutcomeSucceeded, "", 4},
		{"v3", "canceled", func(p *vendortest.Prism) { p.Script = []string{"RUNNING", "ABORTED"} }, settle.OutcomeCanceled, "", 2},
		{"v2", "canceled", func(p *vendortest.Prism) { p.Script = []string{"Running", "Aborted"} }, settle.OutcomeCanceled, "", 2},
	}
	for _, tt := range tests {
		t.Run(tt.version+" "+tt.name, func(t *testing.T) {
			prism := vendortest.Nutanix(tt.version)
			tasks := openPrism(t, prism, tt.version)
			tt.quirk(prism)
			last, err := submit(t, tasks, "vm.resize", resize)
			if got := settle.OutcomeOf(err); got != tt.want || last.Reason != tt.reason {
				t.Errorf("got %v, reason %q (%v), want %v, %q", got, last.Reason, err, tt.want, tt.reason)
			}
			if got := prism.VM("web-07").Sockets; got != tt.sockets {
				t.Errorf("sockets: got %d, want %d", got, tt.sockets)
			}
		})
	}
}

// A start that may have been seen is sent again with the same request id, so that it happens once.
func TestPrismStartsOnce(t *testing.T) {
	prism := vendortest.Nutanix("v4")
	tasks := openPrism(t, prism, "v4")
	prism.Lose(2, vendortest.After)
	if _, err := submit(t, tasks, "snapshot.create", map[string]any{"vm": "web-07", "name": "s"}); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range prism.Requests() {
		if r.Method == http.MethodPost {
			ids = append(ids, r.Header.Get("NTNX-Request-Id"))
		}
	}
	if len(ids) != 2 || ids[0] != ids[1] || len(prism.VM("web-07").Points) != 1 {
		t.Errorf("got the request ids %q and the points %q", ids, prism.VM("web-07").Points)
	}
	if _, err := submit(t, tasks, "snapshot.create", map[string]any{"vm": "web-07", "name": "s2"}); err != nil {
		t.Fatal(err)
	}
	if got := prism.VM("web-07").Points; len(got) != 2 {
		t.Errorf("another submit is another start: got %q", got)
	}
}

// The ids of v4 have characters in them that must not stand in a path as they are.
func TestPrismIDsAreEscaped(t *testing.T) {
	prism := vendortest.Nutanix("v4")
	tasks := openPrism(t, prism, "v4")
	id, err := tasks.Submit(patience(t), "snapshot.create", map[string]any{"vm": "web-07", "name": "s"})
	if err != nil || !strings.HasPrefix(id, "ZXJnb24=:") {
		t.Fatal(id, err)
	}
	if _, err := waitFor(t, tasks, id); err != nil {
		t.Fatal(err)
	}
	if got := asked(prism, "/api/prism/v4.0/config/tasks/ZXJnb24%3D%3A"); got == 0 {
		t.Error("it was asked for unescaped")
	}
}

func TestPrismResult(t *testing.T) {
	for _, version := range []string{"v2", "v3", "v4"} {
		prism := vendortest.Nutanix(version)
		tasks := openPrism(t, prism, version)
		id, err := tasks.Submit(patience(t), "snapshot.create", map[string]any{"vm": "web-07", "name": "s"})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := settle.Wait(patience(t), tasks.Policy(), tasks.Check(id))
		if err != nil {
			t.Fatal(err)
		}
		result, found, err := tasks.Result(patience(t), id, answer)
		var point string
		if err := errors.Join(err, json.Unmarshal(result, &point)); !found || err != nil {
			t.Fatal(version, string(result), err)
		}
		if _, err := submit(t, tasks, "snapshot.delete", map[string]any{"vm": "web-07", "snapshot": point}); err != nil {
			t.Errorf("%s: the result names no snapshot: %s, %v", version, result, err)
		}
	}
}

func TestPrismCancel(t *testing.T) {
	for _, version := range []string{"v3", "v4"} {
		prism := vendortest.Nutanix(version)
		prism.Manual = true
		tasks := openPrism(t, prism, version)
		id, err := tasks.Submit(patience(t), "vm.resize", map[string]any{"vm": "web-07", "cpus": 8})
		if err == nil {
			err = tasks.Cancel(patience(t), id)
		}
		if err != nil {
			t.Fatal(version, err)
		}
		if _, err := waitFor(t, tasks, id); settle.OutcomeOf(err) != settle.OutcomeCanceled {
			t.Errorf("%s: got %v", version, err)
		}
	}
}

func TestPrismRefusals(t *testing.T) {
	tests := []struct {
		versions, action string
		params           map[string]any
		want             settle.Outcome
		words            string
	}{
		{"v2 v3 v4", "snapshot.create", map[string]any{"vm": "web-99", "name": "s"}, settle.OutcomeNotFound, "web-99"},
		{"v4", "snapshot.create", map[string]any{"vm": "x' or name eq 'web-07", "name": "s"}, settle.OutcomeNotFound, "nothing matches"},
		{"v2 v3 v4", "snapshot.create", map[string]any{"vm": "twin", "name": "s"}, settle.OutcomeInvalid, "2 things match"},
		{"v2 v3 v4", "snapshot.delete", map[string]any{"vm": "web-07", "snapshot": "nightly"}, settle.OutcomeNotFound, "nightly"},
		{"v4", "snapshot.delete", map[string]any{"vm": "web-07", "snapshot": "group"}, settle.OutcomeInvalid, "holds 3 VMs"},
		{"v2 v4", "disk.expand", map[string]any{"vm": "web-07", "disk": "scsi.7", "size": "1TiB"}, settle.OutcomeNotFound, "scsi.7"},
		{"v3", "disk.expand", map[string]any{"vm": "web-07", "disk": "scsi.7", "size": "1TiB"}, settle.OutcomeInvalid, "its disks are scsi.0, scsi.1"},
		{"v2 v3 v4", "disk.expand", map[string]any{"vm": "web-07", "disk": "scsi.1", "size": "50GiB"}, settle.OutcomeInvalid, "can only grow"},
		{"v2 v3 v4", "vm.resize", map[string]any{"vm": "web-07"}, settle.OutcomeInvalid, "give cpus, memory or both"},
		{"v2 v3 v4", "vm.resize", map[string]any{"vm": "web-07", "cpus": 5}, settle.OutcomeInvalid, "not a multiple"},
		{"v2 v3", "vm.resize", map[string]any{"vm": "web-07", "memory": "1000001B"}, settle.OutcomeInvalid, "whole MiB"},
		{"v4", "vm.resize", map[string]any{"vm": "web-07", "memory": "2GiB"}, settle.OutcomeInvalid, "power the VM off first"},
	}
	for _, version := range []string{"v2", "v3", "v4"} {
		prism := vendortest.Nutanix(version)
		prism.Together("group")
		tasks := openPrism(t, prism, version)
		for _, tt := range tests {
			if !slices.Contains(strings.Fields(tt.versions), version) {
				continue
			}
			_, err := tasks.Submit(patience(t), tt.action, tt.params)
			got := settle.OutcomeOf(err)
			var refused *recipe.Error
			if errors.As(err, &refused) {
				got = settle.OutcomeInvalid
			}
			if got != tt.want || !strings.Contains(err.Error(), tt.words) {
				t.Errorf("%s %s %v: got %v (%v), want %v with %q", version, tt.action, tt.params, got, err, tt.want, tt.words)
			}
		}
	}
}

func TestPrismLogin(t *testing.T) {
	prism := vendortest.Nutanix("v4")
	key := openVendor(t, prism, "nutanix", nil, map[string]string{"api_key": "api-key"})
	if _, err := submit(t, key, "snapshot.create", map[string]any{"vm": "web-07", "name": "s"}); err != nil {
		t.Error(err)
	}
	for _, version := range []string{"v2", "v3", "v4"} {
		wrong := openVendor(t, vendortest.Nutanix(version), "nutanix/"+version, map[string]string{"user": "admin"}, map[string]string{"password": "guess-1"})
		if _, err := waitFor(t, wrong, "task"); settle.OutcomeOf(err) != settle.OutcomeDenied || strings.Contains(err.Error(), "guess-1") {
			t.Errorf("%s: got %v", version, err)
		}
	}
}

func TestPrismUnknownID(t *testing.T) {
	for _, version := range []string{"v2", "v3", "v4"} {
		tasks := openPrism(t, vendortest.Nutanix(version), version)
		policy := tasks.Policy()
		policy.Missing = 1
		if _, err := settle.Wait(patience(t), policy, tasks.Check("nonsense")); settle.OutcomeOf(err) != settle.OutcomeNotFound {
			t.Errorf("%s: got %v", version, err)
		}
	}
}

// v3 answers for many tasks at once; whether also for those that have not ended is not told, and either will do.
func TestPrismFleet(t *testing.T) {
	for _, listing := range []bool{true, false} {
		prism := vendortest.Nutanix("v3")
		prism.Listing = listing
		tasks := openPrism(t, prism, "v3")
		var ids []string
		for _, name := range []string{"a", "b", "c"} {
			id, err := tasks.Submit(patience(t), "snapshot.create", map[string]any{"vm": "web-07", "name": name})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		for id, result := range tasks.Fleet().Each(patience(t), slices.Values(ids)) {
			if result.Err != nil {
				t.Errorf("%s: %v", id, result.Err)
			}
		}
		if got := asked(prism, "/tasks/poll"); got == 0 {
			t.Error("no request for many")
		}
	}
}

// What other programs that wait for Nutanix get wrong: a canceled task was waited for without end, and one that says
// nothing of why crashed them.

func TestCanceledEnds(t *testing.T) {
	for _, script := range [][]string{{"RUNNING", "CANCELED"}, {"RUNNING", "CANCELING", "CANCELING", "CANCELED"}, {"CANCELED"}} {
		prism := vendortest.Nutanix("v4")
		prism.Script = script
		if _, err := submit(t, openPrism(t, prism, "v4"), "vm.resize", map[string]any{"vm": "web-07", "cpus": 8}); settle.OutcomeOf(err) != settle.OutcomeCanceled {
			t.Errorf("%q: got %v", script, err)
		}
	}
}

func TestCanceledAndFailedWithoutMessages(t *testing.T) {
	for word, want := range map[string]settle.Outcome{"CANCELED": settle.OutcomeCanceled, "FAILED": settle.OutcomeFailed} {
		for _, null := range []bool{false, true} {
			prism := vendortest.Nutanix("v4")
			prism.Script, prism.Silent, prism.MadeNull = []string{word}, true, null
			if last, err := submit(t, openPrism(t, prism, "v4"), "vm.resize", map[string]any{"vm": "web-07", "cpus": 8}); settle.OutcomeOf(err) != want || last.Reason != "" {
				t.Errorf("%s: got %v, %v", word, last, err)
			}
		}
	}
}
