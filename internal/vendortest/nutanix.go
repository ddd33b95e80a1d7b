package vendortest

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// A Prism is a Nutanix Prism Central or Prism Element. It has the VM web-07, switched on, of 2 sockets with 2 cores each, 4 GiB
// and the disks scsi.0 and scsi.1 of 20 and 100 GiB, and two VMs named twin. Who logs in is admin, with the password
// "secret"; "api-key" is a key for the v4 API.
//
// A script is in the words of the API that the task is asked through.
type Prism struct {
	Server
	Stale    int  // so many changes of an entity are refused because it has changed meanwhile
	Listing  bool // v3: tasks/poll answers tasks that have not ended too
	MadeNull bool // v4: errorMessages is null where it would be empty

	vms    []*prismVM
	points []*prismPoint
	seen   map[string]string // the task of each request id
}

type prismVM struct {
	id, name       string
	sockets, cores int64
	memory         int64
	on             bool
	disks          []*prismDisk
	version        int
}

type prismDisk struct {
	id, bus string
	index   int
	size    int64
}

type prismPoint struct {
	id, name string
	vms      []*prismVM
}

// Nutanix returns a Prism that speaks these versions of the API: "v2", "v3", "v4".
func Nutanix(versions ...string) *Prism {
	p := &Prism{Server: newServer(), seen: map[string]string{}}
	p.refuse = func(w http.ResponseWriter, r *http.Request, code int, words string) { p.fault(w, r, code, "", words) }
	p.allow = func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user == "admin" && password == "secret" || strings.Contains(r.URL.Path, "/v4.") && r.Header.Get("X-ntnx-api-key") == "api-key"
	}
	for i, name := range []string{"web-07", "twin", "twin"} {
		p.vms = append(p.vms, &prismVM{id: p.id(), name: name, sockets: 2, cores: 2, memory: 4 * gib, on: i == 0})
	}
	p.vms[0].disks = []*prismDisk{{p.id(), "SCSI", 0, 20 * gib}, {p.id(), "SCSI", 1, 100 * gib}}
	for _, v := range versions {
		map[string]func(){"v2": p.serveV2, "v3": p.serveV3, "v4": p.serveV4}[v]()
	}
	return p
}

// A PrismVM is what a test may look at.
type PrismVM struct {
	ID                     string
	Sockets, Cores, Memory int64
	Disks                  []int64  // bytes
	Points                 []string // names
}

// VM returns the first VM of that name as it is now.
func (p *Prism) VM(name string) (v PrismVM) {
	p.Set(func() {
		vm := p.vms[slices.IndexFunc(p.vms, func(vm *prismVM) bool { return vm.name == name })]
		v = PrismVM{ID: vm.id, Sockets: vm.sockets, Cores: vm.cores, Memory: vm.memory}
		for _, d := range vm.disks {
			v.Disks = append(v.Disks, d.size)
		}
		for _, point := range p.points {
			if slices.Contains(point.vms, vm) {
				v.Points = append(v.Points, point.name)
			}
		}
	})
	return v
}

// Together puts all VMs into one recovery point.
func (p *Prism) Together(name string) {
	p.Set(func() { p.points = append(p.points, &prismPoint{p.id(), name, p.vms}) })
}

func (p *Prism) vm(w http.ResponseWriter, r *http.Request) *prismVM {
	for _, vm := range p.vms {
		if vm.id == r.PathValue("vm") {
			return vm
		}
	}
	p.refuse(w, r, http.StatusNotFound, "the VM is not found")
	return nil
}

// fault answers in the form of the version that was asked.
func (p *Prism) fault(w http.ResponseWriter, r *http.Request, code int, reason, words string) {
	switch {
	case strings.Contains(r.URL.Path, "/v2.0/"):
		reply(w, code, Object{"message": words})
	case strings.Contains(r.URL.Path, "/v3/"):
		reply(w, code, Object{"api_version": "3.1", "code": code, "state": "ERROR", "message_list": []Object{{"message": words, "reason": reason}}})
	default:
		reply(w, code, Object{"data": Object{"$objectType": "prism.v4.error.ErrorResponse",
			"error": []Object{{"code": reason, "message": words, "severity": "ERROR"}}}})
	}
}

