package nixeval

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// program is what decides which version of Nix runs: the files that are loaded
// when it starts. A script may start another tomorrow, so only a program that
// is linked with Nix itself has a version that can be remembered.
type program struct {
	Version string            `json:"version"` // the line that it printed
	Files   map[string]string `json:"files"`   // all that is loaded, as fileID had it
}

// versionKey is the name under which the version is remembered, or "".
func (n *Nix) versionKey() string {
	path, err := filepath.EvalSymlinks(n.program())
	if n.Cache == nil || err != nil || !filepath.IsAbs(path) || !isELF(path) {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00version\x00%s\x00%s", cacheFormat, path, fileID(path))
	for _, kv := range n.environment() {
		if strings.HasPrefix(kv, "LD_") {
			fmt.Fprintf(h, "\x00%s", kv)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// recall is the version that was remembered, if nothing of the program has
// changed since.
func (n *Nix) recall(key string) (Version, bool) {
	e, ok := n.Cache.get(key, n.Log)
	if !ok {
		return Version{}, false
	}
	var p program
	if json.Unmarshal(e.JSON, &p) != nil || len(p.Files) == 0 {
		return Version{}, false
	}
	for path, id := range p.Files {
		if fileID(path) != id {
			return Version{}, false
		}
	}
	v, err := ParseVersion(p.Version)
	return v, err == nil
}

// remember keeps a version with what it depends on. before is what was loaded
// before the version was asked, so that an upgrade meanwhile is noticed.
func (n *Nix) remember(key string, v Version, before map[string]string) {
	if key == "" || before == nil || key != n.versionKey() {
		return
	}
	for path, id := range before {
		if fileID(path) != id {
			return
		}
	}
	data, err := json.Marshal(program{Version: v.Raw, Files: before})
	if err == nil {
		n.Cache.put(key, entry{JSON: data}, n.Log)
	}
}

// loaded is what the dynamic linker loads for the program, nil if that is not
// known for certain. With the libraries it has what decides where they are
// looked for.
func (n *Nix) loaded(ctx context.Context) map[string]string {
	ctx, stop := context.WithTimeout(ctx, versionTimeout)
	defer stop()
	cmd := exec.CommandContext(ctx, n.program(), "--version") //nolint:gosec // running the named program is the purpose
	cmd.Env = append(n.environment(), "LD_TRACE_LOADED_OBJECTS=1")
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	libraries, ok := parseLoaded(out)
	if !ok {
		return nil
	}
	files := map[string]string{}
	for _, path := range []string{"/etc/ld.so.cache", "/etc/ld.so.preload"} {
		files[path] = fileID(path)
	}
	for _, path := range libraries {
		files[path] = fileID(path)
		files[filepath.Dir(path)] = fileID(filepath.Dir(path))
	}
	return files
}

// parseLoaded reads the list that glibc's dynamic linker prints. It is no such
// list, or not a list of Nix's, when one of Nix's libraries is not there.
func parseLoaded(out []byte) (libraries []string, ok bool) {
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		line, address, found := strings.Cut(strings.TrimSpace(s.Text()), " (0x")
		if !found || !strings.HasSuffix(address, ")") {
			return nil, false
		}
		name, path, arrow := strings.Cut(line, " => ")
		if !arrow {
			path = name
		}
		switch {
		case filepath.IsAbs(path):
			libraries = append(libraries, path)
			ok = ok || strings.HasPrefix(filepath.Base(path), "libnix")
		case arrow:
			return nil, false
		}
	}
	slices.Sort(libraries)
	return libraries, ok
}

func isELF(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	magic := make([]byte, 4)
	_, err = io.ReadFull(f, magic)
	return err == nil && string(magic) == "\x7fELF"
}

// fileID tells one state of a file from another. The time of its last change
// cannot be set back by whoever replaces or edits it.
func fileID(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "none"
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "none"
	}
	size := info.Size()
	if info.IsDir() {
		size = 0
	}
	return fmt.Sprintf("%d %d %o %d %d.%d %d.%d", s.Dev, s.Ino, s.Mode, size, s.Mtim.Sec, s.Mtim.Nsec, s.Ctim.Sec, s.Ctim.Nsec)
}
