package plan

import (
	"fmt"
	"regexp"
	"slices"

	"holthome.net/scaffold/discover/facts"
)

// rootLike are groups whose members can become root of the host, or read what
// root alone should, with why.
var rootLike = map[string]string{
	"root": "has files of the system's own", "wheel": "may become root", "sudo": "may become root",
	"disk": "may read and write every disk", "kmem": "may read the memory of the machine", "shadow": "may read the hashes of passwords",
	"docker": "may start a container that is root of the host", "podman": "may start a container that is root of the host",
	"libvirtd": "may start a machine that has the host's disks", "incus-admin": "may start a container that is root of the host", "lxd": "may start a container that is root of the host",
	"kvm": "may start virtual machines", "keys": "may look into the folder of the host's secrets", "tty": "may write to the terminals of others",
}

// refuseRootLike refuses a group by which the service would have the host, as
// said for the answer of that name.
func refuseRootLike(answer, group string) error {
	if why := rootLike[group]; why != "" {
		return inputErrorf("leave it out; a device that is named with --set devices=... brings its group along", "read %s: who is in %s %s", answer, group, why)
	}
	return nil
}

// disk are devices with a file system, or a part of one, on them: whoever has
// one reads and writes all files there, whoever they belong to.
var disk = regexp.MustCompile(`^/dev/(sd[a-z]+[0-9]*|xvd[a-z]+[0-9]*|vd[a-z]+[0-9]*|nvme[0-9]+(n[0-9]+(p[0-9]+)?)?|mmcblk[0-9]+(p[0-9]+)?|(dm-|md|zd)[0-9]+(p[0-9]+)?|(mapper|md|zvol)(/.*)?|disk(/.*)?)$`)

// wholeDisk refuses a disk, but where it is read for its state, with the
// capability that this needs and parts do not have.
func (m *maker) wholeDisk(key, device string) error {
	if !disk.MatchString(device) {
		return nil
	}
	if key != "devices" {
		return inputErrorf("leave it out", "read %s: %s is a disk of the host, and who has it has all files on it", key, device)
	}
	if !slices.ContainsFunc(commas(m.Answers["capabilities"]), func(c string) bool { return facts.Capability(c) == "SYS_RAWIO" }) {
		return inputErrorf("leave it out; what reads the state of disks (SMART) needs --set capabilities=SYS_RAWIO too",
			"read devices: %s is a disk of the host, and who has it has all files on it", device)
	}
	m.note(fmt.Sprintf("%s is a disk of the host: the service can read and overwrite everything on it, file systems and secrets of others too. See that it only reads the disk's state, and that nobody else gets at it.", device))
	return nil
}
