package man

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

func program() *cobra.Command {
	root := &cobra.Command{
		Use: "prog <name>", Short: "Do a job", Long: "It does a job.\n\n.and this is no request\n'nor this, with a \\ in it.",
		Example: "  prog x --host a\n  prog undo", Run: func(*cobra.Command, []string) {},
	}
	root.PersistentFlags().String("repo", ".", "folder of the `DIR`")
	root.PersistentFlags().CountP("verbose", "v", "say more")
	root.Flags().Bool("yes", false, "ask nothing")
	sub := &cobra.Command{Use: "check", Short: "Look for conflicts", Run: func(*cobra.Command, []string) {}}
	sub.Flags().StringArray("map", nil, "a map: `HOST=FILE`")
	sub.Flags().Bool("secret", false, "for tests")
	_ = sub.Flags().MarkHidden("secret")
	hidden := &cobra.Command{Use: "inner", Hidden: true, Run: func(*cobra.Command, []string) {}}
	root.AddCommand(sub, hidden)
	return root
}

func TestWrite(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Write(&b, program(), "1.2", Section{"Exit codes", [][2]string{{"0", "done"}, {"1", "found"}}}))
	page := b.String()
	for _, want := range []string{
		".TH \"PROG\" 1 \"\" \"prog 1.2\"\n", "prog \\- Do a job\n", "\nprog <name>\n", "\nprog check\n",
		"\n.PP\n\\&.and this is no request\n\\&'nor this, with a \\e in it.\n",
		".B \\-\\-repo DIR\n", ".B \\-v, \\-\\-verbose\nsay more\n", ".B \\-\\-yes\n", ".B \\-\\-map HOST=FILE\n",
		".SH EXAMPLES\n.nf\nprog x \\-\\-host a\nprog undo\n.fi\n", ".SH \"Exit codes\"\n.TP\n.B 0\ndone\n",
	} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "secret")
	require.NotContains(t, page, "inner")
	require.Equal(t, 1, strings.Count(page, `\-\-repo`), "a flag of all commands is told once")
}

// A line is a request that man knows, or text that none can take for one.
func TestLines(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Write(&b, program(), "1.2"))
	for l := range strings.Lines(b.String()) {
		require.Regexp(t, `^(\.(TH|SH|SS|PP|TP|B|br|nf|fi)( .+)?|[^.'\n].*)\n$`, l)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk is full") }

func TestWriteFails(t *testing.T) {
	require.EqualError(t, Write(full{}, program(), "1"), "disk is full")
}
