package target_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

func ExampleFile() {
	folder, err := os.MkdirTemp("", "settle")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, target.FileName)

	file, err := target.Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = file.Add(&target.Entry{
		Name:     "tower",
		Recipe:   "smartx/cloudtower",
		Fields:   map[string]string{"url": "https://tower.lab", "user": "ops"},
		Commands: map[string][]string{"password_command": {"pass", "show", "tower"}},
		Rate:     5,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := os.ReadFile(path)
	fmt.Print(string(text))
	// Output:
	// tower:
	//   recipe: smartx/cloudtower
	//   url: https://tower.lab
	//   user: ops
	//   password_command: [pass, show, tower]
	//   rate: 5
}

func ExampleFromEnvironment() {
	r, err := recipe.Find("vmware/tasks")
	if err != nil {
		fmt.Println(err)
		return
	}
	variables := map[string]string{"GOVC_URL": "ops:hunter22@vcenter.lab/sdk", "GOVC_INSECURE": "1"}
	t, err := target.FromEnvironment(context.Background(), r, func(name string) string { return variables[name] })
	fmt.Println(t.URL, t.Values["user"], t.TLS.Insecure, err)
	// Output: https://vcenter.lab ops true <nil>
}

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
