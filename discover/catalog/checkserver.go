package catalog

import (
	"regexp"
	"slices"
	"strings"
)

// extensionForm is the name of an extension of PostgreSQL.
var extensionForm = regexp.MustCompile(`^[a-z_][a-z0-9_-]*$`)

// environment sees that variables have only the placeholders of servers that the
// service needs.
func (d *document) environment(e *Entry) {
	var more []string
	for _, need := range e.Needs {
		more = append(more, ServerPlaceholders[need]...)
	}
	d.variables("environment", e.Environment, more...)
	for _, name := range sorted(e.Environment) {
		for _, b := range braces.FindAllString(e.Environment[name], -1) {
			for _, need := range sorted(ServerPlaceholders) {
				if slices.Contains(ServerPlaceholders[need], strings.Trim(b, "{}")) && !slices.Contains(e.Needs, need) {
					d.say("environment."+name, "%s stands for nothing: needs does not have %s", b, need)
				}
			}
		}
	}
}

// extensions sees that they are names, of a database that there is.
func (d *document) extensions(e *Entry) {
	d.list("databaseExtensions", e.DatabaseExtensions, extensionForm, maxTitle)
	if len(e.DatabaseExtensions) > 0 && !slices.Contains(e.Needs, "postgresql") {
		d.say("databaseExtensions", "needs does not have postgresql")
	}
}
