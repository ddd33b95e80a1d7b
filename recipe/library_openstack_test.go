package recipe_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

var openStackKinds = []string{"server", "server-deleted", "volume", "volume-deleted", "snapshot", "snapshot-deleted"}

// A catalog as Keystone's API reference shows it, of two regions.
const keystone = `{"token": {"methods": ["password"], "user": {"domain": {"id": "default", "name": "Default"}, "id": "423f19a4", "name": "ops"}, "audit_ids": ["ZzZwkUflQfygX7pdYDBCQQ"],
	"expires_at": "2026-11-24T18:00:00.000000Z", "issued_at": "2026-11-24T17:00:00.000000Z", "project": {"domain": {"id": "default", "name": "Default"}, "id": "a6944d76", "name": "lab"},
	"catalog": [
		{"type": "identity", "name": "keystone", "id": "1", "endpoints": [{"id": "i", "interface": "public", "region": "one", "region_id": "one", "url": "https://cloud.lab:5000"}]},
		{"type": "compute", "name": "nova", "id": "2", "endpoints": [
			{"id": "a", "interface": "internal", "region": "one", "region_id": "one", "url": "http://10.0.0.7:8774/v2.1"},
			{"id": "b", "interface": "public", "region": "one", "region_id": "one", "url": "https://cloud.lab:8774/v2.1/"},
			{"id": "c", "interface": "public", "region": "two", "region_id": "two", "url": "https://two.lab:8774/v2.1"}]},
		{"type": "volumev3", "name": "cinderv3", "id": "3", "endpoints": [{"id": "d", "interface": "public", "region": "one", "region_id": "one", "url": "https://cloud.lab:8776/v3/a6944d76"}]}]}}`

