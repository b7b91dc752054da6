package catalog

import (
	"fmt"
	"slices"
)

// Part is a container that runs beside a service's own: another program of the
// same image, such as a worker, or a server of its own, such as a queue.
type Part struct {
	// Name is unique in the entry; the container is called after the service
	// and it.
	Name string `yaml:"name" json:"name"`
	// Kind is one of PartKinds.
	Kind string `yaml:"kind" json:"kind"`
	// Description is what it does, in a few words.
	Description string `yaml:"description" json:"description"`
	// Images are repositories without tag, Tag a tag of the family that is
	// wanted, as of an Entry. Without images it runs the service's own.
	Images []string `yaml:"images" json:"images,omitempty"`
	Tag    string   `yaml:"tag" json:"tag,omitempty"`
	// Command are the arguments of its image's entrypoint, if it needs any.
	Command []string `yaml:"command" json:"command,omitempty"`
	// Port is the port that it listens on, 0 for none. It is never published.
	Port int `yaml:"port" json:"port,omitempty"`
	// DataDirs are where it keeps state.
	DataDirs []string `yaml:"dataDirs" json:"dataDirs,omitempty"`
	// Environment are its variables; one that runs the service's own image has
	// those of the service too. Secrets are variables with secrets. One that is
	// called like a secret of the service has the same value.
	Environment map[string]string `yaml:"environment" json:"environment,omitempty"`
	Secrets     []string          `yaml:"secrets" json:"secrets,omitempty"`
	// Connects are variables of the service's own container that lead to it;
	// {part} is the name under which it is found.
	Connects map[string]string `yaml:"connects" json:"connects,omitempty"`
	// ConnectSecrets are secrets of the service's own container that it needs
	// with it, such as a key that both know.
	ConnectSecrets []string `yaml:"connectSecrets" json:"connectSecrets,omitempty"`
	// Health is a path on Port that answers when it is well; HealthCommand a
	// program of the image, with arguments, that succeeds then.
	Health        string   `yaml:"health" json:"health,omitempty"`
	HealthCommand []string `yaml:"healthCommand" json:"healthCommand,omitempty"`
	// Memory is what a small instance may use, such as 512M.
	Memory string `yaml:"memory" json:"memory,omitempty"`
	// RunAs is user where its image takes any ids, else image.
	RunAs string `yaml:"runAs" json:"runAs,omitempty"`
	// Need is which of the entry's needs it meets, where it meets one.
	Need string `yaml:"need" json:"need,omitempty"`
	// Source is the address of the page that says so.
	Source string `yaml:"source" json:"source"`
}

// PartKinds are what a Part's kind may be.
var PartKinds = []string{"worker", "scheduler", "sidecar"}

// partPlaceholder stands in Connects for the name of the part's container.
const partPlaceholder = "part"

// maxWord is the length in bytes of the longest word of a command.
const maxWord = 500

// command sees that each word is one line of text.
func (d *document) command(field string, words []string) {
	d.long(field, len(words))
	for i, w := range words {
		d.text(fmt.Sprintf("%s[%d]", field, i), w, maxWord, true)
	}
}

// parts sees that each part can be made.
func (d *document) parts(e *Entry) {
	d.long("parts", len(e.Parts))
	var names []string
	for i, p := range e.Parts {
		at := fmt.Sprintf("parts[%d].", i)
		names = append(names, p.Name)
		d.form(at+"name", p.Name, nameForm, maxName, true)
		d.oneOf(at+"kind", p.Kind, PartKinds, true)
		d.text(at+"description", p.Description, maxLine, true)
		d.repositories(at+"images", p.Images)
		d.form(at+"tag", p.Tag, tagForm, maxLine, false)
		if p.Tag == "latest" {
			d.say(at+"tag", "latest names no version")
		}
		d.command(at+"command", p.Command)
		d.port(at+"port", p.Port)
		d.long(at+"dataDirs", len(p.DataDirs))
		d.distinct(at+"dataDirs", p.DataDirs)
		for j, dir := range p.DataDirs {
			d.dir(fmt.Sprintf("%sdataDirs[%d]", at, j), dir, true)
		}
		if e.Workload == "stateless" && len(p.DataDirs) > 0 {
			d.say(at+"dataDirs", "a stateless service keeps nothing")
		}
		d.variables(at+"environment", p.Environment)
		d.list(at+"secrets", p.Secrets, variableForm, maxLine)
		d.variables(at+"connects", p.Connects, partPlaceholder)
		d.list(at+"connectSecrets", p.ConnectSecrets, variableForm, maxLine)
		d.form(at+"health", p.Health, pathForm, maxLine, false)
		d.command(at+"healthCommand", p.HealthCommand)
		d.form(at+"memory", p.Memory, memoryForm, 10, false)
		d.oneOf(at+"runAs", p.RunAs, []string{"user", "image"}, false)
		d.oneOf(at+"need", p.Need, Needs, false)
		d.address(at+"source", p.Source, true)
		d.part(at, e, p)
	}
	d.distinct("parts", names)
}

// part sees that what is said of a part goes together.
func (d *document) part(at string, e *Entry, p Part) {
	if p.Kind == "sidecar" && len(p.Images) == 0 && len(p.Command) == 0 {
		d.say(at+"images", "a sidecar has an image or a command of its own")
	}
	if p.Health != "" && p.Port == 0 {
		d.say(at+"health", "it listens on no port")
	}
	if p.Health != "" && len(p.HealthCommand) > 0 {
		d.say(at+"healthCommand", "health says already how it is checked")
	}
	if p.Need != "" && !slices.Contains(e.Needs, p.Need) {
		d.say(at+"need", "%s is not among needs", p.Need)
	}
	for _, s := range p.Secrets {
		if _, ok := p.Environment[s]; ok {
			d.say(at+"secrets", "%s is in environment too, where its value is no secret", s)
		}
	}
	for n := range p.Connects {
		if slices.Contains(e.Secrets, n) || slices.Contains(p.ConnectSecrets, n) {
			d.say(at+"connects", "%s is a secret too, and its value here is none", n)
		}
	}
}
