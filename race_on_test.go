//go:build race

package settle_test

const raceOn = true
