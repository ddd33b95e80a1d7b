package target_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle/target"
)

// certificate makes one that signs itself, for names.
func certificate(t *testing.T, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "settle test"}, DNSNames: names,
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// inFiles writes certificate and key as PEM.
func inFiles(t *testing.T, c tls.Certificate) (cert, key string) {
	t.Helper()
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: c.Certificate[0]}, key: {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// serve answers with the common name of the certificate that a client has shown.
func serve(t *testing.T, config *tls.Config) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, shown := range r.TLS.PeerCertificates {
			_, _ = io.WriteString(w, shown.Subject.CommonName)
		}
	}))
	server.TLS = config
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are what is tested
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func ask(t *testing.T, server *httptest.Server, how target.TLS) (string, error) {
	t.Helper()
	config, err := how.Config()
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: config}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Get(server.URL)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func TestTLS(t *testing.T) {
	named, unnamed := certificateOfServer(t), certificate(t, "elsewhere")
	namedFile, _ := inFiles(t, named)
	pin := target.Fingerprint(unnamed.Leaf)
	for _, tt := range []struct {
		name string
		cert tls.Certificate
		how  target.TLS
		ok   bool
	}{
		{"what the system trusts", named, target.TLS{}, false},
		{"a private CA", named, target.TLS{CAFile: namedFile}, true},
		{"a private CA, and another certificate", unnamed, target.TLS{CAFile: namedFile}, false},
		{"insecure", unnamed, target.TLS{Insecure: true}, true},
		{"pinned, whatever its names", unnamed, target.TLS{Fingerprint: pin}, true},
		{"in upper case, with colons", unnamed, target.TLS{Fingerprint: colons(pin)}, true},
		{"without its prefix", unnamed, target.TLS{Fingerprint: strings.TrimPrefix(pin, "sha256:")}, true},
		{"as openssl shows it", unnamed, target.TLS{Fingerprint: strings.Replace(colons(pin), "SHA256:", "sha256 Fingerprint=", 1)}, true},
		{"another is pinned", named, target.TLS{Fingerprint: pin}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := serve(t, &tls.Config{Certificates: []tls.Certificate{tt.cert}})
			if _, err := ask(t, server, tt.how); (err == nil) != tt.ok {
				t.Errorf("got %v, want success: %v", err, tt.ok)
			}
		})
	}
}

// certificateOfServer is one with the address of a test's server in it.
func certificateOfServer(t *testing.T) tls.Certificate {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return server.TLS.Certificates[0]
}

// colons writes sha256:ab12 as SHA256:AB:12.
func colons(fingerprint string) string {
	digits := strings.ToUpper(strings.TrimPrefix(fingerprint, "sha256:"))
	text := "SHA256"
	for i := 0; i < len(digits); i += 2 {
		text += ":" + digits[i:i+2]
	}
	return text
}

func TestFingerprintError(t *testing.T) {
	pinned, shown := certificate(t, "h"), certificate(t, "h")
	server := serve(t, &tls.Config{Certificates: []tls.Certificate{shown}})
	_, err := ask(t, server, target.TLS{Fingerprint: colons(target.Fingerprint(pinned.Leaf))})
	got, is := errors.AsType[*target.FingerprintError](err)
	if !is {
		t.Fatalf("got %v", err)
	}
	if want := (target.FingerprintError{Want: target.Fingerprint(pinned.Leaf), Got: target.Fingerprint(shown.Leaf)}); *got != want {
		t.Errorf("got %+v, want %+v", *got, want)
	}
	for _, part := range []string{got.Want, got.Got} {
		if !strings.Contains(got.Error(), part) {
			t.Errorf("%q is not in %q", part, got)
		}
	}
}

