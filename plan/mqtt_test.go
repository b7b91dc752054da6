package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// brokerRepo is a host with a broker in a container, which publishes its port.
func brokerRepo(published string, answers ...string) plan.Input {
	in := with(repo(), append([]string{"mqtt=yes"}, answers...)...)
	in.Facts.Hubs[facts.BrokerHub] = &facts.Hub{Path: []string{"modules", "services", "emqx", "integrations"}, Fields: []string{"users", "acls"}}
	in.Facts.Containers["emqx"] = facts.Container{Ports: []string{"127.0.0.1:18083:18083", published}}
	in.Facts.Brokers["cars"] = facts.BrokerEntry{Users: []facts.BrokerUser{{Name: ptr("cars")}}}
	return in
}

func TestBrokerPort(t *testing.T) {
	for published, want := range map[string]string{
		"1883:1883":             "1883",
		"0.0.0.0:11883:1883":    "11883",
		"[::1]:2883:1883/tcp":   "2883",
		"127.0.0.1:3883:1883":   "3883",
		"4883:1883/udp":         "1883", // that is not TCP
		"5883:11883":            "1883", // nor that the broker's port
		"1883-1884:1883-1884/x": "1883",
	} {
		p := made(t, brokerRepo(published))
		require.Contains(t, p.String("mqttBroker"), ":"+want, published)
	}
	p := made(t, brokerRepo("127.0.0.1:1883:1883"))
	require.Contains(t, p.Notes, "The broker is published on 127.0.0.1 alone, where no other container reaches it; publish it on an address of the host too.")
}

func TestBrokerAccount(t *testing.T) {
	p := made(t, brokerRepo("1883:1883", "mqttPassword=CAR_PASS", "mqttVariables=CAR_BROKER={mqttUrl}"))
	require.Equal(t, "linkding", p.Model.MQTT.User)
	require.Equal(t, []string{"linkding/#"}, p.Model.MQTT.Topics)
	require.Equal(t, "CAR_PASS", p.Model.MQTT.Variable)
	require.Equal(t, "podman-emqx", p.Model.MQTT.Unit)
	require.Equal(t, "linkding/car-pass", p.Model.MQTT.Secret)
	require.Len(t, promises(p, plan.PromiseBroker), 1)
	p = made(t, brokerRepo("1883:1883", "mqttTopics=#,a/+/b"))
	require.Equal(t, []string{"#", "a/+/b"}, p.Model.MQTT.Topics)
	require.Contains(t, p.Notes, "Topic # lets it read and write everything that anybody sends.")
	refused(t, brokerRepo("1883:1883", "mqttUser=cars"), "make account cars at the broker: modules.services.emqx.integrations.cars has it")
}

func TestBrokerRefused(t *testing.T) {
	for topics, why := range map[string]string{
		"a/#/b": "# stands alone", "a+": "+ stands alone", "a b": "a blank", `a"b`: "a blank", "a//b,": "it is empty",
	} {
		require.ErrorContains(t, plan.CheckAnswers(map[string]string{"mqttTopics": topics}), why, topics)
	}
	refused(t, with(repo(), "mqtt=yes"), "use mqtt: the repo has no option in which services declare users and rules of a broker")
	in := brokerRepo("1883:1883")
	in.Facts.Host.SOPS = false
	refused(t, in, "use mqtt: host forge has no sops")
	in = brokerRepo("1883:1883")
	delete(in.Facts.Containers, "emqx")
	refused(t, in, "neither as a container nor as a unit")
	refused(t, with(repo(), "mqttUser=x"), "read mqttUser: it gets no account")
	refused(t, with(repo(), "environment.A={mqttHost}"), "read environment.A: {mqttHost} stands for nothing here")
}

