package discover

import (
	"errors"
	"fmt"

	"github.com/tidwall/gjson"

	"holthome.net/scaffold/nixeval"
)

// decodeNames reads a list of strings.
func decodeNames(data []byte) ([]string, error) {
	result := gjson.ParseBytes(data)
	if !result.IsArray() {
		return nil, fmt.Errorf("decode names: %s instead of a list", result.Type)
	}
	var names []string
	for _, e := range result.Array() {
		if e.Type != gjson.String {
			return nil, fmt.Errorf("decode names: %s instead of a name", e.Type)
		}
		names = append(names, e.String())
	}
	return names, nil
}

func asError(err error, target **nixeval.Error) bool { return errors.As(err, target) }