func (p *Prism) serveV4() {
	const tasks, vms, points = " /api/prism/v4.0/config/tasks", " /api/vmm/v4.0/ahv/config/vms", " /api/dataprotection/v4.0/config/recovery-points"
	for pattern, handler := range map[string]http.HandlerFunc{
		"GET" + tasks: func(w http.ResponseWriter, _ *http.Request) {
			reply(w, http.StatusOK, Object{"metadata": Object{"totalAvailableResults": len(p.tasks)}})
		},
		"GET" + tasks + "/{id}":                  p.taskV4,
		"POST" + tasks + "/{id}/$actions/cancel": p.cancel,
		"GET" + vms:                              p.filteredV4(p.vmsV4),
		"GET" + vms + "/{vm}":                    p.vmOfV4,
		"PUT" + vms + "/{vm}":                    p.putVMV4,
		"GET" + vms + "/{vm}/disks":              p.disksV4,
		"GET" + vms + "/{vm}/disks/{disk}":       p.disksV4,
		"PUT" + vms + "/{vm}/disks/{disk}":       p.putDiskV4,
		"GET" + points:                           p.filteredV4(p.pointsV4),
		"POST" + points:                          p.createV4,
		"GET" + points + "/{point}":              p.pointV4,
		"DELETE" + points + "/{point}":           p.deleteV4,
	} {
		p.mux.HandleFunc(pattern, handler)
	}
}

// beginV4 answers a start; one with a request id that was seen before starts nothing.
func (p *Prism) beginV4(w http.ResponseWriter, r *http.Request, made string, done func()) {
	request := r.Header.Get("NTNX-Request-Id")
	id := p.seen[request]
	if id == "" {
		id = base64.StdEncoding.EncodeToString([]byte("ergon")) + ":" + p.id()
		p.seen[request] = id
		p.start(id, []string{"QUEUED", "RUNNING", "RUNNING", "SUCCEEDED"}, made, "not enough space on the container", done)
	}
	reply(w, http.StatusAccepted, Object{"data": Object{"extId": id, "$objectType": "prism.v4.config.TaskReference"}, "metadata": Object{}})
}

// writable refuses a change without request id, or with an ETag that is not the entity's.
func (p *Prism) writable(w http.ResponseWriter, r *http.Request, etag string) bool {
	match := r.Header.Get("If-Match")
	switch {
	case !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(r.Header.Get("NTNX-Request-Id")):
		p.violate(w, r, "VMM-30400: no NTNX-Request-Id that is a UUID")
	case etag != "" && match == "":
		p.violate(w, r, "PLAT-10004: no If-Match")
	case etag != "" && p.Stale > 0:
		p.Stale--
		for _, vm := range p.vms {
			vm.version++
		}
		p.fault(w, r, http.StatusPreconditionFailed, "PLAT-10005", "the entity has changed")
	case etag != "" && match != etag:
		p.fault(w, r, http.StatusPreconditionFailed, "PLAT-10005", "the entity has changed")
	default:
		return true
	}
	return false
}

func (p *Prism) taskV4(w http.ResponseWriter, r *http.Request) {
	t := p.look(r.PathValue("id"))
	if t == nil {
		p.fault(w, r, http.StatusNotFound, "PRISM-40404", "no such task")
		return
	}
	data := Object{"extId": t.id, "status": t.word(), "progressPercentage": 100 * t.at / max(1, len(t.script)-1), "isCancelable": true}
	switch t.word() {
	case "FAILED":
		data["errorMessages"] = []Object{}
		if t.failed != "" {
			data["errorMessages"] = []Object{{"code": "VMM-30100", "message": t.failed}}
		}
		if p.MadeNull {
			data["errorMessages"] = nil
		}
	case "SUCCEEDED":
		data["entitiesAffected"] = []Object{{"extId": t.made, "rel": "entity"}, {"extId": t.made, "rel": "entity"}}
		if slices.ContainsFunc(p.points, func(point *prismPoint) bool { return point.id == t.made }) {
			data["completionDetails"] = []Object{{"name": "recoveryPointExtId", "value": t.made}}
		}
	}
	reply(w, http.StatusOK, Object{"data": data, "metadata": Object{}})
}

