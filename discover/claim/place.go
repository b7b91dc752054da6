package claim

import (
	"path"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// hostNames are the names under which the proxy answers.
func (r *reader) hostNames() {
	for _, name := range sortedNames(r.f.Vhosts) {
		v := r.f.Vhosts[name]
		if v.HostName == nil || !v.Enable || *v.HostName == "" {
			continue
		}
		c := Claim{Kind: HostName, Text: strings.ToLower(strings.TrimSuffix(*v.HostName, ".")), Owner: name, Option: hubOption(r.f.Hubs[facts.Proxy], name, "hostName")}
		c.Service = r.owners.part(name, fileOf(v.At))
		r.add(c, v.At)
	}
}

// mountpoints are where datasets and network mounts are put.
func (r *reader) mountpoints() {
	add := func(name, option string, mountpoint *string, at *facts.Position) {
		if mountpoint == nil || !strings.HasPrefix(*mountpoint, "/") {
			return // none, legacy
		}
		r.add(Claim{Kind: Mountpoint, Text: path.Clean(*mountpoint), Owner: name, Option: option, Service: r.owners.part(name, fileOf(at))}, at)
	}
	for _, name := range sortedNames(r.f.Datasets) {
		d := r.f.Datasets[name]
		add(name, hubOption(r.f.Hubs[facts.DatasetsHub], name, "mountpoint"), d.MountPoint, d.At)
	}
	for _, name := range sortedNames(r.f.Mounts) {
		add(name, hubOption(r.f.Hubs[facts.MountsHub], name, "localPath"), r.f.Mounts[name].LocalPath, nil)
	}
}
