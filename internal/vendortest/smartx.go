package vendortest

import (
	"net/http"
	"slices"
	"strings"
)

// A Tower is a CloudTower. It has the VMs web-07 (disks system and data, of 20 and 100 GiB) and two named twin, and one
// named gone in the recycle bin. Who logs in is root, with the password "secret"; "api-key" is a token that lasts.
type Tower struct {
	Server
	Flat        bool // progress is 0 at the end too
	Synchronous bool // what is started is done at once, and task_id is null
	Empty       int  // so many answers to get-tasks have no task in them
	Locked      int  // so many starts are refused with ResourceLocked

	vms, disks, volumes, snapshots []Object
}

const gib = 1 << 30

// SmartX returns a CloudTower.
func SmartX() *Tower {
	t := &Tower{Server: newServer()}
	t.refuse = func(w http.ResponseWriter, r *http.Request, code int, words string) {
		name := map[int]string{400: "BadRequest", 401: "Unauthorized", 404: "NotFound"}[code]
		reply(w, code, Object{"path": r.URL.Path, "status": code, "message": words, "code": name, "props": Object{}})
	}
	t.allow = func(r *http.Request) bool {
		token := r.Header.Get("Authorization")
		return token == "api-key" || t.tokens[token]
	}
	t.vms = []Object{towerVM("vm-1", "web-07"), towerVM("vm-2", "twin"), towerVM("vm-3", "twin"), towerVM("vm-4", "gone")}
	t.vms[3]["in_recycle_bin"] = true
	t.addDisk("vm-1", "system", 0, 20*gib)
	t.addDisk("vm-1", "data", 1, 100*gib)
	for path, handler := range map[string]http.HandlerFunc{
		"login":                t.login,
		"get-tasks":            t.getTasks,
		"get-vms":              t.list(&t.vms),
		"get-vm-disks":         t.list(&t.disks),
		"get-vm-volumes":       t.list(&t.volumes),
		"get-vm-snapshots":     t.list(&t.snapshots),
		"create-vm-snapshot":   t.createSnapshot,
		"delete-vm-snapshot":   t.deleteSnapshot,
		"expand-vm-disk":       t.expandDisk,
		"update-vm-basic-info": t.updateVM,
	} {
		t.mux.HandleFunc("POST /v2/api/"+path, handler)
	}
	return t
}

func towerVM(id, name string) Object {
	return Object{"id": id, "name": name, "in_recycle_bin": false, "vcpu": 4, "cpu": Object{"cores": 2, "sockets": 2}, "memory": 4 * gib, "entityAsyncStatus": nil}
}

func (t *Tower) addDisk(vm, name string, boot int, size int64) {
	volume := Object{"id": "volume-" + name, "name": name, "size": size}
	t.volumes = append(t.volumes, volume)
	t.disks = append(t.disks, Object{"id": "disk-" + name, "boot": boot, "bus": "VIRTIO", "type": "DISK", "device": "vd" + string(rune('a'+boot)),
		"vm": Object{"id": vm}, "vm_volume": Object{"id": volume["id"], "name": name}})
}

// AddVMs adds VMs of these names; their ids are the names behind "vm-".
func (t *Tower) AddVMs(names ...string) {
	t.Set(func() {
		for _, name := range names {
			t.vms = append(t.vms, towerVM("vm-"+name, name))
		}
	})
}

// VM, Volume return what the server has under that name, Snapshots the names of those of a VM's id.
func (t *Tower) VM(name string) Object     { return t.named(&t.vms, name) }
func (t *Tower) Volume(name string) Object { return t.named(&t.volumes, name) }
func (t *Tower) Snapshots(vm string) (names []string) {
	t.Set(func() {
		for _, s := range t.snapshots {
			if object(s["vm"])["id"] == vm {
				names = append(names, text(s["name"]))
			}
		}
	})
	return names
}

func (t *Tower) named(in *[]Object, name string) (found Object) {
	t.Set(func() {
		for _, o := range *in {
			if o["name"] == name {
				found = clone(o)
			}
		}
	})
	return found
}

