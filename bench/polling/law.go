package main

import (
	"math"
	"math/rand/v2"
)

// A law is how long the tasks of one kind take.
type law struct {
	name string
	mean float64 // seconds
	draw func(r *rand.Rand) float64
}

// longest is where durations are cut: some laws have tails without end.
const longest = 6 * 3600

func lognormal(median, sigma float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return median * math.Exp(sigma*r.NormFloat64()) }
}

func uniform(low, high float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return low + (high-low)*r.Float64() }
}

func exponential(mean float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return mean * r.ExpFloat64() }
}

func weibull(scale, shape float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return scale * math.Pow(r.ExpFloat64(), 1/shape) }
}

func pareto(from, shape float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return from * math.Pow(1-r.Float64(), -1/shape) }
}

func mixed(part float64, a, b func(*rand.Rand) float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 {
		if r.Float64() < part {
			return a(r)
		}
		return b(r)
	}
}

func scaled(by float64, draw func(*rand.Rand) float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return by * draw(r) }
}

var laws = measured([]law{
	{name: "lognormal, 5 m, sigma 0.05", draw: lognormal(300, .05)},
	{name: "lognormal, 6 m, sigma 0.4", draw: lognormal(360, .4)},
	{name: "lognormal, 8 s, sigma 0.5", draw: lognormal(8, .5)},
	{name: "70 % 12 s, 30 % 5 m", draw: mixed(.7, lognormal(12, .3), lognormal(300, .3))},
	{name: "95 % 1 m, 5 % 1 h", draw: mixed(.95, lognormal(60, .1), lognormal(3600, .1))},
	{name: "uniform, 30 s to 10 m", draw: uniform(30, 600)},
	{name: "Weibull, 2 m, shape 3", draw: weibull(120, 3)},
	{name: "Weibull, 2 m, shape 0.6", draw: weibull(120, .6)},
	{name: "Pareto, from 10 s, 1.3", draw: pareto(10, 1.3)},
	{name: "exponential, 1 m", draw: exponential(60)},
})

// measured fills in the means.
func measured(all []law) []law {
	const n = 200_000
	for i := range all {
		r := rand.New(rand.NewPCG(1, uint64(i)))
		sum := 0.
		for range n {
			sum += min(all[i].draw(r), longest)
		}
		all[i].mean = sum / n
	}
	return all
}
