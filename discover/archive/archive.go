// Package archive reads an archive that somebody publishes, without trusting
// it: what Nix's fetchzip would make of it, the hash of that, and the dashboards
// in it. It asks nobody: the archive is given as bytes.
package archive

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits are what an archive may cost, in bytes and in numbers. Those that are
// zero are those of DefaultLimits.
type Limits struct {
	// Packed is the size of the archive, Unpacked that of all its files.
	Packed, Unpacked int64
	// Entries is how many files, folders and links it may have, Depth how deep
	// they may be.
	Entries, Depth int
}

// DefaultLimits are far above what archives with dashboards need.
func DefaultLimits() Limits {
	return Limits{Packed: 64 << 20, Unpacked: 256 << 20, Entries: 50_000, Depth: 64}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Packed == 0 {
		l.Packed = d.Packed
	}
	if l.Unpacked == 0 {
		l.Unpacked = d.Unpacked
	}
	if l.Entries == 0 {
		l.Entries = d.Entries
	}
	if l.Depth == 0 {
		l.Depth = d.Depth
	}
	return l
}

// Archive is what is known of an archive at an address.
type Archive struct {
	URL string
	// Hash is the hash of the NAR of what fetchzip makes of it, in SRI form.
	Hash string
	// Several tells that it has more than one thing at its top. Else fetchzip
	// leaves out the folder that all is in; here it must be told not to.
	Several bool
	// Folders are the folders that have dashboards of Grafana in them, sorted.
	Folders []Folder
	// Paths are all folders, sorted; the root is empty.
	Paths []string
}

// Folder is a folder with dashboards of Grafana in it.
type Folder struct {
	Path string // without slashes around it, empty for the root
	// Dashboards are the names of its files that are dashboards; Others is how
	// many of its JSON files are none.
	Dashboards []string
	Others     int
	// Uses are the data sources that the dashboards name, those that most of
	// them name first.
	Uses []Use
	// Inputs tells that some were exported to be imported by hand: they name
	// their data source by a variable, which only that import fills in.
	Inputs bool
}

// Use is a data source that dashboards name.
type Use struct {
	Type, UID string
	Count     int
}

// Find is the folder of a path, nil if no dashboard is in it.
func (a *Archive) Find(folder string) *Folder {
	for i := range a.Folders {
		if a.Folders[i].Path == folder {
			return &a.Folders[i]
		}
	}
	return nil
}

// IsArchive tells whether an address names an archive of a kind that is read
// here, and that fetchzip knows by its name.
func IsArchive(address string) bool { return kindOf(address) != "" }

func kindOf(address string) string {
	for _, kind := range []string{".tar.gz", ".tgz", ".zip"} {
		if name := path.Base(address); strings.HasSuffix(name, kind) && name != kind {
			return kind
		}
	}
	return ""
}

// Read reads the archive that an address gave. The address only tells of which
// kind it is. An error says what is wrong with the archive, in text without
// control characters.
func Read(address string, data []byte, l Limits) (*Archive, error) {
	t, err := unpack(address, data, l.orDefault())
	if err != nil {
		return nil, fmt.Errorf("read archive %s: %w", path.Base(address), err)
	}
	a := &Archive{URL: address}
	a.Several = t.strip()
	if a.Hash, err = t.hash(); err != nil {
		return nil, fmt.Errorf("hash archive %s: %w", path.Base(address), err)
	}
	a.Folders, a.Paths = t.dashboards(), t.folders()
	return a, nil
}

func unpack(address string, data []byte, l Limits) (*tree, error) {
	if int64(len(data)) > l.Packed {
		return nil, fmt.Errorf("it has %d bytes, and %d are allowed", len(data), l.Packed)
	}
	t := &tree{limits: l, nodes: map[string]*node{}}
	var err error
	switch kindOf(address) {
	case ".zip":
		err = t.readZip(data)
	case ".tar.gz", ".tgz":
		err = t.readTar(data)
	default:
		err = errors.New("its name ends neither in .tar.gz, .tgz nor in .zip")
	}
	if err == nil {
		err = t.finish()
	}
	return t, err
}

// shown is a name of the archive as an error may say it.
func shown(name string) string {
	if len(name) > 80 {
		name = strings.ToValidUTF8(name[:80], "") + "..."
	}
	return fmt.Sprintf("%q", name)
}

// cleanName is the path of an entry without a slash around it, empty for the
// root.
func cleanName(name string, l Limits) (string, error) {
	switch {
	case !utf8.ValidString(name):
		return "", fmt.Errorf("the name %s is not UTF-8", shown(name))
	case strings.ContainsFunc(name, unicode.IsControl):
		return "", fmt.Errorf("the name %s has a control character in it", shown(name))
	case strings.HasPrefix(name, "/"):
		return "", fmt.Errorf("the name %s is absolute", shown(name))
	case strings.Contains(name, `\`):
		return "", fmt.Errorf("the name %s has a backslash in it, which programs read in different ways", shown(name))
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '/' })
	kept := parts[:0]
	for _, p := range parts {
		switch {
		case p == "..":
			return "", fmt.Errorf("the name %s leads out of its folder", shown(name))
		case len(p) > 255:
			return "", fmt.Errorf("the name %s has a part that no file system takes", shown(name))
		case p != ".":
			kept = append(kept, p)
		}
	}
	if len(kept) > l.Depth {
		return "", fmt.Errorf("the name %s is more than %d folders deep", shown(name), l.Depth)
	}
	return strings.Join(kept, "/"), nil
}
