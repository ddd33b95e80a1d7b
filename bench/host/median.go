package host

import "slices"

// Median returns the middle of what of gives for each of all, of which there is one at least.
func Median[E any, N ~int64 | ~float64](all []E, of func(E) N) N {
	values := make([]N, len(all))
	for i, e := range all {
		values[i] = of(e)
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}
