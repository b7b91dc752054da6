package render

import (
	"slices"

	"holthome.net/scaffold/nixeval/syntax"
	"holthome.net/scaffold/plan"
)

// SecretTemplate is the sops template that has the service's variables.
func (v *View) SecretTemplate() string { return plan.SecretTemplate(v.Name) }

// RestartedBySecret are the units that a changed secret starts again.
func (v *View) RestartedBySecret(name string) []string { return v.restarted(name, false) }

// RestartedByTemplate are the units that a changed template starts again.
func (v *View) RestartedByTemplate(name string) []string { return v.restarted(name, true) }

func (v *View) restarted(name string, template bool) []string {
	var units []string
	for _, r := range v.Restarts {
		if r.Name == name && r.Template == template {
			for _, u := range r.Units {
				units = append(units, u+".service")
			}
		}
	}
	return units
}

// Secret is a variable and the sops name of its value.
type Secret struct{ Variable, Name string }

// Secrets are the variables that hold secrets.
func (v *View) Secrets() []Secret {
	var list []Secret
	for _, n := range v.SecretNames {
		list = append(list, Secret{Variable: n, Name: plan.SecretName(v.Name, n)})
	}
	return list
}

// SecretPaths are the sops names of all secrets, those for others too.
func (v *View) SecretPaths() []string {
	var list []string
	for _, s := range v.Secrets() {
		list = append(list, s.Name)
	}
	for _, p := range v.PartViews() {
		for _, s := range p.PartSecrets() {
			if !slices.Contains(list, s.Name) {
				list = append(list, s.Name)
			}
		}
	}
	for _, name := range v.telemetrySecrets() {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	for _, l := range v.Lines {
		if !slices.Contains(list, l.Secret) {
			list = append(list, l.Secret)
		}
	}
	return list
}

// PasswordRestarts are the units that a changed password of the database starts
// again: as with the passwords of the repo's others, or because they read it.
func (v *View) PasswordRestarts() []string {
	units := v.RestartedBySecret(v.passwordName())
	if v.Database != nil {
		for _, u := range v.Database.Password.RestartUnits {
			if !slices.Contains(units, u) {
				units = append(units, u)
			}
		}
	}
	return units
}

// HostTemplate is a template of sops in the host's file.
type HostTemplate struct {
	Name, About string
	Lines       []code
	Restarted   []string // units that a change starts again
	ReadBy      string   // a unit of somebody else that it is made for
}

// HostTemplates are the service's own, those of its parts, and those for others.
func (v *View) HostTemplates() ([]HostTemplate, error) {
	var list []HostTemplate
	add := func(t HostTemplate, secrets []Secret) error {
		lines := make([]code, len(secrets), len(secrets)+len(t.Lines))
		for i, s := range secrets {
			line, err := placeholderLine(s)
			if err != nil {
				return err
			}
			lines[i] = line
		}
		t.Lines, t.Restarted = append(lines, t.Lines...), v.RestartedByTemplate(t.Name)
		list = append(list, t)
		return nil
	}
	if v.ByTemplate() {
		composed, err := v.HostComposed()
		if err != nil {
			return nil, err
		}
		t := HostTemplate{Name: v.SecretTemplate()}
		for _, c := range composed {
			name, err := syntax.EscapeIndented(c.Name)
			if err != nil {
				return nil, err
			}
			t.Lines = append(t.Lines, code(name)+"="+c.Value)
		}
		if err := add(t, v.Secrets()); err != nil {
			return nil, err
		}
	}
	for _, p := range v.PartViews() {
		if secrets := p.PartSecrets(); len(secrets) > 0 {
			if err := add(HostTemplate{Name: p.SecretTemplate()}, secrets); err != nil {
				return nil, err
			}
		}
	}
	for _, lines := range v.LinesByTemplate() {
		var secrets []Secret
		for _, l := range lines {
			secrets = append(secrets, Secret{l.Variable, l.Secret})
		}
		if err := add(HostTemplate{Name: lines[0].Template, About: lines[0].About, ReadBy: lines[0].Unit}, secrets); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// placeholderLine is a variable with what stands for its secret, inside of an
// indented string.
func placeholderLine(s Secret) (code, error) {
	variable, err := syntax.EscapeIndented(s.Variable)
	if err != nil {
		return "", err
	}
	name, err := syntax.AttrName(s.Name)
	if err != nil {
		return "", err
	}
	return code(variable + "=${config.sops.placeholder." + name + "}"), nil
}
