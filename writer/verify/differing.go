package verify

import (
	"reflect"

	"holthome.net/scaffold/discover/facts"
)

// differing are two hosts' facts without what is equal in both, entry by entry:
// nearly everything, and looking at all of it closely takes long.
func differing(before, after *facts.Facts) (*facts.Facts, *facts.Facts) {
	a, b := *before, *after
	x, y := reflect.ValueOf(&a).Elem(), reflect.ValueOf(&b).Elem()
	for i := range x.NumField() {
		f, g := x.Field(i), y.Field(i)
		switch {
		case f.Kind() == reflect.Map && !f.IsNil() && !g.IsNil():
			was := reflect.ValueOf(f.Interface())
			f.Set(without(f, g))
			g.Set(without(g, was))
		case reflect.DeepEqual(f.Interface(), g.Interface()):
			f.SetZero()
			g.SetZero()
		}
	}
	return &a, &b
}

// without is a map less the entries that another has too.
func without(m, other reflect.Value) reflect.Value {
	rest := reflect.MakeMap(m.Type())
	for entries := m.MapRange(); entries.Next(); {
		same := other.MapIndex(entries.Key())
		if !same.IsValid() || !reflect.DeepEqual(entries.Value().Interface(), same.Interface()) {
			rest.SetMapIndex(entries.Key(), entries.Value())
		}
	}
	return rest
}
