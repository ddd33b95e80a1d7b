//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package term

// hideTyped leaves it to reading a secret to turn the echo off.
func hideTyped(int) error { return nil }
