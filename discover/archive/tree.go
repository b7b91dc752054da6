package archive

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// tree is what an archive unpacks to, by path without a slash around it; the
// root is not in it.
type tree struct {
	limits Limits
	nodes  map[string]*node
	size   int64
	seen   int
}

// node is a folder, a link where target is set, or a file.
type node struct {
	folder     bool
	executable bool
	target     string
	content    []byte
}

// count notes one more entry of the archive.
func (t *tree) count() error {
	if t.seen++; t.seen > t.limits.Entries {
		return fmt.Errorf("it has more than %d entries", t.limits.Entries)
	}
	return nil
}

// add puts an entry in its place, with the folders above it. An archive that has
// two things in one place unpacks to what its reader makes of that.
func (t *tree) add(name string, n *node) error {
	name, err := cleanName(name, t.limits)
	if err != nil {
		return err
	}
	if name == "" {
		if n.folder {
			return nil
		}
		return errors.New("an entry has no name")
	}
	for above := path.Dir(name); above != "."; above = path.Dir(above) {
		a, ok := t.nodes[above]
		switch {
		case !ok:
			if err := t.count(); err != nil {
				return err
			}
			t.nodes[above] = &node{folder: true}
		case !a.folder:
			return fmt.Errorf("%s lies in %s, which is no folder", shown(name), shown(above))
		}
	}
	if before, ok := t.nodes[name]; ok && (!before.folder || !n.folder) {
		return fmt.Errorf("%s is there twice", shown(name))
	}
	t.nodes[name] = n
	return nil
}

// content reads a file, as far as all files may go.
func (t *tree) content(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, t.limits.Unpacked-t.size+1))
	if t.size += int64(len(data)); t.size > t.limits.Unpacked {
		return nil, fmt.Errorf("it unpacks to more than the %d bytes that are allowed", t.limits.Unpacked)
	}
	return data, err
}

// finish refuses links that lead out: whoever follows one of those in the store
// would see what is on the machine.
func (t *tree) finish() error {
	if len(t.nodes) == 0 {
		return errors.New("there is nothing in it")
	}
	root := ""
	switch top := t.top(); {
	case len(top) == 1 && t.nodes[top[0]].target != "":
		return fmt.Errorf("%s is a link, and there is nothing else", shown(top[0]))
	case len(top) == 1 && t.nodes[top[0]].folder:
		root = top[0] // it is left out, so nothing beside it will be there
	}
	for _, name := range slices.Sorted(maps.Keys(t.nodes)) {
		n := t.nodes[name]
		if n.target == "" {
			continue
		}
		if path.IsAbs(n.target) || !within(root, name, n.target) {
			return fmt.Errorf("%s is a link that leads out of the archive", shown(name))
		}
	}
	return nil
}

// within tells whether a link stays below the root. It may only begin with steps
// upwards: a step upwards behind a name could start at another link.
func within(root, name, target string) bool {
	above := strings.Count(name, "/")
	if root != "" {
		above--
	}
	down := false
	for _, step := range strings.Split(target, "/") {
		switch step {
		case "", ".":
		case "..":
			if above--; down || above < 0 {
				return false
			}
		default:
			down = true
		}
	}
	return true
}

// top are the names in the root.
func (t *tree) top() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(t.nodes)), func(name string) bool { return strings.Contains(name, "/") })
}

// strip leaves out the one folder that everything is in, if there is one. It
// tells whether there are several things, which fetchzip has to be told.
func (t *tree) strip() (several bool) {
	top := t.top()
	if len(top) != 1 || !t.nodes[top[0]].folder {
		return len(top) != 1
	}
	stripped := make(map[string]*node, len(t.nodes))
	for name, n := range t.nodes {
		if rest, ok := strings.CutPrefix(name, top[0]+"/"); ok {
			stripped[rest] = n
		}
	}
	t.nodes = stripped
	return false
}

// folders are the paths of all folders, the root first.
func (t *tree) folders() []string {
	list := []string{""}
	for _, name := range slices.Sorted(maps.Keys(t.nodes)) {
		if t.nodes[name].folder {
			list = append(list, name)
		}
	}
	return list
}
