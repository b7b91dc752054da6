package image

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// How a container gets its ids, as plan has them.
const (
	RunAsUser  = "user"  // the engine is told, the image does not mind
	RunAsPUID  = "puid"  // PUID and PGID tell an entrypoint that drops root
	RunAsImage = "image" // as the image says
)

// Conclusion is something that follows from what an image says of itself.
type Conclusion struct {
	Value string `json:"value"`
	// Reason says why, Evidence where it is written.
	Reason   string `json:"reason"`
	Evidence string `json:"evidence,omitempty"`
}

// Follows is what follows from an image for the service that runs it. A nil
// conclusion means that the image does not tell.
type Follows struct {
	// Port is the port of the web page.
	Port *Conclusion `json:"port,omitempty"`
	// DataDirs are all directories that must be mounted, since what is written
	// elsewhere is lost.
	DataDirs []string    `json:"dataDirs"`
	RunAs    *Conclusion `json:"runAs"`
	// Health is what can tell whether it is well: image for the image's own
	// check, or a tool that it has.
	Health      *Conclusion `json:"health,omitempty"`
	Description string      `json:"description,omitempty"`
	Source      string      `json:"source,omitempty"`
	Licence     string      `json:"licence,omitempty"`
	Version     string      `json:"version,omitempty"`
}

// Follow concludes. Port is the port that is known from elsewhere, 0 if none is.
func (i *Image) Follow(port int) Follows {
	c := i.Config
	label := func(names ...string) string {
		for _, n := range names {
			if v := c.Labels[n]; v != "" {
				return v
			}
		}
		return ""
	}
	return Follows{
		Port: c.webPort(port), DataDirs: append([]string{}, c.Volumes...), RunAs: c.runAs(), Health: i.health(),
		Description: label("org.opencontainers.image.description", "org.label-schema.description"),
		Source:      address(label("org.opencontainers.image.source", "org.label-schema.vcs-url", "org.opencontainers.image.url")),
		Licence:     label("org.opencontainers.image.licenses"),
		Version:     label("org.opencontainers.image.version", "org.label-schema.version"),
	}
}

// address is a web address, or nothing.
func address(text string) string {
	if strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") {
		return text
	}
	return ""
}

// webPort is the only TCP port, or that one of several that is known.
func (c Config) webPort(known int) *Conclusion {
	var tcp []string
	for _, p := range c.Ports {
		if p.Protocol != "tcp" {
			continue
		}
		if p.Number == known {
			return &Conclusion{fmt.Sprint(known), "the image exposes it, as was known", "ExposedPorts"}
		}
		tcp = append(tcp, fmt.Sprint(p.Number))
	}
	if len(tcp) == 1 {
		return &Conclusion{tcp[0], "the only TCP port that the image exposes", "ExposedPorts"}
	}
	return nil
}

// runAs tells how ids are given. An entrypoint that is built to start as root
// and to drop it fails when it is not root.
func (c Config) runAs() *Conclusion {
	user, _, _ := strings.Cut(c.User, ":")
	if user != "" && user != "0" && user != "root" {
		return &Conclusion{RunAsUser, "the image does not start as root, so its process can have other ids", "User=" + c.User}
	}
	for _, name := range []string{"PUID", "PGID"} {
		if _, ok := c.Environment[name]; ok {
			return &Conclusion{RunAsPUID, "it starts as root and takes ids as PUID and PGID", "Env " + name}
		}
	}
	if strings.Contains(strings.ToLower(c.Labels["maintainer"]), "linuxserver") || strings.EqualFold(c.Labels["org.opencontainers.image.vendor"], "linuxserver.io") {
		return &Conclusion{RunAsPUID, "images of linuxserver.io start as root and take ids as PUID and PGID", "Labels"}
	}
	if how := c.drops(); how != "" {
		return &Conclusion{RunAsImage, "it starts as root and drops it by itself", how}
	}
	evidence := "no User"
	if c.User != "" {
		evidence = "User=" + c.User
	}
	return &Conclusion{RunAsUser, "nothing in the image tells that it needs root", evidence}
}

// droppers are programs that start as root and go on as another user.
var droppers = []string{"gosu", "su-exec", "setpriv", "s6-svscan", "s6-setuidgid", "s6-overlay-suexec", "suexec", "chpst", "runuser", "supervisord"}

// drops is what of the entrypoint says that it is made to start as root, empty
// if nothing does.
func (c Config) drops() string {
	for n, word := range slices.Concat(c.Entrypoint, c.Command) {
		base := path.Base(word)
		switch {
		case n == 0 && (word == "/init" || word == "/package/admin/s6-overlay/command/init"),
			slices.Contains(droppers, base),
			n < len(c.Entrypoint) && (strings.Contains(base, "entrypoint") || strings.HasSuffix(base, ".sh")):
			return "Entrypoint " + word
		}
	}
	for name := range c.Environment {
		if strings.HasPrefix(name, "S6_") {
			return "Env S6_*"
		}
	}
	return ""
}

// HealthTools are the programs that a health check over HTTP can be made with,
// the best first.
var HealthTools = []string{"curl", "wget", "nc", "python3", "node"}

// health is the image's own check, or the first tool that it has.
func (i *Image) health() *Conclusion {
	if len(i.Config.HealthCheck) > 0 {
		return &Conclusion{RunAsImage, "the image brings a health check", "Healthcheck " + strings.Join(i.Config.HealthCheck, " ")}
	}
	if tool := i.HealthTool(); tool != "" {
		return &Conclusion{tool, "the image has it and brings no health check", "layers"}
	}
	return nil
}

// HealthTool is the best program of the image to make a health check with, empty
// if it has none or nobody looked.
func (i *Image) HealthTool() string {
	for _, tool := range HealthTools {
		if slices.Contains(i.Tools, tool) {
			return tool
		}
	}
	return ""
}
