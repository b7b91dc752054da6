package plan

import (
	"fmt"
	"strings"
)

// promiseBroker: the account is there with its password and its topics, the unit
// waits for the broker, and the software is told of it.
func (m *maker) promiseBroker(unit string) {
	q := m.model.MQTT
	if q == nil {
		return
	}
	m.promise(PromiseBroker, m.Service, fmt.Sprintf("the broker has account %s, which may read and write %s", q.User, strings.Join(q.Topics, ", ")),
		map[string]string{"user": q.User, "secret": q.Secret, "topics": strings.Join(q.Topics, " "), "tags": strings.Join(q.Tags, " "), "unit": q.Unit})
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

// aboutSecret is what a person has to add for a variable with a secret.
func (m *maker) aboutSecret(variable string) string {
	if q := m.model.MQTT; q != nil && q.Variable == variable {
		return fmt.Sprintf("add the password of account %s at the broker, which the broker and the service both read", q.User)
	}
	return "add the secret for " + variable
}
