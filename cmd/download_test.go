package cmd_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTerminalDownload: a download shows what is waited for, and obeys an
// interrupt at once; then nothing is written.
func TestTerminalDownload(t *testing.T) {
	t.Parallel()
	needNix(t, "nix")
	f := newFleet(t, "example")
	defer f.untouched()()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	c := f.command(addArgs("cyberchef", "--yes", "--no-build", "--set", "grafana=prometheus", "--set", "grafanaDashboards="+server.URL+"/boards.tar.gz")...)
	c.Env = append(os.Environ(), "SCAFFOLD_OFFLINE=", "HTTPS_PROXY=http://127.0.0.1:1") // no registry is asked
	term := show(t, c)
	term.expect("downloading " + server.URL + "/boards.tar.gz ... ")
	require.NoError(t, c.Process.Signal(os.Interrupt))
	code, shown := term.wait()
	require.Equal(t, 130, code, shown)
	require.EqualValues(t, 1, asked.Load())
}
