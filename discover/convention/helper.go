package convention

import (
	"slices"
	"strconv"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/source"
)

// helpers finds which member of the host library is for what: by its name's
// words, its number of arguments and who uses it.
func (c *Conventions) helpers(f *facts.Facts, src *source.Tree) {
	c.Restore = restoreMethods(f)
	if c.HostLibrary == nil {
		return
	}
	uses := map[bool]tally{true: {}, false: {}}
	all := tally{}
	for _, file := range c.Host.Files {
		s := src.File(file)
		if s == nil {
			continue
		}
		_, container := f.Containers[serviceOf(file)]
		for selection, n := range s.Uses(c.HostLibrary.Binding) {
			member := strings.Split(selection, ".")[1]
			all[member] += n
			uses[container].add(member)
		}
	}
	pick := func(votes tally, arity int, words ...string) string {
		for _, member := range votes.ranked() {
			m := c.HostLibrary.Members[member]
			if m.Kind == "function" && m.Arity == arity && len(m.Formals) == 0 && containsAll(member, words) {
				return member
			}
		}
		return ""
	}
	c.ContainerAlert = pick(uses[true], 3, "alert", "down")
	c.UnitAlert = pick(uses[false], 3, "alert", "down")
	if c.UnitAlert == "" || c.UnitAlert == c.ContainerAlert {
		// Few natives: the one whose name says that it is for units.
		c.UnitAlert = c.HostLibrary.Function(func(name string, m facts.Member) bool {
			return m.Arity == 3 && containsAll(name, []string{"alert", "down", "systemd"})
		})
	}
	c.StaleAlert = c.HostLibrary.Function(func(name string, m facts.Member) bool {
		return m.Arity == 3 && len(m.Formals) == 0 && containsAll(name, []string{"alert", "stale"})
	})
	c.BackupHelper = pick(all, 2, "backup", "tags")
	if c.BackupHelper == "" {
		c.BackupHelper = pick(all, 1, "backup", "snapshot")
	}
	c.SnapshotHelper = pick(all, 1, "sanoid")
	if c.SnapshotHelper == "" {
		c.SnapshotHelper = pick(all, 1, "snapshot", "dataset")
	}
	c.PreseedHelper = pick(all, 1, "preseed")
	c.policyHelpers()
	c.KeyHelpers = f.KeyHelpers[c.HostLibrary.File].Members
	for _, name := range sortedKeys(c.HostLibrary.Members) {
		if m := c.HostLibrary.Members[name]; m.Kind == "string" {
			if v, ok := m.Value.(string); ok && slices.Contains(f.Networks, v) {
				c.NetworkHelper = name
			}
		}
	}
}

func containsAll(name string, words []string) bool {
	name = strings.ToLower(name)
	for _, w := range words {
		if !strings.Contains(name, w) {
			return false
		}
	}
	return true
}

// policyHelpers are the sets of the library that name a policy.
func (c *Conventions) policyHelpers() {
	for _, member := range sortedKeys(c.HostLibrary.Values) {
		for _, name := range sortedKeys(c.HostLibrary.Values[member]) {
			set, ok := c.HostLibrary.Values[member][name].(map[string]any)
			if !ok {
				continue
			}
			policy, ok := set["policy"].(string)
			if !ok {
				continue
			}
			if paths := exceptions(set); len(paths) > 0 {
				c.BypassHelpers = append(c.BypassHelpers, BypassHelper{Policy: policy, Helper: []string{member, name}, Paths: paths})
				continue
			}
			// The shortest name is the plain one.
			if old := c.PolicyHelpers[policy]; old == nil || len(name) < len(old[1]) {
				c.PolicyHelpers[policy] = []string{member, name}
			}
		}
	}
}

// exceptions are the paths that a set lets pass unasked.
func exceptions(set map[string]any) []string {
	var paths []string
	for _, field := range []string{"bypassPaths", "bypassResources"} {
		list, _ := set[field].([]any)
		for _, e := range list {
			if p, ok := e.(string); ok {
				paths = append(paths, p)
			}
		}
	}
	return paths
}

// restoreMethods are the methods that most services with a restore use.
func restoreMethods(f *facts.Facts) []string {
	votes := tally{}
	for _, name := range sortedKeys(f.Services) {
		s := f.Services[name]
		if restores, known := s.Options["preseed.enable"].Value.(bool); !s.Enabled || known && !restores {
			continue
		}
		methods, ok := s.Options["preseed.restoreMethods"].Value.([]any)
		if !ok || len(methods) == 0 {
			continue
		}
		var names []string
		for _, m := range methods {
			if n, ok := m.(string); ok {
				names = append(names, n)
			}
		}
		votes.add(strings.Join(names, " "))
	}
	return strings.Fields(votes.winner())
}

// ids finds how ids are kept.
func (c *Conventions) ids(f *facts.Facts) {
	if len(f.Registries) > 0 {
		c.Registry = &f.Registries[0]
		for i := range f.Registries {
			if len(f.Registries[i].Entries) > len(c.Registry.Entries) {
				c.Registry = &f.Registries[i]
			}
		}
		c.IDStyle = RegistryIDs
		return
	}
	votes := tally{}
	exemplar := map[string]string{}
	for _, name := range sortedKeys(f.Services) {
		o := f.Services[name].Options
		if v, ok := o["user"].Value.(string); ok {
			if _, err := strconv.Atoi(v); err == nil {
				votes.add(string(StringUser))
				exemplar[string(StringUser)] = name
			}
		}
		if _, ok := o["uid"].Value.(float64); ok {
			votes.add(string(IntOption))
			exemplar[string(IntOption)] = name
		}
	}
	c.IDStyle = IDStyle(votes.winner())
	if c.IDStyle == "" {
		c.IDStyle = IntOption
	}
	c.IDExemplar = exemplar[string(c.IDStyle)]
}

// storage finds how datasets are made.
func (c *Conventions) storage(f *facts.Facts) {
	c.Storage = Storage{RecordSizes: map[string]int{}, Parent: f.DatasetRoot}
	for _, unit := range append([]string{"zfs-mount"}, f.DatasetUnits...) {
		if _, ok := f.Units[unit]; ok {
			c.Storage.Units = append(c.Storage.Units, unit+".service")
		}
	}
	compressions := tally{}
	for _, name := range sortedKeys(f.Datasets) {
		d := f.Datasets[name]
		if d.RecordSize != nil {
			c.Storage.RecordSizes[*d.RecordSize]++
		}
		if d.Compression != nil {
			compressions.add(*d.Compression)
		}
	}
	c.Storage.Compression = compressions.winner()
}

// dashboard finds the groups in use.
func (c *Conventions) dashboard(f *facts.Facts) {
	groups := tally{}
	for _, name := range sortedKeys(f.Dashboard) {
		if g := f.Dashboard[name].Group; g != nil {
			groups.add(*g)
		}
	}
	c.Groups = groups.ranked()
}
