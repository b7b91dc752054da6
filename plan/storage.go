package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// recordSizes are the specification's sizes by workload, with the reason that
// is written beside them.
var recordSizes = map[Workload]struct{ size, reason string }{
	SQLite:     {"16K", "SQLite: pages are small"},
	Database:   {"16K", "database: pages are small"},
	Config:     {"16K", "small configuration files"},
	Media:      {"128K", "media: files of all sizes"},
	Sequential: {"1M", "large files that are read from end to end"},
}

// workload: what the service does with its storage.
func (m *maker) workload() error {
	said, ok := m.said("workload")
	if !ok {
		m.ask(Question{Name: "workload", Text: "What does " + m.model.DisplayName + " do with its storage?",
			Why: "whether there is a dataset, its record size, backup and restore follow from it",
			Choices: []Choice{
				{"sqlite", "a SQLite database, and files beside it"},
				{"database", "a database of its own"},
				{"config", "small files"},
				{"media", "files of all sizes"},
				{"sequential", "large files, read from end to end"},
				{"stateless", "nothing is kept"},
			}, DependsOn: []string{"dataset", "backup", "preseed"}})
		return nil
	}
	if Workload(said) == Stateless {
		return nil
	}
	m.model.Data = &Data{Dir: "/var/lib/" + m.Service, Workload: Workload(said)}
	return nil
}

// storage: the dataset.
func (m *maker) storage() error {
	data := m.model.Data
	if data == nil {
		if _, ok := m.answer("dataDir"); ok && m.Answers["workload"] == string(Stateless) {
			return inputErrorf("leave out dataDir, or name the workload of its data", "read dataDir: a stateless service has no data")
		}
		return nil
	}
	if err := m.dataDir(data); err != nil {
		return err
	}
	if m.Facts.Hubs[facts.DatasetsHub] == nil {
		m.decide(Decision{Name: "dataset", Value: "none", Rule: "a dataset where the repo has them", Reason: "the host has no option that makes datasets; the folder is made instead"})
		return nil
	}
	want := recordSizes[data.Workload]
	data.RecordSize, data.Reason = want.size, want.reason
	d := Decision{Name: "recordsize", Value: data.RecordSize, Rule: "record size by workload", Reason: want.reason}
	if n := m.Conventions.Storage.RecordSizes[want.size]; n > 0 {
		d.Evidence = []Evidence{{Option: m.hub(facts.DatasetsHub), Value: fmt.Sprintf("%d of %d datasets", n, len(m.Facts.Datasets))}}
	}
	m.decide(d)
	data.Compression = m.Conventions.Storage.Compression
	d = Decision{Name: "compression", Value: data.Compression, Rule: "the repo's most used", Reason: "most datasets of the host have it",
		Evidence: []Evidence{{Option: m.hub(facts.DatasetsHub)}}}
	if data.Compression == "" {
		data.Compression = "zstd"
		d.Value, d.Reason, d.Evidence = data.Compression, "no dataset of the host shows another", nil
	}
	m.decide(d)
	for _, name := range sortedNames(m.Facts.Datasets) {
		if mp := m.Facts.Datasets[name].MountPoint; mp != nil && *mp == data.Dir {
			return inputErrorf("choose another name", "place data in %s: the dataset %s is mounted there", data.Dir, name)
		}
	}
	return nil
}