func (t *Tower) login(w http.ResponseWriter, r *http.Request) {
	body, ok := t.body(w, r, "username password source", "auth_config_id")
	switch {
	case !ok:
	case body["username"] != "root" || body["password"] != "secret":
		t.refuse(w, r, http.StatusBadRequest, "wrong user or password")
	default:
		token := "token-" + t.id()
		t.tokens[token] = true
		reply(w, http.StatusOK, Object{"data": Object{"token": token}})
	}
}

func (t *Tower) getTasks(w http.ResponseWriter, r *http.Request) {
	body, ok := t.body(w, r, "", "where first")
	if !ok {
		return
	}
	where := object(body["where"])
	if problem := fields(where, "", "id id_in"); problem != "" {
		t.violate(w, r, "where: %s", problem)
		return
	}
	answer := []Object{}
	if t.Empty > 0 {
		t.Empty--
		reply(w, http.StatusOK, answer)
		return
	}
	ids, _ := where["id_in"].([]any)
	if id, one := where["id"]; one {
		ids = []any{id}
	}
	for _, id := range ids {
		if task := t.look(text(id)); task != nil {
			answer = append(answer, t.show(task))
		}
	}
	reply(w, http.StatusOK, answer)
}

func (t *Tower) show(task *task) Object {
	o := Object{
		"id": task.id, "status": task.word(), "progress": float64(task.at) / float64(len(task.script)), "error_code": nil, "error_message": nil,
		"resource_id": task.made, "resource_type": "VmSnapshot", "resource_rollback_error": nil, "steps": []any{},
	}
	switch {
	case t.Flat:
		o["progress"] = 0
	case task.word() == "SUCCESSED":
		o["progress"] = 1
	case task.word() == "FAILED" && task.failed != "":
		o["error_code"], o["error_message"] = "TASK_FAILED", task.failed
	}
	return o
}

func (t *Tower) list(in *[]Object) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := t.body(w, r, "", "where first")
		if !ok {
			return
		}
		found := []Object{}
		for _, o := range *in {
			matches, problem := match(o, object(body["where"]))
			if problem != "" {
				t.violate(w, r, "where: %s", problem)
				return
			}
			if matches {
				found = append(found, o)
			}
		}
		reply(w, http.StatusOK, found)
	}
}

// match reports whether o is what where asks for: every field, and one of OR.
func match(o, where Object) (matches bool, problem string) {
	for name, want := range where {
		alternatives, isList := want.([]any)
		nested, isObject := want.(Object)
		got, known := o[name]
		fits := false
		switch {
		case name == "OR" && isList:
			for _, a := range alternatives {
				one, problem := match(o, object(a))
				if problem != "" {
					return false, problem
				}
				fits = fits || one
			}
		case !known:
			return false, "unknown field " + name
		case isObject:
			if fits, problem = match(object(got), nested); problem != "" {
				return false, problem
			}
		default:
			fits = got == want
		}
		if !fits {
			return false, ""
		}
	}
	return true, ""
}

// begin answers a start.
func (t *Tower) begin(w http.ResponseWriter, made string, done func()) {
	if t.Synchronous {
		done()
		reply(w, http.StatusOK, []Object{{"task_id": nil, "data": Object{"id": made}}})
		return
	}
	task := t.start("task-"+t.id(), []string{"PENDING", "EXECUTING", "EXECUTING", "SUCCESSED"}, made, "not enough space in the storage pool", done)
	reply(w, http.StatusOK, []Object{{"task_id": task.id, "data": Object{"id": made}}})
}

// locked refuses a start while the resource is.
func (t *Tower) locked(w http.ResponseWriter, r *http.Request, id string) bool {
	if t.Locked == 0 {
		return false
	}
	t.Locked--
	reply(w, http.StatusBadRequest, Object{"path": r.URL.Path, "status": 400, "message": "the resource is locked", "code": "ResourceLocked",
		"props": Object{"locked_resources": []Object{{"id": id, "type": "VM"}}}})
	return true
}

// only returns the one thing in a list that has that id; it refuses the request where there is none.
func (t *Tower) only(w http.ResponseWriter, r *http.Request, in []Object, id any) Object {
	i := slices.IndexFunc(in, func(o Object) bool { return o["id"] == id })
	if i < 0 {
		t.refuse(w, r, http.StatusNotFound, "no such resource")
		return nil
	}
	return in[i]
}

