package proof_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/proof/vcsimtest"
	"github.com/settle-go/settle/recipe"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

const vmName = "DC0_C0_RP0_VM0"

type params = map[string]any

func TestSnapshot(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		created := agree(t, s, tasks, submit(t, tasks, "snapshot.create", params{
			"vm": vmName, "name": "pre-upgrade", "description": "before <8.0> & later", "memory": "true", "quiesce": "true",
		}))
		tree := s.VM(t, vmName).Snapshot.RootSnapshotList
		if len(tree) != 1 || tree[0].Snapshot.Value != created.Result {
			t.Fatalf("result %q, snapshots %+v", created.Result, tree)
		}
		if got := tree[0]; got.Name != "pre-upgrade" || got.Description != "before <8.0> & later" || !got.Quiesced || got.State != types.VirtualMachinePowerStatePoweredOn {
			t.Errorf("created %+v", got)
		}

		// The second one goes below the first, and is found there by its name.
		agree(t, s, tasks, submit(t, tasks, "snapshot.create", params{"vm": vmName, "name": "second"}))
		agree(t, s, tasks, submit(t, tasks, "snapshot.delete", params{"vm": vmName, "snapshot": "second"}))
		tree = s.VM(t, vmName).Snapshot.RootSnapshotList
		if len(tree) != 1 || len(tree[0].ChildSnapshotList) != 0 {
			t.Errorf("after the deletion of the second: %+v", tree)
		}
		agree(t, s, tasks, submit(t, tasks, "snapshot.delete", params{"vm": vmName, "snapshot": created.Result}))
		if left := s.VM(t, vmName).Snapshot; left != nil {
			t.Errorf("after the deletion of both: %+v", left)
		}
	})
}

// A name may hold anything. vSphere wants a percent sign escaped.
func TestSnapshotNames(t *testing.T) {
	names := map[string]string{
		"100% done":       "100%25 done",
		`<&"' x`:          `<&"' x`,
		"pré-mise à 快照":   "pré-mise à 快照",
		"{name} $x \\(1)": "{name} $x \\(1)",
	}
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		for name, want := range names {
			agree(t, s, tasks, submit(t, tasks, "snapshot.create", params{"vm": vmName, "name": name}))
			if got := s.VM(t, vmName).Snapshot.RootSnapshotList[0].Name; got != want {
				t.Errorf("%s: vSphere has %s, want %s", name, got, want)
			}
			agree(t, s, tasks, submit(t, tasks, "snapshot.delete", params{"vm": vmName, "snapshot": name}))
			if left := s.VM(t, vmName).Snapshot; left != nil {
				t.Errorf("%s: it is still there: %+v", name, left)
			}
		}
	})
}

// A VM is found by its name, its inventory path, or its id.
func TestVMByNamePathAndID(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		id := s.VM(t, vmName).Self.Value
		for i, vm := range []string{vmName, "DC0/vm/" + vmName, "/DC0/vm/" + vmName, id, "VirtualMachine:" + id} {
			agree(t, s, tasks, submit(t, tasks, "vm.resize", params{"vm": vm, "cpus": i + 2}))
			if got := s.VM(t, vmName).Config.Hardware.NumCPU; got != int32(i+2) {
				t.Errorf("%s: %d CPUs, want %d", vm, got, i+2)
			}
		}
		if n := s.Calls("CreateContainerView"); n != 0 {
			t.Errorf("%d views were created", n)
		}
	})
}

func TestDiskExpand(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		label := diskOf(t, s).DeviceInfo.GetDescription().Label
		before := diskOf(t, s)
		agree(t, s, tasks, submit(t, tasks, "disk.expand", params{"vm": vmName, "disk": label, "size": "20GiB"}))
		after := diskOf(t, s)
		if after.CapacityInBytes != 20<<30 || after.CapacityInKB != 20<<20 {
			t.Errorf("the disk has %d bytes, %d KiB", after.CapacityInBytes, after.CapacityInKB)
		}
		if got, want := fileOf(after), fileOf(before); got != want || after.ControllerKey != before.ControllerKey || *after.UnitNumber != *before.UnitNumber {
			t.Errorf("the disk was %s, is %s at %d:%d", want, got, after.ControllerKey, *after.UnitNumber)
		}

		for size, part := range map[string]string{"1GiB": "does not shrink", "21474836481": "KiB"} {
			refused(t, tasks, "disk.expand", params{"vm": vmName, "disk": label, "size": size}, part)
		}
		if n := s.Calls("ReconfigVM_Task"); n != 1 {
			t.Errorf("%d changes were started, want 1", n)
		}
		absent(t, tasks, "disk.expand", params{"vm": vmName, "disk": "Hard disk 99", "size": "30GiB"})
	})
}

