package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
)

// A listener hears SIGINT, SIGTERM and SIGHUP. The first ends the run's context, with a *signalError as its cause; a
// second one ends the process at once, as if nobody had listened. While a command runs that follows a success, it is
// told instead.
type listener struct {
	signals chan os.Signal
	cancel  context.CancelCauseFunc
	heard   chan struct{} // closed by the first signal that is not for child
	first   *signalError  // that one, once heard is closed
	quit    chan struct{} // closed by stop
	done    chan struct{} // closed by the goroutine that hears

	mu    sync.Mutex // held while a signal is acted on; guards child
	child *os.Process
}

// listen begins to hear, until stop. Under nohup SIGHUP stays unheard.
func listen(ctx context.Context) (context.Context, *listener) {
	ctx, cancel := context.WithCancelCause(ctx)
	l := &listener{
		signals: make(chan os.Signal, 8), cancel: cancel, heard: make(chan struct{}),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	signal.Notify(l.signals, syscall.SIGINT, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(l.signals, syscall.SIGHUP)
	}
	go func() {
		defer close(l.done)
		for {
			select {
			case s := <-l.signals:
				l.hear(s)
			case <-l.quit:
				return
			}
		}
	}()
	return ctx, l
}

func (l *listener) stop() {
	signal.Stop(l.signals)
	close(l.quit)
	<-l.done
	l.cancel(context.Canceled)
}

func (l *listener) hear(s os.Signal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.child != nil {
		passOn(l.child, s)
		return
	}
	if l.first != nil {
		return // it had come before the first was acted on
	}
	signal.Stop(l.signals)
	l.first = &signalError{s}
	close(l.heard)
	l.cancel(l.first)
}

// start starts cmd, which is then told of signals until ended is called. A signal comes either before, and then cmd does
// not start and the error is its cause, or afterwards, and then cmd hears of it.
func (l *listener) start(ctx context.Context, cmd *exec.Cmd) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err := cmd.Start()
	l.child = cmd.Process
	return err
}

func (l *listener) ended() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.child = nil
}

// heeding returns what read does, or how a signal ends the command that comes first: nothing may ever come out of a pipe,
// and a read of it cannot be ended. The goroutine that is left behind then ends with the process.
func heeding[T any](l *listener, read func() (T, error)) (got T, err error) {
	done := make(chan struct{})
	var what T
	var problem error
	go func() {
		defer close(done)
		what, problem = read()
	}()
	select {
	case <-done:
		return what, problem
	case <-l.heard:
		return got, &exitError{l.first.code(), l.first}
	}
}

// A signalError is the cause of the end of a context that a signal ended.
type signalError struct{ signal os.Signal }

func (e *signalError) Error() string { return e.signal.String() }

// exitAfterSignal is 129, 130 or 143 where ctx was ended by a signal.
func exitAfterSignal(ctx context.Context) (int, bool) {
	var s *signalError
	if !errors.As(context.Cause(ctx), &s) {
		return 0, false
	}
	return s.code(), true
}

// code is 129, 130 or 143.
func (e *signalError) code() int {
	number, _ := e.signal.(syscall.Signal)
	return exitSignal + int(number)
}
