//go:build !windows

package term

import "os"

// takesCodes reports whether a terminal obeys cursor codes.
func takesCodes(*os.File) bool { return true }
