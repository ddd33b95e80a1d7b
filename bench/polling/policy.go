package main

import (
	"time"

	"github.com/settle-go/settle"
)

// A habit is a policy that people use today. Where a program draws its pauses at random, their means are taken.
type habit struct {
	name   string
	policy settle.Policy
}

const sec = time.Second

var habits = []habit{
	{"every 5 s", settle.Policy{Every: 5 * sec}},
	{"AWS CLI and boto, every 15 s", settle.Policy{Every: 15 * sec}},
	{"AWS SDK waiters, 15 s to 2 m", settle.Policy{Every: 15 * sec, Max: 67500 * time.Millisecond, Factor: 1.6}},
	{"Azure SDK, every 30 s", settle.Policy{Every: 30 * sec}},
	{"Google LRO, 5 s to 45 s", settle.Policy{Every: 5 * sec, Max: 45 * sec, Factor: 1.5}},
	{"google-cloud-go, 1 s to 1 m", settle.Policy{Every: sec / 2, Max: 30 * sec, Factor: 2}},
	{"Terraform, 0.2 s to 10 s", settle.Policy{Every: sec / 5, Max: 10 * sec, Factor: 2}},
	{"exponential, 1 s to 5 m", settle.Policy{Every: sec, Max: 5 * time.Minute, Factor: 2}},
	{"settle, by 4 s each time", settle.Policy{Every: 4 * sec, Max: 5 * time.Minute}},
}

// tuned is the fixed pause that takes ten checks for a task of mean length: what somebody who knows the tasks would set.
func tuned(mean float64) settle.Policy {
	return settle.Policy{Every: time.Duration(mean / 10 * float64(sec))}
}
