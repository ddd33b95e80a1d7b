package journal

import (
	"os"
	"sync"
)

// A process's mark is what tells it from another that got its number later, or has it on another machine: when it was
// started, as the system counts that. "" where it cannot be told.
var ownMark = sync.OnceValue(func() string {
	mark, _ := markOf(os.Getpid())
	return mark
})

func isAlive(process int, mark string) bool {
	now, there := markOf(process)
	return there && (mark == "" || now == "" || mark == now)
}
