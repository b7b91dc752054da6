package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"holthome.net/scaffold/discover/claim"
	"holthome.net/scaffold/discover/facts"
)

// MQTT is the service's account at the host's message broker.
type MQTT struct {
	// Host and Port are where the service finds the broker.
	Host string
	Port int
	// AddHost tells that the container must be told what Host is.
	AddHost bool
	User    string
	// Secret is the sops name of the password, Variable the variable that hands
	// it to the software, empty where it is told in another way.
	Secret, Variable string
	Topics           []string
	// Unit is the broker's, without suffix.
	Unit string
	// Given are the variables that tell the software of the broker, with the
	// values that they have in the end.
	Given []Variable
}

var mqttKeys = []key{
	{name: "mqtt", choices: yesNo, about: "whether it gets an account at the host's message broker"},
	{name: "mqttUser", check: accountForm, about: "its account at the message broker"},
	{name: "mqttTopics", check: topicsForm, about: "topics that it may read and write, with commas; + and # as MQTT has them"},
	{name: "mqttVariables", check: variablesForm, about: "variables that tell it of the broker, as NAME=VALUE with commas and {mqttUrl}, {mqttHost}, {mqttPort} and {mqttUser}, or no"},
	{name: "mqttPassword", check: wordForm, about: "variable that hands it the password of its account, or no"},
}

// mqttPort is the port that is registered for MQTT.
const mqttPort = 1883

