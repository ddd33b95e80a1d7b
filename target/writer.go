package target

import (
	"io"
	"sync"
)

// Writer returns a writer that masks what passes through it to w, also a secret that is split between writes: the end
// of the text is held back for as long as it may be the beginning of a secret. Close writes what is held back, and does
// not close w. The writer may be used by many goroutines at once.
func (s *Secrets) Writer(w io.Writer) io.WriteCloser { return &maskingWriter{secrets: s, to: w} }

type maskingWriter struct {
	secrets *Secrets
	to      io.Writer

	mu   sync.Mutex // guards held, and keeps the writes to w in order
	held []byte
}

// Write returns len(p) where nothing went wrong, also for what is held back.
func (m *maskingWriter) Write(p []byte) (int, error) {
	if err := m.pass(p, false); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (m *maskingWriter) Close() error { return m.pass(nil, true) }

func (m *maskingWriter) pass(p []byte, whole bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	clean, held := mask(m.secrets.all(), append(m.held, p...), whole)
	m.held = append([]byte(nil), held...)
	if len(clean) == 0 {
		return nil
	}
	_, err := m.to.Write(clean)
	return err
}
