package facts

import (
	"reflect"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// Programs read facts as JSON, where each name is written as the options of Nix are.
func TestNamesInJSON(t *testing.T) {
	name := regexp.MustCompile(`^[a-z][a-zA-Z0-9]*(,omitempty)?$`)
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		switch of.Kind() { //nolint:exhaustive // others hold nothing
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(of.Elem())
		case reflect.Struct:
			if seen[of] {
				return
			}
			seen[of] = true
			for i := range of.NumField() {
				field := of.Field(i)
				if !field.IsExported() {
					continue
				}
				if tag := field.Tag.Get("json"); tag != "-" && !field.Anonymous {
					require.Regexp(t, name, tag, "%s.%s", of, field.Name)
				}
				walk(field.Type)
			}
		}
	}
	walk(reflect.TypeFor[Facts]())
	require.Greater(t, len(seen), 40, "facts have this many types")
}