func (p *Prism) cancel(w http.ResponseWriter, r *http.Request) {
	word := "CANCELED"
	if strings.Contains(r.URL.Path, "/v3/") {
		word = "ABORTED"
	}
	for _, t := range p.tasks {
		if t.id == r.PathValue("id") {
			t.script, t.at, t.ended = []string{word}, 0, true
			reply(w, http.StatusOK, Object{"data": []Object{}})
			return
		}
	}
	p.refuse(w, r, http.StatusNotFound, "no such task")
}

// filteredV4 answers with those whose name the filter asks for.
func (p *Prism) filteredV4(all func() []Object) http.HandlerFunc {
	filter := regexp.MustCompile(`^name eq '((?:[^']|'')*)'$`)
	return func(w http.ResponseWriter, r *http.Request) {
		m := filter.FindStringSubmatch(r.URL.Query().Get("$filter"))
		if m == nil {
			p.violate(w, r, "$filter %s", r.URL.Query().Get("$filter"))
			return
		}
		answer := Object{"metadata": Object{"totalAvailableResults": 0}} // nothing found: no data
		found := slices.DeleteFunc(all(), func(o Object) bool { return o["name"] != strings.ReplaceAll(m[1], "''", "'") })
		if len(found) > 0 {
			answer = Object{"data": found, "metadata": Object{"totalAvailableResults": len(found)}}
		}
		reply(w, http.StatusOK, answer)
	}
}

func (p *Prism) vmsV4() (all []Object) {
	for _, vm := range p.vms {
		all = append(all, vm.v4())
	}
	return all
}

func (vm *prismVM) etag() string { return fmt.Sprintf("%s-%d", vm.id, vm.version) }

func (vm *prismVM) v4() Object {
	power := "OFF"
	if vm.on {
		power = "ON"
	}
	return Object{"$objectType": "vmm.v4.ahv.config.Vm", "extId": vm.id, "name": vm.name, "numSockets": vm.sockets, "numCoresPerSocket": vm.cores,
		"memorySizeBytes": vm.memory, "powerState": power, "bootConfig": Object{"$objectType": "vmm.v4.ahv.config.LegacyBoot"}}
}

func (p *Prism) vmOfV4(w http.ResponseWriter, r *http.Request) {
	if vm := p.vm(w, r); vm != nil {
		w.Header().Set("ETag", vm.etag())
		reply(w, http.StatusOK, Object{"data": vm.v4()})
	}
}

// whole refuses a body that is not all of the entity.
func (p *Prism) whole(w http.ResponseWriter, r *http.Request, entity Object) (Object, bool) {
	required := slices.Collect(maps.Keys(entity))
	return p.body(w, r, strings.Join(required, " "), "")
}

func (p *Prism) putVMV4(w http.ResponseWriter, r *http.Request) {
	vm := p.vm(w, r)
	if vm == nil || !p.writable(w, r, vm.etag()) {
		return
	}
	body, ok := p.whole(w, r, vm.v4())
	if !ok {
		return
	}
	p.beginV4(w, r, vm.id, func() {
		vm.version++
		vm.sockets, vm.cores, vm.memory = number(body["numSockets"]), number(body["numCoresPerSocket"]), number(body["memorySizeBytes"])
	})
}