// TestBrokerOfTheCatalog: what needs a broker gets an account where there is
// one, and is told of where there is none.
func TestBrokerOfTheCatalog(t *testing.T) {
	in := with(brokerRepo("1883:1883"), "-mqtt")
	in.Entry = entry()
	in.Entry.Needs = []string{"mqtt"}
	require.NotNil(t, made(t, in).Model.MQTT)
	in = repo()
	in.Entry = entry()
	in.Entry.Needs = []string{"mqtt"}
	p := made(t, in)
	require.Nil(t, p.Model.MQTT)
	require.Equal(t, "no", p.String("mqtt"))
}

// TestBrokerHost: where the software finds the broker depends on what runs it,
// and the broker may be a unit of NixOS.
func TestBrokerHost(t *testing.T) {
	require.Equal(t, "host.containers.internal", made(t, brokerRepo("1883:1883")).Model.MQTT.Host)
	in := brokerRepo("1883:1883")
	in.Facts.Host.Backend = ptr("docker")
	p := made(t, in)
	require.Equal(t, "host.docker.internal", p.Model.MQTT.Host)
	require.True(t, p.Model.MQTT.AddHost)
	require.Equal(t, "docker-emqx", p.Model.MQTT.Unit)

	in = with(brokerRepo("127.0.0.1:1883:1883"), append(unitAnswers, "package=links", "program=links")...)
	in.Facts.Package = &facts.Package{Attribute: "links", Version: ptr("1")}
	p = made(t, in)
	require.Equal(t, "127.0.0.1", p.Model.MQTT.Host)
	require.NotContains(t, strings.Join(p.Notes, "\n"), "is published on", "a unit reaches it there")
	require.Equal(t, "linkding", promises(p, plan.PromiseOrder)[0].Subject)
	require.Equal(t, "podman-emqx.service", promises(p, plan.PromiseOrder)[0].Want["after"])
}

// TestBrokerUnit: a broker that NixOS runs, whose module tells where it listens.
func TestBrokerUnit(t *testing.T) {
	native := func(ports ...facts.UpstreamPort) plan.Input {
		in := with(repo(), "mqtt=yes")
		in.Facts.Hubs[facts.BrokerHub] = &facts.Hub{Path: []string{"modules", "services", "nanomq", "integrations"}, Fields: []string{"users", "acls"}}
		in.Facts.Units["nanomq"] = facts.Unit{}
		in.Facts.Upstream["nanomq"] = facts.Upstream{Enabled: true, Ports: ports}
		return in
	}
	for want, ports := range map[int][]facts.UpstreamPort{
		1883: nil,
		2883: {{Option: "services.nanomq.metricsPort", Port: 9234}, {Option: "services.nanomq.listeners.0.port", Port: 2883}},
	} {
		p := made(t, native(ports...))
		require.Equal(t, want, p.Model.MQTT.Port)
		require.Equal(t, "nanomq", p.Model.MQTT.Unit)
	}
	p := made(t, native(facts.UpstreamPort{Option: "services.nanomq.port", Port: 1883}))
	require.Equal(t, "the module of NixOS listens there", decided(t, p, "mqttBroker").Reason)
	p = made(t, native())
	require.Contains(t, decided(t, p, "mqttBroker").Reason, "the one that is registered for MQTT")
}