func (t *Tower) createSnapshot(w http.ResponseWriter, r *http.Request) {
	body, ok := t.body(w, r, "data", "")
	if !ok {
		return
	}
	data, _ := body["data"].([]any)
	if len(data) != 1 {
		t.violate(w, r, "data has not one element")
		return
	}
	spec := object(data[0])
	if problem := fields(spec, "vm_id name", "consistent_type"); problem != "" {
		t.violate(w, r, "data: %s", problem)
		return
	}
	if kind := text(spec["consistent_type"]); kind != "" && kind != "CRASH_CONSISTENT" && kind != "FILE_SYSTEM_CONSISTENT" {
		t.violate(w, r, "consistent_type: %s", kind)
		return
	}
	vm := t.only(w, r, t.vms, spec["vm_id"])
	if vm == nil || t.locked(w, r, text(vm["id"])) {
		return
	}
	id := "snapshot-" + t.id()
	t.begin(w, id, func() {
		t.snapshots = append(t.snapshots, Object{"id": id, "name": spec["name"], "vm": Object{"id": vm["id"]}})
	})
}

func (t *Tower) deleteSnapshot(w http.ResponseWriter, r *http.Request) {
	where, ok := t.pinned(w, r, "where", "id")
	if !ok {
		return
	}
	snapshot := t.only(w, r, t.snapshots, where["id"])
	if snapshot == nil || t.locked(w, r, text(object(snapshot["vm"])["id"])) {
		return
	}
	t.begin(w, text(snapshot["id"]), func() {
		t.snapshots = slices.DeleteFunc(t.snapshots, func(o Object) bool { return o["id"] == snapshot["id"] })
	})
}

// pinned is the body's where, which must name each of the fields; else the request might hit several things.
func (t *Tower) pinned(w http.ResponseWriter, r *http.Request, required, pins string) (where Object, ok bool) {
	body, ok := t.body(w, r, required, "")
	if !ok {
		return nil, false
	}
	where = object(body["where"])
	if problem := fields(where, pins, ""); problem != "" {
		t.violate(w, r, "where: %s", problem)
		return nil, false
	}
	for name, value := range body {
		where["."+name] = value
	}
	return where, true
}

func (t *Tower) expandDisk(w http.ResponseWriter, r *http.Request) {
	where, ok := t.pinned(w, r, "where size", "vm vm_volume")
	if !ok {
		return
	}
	vm := t.only(w, r, t.vms, object(where["vm"])["id"])
	if vm == nil {
		return
	}
	volume := t.only(w, r, t.volumes, object(where["vm_volume"])["id"])
	size := number(where[".size"])
	switch {
	case volume == nil || t.locked(w, r, text(vm["id"])):
	case size < volume["size"].(int64):
		t.refuse(w, r, http.StatusBadRequest, "a disk cannot shrink")
	default:
		t.begin(w, text(vm["id"]), func() { volume["size"] = size })
	}
}

func (t *Tower) updateVM(w http.ResponseWriter, r *http.Request) {
	where, ok := t.pinned(w, r, "where data", "id")
	if !ok {
		return
	}
	data := object(where[".data"])
	if problem := fields(data, "", "vcpu cpu_cores cpu_sockets memory"); problem != "" || len(data) == 0 {
		t.violate(w, r, "data: %s", strings.TrimSpace(problem+" "))
		return
	}
	if number(data["vcpu"]) != number(data["cpu_cores"])*number(data["cpu_sockets"]) {
		t.violate(w, r, "vcpu is not cpu_cores times cpu_sockets")
		return
	}
	vm := t.only(w, r, t.vms, where["id"])
	if vm == nil || t.locked(w, r, text(vm["id"])) {
		return
	}
	t.begin(w, text(vm["id"]), func() {
		if data["vcpu"] != nil {
			vm["vcpu"], vm["cpu"] = data["vcpu"], Object{"cores": data["cpu_cores"], "sockets": data["cpu_sockets"]}
		}
		if data["memory"] != nil {
			vm["memory"] = data["memory"]
		}
	})
}
