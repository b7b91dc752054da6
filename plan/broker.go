package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
)

// serverOf is the service that a hub belongs to: the broker's hub is an option
// of the broker.
func (m *maker) serverOf(kind facts.HubKind) string {
	if h := m.Facts.Hubs[kind]; h != nil && len(h.Path) > 1 {
		return h.Path[len(h.Path)-2]
	}
	return ""
}

// brokerUnit is the unit that runs the broker, without suffix; empty if none
// does.
func (m *maker) brokerUnit() string { return m.unitOf(m.serverOf(facts.BrokerHub)) }

// unitOf is the unit of a service that is there.
func (m *maker) unitOf(service string) string {
	if _, ok := m.Facts.Containers[service]; ok {
		return m.engine() + "-" + service
	}
	if _, ok := m.Facts.Units[service]; ok {
		return service
	}
	return ""
}

// brokerPort is the port of the host at which the broker takes MQTT.
func (m *maker) brokerPort(q *MQTT) {
	server := m.serverOf(facts.BrokerHub)
	d := Decision{Name: "mqttBroker", Rule: "where the host has it", Reason: "no option tells its port; this is the one that is registered for MQTT",
		Evidence: []Evidence{{Option: m.hub(facts.BrokerHub)}}}
	q.Port = mqttPort
	if c, ok := m.Facts.Containers[server]; ok {
		for _, p := range c.Ports {
			l, ok := publishedAs(p, mqttPort)
			if !ok {
				continue
			}
			q.Port, d.Reason = int(l.First), "its container publishes it there"
			d.Evidence = []Evidence{{Option: "virtualisation.oci-containers.containers." + server + ".ports", Value: p}}
			if l.Address == loopback && q.Host != loopback {
				m.note(fmt.Sprintf("The broker is published on %s alone, where no other container reaches it; publish it on an address of the host too.", loopback))
			}
			break
		}
	} else if u := m.Facts.Upstream[server]; u.Enabled {
		for _, p := range u.Ports {
			if p.Port == mqttPort || q.Port == mqttPort && p.Port > 0 && strings.Contains(strings.ToLower(p.Option), "listener") {
				q.Port, d.Reason = int(p.Port), "the module of NixOS listens there"
				d.Evidence = []Evidence{{Option: p.Option, Value: fmt.Sprint(p.Port)}}
				break
			}
		}
	}
	d.Value = fmt.Sprintf("%s:%d", q.Host, q.Port)
	m.decide(d)
}

// publishedAs is where a container publishes one of its ports, over TCP.
func publishedAs(published string, inside int) (claim.Listener, bool) {
	spec, _, _ := strings.Cut(published, "/")
	l, ok := claim.ParsePublish(published)
	return l, ok && l.Protocol == "tcp" && strings.HasSuffix(spec, ":"+strconv.Itoa(inside))
}

// brokerAccount is named after the service, unless somebody has that name.
func (m *maker) brokerAccount(q *MQTT) error {
	if said, ok := m.said("mqttUser"); ok {
		q.User = said
	} else {
		q.User = m.Service
		m.decide(Decision{Name: "mqttUser", Value: q.User, Rule: "the service's name", Reason: "an account of its own can be taken back alone"})
	}
	for _, name := range sortedNames(m.Facts.Brokers) {
		for _, u := range m.Facts.Brokers[name].Users {
			if u.Name != nil && *u.Name == q.User {
				return inputErrorf("choose another with --set mqttUser=NAME", "make account %s at the broker: %s.%s has it", q.User, m.hub(facts.BrokerHub), name)
			}
		}
	}
	return nil
}

// brokerTopics are those below the service's name, unless it is said.
func (m *maker) brokerTopics(q *MQTT) {
	if said, ok := m.said("mqttTopics"); ok {
		q.Topics = commas(said)
	} else {
		q.Topics = []string{m.Service + "/#"}
		m.decide(Decision{Name: "mqttTopics", Value: q.Topics[0], Rule: "topics that begin with the service's name", Reason: "nothing says otherwise"})
	}
	if slices.Contains(q.Topics, "#") {
		m.note("Topic # lets it read and write everything that anybody sends.")
	}
}

// brokerPasswordName is what variables with the password of such an account are
// called.
var brokerPasswordName = regexp.MustCompile(`^([A-Z0-9_]+_)?MQTT_([A-Z0-9]+_)*(PASS|PASSWD|PASSWORD)$`)

// brokerPassword is one secret that the broker and the software both have.
func (m *maker) brokerPassword(q *MQTT) error {
	said, ok := m.said("mqttPassword")
	switch {
	case ok && said != none:
		if err := listForm(said); err != nil {
			return inputErrorf("", "read mqttPassword: %v", err)
		}
		q.Variable = said
	case !ok && m.Answers["secrets"] != "":
		if i := slices.IndexFunc(commas(m.Answers["secrets"]), brokerPasswordName.MatchString); i >= 0 {
			q.Variable = commas(m.Answers["secrets"])[i]
			m.decide(Decision{Name: "mqttPassword", Value: q.Variable, Rule: "the secret that is called so", Reason: "its name says that it is the password at the broker", Evidence: m.known["secrets"].evidence})
		}
	}
	q.Secret = SecretName(m.Service, cmp.Or(q.Variable, "MQTT_PASSWORD"))
	if q.Variable == "" && slices.ContainsFunc(commas(m.Answers["secrets"]), func(n string) bool { return SecretName(m.Service, n) == q.Secret }) {
		q.Secret = SecretName(m.Service, "BROKER_PASSWORD") // that one is for something else, as was said
	}
	return nil
}

// brokerSecret is the variable with the account's password, if one has it.
func (m *maker) brokerSecret() []string {
	if q := m.model.MQTT; q != nil && q.Variable != "" {
		return []string{q.Variable}
	}
	return nil
}

// withoutMQTT: variables that a source would fill are left out; what the user
// says of a broker that is not used is an error.
func (m *maker) withoutMQTT() error {
	for _, k := range mqttKeys[1:] {
		if m.proposed(k.name) {
			m.forget(k.name)
		}
		if _, ok := m.answer(k.name); ok {
			return inputErrorf("leave it out, or say --set mqtt=yes", "read %s: it gets no account at the host's broker", k.name)
		}
	}
	for _, n := range sortedNames(m.Answers) {
		variable, ok := strings.CutPrefix(n, environmentPrefix)
		if !ok || !strings.Contains(m.Answers[n], "{mqtt") {
			continue
		}
		if source := m.known[n].source; source == "" || source == "user" {
			return inputErrorf("say --set mqtt=yes, or write out the value", "read %s: %s stands for nothing here", n, reference.FindString(m.Answers[n]))
		}
		m.forget(n)
		m.note(fmt.Sprintf("%s would tell it of a broker, and is left out.", variable))
	}
	return nil
}