// TestBrokerPassword: the variable that hands it over is said, known by its
// name, or none; the secret is one, and named once in the checklist.
func TestBrokerPassword(t *testing.T) {
	for _, c := range []struct {
		answers          []string
		variable, secret string
		secrets          []string
	}{
		{nil, "", "linkding/mqtt-password", nil},
		{[]string{"mqttPassword=no"}, "", "linkding/mqtt-password", nil},
		{[]string{"mqttPassword=BROKER_PASS"}, "BROKER_PASS", "linkding/broker-pass", []string{"BROKER_PASS"}},
		{[]string{"mqttPassword=BROKER_PASS", "secrets=KEY"}, "BROKER_PASS", "linkding/broker-pass", []string{"BROKER_PASS", "KEY"}},
		{[]string{"mqttPassword=BROKER_PASS", "secrets=BROKER_PASS"}, "BROKER_PASS", "linkding/broker-pass", []string{"BROKER_PASS"}},
		{[]string{"secrets=KEY,APP_MQTT_PASSWD"}, "APP_MQTT_PASSWD", "linkding/app-mqtt-passwd", []string{"APP_MQTT_PASSWD", "KEY"}},
		{[]string{"mqttPassword=no", "secrets=MQTT_PASSWORD"}, "", "linkding/broker-password", []string{"MQTT_PASSWORD"}},
	} {
		p := made(t, brokerRepo("1883:1883", c.answers...))
		require.Equal(t, c.variable, p.Model.MQTT.Variable, c.answers)
		require.Equal(t, c.secret, p.Model.MQTT.Secret, c.answers)
		require.Equal(t, c.secrets, p.Model.SecretNames, c.answers)
		require.Equal(t, c.secret, promises(p, plan.PromiseBroker)[0].Want["secret"])
		commands := 0
		for _, s := range p.Checklist {
			service, entry, _ := strings.Cut(c.secret, "/")
			if strings.HasSuffix(s.Command, "# "+service+": "+entry+": <value>") {
				require.Equal(t, "before deployment", s.When)
				require.Contains(t, s.What, "add the password of account linkding at the broker")
				commands++
			}
		}
		require.Equal(t, 1, commands, "%v: %+v", c.answers, p.Checklist)
	}
	refused(t, brokerRepo("1883:1883", "mqttPassword=A-B.c"), "read mqttPassword")
}

// TestBrokerTold: what is told in variables need not be told by hand.
func TestBrokerTold(t *testing.T) {
	steps := func(p *plan.Plan) string {
		text := ""
		for _, s := range p.Checklist {
			text += s.What + "\n" + s.Command + "\n"
		}
		return text
	}
	p := made(t, brokerRepo("1883:1883"))
	require.Contains(t, steps(p), "tell it in its own settings of the broker at host.containers.internal port 1883 with account linkding, and the password that is secret linkding/mqtt-password")
	require.Contains(t, steps(p), "add the password of account linkding at the broker")
	require.Contains(t, steps(p), "ssh forge journalctl -u podman-emqx.service")
	require.Empty(t, promises(p, plan.PromiseTold))

	p = made(t, brokerRepo("1883:1883", "mqttPassword=P", "mqttVariables=BROKER={mqttUrl},WHO={mqttUser}"))
	require.NotContains(t, steps(p), "in its own settings")
	require.Equal(t, []plan.Variable{{Name: "BROKER", Value: "mqtt://host.containers.internal:1883"}, {Name: "WHO", Value: "linkding"}}, p.Model.MQTT.Given)
	require.Equal(t, "BROKER WHO", promises(p, plan.PromiseTold)[0].Want["variables"])

	p = made(t, brokerRepo("1883:1883", "mqttVariables=BROKER={mqttHost}"))
	require.Contains(t, steps(p), "tell it in its own settings of the password that is secret")
	p = made(t, brokerRepo("1883:1883", "mqttVariables=no", "mqttPassword=P"))
	require.Empty(t, p.Model.Environment)

	p = made(t, with(brokerRepo("1883:1883", "environment.BROKER={mqttHost}"), "-mqtt"))
	require.Equal(t, "a variable or an argument names it", decided(t, p, "mqtt").Reason)
}

// TestBrokerTags: the service's name, and what else is said.
func TestBrokerTags(t *testing.T) {
	p := made(t, brokerRepo("1883:1883"))
	require.Equal(t, []string{"linkding"}, p.Model.MQTT.Tags)
	p = made(t, brokerRepo("1883:1883", "mqttTags=telemetry, linkding, cars"))
	require.Equal(t, []string{"linkding", "telemetry", "cars"}, p.Model.MQTT.Tags)
	require.Equal(t, "linkding telemetry cars", promises(p, plan.PromiseBroker)[0].Want["tags"])
	for _, bad := range []string{"", "a b", "a,,b", "a,a", `a"b`, "a\nb"} {
		require.Error(t, plan.CheckAnswers(map[string]string{"mqttTags": bad}), bad)
	}
}

