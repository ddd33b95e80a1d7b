package main

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A signal that comes between the success and the command is not lost.
func TestSignalBeforeTheCommandThatFollows(t *testing.T) {
	for _, tt := range []struct {
		signal syscall.Signal
		want   int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}, {syscall.SIGHUP, 129}} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(&signalError{tt.signal})
		a := &app{signals: new(listener)}
		ran := filepath.Join(t.TempDir(), "ran")
		if code, err := a.follow(ctx, []string{"touch", ran}); code != tt.want || err != nil {
			t.Errorf("%v: got %d, %v, want %d", tt.signal, code, err, tt.want)
		}
		if _, err := os.Stat(ran); err == nil {
			t.Errorf("%v: the command ran", tt.signal)
		}
	}
}
