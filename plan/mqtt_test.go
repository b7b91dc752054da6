package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

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
