package facts

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
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
	return fmt.Sprintf("%s is of type %s, and %s is expected", field, e.got, e.want)
}

// unmarshal is json.Unmarshal, except that null is an error where Go would make
// a zero of it: a null id is not root's, and a null port is not 0.
func unmarshal(raw []byte, into any) error {
	if null := findNull(gjson.ParseBytes(raw), reflect.TypeOf(into).Elem(), nil); null != nil {
		return null
	}
	err := json.Unmarshal(raw, into)
	if e := (*json.UnmarshalTypeError)(nil); errors.As(err, &e) {
		return &typeError{field: e.Field, got: e.Value, want: e.Type.String()}
	}
	return err
}

// findNull looks for a null where the type cannot be absent.
func findNull(value gjson.Result, t reflect.Type, path []string) error {
	for t.Kind() == reflect.Pointer && value.Type != gjson.Null {
		t = t.Elem()
	}
	if value.Type == gjson.Null {
		switch t.Kind() { //nolint:exhaustive // all others cannot be absent
		case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
			return nil
		}
		return &typeError{field: strings.Join(path, "."), got: "null", want: t.String()}
	}
	var err error
	value.ForEach(func(key, v gjson.Result) bool {
		switch {
		case value.IsArray() && t.Kind() == reflect.Slice, value.IsObject() && t.Kind() == reflect.Map:
			err = findNull(v, t.Elem(), append(path, key.String()))
		case value.IsObject() && t.Kind() == reflect.Struct:
			if field, ok := fieldOf(t, key.String()); ok {
				err = findNull(v, field, append(path, key.String()))
			}
		}
		return err == nil
	})
	return err
}

// fieldOf is the type of a struct's field, by its name in JSON.
func fieldOf(t reflect.Type, name string) (reflect.Type, bool) {
	for _, f := range reflect.VisibleFields(t) {
		if f.Tag.Get("json") == name {
			return f.Type, true
		}
	}
	return nil, false
}
