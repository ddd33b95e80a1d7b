package term

import (
	"os"

	"golang.org/x/sys/windows"
)

// takesCodes reports whether a console obeys cursor codes, and turns that on where it is off.
func takesCodes(out *os.File) bool {
	console := windows.Handle(out.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
