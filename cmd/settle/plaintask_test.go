package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/settle-go/settle"
)

func TestPortAddress(t *testing.T) {
	for _, row := range []struct{ text, want string }{ // "": refused
		{"tcp:db:5432", "db:5432"},
		{"tcp:[::1]:0022", "[::1]:22"},
		{"tcp:[fe80::1%eth0]:22", "[fe80::1%eth0]:22"},
		{"tcp:10.0.0.1:65535", "10.0.0.1:65535"},
		{"tcp:", ""},
		{"tcp:22", ""},
		{"tcp:db:-1", ""},
		{"tcp:::1", ""},
		{"tcp:[::1]", ""},
		{"tcp:[::1]22", ""},
		{"tcp:ops:pw@db:22", ""},
	} {
		got, err := portAddress(row.text)
		if got != row.want || (err != nil) != (row.want == "") {
			t.Errorf("%s: got %q, %v", row.text, got, err)
		}
		if refused := refusedBy(err); err != nil && (refused == nil || refused.Hint == "") {
			t.Errorf("%s: %v has no hint", row.text, err)
		}
	}
}

func TestPortCheck(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	check := portCheck(address)
	if _, status, err := check(t.Context()); err != nil || status.State != settle.Succeeded {
		t.Errorf("up: got %v, %v", status, err)
	}

	late, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	if _, status, err := check(late); err != nil || status.State != settle.Pending || status.Raw != portTimeout {
		t.Errorf("no time left: got %v, %v", status, err)
	}
	left := errors.New("the person has left")
	canceled, leave := context.WithCancelCause(t.Context())
	leave(left)
	if _, _, err := check(canceled); !errors.Is(err, left) {
		t.Errorf("canceled: got %v", err)
	}

	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if _, status, err := check(t.Context()); err != nil || status.State != settle.Pending || status.Raw != portRefused {
		t.Errorf("down: got %v, %v", status, err)
	}
}

// Who cannot look does not know that it is not there.
func TestFileThatCannotBeLookedFor(t *testing.T) {
	folder := t.TempDir()
	closed := filepath.Join(folder, "closed")
	if err := os.Mkdir(closed, 0); err != nil {
		t.Fatal(err)
	}
	round := filepath.Join(folder, "round")
	if err := os.Symlink("round", round); err != nil {
		t.Fatal(err)
	}
	paths := []string{round, filepath.Join(folder, strings.Repeat("long", 200))}
	if os.Getuid() > 0 { // root may look everywhere
		paths = append(paths, filepath.Join(closed, "x"))
	}
	for _, path := range paths {
		if _, status, err := fileCheck(path).there(t.Context()); err == nil {
			t.Errorf("%s: got %v", path, status)
		}
	}
}
