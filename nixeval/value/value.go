// Package value reads the JSON that an evaluation gave. Every read checks that
// the value exists and has the type asked for: null is not 0, a missing name
// is not an empty string, and a number that does not fit is not cut.
package value

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Kind is what a Value is.
type Kind string

// The kinds of values.
const (
	Missing Kind = "missing"
	Null    Kind = "null"
	Boolean Kind = "bool"
	Number  Kind = "number"
	Text    Kind = "string"
	List    Kind = "list"
	Object  Kind = "object"
)

// Value is a part of a JSON document, or a missing one. The zero value is
// missing. A Value may be read by several goroutines.
type Value struct {
	r gjson.Result
	// duplicate says that a name on the way here is in its object twice.
	duplicate bool
}

// Of reads a document. What is not valid JSON is a missing value.
func Of(json []byte) Value {
	if !gjson.ValidBytes(json) {
		return Value{}
	}
	return Value{r: gjson.ParseBytes(json)}
}

// Kind is what the value is.
func (v Value) Kind() Kind {
	switch {
	case !v.r.Exists():
		return Missing
	case v.r.IsArray():
		return List
	case v.r.IsObject():
		return Object
	}
	switch v.r.Type { //nolint:exhaustive // the rest is above
	case gjson.True, gjson.False:
		return Boolean
	case gjson.Number:
		return Number
	case gjson.String:
		return Text
	default:
		return Null
	}
}

// Exists says whether there is a value; null is one.
func (v Value) Exists() bool { return v.r.Exists() }

// IsNull says whether the value is null. A missing one is not.
func (v Value) IsNull() bool { return v.Kind() == Null }

// Get follows names into objects and indexes, in decimal, into lists. Any
// character in a name is only that character. Of a name that an object has
// twice it is the first, and Duplicate tells.
func (v Value) Get(path ...string) Value {
	for _, name := range path {
		v = v.step(name)
	}
	return v
}

// step does not use gjson's paths: they give meaning to the first character
// too, and to names that are empty or look like an index.
func (v Value) step(name string) Value {
	out := Value{duplicate: v.duplicate}
	switch v.Kind() { //nolint:exhaustive // nothing is inside of the others
	case Object:
		v.r.ForEach(func(k, e gjson.Result) bool {
			if k.String() != name {
				return true
			}
			if out.r.Exists() {
				out.duplicate = true
				return false
			}
			out.r = e
			return true
		})
	case List:
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || strconv.Itoa(i) != name {
			return out
		}
		v.r.ForEach(func(_, e gjson.Result) bool {
			if i == 0 {
				out.r = e
			}
			i--
			return i >= 0
		})
	}
	return out
}

// Duplicate says that the value was reached by a name that its object has
// more than once, so that it may not be the one that was meant.
func (v Value) Duplicate() bool { return v.duplicate }

// Duplicates are the names that the object itself has more than once, sorted.
func (v Value) Duplicates() []string {
	seen := map[string]int{}
	var out []string
	v.Each(func(name string, _ Value) {
		if seen[name]++; seen[name] == 2 {
			out = append(out, name)
		}
	})
	slices.Sort(out)
	return out
}

// Int is a whole number. A fraction, an exponent that leaves one, or a number
// that an int64 cannot hold is none.
func (v Value) Int() (int64, bool) {
	if v.Kind() != Number {
		return 0, false
	}
	raw := v.r.Raw
	if i, err := strconv.ParseInt(raw, 10, 64); err == nil {
		return i, true
	}
	if !strings.ContainsAny(raw, ".eE") {
		return 0, false // too large
	}
	// Only as far as a float is exact.
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// Float is any finite number.
func (v Value) Float() (float64, bool) {
	if v.Kind() != Number {
		return 0, false
	}
	f, err := strconv.ParseFloat(v.r.Raw, 64)
	return f, err == nil
}

// String is a string. A number is none.
func (v Value) String() (string, bool) {
	if v.Kind() != Text {
		return "", false
	}
	return v.r.String(), true
}

// Bool is true or false.
func (v Value) Bool() (value, ok bool) {
	if v.Kind() != Boolean {
		return false, false
	}
	return v.r.Bool(), true
}

// List is the elements of a list, in order.
func (v Value) List() ([]Value, bool) {
	if v.Kind() != List {
		return nil, false
	}
	out := []Value{}
	v.r.ForEach(func(_, e gjson.Result) bool {
		out = append(out, Value{r: e, duplicate: v.duplicate})
		return true
	})
	return out, true
}

// Strings is a list that has only strings.
func (v Value) Strings() ([]string, bool) {
	list, ok := v.List()
	if !ok {
		return nil, false
	}
	out := make([]string, 0, len(list))
	for _, e := range list {
		s, ok := e.String()
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

// Keys are the names of an object, each once, sorted.
func (v Value) Keys() []string {
	var out []string
	v.Each(func(name string, _ Value) { out = append(out, name) })
	slices.Sort(out)
	return slices.Compact(out)
}

// Each calls f for every name of an object, in the order of the document;
// nix writes them sorted. A name that is there twice is seen twice. What is
// not an object has no names.
func (v Value) Each(f func(name string, e Value)) {
	if v.Kind() != Object {
		return
	}
	v.r.ForEach(func(k, e gjson.Result) bool {
		f(k.String(), Value{r: e, duplicate: v.duplicate})
		return true
	})
}

// Raw is the JSON of the value; empty if it is missing.
func (v Value) Raw() string { return v.r.Raw }
