package target_test

import (
	"fmt"
	"net/url"
	"os"

	"github.com/settle-go/settle/target"
)

func ExampleSecrets() {
	var s target.Secrets
	s.Add("Bearer eyJhbGciOi")
	fmt.Println(s.Mask(`{"error":"token eyJhbGciOi has expired"}`))

	w := s.Writer(os.Stdout)
	fmt.Fprint(w, "a token in two halves: eyJhb")
	fmt.Fprintln(w, "GciOi")
	_ = w.Close()
	// Output:
	// {"error":"token *** has expired"}
	// a token in two halves: ***
}

func ExampleShowURL() {
	u, _ := url.Parse("https://ops:hunter22@ci.lab/api/run/7?token=abcd&brief=true")
	fmt.Println(target.ShowURL(u))
	// Output: https://ops:***@ci.lab/api/run/7?token=***&brief=true
}
