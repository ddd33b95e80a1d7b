package recipe_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/settle-go/settle/recipe"
)

// What a platform says becomes a status by an expression and by lists of its words.
func ExampleReading() {
	r, err := recipe.Reading{
		State:     ".data.totalStatus",
		Progress:  ".data.progress / 100",
		Pending:   []string{"run"},
		Succeeded: []string{"success", "*_COMPLETE"},
		Failed:    []string{"failed"},
	}.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, body := range []string{
		`{"data":{"totalStatus":"run","progress":62}}`,
		`{"data":{"totalStatus":"update-complete"}}`,
		`{"data":{"totalStatus":"sucess"}}`,
		`{"data":{"status":"run"}}`,
	} {
		v, _ := recipe.Decode([]byte(body))
		fmt.Println(r.Status(context.Background(), &recipe.Answer{Body: v}))
	}
	// Output:
	// pending [run] 62% <nil>
	// succeeded [update-complete] <nil>
	// unknown [sucess]: this raw state is not listed unknown state "sucess": nobody listed it; is it "success"?
	// unknown state: .data.totalStatus finds null; .data is an object with the keys status
}

// A recipe's file becomes requests to send, and a reader of their answers.
func ExampleParse() {
	r, err := recipe.Parse("acme-task.yaml", []byte(`
name: acme/task
title: Acme task
docs: https://acme.example.com/api, v1
proof: {mock: "documented answers, v1"}
target:
  url: {help: address of the server}
status:
  request: {get: "{url}/tasks/{id}", query: {brief: true}}
  state: .status
  pending: [running]
  succeeded: [done]
  failed: ["*_FAILED"]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	values, _ := r.ID.Take("web/7")
	values["url"] = "https://acme.lab"
	request, _ := r.Status.Request.Fill(ctx, values)
	fmt.Println(request.Method, request.URL)
	v, _ := recipe.Decode([]byte(`{"status":"disk_failed"}`))
	fmt.Println(r.Status.Reader.Status(ctx, &recipe.Answer{Body: v, Known: values}))
	// Output:
	// GET https://acme.lab/tasks/web%2F7?brief=true
	// failed [disk_failed] <nil>
}

// All that is wrong with a recipe is said at once.
func ExampleParse_faults() {
	_, err := recipe.Parse("acme-task.yaml", []byte(`
name: acme/task
title: Acme task
docs: https://acme.example.com/api, v1
proof: {mock: "documented answers, v1"}
target: {url: {}}
status:
  request: {get: "{url}/tasks/{idd}"}
  state: .status
  sucess: [done]
  failed: [error, null]
`))
	fmt.Println(err)
	var refused *recipe.Error
	if errors.As(err, &refused) {
		fmt.Println("hint:", refused.Hint)
	}
	// Output:
	// acme-task.yaml:8:18: status.request.get: unknown {idd}
	// acme-task.yaml:10:3: status.sucess: unknown key "sucess"
	// acme-task.yaml:11:19: status.failed[1]: null
	// hint: did you mean {id}?
}
