package verify

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

func (c *checker) container(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	return k.Image != nil && *k.Image == p.Want["image"], text(k.Image)
}

// identity: the container runs with the account's ids, or the image is told
// them.
func (c *checker) identity(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	if want := p.Want["puid"]; want != "" {
		is := func(name string) string {
			if v, ok := k.IDs[name]; ok {
				return v
			}
			return "nothing"
		}
		return is("PUID") == want && is("PGID") == p.Want["pgid"], fmt.Sprintf("PUID %s, PGID %s", is("PUID"), is("PGID"))
	}
	user := last(option(k, "--user"))
	if user == "" && k.User != nil {
		user = *k.User
	}
	if user == "" {
		return false, "the container runs as the user of its image"
	}
	return user == p.Want["uid"]+":"+p.Want["gid"], "user " + user
}

// listener: the port is published on the address, and nothing else on the host
// publishes it.
func (c *checker) listener(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	saw := strings.Join(k.Ports, ", ")
	for name, other := range c.after.Containers {
		for _, published := range other.Ports {
			if name != p.Subject && strings.Contains(":"+published, ":"+p.Want["port"]+":") && !strings.HasSuffix(published, "/udp") {
				return false, "container " + name + " publishes it too: " + published
			}
		}
	}
	if address := p.Want["address"]; address != "" {
		for _, published := range k.Ports {
			if !strings.HasPrefix(published, address+":") && reaches(published, p.Want["containerPort"]) {
				return false, published + " is open to other hosts"
			}
		}
	}
	want := p.Want["port"] + ":" + p.Want["containerPort"]
	return slices.ContainsFunc(k.Ports, func(s string) bool {
		s = strings.TrimSuffix(s, "/tcp")
		return s == want || strings.HasSuffix(s, ":"+want)
	}), saw
}

// reaches tells whether what is published ends at a port of the container.
func reaches(published, containerPort string) bool {
	published = strings.TrimSuffix(published, "/tcp")
	return published == containerPort || strings.HasSuffix(published, ":"+containerPort)
}

// volume: the folder of the host is where it was decided inside, and can be
// written.
func (c *checker) volume(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	saw := "volumes " + strings.Join(k.Volumes, ", ")
	for _, v := range k.Volumes {
		parts := strings.SplitN(v, ":", 3)
		if len(parts) < 2 || parts[0] != p.Want["path"] || parts[1] != p.Want["inside"] {
			continue
		}
		readOnly := len(parts) == 3 && slices.Contains(strings.Split(parts[2], ","), "ro")
		switch {
		case readOnly && p.Want["readOnly"] == "":
			return false, v + " cannot be written"
		case !readOnly && p.Want["readOnly"] != "":
			return false, v + " can be written"
		}
		return true, v
	}
	return false, saw
}

// resources: the engine is told the limits.
func (c *checker) resources(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	kept, saw := true, []string{}
	for _, l := range []struct{ name, flag string }{{"memory", "--memory"}, {"memoryReservation", "--memory-reservation"}, {"cpus", "--cpus"}, {"shm", "--shm-size"}} {
		want, has := p.Want[l.name], last(option(k, l.flag))
		if want == "" {
			continue
		}
		if has == "" {
			saw = append(saw, "no "+l.flag)
		} else {
			saw = append(saw, l.flag+"="+has)
		}
		kept = kept && has == want
	}
	return kept, strings.Join(saw, ", ")
}

// health: the check asks the port inside.
func (c *checker) health(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	command := last(option(k, "--health-cmd"))
	if command == "" {
		return absent("health check")
	}
	if own := p.Want["command"]; own != "" {
		return strings.Contains(command, own), command
	}
	return hasWord(command, p.Want["containerPort"]), command
}

func (c *checker) network(p plan.Promise) (bool, string) {
	k, ok := c.after.Containers[p.Subject]
	if !ok {
		return absent("such container")
	}
	networks := slices.Concat(k.Networks, option(k, "--network"))
	return slices.ContainsFunc(networks, func(n string) bool {
		name, _, _ := strings.Cut(n, ":") // options of the network follow
		return name == p.Want["network"]
	}), "networks " + strings.Join(networks, ", ")
}

// option is every value of one of the engine's options, as one word or two.
func option(k facts.Container, flag string) []string {
	var values []string
	for i, o := range k.ExtraOptions {
		if o == flag && i+1 < len(k.ExtraOptions) {
			values = append(values, k.ExtraOptions[i+1])
		}
		if v, ok := strings.CutPrefix(o, flag+"="); ok {
			values = append(values, v)
		}
	}
	return values
}

// last is the value that counts where an option is given more than once.
func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}
