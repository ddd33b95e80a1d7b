package journal

import (
	"errors"
	"slices"
)

// Replace saves e, the first task of a start that was kept under e's handle, and adds the others that it started. All are on
// disk at one moment: where a crash comes before each has a file of its own, List or Take makes those that are missing.
func (j *Journal) Replace(e *Entry, others []*Entry) error {
	e.Others = nil
	for _, other := range others {
		e.Others = append(e.Others, new(*other)) // a copy: after an error the caller goes on with either
	}
	if err := j.Save(e); err != nil || len(others) == 0 {
		return err
	}
	for _, other := range others {
		if err := j.Add(other); err != nil {
			return err
		}
	}
	e.Others = nil
	return j.Save(e)
}

// hidesOthers reports whether a crash came before all tasks of a start had files of their own.
func (e *Entry) hidesOthers() bool { return len(e.Others) > 0 && !e.Alive() }

// splitAll splits those of all that hide others.
func (j *Journal) splitAll(all []*Entry) error {
	unlock, err := j.lock()
	if err != nil {
		return err
	}
	defer unlock()
	for _, e := range all {
		if !e.hidesOthers() {
			continue
		}
		if e, err = j.exactly(e.Handle); err == nil && e.hidesOthers() {
			err = j.split(e)
		}
		if err != nil && !errors.Is(err, ErrNone) {
			return err
		}
	}
	return nil
}

// split gives each of e's others a file of its own, unless it has one already. Nobody waits for e, and the caller holds the
// lock.
func (j *Journal) split(e *Entry) error {
	if len(e.Others) == 0 {
		return nil
	}
	there, _, err := j.entries("")
	if err != nil {
		return err
	}
	for _, other := range e.Others {
		if slices.ContainsFunc(there, func(t *Entry) bool { return t.Run == other.Run && t.Task == other.Task && t.ID == other.ID }) {
			continue
		}
		other.Process, other.Born = 0, ""
		if err := j.Add(other); err != nil {
			return err
		}
	}
	e.Others = nil
	return j.Save(e)
}
