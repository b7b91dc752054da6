package plan

import (
	"fmt"
	"slices"
	"strings"
)

// CatalogHasIt is the reason of a decision that is what the catalog says.
const CatalogHasIt = "the catalog has it"

// catalogOffers is what the catalog knows of the service, for the packaging
// that was chosen.
func (m *maker) catalogOffers() []offer {
	e := m.Entry
	if e == nil {
		return nil
	}
	fields := map[string]string{"web": "noWeb", "healthPath": "health", "metricsPath": "metrics", "nfs": "mount", "containerPort": "port", "dataDir": "dataDirs",
		"mountReadOnly": "hardware", "capabilities": "hardware", "shm": "hardware", "hostNetwork": "hardware",
		"mqttTopics": "mqtt", "mqttPassword": "mqtt", "grafanaSource": "grafana", "grafanaDashboards": "grafana", "grafanaDashboardsFolder": "grafana"}
	from := func(name string) known {
		name, _, _ = strings.Cut(name, ".")
		if f := fields[name]; f != "" {
			name = f
		}
		return knownBy("catalog", CatalogHasIt, Evidence{File: e.FileOf(name)})
	}
	var offers []offer
	add := func(name, value string) {
		if value != "" && value != "0" {
			offers = append(offers, offer{name, value, from(name)})
		}
	}
	add("displayName", e.DisplayName)
	add("description", e.Description)
	add("icon", e.Icon)
	add("workload", e.Workload)
	if e.NoWeb {
		add("web", "no")
	}
	if e.Health != "" && !e.NoWeb {
		add("healthPath", e.Health)
	}
	// A scrape that must log in would only alert.
	if e.Metrics != nil && e.Metrics.Authentication == "none" && (e.Metrics.Port == 0 || e.Metrics.Port == e.Port) && len(e.Metrics.Environment) == 0 && m.scrapable() {
		add("metricsPath", e.Metrics.Path)
	}
	if mount, evidence := m.mountFor(e.Mount); mount != "" {
		o := offer{"nfs", mount, from("nfs")}
		o.reason, o.evidence = "it works on the files of that mount", append(o.evidence, evidence)
		offers = append(offers, o)
	}
	if e.Hardware != nil && e.Hardware.MountReadOnly {
		add("mountReadOnly", "yes")
	}
	if m.model.Packaging == Container {
		if e.Hardware != nil {
			add("capabilities", strings.Join(e.Hardware.Capabilities, ","))
			add("shm", e.Hardware.Shm)
			if e.Hardware.HostNetwork == "required" {
				add("hostNetwork", "yes")
			}
		}
		add("containerPort", fmt.Sprint(e.Port))
		if m.workloadKnown() != string(Stateless) {
			add("dataDir", strings.Join(e.DataDirs, ","))
		}
		found := slices.ContainsFunc(offers, func(o offer) bool { return o.name == "nfs" })
		if nfs := m.Answers["nfs"]; nfs != "no" && (found || nfs != "") {
			add("mountPath", e.MountPath)
		}
		add("memory", e.Memory)
		add("runAs", e.RunAs)
		add("databaseExtensions", strings.Join(e.DatabaseExtensions, ","))
		m.telemetryOffers(add)
		for _, name := range sortedNames(e.Environment) {
			add(environmentPrefix+name, m.placed(e.Environment[name]))
		}
		if m.Facts.Host.SOPS {
			add("secrets", strings.Join(e.Secrets, ","))
		} else if len(e.Secrets) > 0 {
			m.note(fmt.Sprintf("It does not start without %s, and the host has no sops to keep secrets in.", strings.Join(e.Secrets, ", ")))
		}
	} else if m.model.NativeName == "" || m.nativeDefaultPort() == 0 {
		add("port", fmt.Sprint(e.Port))
	}
	return offers
}

// placed is a value of the catalog with the service's own address in it.
func (m *maker) placed(value string) string {
	return strings.NewReplacer("{url}", "https://"+m.HostName(), "{host}", m.HostName(), "{port}", fmt.Sprint(m.Entry.Port)).Replace(value)
}

// mountFor is the host's network mount for a kind of files, if it has one that
// is called so, and where it is declared. Downloads are filed among the media.
func (m *maker) mountFor(kind string) (string, Evidence) {
	kinds := []string{kind}
	if kind == "downloads" {
		kinds = append(kinds, "media")
	}
	for _, k := range kinds {
		for _, name := range sortedNames(m.Facts.Mounts) {
			mount := m.Facts.Mounts[name]
			if k != "" && k != "none" && mount.LocalPath != nil && mount.Unit != nil && strings.Contains(strings.ToLower(name), strings.TrimSuffix(k, "s")) {
				return name, Evidence{Option: m.hub("nfsMounts") + "." + name}
			}
		}
	}
	if kind != "" && kind != "none" && m.Answers["nfs"] == "" {
		m.note(fmt.Sprintf("It works on files that are often shared (%s), and the host has no network mount that is called so; name one with --set nfs=NAME.", kind))
	}
	return "", Evidence{}
}

// peers counts the repo's services of the same category in the catalog, by what
// the repo keeps them under, and names one of each.
func (m *maker) peers(keptUnder func(service string) string) (counts map[string]int, examples map[string]string) {
	counts, examples = map[string]int{}, map[string]string{}
	if m.Entry == nil || m.Catalog == nil {
		return counts, examples
	}
	for _, name := range sortedNames(m.Facts.Services) {
		under := keptUnder(name)
		if under != "" && m.Catalog.Category(name) == m.Entry.Category {
			if counts[under] == 0 {
				examples[under] = name
			}
			counts[under]++
		}
	}
	return counts, examples
}

// most is the key with the highest count, the first by name if there are two.
func most(counts map[string]int) string {
	best := ""
	for _, k := range sortedNames(counts) {
		if best == "" || counts[k] > counts[best] {
			best = k
		}
	}
	return best
}
