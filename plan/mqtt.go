package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
	// Tags are words by which the broker's accounts are sorted.
	Tags []string
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
	{name: "mqttTags", check: tagsForm, about: "tags of the account beside its name, with commas"},
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
	tagsForm   = func(s string) error { return eachForm(s, accountForm) }
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
	q.Tags = []string{m.Service}
	if said, ok := m.said("mqttTags"); ok {
		q.Tags = append(q.Tags, slices.DeleteFunc(commas(said), func(tag string) bool { return tag == m.Service })...)
	}
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
