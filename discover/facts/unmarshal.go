package facts

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
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

// unmarshal is json.Unmarshal, except that it says which value is mistyped, and
// that null is an error where Go would make a zero of it: a null id is not
// root's, and a null port is not 0.
func unmarshal(raw []byte, into any) error {
	if err := check(gjson.ParseBytes(raw), reflect.TypeOf(into).Elem(), nil); err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

// check compares a value with the type that it is to have.
func check(value gjson.Result, t reflect.Type, path []string) error {
	if t.Kind() == reflect.Pointer && value.Type != gjson.Null {
		t = t.Elem()
	}
	want, ok := wants(value, t)
	if !ok {
		return &typeError{field: strings.Join(path, "."), got: typeName(value), want: want}
	}
	if t.Kind() == reflect.Interface {
		return nil
	}
	var err error
	value.ForEach(func(key, v gjson.Result) bool {
		var elem reflect.Type
		name := key.String()
		switch t.Kind() { //nolint:exhaustive // the others hold nothing
		case reflect.Slice:
			elem, name = t.Elem(), strconv.Itoa(int(key.Int()))
		case reflect.Map:
			elem = t.Elem()
		case reflect.Struct:
			elem = fieldType(t, name)
		}
		if elem != nil {
			err = check(v, elem, append(path, name))
		}
		return err == nil
	})
	return err
}

// wants says whether the value itself, without what is in it, fits the type,
// and what the type wants.
func wants(value gjson.Result, t reflect.Type) (want string, ok bool) {
	switch t.Kind() { //nolint:exhaustive // facts have no others
	case reflect.Pointer, reflect.Interface:
		return "", true
	case reflect.Slice:
		return "a list", value.IsArray() || value.Type == gjson.Null
	case reflect.Map:
		return "an object", value.IsObject() || value.Type == gjson.Null
	case reflect.Struct:
		return "an object", value.IsObject()
	case reflect.String:
		return "a string", value.Type == gjson.String
	case reflect.Bool:
		return "true or false", value.IsBool()
	default:
		_, err := strconv.ParseInt(value.Raw, 10, 64)
		return "an integer", err == nil
	}
}

func typeName(value gjson.Result) string {
	switch {
	case value.IsObject():
		return "an object"
	case value.IsArray():
		return "a list"
	case value.Type == gjson.String:
		return "a string"
	default:
		return value.Raw
	}
}

// fieldType is the type of a struct's field by its name in JSON, nil if it has
// none of that name.
func fieldType(t reflect.Type, name string) reflect.Type {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			if in := fieldType(f.Type, name); in != nil {
				return in
			}
		} else if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return f.Type
		}
	}
	return nil
}
