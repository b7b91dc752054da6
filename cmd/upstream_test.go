package cmd_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdUpstream serves the files of a folder as https://example.com until the
// script ends: upstream DIR LOG. The program finds it as people's programs find
// what is beyond a firewall, by the variables for a proxy and for certificates.
// What was asked, and every header that was sent, is written to the log.
func cmdUpstream(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: upstream DIR LOG")
	}
	log, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Defer(func() { _ = log.Close() })
	var writing sync.Mutex
	files := http.FileServer(http.Dir(ts.MkAbs(args[0])))
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writing.Lock()
		_, _ = fmt.Fprintln(log, r.Method, r.Host, r.URL.Path, r.Header)
		writing.Unlock()
		files.ServeHTTP(w, r)
	}))
	ts.Defer(server.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "example.com:443" {
			http.Error(w, "only example.com", http.StatusBadGateway)
			return
		}
		tunnel(w, server.Listener.Addr().String())
	}))
	ts.Defer(proxy.Close)
	certificate := ts.MkAbs(args[1] + ".pem")
	ts.Check(os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	ts.Setenv("SSL_CERT_FILE", certificate)
	ts.Setenv("HTTPS_PROXY", proxy.URL)
	ts.Setenv("SCAFFOLD_OFFLINE", "")
}

// tunnel joins whoever asks a proxy with an address.
func tunnel(w http.ResponseWriter, address string) {
	to, err := net.Dial("tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer to.Close()
	from, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer from.Close()
	_, _ = io.WriteString(from, "HTTP/1.1 200 OK\r\n\r\n")
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(to, from)
		_ = to.(*net.TCPConn).CloseWrite()
		close(done)
	}()
	_, _ = io.Copy(from, to)
	_ = from.Close()
	<-done
}

// cmdHash wants a file to have the hash that Nix printed to another: hash PRINTED
// FILE.
func cmdHash(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: hash PRINTED FILE")
	}
	want := fmt.Sprintf("hash = %q;", strings.TrimSpace(ts.ReadFile(args[0])))
	if strings.Contains(ts.ReadFile(args[1]), want) == neg {
		ts.Fatalf("%s: want %s", args[1], want)
	}
}
