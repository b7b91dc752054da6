package wire

import (
	"path"
	"slices"
	"strings"
)

// style is how a taskfile includes others.
type style struct {
	name      string // of the include; "" for the usual one
	folder    string // in which there is one folder for each
	extension string // of the taskfiles
	bare      bool   // the folder is named, not the file in it
	quote     string // around the path
	dir       string // the line with the folder in which tasks run; "" for none
}

// style reads how most includes of a taskfile are written.
func (w *wiring) style(main string, t taskfile) style {
	s := style{folder: ".taskfiles", extension: path.Ext(main)}
	var folders []string
	bare, rootDir := 0, 0
	for _, value := range t.Includes {
		name, _ := value.(string)
		if m, ok := value.(map[string]any); ok {
			name, _ = m["taskfile"].(string)
			if dir, _ := m["dir"].(string); strings.Contains(dir, "ROOT_DIR") {
				rootDir++
			}
		}
		if name == "" || strings.Contains(name, "://") || strings.Contains(name, "{{") {
			continue
		}
		name = path.Clean(name)
		isBare := path.Ext(name) != ".yml" && path.Ext(name) != ".yaml"
		if isBare {
			bare++
			name = path.Join(name, "Taskfile")
		}
		folders = append(folders, path.Dir(path.Dir(name)))
	}
	slices.Sort(folders)
	if n := len(folders); n > 0 {
		s.folder, s.bare = folders[n/2], bare*2 > n // the middle one is that of the majority
		if rootDir*2 > n {
			s.dir = `dir: "{{.ROOT_DIR}}"`
		}
		if strings.Contains(string(w.text(main)), `taskfile: "`) {
			s.quote = `"`
		}
		if s.folder == "." {
			s.folder = ".taskfiles"
		}
	}
	return s
}

// file is the taskfile to be made.
func (s style) file() string { return path.Join(s.folder, s.include(), "Taskfile"+s.extension) }

func (s style) include() string {
	if s.name != "" {
		return s.name
	}
	return include
}

// block is the entry among the includes.
func (s style) block() string {
	name := s.file()
	if s.bare {
		name = path.Dir(name)
	}
	block := s.include() + ":\n  taskfile: " + s.quote + name + s.quote + "\n"
	if s.dir != "" {
		block += "  " + s.dir + "\n"
	}
	return block
}

func (s style) snippet() string { return "includes:\n" + indented(s.block()) }

// indented is a block one level deeper.
func indented(block string) string {
	var b strings.Builder
	for l := range strings.Lines(block) {
		b.WriteString("  " + l)
	}
	return b.String()
}
