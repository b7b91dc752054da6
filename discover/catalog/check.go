package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// What the fields with few values may hold.
var (
	Workloads = []string{"sqlite", "database", "config", "media", "sequential", "stateless"}
	Mounts    = []string{"media", "documents", "photos", "downloads", "none"}
	Needs     = []string{"postgresql", "mysql", "redis", "mqtt", "gpu", "usb", "host-network"}
	RunAs     = []string{"user", "puid", "image"}
	// MetricsAuth is how an endpoint of metrics is guarded.
	MetricsAuth = []string{"none", "token", "basic", "unknown"}
	// Placeholders are what stands in braces in the values of variables and
	// settings.
	Placeholders = []string{"url", "host", "issuer", "discovery", "clientId", "callback", "port"}
	// ServerPlaceholders stand only in Environment, for what the service needs:
	// its database, its Redis and its broker on the host. {databaseUrl} is
	// postgresql://user:password@host:port/name, {redisUrl} redis://host:port/index
	// and {mqttUrl} mqtt://host:port.
	ServerPlaceholders = map[string][]string{
		"postgresql": {"databaseUrl", "databaseHost", "databasePort", "databaseName", "databaseUser", "databasePassword"},
		"redis":      {"redisUrl", "redisHost", "redisPort", "redisIndex"},
		"mqtt":       {"mqttUrl", "mqttHost", "mqttPort", "mqttUser"},
	}
)

// check says what is wrong with an entry's values. The stem is its file's name
// without the end.
func (d *document) check(stem string) {
	e := d.entry
	d.form("name", e.Name, nameForm, maxName, true)
	if e.Name != stem {
		d.say("name", "%q is in a file called %s.yaml", e.Name, stem)
	}
	d.list("aliases", e.Aliases, aliasForm, maxTitle)
	d.text("displayName", e.DisplayName, maxTitle, true)
	d.text("description", e.Description, maxLine, true)
	d.oneOf("category", e.Category, sorted(Categories), true)
	d.text("group", e.Group, maxTitle, true)
	d.address("homepage", e.Homepage, true)
	d.form("icon", e.Icon, iconForm, maxTitle, true)
	d.list("native", e.Native, attrForm, maxLine)
	d.list("packages", e.Packages, attrForm, maxLine)
	d.images(e)
	d.form("tag", e.Tag, tagForm, maxLine, false)
	if e.Tag == "latest" {
		d.say("tag", "latest names no version")
	}
	d.port("port", e.Port)
	d.storage(e)
	for i, n := range e.Needs {
		d.oneOf(fmt.Sprintf("needs[%d]", i), n, Needs, true)
	}
	d.distinct("needs", e.Needs)
	d.hardware(e)
	d.form("memory", e.Memory, memoryForm, 10, false)
	d.oneOf("runAs", e.RunAs, RunAs, false)
	d.environment(e)
	d.extensions(e)
	d.list("secrets", e.Secrets, variableForm, maxLine)
	for _, s := range e.Secrets {
		if _, ok := e.Environment[s]; ok {
			d.say("secrets", "%s is in environment too, where its value is no secret", s)
		}
	}
	d.command("command", e.Command)
	d.parts(e)
	d.form("health", e.Health, pathForm, maxLine, false)
	d.metrics(e.Metrics)
	d.widget(e.Widget)
	d.mqtt(e)
	d.grafana(e)
	d.auth(e)
	d.long("sources", len(e.Sources))
	for i, s := range e.Sources {
		d.address(fmt.Sprintf("sources[%d]", i), s, true)
	}
}

func (d *document) images(e *Entry) { d.repositories("images", e.Images) }

// repositories sees that each is one of a registry that it names.
func (d *document) repositories(list string, images []string) {
	d.long(list, len(images))
	d.distinct(list, images)
	for i, image := range images {
		field := fmt.Sprintf("%s[%d]", list, i)
		registry, _, ok := strings.Cut(image, "/")
		repository, err := name.NewRepository(image, name.StrictValidation)
		switch {
		case !ok || !strings.ContainsAny(registry, ".:") && registry != "localhost":
			d.say(field, "%q does not say its registry; write it as registry/owner/name", image)
		case err != nil:
			d.say(field, "%q is no repository without tag, such as ghcr.io/owner/name", image)
		case repository.RegistryStr() == "index.docker.io" && registry != "docker.io":
			d.say(field, "write docker.io for %s", registry)
		}
	}
}

func (d *document) storage(e *Entry) {
	d.long("dataDirs", len(e.DataDirs))
	d.distinct("dataDirs", e.DataDirs)
	for i, dir := range e.DataDirs {
		d.dir(fmt.Sprintf("dataDirs[%d]", i), dir, true)
	}
	d.oneOf("workload", e.Workload, Workloads, true)
	if e.Workload == "stateless" && len(e.DataDirs) > 0 {
		d.say("dataDirs", "a stateless service keeps nothing")
	}
	d.oneOf("mount", e.Mount, Mounts, false)
	d.dir("mountPath", e.MountPath, false)
	if e.MountPath != "" && (e.Mount == "" || e.Mount == "none") {
		d.say("mountPath", "mount says that it works on no shared files")
	}
	if e.MountPath != "" && slices.Contains(e.DataDirs, e.MountPath) {
		d.say("mountPath", "it is among dataDirs, which are not shared")
	}
}

func (d *document) metrics(m *Metrics) {
	if m == nil {
		return
	}
	d.form("metrics.path", m.Path, pathForm, maxLine, true)
	d.port("metrics.port", m.Port)
	d.oneOf("metrics.authentication", m.Authentication, MetricsAuth, true)
	d.variables("metrics.environment", m.Environment)
}

func (d *document) widget(w *Widget) {
	if w == nil {
		return
	}
	d.form("widget.type", w.Type, fieldForm, maxTitle, true)
	d.list("widget.secrets", w.Secrets, fieldForm, maxTitle)
	d.list("widget.fields", w.Fields, fieldForm, maxTitle)
	d.long("widget.options", len(w.Options))
	for _, n := range sorted(w.Options) {
		d.form("widget.options", n, fieldForm, maxTitle, true)
		d.text("widget.options."+n, w.Options[n], maxLine, true)
	}
	d.address("widget.source", w.Source, true)
}
