package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOneOfSomething: of one thing is told as of one.
func TestOneOfSomething(t *testing.T) {
	p := made(t, repo())
	require.Equal(t, "1 module lives so", decision(t, p, "moduleFile").Reason)
	require.Equal(t, "1 service lives so", decision(t, p, "hostFile").Reason)
	in := with(repo(), "category=media")
	require.Equal(t, "it imports 1 module", decision(t, made(t, in), "moduleRegistration").Reason)
	in.Conventions.Module.Files = append(in.Conventions.Module.Files, "modules/radarr/default.nix")
	require.Equal(t, "2 modules live so", decision(t, made(t, in), "moduleFile").Reason)
}
