package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
)

// TestReach: what options and flags give a container is told together.
func TestReach(t *testing.T) {
	c := facts.Container{
		Devices: []string{"/dev/ttyUSB0:/dev/stick:rw"}, Capabilities: map[string]bool{"CAP_NET_RAW": true, "SYS_TIME": true, "MKNOD": false}, Networks: []string{"lan"},
		ExtraOptions: []string{
			"--device=/dev/dri:rw", "--device", "/dev/kvm:/dev/kvm:rwm", "--gpus=all", "--cap-add=cap_net_admin,SYS_NICE", "--cap-drop=ALL", "--group-add=303", "--net", "host", "--memory=1G",
		},
	}
	require.Equal(t, facts.Reach{
		Devices: []facts.Device{{"/dev/ttyUSB0", "/dev/stick"}, {"/dev/dri", "/dev/dri"}, {"/dev/kvm", "/dev/kvm"}, {"gpus=all", "gpus=all"}},
		Added:   []string{"NET_RAW", "SYS_TIME", "NET_ADMIN", "SYS_NICE"}, Dropped: []string{"MKNOD", "ALL"}, Groups: []string{"303"}, Networks: []string{"lan", "host"},
	}, c.Reach())
	for options, privileged := range map[string]bool{"--privileged": true, "--privileged=true": true, "--privileged=false": false, "--init": false} {
		require.Equal(t, privileged, facts.Container{ExtraOptions: []string{options}}.Reach().Privileged, options)
	}
	require.True(t, facts.Container{Privileged: true}.Reach().Privileged)
	require.Empty(t, facts.Container{ExtraOptions: []string{"--device"}}.Reach().Devices[0].Host, "an option without its value")
}

func TestHardwareDecoded(t *testing.T) {
	f, err := facts.Decode([]byte(`{"hardware":{"graphics":true,"nvidia":false},"container x":{"devices":["/dev/a"],"capabilities":{"NET_RAW":true},"privileged":true},
		"units y":{"devices":["/dev/b rw"]},"focus y":{"confinement":{"PrivateDevices":["true"]}}}`))
	require.NoError(t, err)
	require.Equal(t, facts.Hardware{Graphics: true}, f.Hardware)
	require.Equal(t, []string{"/dev/a"}, f.Containers["x"].Devices)
	require.Equal(t, []string{"/dev/b rw"}, f.Units["y"].Devices)
	require.Equal(t, []string{"true"}, f.Focus["y"].Confinement["PrivateDevices"])
	_, err = facts.Decode([]byte(`{"hardware":{"graphics":"yes"}}`))
	require.Error(t, err)
}
