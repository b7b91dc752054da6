package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/plan"
)

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
	if s := model.Schedule; s != nil {
		add("Runs", "%s, and ends", cmp.Or(s.Calendar, "once when the host starts"))
	}
	if a := model.Account; a.User != "" {
		add("Account", "%s (uid %d), group %s (gid %d)", a.User, a.UID, a.Group, a.GID)
	} else if m.Plan.Ready() {
		add("Account", "none: it owns no files")
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
	} else if m.Plan.Ready() {
		add("Data", "none")
	}
	if model.Mount != nil {
		add("Network mount", "%s (%s%s)", model.Mount.Name, model.Mount.Path, map[bool]string{true: ", read-only"}[model.Mount.ReadOnly])
	}
	m.hardware(add)
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
	if p := model.Protection; p != nil {
		s := "class " + p.Class
		if len(p.Tiers) > 0 {
			s += "; required: " + strings.Join(p.Tiers, ", ")
		}
		if p.FirstStart {
			s += "; may start empty until it has started once"
		}
		add("Class of protection", "%s", s)
	}
	m.servers(add)
	watch := []string{}
	for _, w := range wired {
		if slices.Contains([]plan.PromiseKind{plan.PromiseTile, plan.PromiseProbe, plan.PromiseAlert, plan.PromiseRule, plan.PromiseNotify}, w.kind) &&
			slices.ContainsFunc(m.Plan.Promises, func(p plan.Promise) bool { return p.Kind == w.kind }) {
			if name := strings.ToLower(w.name); !slices.Contains(watch, name) {
				watch = append(watch, name)
			}
		}
	}
	if model.MetricsPath != "" {
		watch = append(watch, "metrics at "+model.MetricsPath)
	}
	if len(watch) > 0 {
		add("Watched by", "%s", strings.Join(watch, ", "))
	}
}
