package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	imagepkg "holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/plan"
)

// exposing is an image that exposes TCP ports, and one for UDP.
func exposing(ports ...int) *imagepkg.Image {
	return looked(func(i *imagepkg.Image) {
		i.Config.Ports = nil
		for _, p := range ports {
			i.Config.Ports = append(i.Config.Ports, imagepkg.Port{Number: p, Protocol: "tcp"})
		}
		i.Config.Ports = append(i.Config.Ports, imagepkg.Port{Number: 53, Protocol: "udp"})
	})
}

// TestPortIsProposed: of several ports the first is proposed and all are told;
// the plan is not made with it.
func TestPortIsProposed(t *testing.T) {
	in := with(repo(), "-containerPort")
	in.Image = exposing(8080, 8443)
	p := made(t, in)
	require.Equal(t, []plan.Question{{
		Name: "port", Text: "On which port does Linkding listen?", Why: "the image exposes several, and nothing tells which has the page",
		DependsOn: []string{"listener", "virtual host", "probe"}, Default: "8080",
		Evidence: []plan.Evidence{{Option: "image ExposedPorts", Value: "8080, 8443"}},
	}}, p.Questions)
	require.NoError(t, planSchema(t).Validate(asJSON(t, p)))
	p = made(t, with(in, "port=8443"))
	require.True(t, p.Ready())
	require.Equal(t, 8443, p.Model.ContainerPort)
	in.Image = exposing()
	q := made(t, in).Questions
	require.Len(t, q, 1)
	require.Equal(t, "no source tells it", q[0].Why)
	require.Empty(t, q[0].Default)
	require.Empty(t, q[0].Evidence)
}

// TestPortThatIsNotExposed: what the catalog says goes, and the image is heard.
func TestPortThatIsNotExposed(t *testing.T) {
	in := with(repo(), "-containerPort")
	in.Entry, in.Image = entry(), exposing(80, 443)
	d := decision(t, made(t, in), "containerPort")
	require.Equal(t, "9090", d.Value)
	require.Equal(t, []plan.Rejected{{Value: "80, 443", Reason: "the image exposes these", Source: "image"}}, d.Rejected)
	in.Image = exposing(443, 9090)
	require.Empty(t, decision(t, made(t, in), "containerPort").Rejected)
	in.Image = exposing()
	require.Empty(t, decision(t, made(t, in), "containerPort").Rejected)
}
