package render

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/plan"
)

func viewOf(backend string, m plan.Model) *View {
	f := facts.New()
	f.Host.Backend = &backend
	return &View{Model: &m, f: f}
}

// TestHealthCommands: each tool asks in its own way, strictly where a path was
// said that tells how it is.
func TestHealthCommands(t *testing.T) {
	for _, tool := range append(image.HealthTools, "") {
		for _, strict := range []bool{false, true} {
			command := viewOf("podman", plan.Model{ContainerPort: 8080, HealthPath: "/ok?x=1", HealthStrict: strict, HealthTool: tool}).HealthCommand()
			require.Contains(t, command, "8080", tool)
			require.Contains(t, command, tool)
			if tool != "nc" {
				require.Contains(t, command, "/ok?x=1", tool)
			}
			if tool != "" {
				require.NotContains(t, command, "command -v", "the image is known to have it")
			}
			out, err := exec.CommandContext(t.Context(), "sh", "-n", "-c", command).CombinedOutput()
			require.NoError(t, err, "%s: %s", command, out)
		}
	}
	require.Empty(t, viewOf("podman", plan.Model{HealthPath: "/"}).HealthCommand(), "there is nothing to ask")
	require.Empty(t, viewOf("podman", plan.Model{ContainerPort: 80, NoHealthCheck: true}).HealthCommand())
}

// TestImageHealthCheck keeps what the image says: a text for a shell, or a list
// that needs none, which docker takes only quoted.
func TestImageHealthCheck(t *testing.T) {
	shell := plan.Model{HealthCheck: []string{"CMD-SHELL", "curl -f http://localhost || exit 1"}}
	list := plan.Model{HealthCheck: []string{"CMD", "/app/it's", "check"}}
	require.Equal(t, "curl -f http://localhost || exit 1", viewOf("podman", shell).HealthCommand())
	require.Equal(t, `["/app/it's","check"]`, viewOf("podman", list).HealthCommand())
	docker := viewOf("docker", list).HealthCommand()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf '%s\\n' "+docker).Output()
	require.NoError(t, err)
	require.Equal(t, "/app/it's\ncheck", strings.TrimSpace(string(out)))
}
