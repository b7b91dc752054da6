package plan

import (
	"fmt"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
)

// capabilityUses are the Linux capabilities with what they are for, as comments
// say it.
var capabilityUses = map[string]string{
	"AUDIT_CONTROL": "sets up the kernel's audit", "AUDIT_READ": "reads the kernel's audit", "AUDIT_WRITE": "writes to the kernel's audit",
	"BLOCK_SUSPEND": "keeps the machine awake", "BPF": "loads programs into the kernel's BPF", "CHECKPOINT_RESTORE": "checkpoints processes",
	"CHOWN": "gives files to others", "DAC_OVERRIDE": "ignores the permissions of files", "DAC_READ_SEARCH": "reads all files",
	"FOWNER": "acts as the owner of all files", "FSETID": "keeps set-id bits of files", "IPC_LOCK": "locks memory", "IPC_OWNER": "acts as the owner of shared memory",
	"KILL": "signals all processes", "LEASE": "takes leases on files", "LINUX_IMMUTABLE": "sets files immutable", "MAC_ADMIN": "configures mandatory access control",
	"MAC_OVERRIDE": "ignores mandatory access control", "MKNOD": "makes files of devices", "NET_ADMIN": "configures networks and firewalls",
	"NET_BIND_SERVICE": "listens on ports below 1024", "NET_BROADCAST": "sends to all of a network", "NET_RAW": "sends and receives raw packets",
	"PERFMON": "reads performance counters", "SETFCAP": "sets capabilities of files", "SETGID": "changes its groups", "SETPCAP": "changes capabilities", "SETUID": "changes its user",
	"SYS_ADMIN": "mounts, and administers nearly everything", "SYS_BOOT": "restarts the machine", "SYS_CHROOT": "changes its root folder", "SYS_NICE": "raises priorities",
	"SYS_PACCT": "switches accounting", "SYS_PTRACE": "looks into other processes", "SYS_RAWIO": "sends raw commands to disks and ports", "SYS_RESOURCE": "exceeds limits",
	"SYS_TIME": "sets the clock", "SYS_TTY_CONFIG": "configures terminals", "SYSLOG": "reads the kernel's log", "WAKE_ALARM": "wakes the machine",
}

// nearlyRoot are capabilities with which a process can become root of the host.
var nearlyRoot = []string{"BPF", "DAC_OVERRIDE", "DAC_READ_SEARCH", "MAC_ADMIN", "SYS_ADMIN", "SYS_PTRACE", "SYS_RAWIO"}

func capabilitiesForm(s string) error {
	return eachForm(s, func(name string) error {
		switch short := facts.Capability(name); {
		case short == "ALL":
			return fmt.Errorf("all of them are as good as no container; name those that it needs")
		case short == "SYS_MODULE":
			return fmt.Errorf("SYS_MODULE puts code into the host's kernel; load what it needs with boot.kernelModules")
		case capabilityUses[short] == "":
			return fmt.Errorf("%q is no Linux capability, such as NET_RAW", name)
		}
		return nil
	})
}

// capabilities: exactly those that were said or are known.
func (m *maker) capabilities(h *Hardware) error {
	said, ok := m.answer("capabilities")
	if ok {
		m.said("capabilities")
		for _, name := range commas(said) {
			h.Capabilities = append(h.Capabilities, facts.Capability(name))
		}
	}
	if h.HostNetwork && m.model.RunAs == "user" && m.model.Port > 0 && m.model.Port < 1024 && !contains(h.Capabilities, "NET_BIND_SERVICE") {
		h.Capabilities = append(h.Capabilities, "NET_BIND_SERVICE")
		m.decide(Decision{Name: "capabilities", Value: "NET_BIND_SERVICE", Rule: "what a port of the host below 1024 needs", Reason: "the process is not root, and the sysctl that allows it belongs to the host there"})
	}
	slices.Sort(h.Capabilities)
	h.Capabilities = slices.Compact(h.Capabilities)
	var strong []string
	for _, c := range h.Capabilities {
		if contains(nearlyRoot, c) {
			strong = append(strong, c)
		}
	}
	if len(strong) > 0 {
		m.note(fmt.Sprintf("With %s a process can do to the host nearly what root can; see that it is needed.", enumerated(strong)))
	}
	if b := m.Facts.Host.Backend; len(h.Capabilities) > 0 && b != nil && *b == "docker" && m.model.RunAs == "user" {
		m.note("Docker gives capabilities to root of a container alone: the process runs with the account's ids and would not have " + enumerated(h.Capabilities) + ".")
	}
	return nil
}

// CapabilityUses says what capabilities are for, in one sentence without end.
func CapabilityUses(names []string) string {
	var uses []string
	for _, n := range names {
		uses = append(uses, capabilityUses[n])
	}
	return strings.ToUpper(uses[0][:1]) + enumerated(uses)[1:]
}
