package vendortest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// The v3 API of Prism Central and the v2 API of Prism Element.

func (p *Prism) serveV3() {
	const base = " /api/nutanix/v3"
	for pattern, handler := range map[string]http.HandlerFunc{
		"GET" + base + "/tasks/{id}":                    p.taskV3,
		"POST" + base + "/tasks/{id}/abort":             p.cancel,
		"POST" + base + "/tasks/poll":                   p.pollV3,
		"POST" + base + "/vms/list":                     p.vmsV3,
		"GET" + base + "/vms/{vm}":                      p.vmOfV3,
		"PUT" + base + "/vms/{vm}":                      p.putV3,
		"POST" + base + "/vms/{vm}/snapshot":            p.snapshotV3,
		"POST" + base + "/vm_recovery_points/list":      p.pointsV3,
		"DELETE" + base + "/vm_recovery_points/{point}": p.deleteV3,
	} {
		p.mux.HandleFunc(pattern, handler)
	}
}

// begin starts a task for v2 or v3.
func (p *Prism) begin(script []string, made string, done func()) string {
	return p.start(p.id(), script, made, "not enough space on the container", done).id
}

var scriptV3 = []string{"QUEUED", "RUNNING", "RUNNING", "SUCCEEDED"}

func (t *task) v3() Object {
	o := Object{"uuid": t.id, "status": t.word(), "percentage_complete": 100 * t.at / max(1, len(t.script)-1), "progress_message": "working",
		"entity_reference_list": []Object{{"kind": "vm", "uuid": t.made}, {"kind": "vm", "uuid": t.made}}}
	if t.word() == "FAILED" && t.failed != "" {
		o["error_code"], o["error_detail"] = "INTERNAL_ERROR", t.failed
	}
	return o
}

func (p *Prism) taskV3(w http.ResponseWriter, r *http.Request) {
	if t := p.look(r.PathValue("id")); t != nil {
		reply(w, http.StatusOK, t.v3())
		return
	}
	p.fault(w, r, http.StatusNotFound, "ENTITY_NOT_FOUND", "the task is not found")
}

func (p *Prism) pollV3(w http.ResponseWriter, r *http.Request) {
	body, ok := p.body(w, r, "poll_timeout_seconds task_uuid_list", "")
	if !ok {
		return
	}
	found := []Object{}
	ids, _ := body["task_uuid_list"].([]any)
	for _, t := range p.tasks {
		if slices.Contains(ids, any(t.id)) && (p.Listing || t.at == len(t.script)-1) {
			found = append(found, p.look(t.id).v3())
		}
	}
	reply(w, http.StatusOK, Object{"entities": found, "has_poll_timed_out": len(found) == 0})
}

func (vm *prismVM) v3() Object {
	disks := []any{Object{"uuid": "cdrom", "device_properties": Object{"device_type": "CDROM", "disk_address": Object{"adapter_type": "IDE", "device_index": 0}}}}
	for _, d := range vm.disks {
		disks = append(disks, Object{"uuid": d.id, "disk_size_bytes": d.size, "disk_size_mib": d.size >> 20,
			"device_properties": Object{"device_type": "DISK", "disk_address": Object{"adapter_type": d.bus, "device_index": d.index}}})
	}
	return Object{
		"api_version": "3.1",
		"metadata":    Object{"kind": "vm", "uuid": vm.id, "spec_version": vm.version, "spec_hash": "hash"},
		"spec": Object{"name": vm.name, "resources": Object{"num_sockets": vm.sockets, "num_vcpus_per_socket": vm.cores,
			"memory_size_mib": vm.memory >> 20, "disk_list": disks}},
		"status": Object{"state": "COMPLETE", "name": vm.name},
	}
}

func (p *Prism) vmsV3(w http.ResponseWriter, r *http.Request) {
	body, ok := p.body(w, r, "kind", "filter length offset")
	if !ok {
		return
	}
	name, filtered := strings.CutPrefix(text(body["filter"]), "vm_name==")
	found := []Object{}
	for _, vm := range p.vms {
		if !filtered || vm.name == name {
			found = append(found, vm.v3())
		}
	}
	reply(w, http.StatusOK, Object{"entities": found, "metadata": Object{"kind": "vm", "total_matches": len(found)}})
}

func (p *Prism) vmOfV3(w http.ResponseWriter, r *http.Request) {
	if vm := p.vm(w, r); vm != nil {
		reply(w, http.StatusOK, vm.v3())
	}
}

