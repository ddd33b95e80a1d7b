package recipe_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

func TestListings(t *testing.T) {
	r, err := recipe.Reading{
		State: ".s", Reason: ".r", Pending: []string{"RUNNING", "*_IN_PROGRESS", "running"}, Succeeded: []string{"done"}, Warned: []string{"partly"},
		Failed: []string{"*_FAILED"}, Unlisted: "pending",
	}.Compile()
	if err != nil {
		t.Fatal(err)
	}
	want := []recipe.Listing{
		{List: "pending", State: settle.Pending, Words: []string{"RUNNING", "*_IN_PROGRESS"}},
		{List: "succeeded", State: settle.Succeeded, Words: []string{"done"}},
		{List: "warned", State: settle.Succeeded, Warned: true, Words: []string{"partly"}},
		{List: "failed", State: settle.Failed, Words: []string{"*_FAILED"}},
	}
	if diff := cmp.Diff(want, r.Listings()); diff != "" {
		t.Errorf("listings (-want +got):\n%s", diff)
	}
	if r.Unlisted() != settle.Pending {
		t.Errorf("unlisted: got %v", r.Unlisted())
	}
	var names []string
	for _, e := range r.Expressions() {
		names = append(names, e.Name+" "+e.String())
	}
	if diff := cmp.Diff([]string{"state .s", "progress ", "reason .r"}, names); diff != "" {
		t.Errorf("expressions (-want +got):\n%s", diff)
	}
}
