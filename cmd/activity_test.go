package cmd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/cmd"
)

// TestActivities: each verb is told once for what follows it.
func TestActivities(t *testing.T) {
	for want, list := range map[string][][2]string{
		"":                            {},
		"evaluating forge":            {{"evaluating", "forge"}},
		"evaluating forge, nas":       {{"evaluating", "forge"}, {"evaluating", "nas"}},
		"evaluating a; downloading b": {{"evaluating", "a"}, {"downloading", "b"}},
	} {
		require.Equal(t, want, cmd.Activities(list))
	}
}
