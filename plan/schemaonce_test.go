package plan_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSchemasSayThingsOnce: of two fields with one name a reader of JSON takes
// the last, and what the first one says is lost.
func TestSchemasSayThingsOnce(t *testing.T) {
	files, err := filepath.Glob("../docs/*.schema.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, once(json.NewDecoder(bytes.NewReader(data))), file)
	}
	require.ErrorContains(t, once(json.NewDecoder(bytes.NewBufferString(`[{"a": {"b": 1, "b": 2}}]`))), `"b" is there twice`)
}

// once reads one JSON value and says which field of an object is there twice.
func once(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[any]bool{}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			if seen[name] {
				return fmt.Errorf("%q is there twice", name)
			}
			seen[name] = true
		}
		if err := once(d); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}
