package plan

import (
	"errors"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// maker carries a plan while the rules make it.
type maker struct {
	Input
	plan  *Plan
	model *Model
	// known is where answers come from that the user did not give.
	known map[string]known
}

// Make decides everything about a service. The error is an *InputError where
// the user asked for what cannot be; what is merely not known becomes a
// question of the plan.
func Make(in Input) (*Plan, error) {
	if err := CheckName(in.Service); err != nil {
		return nil, err
	}
	if err := CheckAnswers(in.Answers); err != nil {
		return nil, err
	}
	m := &maker{Input: in, model: &Model{Name: in.Service}}
	m.plan = &Plan{Schema: SchemaVersion, Service: in.Service, Host: in.Facts.Host.Name, Model: m.model,
		Decisions: []Decision{}, Questions: []Question{}, Promises: []Promise{}, Checklist: []Step{}, Notes: []string{}}
	for _, rule := range []func() error{
		m.usable,
		m.absent,
		m.packaging,
		m.research,
		m.schedule,
		m.naming,
		m.category,
		m.workload,
		m.account,
		m.hostNetwork,
		m.ports,
		m.storage,
		m.mount,
		m.readOnly,
		m.container,
		m.unit,
		m.hardware,
		m.parts,
		m.page,
		m.access,
		m.machines,
		m.tunnel,
		m.widget,
		m.database,
		m.redis,
		m.mqtt,
		m.environment,
		m.secrets,
		m.credentials,
		m.placeholders,
		m.partStarts,
		m.restarts,
		m.grafana,
		m.protection,
		m.protectionClass,
		m.monitoring,
		m.probeAlerts,
		m.healthCheck,
		m.runAlerts,
		m.alerts,
		m.leftOut,
		m.tier,
		m.places,
		m.notes,
	} {
		if err := rule(); errors.Is(err, errUndecided) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	m.model.Unit, m.model.HostLabel, m.model.Web = m.mainUnit(), m.hostLabel(), m.Answers["web"] != "no"
	if m.plan.Ready() {
		m.promises()
		m.checklist()
	}
	return m.plan, nil
}

// usable refuses a repo in which no service module was found.
func (m *maker) usable() error {
	c := m.Conventions
	switch {
	case len(m.Facts.Root) == 0:
		return inputErrorf("the repo must declare modules of its own with an enable option", "find service modules: host %s has none", m.Facts.Host.Name)
	case c.Module.Pattern == "" || len(c.Categories) == 0:
		return inputErrorf("a module file must be in the imports of another file of the repo", "find where service modules are registered: nothing imports them by path")
	case c.Host.Pattern == "" || c.HostList == "":
		return inputErrorf("a service that is enabled in a file of its own, which another file imports, would show it",
			"find where host %s keeps the files of its services: no file of one is imported", m.Facts.Host.Name)
	}
	return nil
}

// absent refuses a service that is there already, under any spelling.
func (m *maker) absent() error {
	for _, name := range sortedNames(m.Facts.Services) {
		if sameName(name, m.Service) {
			s := m.Facts.Services[name]
			where := ""
			if s.Declared != nil {
				where = " in " + s.Declared.File
			}
			state := "disabled"
			if s.Enabled {
				state = "enabled"
			}
			return inputErrorf("scaffold adds services, it does not change them; scaffold undo takes the last one back",
				"add %s: %s exists%s and is %s on %s", m.Service, strings.Join(append(append([]string{}, m.Facts.Root...), name), "."), where, state, m.Facts.Host.Name)
		}
	}
	for _, path := range []string{m.Conventions.Module.For(m.Service), m.Conventions.Host.For(m.Service)} {
		if contains(m.Paths, path) {
			return inputErrorf("remove or rename it", "add %s: %s exists", m.Service, path)
		}
	}
	unit := func(name string) bool { _, ok := m.Facts.Units[name]; return ok }
	_, container := m.Facts.Containers[m.Service]
	_, user := m.Facts.Users[m.Service]
	_, vhost := m.Facts.Vhosts[m.Service]
	switch {
	case container:
		return inputErrorf("choose another name", "add %s: the host has a container of that name", m.Service)
	case unit(m.Service):
		return inputErrorf("choose another name", "add %s: the host has a unit %s.service", m.Service, m.Service)
	case user:
		return inputErrorf("choose another name", "add %s: the host has an account of that name", m.Service)
	case vhost:
		return inputErrorf("choose another name", "add %s: the proxy has a virtual host of that name", m.Service)
	}
	return nil
}

func sameName(a, b string) bool {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s)) }
	return plain(a) == plain(b)
}

// answer is what the user said.
func (m *maker) answer(name string) (string, bool) {
	v, ok := m.Answers[name]
	return v, ok
}

func (m *maker) decide(d Decision) {
	if d.Evidence == nil {
		d.Evidence = []Evidence{}
	}
	if d.Rejected == nil {
		d.Rejected = []Rejected{}
	}
	m.plan.Decisions = append(m.plan.Decisions, d)
}

func (m *maker) ask(q Question) {
	if q.DependsOn == nil {
		q.DependsOn = []string{}
	}
	m.plan.Questions = append(m.plan.Questions, q)
}

func (m *maker) promise(kind PromiseKind, subject, text string, want map[string]string) {
	m.plan.Promises = append(m.plan.Promises, Promise{Kind: kind, Subject: subject, Text: text, Want: want})
}

// option is an attribute path below the repo's namespace of services.
func (m *maker) option(names ...string) string {
	return strings.Join(append(append([]string{}, m.Facts.Root...), names...), ".")
}

// hub is the path of a hub, empty if the host has none.
func (m *maker) hub(kind facts.HubKind) string {
	if h := m.Facts.Hubs[kind]; h != nil {
		return strings.Join(h.Path, ".")
	}
	return ""
}