func (p *Prism) putV3(w http.ResponseWriter, r *http.Request) {
	vm := p.vm(w, r)
	if vm == nil {
		return
	}
	body, ok := p.body(w, r, "metadata spec", "api_version")
	if !ok {
		return
	}
	metadata, resources := object(body["metadata"]), object(object(body["spec"])["resources"])
	if problem := fields(metadata, "kind uuid spec_version", ""); problem != "" {
		p.violate(w, r, "metadata: %s", problem)
		return
	}
	if p.Stale > 0 || number(metadata["spec_version"]) != int64(vm.version) {
		p.Stale = max(0, p.Stale-1)
		vm.version++
		p.fault(w, r, http.StatusConflict, "CONCURRENT_REQUESTS_NOT_ALLOWED", "the spec version does not fit")
		return
	}
	sizes := map[any]int64{}
	list, _ := resources["disk_list"].([]any)
	for _, item := range list {
		d := object(item)
		sizes[d["uuid"]] = number(d["disk_size_bytes"])
		if mib := d["disk_size_mib"]; mib != nil && number(mib)<<20 != number(d["disk_size_bytes"]) {
			p.violate(w, r, "disk_size_mib and disk_size_bytes do not agree")
			return
		}
	}
	if len(sizes) != len(vm.disks)+1 {
		p.violate(w, r, "a disk would be deleted")
		return
	}
	id := p.begin(scriptV3, vm.id, func() {
		vm.version++
		vm.sockets, vm.cores, vm.memory = number(resources["num_sockets"]), number(resources["num_vcpus_per_socket"]), number(resources["memory_size_mib"])<<20
		for _, d := range vm.disks {
			d.size = sizes[d.id]
		}
	})
	reply(w, http.StatusAccepted, Object{"status": Object{"state": "PENDING", "execution_context": Object{"task_uuid": []string{id}}}})
}

func (p *Prism) snapshotV3(w http.ResponseWriter, r *http.Request) {
	vm := p.vm(w, r)
	if vm == nil {
		return
	}
	if body, ok := p.body(w, r, "name recovery_point_type", ""); ok {
		point := &prismPoint{p.id(), text(body["name"]), []*prismVM{vm}}
		reply(w, http.StatusAccepted, Object{"task_uuid": p.begin(scriptV3, point.id, func() { p.points = append(p.points, point) })})
	}
}

func (p *Prism) pointsV3(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.body(w, r, "kind", "filter length offset sort_attribute sort_order"); !ok {
		return
	}
	found := []Object{}
	for _, point := range p.points {
		found = append(found, Object{"metadata": Object{"kind": "vm_recovery_point", "uuid": point.id},
			"status": Object{"name": point.name, "resources": Object{"parent_vm_reference": Object{"kind": "vm", "uuid": point.vms[0].id}}}})
	}
	reply(w, http.StatusOK, Object{"entities": found, "metadata": Object{"kind": "vm_recovery_point", "total_matches": len(found)}})
}

func (p *Prism) deleteV3(w http.ResponseWriter, r *http.Request) {
	if point := p.point(w, r); point != nil {
		reply(w, http.StatusAccepted, Object{"task_uuid": p.begin(scriptV3, point.id, p.drop(point))})
	}
}

func (p *Prism) serveV2() {
	for _, base := range []string{" /PrismGateway/services/rest/v2.0", " /api/nutanix/v2.0"} {
		for pattern, handler := range map[string]http.HandlerFunc{
			"GET" + base + "/tasks/{id}":            p.taskV2,
			"GET" + base + "/vms/{$}":               p.vmsV2,
			"GET" + base + "/vms/{vm}":              p.vmOfV2,
			"PUT" + base + "/vms/{vm}":              p.putV2,
			"PUT" + base + "/vms/{vm}/disks/update": p.expandV2,
			"GET" + base + "/virtual_disks/{disk}":  p.diskV2,
			"GET" + base + "/snapshots/{$}":         p.pointsV2,
			"POST" + base + "/snapshots":            p.snapshotV2,
			"DELETE" + base + "/snapshots/{point}":  p.deleteV2,
		} {
			p.mux.HandleFunc(pattern, handler)
		}
	}
}

var scriptV2 = []string{"Queued", "Running", "Running", "Succeeded"}

func (p *Prism) taskV2(w http.ResponseWriter, r *http.Request) {
	t := p.look(r.PathValue("id"))
	if t == nil {
		p.refuse(w, r, http.StatusInternalServerError, "Task with uuid "+r.PathValue("id")+" is not found")
		return
	}
	o := Object{"uuid": t.id, "progress_status": t.word(), "percentage_complete": 100 * t.at / max(1, len(t.script)-1),
		"entity_list": []Object{{"entity_type": "VM", "entity_id": t.made}}}
	if t.word() == "Failed" {
		o["meta_response"] = Object{"error_code": 1, "error_detail": orNull(t.failed)}
	}
	reply(w, http.StatusOK, o)
}

func (vm *prismVM) v2() Object {
	return Object{"uuid": vm.id, "name": vm.name, "num_vcpus": vm.sockets, "num_cores_per_vcpu": vm.cores, "memory_mb": vm.memory >> 20}
}

func (p *Prism) vmsV2(w http.ResponseWriter, r *http.Request) {
	name, filtered := strings.CutPrefix(r.FormValue("filter"), "vm_name==")
	found := []Object{}
	for _, vm := range p.vms {
		if !filtered || vm.name == name {
			found = append(found, vm.v2())
		}
	}
	reply(w, http.StatusOK, Object{"entities": found, "metadata": Object{"grand_total_entities": len(found)}})
}

