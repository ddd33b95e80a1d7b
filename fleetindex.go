package settle

import "hash/maphash"

// An index finds the slot of a key. A map from keys to slots would hold each key twice and takes 37 bytes for an int64;
// this takes 5 for each of its cells, of which two to six in eight are used.
type index[K comparable, T any] struct {
	seed  maphash.Seed
	slots *slots[K, T]
	tags  []uint8  // of each cell: empty, gone, or seven bits of the key's hash
	ids   []uint32 // the slot whose key it is
	live  int      // keys
	taken int      // cells that are not empty: keys, and what is gone
}

const (
	empty uint8 = 0
	gone  uint8 = 1
	isKey uint8 = 0x80
)

func newIndex[K comparable, T any](s *slots[K, T]) index[K, T] {
	return index[K, T]{seed: maphash.MakeSeed(), slots: s}
}

// find returns the slot of key. It compares with ==, as a map does.
func (x *index[K, T]) find(key K) (id uint32, ok bool) {
	cell, ok := x.cell(key)
	if !ok {
		return 0, false
	}
	return x.ids[cell], true
}

func (x *index[K, T]) cell(key K) (cell int, ok bool) {
	if x.live == 0 {
		return 0, false
	}
	tag, i := x.home(key)
	for ; x.tags[i] != empty; i = (i + 1) & (len(x.tags) - 1) {
		if x.tags[i] == tag && x.slots.at(x.ids[i]).key == key {
			return i, true
		}
	}
	return 0, false
}

// home is where the search for a key begins, and its tag.
func (x *index[K, T]) home(key K) (tag uint8, cell int) {
	hash := maphash.Comparable(x.seed, key)
	return isKey | uint8(hash>>57), int(hash & uint64(len(x.tags)-1))
}

// put enters a key that is not there, by the slot that has it.
func (x *index[K, T]) put(id uint32) {
	if x.taken >= len(x.tags)/4*3 {
		x.rebuild()
	}
	tag, i := x.home(x.slots.at(id).key)
	for x.tags[i]&isKey != 0 {
		i = (i + 1) & (len(x.tags) - 1)
	}
	if x.tags[i] == empty {
		x.taken++
	}
	x.tags[i], x.ids[i] = tag, id
	x.live++
}

// remove takes out a key, if it is there.
func (x *index[K, T]) remove(key K) {
	if cell, ok := x.cell(key); ok {
		x.tags[cell] = gone
		x.live--
	}
}

// rebuild makes room for as many keys again, or gets rid of what is gone.
func (x *index[K, T]) rebuild() {
	tags, ids := x.tags, x.ids
	size := 16
	for size < 2*(x.live+1) {
		size *= 2
	}
	x.tags, x.ids, x.live, x.taken = make([]uint8, size), make([]uint32, size), 0, 0
	for i, tag := range tags {
		if tag&isKey != 0 {
			x.put(ids[i])
		}
	}
}
