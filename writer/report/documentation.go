package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// documentation: the decisions, and what a reader later wants to know of them.
func (m *maker) documentation() {
	d := Documentation{Decisions: []plan.Decision{}, Contradictions: []Contradiction{}, Integrations: []Integration{}, Deviations: []string{}}
	if m.Plan != nil {
		d.Decisions = list(m.Plan.Decisions)
		d.Contradictions = contradictions(m.Plan)
		d.Integrations = m.integrations()
		d.Access = m.access()
		d.Deviations = m.deviations()
	}
	m.r.Documentation = d
}

// contradictions are what sources say that was not followed. A value that was
// weighed and found worse is none: no source says that it is so.
func contradictions(p *plan.Plan) []Contradiction {
	found := []Contradiction{}
	for _, d := range p.Decisions {
		for _, r := range d.Rejected {
			if r.Source != "" {
				found = append(found, Contradiction{d.Name, value(d.Value), value(r.Value), r.Reason})
			}
		}
	}
	return found
}

// wired names the promises that are about something of the host that the service
// is put into, and the hub through which.
var wired = []struct {
	kind plan.PromiseKind
	name string
	hub  facts.HubKind
}{
	{plan.PromiseVhost, "Reverse proxy", facts.Proxy},
	{plan.PromiseAuth, "Login", facts.Proxy},
	{plan.PromiseTile, "Dashboard", facts.DashboardHub},
	{plan.PromiseProbe, "Black-box check", facts.BlackBoxHub},
	{plan.PromiseMetrics, "Metrics", ""},
	{plan.PromiseAlert, "Alert", facts.AlertsHub},
	{plan.PromiseNotify, "Notification of failures", facts.TemplatesHub},
	{plan.PromiseLogs, "Log", ""},
	{plan.PromiseDataset, "Dataset", facts.DatasetsHub},
	{plan.PromiseBackup, "Backup", facts.BackupJobsHub},
	{plan.PromiseSnapshot, "Snapshots and replication", facts.SnapshotsHub},
	{plan.PromiseRestore, "Restore before the first start", ""},
	{plan.PromiseMount, "Order of mounts", ""},
	{plan.PromiseSecret, "Secrets", ""},
	{plan.PromiseRegistry, "Table of ids", ""},
}

func (m *maker) integrations() []Integration {
	found := []Integration{}
	for _, w := range wired {
		for _, p := range m.Plan.Promises {
			if p.Kind != w.kind {
				continue
			}
			i := Integration{Name: w.name, Text: p.Text, Option: m.hub(w.hub)}
			for _, r := range m.Results {
				if r.Kind == p.Kind && r.Subject == p.Subject && r.Text == p.Text {
					i.Saw = r.Saw
				}
			}
			found = append(found, i)
		}
	}
	return found
}

// hub is the path of a hub, empty if the host has none.
func (m *maker) hub(kind facts.HubKind) string {
	if f := m.Given.Facts; f != nil && kind != "" {
		if h := f.Hubs[kind]; h != nil {
			return strings.Join(h.Path, ".")
		}
	}
	return ""
}

// access says from where people reach the service.
func (m *maker) access() string {
	model := m.Plan.Model
	switch {
	case !model.Web:
		return "It has no web page."
	case m.Given.Facts == nil || m.Given.Facts.Hubs[facts.Proxy] == nil:
		return "The host has no reverse proxy that services register with: it is reached at its port on the host."
	case model.Port == 0:
		return ""
	}
	s := fmt.Sprintf("Not exposed to the internet: no tunnel is set up. It is reached through the proxy at https://%s", m.hostName())
	switch model.Auth.Kind {
	case plan.NoAuth:
		return s + ", without a login."
	case "":
		return s + "."
	}
	if d, ok := m.decision("auth"); ok {
		s += fmt.Sprintf("; login: %s (%s)", value(d.Value), d.Reason)
	}
	return s + "."
}

// hostName is the name under which the proxy has the service.
func (m *maker) hostName() string {
	if d := m.Given.Facts.Host.Domain; d != nil && *d != "" {
		return m.Plan.Model.HostLabel + "." + *d
	}
	return m.Plan.Model.HostLabel
}

// deviations are where the plan does not do as the repo's other services, or as
// its rules would.
func (m *maker) deviations() []string {
	found := []string{}
	model := m.Plan.Model
	if model.PortReason != "" {
		found = append(found, fmt.Sprintf("Port %d: %s", model.Port, model.PortReason))
	}
	f := m.Given.Facts
	if d, ok := m.decision("packaging"); ok && model.Packaging == plan.Container && f != nil && (f.Native != nil || f.Package.Usable() || f.Unstable.Usable()) {
		found = append(found, "A container, although nixpkgs has the software: "+d.Reason+".")
	}
	for _, name := range []string{"backup", "snapshots", "preseed"} {
		if d, ok := m.decision(name); ok && value(d.Value) == "no" && model.Data != nil {
			found = append(found, fmt.Sprintf("%s: no, %s.", strings.ToUpper(name[:1])+name[1:], d.Reason))
		}
	}
	var said []string
	for _, d := range m.Plan.Decisions {
		if d.Rule == "user" {
			said = append(said, d.Name)
		}
	}
	if len(said) > 0 {
		found = append(found, "Said by the user, not decided by a rule: "+strings.Join(said, ", ")+".")
	}
	return found
}

