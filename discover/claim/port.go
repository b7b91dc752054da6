package claim

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"holthome.net/scaffold/discover/facts"
)

// containerPorts are what containers publish, by option or by flag.
func (r *reader) containerPorts() {
	for _, name := range sortedNames(r.f.Containers) {
		c := r.f.Containers[name]
		file := fileOf(first(c.Declared, c.At))
		publish := func(spec, option string, at *facts.Position) {
			l, ok := ParsePublish(spec)
			if !ok {
				return
			}
			claim := Claim{
				Kind: Port, Value: l.First, Protocol: l.Protocol, Address: l.Address, Owner: name,
				Service: r.owners.part(name, file), Option: containerOption(name) + option, Container: r.namespace(name),
			}
			if l.Last != l.First {
				claim.Last = l.Last
			}
			r.add(claim, at)
		}
		for _, p := range c.Ports {
			publish(p, "ports", first(c.At, c.Declared))
		}
		for _, p := range flagValues(c.ExtraOptions, "--publish", "-p") {
			publish(p, "extraOptions", c.Declared)
		}
	}
}

// namespace is the container or the pod whose network a container has.
func (r *reader) namespace(name string) string {
	for range r.f.Containers { // no longer than there are containers
		next := ""
		c := r.f.Containers[name]
		for _, network := range slices.Concat(c.Networks, flagValues(c.ExtraOptions, "--network", ""), flagValues(c.ExtraOptions, "--net", "")) {
			if other, ok := strings.CutPrefix(network, "container:"); ok {
				next = other
			}
		}
		for _, pod := range flagValues(c.ExtraOptions, "--pod", "") {
			return "pod " + pod
		}
		if next == "" {
			break
		}
		name = next
	}
	return name
}

// elsewhere are words that make a port somebody else's: what a service
// connects to, or what is inside of a container.
var elsewhere = []string{
	"database", "db", "smtp", "mail", "mailer", "email", "imap", "redis", "valkey", "postgres", "postgresql", "mysql", "mariadb", "mongo", "mongodb",
	"ldap", "mqtt", "broker", "amqp", "rabbitmq", "kafka", "upstream", "backend", "remote", "target", "peer", "client", "syslog", "statsd",
	"influx", "influxdb", "elasticsearch", "memcached", "proxy", "relay", "destination", "forward", "default", "defaults", "container", "internal", "source", "external",
}

// listens tells whether an option below a service holds a port on which the
// service listens.
func listens(path []string) bool {
	for i, element := range path {
		// An exporter is named after what it looks at.
		if i > 0 && path[i-1] == "exporters" {
			continue
		}
		for _, word := range words(element) {
			if slices.Contains(elsewhere, word) {
				return false
			}
		}
	}
	return true
}

// words splits a name in any of the usual spellings.
func words(name string) []string {
	var list []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			list = append(list, strings.ToLower(b.String()))
			b.Reset()
		}
	}
	lower := false
	for _, c := range name {
		switch {
		case !unicode.IsLetter(c) && !unicode.IsDigit(c):
			flush()
			lower = false
			continue
		case unicode.IsUpper(c) && lower:
			flush()
		}
		lower = unicode.IsLower(c) || unicode.IsDigit(c)
		b.WriteRune(c)
	}
	flush()
	return list
}

// servicePorts are the port options of the repo's services that are on.
func (r *reader) servicePorts() {
	for _, name := range sortedNames(r.f.Services) {
		s := r.f.Services[name]
		if !s.Enabled {
			continue
		}
		for _, option := range sortedNames(s.Options) {
			o := s.Options[option]
			port, ok := Number(o.Value)
			if !ok || port <= 0 || port > lastPort || !isPort(option) {
				continue
			}
			path := strings.Split(option, ".")
			c := Claim{Kind: Port, Value: port, Protocol: protocolOf(path), Owner: name, Service: r.owners.find(normal(name)), Option: r.option(name, option)}
			c.Reference = !listens(path)
			r.add(c, first(o.Defined, o.Declared))
		}
	}
}

// isPort tells whether an option's name ends in the word port.
func isPort(option string) bool {
	list := words(option)
	last := list[len(list)-1]
	return strings.HasSuffix(last, "port") && !slices.Contains([]string{"import", "export", "report", "support", "transport"}, last)
}

// protocolOf is what an option's name says of the protocol.
func protocolOf(path []string) string {
	for _, element := range path {
		if slices.Contains(words(element), "udp") {
			return "udp"
		}
	}
	return "tcp"
}

