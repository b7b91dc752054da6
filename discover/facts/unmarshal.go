package facts

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// typeError is a value of another type than expected.
type typeError struct{ field, got, want string }

func (e *typeError) Error() string {
	field := e.field
	if field == "" {
		field = "it"
	}
	return fmt.Sprintf("%s is %s, and %s is expected", field, e.got, e.want)
}

// unmarshal is json.Unmarshal for JSON that is known to be valid, in one pass,
// except that it says which value is mistyped, that names of fields are matched
// to the letter, and that null is an error where Go would make a zero of it: a
// null id is not root's, and a null port is not 0.
func unmarshal(raw string, into any) error {
	r := reader{text: raw}
	return r.value(reflect.ValueOf(into).Elem())
}

// value reads one value.
func (r *reader) value(v reflect.Value) error {
	switch list := v.Addr().Interface().(type) {
	case *[]string: // most values are these, and need no reflection
		return r.strings(list)
	case *any:
		value, err := r.any()
		*list = value
		return err
	}
	switch v.Kind() { //nolint:exhaustive // facts have no others
	case reflect.Pointer:
		if r.null() {
			v.SetZero()
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		return r.value(v.Elem())
	case reflect.Slice:
		return r.slice(v)
	case reflect.Map:
		return r.mapping(v)
	case reflect.Struct:
		return r.structure(v)
	case reflect.String:
		if r.next() != '"' {
			return r.mistyped("a string")
		}
		v.SetString(r.string())
	case reflect.Bool:
		switch raw := r.raw(); raw {
		case "true", "false":
			v.SetBool(raw == "true")
		default:
			return mistyped(raw, "true or false")
		}
	default:
		raw := r.raw()
		n, err := strconv.ParseInt(raw, 10, 64)
		if err != nil {
			return mistyped(raw, "an integer")
		}
		v.SetInt(n)
	}
	return nil
}

func (r *reader) strings(list *[]string) error {
	*list = nil
	if r.null() {
		return nil
	}
	if r.next() != '[' {
		return r.mistyped("a list")
	}
	*list = []string{}
	for i := 0; r.element(']'); i++ {
		if r.next() != '"' {
			return within(r.mistyped("a string"), strconv.Itoa(i))
		}
		*list = append(*list, r.string())
	}
	return nil
}

func (r *reader) slice(v reflect.Value) error {
	v.SetZero()
	if r.null() {
		return nil
	}
	if r.next() != '[' {
		return r.mistyped("a list")
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	for i := 0; r.element(']'); i++ {
		v.Grow(1)
		v.SetLen(i + 1)
		if err := r.value(v.Index(i)); err != nil {
			return within(err, strconv.Itoa(i))
		}
	}
	return nil
}

func (r *reader) mapping(v reflect.Value) error {
	v.SetZero()
	if r.null() {
		return nil
	}
	if r.next() != '{' {
		return r.mistyped("an object")
	}
	v.Set(reflect.MakeMap(v.Type()))
	key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
	for r.element('}') {
		name := r.key()
		elem.SetZero()
		if err := r.value(elem); err != nil {
			return within(err, name)
		}
		key.SetString(name)
		v.SetMapIndex(key, elem)
	}
	return nil
}

func (r *reader) structure(v reflect.Value) error {
	if r.next() != '{' {
		return r.mistyped("an object")
	}
	fields := fieldsOf(v.Type())
	for r.element('}') {
		name := r.key()
		index, ok := fields[name]
		if !ok {
			r.raw()
			continue
		}
		if err := r.value(v.FieldByIndex(index)); err != nil {
			return within(err, name)
		}
	}
	return nil
}

// mistyped is the error for the value that comes next.
func (r *reader) mistyped(want string) error { return mistyped(r.raw(), want) }

func mistyped(raw, want string) error {
	got := raw
	switch raw[0] {
	case '{':
		got = "an object"
	case '[':
		got = "a list"
	case '"':
		got = "a string"
	}
	return &typeError{got: got, want: want}
}

// within says that a mistyped value is in the one of that name.
func within(err error, name string) error {
	var e *typeError
	if !errors.As(err, &e) {
		return err
	}
	if e.field != "" {
		name += "." + e.field
	}
	return &typeError{name, e.got, e.want}
}

var knownFields sync.Map // of map[string][]int, by reflect.Type

// fieldsOf are the ways to the fields of a struct, by their names in JSON.
func fieldsOf(t reflect.Type) map[string][]int {
	if known, ok := knownFields.Load(t); ok {
		return known.(map[string][]int) //nolint:forcetypeassert // nothing else is put in
	}
	fields := map[string][]int{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for name, index := range fieldsOf(f.Type) {
				fields[name] = append([]int{i}, index...)
			}
		} else if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "" {
			fields[tag] = f.Index
		}
	}
	knownFields.Store(t, fields)
	return fields
}
