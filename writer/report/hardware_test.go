package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
	"holthome.net/scaffold/writer/report"
)

// TestHardware: what it is given of the host is told at a glance, with what for.
func TestHardware(t *testing.T) {
	in := planned(t, "linkding", "", answers("containerPort=9091", "gpu=render", "devices=/dev/video0:/dev/video1", "capabilities=NET_RAW,SYS_NICE", "hostNetwork=yes", "shm=64M", "nfs=media", "mountReadOnly=yes",
		"hardwareReason=pictures"), func(in *plan.Input) { in.Facts.Groups["video"] = facts.Group{GID: new(int64)} })
	page := markdown(t, report.Make(in))
	for _, line := range []string{
		"/dev/dri/renderD128, /dev/video0 as /dev/video1, for pictures", "render, video", "`NET_RAW`, `SYS_NICE`, for pictures", "the host's own; nothing is published, for pictures", "64M, for pictures", ", read-only)",
	} {
		require.Contains(t, page, line)
	}
	page = markdown(t, report.Make(planned(t, "linkding", "", answers("parts.ml.image=ghcr.io/a/ml:1@"+digest, "parts.ml.gpu=render", "network=media-services"), nil)))
	require.Contains(t, page, "Devices of part ml")
	require.Contains(t, page, "Groups of part ml")
	page = markdown(t, report.Make(planned(t, "linkding", "", answers(), nil)))
	for _, none := range []string{"Devices", "Capabilities", "Shared memory"} {
		require.NotContains(t, page, none)
	}
}