func TestLibraryOpenStackLogin(t *testing.T) {
	account := recipe.Values{"url": "https://cloud.lab:5000", "user": "ops", "password": "p", "project": "lab"}
	for _, kind := range openStackKinds {
		r := builtIn(t, "openstack/"+kind)
		if got, want := len(r.Auth), 2; got != want {
			t.Fatalf("%s: got %d ways to log in, want %d", kind, got, want)
		}
		want := "POST https://cloud.lab:5000/v3/auth/tokens\n" +
			`{"auth":{"identity":{"methods":["password"],"password":{"user":{"domain":{"name":"Default"},"name":"ops","password":"p"}}},"scope":{"project":{"domain":{"name":"Default"},"name":"lab"}}}}`
		if diff := cmp.Diff(want, sent(t, r.Auth[1].Login.Request, known(t, r, "", account))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
		want = "POST https://cloud.lab:5000/v3/auth/tokens\n" +
			`{"auth":{"identity":{"application_credential":{"id":"c","secret":"s"},"methods":["application_credential"]}}}`
		credential := recipe.Values{"url": "https://cloud.lab:5000", "credential_id": "c", "credential_secret": "s"}
		if diff := cmp.Diff(want, sent(t, r.Auth[0].Login.Request, known(t, r, "", credential))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
	tests := []struct {
		kind, region, inside string
		want                 string
	}{
		{"server", "one", "public", `{"compute":"https://cloud.lab:8774/v2.1","token":"gAAAAB"}`},
		{"server-deleted", "two", "public", `{"compute":"https://two.lab:8774/v2.1","token":"gAAAAB"}`},
		{"server", "", "internal", `{"compute":"http://10.0.0.7:8774/v2.1","token":"gAAAAB"}`},
		{"volume", "", "public", `{"token":"gAAAAB","volume":"https://cloud.lab:8776/v3/a6944d76"}`},
		{"snapshot", "one", "public", `{"token":"gAAAAB","volume":"https://cloud.lab:8776/v3/a6944d76"}`},
		{"snapshot", "two", "public", ``}, // has none
	}
	for _, tt := range tests {
		r := builtIn(t, "openstack/"+tt.kind)
		a := said{code: 201, header: map[string]string{"X-Subject-Token": "gAAAAB"}, body: keystone}.answer(t)
		a.Known = known(t, r, "", recipe.Values{"interface": tt.inside})
		if tt.region != "" {
			a.Known["region"] = tt.region
		}
		for _, way := range r.Auth {
			if got := way.Login.Token.Words(t.Context(), a); got != tt.want {
				t.Errorf("%s in %q: got %s, want %s", tt.kind, tt.region, got, tt.want)
			}
		}
	}
}

func openStackRefusals(what string) []said {
	return []said{
		{name: "no login", code: 401, body: `{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}`,
			want: "denied: The request you have made requires authentication."},
		{name: "not allowed", code: 403, body: `{"forbidden": {"code": 403, "message": "Policy doesn't allow it."}}`, want: "denied: Policy doesn't allow it."},
		{name: "not there", code: 404, body: `{"itemNotFound": {"code": 404, "message": "` + what + ` could not be found."}}`, want: "missing: " + what + " could not be found."},
		{name: "server error", code: 500, body: `{"computeFault": {"code": 500, "message": "Unexpected API Error."}}`, want: "no answer: Unexpected API Error."},
	}
}

func TestLibraryOpenStackServer(t *testing.T) {
	server := func(status, task, different string) string {
		return strings.NewReplacer("STATUS", status, "TASK", task, "DIFFERENT", different).Replace(`{"server": {"id": "9168b536-cd40-4630-b43f-b259807c6e87", "name": "web-07", "status": "STATUS",
			"OS-EXT-STS:task_state": TASK, "OS-EXT-STS:vm_state": "active", "OS-EXT-STS:power_state": 1, "created": "2026-11-24T17:00:00Z", "updated": "2026-11-24T17:00:10Z", DIFFERENT}}`)
	}
	verdicts(t, "openstack/server", append(openStackRefusals("Instance 9168b536"), []said{
		{name: "is built", body: server("BUILD", `"spawning"`, `"progress": 0`), want: "pending [task spawning]"},
		{name: "waits for a host", body: server("BUILD", `null`, `"progress": 0`), want: "pending [BUILD]"},
		{name: "active", body: server("ACTIVE", `null`, `"progress": 100`), want: "succeeded [ACTIVE] 100%"},
		{name: "active, and stops", body: server("ACTIVE", `"powering-off"`, `"progress": 0`), want: "pending [task powering-off]"},
		{name: "stopped", body: server("SHUTOFF", `null`, `"progress": 0`), want: "succeeded [SHUTOFF]"},
		{name: "resized, to be confirmed", body: server("VERIFY_RESIZE", `null`, `"progress": 0`), want: "blocked [VERIFY_RESIZE]"},
		{name: "error", body: server("ERROR", `null`, `"fault": {"code": 500, "created": "2026-11-24T17:00:10Z", "message": "No valid host was found."}`), want: "failed [ERROR]: No valid host was found."},
		{name: "error, and the task was left behind", body: server("ERROR", `"spawning"`, `"fault": {"code": 500, "message": "No valid host was found."}`), want: "failed [ERROR]: No valid host was found."},
		{name: "the platform does not know", body: server("UNKNOWN", `null`, `"progress": 0`), want: `no answer: unknown state "UNKNOWN": nobody listed it`},
	}...))
	vocabulary(t, "openstack/server", `{"server":{"status":"%s"}}`, map[string]string{
		"pending": "BUILD|REBUILD|RESIZE|MIGRATING|REBOOT|HARD_REBOOT|PASSWORD|REVERT_RESIZE", "blocked": "VERIFY_RESIZE",
		"succeeded": "ACTIVE|SHUTOFF|PAUSED|SUSPENDED|RESCUE|SHELVED|SHELVED_OFFLOADED", "failed": "ERROR", "canceled": "DELETED|SOFT_DELETED",
	})
	verdicts(t, "openstack/server-deleted", append(openStackRefusals("Instance 9168b536"), []said{
		{name: "before it begins", body: server("ACTIVE", `null`, `"progress": 0`), want: "pending [ACTIVE]"},
		{name: "is deleted", body: server("ACTIVE", `"deleting"`, `"progress": 0`), want: "pending [task deleting]"},
		{name: "is deleted, out of an error", body: server("ERROR", `"deleting"`, `"progress": 0`), want: "pending [task deleting]"},
		{name: "was not deleted", body: server("ERROR", `null`, `"fault": {"code": 500, "message": "Failed to detach volume"}`), want: "failed [ERROR]: Failed to detach volume"},
		{name: "may be restored for a while", body: server("SOFT_DELETED", `null`, `"progress": 0`), want: "succeeded [SOFT_DELETED]"},
	}...))
	vocabulary(t, "openstack/server-deleted", `{"server":{"status":"%s"}}`, map[string]string{
		"pending":   "BUILD|REBUILD|RESIZE|MIGRATING|REBOOT|HARD_REBOOT|PASSWORD|REVERT_RESIZE|VERIFY_RESIZE|ACTIVE|SHUTOFF|PAUSED|SUSPENDED|RESCUE|SHELVED|SHELVED_OFFLOADED",
		"succeeded": "DELETED|SOFT_DELETED", "failed": "ERROR",
	})
}

func TestLibraryOpenStackVolumes(t *testing.T) {
	volume := func(status string) string {
		return `{"volume": {"id": "6edbc2f4", "name": "data", "status": "` + status + `", "size": 200, "attachments": [], "bootable": "false", "migration_status": null, "created_at": "2026-11-24T17:00:00.000000"}}`
	}
	verdicts(t, "openstack/volume", append(openStackRefusals("Volume 6edbc2f4"), []said{
		{name: "grows", body: volume("extending"), want: "pending [extending]"},
		{name: "is there", body: volume("available"), want: "succeeded [available]"},
		{name: "is in use", body: volume("in-use"), want: "succeeded [in-use]"},
		{name: "could not grow", body: volume("error_extending"), want: "failed [error_extending]"},
		{name: "to be accepted", body: volume("awaiting-transfer"), want: "blocked [awaiting-transfer]"},
	}...))
	pending := "creating|attaching|detaching|deleting|downloading|uploading|retyping|extending|managing|backing-up|restoring-backup|reserved|maintenance"
	failed := "error|error_deleting|error_extending|error_restoring|error_backing-up|error_managing"
	vocabulary(t, "openstack/volume", `{"volume":{"status":"%s"}}`, map[string]string{"pending": pending, "blocked": "awaiting-transfer", "succeeded": "available|in-use", "failed": failed})
	vocabulary(t, "openstack/volume-deleted", `{"volume":{"status":"%s"}}`, map[string]string{"pending": pending + "|awaiting-transfer|available|in-use", "failed": failed})
	snapshot := func(status, progress string) string {
		return `{"snapshot": {"id": "3fbbcccf", "name": "pre-upgrade", "status": "` + status + `", "volume_id": "6edbc2f4", "size": 200, "os-extended-snapshot-attributes:progress": "` + progress + `"}}`
	}
	verdicts(t, "openstack/snapshot", append(openStackRefusals("Snapshot 3fbbcccf"), []said{
		{name: "is made", body: snapshot("creating", "0%"), want: "pending [creating]"},
		{name: "is half made", body: snapshot("creating", "50%"), want: "pending [creating] 50%"},
		{name: "is there", body: snapshot("available", "100%"), want: "succeeded [available] 100%"},
		{name: "failed", body: snapshot("error", "0%"), want: "failed [error]"},
	}...))
	vocabulary(t, "openstack/snapshot", `{"snapshot":{"status":"%s"}}`, map[string]string{"pending": "creating|backing-up|restoring|deleting|unmanaging|updating", "succeeded": "available", "failed": "error|error_deleting", "canceled": "deleted"})
	vocabulary(t, "openstack/snapshot-deleted", `{"snapshot":{"status":"%s"}}`, map[string]string{
		"pending": "available|creating|backing-up|restoring|deleting|unmanaging|updating", "succeeded": "deleted", "failed": "error|error_deleting"})
}

// Where a deletion is awaited a task that vanishes has succeeded; elsewhere nobody knows.
func TestLibraryOpenStackDeletions(t *testing.T) {
	for _, kind := range openStackKinds {
		want := settle.Unknown
		if strings.HasSuffix(kind, "-deleted") {
			want = settle.Succeeded
		}
		if got := builtIn(t, "openstack/"+kind).Status.Missing.After; got != want {
			t.Errorf("%s: got %v, want %v", kind, got, want)
		}
	}
}

func TestLibraryOpenStackRequests(t *testing.T) {
	values := recipe.Values{"login": map[string]any{"compute": "https://cloud.lab:8774/v2.1", "volume": "https://cloud.lab:8776/v3/a6944d76"}}
	with := func(name, value string) recipe.Values {
		return recipe.Values{"login": values["login"], "read": map[string]any{name: value}}
	}
	askings(t, []asking{
		{name: "openstack", what: "status", id: "9168b536/..", values: values, want: "GET https://cloud.lab:8774/v2.1/servers/9168b536%2F.."},
		{name: "openstack/server-deleted", what: "status", id: "9168b536", values: values, want: "GET https://cloud.lab:8774/v2.1/servers/9168b536"},
		{name: "openstack/server-deleted", what: "server.delete read server", values: values, given: map[string]any{"server": "web-07"}, want: "GET https://cloud.lab:8774/v2.1/servers/detail"},
		{name: "openstack/server-deleted", what: "server.delete", values: with("server", "9168b536"), given: map[string]any{"server": "web-07"}, want: "DELETE https://cloud.lab:8774/v2.1/servers/9168b536"},
		{name: "openstack/volume", what: "status", id: "6edbc2f4", values: values, want: "GET https://cloud.lab:8776/v3/a6944d76/volumes/6edbc2f4"},
		{name: "openstack/volume", what: "volume.extend", values: with("volume", "6edbc2f4"), given: map[string]any{"volume": "data", "size": "200GiB"},
			want: "POST https://cloud.lab:8776/v3/a6944d76/volumes/6edbc2f4/action\n" + `{"os-extend":{"new_size":200}}`},
		{name: "openstack/volume", what: "volume.extend", comment: " by a byte more", values: with("volume", "6edbc2f4"), given: map[string]any{"volume": "data", "size": "214748364801"},
			want: "POST https://cloud.lab:8776/v3/a6944d76/volumes/6edbc2f4/action\n" + `{"os-extend":{"new_size":201}}`},
		{name: "openstack/volume-deleted", what: "volume.delete", values: with("volume", "6edbc2f4"), given: map[string]any{"volume": "data"}, want: "DELETE https://cloud.lab:8776/v3/a6944d76/volumes/6edbc2f4"},
		{name: "openstack/snapshot", what: "snapshot.create", values: with("volume", "6edbc2f4"), given: map[string]any{"volume": "data", "name": "pre-upgrade"},
			want: "POST https://cloud.lab:8776/v3/a6944d76/snapshots\n" + `{"snapshot":{"force":false,"name":"pre-upgrade","volume_id":"6edbc2f4"}}`},
		{name: "openstack/snapshot-deleted", what: "snapshot.delete", values: with("snapshot", "3fbbcccf"), given: map[string]any{"snapshot": "pre-upgrade"}, want: "DELETE https://cloud.lab:8776/v3/a6944d76/snapshots/3fbbcccf"},
	})
	startings(t, []starting{
		{name: "openstack/snapshot", action: "snapshot.create", code: 202, body: `{"snapshot":{"id":"3fbbcccf","status":"creating","volume_id":"6edbc2f4"}}`, want: "3fbbcccf"},
		{name: "openstack/volume", action: "volume.extend", code: 202, values: with("volume", "6edbc2f4"), want: "6edbc2f4"},
		{name: "openstack/volume-deleted", action: "volume.delete", code: 202, values: with("volume", "6edbc2f4"), want: "6edbc2f4"},
		{name: "openstack/server-deleted", action: "server.delete", code: 204, values: with("server", "9168b536"), want: "9168b536"},
	})
	volumes := said{body: `{"volumes":[{"id":"a","name":"data"},{"id":"b","name":"logs"},{"id":"c","name":"data"}]}`}.answer(t)
	volumes.Known = recipe.Values{"volume": "data"}
	found, err := builtIn(t, "openstack/volume").Action("volume.extend").Reads[0].One.All(t.Context(), volumes, 10)
	if diff := cmp.Diff([]any{"a", "c"}, found); diff != "" || err != nil {
		t.Errorf("volumes of that name: %v (-want +got):\n%s", err, diff)
	}
}
