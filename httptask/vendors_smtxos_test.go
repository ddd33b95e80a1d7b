package httptask_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
)

// A job of a SMTX OS cluster: its second look meets an error in a 200, its third a token that has expired.
func TestSMTXOSJob(t *testing.T) {
	logins, looks := 0, 0
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v3/sessions", func(w http.ResponseWriter, _ *http.Request) {
		logins++
		fmt.Fprintf(w, `{"token":"token-%d"}`, logins)
	})
	mux.HandleFunc("GET /api/v2/jobs/{id}", func(w http.ResponseWriter, r *http.Request) {
		looks++
		token := fmt.Sprintf("token-%d", logins)
		switch {
		case r.Header.Get("X-SmartX-Token") != token || r.Header.Get("Grpc-Metadata-Token") != token:
			t.Errorf("look %d: sent another token", looks)
		case looks == 2:
			fmt.Fprint(w, `{"ec":"EINTERNAL","error":{"msg":"zookeeper is away"},"data":{}}`)
		case looks == 3:
			w.WriteHeader(http.StatusUnauthorized)
		case looks == 5:
			fmt.Fprint(w, `{"ec":"EOK","error":{},"data":{"job":{"job_id":"j","state":"done","resources":{"0b1c":{}}}}}`)
		default:
			fmt.Fprint(w, `{"ec":"EOK","error":{},"data":{"job":{"job_id":"j","state":"processing","resources":{}}}}`)
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	r, err := recipe.Find("smartx/smtxos")
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := httptask.Open(r, target.Target{URL: server.URL, Values: map[string]string{"user": "root"}, Secrets: map[string]string{"password": "secret"}, Policy: "every=1ms max=2ms timeout=1m"})
	if err != nil {
		t.Fatal(err)
	}
	defer tasks.Close()
	answer, err := settle.Wait(patience(t), tasks.Policy(), tasks.Check("j"))
	if err != nil {
		t.Fatal(err)
	}
	if result, _, err := tasks.Result(patience(t), "j", answer); err != nil || string(result) != `"0b1c"` {
		t.Errorf("result: got %s, %v", result, err)
	}
	if looks != 5 || logins != 2 {
		t.Errorf("got %d looks and %d logins, want 5 and 2", looks, logins)
	}
}