func TestResize(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		agree(t, s, tasks, submit(t, tasks, "vm.resize", params{"vm": vmName, "cpus": "4", "memory": "2GiB"}))
		sized(t, s, 4, 2048)
		agree(t, s, tasks, submit(t, tasks, "vm.resize", params{"vm": vmName, "memory": "3GiB"}))
		sized(t, s, 4, 3072)
		agree(t, s, tasks, submit(t, tasks, "vm.resize", params{"vm": vmName, "cpus": "2"}))
		sized(t, s, 2, 3072)
		refused(t, tasks, "vm.resize", params{"vm": vmName}, "cpus, memory")
		refused(t, tasks, "vm.resize", params{"vm": vmName, "memory": "1000000"}, "MiB")
	})
}

func sized(t *testing.T, s *vcsimtest.Server, cpus, mib int32) {
	t.Helper()
	if hw := s.VM(t, vmName).Config.Hardware; hw.NumCPU != cpus || hw.MemoryMB != mib {
		t.Errorf("%d CPUs, %d MiB, want %d, %d", hw.NumCPU, hw.MemoryMB, cpus, mib)
	}
}

// What is not there, or there twice, starts nothing.
func TestNames(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		absent(t, tasks, "snapshot.create", params{"vm": "web-07", "name": "x"})
		absent(t, tasks, "snapshot.create", params{"vm": "DC0/vm/web-07", "name": "x"})
		absent(t, tasks, "snapshot.create", params{"vm": "DC0/host", "name": "x"}) // there, and no VM
		absent(t, tasks, "snapshot.create", params{"vm": "VirtualMachine:vm-0", "name": "x"})
		absent(t, tasks, "snapshot.delete", params{"vm": vmName, "snapshot": "x"})

		for range 2 {
			agree(t, s, tasks, submit(t, tasks, "snapshot.create", params{"vm": vmName, "name": "twice"}))
		}
		tree := s.VM(t, vmName).Snapshot.RootSnapshotList[0]
		for _, id := range []string{tree.Snapshot.Value, tree.ChildSnapshotList[0].Snapshot.Value} {
			refused(t, tasks, "snapshot.delete", params{"vm": vmName, "snapshot": "twice"}, id)
		}

		one, two := s.VM(t, vmName).Self, s.VM(t, "DC0_C0_RP0_VM1").Self
		s.Rename(t, two, vmName)
		s.Forget()
		for _, id := range []string{one.Value, two.Value} {
			refused(t, tasks, "snapshot.create", params{"vm": vmName, "name": "x"}, id)
		}
		for _, r := range s.Requests() {
			if strings.HasSuffix(r.Call, "_Task") {
				t.Errorf("%s was called", r.Call)
			}
		}
	})
}

// A name with a slash in it is escaped by vSphere itself: the VM is found as people write it.
func TestVMNameWithPercent(t *testing.T) {
	eachDoor(t, func(t *testing.T, s *vcsimtest.Server, tasks *httptask.Tasks) {
		s.Rename(t, s.VM(t, vmName).Self, "50%25 <&> web")
		agree(t, s, tasks, submit(t, tasks, "vm.resize", params{"vm": "50% <&> web", "cpus": 2}))
	})
}

