package nixeval

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInitialHeap(t *testing.T) {
	for _, c := range []struct {
		name      string
		env       []string
		available int64
		want      []string
	}{
		{"much memory", []string{"A=1"}, 16 << 30, []string{"GC_INITIAL_HEAP_SIZE=1073741824"}},
		{"just enough", nil, 8 << 30, []string{"GC_INITIAL_HEAP_SIZE=1073741824"}},
		{"little memory", nil, 8<<30 - 8, nil},
		{"not told", nil, 0, nil},
		{"said by the user", []string{"GC_INITIAL_HEAP_SIZE=2G"}, 16 << 30, nil},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, initialHeap(c.env, c.available)) })
	}
}
