package settle_test

import (
	"fmt"
	"time"

	"github.com/settle-go/settle"
)

// The same wait with and without what earlier tasks have taught: snapshots of this kind take about five minutes, so
// nobody needs to ask every ten seconds in the first three.
func ExampleHistory() {
	var snapshots settle.History // one for each kind of task

	plain := settle.Policy{Every: 10 * time.Second, Timeout: 10 * time.Minute}
	learned := plain
	learned.History = &snapshots // Wait, Watch and Fleet now learn from every task, and go by it

	for _, seconds := range []int{291, 305, 297, 312, 288, 300, 309, 295, 303, 299, 307, 293} {
		took := time.Duration(seconds) * time.Second
		snapshots.Add(learned, took, took) // as the waits for them would have
	}
	usual, _ := snapshots.Quantile(0.5)
	fmt.Println("usually", usual.Round(10*time.Second))

	for _, policy := range []settle.Policy{plain, learned} {
		early, near := 0, 0
		for at := range policy.History.Plan(policy) {
			switch {
			case 0 < at && at < 4*time.Minute:
				early++
			case 285*time.Second <= at && at <= 315*time.Second:
				near++
			}
		}
		fmt.Println(early, "checks in the first four minutes,", near, "in the half minute in which most end")
	}
	// Output:
	// usually 5m0s
	// 23 checks in the first four minutes, 3 in the half minute in which most end
	// 12 checks in the first four minutes, 39 in the half minute in which most end
}