var (
	accountForm = func(s string) error {
		if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`).MatchString(s) {
			return fmt.Errorf("%q is no account: letters, digits, dots, _ and -, at most 64", s)
		}
		return nil
	}
	topicsForm = func(s string) error { return eachForm(s, topicForm) }
)

// topicForm checks a filter of topics: + stands for one level, # for all that
// are left. Quotes and backslashes are no use to anyone, and harm in the files
// that brokers keep rules in.
func topicForm(s string) error {
	bad := func(why string) error { return fmt.Errorf("%q is no filter of topics: %s", s, why) }
	switch {
	case s == "":
		return bad("it is empty")
	case len(s) > 1000:
		return bad("it is longer than 1000 bytes")
	case !utf8.ValidString(s) || strings.ContainsAny(s, `"'\`+"`") || strings.ContainsFunc(s, func(r rune) bool { return misleading(r) || unicode.IsSpace(r) }):
		return bad("it has a blank, a quote, a backslash or a control character in it")
	}
	levels := strings.Split(s, "/")
	for i, l := range levels {
		switch {
		case strings.Contains(l, "#") && (l != "#" || i < len(levels)-1):
			return bad("# stands alone, at the end")
		case strings.Contains(l, "+") && l != "+":
			return bad("+ stands alone between slashes")
		}
	}
	return nil
}

// mqtt: an account at the host's message broker, through the repo's own option.
func (m *maker) mqtt() error {
	wanted, err := m.wantsMQTT()
	if err != nil {
		return err
	}
	if !wanted {
		return m.withoutMQTT()
	}
	q := &MQTT{Unit: m.brokerUnit()}
	q.Host, q.AddHost = m.addressOfHost()
	m.model.MQTT = q
	m.brokerPort(q)
	if err := m.brokerAccount(q); err != nil {
		return err
	}
	m.brokerTopics(q)
	if said, ok := m.said("mqttVariables"); ok {
		m.giveVariables(said)
	}
	return m.brokerPassword(q)
}

// wantsMQTT tells whether it gets an account: when asked for, or when the
// catalog says that it needs a broker.
func (m *maker) wantsMQTT() (bool, error) {
	lacks := m.lacksMQTT()
	switch said, ok := m.answer("mqtt"); {
	case said == "yes" && lacks != "":
		return false, inputErrorf("mend it, or leave out mqtt and tell it of another broker with --set environment.NAME=VALUE and --set secrets=NAME", "use mqtt: %s", lacks)
	case ok:
		m.said("mqtt")
		return said == "yes", nil
	}
	d := Decision{Name: "mqtt", Value: "yes", Rule: "the host's broker for what needs one"}
	switch {
	case m.Entry != nil && contains(m.Entry.Needs, "mqtt"):
		d.Reason = "the catalog says that it needs a broker"
		d.Evidence = []Evidence{{File: m.Entry.FileOf("needs"), Value: strings.Join(m.Entry.Needs, ", ")}}
	case m.mentioned("{mqtt"):
		d.Reason = "a variable or an argument names it"
	default:
		return false, nil
	}
	if lacks != "" {
		d.Value, d.Rejected = "no", []Rejected{{Value: "yes", Reason: lacks}}
		m.note(m.model.DisplayName + " needs a message broker, at which it gets no account: " + lacks + ".")
	} else {
		d.Evidence = append(d.Evidence, Evidence{Option: m.hub(facts.BrokerHub), Value: count(len(m.Facts.Brokers), "service", "services")})
	}
	m.decide(d)
	return lacks == "", nil
}

// count is a number of things in words.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// lacksMQTT is why the host's broker cannot be used, empty if it can.
func (m *maker) lacksMQTT() string {
	hub, host := m.Facts.Hubs[facts.BrokerHub], m.Facts.Host.Name
	switch {
	case hub == nil:
		return "the repo has no option in which services declare users and rules of a broker"
	case m.brokerUnit() == "":
		return fmt.Sprintf("the broker of %s runs on %s neither as a container nor as a unit of that name", strings.Join(hub.Path, "."), host)
	case !m.Facts.Host.SOPS:
		return "host " + host + " has no sops to keep its password in"
	}
	return ""
}

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
		backend := "podman"
		if b := m.Facts.Host.Backend; b != nil {
			backend = cmp.Or(*b, backend)
		}
		return backend + "-" + service
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

// promiseBroker: the account is there with its password and its topics, the unit
// waits for the broker, and the software is told of it.
func (m *maker) promiseBroker(unit string) {
	q := m.model.MQTT
	if q == nil {
		return
	}
	m.promise(PromiseBroker, m.Service, fmt.Sprintf("the broker has account %s, which may read and write %s", q.User, strings.Join(q.Topics, ", ")),
		map[string]string{"user": q.User, "secret": q.Secret, "topics": strings.Join(q.Topics, " "), "unit": q.Unit})
	m.promise(PromiseOrder, unit, fmt.Sprintf("%s.service starts after %s.service", unit, q.Unit), map[string]string{"after": q.Unit + ".service", "wants": q.Unit + ".service"})
	fill := strings.NewReplacer("{mqttHost}", q.Host, "{mqttPort}", fmt.Sprint(q.Port), "{mqttUser}", q.User)
	for _, v := range m.model.Environment {
		if strings.Contains(v.Value, "{mqtt") {
			q.Given = append(q.Given, Variable{v.Name, fill.Replace(v.Value)})
		}
	}
	if len(q.Given) > 0 {
		var names []string
		for _, v := range q.Given {
			names = append(names, v.Name)
		}
		m.promise(PromiseTold, m.Service, "the software is told where the broker is, and its account", map[string]string{"unit": unit, "variables": strings.Join(names, " ")})
	}
}

// brokerSteps: what a person must do for the software to reach the broker.
func (m *maker) brokerSteps(before, after func(what, command string)) {
	q := m.model.MQTT
	if q == nil {
		return
	}
	if q.Variable == "" {
		before(fmt.Sprintf("add the password of account %s at the broker", q.User), m.sopsCommand(q.Secret))
	}
	var untold []string
	if len(q.Given) == 0 {
		untold = append(untold, fmt.Sprintf("the broker at %s port %d with account %s", q.Host, q.Port, q.User))
	}
	if q.Variable == "" {
		untold = append(untold, "the password that is secret "+q.Secret)
	}
	if len(untold) > 0 {
		after("tell it in its own settings of "+strings.Join(untold, ", and "), "")
	}
	after("see that its account is let in", fmt.Sprintf("ssh %s journalctl -u %s.service -n 50", m.Facts.Host.Name, q.Unit))
}
