package recipe

import "github.com/settle-go/settle"

// A Listing is what the raw states of one list mean.
type Listing struct {
	List   string // "pending", "blocked", "succeeded", "warned", "failed" or "canceled"
	State  settle.State
	Warned bool
	Words  []string // as written, in the file's order
}

// Listings returns the lists that have words in them, in the order in which Reading has them.
func (r *Reader) Listings() []Listing {
	var all []Listing
	for _, word := range r.vocabulary.known {
		m := r.vocabulary.meaningOf(word)
		i := 0
		for i < len(all) && all[i].List != m.place {
			i++
		}
		if i == len(all) {
			all = append(all, Listing{List: m.place, State: m.state, Warned: m.warned})
		}
		all[i].Words = append(all[i].Words, word)
	}
	return all
}

// Unlisted is what a raw state in no list means.
func (r *Reader) Unlisted() settle.State { return r.unlisted }

// meaningOf is the meaning of a listed word, as it was written.
func (v *vocabulary) meaningOf(word string) meaning {
	for _, g := range v.globs {
		if g.word == word {
			return g.meaning
		}
	}
	return v.literals[fold(word).text].meaning
}

// A Named is an expression with the key that it stands under. A nil Expression was not given.
type Named struct {
	Name string
	*Expression
}

// Expressions returns those that find something in an answer, given or not: state, progress and reason.
func (r *Reader) Expressions() []Named {
	return []Named{{"state", r.state}, {"progress", r.progress}, {"reason", r.reason}}
}