// A session that is resumed shows no certificate anew, and is looked at all the same.
func TestFingerprintOfAResumedSession(t *testing.T) {
	server := serve(t, &tls.Config{Certificates: []tls.Certificate{certificate(t, "h")}})
	cache := tls.NewLRUClientSessionCache(1)
	get := func(how target.TLS) error {
		config, err := how.Config()
		if err != nil {
			t.Fatal(err)
		}
		config.ClientSessionCache = cache
		transport := &http.Transport{TLSClientConfig: config}
		defer transport.CloseIdleConnections()
		response, err := (&http.Client{Transport: transport}).Get(server.URL)
		if err == nil {
			_, err = io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
		return err
	}
	if err := get(target.TLS{Insecure: true}); err != nil {
		t.Fatal(err)
	}
	other := certificate(t, "h")
	if _, is := errors.AsType[*target.FingerprintError](get(target.TLS{Fingerprint: target.Fingerprint(other.Leaf)})); !is {
		t.Error("the session was taken up again")
	}
}

func TestClientCertificate(t *testing.T) {
	ours := certificate(t, "us")
	cert, key := inFiles(t, ours)
	both := filepath.Join(t.TempDir(), "both.pem")
	if err := os.WriteFile(both, []byte(read(t, key)+read(t, cert)), 0o600); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ours.Leaf)
	server := serve(t, &tls.Config{Certificates: []tls.Certificate{certificate(t, "h")}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool})
	for _, how := range []target.TLS{{Insecure: true, CertFile: cert, KeyFile: key}, {Insecure: true, CertFile: both}} {
		if got, err := ask(t, server, how); got != "settle test" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if _, err := ask(t, server, target.TLS{Insecure: true}); err == nil {
		t.Error("a certificate is not asked for")
	}
}

func TestTLSConfig(t *testing.T) {
	if config, err := (target.TLS{}).Config(); config != nil || err != nil {
		t.Errorf("nothing set: got %v, %v", config, err)
	}
	config, err := target.TLS{Insecure: true}.Config()
	if err != nil || config.MinVersion != tls.VersionTLS12 {
		t.Errorf("got %v, %v", config, err)
	}
	cert, key := inFiles(t, certificate(t, "h"))
	_, otherKey := inFiles(t, certificate(t, "h"))
	pin := "sha256:" + strings.Repeat("0", 64)
	for _, tt := range []struct {
		name string
		how  target.TLS
		want []string
	}{
		{"no fingerprint", target.TLS{Fingerprint: "sha256:12"}, []string{"tls.fingerprint: ", "64 hexadecimal", "openssl"}},
		{"of sha1", target.TLS{Fingerprint: strings.Repeat("00:", 19) + "00"}, []string{"tls.fingerprint: "}},
		{"pinned and not verified", target.TLS{Fingerprint: pin, Insecure: true}, []string{"tls: ", "fingerprint and insecure"}},
		{"a CA and not verified", target.TLS{CAFile: cert, Insecure: true}, []string{"tls: ", "ca_file and insecure"}},
		{"no such CA", target.TLS{CAFile: cert + "x"}, []string{"tls.ca_file: ", cert + "x"}},
		{"no CA", target.TLS{CAFile: key}, []string{"tls.ca_file: ", "no certificate in " + key, "BEGIN CERTIFICATE"}},
		{"a key alone", target.TLS{KeyFile: key}, []string{"tls.key_file: ", "cert_file"}},
		{"no such certificate", target.TLS{CertFile: cert + "x", KeyFile: key}, []string{"tls.cert_file: ", cert + "x"}},
		{"no such key", target.TLS{CertFile: cert, KeyFile: key + "x"}, []string{"tls.key_file: ", key + "x"}},
		{"no key in it", target.TLS{CertFile: cert}, []string{"tls.cert_file: ", cert}},
		{"another's key", target.TLS{CertFile: cert, KeyFile: otherKey}, []string{"tls.cert_file: ", "private key does not match"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config, err := tt.how.Config()
			if config != nil {
				t.Errorf("got %v", config)
			}
			refused(t, err, tt.want...)
		})
	}
}