func (d *prismDisk) v4() Object {
	return Object{"$objectType": "vmm.v4.ahv.config.Disk", "extId": d.id, "diskAddress": Object{"busType": d.bus, "index": d.index},
		"backingInfo": Object{"$objectType": "vmm.v4.ahv.config.VmDisk", "diskExtId": d.id, "diskSizeBytes": d.size,
			"dataSource": Object{"reference": Object{"imageExtId": "image-1"}}}}
}

func (p *Prism) disksV4(w http.ResponseWriter, r *http.Request) {
	vm := p.vm(w, r)
	if vm == nil {
		return
	}
	all := []Object{}
	for _, d := range vm.disks {
		if d.id == r.PathValue("disk") {
			w.Header().Set("ETag", "disk-"+vm.etag())
			reply(w, http.StatusOK, Object{"data": d.v4()})
			return
		}
		all = append(all, d.v4())
	}
	reply(w, http.StatusOK, Object{"data": all, "metadata": Object{"totalAvailableResults": len(all)}})
}

func (p *Prism) putDiskV4(w http.ResponseWriter, r *http.Request) {
	vm := p.vm(w, r)
	if vm == nil {
		return
	}
	i := slices.IndexFunc(vm.disks, func(d *prismDisk) bool { return d.id == r.PathValue("disk") })
	if i < 0 {
		p.refuse(w, r, http.StatusNotFound, "no such disk")
		return
	}
	disk := vm.disks[i]
	if !p.writable(w, r, "disk-"+vm.etag()) {
		return
	}
	body, ok := p.whole(w, r, disk.v4())
	if !ok {
		return
	}
	backing := object(body["backingInfo"])
	if backing["dataSource"] != nil {
		p.violate(w, r, "backingInfo.dataSource is still there")
		return
	}
	p.beginV4(w, r, vm.id, func() { disk.size, vm.version = number(backing["diskSizeBytes"]), vm.version+1 })
}

func (p *Prism) pointsV4() (all []Object) {
	for _, point := range p.points {
		all = append(all, point.v4())
	}
	return all
}

func (point *prismPoint) v4() Object {
	vms := []Object{}
	for _, vm := range point.vms {
		vms = append(vms, Object{"vmExtId": vm.id})
	}
	return Object{"extId": point.id, "name": point.name, "vmRecoveryPoints": vms}
}

func (p *Prism) createV4(w http.ResponseWriter, r *http.Request) {
	if !p.writable(w, r, "") {
		return
	}
	body, ok := p.body(w, r, "name recoveryPointType vmRecoveryPoints", "expirationTime projectExtId")
	if !ok {
		return
	}
	specs, _ := body["vmRecoveryPoints"].([]any)
	for _, vm := range p.vms {
		if len(specs) == 1 && object(specs[0])["vmExtId"] == vm.id {
			id := p.id()
			p.beginV4(w, r, id, func() { p.points = append(p.points, &prismPoint{id, text(body["name"]), []*prismVM{vm}}) })
			return
		}
	}
	p.refuse(w, r, http.StatusBadRequest, "no such VM")
}

// point returns the recovery point in the path; it refuses the request where there is none.
func (p *Prism) point(w http.ResponseWriter, r *http.Request) *prismPoint {
	for _, point := range p.points {
		if point.id == r.PathValue("point") {
			return point
		}
	}
	p.refuse(w, r, http.StatusNotFound, "the recovery point is not found")
	return nil
}

func (p *Prism) drop(point *prismPoint) func() {
	return func() { p.points = slices.DeleteFunc(p.points, func(o *prismPoint) bool { return o == point }) }
}

func (p *Prism) pointV4(w http.ResponseWriter, r *http.Request) {
	if point := p.point(w, r); point != nil {
		w.Header().Set("ETag", "etag-"+point.id)
		reply(w, http.StatusOK, Object{"data": point.v4()})
	}
}

func (p *Prism) deleteV4(w http.ResponseWriter, r *http.Request) {
	if point := p.point(w, r); point != nil && p.writable(w, r, "etag-"+point.id) {
		p.beginV4(w, r, point.vms[0].id, p.drop(point))
	}
}
