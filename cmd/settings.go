package cmd

import (
	"bytes"

	"github.com/goccy/go-yaml"

	"holthome.net/scaffold/plan/conflict"
)

// settingsFile is where a repo keeps what it wants of scaffold.
const settingsFile = ".scaffold.yaml"

// settings is the content of settingsFile.
type settings struct {
	Host string `yaml:"host"`
	// Exceptions are conflicts that are wanted.
	Exceptions []conflict.Exception `yaml:"exceptions"`
}

// readSettings reads a settings file; none is an empty one.
func readSettings(name string, data []byte) (settings, error) {
	var s settings
	if len(bytes.TrimSpace(data)) == 0 {
		return s, nil
	}
	if err := yaml.UnmarshalWithOptions(data, &s, yaml.DisallowUnknownField()); err != nil {
		return s, fail(ExitUsage, "read %s: %w", name, err)
	}
	for i, e := range s.Exceptions {
		if err := checkException(i, e); err != nil {
			return s, fail(ExitUsage, "read %s: %w", name, err)
		}
	}
	return s, nil
}
