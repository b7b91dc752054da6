package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// TestRootLikeGroups: a group that is as good as root is none for a service, as
// its own or beside it.
func TestRootLikeGroups(t *testing.T) {
	for _, group := range []string{"root", "wheel", "sudo", "disk", "kmem", "kvm", "docker", "podman", "shadow", "keys", "tty", "libvirtd"} {
		for _, answer := range []string{"group", "groups"} {
			in := hardwareRepo(answer + "=" + group)
			in.Facts.Groups[group] = facts.Group{GID: ptr(int64(20))}
			refused(t, in, "read "+answer+": who is in "+group)
		}
	}
	in := hardwareRepo("devices=/dev/kvm", "groups=kvm,video")
	in.Facts.Groups["kvm"] = facts.Group{GID: ptr(int64(302))}
	require.Equal(t, "kvm video", wantOf(t, made(t, in), plan.PromiseGroups, "groups"), "it follows from the device")
	in.Answers["devices"] = "/dev/video0"
	refused(t, in, "read groups: who is in kvm may start virtual machines")
}

// TestPeersAsRoot: that others run as root is no reason to.
func TestPeersAsRoot(t *testing.T) {
	in := with(repo(), "nfs=media")
	for _, name := range []string{"a", "b"} {
		in.Facts.Services[name] = service(name+".nix", true, map[string]any{"nfsMountDependency": "media", "group": "root"})
	}
	require.Equal(t, "linkding", made(t, in).Model.Account.Group)
}

// TestDisks: a disk is everything on it, so only what reads its state has it.
func TestDisks(t *testing.T) {
	for _, device := range []string{
		"/dev/sda", "/dev/sdab", "/dev/sda1", "/dev/nvme0", "/dev/nvme0n1", "/dev/nvme0n1p2", "/dev/vda", "/dev/vda1", "/dev/xvda", "/dev/mmcblk0", "/dev/dm-0",
		"/dev/md127", "/dev/mapper/luks-root", "/dev/mapper", "/dev/zd0", "/dev/zd16p1", "/dev/zvol/tank/vm", "/dev/disk/by-id/ata-X", "/dev/disk",
	} {
		refused(t, hardwareRepo("devices="+device), "is a disk of the host")
		refused(t, hardwareRepo("devices="+device, "capabilities=SYS_ADMIN"), "needs --set capabilities=SYS_RAWIO too")
		p := made(t, hardwareRepo("devices="+device, "capabilities=CAP_SYS_RAWIO"))
		require.Contains(t, notes(p), device+" is a disk of the host: the service can read and overwrite everything on it")
		require.Equal(t, "disk", wantOf(t, p, plan.PromiseGroups, "groups"), device)
	}
	for _, device := range []string{"/dev/serial/by-id/usb-Stick-if00", "/dev/video0", "/dev/sr0"} {
		require.NotContains(t, notes(made(t, hardwareRepo("devices="+device))), "is a disk of the host")
	}
}