// TaskInProgress is no refusal for good: the VM is busy, and the start is sent again.
func TestBusy(t *testing.T) {
	busy := map[string]string{
		"vmware/soap": `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
			<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>Another task is already in progress.</faultstring>
			<detail><TaskInProgressFault xmlns="urn:vim25" xsi:type="TaskInProgress"><task type="Task">task-9</task></TaskInProgressFault></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`,
		"vmware/vsphere": `{"_typeName":"TaskInProgress","task":{"_typeName":"ManagedObjectReference","type":"Task","value":"task-9"}}`,
	}
	for _, door := range doors {
		t.Run(door, func(t *testing.T) {
			s := vcsimtest.VCenter(t)
			tasks := open(t, s, door)
			times := 0
			s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
				if !s.Asks(r, "ReconfigVM_Task") {
					return false
				}
				if times++; times > 2 {
					return false
				}
				w.Header().Set("Content-Type", map[string]string{"vmware/soap": "text/xml", "vmware/vsphere": "application/json"}[door])
				w.WriteHeader(http.StatusInternalServerError)
				_, _ = w.Write([]byte(busy[door]))
				return true
			})
			agree(t, s, tasks, submit(t, tasks, "vm.resize", params{"vm": vmName, "cpus": 3}))
			if times != 3 {
				t.Errorf("started %d times, want 3", times)
			}
		})
	}
}

// ESXi has other ids for its managers, and no JSON.
func TestESXi(t *testing.T) {
	const name = "ha-host_VM0"
	s := vcsimtest.ESXi(t)
	tasks := open(t, s, "vmware/soap")
	snapshot := agree(t, s, tasks, submit(t, tasks, "snapshot.create", params{"vm": name, "name": "a"}))
	agree(t, s, tasks, submit(t, tasks, "snapshot.delete", params{"vm": name, "snapshot": snapshot.Result}))
	agree(t, s, tasks, submit(t, tasks, "vm.resize", params{"vm": "ha-datacenter/vm/" + name, "cpus": 2}))
	failed := s.PowerOn(t, s.VM(t, name).Self).Reference().Value
	if got := agree(t, s, tasks, failed); got.State != settle.Failed {
		t.Errorf("power on of a VM that runs: %+v", got)
	}
	if got := each(t, tasks, []string{failed, "haTask-99"}); settle.OutcomeOf(got[failed].Err) != settle.OutcomeFailed || settle.OutcomeOf(got["haTask-99"].Err) != settle.OutcomeNotFound {
		t.Errorf("in a batch: %v", got)
	}
	if n := s.Calls("Logout"); n != 0 {
		t.Errorf("%d logouts before Close", n)
	}
	tasks.Close()
	if n := s.Calls("Logout"); n != 1 {
		t.Errorf("%d logouts, want 1", n)
	}
}

func diskOf(t *testing.T, s *vcsimtest.Server) *types.VirtualDisk {
	t.Helper()
	return disk(t, s.VM(t, vmName))
}

func disk(t *testing.T, vm mo.VirtualMachine) *types.VirtualDisk {
	t.Helper()
	for _, d := range vm.Config.Hardware.Device {
		if disk, isDisk := d.(*types.VirtualDisk); isDisk {
			return disk
		}
	}
	t.Fatalf("%s has no disk", vm.Name)
	return nil
}

func fileOf(d *types.VirtualDisk) string {
	return d.Backing.(types.BaseVirtualDeviceFileBackingInfo).GetVirtualDeviceFileBackingInfo().FileName
}

// refused says that nothing was started, since the request made no sense; part of the reason stands in the error.
func refused(t *testing.T, tasks *httptask.Tasks, action string, p params, part string) {
	t.Helper()
	_, err := tasks.Submit(context.Background(), action, p)
	var problem *recipe.Error
	if !errors.As(err, &problem) || !strings.Contains(err.Error(), part) {
		t.Errorf("%s %v: got %v, want a *recipe.Error with %q", action, p, err, part)
	}
}

// absent says that nothing was started, since something is not there.
func absent(t *testing.T, tasks *httptask.Tasks, action string, p params) {
	t.Helper()
	if _, err := tasks.Submit(context.Background(), action, p); !errors.Is(err, settle.ErrNotFound) {
		t.Errorf("%s %v: got %v, want ErrNotFound", action, p, err)
	}
}