// upstreamPorts are what the modules of NixOS say that they listen on.
func (r *reader) upstreamPorts() {
	for _, name := range sortedNames(r.f.Upstream) {
		u := r.f.Upstream[name]
		for _, p := range u.Ports {
			path := strings.Split(strings.TrimPrefix(p.Option, "services."+name+"."), ".")
			c := Claim{Kind: Port, Value: p.Port, Protocol: protocolOf(path), Owner: upstreamOwner(name, path), Option: p.Option, Reference: !listens(path)}
			if p.Address != nil {
				c.Address = canonicalAddress(*p.Address)
			}
			if p.Listen != nil && !r.listen(&c, *p.Listen) {
				continue
			}
			if c.Value <= 0 || c.Value > lastPort {
				continue
			}
			// An option of a proxy's address may be a host name.
			if c.Address != "" && !isAddress(c.Address) {
				c.Address = ""
			}
			c.Service = r.owners.of(c.Owner, fileOf(p.At))
			if c.Service == normal(c.Owner) && c.Owner != name {
				c.Service = normal(c.Owner)
			} else if c.Owner == name {
				c.Service = r.owners.find(normal(name))
			}
			r.add(c, p.At)
		}
		if u.Proxy {
			r.webPorts(name, u)
		}
	}
}

// upstreamOwner is the module, or the exporter or instance in it.
func upstreamOwner(name string, path []string) string {
	if len(path) > 2 && path[0] == "exporters" {
		return path[1] + "-exporter"
	}
	return name
}

// listen reads [address:]port into a claim.
func (r *reader) listen(c *Claim, s string) bool {
	address, port, found := cutLast(s)
	if !found {
		address, port = "", s
	}
	from, to, ok := parsePorts(port)
	if !ok || from != to {
		return false
	}
	c.Value, c.Address = from, canonicalAddress(address)
	return true
}

var (
	addressChars = regexp.MustCompile(`^[0-9a-f:.%]+$`)
)

func isAddress(s string) bool { return addressChars.MatchString(s) && strings.ContainsAny(s, ".:") }

// webPorts are 80 and 443, which Caddy has unless it is told others.
func (r *reader) webPorts(name string, u facts.Upstream) {
	ports := map[string]int64{"http_port": 80, "https_port": 443}
	maps.Copy(ports, u.WebPorts)
	for _, key := range sortedNames(ports) {
		if slices.ContainsFunc(u.Ports, func(p facts.UpstreamPort) bool {
			return strings.HasSuffix(p.Option, "."+map[string]string{"http_port": "httpPort", "https_port": "httpsPort"}[key])
		}) {
			continue // newer modules have options for them
		}
		c := Claim{Kind: Port, Value: ports[key], Protocol: "tcp", Owner: name, Option: "services." + name + ".enable", Service: r.owners.find(normal(name))}
		if len(u.EnabledIn) > 0 {
			c.File = u.EnabledIn[0]
		}
		r.add(c, nil)
	}
}

// socketPorts are what socket units listen on.
func (r *reader) socketPorts() {
	for _, name := range sortedNames(r.f.Sockets) {
		s := r.f.Sockets[name]
		for _, listen := range []struct {
			list             []string
			protocol, option string
		}{{s.Streams, "tcp", "listenStreams"}, {s.Datagrams, "udp", "listenDatagrams"}} {
			for _, text := range listen.list {
				c := Claim{Kind: Port, Protocol: listen.protocol, Owner: name, Option: "systemd.sockets." + attribute(name) + "." + listen.option}
				// A path or an abstract socket is no port.
				if strings.ContainsAny(text, "/@") || !r.listen(&c, text) {
					continue
				}
				c.Service = r.owners.part(name, fileOf(s.At))
				r.add(c, s.At)
			}
		}
	}
}

// portReferences tell whose a port is without claiming it.
func (r *reader) portReferences() {
	add := func(owner, option string, port int64, at *facts.Position) {
		r.add(Claim{Kind: Port, Value: port, Protocol: "tcp", Owner: owner, Service: r.owners.part(owner, fileOf(at)), Option: option, Reference: true}, at)
	}
	for _, name := range sortedNames(r.f.Vhosts) {
		v := r.f.Vhosts[name]
		if b := v.Backend; b != nil && b.Port != nil && b.Host != nil && local(*b.Host) {
			add(name, hubOption(r.f.Hubs[facts.Proxy], name, "backend.port"), *b.Port, v.At)
		}
	}
	for _, s := range r.f.Scrapes {
		for _, target := range s.Targets {
			host, port, _ := cutLast(target)
			if n, ok := parseID(port); ok && local(host) {
				add(s.Job, "services.prometheus.scrapeConfigs", n, nil)
			}
		}
	}
	for _, name := range sortedNames(r.f.BlackBox) {
		if p := r.f.BlackBox[name]; p.URL != nil {
			if u, err := url.Parse(*p.URL); err == nil && local(u.Hostname()) {
				if n, ok := parseID(u.Port()); ok {
					add(name, hubOption(r.f.Hubs[facts.BlackBoxHub], name, "url"), n, nil)
				}
			}
		}
	}
}

func local(host string) bool {
	return slices.Contains([]string{"127.0.0.1", "localhost", "::1", "[::1]", "0.0.0.0"}, host)
}
