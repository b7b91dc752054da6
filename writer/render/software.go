package render

import (
	"regexp"
	"slices"
	"strings"

	"holthome.net/scaffold/plan"
)

// PackagePath is the package below pkgs.
func (v *View) PackagePath() []string { return strings.Split(v.Package, ".") }

// ExecArguments are the program's arguments.
func (v *View) ExecArguments() []string { return v.Model.Arguments }

var notPlain = regexp.MustCompile(`[^a-z0-9-]+`)

// SecretTemplate is the sops template that has the service's variables.
func (v *View) SecretTemplate() string { return notPlain.ReplaceAllString(v.Name, "-") + "-env" }

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