func (p *Prism) vmOfV2(w http.ResponseWriter, r *http.Request) {
	vm := p.vm(w, r)
	if vm == nil {
		return
	}
	o := vm.v2()
	if r.FormValue("include_vm_disk_config") == "true" {
		disks := []Object{{"is_cdrom": true, "disk_address": Object{"device_bus": "ide", "device_index": 0}}}
		for _, d := range vm.disks {
			disks = append(disks, Object{"is_cdrom": false, "storage_container_uuid": "container-1", "disk_address": Object{
				"device_bus": strings.ToLower(d.bus), "device_index": d.index, "device_uuid": "device-" + d.id, "vmdisk_uuid": d.id}})
		}
		o["vm_disk_info"] = disks
	}
	reply(w, http.StatusOK, o)
}

func (p *Prism) putV2(w http.ResponseWriter, r *http.Request) {
	vm := p.vm(w, r)
	if vm == nil {
		return
	}
	body, ok := p.body(w, r, "", "num_vcpus num_cores_per_vcpu memory_mb")
	if !ok {
		return
	}
	reply(w, http.StatusOK, Object{"task_uuid": p.begin(scriptV2, vm.id, func() {
		for name, field := range map[string]*int64{"num_vcpus": &vm.sockets, "num_cores_per_vcpu": &vm.cores} {
			if body[name] != nil {
				*field = number(body[name])
			}
		}
		if body["memory_mb"] != nil {
			vm.memory = number(body["memory_mb"]) << 20
		}
	})})
}

func (p *Prism) diskV2(w http.ResponseWriter, r *http.Request) {
	for _, vm := range p.vms {
		for _, d := range vm.disks {
			if d.id == r.PathValue("disk") {
				reply(w, http.StatusOK, Object{"uuid": d.id, "disk_capacity_in_bytes": d.size})
				return
			}
		}
	}
	p.refuse(w, r, http.StatusNotFound, "the disk is not found")
}

func (p *Prism) expandV2(w http.ResponseWriter, r *http.Request) {
	vm := p.vm(w, r)
	if vm == nil {
		return
	}
	body, ok := p.body(w, r, "vm_disks", "")
	if !ok {
		return
	}
	entries, _ := body["vm_disks"].([]any)
	if len(entries) != 1 {
		p.violate(w, r, "vm_disks has not one entry")
		return
	}
	entry := object(entries[0])
	create := object(entry["vm_disk_create"])
	if problem := fields(create, "storage_container_uuid size", ""); problem != "" {
		p.violate(w, r, "vm_disk_create: %s", problem)
		return
	}
	for _, d := range vm.disks {
		if object(entry["disk_address"])["vmdisk_uuid"] == d.id {
			reply(w, http.StatusOK, Object{"task_uuid": p.begin(scriptV2, vm.id, func() { d.size = number(create["size"]) })})
			return
		}
	}
	p.violate(w, r, "disk_address names no disk")
}

func (p *Prism) pointsV2(w http.ResponseWriter, r *http.Request) {
	found := []Object{}
	for _, point := range p.points {
		if point.vms[0].id == r.FormValue("vm_uuid") {
			found = append(found, Object{"uuid": point.id, "snapshot_name": point.name, "vm_uuid": point.vms[0].id})
		}
	}
	reply(w, http.StatusOK, Object{"entities": found})
}

func (p *Prism) snapshotV2(w http.ResponseWriter, r *http.Request) {
	body, ok := p.body(w, r, "snapshot_specs", "")
	if !ok {
		return
	}
	specs, _ := body["snapshot_specs"].([]any)
	if len(specs) != 1 {
		p.violate(w, r, "snapshot_specs has not one entry")
		return
	}
	spec := object(specs[0])
	if problem := fields(spec, "vm_uuid snapshot_name", ""); problem != "" {
		p.violate(w, r, "snapshot_specs: %s", problem)
		return
	}
	i := slices.IndexFunc(p.vms, func(vm *prismVM) bool { return vm.id == spec["vm_uuid"] })
	if i < 0 {
		p.refuse(w, r, http.StatusUnprocessableEntity, fmt.Sprintf("the VM %v is not there", spec["vm_uuid"]))
		return
	}
	point := &prismPoint{p.id(), text(spec["snapshot_name"]), []*prismVM{p.vms[i]}}
	reply(w, http.StatusCreated, Object{"task_uuid": p.begin(scriptV2, point.id, func() { p.points = append(p.points, point) })})
}

func (p *Prism) deleteV2(w http.ResponseWriter, r *http.Request) {
	if point := p.point(w, r); point != nil {
		reply(w, http.StatusCreated, Object{"task_uuid": p.begin(scriptV2, point.id, p.drop(point))})
	}
}
