package plan

import "strings"

// placeholders: what a unit is started with may name its port and the folder of
// its data, where it has them. A container's values are taken as they are.
func (m *maker) placeholders() error {
	if m.model.Packaging == Container {
		return m.asTheyAre()
	}
	if !m.plan.Ready() { // what is asked for is not there yet
		return nil
	}
	for _, v := range m.model.Environment {
		if err := m.placeholder(environmentPrefix+v.Name, v.Value); err != nil {
			return err
		}
	}
	for _, v := range m.model.Composed {
		if err := m.placeholder(environmentPrefix+v.Name, v.Value); err != nil {
			return err
		}
	}
	if err := m.placeholder("arguments", strings.Join(m.model.Arguments, " ")); err != nil {
		return err
	}
	for _, p := range m.model.Parts {
		name, command := partsPrefix+p.Name+".", strings.Join(p.Command, " ")
		if err := m.placeholder(name+"command", command); err != nil {
			return err
		}
		if err := m.fillable(name+"command", command); err != nil {
			return err
		}
		for _, v := range p.Environment {
			if err := m.placeholder(name+environmentPrefix+v.Name, v.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// placeholder sees that a value names nothing that the service has not.
func (m *maker) placeholder(name, value string) error {
	if strings.Contains(value, "{port}") && m.model.Port == 0 {
		return inputErrorf("write out the value, or leave it out", "read %s: {port} stands for nothing here, where nothing listens", name)
	}
	if strings.Contains(value, "{dataDir}") && m.model.Data == nil {
		return inputErrorf("name the workload of its data, or write out the value", "read %s: {dataDir} stands for nothing here: a stateless service has no data", name)
	}
	return nil
}

// asTheyAre tells of values of a container that look as if something was filled in.
// In a command nothing is, which is refused where it can only be meant so.
func (m *maker) asTheyAre() error {
	values, commands := map[string]string{}, map[string]string{}
	commands["command"], _ = m.answer("command")
	for _, v := range m.model.Environment {
		values[environmentPrefix+v.Name] = v.Value
	}
	for _, p := range m.model.Parts {
		prefix := partsPrefix + p.Name + "."
		commands[prefix+"entrypoint"], _ = m.answer(prefix + "entrypoint")
		commands[prefix+"command"], _ = m.answer(prefix + "command")
		for _, v := range p.Environment {
			values[prefix+environmentPrefix+v.Name] = v.Value
		}
	}
	for _, name := range sortedNames(commands) {
		values[name] = commands[name]
		if r := reference.FindString(values[name]); r != "" {
			return inputErrorf("give it in a variable of the service, with --set environment.NAME=VALUE", "read %s: %s stands for nothing in the command of a container", name, r)
		}
	}
	for _, name := range sortedNames(values) {
		for _, p := range []string{"{port}", "{address}", "{dataDir}"} {
			if strings.Contains(values[name], p) {
				m.note("The container is given " + p + " in " + name + " as it is; only for a unit it stands for a value.")
			}
		}
	}
	return nil
}