// glance is the service as it will be, one line for each thing.
func (m *maker) glance() {
	model := m.Plan.Model
	add := func(about, format string, args ...any) {
		m.r.Plan = append(m.r.Plan, Fact{about, fmt.Sprintf(format, args...)})
	}
	add("Service", "%s (%s)", cmp.Or(model.DisplayName, m.Service), cmp.Or(model.Description, "no description"))
	switch model.Packaging {
	case plan.Container:
		add("Runs as", "container %s", cmp.Or(model.Image, "of an image that is still asked for"))
	case plan.OwnUnit:
		add("Runs as", "unit of pkgs.%s, program %s", cmp.Or(model.Package, "?"), cmp.Or(model.Program, "?"))
	case plan.Native:
		add("Runs as", "wrapper of services.%s", model.NativeName)
	}
	if model.Unit != "" {
		add("Unit", "%s.service", model.Unit)
	}
	if a := model.Account; a.User != "" {
		add("Account", "%s (uid %d), group %s (gid %d)", a.User, a.UID, a.Group, a.GID)
	} else {
		add("Account", "none: %s", "it owns no files")
	}
	if model.Port > 0 {
		s := fmt.Sprintf("%d on the host", model.Port)
		if model.Packaging == plan.Container && model.ContainerPort > 0 {
			s += fmt.Sprintf(", %d in the container", model.ContainerPort)
		}
		add("Port", "%s", s)
	}
	if d := model.Data; d != nil {
		add("Data", "%s, %s, record size %s, compression %s", d.Dir, d.Workload, cmp.Or(d.RecordSize, "as the pool has it"), cmp.Or(d.Compression, "as the pool has it"))
	} else {
		add("Data", "none")
	}
	if model.Mount != nil {
		add("Network mount", "%s (%s)", model.Mount.Name, model.Mount.Path)
	}
	if model.Auth.Kind != "" {
		s := string(model.Auth.Kind)
		if model.Auth.Policy != "" {
			s += ", policy " + model.Auth.Policy
		}
		add("Login", "%s", s)
	}
	if len(model.SecretNames) > 0 {
		add("Secrets", "%s, through sops", strings.Join(model.SecretNames, ", "))
	}
	protection := []string{}
	if model.Backup != nil {
		protection = append(protection, "backup")
	}
	if model.Snapshots {
		protection = append(protection, "snapshots and replication")
	}
	if len(model.Preseed) > 0 {
		protection = append(protection, "restore before the first start ("+strings.Join(model.Preseed, ", ")+")")
	}
	if len(protection) > 0 {
		add("Protection", "%s", strings.Join(protection, ", "))
	}
	watch := []string{}
	for _, w := range wired {
		if slices.Contains([]plan.PromiseKind{plan.PromiseTile, plan.PromiseProbe, plan.PromiseAlert, plan.PromiseNotify}, w.kind) &&
			slices.ContainsFunc(m.Plan.Promises, func(p plan.Promise) bool { return p.Kind == w.kind }) {
			watch = append(watch, strings.ToLower(w.name))
		}
	}
	if model.MetricsPath != "" {
		watch = append(watch, "metrics at "+model.MetricsPath)
	}
	if len(watch) > 0 {
		add("Watched by", "%s", strings.Join(watch, ", "))
	}
}

// rationale is why it is as it is: the first decision of each row that was made.
func (m *maker) rationale() {
	for _, about := range []struct {
		text  string
		names []string
	}{
		{"Module, package or container", []string{"packaging"}},
		{"Source of the software", []string{"package", "image", "native"}},
		{"Complexity", []string{"tier"}},
		{"Record size", []string{"recordsize"}},
		{"Login", []string{"auth"}},
		{"Policy", []string{"policy"}},
		{"Network mount", []string{"nfs"}},
		{"Restore", []string{"preseed"}},
	} {
		for _, name := range about.names {
			if d, ok := m.decision(name); ok {
				m.r.Rationale = append(m.r.Rationale, Choice{about.text, value(d.Value), d.Reason})
				break
			}
		}
	}
	if s := m.security(); s != "" {
		m.r.Rationale = append(m.r.Rationale, Choice{About: "Security", Reason: s})
	}
	deviations := "none, it does as the repo's other services do"
	if n := len(m.r.Documentation.Deviations); n > 0 {
		deviations = count(n, "is listed under Documentation", "are listed under Documentation")
	}
	m.r.Rationale = append(m.r.Rationale, Choice{About: "Deviations", Reason: deviations})
}

// security is what confines the service, as promised.
func (m *maker) security() string {
	var parts []string
	for _, p := range m.Plan.Promises {
		if slices.Contains([]plan.PromiseKind{plan.PromiseHardening, plan.PromiseIdentity, plan.PromiseAccount, plan.PromiseListener}, p.Kind) {
			parts = append(parts, p.Text)
		}
	}
	if m.Plan.Model.Packaging == plan.Container && strings.Contains(m.Plan.Model.Image, "@sha256:") {
		parts = append(parts, "the image is pinned by its digest")
	}
	if len(m.Plan.Model.SecretNames) > 0 {
		parts = append(parts, "secrets come through sops, and no value is in the repo")
	}
	return strings.Join(parts, "; ")
}