// TestBrokerForms: what could not be an account or a filter is refused before
// anything is planned.
func TestBrokerForms(t *testing.T) {
	for name, values := range map[string][]string{
		"mqtt":          {"", "maybe", "emqx"},
		"mqttUser":      {"", "a b", "-a", "a:b", "ü", strings.Repeat("a", 65), "a\n"},
		"mqttTopics":    {"", "a,,b", "a/+b", "#/a", "a#", "a'b", "a\\b", "a`b", "a\tb", "\x00", "a\xff", strings.Repeat("a", 1001), "a,a"},
		"mqttVariables": {"A", "A=x", "A={mqttURL}", "A-B={mqttUrl}"},
		"mqttPassword":  {"", "a b", "1A"},
	} {
		for _, v := range values {
			require.Error(t, plan.CheckAnswers(map[string]string{name: v}), "%s=%q", name, v)
		}
	}
	for name, values := range map[string][]string{
		"mqttUser":      {"a", "A.b_c-1"},
		"mqttTopics":    {"#", "+", "a", "/a", "a/", "a/+/b/#", "$SYS/#", "ü/#", "a,b"},
		"mqttVariables": {"no", "A={mqttUrl}", "A={mqttHost}:{mqttPort}, B={mqttUser}"},
	} {
		for _, v := range values {
			require.NoError(t, plan.CheckAnswers(map[string]string{name: v}), "%s=%q", name, v)
		}
	}
}

// TestBrokerTopicsOfTheCatalog: what the catalog knows counts where there is an
// account, and goes where there is none.
func TestBrokerTopicsOfTheCatalog(t *testing.T) {
	known := func(in plan.Input, needs ...string) plan.Input {
		in.Entry = entry()
		in.Entry.Needs = needs
		in.Entry.MQTT = &catalog.MQTT{Topics: []string{"links/#", "home/links/+"}, Password: "LINKS_PASSWORD"}
		if len(needs) > 0 {
			in.Entry.Environment = map[string]string{"LINKS_BROKER": "{mqttUrl}", "LINKS_USER": "{mqttUser}"}
		}
		return in
	}
	p := made(t, known(with(brokerRepo("1883:1883"), "-mqtt"), "mqtt"))
	require.Equal(t, []string{"links/#", "home/links/+"}, p.Model.MQTT.Topics)
	require.Equal(t, "LINKS_PASSWORD", p.Model.MQTT.Variable)
	require.Equal(t, "catalog", decided(t, p, "mqttTopics").Rule)
	require.Equal(t, []string{"LINKS_PASSWORD"}, p.Model.SecretNames)
	require.Len(t, p.Model.MQTT.Given, 2)

	p = made(t, known(brokerRepo("1883:1883", "mqttTopics=mine/#")))
	require.Equal(t, []string{"mine/#"}, p.Model.MQTT.Topics, "what the user says goes first")
	require.Equal(t, "LINKS_PASSWORD", p.Model.MQTT.Variable)

	p = made(t, known(with(brokerRepo("1883:1883"), "-mqtt")))
	require.Nil(t, p.Model.MQTT, "it does not need one")
	require.Empty(t, p.Model.SecretNames)

	p = made(t, known(repo(), "mqtt"))
	require.Nil(t, p.Model.MQTT)
	require.Empty(t, p.Model.SecretNames)
	require.Empty(t, p.Model.Environment)
	require.Contains(t, strings.Join(p.Notes, "\n"), "LINKS_BROKER would tell it of a broker, and is left out.")
	require.Contains(t, strings.Join(p.Notes, "\n"), "needs a message broker, at which it gets no account")
}
