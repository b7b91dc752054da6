package render

import (
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
)

// PartViews are the containers or units beside the service's own, each as a view
// of its own that the templates of the service's take too.
func (v *View) PartViews() []*View {
	if v.Part != nil {
		return nil
	}
	views := make([]*View, len(v.Parts))
	for i := range v.Parts {
		views[i] = v.partView(&v.Parts[i])
	}
	return views
}

func (v *View) partView(p *plan.Part) *View {
	m := &plan.Model{
		Name: p.Full, DisplayName: v.DisplayName + " " + p.Name, Description: p.Description, Packaging: v.Packaging, Factory: v.Model.Factory,
		Account: v.Account, RunAs: p.RunAs, Network: v.Network, Memory: p.Memory, Image: p.Image, Unit: p.Unit, Environment: p.Environment,
		ContainerPort: p.Port, HealthCheck: p.HealthCheck, HealthPath: p.HealthPath, HealthStrict: true, HealthTool: p.HealthTool, NoHealthCheck: !p.Checked(),
		Program: p.Program, Arguments: p.Command, Hardware: p.Hardware,
	}
	if v.Data != nil && (p.Own || len(p.Folders) > 0) {
		data := *v.Data
		data.Folders = p.Folders
		m.Data, m.Preseed = &data, v.Preseed
	}
	if p.Own {
		m.Mount, m.EngineNetwork = v.Mount, v.EngineNetwork
	}
	if v.Packaging == plan.OwnUnit {
		m.Package, m.SecretNames, m.Composed, m.Handover = v.Package, v.SecretNames, v.Composed, v.Handover
		m.Database, m.Redis, m.Port = v.Database, v.Redis, v.Port
		for _, e := range v.Environment {
			if !slices.ContainsFunc(p.Environment, func(own plan.Variable) bool { return own.Name == e.Name }) {
				m.Environment = append(slices.Clone(m.Environment), e)
			}
		}
	}
	part := *v
	part.Model, part.Part, part.main, part.Unit, part.AlertName = m, p, v, p.Unit, p.Full+"-service-down"
	return &part
}

// UnitName is the name of a unit of ours, as the module writes it.
func (v *View) UnitName() code {
	if v.Part == nil {
		return "${serviceName}"
	}
	quoted, err := syntax.String(v.Part.Name)
	if err != nil {
		return ""
	}
	return code(`"${serviceName}-` + quoted[1:])
}

// UnitOrder are the units that a unit of ours starts after; containers say it
// themselves.
func (v *View) UnitOrder() []string {
	if v.Packaging != plan.OwnUnit {
		return nil
	}
	after := v.After
	if v.Part != nil {
		after = v.Part.After
	}
	var units []string
	for _, name := range after {
		units = append(units, name+".service")
	}
	return units
}

// FollowsService tells that a part is started anew with the service: what the
// service needs does without that.
func (v *View) FollowsService() bool {
	return v.Part != nil && slices.Contains(v.Part.After, v.main.Name)
}

// Entrypoint is what a part's image is started with, empty for its own.
func (v *View) Entrypoint() string { return strings.Join(v.Part.Entrypoint, "") }

// MainContainer is the service's own container, as a part reads it.
func (v *View) MainContainer() code {
	name, err := syntax.AttrName(v.main.Name)
	if err != nil {
		return ""
	}
	return code("config.virtualisation.oci-containers.containers." + name)
}

// Inherited are what a part with the service's image has of its container as it
// is.
func (v *View) Inherited() []string {
	names := []string{"image", "environmentFiles"}
	if len(v.Environment) == 0 {
		names = append(names, "environment")
	}
	if len(v.Part.Folders) == 0 {
		names = append(names, "volumes")
	}
	return names
}

// PartSecrets are the variables of a part that hold secrets.
func (v *View) PartSecrets() []Secret {
	var list []Secret
	if v.Part != nil {
		for _, n := range v.Part.Secrets {
			list = append(list, Secret{Variable: n, Name: plan.SecretName(v.main.Name, n)})
		}
	}
	return list
}

// PartFile is the option for the file with a part's secrets.
func (v *View) PartFile() string { return v.partOption() + "EnvironmentFile" }

// DevicesOption is the option for the devices of the service, or of a part.
func (v *View) DevicesOption() string {
	if v.Part == nil {
		return "devices"
	}
	return v.partOption() + "Devices"
}

// partOption is how names of options of a part begin.
func (v *View) partOption() string {
	words := strings.Split(v.Part.Name, "-")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

// NetworkHub is the option in which the repo declares networks, where one is made
// for the service.
func (v *View) NetworkHub() []string {
	if h := v.f.Hubs[facts.NetworksHub]; v.OwnNetwork && h != nil {
		return h.Path
	}
	return nil
}

// UserID is the expression for the account's uid as text.
func (v *View) UserID() code {
	if v.Model.Factory || v.IDStyle() == "string" {
		return "cfg.user"
	}
	return "toString cfg.uid"
}

// PartsRunAs tells whether a part runs with the account's ids by itself.
func (v *View) PartsRunAs() bool {
	return slices.ContainsFunc(v.Parts, func(p plan.Part) bool { return p.RunAs == "user" })
}

// PartsWithMount tells whether a part works on the files of the network mount.
func (v *View) PartsWithMount() bool {
	return v.Mount != nil && slices.ContainsFunc(v.Parts, func(p plan.Part) bool { return p.Own })
}

// PartsRestored tells whether a part keeps data that are restored before it starts.
func (v *View) PartsRestored() bool {
	return slices.ContainsFunc(v.PartViews(), func(part *View) bool { return len(part.Preseed) > 0 })
}

// PartOptions tells whether a part has options: a file with secrets of its own, or
// devices.
func (v *View) PartOptions() bool {
	return slices.ContainsFunc(v.Parts, func(p plan.Part) bool { return len(p.Secrets) > 0 || p.Hardware != nil && len(p.Hardware.Devices) > 0 })
}
