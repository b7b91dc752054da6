package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/plan"
)

// TestUnknownName: a slip of the finger gets the name that was meant, anything
// else all that there are.
func TestUnknownName(t *testing.T) {
	for name, want := range map[string]string{
		"Port":           `"Port" is unknown; did you mean port`,
		"prot":           `did you mean port`,
		"databaseExtens": `did you mean databaseExtensions?`,
		"mqttTopic":      `did you mean mqttTopics`,
		"sheduled":       `did you mean schedule?`,
		"bogus":          `"bogus" is unknown; known are alerts.NAME, `,
		"x":              `known are `,
		"oidcSecret":     `did you mean secrets or parts.NAME.secrets?`,
		"dbName":         `did you mean hostName or displayName or databaseName?`,
		"environment":    `did you mean environment.NAME?`,
	} {
		require.ErrorContains(t, plan.CheckAnswers(map[string]string{name: "x"}), want, name)
	}
}
