package discover_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover"
	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/nixeval/gitrepo/gittest"
)

// given is a host with a card, a container and a unit that are given devices, and
// values that cannot be evaluated beside them.
const given = `
{
  hardware = { graphics.enable = true; nvidia-container-toolkit.enable = throw "no card"; };
  virtualisation.oci-containers.containers.radio = {
    image = "x";
    devices = [ "/dev/ttyUSB0:/dev/stick" ];
    capabilities = { NET_RAW = true; MKNOD = false; SYS_TIME = null; };
    privileged = throw "nobody knows";
    extraOptions = [ "--device=/dev/dri" ];
  };
  systemd.services.radio-relay.serviceConfig = {
    ExecStart = "/bin/true";
    DeviceAllow = [ "/dev/ttyACM0 rw" "char-drm rw" ];
    DevicePolicy = "closed";
    PrivateDevices = false;
    CapabilityBoundingSet = "";
    SupplementaryGroups = [ "dialout" ];
  };
}
`

// TestHardware: what is said of devices is told of all containers and units, and
// of the service in question what confines it. A value that throws costs itself.
func TestHardware(t *testing.T) {
	gittest.Isolate(t)
	nix, err := exec.LookPath("nix")
	require.NoError(t, err)
	dir := copyExample(t, "example-registry")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "hosts", "forge", "core", "hardware.nix"), []byte(given), 0o600))
	target, _ := openAt(t, nix, dir)
	f, err := target.Facts(t.Context(), discover.Query{Host: "forge", Service: "radio"})
	require.NoError(t, err)
	require.Equal(t, facts.Hardware{Graphics: true}, f.Hardware)
	c := f.Containers["radio"]
	require.Equal(t, []string{"/dev/ttyUSB0:/dev/stick"}, c.Devices)
	require.Equal(t, map[string]bool{"NET_RAW": true, "MKNOD": false}, c.Capabilities)
	require.False(t, c.Privileged)
	require.Len(t, c.Reach().Devices, 2)
	require.Equal(t, []string{"/dev/ttyACM0 rw"}, f.Units["radio-relay"].Devices, "a class of devices is no device")
	require.Equal(t, map[string][]string{
		"DeviceAllow": {"/dev/ttyACM0 rw", "char-drm rw"}, "DevicePolicy": {"closed"}, "PrivateDevices": {"false"}, "CapabilityBoundingSet": {""}, "SupplementaryGroups": {"dialout"},
	}, f.Focus["radio-relay"].Confinement)
}
