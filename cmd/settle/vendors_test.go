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
//	$EASYOPS     an EasyOps
//	$SETTINGS    the settings folder, which is not there yet
//
// Its logins need a password: $PASSWORD is a file that holds it.
func vendors(env *testscript.Env) error {
	tower, prism, easyops := vendortest.SmartX(), vendortest.Nutanix("v3", "v4"), vendortest.EasyOps()
	for name, vendor := range map[string]http.Handler{
		"TOWER": tower, "PRISM": prism, "PRISM_V3": vendortest.Nutanix("v3"), "EASYOPS": easyops,
	} {
		server := httptest.NewServer(vendor)
		env.Defer(server.Close)
		env.Setenv(name, server.URL)
	}
	secure := httptest.NewUnstartedServer(tower)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that the other side breaks off
	secure.StartTLS()
	env.Defer(secure.Close)
	env.Setenv("TOWER_TLS", secure.URL)
	env.Setenv("TOWER_CERT", target.Fingerprint(secure.Certificate()))
	env.Values["tower"], env.Values["prism"], env.Values["easyops"] = tower, prism, easyops

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
