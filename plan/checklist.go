package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// checklist: what is left to a person.
func (m *maker) checklist() {
	before := func(what, command string) {
		m.plan.Checklist = append(m.plan.Checklist, Step{When: "before deployment", What: what, Command: command})
	}
	after := func(what, command string) {
		m.plan.Checklist = append(m.plan.Checklist, Step{When: "after deployment", What: what, Command: command})
	}
	host := m.Facts.Host.Name
	if m.model.Account.User != "" {
		before(fmt.Sprintf("see that id %d is free on %s, where NixOS hands out ids that evaluation cannot see; nothing printed means free, else choose another with --set uid=ID", m.model.Account.UID, host),
			fmt.Sprintf("ssh %s 'getent passwd %d; getent group %d; grep -w %d /var/lib/nixos/uid-map /var/lib/nixos/gid-map'", host, m.model.Account.UID, m.model.Account.UID, m.model.Account.UID))
	}
	m.loginSteps(before, after)
	m.outsideSteps(before, after)
	for _, v := range m.model.SecretNames {
		before(m.aboutSecret(v), m.sopsCommand(SecretName(m.Service, v)))
	}
	if db := m.model.Database; db != nil && !db.Reused {
		before("add the password of database role "+db.User+", which the database and the service both read; letters and digits alone, since it may stand in an address (openssl rand -hex 32 makes one)", m.sopsCommand(db.Password.Name))
	}
	if db := m.model.Database; db != nil && db.Reused && slices.ContainsFunc(m.model.Composed, func(c Composed) bool { return strings.Contains(c.Value, ":"+passwordReference+"@") }) {
		before("see that "+db.Password.Name+", the password of database role "+db.User+" that is there already, has letters and digits alone: it stands in an address; else choose another, which all that read it get", "")
	}
	m.extensionSteps(before)
	m.hardwareSteps(before, after)
	m.networkSteps(before)
	m.brokerSteps(before, after)
	m.grafanaSteps(before, after)
	ofParts := m.partSecretSteps(before)
	for _, name := range m.SecretNames()[len(m.model.SecretNames):] {
		if m.random(name) || contains(ofParts, name) || contains(m.telemetrySecrets(), name) {
			continue
		}
		if db := m.model.Database; db != nil && name == db.Password.Name {
			continue
		}
		before("add "+name+"; any value will do until the service runs and can make the real one", m.sopsCommand(name))
	}
	m.protectionSteps(before, after)
	if m.hostVisible() {
		where := ""
		if t := m.model.Tunnel; t != nil {
			where = "in the DNS of the network at home, "
			if t.Registers {
				where = "in the DNS of the network at home (that of the internet is made with the tunnel), "
			}
		}
		before(where+"let "+m.HostName()+" point to "+host+", unless DNS is made from the proxy's virtual hosts", "")
		path := ""
		if m.model.HealthStrict && m.model.Auth.Policy == "" { // else the portal answers
			path = m.model.HealthPath
		}
		after("see that it answers", "curl -fsS -o /dev/null -w '%{http_code}\\n' https://"+m.HostName()+path)
	}
	switch unit := m.mainUnit(); {
	case m.model.Schedule == nil && len(m.model.Parts) > 0:
		units := unit + ".service"
		for _, p := range m.model.Parts {
			units += " " + p.Unit + ".service"
		}
		after("see that the units run", fmt.Sprintf("ssh %s systemctl status %s", host, units))
	case m.model.Schedule == nil:
		after("see that the unit runs", fmt.Sprintf("ssh %s systemctl status %s.service", host, unit))
	case m.model.Schedule.Calendar == "":
		after("see that it ran and ended well", fmt.Sprintf("ssh %s systemctl status %s.service", host, unit))
	default:
		after("see when it will run", fmt.Sprintf("ssh %s systemctl list-timers %s.timer", host, unit))
		after("have it run once, and see that it ends well", fmt.Sprintf("ssh %s 'systemctl start --wait %s.service; journalctl -u %s.service -n 50'", host, unit, unit))
	}
	m.alertSteps(after)
	m.lookSteps(after)
	if len(m.model.Preseed) > 0 {
		after("see what the restore did", fmt.Sprintf("ssh %s journalctl -u preseed-%s.service", host, m.Service))
	}
	slices.SortStableFunc(m.plan.Checklist, func(a, b Step) int { return rankOf(a) - rankOf(b) })
}

// rankOf puts what comes before deployment first.
func rankOf(s Step) int {
	if s.When == "before deployment" {
		return 0
	}
	return 1
}

func (m *maker) hostVisible() bool {
	return m.Answers["web"] != "no" && m.Facts.Hubs[facts.Proxy] != nil && m.model.Port > 0
}

// sopsCommand is how a secret gets into the host's file.
func (m *maker) sopsCommand(name string) string {
	service, entry, _ := strings.Cut(name, "/")
	return fmt.Sprintf("sops edit %s  # %s: %s: <value>", m.secretsFile(), service, entry)
}

// secretsFile is the sops file nearest to the host's files.
func (m *maker) secretsFile() string {
	best := ""
	prefix := strings.SplitAfter(m.Conventions.HostList, "/")
	dir := strings.Join(prefix[:len(prefix)-1], "")
	for _, p := range m.Paths {
		if strings.HasPrefix(p, dir) && strings.Contains(p, "sops") && (strings.HasSuffix(p, ".yaml") || strings.HasSuffix(p, ".yml") || strings.HasSuffix(p, ".json")) {
			if best == "" || len(p) < len(best) {
				best = p
			}
		}
	}
	if best == "" {
		return "<the host's sops file>"
	}
	return best
}
