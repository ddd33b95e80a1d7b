package lxdtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"time"
)

// HTTPS is LXD's own door for the network: a certificate that LXD has signed itself, and clients that show one of theirs.
type HTTPS struct {
	URL         string
	Fingerprint string // "sha256:" and the hex of LXD's certificate

	CertFile, KeyFile         string // of a client that LXD trusts
	StrangerCert, StrangerKey string // of one that it does not
}

// HTTPS opens the door. It stays open as long as the Server runs.
func (s *Server) HTTPS() HTTPS {
	s.t.Helper()
	address := s.freeAddress()
	s.call("PATCH", "/1.0", object{"config": object{"core.https_address": address}})
	text, err := os.ReadFile(filepath.Join(s.daemon.dir, "server.crt"))
	if err != nil {
		s.t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		s.t.Fatal("server.crt holds no certificate")
	}
	sum := sha256.Sum256(block.Bytes)
	h := HTTPS{URL: "https://" + address, Fingerprint: "sha256:" + hex.EncodeToString(sum[:])}

	var trusted []byte
	h.CertFile, h.KeyFile, trusted = s.newClient("friend")
	s.call("POST", "/1.0/certificates", object{"type": "client", "name": "friend", "certificate": base64.StdEncoding.EncodeToString(trusted)})
	h.StrangerCert, h.StrangerKey, _ = s.newClient("stranger")
	return h
}

// freeAddress takes a port that nobody has now and that is none of those that a kernel hands out: LXD opens it a moment later.
func (s *Server) freeAddress() string {
	s.t.Helper()
	const first, last, tries = 10000, 32000, 1000
	for range tries {
		address := fmt.Sprintf("127.0.0.1:%d", first+mathrand.IntN(last-first))
		if l, err := net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
	s.t.Fatal("no free port")
	return ""
}

// newClient writes a client's certificate and key into the daemon's folder.
func (s *Server) newClient(name string) (certFile, keyFile string, cert []byte) {
	s.t.Helper()
	check := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	cert, err = x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	check(err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	check(err)
	write := func(file, kind string, der []byte) string {
		s.t.Helper()
		path := filepath.Join(s.daemon.dir, file)
		check(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
		return path
	}
	return write(name+".crt", "CERTIFICATE", cert), write(name+".key", "PRIVATE KEY", secret), cert
}
