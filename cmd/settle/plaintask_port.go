package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/recipe"
)

// portTask is a TCP port that is to answer: connected is succeeded, and the connection is closed at once.
func (a *app) portTask(text string, f *askFlags) (task, error) {
	if given := f.asked(); len(given) > 0 {
		return task{}, usage("--"+given[0], said("is for an answer that is read, and a port is only connected to"), asIs("settle wait "+shellWord(text)))
	}
	address, err := portAddress(text)
	if err != nil {
		return task{}, err
	}
	name := portScheme + address
	return task{name: name, short: address, address: shellWord(name), check: portCheck(address)}, nil
}

// portAddress takes HOST:PORT out of tcp:HOST:PORT.
func portAddress(text string) (string, error) {
	refused := func(problem phrase, hint string) (string, error) {
		return "", usage("task", said("%s %s", quoted(text), problem), asIs("settle wait "+shellWord(portScheme+hint)))
	}
	rest := strings.TrimPrefix(text, portScheme)
	if slashed, found := strings.CutPrefix(rest, "//"); found {
		return refused(said("is written without slashes"), strings.TrimRight(slashed, "/"))
	}
	host, port, err := net.SplitHostPort(rest)
	number, notNumber := strconv.Atoi(port)
	switch {
	case net.ParseIP(rest).To16() != nil && strings.Contains(rest, ":"):
		return refused(said("is an IPv6 address without brackets, or without a port"), "["+rest+"]:22")
	case err != nil && strings.Count(rest, ":") > 1 && !strings.HasPrefix(rest, "["):
		return refused(said("has more than one colon; an IPv6 address stands in brackets"), "[2001:db8::7]:22")
	case err != nil && strings.HasPrefix(rest, "[") && !strings.Contains(rest, "]"):
		return refused(said("has no closing bracket"), "[2001:db8::7]:22")
	case err != nil || port == "":
		return refused(said("has no port"), cmp.Or(strings.TrimSuffix(rest, ":"), "localhost")+":22")
	case host == "":
		return refused(said("has no host"), "localhost:"+port)
	case notNumber != nil || number < 1 || number > 65535:
		return refused(said("has no port from 1 to 65535"), net.JoinHostPort(host, "22"))
	}
	return net.JoinHostPort(host, strconv.Itoa(number)), nil
}

// portCheck connects. That nobody answers there yet is what is waited for, and so no failed check; a name that cannot be
// resolved is one.
func portCheck(address string) settle.Check[*recipe.Answer] {
	return func(ctx context.Context) (*recipe.Answer, settle.Status, error) {
		began := time.Now()
		connection, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = connection.Close() // it has answered
			return nil, settle.Status{State: settle.Succeeded, Raw: "connected"}, nil
		}
		_, unresolved := errors.AsType[*net.DNSError](err)
		errno, fromSystem := errors.AsType[syscall.Errno](err)
		switch {
		case errors.Is(ctx.Err(), context.Canceled):
			return nil, settle.Status{}, context.Cause(ctx)
		case unresolved:
			return nil, settle.Status{}, err
		case fromSystem && portErrors[errno] != "":
			return nil, settle.Status{State: settle.Pending, Raw: portErrors[errno], Reason: errno.Error()}, nil
		case errors.Is(err, context.DeadlineExceeded) || isTimeout(err):
			waited := time.Since(began).Round(10 * time.Millisecond)
			return nil, settle.Status{State: settle.Pending, Raw: portTimeout, Reason: fmt.Sprintf("no answer within %v", waited)}, nil
		}
		return nil, settle.Status{}, err
	}
}

// The raw states of a port that cannot be connected to.
const (
	portRefused     = "refused"
	portUnreachable = "unreachable"
	portTimeout     = "timeout"
)

func isTimeout(err error) bool {
	timeout, is := errors.AsType[net.Error](err)
	return is && timeout.Timeout()
}
