// Package registrytest serves container images from memory, for tests of what
// asks registries.
package registrytest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Server is a registry on a port of this machine.
type Server struct {
	// Host is its address with the port, such as 127.0.0.1:34567.
	Host string

	mu    sync.Mutex
	blobs map[string][]byte            // by digest
	tags  map[string]map[string]string // repository, tag, digest
	kinds map[string]types.MediaType   // of manifests, by digest
	asked []string
	fault func(http.ResponseWriter, *http.Request) bool
	heard func(asked []string)
}

// New starts a server without images. It ends with the
// test.
func New(tb testing.TB) *Server {
	tb.Helper()
	s := Make()
	server := httptest.NewServer(s)
	tb.Cleanup(server.Close)
	s.Host = strings.TrimPrefix(server.URL, "http://")
	return s
}

// Make is a server that listens nowhere yet: it is a handler.
func Make() *Server {
	return &Server{blobs: map[string][]byte{}, tags: map[string]map[string]string{}, kinds: map[string]types.MediaType{}}
}

// Mirror is what the flag --registry-mirror takes to ask this server instead of
// a registry, such as ghcr.io.
func (s *Server) Mirror(registry string) string { return registry + "=" + s.Host }

// Add serves an image as repository, without registry, under the tags, and
// gives the digest of its index. With no tags it can be had by digest only.
func (s *Server) Add(repository string, tags []string, i Image) string {
	index, contents := i.build()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range contents {
		s.blobs[c.digest], s.kinds[c.digest] = c.body, c.kind
	}
	if s.tags[repository] == nil {
		s.tags[repository] = map[string]string{}
	}
	for _, t := range tags {
		s.tags[repository][t] = index
	}
	return index
}

// Fault makes the server ask f first with each request. It answers the request
// if it gives true. It is called by many requests at once.
func (s *Server) Fault(f func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// OnRequest calls f with all requests so far whenever there is one more. Calls
// do not overlap.
func (s *Server) OnRequest(f func(asked []string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = f
}

// Requests are those so far, as method and path with query.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// ServeHTTP answers as the distribution specification says.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI())
	if s.heard != nil {
		s.heard(slices.Clone(s.asked))
	}
	fault := s.fault
	s.mu.Unlock()
	if fault != nil && fault(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/v2/" {
		return
	}
	for _, kind := range []string{"/tags/list", "/manifests/", "/blobs/"} {
		if at := strings.LastIndex(r.URL.Path, kind); at > 0 {
			s.serve(w, strings.TrimPrefix(r.URL.Path[:at], "/v2/"), kind, r.URL.Path[at+len(kind):])
			return
		}
	}
	absent(w, "NAME_UNKNOWN")
}

func (s *Server) serve(w http.ResponseWriter, repository, kind, name string) {
	tags, ok := s.tags[repository]
	if !ok {
		absent(w, "NAME_UNKNOWN")
		return
	}
	if kind == "/tags/list" {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"name": repository, "tags": slices.Sorted(maps.Keys(tags))})
		return
	}
	if digest, ok := tags[name]; ok && kind == "/manifests/" {
		name = digest
	}
	body, ok := s.blobs[name]
	if !ok {
		absent(w, "MANIFEST_UNKNOWN")
		return
	}
	if kind == "/manifests/" {
		w.Header().Set("Content-Type", string(s.kinds[name]))
		w.Header().Set("Docker-Content-Digest", name)
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	_, _ = w.Write(body)
}

// Deny answers with a status and an error code of the specification.
func Deny(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"errors":[{"code":%q,"message":"no"}]}`, code)
}

func absent(w http.ResponseWriter, code string) { Deny(w, http.StatusNotFound, code) }
