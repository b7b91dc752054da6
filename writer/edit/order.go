package edit

import (
	"fmt"
	"strconv"
	"strings"

	"holthome.net/scaffold/nixeval/syntax"
)

// sortedShare is how much of a list must be in order for it to count as
// sorted: people misplace a line now and then.
const (
	sortedOf  = 5
	sortedMin = 4 // of sortedOf
)

// position is where key belongs among keys: the number of keys before it. In a
// list that is by and large sorted it is where the fewest keys are on the wrong
// side, so one misplaced neighbour does not misplace the new one; in any other
// list, or one too short to tell, it is the end.
func position(keys []string, key string) int {
	ordered := 0
	for i := 1; i < len(keys); i++ {
		if keys[i-1] <= keys[i] {
			ordered++
		}
	}
	if len(keys) < 2 || ordered*sortedOf < (len(keys)-1)*sortedMin {
		return len(keys)
	}
	// Wrong for position 0 are the smaller keys; each step over a key changes the count by one.
	wrong, best, at := 0, 0, 0
	for i, k := range keys {
		if k > key {
			wrong++
		} else {
			wrong--
		}
		if wrong <= best {
			best, at = wrong, i+1
		}
	}
	return at
}

// Order says what a set is sorted by: the key of a binding, and whether the
// binding takes part in the order at all. Keys are compared as strings.
type Order func(f *syntax.File, b *syntax.Binding) (key string, ok bool)

// ByName sorts by the attribute path, without regard to case.
func ByName(_ *syntax.File, b *syntax.Binding) (string, bool) {
	names, ok := staticNames(b)
	return strings.ToLower(strings.Join(names, ".")), ok && !b.Inherit
}

// Last puts the new binding behind the last one.
func Last(*syntax.File, *syntax.Binding) (string, bool) { return "", false }

// ByInt sorts by a whole number within the value, such as uid of
// x = { uid = 568; };. Bindings without it take no part, so the new one never
// lands among them.
func ByInt(path ...string) Order {
	return func(f *syntax.File, b *syntax.Binding) (string, bool) {
		if b.Inherit {
			return "", false
		}
		for _, m := range f.Within(b.Value, path) {
			if n, err := strconv.ParseUint(m.Value.Range.Text(f.Src), 10, 63); err == nil {
				return fmt.Sprintf("%020d", n), true
			}
		}
		return "", false
	}
}

// staticNames is the attribute path of a binding, if the text tells it.
func staticNames(b *syntax.Binding) ([]string, bool) {
	names := make([]string, len(b.Attrs))
	for i, a := range b.Attrs {
		if a.Dynamic {
			return nil, false
		}
		names[i] = a.Name
	}
	return names, true
}
