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
	"AUDIT_CONTROL": "set up the kernel's audit", "AUDIT_READ": "read the kernel's audit", "AUDIT_WRITE": "write to the kernel's audit",
	"BLOCK_SUSPEND": "keep the machine awake", "BPF": "load programs into the kernel's BPF", "CHECKPOINT_RESTORE": "checkpoint processes",
	"CHOWN": "give files to others", "DAC_OVERRIDE": "ignore the permissions of files", "DAC_READ_SEARCH": "read all files",
	"FOWNER": "act as the owner of all files", "FSETID": "keep set-id bits of files", "IPC_LOCK": "lock memory", "IPC_OWNER": "act as the owner of shared memory",
	"KILL": "signal all processes", "LEASE": "take leases on files", "LINUX_IMMUTABLE": "set files immutable", "MAC_ADMIN": "configure mandatory access control",
	"MAC_OVERRIDE": "ignore mandatory access control", "MKNOD": "make files of devices", "NET_ADMIN": "configure networks and firewalls",
	"NET_BIND_SERVICE": "listen on ports below 1024", "NET_BROADCAST": "send to all of a network", "NET_RAW": "send and receive raw packets",
	"PERFMON": "read performance counters", "SETFCAP": "set capabilities of files", "SETGID": "change its groups", "SETPCAP": "change capabilities", "SETUID": "change its user",
	"SYS_ADMIN": "mount, and administer nearly everything", "SYS_BOOT": "restart the machine", "SYS_CHROOT": "change its root folder", "SYS_NICE": "raise priorities",
	"SYS_PACCT": "switch accounting", "SYS_PTRACE": "look into other processes", "SYS_RAWIO": "send raw commands to disks and ports", "SYS_RESOURCE": "exceed limits",
	"SYS_TIME": "set the clock", "SYS_TTY_CONFIG": "configure terminals", "SYSLOG": "read the kernel's log", "WAKE_ALARM": "wake the machine",
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

// mayListenLow tells that it is given the capability for ports below 1024.
func (m *maker) mayListenLow() bool {
	return slices.ContainsFunc(commas(m.Answers["capabilities"]), func(c string) bool { return facts.Capability(c) == "NET_BIND_SERVICE" })
}

// CapabilityUses says what capabilities are for, as a part of a sentence.
func CapabilityUses(names []string) string {
	var uses []string
	for _, n := range names {
		uses = append(uses, capabilityUses[n])
	}
	return strings.Join(uses, "; ")
}
