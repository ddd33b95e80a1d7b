package lxdtest

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"testing/fstest"
)

// newImage makes the smallest image that LXD takes, unlike all others: LXD refuses one that it has already.
func (s *Server) newImage() []byte {
	s.t.Helper()
	s.made++
	meta := fmt.Appendf(nil, "architecture: %s\ncreation_date: %d\n", s.arch, s.made)
	var image bytes.Buffer
	w := tar.NewWriter(&image)
	err := w.AddFS(fstest.MapFS{
		"metadata.yaml": {Data: meta, Mode: 0o644},
		"rootfs":        {Mode: fs.ModeDir | 0o755},
	})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return image.Bytes()
}

func fingerprint(image []byte) string {
	sum := sha256.Sum256(image)
	return hex.EncodeToString(sum[:])
}
