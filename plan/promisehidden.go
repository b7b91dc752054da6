package plan

import "strings"

// promiseHidden: no secret that sops has is where others than the software read
// it; what nobody declared as one cannot be told from other text. It is
// promised of every container and unit of the service, since a volume or an
// argument with a secret may be one that was not planned at all.
func (m *maker) promiseHidden(unit string) {
	names := []string{m.Service}
	units := []string{unit}
	for _, p := range m.model.Parts {
		names, units = append(names, p.Full), append(units, p.Unit)
	}
	want := map[string]string{"units": strings.Join(units, " ")}
	if variables := m.hiddenVariables(); len(variables) > 0 {
		want["variables"] = strings.Join(variables, " ")
	}
	if m.model.Packaging == Container {
		want["containers"] = strings.Join(names, " ")
	}
	m.promise(PromiseHidden, m.Service, "no declared secret is a volume, an argument or in the store", want)
}

// hiddenVariables are the variables that hold secrets: they must come from a file
// that is made on the host.
func (m *maker) hiddenVariables() []string {
	names := m.secretVariables()
	for _, p := range m.model.Parts {
		for _, v := range p.Secrets {
			if !contains(names, v) {
				names = append(names, v)
			}
		}
	}
	return names
}
