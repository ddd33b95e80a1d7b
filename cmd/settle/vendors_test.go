package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/settle-go/settle/internal/vendortest"
	"github.com/settle-go/settle/target"
)

// vendors gives a script platforms with state, of their own for each script, and a settings folder without targets:
//
//	$TOWER       a CloudTower (root, secret; or the token api-key)
//	$TOWER_TLS   the same one by https, with a certificate that nobody has signed
//	$TOWER_CERT  that certificate's fingerprint
//	$TOWER_CA    a file with that certificate
//	$PRISM       a Prism Central (admin, secret), v3 and v4 API
//	$PRISM_V3    an older one, v3 alone
//	$PRISM_V2    a Prism Element, v2 alone
//	$EASYOPS     an EasyOps
//	$SETTINGS    the settings folder, which is not there yet
//
// Its logins need a password: $PASSWORD is a file that holds it.
func vendors(env *testscript.Env) error {
	tower, prism, easyops := vendortest.SmartX(), vendortest.Nutanix("v3", "v4"), vendortest.EasyOps()
	v3, v2 := vendortest.Nutanix("v3"), vendortest.Nutanix("v2")
	for name, handler := range map[string]http.Handler{"TOWER": tower, "PRISM": prism, "PRISM_V3": v3, "PRISM_V2": v2, "EASYOPS": easyops} {
		server := httptest.NewServer(handler)
		env.Defer(server.Close)
		env.Setenv(name, server.URL)
	}
	vendors := map[string]*scripted{
		"tower": {Server: &tower.Server, own: func(key string, n int) { setTower(tower, key, n) }},
		"prism": {Server: &prism.Server, own: func(_ string, n int) { prism.Stale = n }},
		"v3":    {Server: &v3.Server, own: func(_ string, n int) { v3.Stale = n }},
		"v2":    {Server: &v2.Server},
		"ops":   {Server: &easyops.Server, own: func(_ string, n int) { easyops.Code, easyops.Codes = 100503, n }},
	}
	env.Values["vendors"] = vendors
	secure := httptest.NewUnstartedServer(&expiring{tower, vendors["tower"]})
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that the other side breaks off
	secure.StartTLS()
	env.Defer(secure.Close)
	env.Setenv("TOWER_TLS", secure.URL)
	env.Setenv("TOWER_CERT", target.Fingerprint(secure.Certificate()))

	env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
	env.Setenv("SETTINGS", filepath.Join(env.WorkDir, "config", "settle"))
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	for name, text := range map[string][]byte{"PASSWORD": []byte("secret\n"), "TOWER_CA": ca} {
		file := filepath.Join(env.WorkDir, "."+name)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return fmt.Errorf("vendors: %w", err)
		}
		env.Setenv(name, file)
	}
	return nil
}

// A scripted is a vendor's server as scripts set it.
type scripted struct {
	*vendortest.Server
	own func(key string, n int) // what only this vendor has

	mu     sync.Mutex // guards expire
	expire int        // the request before which all logins become worthless, counted from now
}

// vendor NAME KEY=VALUE…: how a vendor's server behaves from now on. script=A,B,C is what a task is at each look, of all
// started from now on ("": some looks, then success); silent=1: without a reason; lose=N, lose-after=N: the Nth request's
// connection is lost before or after it was acted upon; expire=N: $TOWER_TLS forgets the logins before the Nth request;
// the rest is the vendor's own: flat, synchronous, empty, locked (SmartX), stale (Nutanix), codes (EasyOps).
func vendor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: vendor NAME KEY=VALUE...")
	}
	v := named(ts, args[0])
	for _, arg := range args[1:] {
		key, value, _ := strings.Cut(arg, "=")
		n, _ := strconv.Atoi(value)
		switch key {
		case "script":
			v.Set(func() { v.Script = strings.Split(value, ",") })
			if value == "" {
				v.Set(func() { v.Script = nil })
			}
		case "silent":
			v.Set(func() { v.Silent = n > 0 })
		case "lose":
			v.Lose(n, vendortest.Before)
		case "lose-after":
			v.Lose(n, vendortest.After)
		case "expire":
			v.mu.Lock()
			v.expire = n
			v.mu.Unlock()
		default:
			v.Set(func() { v.own(key, n) })
		}
	}
}

func setTower(t *vendortest.Tower, key string, n int) {
	switch key {
	case "flat":
		t.Flat = n > 0
	case "synchronous":
		t.Synchronous = n > 0
	case "empty":
		t.Empty = n
	case "locked":
		t.Locked = n
	}
}

// asked NAME N[-MOST] METHOD PATH: a vendor was asked N times so far by that method at paths that end in PATH, and never
// against its contract.
func asked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: asked NAME N[-MOST] METHOD PATH")
	}
	low, high, several := strings.Cut(args[1], "-")
	least, err := strconv.Atoi(low)
	ts.Check(err)
	most := least
	if several {
		most, err = strconv.Atoi(high)
		ts.Check(err)
	}
	v := named(ts, args[0])
	got := 0
	for _, r := range v.Requests() {
		if r.Method == args[2] && strings.HasSuffix(r.Path, args[3]) {
			got++
		}
	}
	if got < least || got > most {
		ts.Fatalf("%s was asked %d times for %s %s, want %s", args[0], got, args[2], args[3], args[1])
	}
	if broken := v.Violations(); len(broken) > 0 {
		ts.Fatalf("%s: %s", args[0], strings.Join(broken, "; "))
	}
}

func named(ts *testscript.TestScript, name string) *scripted {
	v := ts.Value("vendors").(map[string]*scripted)[name]
	if v == nil {
		ts.Fatalf("there is no vendor %s", name)
	}
	return v
}

// expiring forgets all logins at a moment that a script has set.
type expiring struct {
	http.Handler
	at *scripted
}

func (e *expiring) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.at.mu.Lock()
	e.at.expire--
	now := e.at.expire == 0
	e.at.mu.Unlock()
	if now {
		e.at.Expire()
	}
	e.Handler.ServeHTTP(w, r)
}
