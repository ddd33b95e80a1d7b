package journal

import "os"

// Alive reports whether the process that waits is still there. Another may have taken its number since.
func (e *Entry) Alive() bool {
	if e.Process <= 0 || e.Phase == Ended || e.Phase == Stopped {
		return false
	}
	p, err := os.FindProcess(e.Process) // on Windows it opens the process, which must be there
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}
