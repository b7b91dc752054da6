package cmd_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"holthome.net/scaffold/cmd"
	"holthome.net/scaffold/discover/registry/registrytest"
)

// cmdRegistry starts a registry that serves images from memory until the script
// ends, and sets a variable to its address, for --registry-mirror
// ghcr.io=$VARIABLE. The file has for each repository its images, each with its
// tags and the fields of registrytest.Image: registry VARIABLE FILE. The digest
// of the last image of owner/name is $VARIABLE_name, that of the last of all by
// name $VARIABLE_DIGEST; what was asked is written to the file $VARIABLE_LOG.
func cmdRegistry(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: registry VARIABLE FILE")
	}
	var repositories map[string][]struct {
		Tags []string
		registrytest.Image
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &repositories))
	s := registrytest.Make()
	for _, name := range slices.Sorted(maps.Keys(repositories)) {
		for _, i := range repositories[name] {
			digest := s.Add(name, i.Tags, i.Image)
			ts.Setenv(args[0]+"_DIGEST", digest)
			ts.Setenv(args[0]+"_"+path.Base(name), digest)
		}
	}
	log := ts.MkAbs(args[0] + ".log")
	ts.Check(os.WriteFile(log, nil, 0o600))
	s.OnRequest(func(asked []string) {
		if err := os.WriteFile(log, fmt.Appendln(nil, strings.Join(asked, "\n")), 0o600); err != nil {
			panic(err)
		}
	})
	server := httptest.NewServer(s)
	ts.Defer(server.Close)
	ts.Setenv(args[0], strings.TrimPrefix(server.URL, "http://"))
	ts.Setenv(args[0]+"_LOG", log)
}

// The whole command asks a server that people run, with the flag as it is
// typed.
func TestImageOfRealRegistry(t *testing.T) {
	t.Setenv("SCAFFOLD_OFFLINE", "")
	r := registrytest.Start(t, false)
	digest := r.Push(t, "sissbruecker/linkding", []string{"1.36.0", "1.9.0", "latest"}, registrytest.Image{
		Ports: []string{"9090/tcp"}, Volumes: []string{"/etc/linkding/data"}, Platforms: []string{"linux/amd64", "linux/arm64"}, Attestations: true,
	})
	var out, errOut bytes.Buffer
	code := cmd.Main([]string{"image", "linkding", "--platform", "linux/arm64", "--json", "--registry-mirror", r.Mirror("ghcr.io")}, os.Stdin, &out, &errOut)
	require.Equal(t, cmd.ExitDone, code, errOut.String())
	require.NoError(t, follows("image.schema.json", out.String()))
	require.Equal(t, "ghcr.io/sissbruecker/linkding:1.36.0@"+digest, gjson.Get(out.String(), "reference").String())
	require.EqualValues(t, 5, gjson.Get(out.String(), "requests").Int())
}
