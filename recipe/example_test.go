package recipe_test

import (
	"context"
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
