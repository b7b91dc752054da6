package discover

import (
	"fmt"

	"github.com/tidwall/gjson"
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
