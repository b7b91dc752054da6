package registrytest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
)

// Login is what a real server with a login takes; its hash is bcrypt's.
const (
	User     = "user"
	Password = "secret"
	hash     = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
)

// Real is Debian's docker-registry, running.
type Real struct {
	// Host is its address with the port.
	Host  string
	login bool
}

// Start starts docker-registry, which SCAFFOLD_REGISTRY names, on a free port
// of this machine, with a login if that is wanted. It ends with the test.
// Without the program the test is skipped.
func Start(tb testing.TB, login bool) *Real {
	tb.Helper()
	program := os.Getenv("SCAFFOLD_REGISTRY")
	if program == "" {
		tb.Skip("SCAFFOLD_REGISTRY is not set: this test runs that docker-registry")
	}
	dir := tb.TempDir()
	settings := fmt.Sprintf("version: 0.1\nstorage: {filesystem: {rootdirectory: %q}}\nhttp: {addr: '127.0.0.1:0', secret: x}\n", filepath.Join(dir, "data"))
	if login {
		passwords := filepath.Join(dir, "htpasswd")
		require.NoError(tb, os.WriteFile(passwords, []byte(User+":"+hash+"\n"), 0o600))
		settings += fmt.Sprintf("auth: {htpasswd: {realm: test, path: %q}}\n", passwords)
	}
	file := filepath.Join(dir, "config.yml")
	require.NoError(tb, os.WriteFile(file, []byte(settings), 0o600))
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, program, "serve", file) //nolint:gosec // the program that the developer names
	command.Env = []string{"OTEL_TRACES_EXPORTER=none"}
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := command.StderrPipe()
	require.NoError(tb, err)
	require.NoError(tb, command.Start())
	tb.Cleanup(func() {
		cancel()
		_ = command.Wait()
	})
	host, said := listening(log)
	require.NotEmpty(tb, host, said)
	go func() { _, _ = io.Copy(io.Discard, log) }()
	return &Real{host, login}
}

var listens = regexp.MustCompile(`listening on (127\.0\.0\.1:[0-9]+)`)

// listening reads the log until the server listens, and gives where. If that
// does not come, it gives the log.
func listening(log io.Reader) (host, said string) {
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if m := listens.FindStringSubmatch(lines.Text()); m != nil {
			return m[1], ""
		}
		said += lines.Text() + "\n"
	}
	return "", said
}

// Mirror is as that of Server.
func (r *Real) Mirror(registry string) string { return registry + "=" + r.Host }

// Push stores an image as Add of Server does.
func (r *Real) Push(tb testing.TB, repository string, tags []string, i Image) string {
	tb.Helper()
	index, contents := i.build()
	at := "http://" + r.Host + "/v2/" + repository
	for _, c := range contents {
		if c.kind == types.OCIManifestSchema1 || c.kind == types.OCIImageIndex {
			r.send(tb, http.MethodPut, at+"/manifests/"+c.digest, c)
			continue
		}
		upload, err := url.Parse(r.send(tb, http.MethodPost, at+"/blobs/uploads/", content{}))
		require.NoError(tb, err)
		query := upload.Query()
		query.Set("digest", c.digest)
		upload.RawQuery = query.Encode()
		r.send(tb, http.MethodPut, upload.String(), content{kind: "application/octet-stream", body: c.body})
	}
	for _, t := range tags {
		for _, c := range contents {
			if c.digest == index {
				r.send(tb, http.MethodPut, at+"/manifests/"+t, c)
			}
		}
	}
	return index
}

// send sends a request that must be accepted, and gives where it leads.
func (r *Real) send(tb testing.TB, method, address string, c content) string {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), method, address, bytes.NewReader(c.body))
	require.NoError(tb, err)
	request.Header.Set("Content-Type", string(c.kind))
	if r.login {
		request.SetBasicAuth(User, Password)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(tb, err)
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	require.NoError(tb, err)
	require.Contains(tb, []int{http.StatusCreated, http.StatusAccepted}, response.StatusCode, "%s %s: %s", method, address, said)
	return strings.TrimSpace(response.Header.Get("Location"))
}
