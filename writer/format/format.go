// Package format runs the repo's own formatter on files that are new.
package format

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// known are the formatters that rewrite a file given as their argument.
var known = map[string]bool{"nixpkgs-fmt": true, "nixfmt": true, "alejandra": true}

// timeout bounds one run of a formatter.
const timeout = 30 * time.Second

// Find is the path of a formatter, empty if it is none that can be run on one
// file or is not installed. It is never built for the purpose.
func Find(name string) string {
	if !known[name] {
		return ""
	}
	program, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return program
}

// File is the text of a Nix file as the formatter would have it.
func File(ctx context.Context, program string, text []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "scaffold-format-")
	if err != nil {
		return nil, fmt.Errorf("format file: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	name := filepath.Join(dir, "file.nix")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return nil, fmt.Errorf("format file: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	c := exec.CommandContext(ctx, program, name)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("run %s: %w: %s", program, err, bytes.TrimSpace(said.Bytes()))
	}
	out, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("format file: %w", err)
	}
	return out, nil
}