// dataDir: a container sees the host's folder under a path of its own; other
// software uses the path on the host.
func (m *maker) dataDir(data *Data) error {
	said, ok := m.said("dataDir")
	switch {
	case m.model.Packaging == Container && ok:
		data.Folders = folders(said)
		data.Inside = data.Folders[0].Inside
		if len(data.Folders) == 1 {
			data.Folders = nil
		}
	case m.model.Packaging == Container:
		m.ask(Question{Name: "dataDir", Text: "Where in the image does " + m.model.DisplayName + " keep its data?",
			Why: "the dataset is mounted there", DependsOn: []string{"dataset", "container"}})
	case ok && strings.Contains(said, ","):
		return inputErrorf("name the one that holds the others, or choose packaging=container", "read dataDir: software on the host has one folder")
	case ok:
		data.Dir, data.Inside = said, said
	case m.model.Packaging == Native:
		data.Inside = data.Dir
		for _, option := range []string{"dataDir", "stateDir", "configDir"} {
			if o, has := m.Facts.Native.Options[option]; has {
				if dir, is := o.Default.(string); is && strings.HasPrefix(dir, "/") {
					data.Dir, data.Inside = dir, dir
					m.decide(Decision{Name: "dataDir", Value: dir, Rule: "the module's default", Reason: "the module keeps its data there",
						Evidence: []Evidence{{Option: "services." + m.model.NativeName + "." + option}}})
					return nil
				}
			}
		}
		if u, has := m.Facts.Native.Units[m.nativeUnit()]; has && len(u.StateDirectory) > 0 && m.model.NativeNames["dataDir"] == "" {
			dir := "/var/lib/" + strings.Fields(u.StateDirectory[0])[0]
			data.Dir, data.Inside = dir, dir
			m.decide(Decision{Name: "dataDir", Value: dir, Rule: "the module's state directory", Reason: "its unit keeps its data there",
				Evidence: []Evidence{{Option: "systemd.services." + m.nativeUnit() + ".serviceConfig.StateDirectory"}}})
		}
	default:
		data.Inside = data.Dir
	}
	return nil
}

// folders are places in a container, each with a folder of its own in the data
// that is called like its last part, or like all of it where two would be one.
func folders(list string) []Folder {
	var all []Folder
	count := map[string]int{}
	for _, inside := range strings.Split(list, ",") {
		inside = strings.TrimSpace(inside)
		name := inside[strings.LastIndexByte(inside, '/')+1:]
		count[name]++
		all = append(all, Folder{Name: name, Inside: inside})
	}
	for i, f := range all {
		if count[f.Name] > 1 || strings.HasPrefix(f.Name, ".") || strings.HasPrefix(f.Name, "-") {
			all[i].Name = "root" + strings.ReplaceAll(f.Inside, "/", "-")
		}
	}
	return all
}

// mount: a network mount that the service must not start without.
func (m *maker) mount() error {
	said, ok := m.said("nfs")
	if !ok || said == "no" {
		if _, ok := m.answer("mountPath"); ok {
			return inputErrorf("name one with --set nfs=NAME, or leave it out", "read mountPath: no network mount was asked for")
		}
		return nil
	}
	mount, exists := m.Facts.Mounts[said]
	if !exists {
		names := sortedNames(m.Facts.Mounts)
		return inputErrorf("the host has "+orNone(names), "read nfs: %q is unknown", said)
	}
	if mount.LocalPath == nil || mount.Unit == nil {
		return inputErrorf("", "read nfs: mount %q has no path or no unit that could be evaluated", said)
	}
	m.model.Mount = &Mount{Name: said, Path: *mount.LocalPath, Unit: *mount.Unit, Inside: "/data", Group: m.mountGroup()}
	if inside, ok := m.said("mountPath"); ok {
		if m.model.Packaging != Container {
			return inputErrorf("leave it out", "read mountPath: a service that is no container sees the mount at %s", *mount.LocalPath)
		}
		if slices.Contains(m.insides(), inside) {
			if m.known["mountPath"].source == "catalog" {
				inside = m.freePath()
			} else {
				return inputErrorf("choose another path", "read mountPath: the service's own data are there")
			}
		}
		m.model.Mount.Inside = inside
	} else {
		m.model.Mount.Inside = m.freePath()
	}
	if g := m.model.Mount.Group; g != "" && g != m.model.Account.Group && m.model.Account.User != "" {
		m.model.Account.ExtraGroups = []string{g}
	}
	return nil
}

// insides are the places in the container that hold the service's own data.
func (m *maker) insides() []string {
	if m.model.Data == nil {
		return nil
	}
	list := []string{m.model.Data.Inside}
	for _, f := range m.model.Data.Folders {
		list = append(list, f.Inside)
	}
	return list
}

