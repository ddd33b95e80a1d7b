//go:build !unix

package main

import (
	"os"
	"os/exec"
)

const maxExit = 1<<31 - 1 // the highest exit code

// ownGroup leaves the command as it is.
func ownGroup(*exec.Cmd) {}

// endGroup kills the command alone: what it started goes on.
func endGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }

// passOn does nothing: the console tells all of its processes.
func passOn(*os.Process, os.Signal) {}
