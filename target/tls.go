package target

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/settle-go/settle/recipe"
)

// TLS is how a target's certificate is verified, and which one it is shown. The zero value is what the system trusts, and
// no certificate of our own. At most one of Fingerprint, CAFile and Insecure may be set.
type TLS struct {
	Fingerprint string // "sha256:" and 64 hexadecimal digits: the server's own certificate must be this one
	CAFile      string // PEM: the server's certificate must be signed by one of these, and by no other
	CertFile    string // PEM: our own certificate; "": none
	KeyFile     string // PEM: its key; "": it is in CertFile
	Insecure    bool   // the server's certificate is not verified at all
}

// A FingerprintError says that a server has shown another certificate than the pinned one.
type FingerprintError struct {
	Want, Got string // as Fingerprint returns them
}

func (e *FingerprintError) Error() string {
	return fmt.Sprintf("the server's certificate is not the pinned one: its fingerprint is %s, pinned is %s", e.Got, e.Want)
}

// Fingerprint returns "sha256:" and the hash of the certificate, in lower-case hexadecimal digits.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return fingerprintPrefix + hex.EncodeToString(sum[:])
}

const fingerprintPrefix = "sha256:"

// Config returns the configuration of a client, nil where t is zero. It reads the files. With Fingerprint a handshake
// with any other certificate ends in a *FingerprintError; names, signers and dates do not count then. The error is a
// *recipe.Error at "tls" or one of its keys.
func (t TLS) Config() (*tls.Config, error) {
	if t == (TLS{}) {
		return nil, nil
	}
	if err := t.refuse(); err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: t.Insecure}
	if t.Fingerprint != "" {
		pin(config, t.Fingerprint)
	}
	if t.CAFile != "" {
		pool, err := readCA(t.CAFile)
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	if t.CertFile != "" {
		key := t.KeyFile
		if key == "" {
			key = t.CertFile
		}
		cert, err := tls.LoadX509KeyPair(t.CertFile, key)
		if err != nil {
			return nil, certificateError(err, t.CertFile, key)
		}
		config.Certificates = []tls.Certificate{cert}
	}
	return config, nil
}

// pin needs a fingerprint that parseFingerprint can read.
func pin(config *tls.Config, fingerprint string) {
	want, _ := parseFingerprint(fingerprint)
	config.InsecureSkipVerify = true
	// VerifyPeerCertificate would not be called for a session that is resumed.
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if got := Fingerprint(state.PeerCertificates[0]); got != want {
			return &FingerprintError{Want: want, Got: got}
		}
		return nil
	}
}

// refuse looks at t without reading its files.
func (t TLS) refuse() error {
	if t.Fingerprint != "" {
		if _, err := parseFingerprint(t.Fingerprint); err != nil {
			return err
		}
	}
	var ways []string
	for _, way := range []struct {
		key string
		set bool
	}{{"fingerprint", t.Fingerprint != ""}, {"ca_file", t.CAFile != ""}, {"insecure", t.Insecure}} {
		if way.set {
			ways = append(ways, way.key)
		}
	}
	switch {
	case len(ways) > 1:
		return &recipe.Error{Place: "tls", Problem: strings.Join(ways, " and ") + " contradict each other", Hint: "keep " + ways[0]}
	case t.KeyFile != "" && t.CertFile == "":
		return &recipe.Error{Place: "tls.key_file", Problem: "a key without its certificate", Hint: "name the certificate's file in cert_file"}
	}
	return nil
}

// parseFingerprint returns the constant form of a fingerprint as people copy it: in upper case, with colons, without
// its prefix.
func parseFingerprint(text string) (string, error) {
	digits := strings.ToLower(strings.TrimSpace(text))
	for _, prefix := range []string{"sha256 fingerprint=", fingerprintPrefix} { // the first is openssl's
		digits = strings.TrimPrefix(digits, prefix)
	}
	digits = strings.ReplaceAll(digits, ":", "")
	if sum, err := hex.DecodeString(digits); err != nil || len(sum) != sha256.Size {
		return "", &recipe.Error{
			Place:   "tls.fingerprint",
			Problem: quote(text) + ` is not "sha256:" and 64 hexadecimal digits`,
			Hint:    "openssl x509 -noout -fingerprint -sha256 -in CERTIFICATE shows it",
		}
	}
	return fingerprintPrefix + digits, nil
}

func readCA(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &recipe.Error{Place: "tls.ca_file", Problem: err.Error(), Hint: "name a file that settle may read"}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, &recipe.Error{
			Place:   "tls.ca_file",
			Problem: "no certificate in " + path,
			Hint:    "it must be PEM, which begins with -----BEGIN CERTIFICATE-----",
		}
	}
	return pool, nil
}

func certificateError(err error, cert, key string) error {
	refused := &recipe.Error{Place: "tls.cert_file", Problem: err.Error(), Hint: "name PEM files that settle may read, a certificate and its key"}
	if path := new(os.PathError); !errors.As(err, &path) {
		refused.Problem = fmt.Sprintf("%s and %s: %v", cert, key, err)
	} else if path.Path == key && key != cert {
		refused.Place = "tls.key_file"
	}
	return refused
}