// freePath is where a container sees the network mount if nobody says.
func (m *maker) freePath() string {
	for _, p := range []string{"/data", "/media"} {
		if !slices.Contains(m.insides(), p) {
			return p
		}
	}
	return "/mnt/" + m.model.Mount.Name
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// protection: backup, restore before the first start, snapshots.
func (m *maker) protection() error {
	c, data := m.Conventions, m.model.Data
	if data == nil {
		for _, name := range []string{"backup", "preseed", "snapshots"} {
			if m.Answers[name] == "yes" {
				return inputErrorf("leave it out, or name the workload of its data", "read %s: a stateless service has no data", name)
			}
		}
		if m.Answers["workload"] == string(Stateless) {
			m.withoutData()
		}
		return nil
	}
	backup := c.HostLibrary != nil && c.BackupHelper != "" && c.Submodules["backup"] != ""
	snapshots := c.HostLibrary != nil && c.SnapshotHelper != "" && m.Facts.Hubs[facts.SnapshotsHub] != nil
	restore := c.StorageHelpers != nil && c.PreseedHelper != "" && len(c.Restore) > 0
	for _, w := range []struct {
		name     string
		possible bool
	}{{"backup", backup}, {"snapshots", snapshots}, {"preseed", restore}} {
		if m.Answers[w.name] == "yes" && !w.possible {
			return inputErrorf("leave it out, or add one", "read %s: the repo has no helper for it", w.name)
		}
	}
	if m.wanted("backup", backup, "state is backed up from a snapshot, tagged", "the host library has no helper for it") {
		m.model.Backup = &Backup{Helper: []string{c.HostLibrary.Binding, c.BackupHelper}, Tags: m.tags(), Reader: m.backupReader()}
	}
	m.model.Snapshots = m.wanted("snapshots", snapshots, "state is worth replication", "the host library has no helper for it")
	if m.wanted("preseed", restore, "a new machine gets its data back before the first start", "the repo has no helper for it") {
		m.model.Preseed = slices.Clone(c.Restore)
		m.decide(Decision{Name: "restoreMethods", Value: m.model.Preseed, Rule: "the repo's most used", Reason: "most services with a restore use them"})
	}
	return nil
}

// backupReader is the account of the host's backup units, if it can read only
// what its groups may.
func (m *maker) backupReader() string {
	votes := map[string]int{}
	for _, name := range sortedNames(m.Facts.Units) {
		u := m.Facts.Units[name]
		if strings.Contains(name, "backup") && u.User != nil && !contains(u.Capabilities, "CAP_DAC_READ_SEARCH") {
			votes[*u.User]++
		}
	}
	best := ""
	for _, user := range sortedNames(votes) {
		if best == "" || votes[user] > votes[best] {
			best = user
		}
	}
	u, ok := m.Facts.Users[best]
	if !ok || best == "root" || contains(u.ExtraGroups, m.model.Account.Group) || u.Group != nil && *u.Group == m.model.Account.Group {
		return ""
	}
	m.decide(Decision{Name: "backupReader", Value: best, Rule: "the backup's account is in the data's group", Reason: "its units run as " + best + ", which reads only what its groups may"})
	return best
}

// wanted settles a yes or no: the user's word, else yes where the repo can.
func (m *maker) wanted(name string, possible bool, reason, lacking string) bool {
	said, ok := m.answer(name)
	switch {
	case ok:
		m.said(name)
		return said == "yes"
	case possible:
		m.decide(Decision{Name: name, Value: "yes", Rule: "on for services with state", Reason: reason})
		return true
	}
	m.decide(Decision{Name: name, Value: "no", Rule: "on for services with state", Reason: lacking})
	return false
}

// tags are a set of the host library that is called like the category, or the
// category itself.
func (m *maker) tags() []string {
	category := strings.ToLower(strings.ReplaceAll(m.model.Category, " ", "-"))
	if sets, ok := m.Conventions.HostLibrary.Values["backupTags"]; ok {
		if _, ok := sets[category]; ok {
			return []string{m.Conventions.HostLibrary.Binding, "backupTags", category}
		}
	}
	return nil
}
