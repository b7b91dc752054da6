package plan

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSpoken is what people read of a number of seconds.
func TestSpoken(t *testing.T) {
	for seconds, want := range map[int64]string{
		1: "1 second", 90: "1 minute and 30 seconds", 3600: "1 hour", 86400: "1 day", 669600: "7 days and 18 hours", 93784: "1 day, 2 hours, 3 minutes and 4 seconds",
	} {
		require.Equal(t, want, spoken(seconds))
	}
}
